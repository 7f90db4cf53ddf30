package join_test

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"

	"github.com/dayfly-k8s/dayfly/tui/session/join"
)

// twoStreams is a program that prints on both of its streams: small letters on one, capital ones on the other.
type twoStreams struct {
	random *rand.Rand
	texts  [2]string
	log    []logged // in the order of the runtime
}

type logged struct {
	stream, end int // end of the line in the stream
	text        string
}

// newTwoStreams prints lines, of which some are equal. The runtime writes them in an order in which a line of one stream may stand up to apart lines
// from where it was printed, before and behind lines of the other.
func newTwoStreams(random *rand.Rand, lines, equal, apart int) *twoStreams {
	p := &twoStreams{random: random}
	var queues [2][]logged
	var order []int
	for i := range lines {
		stream := random.IntN(2)
		text := fmt.Sprintf("line %d\n", i)
		if random.IntN(100) < equal {
			text = []string{"tick\n", "x\n", "a longer line\n"}[random.IntN(3)]
		}
		if stream == 1 {
			text = strings.Map(capital, text)
		}
		p.texts[stream] += text
		queues[stream] = append(queues[stream], logged{stream, len(p.texts[stream]), text})
		order = append(order, stream)
	}
	for i := range order { // an order of the streams; each keeps its own
		if j := i + random.IntN(apart+1); j < len(order) {
			order[i], order[j] = order[j], order[i]
		}
	}
	for _, stream := range order {
		p.log = append(p.log, queues[stream][0])
		queues[stream] = queues[stream][1:]
	}
	return p
}

// capital makes of each letter, digit and space one that the other stream has not.
func capital(r rune) rune {
	switch {
	case r >= 'a' && r <= 'z':
		return r - 'a' + 'A'
	case r >= '0' && r <= '9':
		return r - '0' + '!'
	case r == ' ':
		return '_'
	}
	return r
}

// logUntil is the log with so many bytes of each stream, by whole lines, and at most tail of them.
func (p *twoStreams) logUntil(to [2]int, tail int) string {
	var lines []string
	for _, l := range p.log {
		if l.end <= to[l.stream] {
			lines = append(lines, l.text)
		}
	}
	return strings.Join(lines[max(0, len(lines)-tail):], "")
}

// places are where both streams are at about a moment: so many lines of the log, and some lines more or less, and maybe in a line.
func (p *twoStreams) places(lines, apart int, inLine bool, least [2]int) (at [2]int) {
	for stream := range at {
		n := min(len(p.log), max(0, lines+p.random.IntN(2*apart+1)-apart))
		for _, l := range p.log[:n] {
			if l.stream == stream {
				at[stream] = l.end
			}
		}
		if inLine && p.random.IntN(3) == 0 {
			at[stream] = min(len(p.texts[stream]), at[stream]+p.random.IntN(9))
		}
		at[stream] = max(at[stream], least[stream])
	}
	return at
}

// lineEnds are the ends of the lines in which both streams are.
func (p *twoStreams) lineEnds(at [2]int) [2]int {
	for stream, text := range p.texts {
		if at[stream] > 0 && text[at[stream]-1] != '\n' {
			at[stream] += strings.IndexByte(text[at[stream]:], '\n') + 1
		}
	}
	return at
}

// session shows what links bring that are lost and taken up again.
type session struct {
	*twoStreams
	record join.Record
	out    strings.Builder
	at     [2]int // so much of each stream has come, or was lost
}

// bring shows what an attach brings of both streams, but for what was shown of it already.
func (s *session) bring(from, to, skip [2]int) {
	var texts [2]string
	for stream := range texts {
		texts[stream] = s.texts[stream][from[stream]:to[stream]]
		texts[stream] = texts[stream][min(skip[stream], len(texts[stream])):]
	}
	for texts[0] != "" || texts[1] != "" {
		stream := s.random.IntN(2)
		n := min(len(texts[stream]), s.random.IntN(30))
		s.out.WriteString(texts[stream][:n])
		s.record.Write(stream, []byte(texts[stream][:n]))
		texts[stream] = texts[stream][n:]
	}
	s.at = to
}

