//go:build unix

package main

import (
	"os"
	"path/filepath"
	"syscall"
	"testing"
	"time"
)

// A signal that ends the process leaves the terminal as it was, whatever is on the screen.
func TestSignalsRestoreTheTerminal(t *testing.T) {
	for _, signal := range []syscall.Signal{syscall.SIGQUIT, syscall.SIGABRT, syscall.SIGINT, syscall.SIGTERM, syscall.SIGHUP} {
		t.Run(signal.String(), func(t *testing.T) {
			t.Parallel()
			p := sitDown(t)
			p.sees(onScreen)
			p.must(p.Signal(signal))
			p.leaves(128 + int(signal))
		})
	}
	// Those that a Go program does not end of are none to dayfly either.
	t.Run("others", func(t *testing.T) {
		t.Parallel()
		p := sitDown(t)
		p.sees(onScreen)
		for _, signal := range []syscall.Signal{syscall.SIGALRM, syscall.SIGUSR1, syscall.SIGUSR2, syscall.SIGXCPU, syscall.SIGPIPE, syscall.SIGVTALRM} {
			p.must(p.Signal(signal))
		}
		p.types("/still")
		p.sees("/ still")
		p.presses("ctrl+c")
		p.ends()
	})
}

// Ctrl-\ sent as a signal, in every state of the interface.
func TestQuitSignalInEveryState(t *testing.T) {
	for name, reach := range map[string]func(p *person){
		"list":   func(*person) {},
		"filter": func(p *person) { p.types("/x"); p.sees("/ x") },
		"help":   func(p *person) { p.presses("?"); p.sees("esc") },
		"picker": func(p *person) { p.presses("c"); p.sees("practice") },
		"tools":  func(p *person) { p.types("/crasher\rd"); p.sees("↵ debug") },
		"prompt, behind the tools": func(p *person) {
			p.types("/crasher\rd")
			p.sees("↵ debug")
			p.presses("e")
		},
		"starting": func(p *person) {
			p.types("/crasher\rd")
			p.sees("↵ debug")
			p.presses("enter")
		},
		"session": func(p *person) { p.getsShell() },
		"session, other screen": func(p *person) {
			p.getsShell()
			p.types("printf '\\033[?1049h\\033[?1002h%s' $((6*7)); sleep 1000\r") // a shell would draw its line anew
			p.sees("42")
		},
		"detached": func(p *person) { p.getsShell(); p.presses("ctrl+]"); p.sees("detached") },
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			p := practises(t)
			reach(p)
			p.must(p.Signal(syscall.SIGQUIT))
			p.leaves(128 + int(syscall.SIGQUIT))
		})
	}
}

// A signal that comes while dayfly is stopped ends it when it is let go on, with the shell's terminal as it is.
func TestQuitSignalWhileStopped(t *testing.T) {
	t.Parallel()
	atShells(t, func(p *person) {
		modes := p.runs("stty -g")
		p.starts()
		p.presses("ctrl+z")
		p.isAtTheShell()
		p.runs("kill -QUIT %1; kill -CONT %1; until wait %1; code=$?; test $code != 148; do :; done; echo code $code")
		if now := p.runs("stty -g"); now != modes {
			p.t.Errorf("behind it the modes are %s, were %s", now, modes)
		}
	})
}

// A recording that plays is ended as a session is.
func TestQuitSignalWhilePlaying(t *testing.T) {
	folder := home(t)
	file := filepath.Join(folder, "x.cast")
	write(t, file, castHead+`[0.1, "o", "`+everything+`in vi"]`+"\n"+`[3600, "o", "never"]`+"\n")
	p := sitDownAt(t, folder, os.Args[0], "play", file)
	p.sees("in vi")
	p.must(p.Signal(syscall.SIGQUIT))
	p.leaves(128 + int(syscall.SIGQUIT))
}

// A terminal that takes no output (Ctrl-S, a dead ssh) does not hold up the end.
func TestSignalEndsBehindAStalledTerminal(t *testing.T) {
	p := sitDown(t)
	p.sees(onScreen)
	p.types("/")
	p.Hold(true)
	ticker, timeout := time.NewTicker(5*time.Millisecond), time.After(patience)
	defer ticker.Stop()
	for i := range 300 { // more frames than fit into a pty
		p.must(p.Resize(100+i%2, 30))
		p.types("x")
		<-ticker.C
	}
	p.must(p.Signal(syscall.SIGTERM))
	for syscall.Kill(p.PID(), 0) == nil { // until it has been waited for
		select {
		case <-ticker.C:
		case <-timeout:
			t.Fatal("it waits for the terminal")
		}
	}
	p.Hold(false)
	p.leaves(128 + int(syscall.SIGTERM))
}

// torn starts dayfly and sends it the pieces of a sequence with pauses between them, which the machine does not make much longer.
func torn(t *testing.T, pieces []string, pause time.Duration) *person {
	t.Helper()
	for {
		p := sitDown(t)
		p.sees(onScreen)
		began := time.Now()
		for _, piece := range pieces {
			p.types(piece)
			<-time.After(pause)
		}
		if time.Since(began) < time.Duration(len(pieces))*4*pause {
			return p
		}
		p.presses("ctrl+c")
		p.ends()
	}
}

// Sequences that the network has cut are no keys: A would show all namespaces.
func TestTornSequencesAreNoKeys(t *testing.T) {
	const pause = 80 * time.Millisecond // longer than Bubble Tea waits
	for name, pieces := range map[string][]string{
		"cursor key": {"\x1b[", "A"},
		"SS3":        {"\x1bO", "A"},
		"background": {"\x1b]11;rgb:1e1e/1e", "1e/2e2e\x1b", "\\"},
		"attributes": {"\x1b[?", "62", ";A"},
		"mouse":      {"\x1b[M", "A", "AA"},
		"late rest":  {"\x1b", "[A"},
		"paste":      {"\x1b[200~A\x1b[20", "1~"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			p := torn(t, pieces, pause)
			p.types("/seen")
			p.sees("/ seen", "here › shop")
			p.presses("ctrl+c")
			p.ends()
		})
	}
}
