package terminal

import (
	"errors"
	"fmt"
	"os"
	"sync"

	"github.com/creack/pty"
	"golang.org/x/sys/unix"
)

// openPTY opens a pty whose master can be closed while it is read: a descriptor of the runtime's poller, which one that [pty.Open] has touched
// is not.
func openPTY() (master, slave *os.File, err error) {
	opened, slave, err := pty.Open()
	if err != nil {
		return nil, nil, fmt.Errorf("open a pty: %w", err)
	}
	fd, err := unix.FcntlInt(opened.Fd(), unix.F_DUPFD_CLOEXEC, 0)
	if err == nil {
		err = unix.SetNonblock(fd, true)
	}
	if err = errors.Join(err, opened.Close()); err != nil {
		return nil, nil, errors.Join(fmt.Errorf("open a pty: %w", err), slave.Close())
	}
	return os.NewFile(uintptr(fd), "ptmx"), slave, nil
}

// Resize changes the size of the terminal, which tells the program so. At 0×0, as terminals have it that do not know their size, what is
// drawn is drawn in the size before.
func (t *Terminal) Resize(cols, rows int) error {
	if cols > 0 && rows > 0 {
		t.draw.Lock()
		t.emulator.Resize(cols, rows)
		t.draw.Unlock()
	}
	return t.size(cols, rows)
}

func (t *Terminal) size(cols, rows int) error {
	raw, err := t.master.SyscallConn()
	if err == nil {
		control := raw.Control(func(fd uintptr) {
			err = unix.IoctlSetWinsize(int(fd), unix.TIOCSWINSZ, &unix.Winsize{Col: uint16(cols), Row: uint16(rows)})
		})
		err = errors.Join(err, control)
	}
	if err != nil {
		return fmt.Errorf("size the pty: %w", err)
	}
	return nil
}

// Hold takes no output from the program any more, as a terminal does behind Ctrl-S, or takes it again. A little is in the pty already.
func (t *Terminal) Hold(still bool) { t.hold.set(still) }

// HangUp closes the terminal under the program, as when its window is closed.
func (t *Terminal) HangUp() error {
	if err := t.master.Close(); err != nil {
		return fmt.Errorf("hang up: %w", err)
	}
	return nil
}

// gate lets through who comes while it is open, as it is at first.
type gate struct {
	mu   sync.Mutex
	open chan struct{} // closed when it opens; nil: it is open
}

func (g *gate) set(shut bool) {
	g.mu.Lock()
	defer g.mu.Unlock()
	if !shut && g.open != nil {
		close(g.open)
		g.open = nil
	} else if shut && g.open == nil {
		g.open = make(chan struct{})
	}
}

func (g *gate) pass() {
	g.mu.Lock()
	open := g.open
	g.mu.Unlock()
	if open != nil {
		<-open
	}
}
