package tui

import (
	"errors"
	"math"
	"path/filepath"
	"strings"
	"sync"
	"time"

	tea "charm.land/bubbletea/v2"

	"github.com/dayfly-k8s/dayfly/kube"
	"github.com/dayfly-k8s/dayfly/tui/kit"
	"github.com/dayfly-k8s/dayfly/tui/recording"
	"github.com/dayfly-k8s/dayfly/tui/session"
)

// tape is the recording of a session. Its file is made on a goroutine of its own, for a disk may be slow; what comes meanwhile waits for
// that. Its methods may be called from any goroutine.
type tape struct {
	open chan struct{} // closed when the file is there, or never will be
	wake func()

	mu      sync.Mutex
	w       *recording.Writer
	waiting []func(*recording.Writer)
	held    int // bytes that wait
	err     error
	told    bool
}

// mostHeld is how much output may wait for the file, in bytes.
const mostHeld = 1 << 20

// newTape begins the recording of a session; nil: there is no place for one.
func (k *services) newTape(m attachMsg, input bool) *tape {
	t := &tape{open: make(chan struct{}), wake: k.sessions.wake}
	if k.stateFolder == "" {
		t.err = &kube.Problem{What: "the session is not recorded: neither XDG_STATE_HOME nor HOME says where recordings would be"}
		close(t.open)
		return t
	}
	about := m.recorded(kube.Size{})
	o := recording.Options{Input: input, Now: k.Now, Trouble: t.fail}
	state := k.stateFolder
	go func() {
		defer close(t.open)
		w, err := recording.Create(state, about, o)
		if err != nil {
			t.fail(err)
			return
		}
		t.begin(w)
	}()
	return t
}

// recorded is what a recording says of its session.
func (m attachMsg) recorded(size kube.Size) recording.About {
	a := recording.About{
		Namespace: m.target.Namespace, Pod: m.target.Pod, Container: m.target.Container, Cols: size.Cols, Rows: size.Rows, Term: "xterm", // as runtimes tell a program with a terminal
	}
	if m.cluster != nil {
		a.Context = m.cluster.Context
	}
	return a
}

// begin writes what has waited.
func (t *tape) begin(w *recording.Writer) {
	t.mu.Lock()
	defer t.mu.Unlock()
	for _, write := range t.waiting {
		write(w)
	}
	if t.held > mostHeld {
		w.Mark("what was printed before this is not whole: the disk was too slow")
	}
	t.w, t.waiting = w, nil
}

func (t *tape) fail(err error) {
	t.mu.Lock()
	t.err, t.waiting = err, nil
	t.mu.Unlock()
	t.wake()
}

// do writes at once, or when the file is there.
func (t *tape) do(n int, write func(*recording.Writer)) {
	t.mu.Lock()
	w := t.w
	if w == nil && t.err == nil {
		if t.held += n; t.held <= mostHeld {
			t.waiting = append(t.waiting, write)
		}
	}
	t.mu.Unlock()
	if w != nil {
		write(w)
	}
}

// Output takes what the program prints.
func (t *tape) Output(p []byte) { t.copied(p, (*recording.Writer).Output) }

// Input takes what is typed.
func (t *tape) Input(p []byte) { t.copied(p, (*recording.Writer).Input) }

func (t *tape) copied(p []byte, write func(*recording.Writer, []byte)) {
	t.mu.Lock()
	w := t.w
	t.mu.Unlock()
	if w != nil { // which copies by itself
		write(w, p)
		return
	}
	kept := append([]byte(nil), p...)
	t.do(len(kept), func(w *recording.Writer) { write(w, kept) })
}

// Resize takes a new size of the terminal.
func (t *tape) Resize(cols, rows uint16) {
	t.do(1, func(w *recording.Writer) { w.Resize(cols, rows) })
}

// Mark takes a moment.
func (t *tape) Mark(label string) {
	t.do(len(label), func(w *recording.Writer) { w.Mark(label) })
}

// file is where the recording is, and why it may be incomplete. Empty: there is none yet.
func (t *tape) file() (file string, err error) {
	if t == nil {
		return "", nil
	}
	t.mu.Lock()
	defer t.mu.Unlock()
	return t.w.File(), t.err
}

// trouble is what has gone wrong, once.
func (t *tape) trouble() error {
	if t == nil {
		return nil
	}
	t.mu.Lock()
	defer t.mu.Unlock()
	if t.told || t.err == nil {
		return nil
	}
	t.told = true
	return t.err
}

// close writes what is left.
func (t *tape) close() {
	<-t.open
	t.mu.Lock()
	w := t.w
	t.mu.Unlock()
	_ = w.Close() // its error has been told
	t.wake()
}

// keepTape closes the recording when its session is over.
func (s *sessions) keepTape(r *ownSession) {
	if r.tape == nil {
		return
	}
	s.tapes.Go(func() {
		<-r.Done()
		r.tape.close()
	})
}

// taped is closed when all recordings are on the disk.
func (s *sessions) taped() <-chan struct{} {
	all := make(chan struct{})
	go func() {
		defer close(all)
		s.tapes.Wait()
	}()
	return all
}

// savedMsg says where the output that was kept of a session is.
type savedMsg struct {
	run  *ownSession
	file string
	err  error
}

// saveKept writes what is kept of the output of a session as a recording.
func (k *services) saveKept(r *ownSession) tea.Cmd {
	if k.stateFolder == "" {
		return k.Flash("there is no folder for recordings")
	}
	state := k.stateFolder
	return func() tea.Msg {
		const piece = 64 << 10
		w, err := recording.Create(state, r.again().recorded(r.Size()), recording.Options{Now: func() time.Time { return r.began }})
		if err != nil {
			return savedMsg{run: r, err: err}
		}
		kept := r.Tail(math.MaxInt64)
		if lost := r.Look().BytesOut - int64(len(kept)); lost > 0 {
			w.Mark(kit.Count(int(lost), "byte") + " before are not kept")
		}
		for len(kept) > 0 {
			n := min(len(kept), piece)
			w.Output(kept[:n])
			kept = kept[n:]
		}
		return savedMsg{r, w.File(), w.Close()}
	}
}

// shortPath is a file as a person writes it.
func (k *services) shortPath(file string) string {
	if rest, ok := strings.CutPrefix(file, k.homeFolder+string(filepath.Separator)); ok && k.homeFolder != "" {
		return filepath.Join("~", rest)
	}
	return kube.Clean(file)
}

// played is where a recording is, and how it is shown again.
func (k *services) played(file string) string {
	return k.shortPath(file) + "\ndayfly play " + kube.Clean(strings.TrimSuffix(filepath.Base(file), ".cast"))
}

// onTape says where a session is recorded, or why it is not; empty: it is not.
func (k *services) onTape(r *ownSession) string {
	file, err := r.tape.file()
	var p *kube.Problem
	switch {
	case errors.As(err, &p):
		return p.What
	case file == "":
		return ""
	}
	return k.played(file)
}

var _ session.Recorder = (*tape)(nil)
