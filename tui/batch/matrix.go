package batch

import (
	"context"
	"slices"
	"time"

	tea "charm.land/bubbletea/v2"

	kubebatch "github.com/dayfly-k8s/dayfly/kube/batch"
	"github.com/dayfly-k8s/dayfly/tui/batchrun"
	"github.com/dayfly-k8s/dayfly/tui/kit"
)

// Matrix shows how a batch goes: what each pod has answered, with equal answers folded.
type Matrix struct {
	*kit.Kit
	keys   keyMap
	ctx    context.Context //nolint:containedctx // of the screen's life: commands run in it
	stop   context.CancelFunc
	work   *Work
	folder string // where files are saved
	here   string // the context that dayfly is in

	now                   batchrun.Look
	heard                 time.Time      // when it was looked at last, by the real clock
	place                 map[string]int // of the rows, by name
	common                string         // with what all names begin: the namespace that they are in; empty: they are in several
	folded                folding
	busy                  bool          // results are being folded
	cost                  time.Duration // of the last time
	lines                 []line
	wideName, wideOutcome int // cells that the widest takes
	sort                  order
	flat                  bool            // nothing is folded
	open                  map[string]bool // names of those whose group is open

	filter kit.Filter
	cursor kit.Cursor
	chosen line
	moved  bool // a person has moved the cursor: it stays on its line
	page   int
	right  int // where the list ends
	paned  paned
}

type (
	// changedMsg tells that a batch is not as it was.
	changedMsg struct{ of *Matrix }
	// foldedMsg are folded results.
	foldedMsg struct {
		of     *Matrix
		folded folding
		took   time.Duration
	}
	// savedMsg tells where results were saved.
	savedMsg struct {
		of    *Matrix
		words string
	}
)

// How often a screen is drawn anew at most, while much changes.
const matrixPace = 150 * time.Millisecond

// NewMatrix shows a batch, which may be of another context than dayfly is in now; files are saved in folder.
func NewMatrix(ctx context.Context, k *kit.Kit, work *Work, folder, here string) *Matrix {
	ctx, stop := context.WithCancel(ctx)
	s := &Matrix{Kit: k, keys: newKeyMap(k.Bindings), ctx: ctx, stop: stop, work: work, folder: folder, here: here, open: map[string]bool{}, filter: kit.NewFilter("/ "), place: map[string]int{}}
	items := work.Live.Options().Items
	for i := range items {
		s.place[items[i].Name()] = i
	}
	if len(items) > 0 && !slices.ContainsFunc(items, func(i kubebatch.Item) bool { return i.Node != "" || i.Namespace != items[0].Namespace }) {
		s.common = items[0].Namespace + "/"
	}
	s.look()
	return s
}

// ShowsBatch reports whether it shows a batch.
func (s *Matrix) ShowsBatch(w *Work) bool { return s.work == w }

// Close ends what is looked at; the batch goes on.
func (s *Matrix) Close() { s.stop() }

// Title is where one is.
func (s *Matrix) Title() string {
	if of := s.work.Live.Options().Cluster.Context; of != s.here {
		return "of " + of + " › " + s.work.Where + " › " + s.work.What
	}
	return s.work.Where + " › " + s.work.What
}

// Place is which lines are on the screen.
func (s *Matrix) Place() string { return s.cursor.Place }

// Hint is for newcomers.
func (s *Matrix) Hint() string { return "↵ shows a whole output, space the pods of a group" }

// Init begins to follow the batch.
func (s *Matrix) Init() tea.Cmd { return tea.Batch(s.listen(), s.fold()) }

// listen waits until something is new, and not too often.
func (s *Matrix) listen() tea.Cmd {
	ctx, changed, done, heard := s.ctx, s.now.Changed, s.work.Live.Done(), s.heard
	return func() tea.Msg {
		select {
		case <-changed:
		case <-done:
			return changedMsg{s}
		case <-ctx.Done():
			return nil
		}
		rest := time.NewTimer(time.Until(heard.Add(matrixPace)))
		defer rest.Stop()
		select {
		case <-rest.C:
		case <-ctx.Done():
			return nil
		}
		return changedMsg{s}
	}
}