// again attaches at from, where to has come until the log is read, which has both streams up to upTo at first.
func (s *session) again(from, upTo, to [2]int, tail int) (join.Fit, join.Verdict) {
	for try := 0; ; {
		begins := strings.Count(s.logUntil(upTo, len(s.log)), "\n") < tail
		g := s.record.Gap([]byte(s.logUntil(upTo, tail)), begins)
		if g.Fit != join.Sure && !begins {
			tail = len(s.log) + 1
			continue
		}
		var a join.Attached
		for stream := range a.Text {
			a.Text[stream] = []byte(s.texts[stream][from[stream]:to[stream]])
			a.Seen[stream] = max(0, min(to[stream], upTo[stream])-from[stream])
		}
		j := g.Join(a)
		if try < 3 && (j.Verdict != join.Joined || g.Fit != join.Sure) {
			if try++; try == 1 { // the log comes as far as the attach, and that to the end of its lines
				to = s.lineEnds(to)
				upTo = to
			}
			continue
		}
		s.out.Write(j.Show())
		s.bring(from, to, j.Skip)
		return g.Fit, j.Verdict
	}
}

// trouble is what is wrong with the output. Where lines are equal and the streams in another order, the order in which those are shown may be wrong.
func (s *session) trouble(ordered bool) string {
	var got, want [2]strings.Builder
	for i, text := range []string{s.out.String(), s.texts[0] + s.texts[1]} {
		of := []*[2]strings.Builder{&got, &want}[i]
		for _, r := range text {
			switch {
			case r == '\n':
			case r >= 'a' && r <= 'z' || r >= '0' && r <= '9' || r == ' ':
				of[0].WriteRune(r)
			default:
				of[1].WriteRune(r)
			}
		}
	}
	for stream := range got {
		g, w := got[stream].String(), want[stream].String()
		if !ordered {
			g, w = sorted(g), sorted(w)
		}
		if g != w {
			at := 0
			for at < min(len(g), len(w)) && g[at] == w[at] {
				at++
			}
			return fmt.Sprintf("stream %d: %d characters, want %d; at %d: %q, want %q", stream, len(g), len(w), at, g[at:min(len(g), at+40)], w[at:min(len(w), at+40)])
		}
	}
	if g, w := strings.Count(s.out.String(), "\n"), len(s.log); g != w {
		return fmt.Sprintf("%d lines, want %d", g, w)
	}
	return ""
}

func sorted(s string) string {
	b := []byte(s)
	slices.Sort(b)
	return string(b)
}

// TestTwoStreamsLoseNothing: links break anywhere, the runtime has the streams in another order than the attach, and each line is shown once, in the
// order of its stream.
func TestTwoStreamsLoseNothing(t *testing.T) {
	for i := range 8000 {
		random := rand.New(rand.NewPCG(uint64(i), 1))
		equal, apart := []int{0, 0, 20, 100}[i%4], random.IntN(4)
		s := &session{twoStreams: newTwoStreams(random, 1+random.IntN(60), equal, apart)}
		inLine := equal == 0
		now := random.IntN(len(s.log) + 1)
		s.bring([2]int{}, s.places(now, apart, inLine, [2]int{}), [2]int{})
		var steps []string
		for range random.IntN(4) {
			steps = append(steps, fmt.Sprintf("shown until %q and %q", s.texts[0][max(0, s.at[0]-20):s.at[0]], s.texts[1][max(0, s.at[1]-20):s.at[1]]))
			now += random.IntN(len(s.log) + 1 - now)
			from := s.places(now, apart, inLine && random.IntN(2) == 0, s.at)
			now += random.IntN(len(s.log) + 1 - now)
			to := s.places(now, apart, inLine, s.lineEnds(from)) // of a line that is lost again, the end only was seen: it is shown again
			upTo := s.places(now, apart, false, [2]int{})
			for k := range upTo {
				if upTo[k] = min(upTo[k], to[k]); !strings.Contains(s.texts[k][from[k]:to[k]], "\n") {
					upTo[k] = max(upTo[k], from[k]) // in less than a line nothing would tell that the log is behind
				}
			}
			f, v := s.again(from, upTo, to, 1+random.IntN(100))
			steps = append(steps, fmt.Sprintf("attached %q and %q: %v, %v", s.texts[0][from[0]:to[0]], s.texts[1][from[1]:to[1]], f, v))
		}
		j := s.record.Gap([]byte(s.logUntil([2]int{1 << 30, 1 << 30}, 1<<30)), true).Join(join.Attached{Over: true})
		s.out.Write(j.Show())
		if trouble := s.trouble(equal == 0 || apart == 0); trouble != "" {
			t.Fatalf("%d: equal %d, apart %d: %s\n%s\nlog %q\nshown %q", i, equal, apart, trouble, strings.Join(steps, "\n"), s.logUntil([2]int{1 << 30, 1 << 30}, 1<<30), s.out.String())
		}
	}
}
