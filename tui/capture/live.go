package capture

import (
	"context"
	"fmt"
	"strings"
	"time"

	"charm.land/bubbles/v2/key"
	tea "charm.land/bubbletea/v2"

	"github.com/dayfly-k8s/dayfly/kube/capture"
	"github.com/dayfly-k8s/dayfly/kube/packets"
	"github.com/dayfly-k8s/dayfly/tui/capturerun"
	"github.com/dayfly-k8s/dayfly/tui/kit"
)

// tab is what of a capture is looked at.
type tab int

const (
	tabPackets tab = iota
	tabTalkers
	tabDNS
	tabRequests
	tabPods
	tabs
)

// Live shows a capture while it goes on, and what came of it.
type Live struct {
	*kit.Kit
	keys  keyMap
	ctx   context.Context //nolint:containedctx // of the screen's life: commands run in it
	close context.CancelFunc
	work  *capturerun.Live
	where string

	now   capturerun.Look
	seen  packets.Snapshot
	lines []packets.Line // those that pass the filter
	gone  int64          // packets that are not kept any more
	rates rates

	tab     tab
	cursors [tabs]kit.Cursor
	follows bool  // the newest packet is under the cursor
	number  int64 // of the packet under the cursor otherwise
	filter  kit.Filter
	page    int
	first   int // row of the list's first line
}

// newsMsg tells that a capture is not as it was.
type newsMsg struct{ of *Live }

// pace is how often a screen is drawn anew at most, while packets come.
const pace = 200 * time.Millisecond

// NewLive shows a capture.
func NewLive(ctx context.Context, k *kit.Kit, work *capturerun.Live, where string) *Live {
	ctx, stop := context.WithCancel(ctx)
	s := &Live{Kit: k, keys: newKeyMap(k.Bindings), ctx: ctx, close: stop, work: work, where: where, follows: true, filter: kit.NewFilter("/ ")}
	s.look()
	return s
}

// Title is where one is.
func (s *Live) Title() string { return s.where + " › capture" }

// Shows reports whether it shows a capture.
func (s *Live) Shows(work *capturerun.Live) bool { return s.work == work }

// Close ends the capture, and what is looked at.
func (s *Live) Close() {
	s.work.Stop(capture.Person)
	s.close()
}

// Init begins to listen.
func (s *Live) Init() tea.Cmd { return s.listen() }

// listen waits for news. It is told at most every pace, by the real clock, however many packets come.
func (s *Live) listen() tea.Cmd {
	ctx, work := s.ctx, s.work
	return func() tea.Msg {
		pause := time.NewTimer(pace)
		defer pause.Stop()
		select {
		case <-work.News():
		case <-ctx.Done():
			return nil
		}
		select {
		case <-pause.C:
		case <-work.Done():
		case <-ctx.Done():
			return nil
		}
		return newsMsg{s}
	}
}

// look takes what is new.
func (s *Live) look() {
	s.now, s.seen = s.work.Look(), s.work.Capture().Analysis().Look()
	s.rates.take(s.Now(), s.seen.Packets, s.seen.Bytes)
	s.arrange()
}

// mostLines is how many packets are on the screen, of those that pass the filter.
const mostLines = 5000

// arrange takes the packets that pass the filter, and stays on the one that is looked at.
func (s *Live) arrange() {
	pattern := strings.ToLower(s.filter.Text())
	var keep func(packets.Line) bool
	if pattern != "" {
		keep = func(l packets.Line) bool { return strings.Contains(strings.ToLower(s.text(l)), pattern) }
	}
	s.lines, s.gone = s.work.Capture().Analysis().Lines(mostLines, keep)
	c := &s.cursors[tabPackets]
	if s.follows {
		c.At = max(len(s.lines)-1, 0)
		return
	}
	for i := range s.lines {
		if s.lines[i].Number >= s.number {
			c.At = i
			return
		}
	}
	c.Clamp(len(s.lines))
}

// text is a packet as a filter sees it.
func (s *Live) text(l packets.Line) string {
	return s.end(l.Source.Addr(), l.Source.Port()) + " " + s.end(l.Destination.Addr(), l.Destination.Port()) + " " +
		l.Source.String() + " " + l.Destination.String() + " " + l.Protocol + " " + l.Info + " " + s.pod(l.Interface)
}

// Typing reports whether the line of the filter has the keyboard.
func (s *Live) Typing() bool { return s.filter.Typing() }

// running reports whether packets are still wanted.
func (s *Live) running() bool { return s.now.Reason == capture.Running }