// look takes how the batch is now, and makes the lines of it.
func (s *Matrix) look() {
	s.now, s.heard = s.work.Live.Look(), time.Now()
	s.arrange()
}

// arrange makes the lines; the cursor stays on its own, as soon as a person has moved it.
func (s *Matrix) arrange() {
	s.lines = s.arrangement().lines()
	s.lines = slices.DeleteFunc(s.lines, func(l line) bool { return !s.passes(l) })
	const most = 30 // cells of an outcome
	s.wideName, s.wideOutcome = 0, 0
	for _, l := range s.lines {
		s.wideName = max(s.wideName, kit.Width(s.nameOf(l)))
		s.wideOutcome = max(s.wideOutcome, min(kit.Width(s.outcome(&s.now.Rows[l.row])), most))
	}
	s.cursor.At = 0
	if s.moved {
		s.cursor.At = s.find(s.chosen)
	}
	s.choose()
}

func (s *Matrix) arrangement() arrangement {
	return arrangement{rows: s.now.Rows, place: s.place, folded: &s.folded, by: s.sort, flat: s.flat || s.filter.Text() != "", open: s.isOpen}
}

// find is where a line is now: the same, or what has come of it.
func (s *Matrix) find(was line) int {
	loose := 0
	group, known := s.folded.of(was.name)
	for i, l := range s.lines {
		switch {
		case l.name == was.name && l.head == was.head:
			return i
		case l.name == was.name, l.head && known && l.group == group:
			loose = i
		}
	}
	return loose
}

func (s *Matrix) choose() {
	s.cursor.Clamp(len(s.lines))
	if len(s.lines) > 0 {
		s.chosen = s.lines[s.cursor.At]
	}
}

// isOpen reports whether the members of a group are shown.
func (s *Matrix) isOpen(group int) bool {
	for name := range s.open {
		if g, known := s.folded.of(name); known && g == group {
			return true
		}
	}
	return false
}

// fold finds which results are equal, in the background.
func (s *Matrix) fold() tea.Cmd {
	if s.busy || s.folded.results == s.now.Results {
		return nil
	}
	const share = 4 // of the time, at most one in so many is spent folding
	s.busy = true
	results, ctx, rest, now := s.now.Finished(), s.ctx, s.cost*share, s.Now()
	if s.now.Over {
		rest = 0
	}
	return func() tea.Msg {
		wait := time.NewTimer(rest)
		defer wait.Stop()
		select {
		case <-wait.C:
		case <-ctx.Done():
			return nil
		}
		began := time.Now()
		folded, err := newFolding(results, now)
		if err != nil {
			return nil // no pattern of a person is in it
		}
		return foldedMsg{of: s, folded: folded, took: time.Since(began)}
	}
}

// Update takes messages and keys.
func (s *Matrix) Update(msg tea.Msg) tea.Cmd {
	switch msg := msg.(type) {
	case changedMsg:
		if msg.of != s {
			return nil
		}
		s.look()
		if s.now.Over {
			return s.fold()
		}
		return tea.Batch(s.listen(), s.fold())
	case foldedMsg:
		if msg.of != s {
			return nil
		}
		s.folded, s.cost, s.busy = msg.folded, msg.took, false
		s.arrange()
		return s.fold()
	case savedMsg:
		if msg.of == s {
			return s.Flash(msg.words)
		}
	case tea.KeyPressMsg:
		return s.press(msg)
	default:
		if s.Typing() {
			return s.typed(msg)
		}
	}
	return nil
}

// Click puts the cursor on a line, and opens the one that has it.
func (s *Matrix) Click(x, y int) tea.Cmd {
	if x >= s.right {
		return nil
	}
	on, again := s.cursor.Click(y-1, len(s.lines), s.page)
	if on {
		s.moved = true
		s.choose()
	}
	if again {
		return s.showOutput()
	}
	return nil
}
