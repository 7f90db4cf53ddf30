//go:build unix

package session

import (
	"bytes"
	"io"
	"os"
	"regexp"
	"slices"
	"strings"
	"sync"
	"syscall"
	"testing"

	"github.com/creack/pty"

	"github.com/dayfly-k8s/dayfly/kube"
)

// ptyRig is a terminal with an interface that keeps the keys it reads.
type ptyRig struct {
	t           *testing.T
	master, tty *os.File
	terminal    *Terminal
	shown       display
	copied      chan struct{}
	fails       error  // of ReleaseTerminal
	late        string // what the terminal says behind that, to a question of before

	mu   sync.Mutex
	cond *sync.Cond
	keys string
}

func newPTYRig(t *testing.T) *ptyRig {
	t.Helper()
	r := &ptyRig{t: t, copied: make(chan struct{})}
	r.cond = sync.NewCond(&r.mu)
	r.master, r.tty = openPTY(t)
	var err error
	if r.terminal, err = OpenTerminal(r.tty, r.tty); err != nil {
		t.Fatal(err)
	}
	if err := r.terminal.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = r.terminal.Restore() })
	go func() {
		defer close(r.copied)
		_, _ = io.Copy(io.MultiWriter(&r.shown, answering{r.master}), r.master)
	}()
	go r.readKeys()
	return r
}

func (r *ptyRig) readKeys() {
	b := make([]byte, 100)
	for {
		n, err := r.terminal.Input().Read(b)
		r.mu.Lock()
		r.keys += string(b[:n])
		r.cond.Broadcast()
		r.mu.Unlock()
		if err != nil {
			return
		}
	}
}

// expect waits for keys to come to the interface.
func (r *ptyRig) expect(keys string) {
	r.mu.Lock()
	defer r.mu.Unlock()
	for !strings.HasSuffix(r.keys, keys) {
		r.cond.Wait()
	}
	if r.keys != keys {
		r.t.Errorf("the interface has %q; want %q", r.keys, keys)
	}
}

func (r *ptyRig) typeKeys(keys string) {
	if _, err := io.WriteString(r.master, keys); err != nil {
		r.t.Error(err)
	}
}

func (r *ptyRig) resize(s kube.Size) {
	if err := pty.Setsize(r.master, &pty.Winsize{Cols: s.Cols, Rows: s.Rows}); err != nil {
		r.t.Error(err)
	}
	kill(r.t, syscall.SIGWINCH) // it is not the terminal of this process
}

// answering is a terminal's answer to the question that all of them know.
type answering struct{ master io.Writer }

func (a answering) Write(b []byte) (int, error) {
	if bytes.Contains(b, []byte(lastQuestion)) {
		if _, err := io.WriteString(a.master, "\x1b[?62;22c"); err != nil {
			return 0, err
		}
	}
	return len(b), nil
}

func (r *ptyRig) ReleaseTerminal() error {
	r.typeKeys(r.late)
	return r.fails
}

func (r *ptyRig) Drain() []byte { return nil }

func (r *ptyRig) RestoreTerminal() error {
	go r.readKeys()
	_, err := io.WriteString(r.terminal.Output(), "RESTORED")
	return err
}

// stop returns all output.
func (r *ptyRig) stop() string {
	if err := r.terminal.Restore(); err != nil {
		r.t.Error(err)
	}
	_ = r.tty.Close()
	<-r.copied
	return r.shown.String()
}

// everythingOn is what a program may turn on and forget.
const everythingOn = "\x1b[?1000h\x1b[?1002h\x1b[?1003h\x1b[?1006h\x1b[?1015h\x1b[?1004h\x1b[?2004h\x1b[?2026h\x1b[?1h\x1b=" +
	"\x1b[>1u\x1b[>4;2m\x1b[?25l\x1b[?7l\x1b[?6h\x1b[4h\x1b[5;10r\x1b[31m\x1b(0\x0e\x1b[4 q\x1b]8;;http://x/\x1b\\\x1b]11;#123456\x07"

// leftOn lists what a stream of output has turned on and not off.
func leftOn(output string) (on []string) {
	state := map[string]bool{}
	for _, m := range regexp.MustCompile(`\x1b\[([?]?)([0-9;]+)([hl])`).FindAllStringSubmatch(output, -1) {
		for mode := range strings.SplitSeq(m[2], ";") {
			usual := m[1] == "?" && (mode == "25" || mode == "7")
			state[m[1]+mode] = (m[3] == "h") != usual
		}
	}
	for name, pair := range map[string][2]string{
		"kitty keyboard": {"\x1b[>1u", "\x1b[<99u"}, "modifyOtherKeys": {"\x1b[>4;2m", "\x1b[>4m"}, "keypad": {"\x1b=", "\x1b>"},
		"margins": {"\x1b[5;10r", "\x1b[r"}, "colour": {"\x1b[31m", "\x1b[0m"}, "charset": {"\x1b(0", "\x1b(B"}, "shift out": {"\x0e", "\x0f"},
		"cursor shape": {"\x1b[4 q", "\x1b[0 q"}, "hyperlink": {"\x1b]8;;http://x/\x1b\\", "\x1b]8;;\x1b\\"}, "background": {"\x1b]11;#", "\x1b]111\x1b\\"},
	} {
		state[name] = strings.LastIndex(output, pair[0]) > strings.LastIndex(output, pair[1])
	}
	for mode, is := range state {
		if is {
			on = append(on, mode)
		}
	}
	slices.Sort(on)
	return on
}