// Claims reports whether a key means something else here than everywhere: what quits stops the capture first.
func (s *Live) Claims(msg tea.KeyPressMsg) bool {
	return s.running() && key.Matches(msg, s.keys.Stop) || key.Matches(msg, s.keys.Filter)
}

// HoldsBack reports whether esc is taken here.
func (s *Live) HoldsBack() bool { return true }

// Place is which lines are on the screen.
func (s *Live) Place() string { return s.cursors[s.tab].Place }

// Keys are those that do something now.
func (s *Live) Keys() []key.Binding {
	k := s.keys
	if s.Typing() {
		return []key.Binding{k.FilterDone, k.FilterClear}
	}
	var keys []key.Binding
	switch {
	case s.running():
		keys = append(keys, k.Stop)
	case s.work.File() != "":
		keys = append(keys, k.CopyPath)
	}
	keys = append(keys, k.Next)
	if s.tab == tabPackets {
		keys = append(keys, k.Filter, k.Details)
	}
	if !s.running() {
		keys = append(keys, k.Back)
	}
	return keys
}

// CopyName is where the capture is.
func (s *Live) CopyName() string { return s.work.File() }

// CopyCommand reads it.
func (s *Live) CopyCommand() string {
	if s.work.File() == "" {
		return ""
	}
	return "wireshark " + s.work.File()
}

// Update takes messages and keys.
func (s *Live) Update(msg tea.Msg) tea.Cmd {
	switch msg := msg.(type) {
	case newsMsg:
		if msg.of != s {
			return nil
		}
		if s.look(); s.now.Over {
			return nil
		}
		return s.listen()
	case kit.Tick:
		s.look()
	case tea.KeyPressMsg:
		return s.press(msg)
	case tea.PasteMsg:
		if s.Typing() {
			return s.typed(msg)
		}
	}
	return nil
}

func (s *Live) typed(msg tea.Msg) tea.Cmd {
	cmd := s.filter.Update(s.keys.KeyMap, msg)
	s.arrange()
	return cmd
}

func (s *Live) press(msg tea.KeyPressMsg) tea.Cmd {
	k := s.keys
	if s.Typing() {
		return s.typed(msg)
	}
	c := &s.cursors[s.tab]
	if c.Move(k.KeyMap, msg, s.rows(), s.page) {
		s.moved()
		return nil
	}
	switch {
	case s.running() && key.Matches(msg, k.Stop):
		s.work.Stop(capture.Person)
		s.look()
	case key.Matches(msg, k.Back):
		return s.back()
	case key.Matches(msg, k.Next):
		s.tab = (s.tab + 1) % tabs
	case key.Matches(msg, k.Previous):
		s.tab = (s.tab + tabs - 1) % tabs
	case key.Matches(msg, k.Filter):
		s.tab = tabPackets
		return s.filter.Start()
	case key.Matches(msg, k.Details) && s.tab == tabPackets && len(s.lines) > 0:
		return s.details(s.lines[c.At])
	}
	return nil
}

// moved notes where a person has gone.
func (s *Live) moved() {
	if s.tab != tabPackets || len(s.lines) == 0 {
		return
	}
	at := s.cursors[tabPackets].At
	s.follows, s.number = at == len(s.lines)-1, s.lines[at].Number
}

// back drops the filter, or leaves: to the list where all was captured, and to what is asked before where it was not.
func (s *Live) back() tea.Cmd {
	if s.filter.Text() != "" {
		s.filter.Clear()
		s.arrange()
		return nil
	}
	if s.now.Packets > 0 {
		_ = s.Ask(kit.Leave{})
	}
	return s.Ask(kit.Leave{})
}

// details show all of a packet.
func (s *Live) details(l packets.Line) tea.Cmd {
	text := fmt.Sprintf("packet %d, at %s, seen by %s\nfrom %s\nto %s\n%d bytes of %s\n\n%s", l.Number,
		l.Time.UTC().Format("15:04:05.000000 UTC"), s.pod(l.Interface), s.both(l.Source), s.both(l.Destination), l.Length, l.Protocol, l.Info)
	return s.Ask(kit.Show{Screen: kit.NewPager(s.Kit, kit.PagerOptions{Title: s.Title() + " › packet", Text: text, Copies: l.Info})})
}

// Click puts the cursor on a line, and opens the one that has it.
func (s *Live) Click(_, y int) tea.Cmd {
	on, again := s.cursors[s.tab].Click(y-s.first, s.rows(), s.page)
	switch {
	case !on:
		return nil
	case again && s.tab == tabPackets:
		return s.details(s.lines[s.cursors[tabPackets].At])
	}
	s.moved()
	return nil
}
