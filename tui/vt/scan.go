package vt

import (
	"bytes"
	"time"
)

// How long bytes wait for the rest of a sequence. A lone ESC is a key that people press, so it must not be felt; what is longer
// comes from a terminal, whose sequence may have been cut by the network.
const (
	WaitAfterEsc      = 5 * time.Millisecond
	WaitAfterSequence = SequencePatience
)

// LateReports is how long after a hand-over answers may still come to what the interface had asked the terminal.
const LateReports = time.Second

// pasteSilence ends a bracketed paste whose end never comes. Without it a torn paste would take the detach key away for good.
const pasteSilence = time.Second

const (
	pasteBegin = "\x1b[200~"
	pasteEnd   = "\x1b[201~"
)

// Scanner sorts what the terminal sends during a session: the detach key, answers that nobody in the session has asked for, and
// everything else, which is the program's. The result does not depend on how the input is cut into reads.
type Scanner struct {
	Key   DetachKey
	Asked *QuestionSet
	Until time.Time    // when the last late report may come
	Owed  *OwedAnswers // of the terminal to the interface; nil: none

	lex    KeyLexer
	sent   int // so many bytes of lex.seq have been passed on
	paste  bool
	latest time.Time // of the last byte
	lone   bool      // an ESC has been passed on that nothing came behind
}

// Scan appends to out what is the program's. When the detach key is found, hit is true and rest is what came behind it.
func (s *Scanner) Scan(out, in []byte) (passed, rest []byte, hit bool) {
	now := time.Now()
	if s.paste && now.Sub(s.latest) > pasteSilence {
		s.paste = false
	}
	s.latest = now
	s.rejoin(in)
	for i := 0; i < len(in); {
		if !s.lex.inside() {
			n := s.plain(in[i:])
			out = append(out, in[i:i+n]...)
			i += n
			if i == len(in) {
				break
			}
			if in[i] != esc {
				return out, in[i+1:], true
			}
		}
		switch s.lex.Next(in[i]) {
		case tokenText, tokenMore:
			i++
		case TokenBroken:
			out = s.pass(out, s.lex.Broken())
		case TokenDone:
			i++
			if out, hit = s.sequence(out, now); hit {
				return out, in[i:], true
			}
		}
	}
	return s.settle(out), nil, false
}

// plain counts the bytes in front of the next ESC or the detach key's own byte.
func (s *Scanner) plain(in []byte) int {
	n := len(in)
	if i := bytes.IndexByte(in, esc); i >= 0 {
		n = i
	}
	if s.Key.name != "" && s.Key.raw >= 0 && !s.paste {
		if i := bytes.IndexByte(in[:n], byte(s.Key.raw)); i >= 0 {
			n = i
		}
	}
	return n
}

// pass appends what of a broken sequence has not been passed on.
func (s *Scanner) pass(out, seq []byte) []byte {
	if s.sent == 0 && s.late(s.latest) && bytes.HasPrefix(seq, []byte(oldMouse)) && s.unasked(seq) {
		return out // a report that has been cut off
	}
	if s.sent < len(seq) {
		out = append(out, seq[s.sent:]...)
	}
	s.sent = max(0, s.sent-len(seq))
	return out
}

func (s *Scanner) sequence(out []byte, now time.Time) (passed []byte, hit bool) {
	seq, fresh := s.lex.Seq, s.sent == 0
	defer func() {
		s.lex.Reset()
		s.sent = 0
	}()
	switch {
	case s.paste:
		s.paste = string(seq) != pasteEnd
	case fresh && s.Key.is(seq):
		return out, true
	case string(seq) == pasteBegin:
		s.paste = true
	case fresh && s.late(now) && s.unasked(seq), s.sent <= 1 && s.owedTo(seq):
		return out, false
	}
	return append(out, seq[s.sent:]...), false
}

func (s *Scanner) late(now time.Time) bool { return now.Before(s.Until) }

func (s *Scanner) unasked(seq []byte) bool {
	kind := reportKind(seq)
	return kind != 0 && !s.Asked.has(kind)
}

// owedTo reports whether seq is an answer to the interface, however late. A program that has asked the same gets it: it says the same.
func (s *Scanner) owedTo(seq []byte) bool {
	return s.Owed != nil && s.unasked(seq) && s.Owed.Take(seq)
}

// mayBeOwed reports whether seq may become such an answer.
func (s *Scanner) mayBeOwed(seq []byte) bool {
	if s.Owed == nil || len(seq) < 2 {
		return false
	}
	may := func(kind question, begin string) bool {
		n := min(len(seq), len(begin))
		return string(seq[:n]) == begin[:n] && s.Owed.Owes(kind) && !s.Asked.has(kind)
	}
	return may(AskColor, "\x1b]11;") || may(AskMode, "\x1b[?2026;") || may(AskAttributes, "\x1b[?")
}

// rejoin begins a sequence again whose ESC has been passed on alone, if its rest is an answer to the interface.
func (s *Scanner) rejoin(in []byte) {
	lone := s.lone
	s.lone = false
	if !lone || len(in) < 2 || s.lex.inside() || !s.mayBeOwed(append([]byte{esc}, in[:min(len(in), 2)]...)) {
		return
	}
	s.lex.Next(esc)
	s.sent = 1
}

// settle passes on at the end of a read what need not wait for the next one.
func (s *Scanner) settle(out []byte) []byte {
	seq := s.lex.Seq
	if !s.lex.inside() || s.waits() {
		return out
	}
	if n := len(seq); n > 1 && seq[n-1] == esc {
		seq = seq[:n-1] // it may begin the next one
	}
	if s.sent < len(seq) {
		out = append(out, seq[s.sent:]...)
		s.sent = len(seq)
	}
	return out
}

// waits reports whether the unfinished sequence must not be passed on yet.
func (s *Scanner) waits() bool {
	switch {
	case s.paste:
		return false
	case s.sent == 0 && (s.Key.mayBe(s.lex.Seq) || s.late(s.latest)):
		return true
	}
	return s.sent <= 1 && s.mayBeOwed(s.lex.Seq)
}

// Wait is how long the bytes that are held may wait for more; 0: none are held.
func (s *Scanner) Wait() time.Duration {
	switch {
	case !s.lex.inside() || s.sent == len(s.lex.Seq):
		return 0
	case len(s.lex.Seq) == 1:
		return WaitAfterEsc
	}
	return WaitAfterSequence
}

// Flush gives up waiting: what is held was no sequence. An unfinished report is no key either and goes nowhere.
func (s *Scanner) Flush(out []byte) []byte {
	seq := s.lex.Seq
	report := len(seq) > 2 && (seq[1] == ']' || seq[1] == 'P' || seq[1] == '_' || seq[2] == '?')
	dropped := report && (s.sent == 0 && s.late(s.latest) || s.sent <= 1 && s.mayBeOwed(seq))
	if !dropped {
		out = append(out, seq[s.sent:]...)
	}
	s.lone = len(seq) == 1
	s.lex.Reset()
	s.sent = 0
	return out
}
