//go:build linux || darwin

package process

import (
	"bytes"
	"context"
	"crypto/sha256"
	"errors"
	"io"
	"os"
	"strings"
	"testing"
	"time"

	"github.com/dayfly-k8s/dayfly/kube/practice/streams"
)

func TestTerminal(t *testing.T) {
	h := newHost(t)
	p := start(t, h, Spec{Argv: []string{"bash", "--norc", "-i"}, Env: []string{"PATH=" + os.Getenv("PATH"), "PS1=$ ", "TERM=dumb"}, TTY: true, Stdin: true})
	v := visit(t, p)
	v.sizes <- streams.Size{Width: 132, Height: 43}
	v.types(t, "stty size; tty\r")
	v.await(t, "\n43 132\r\n/dev/")
	v.types(t, `sh -c 'trap "stty size; exit" WINCH; echo trap""ped; while :; do sleep 0.01; done'`+"\r")
	v.await(t, "\ntrapped\r\n") // and from here on a new size is told
	v.sizes <- streams.Size{Width: 80, Height: 24}
	v.await(t, "24 80\r\n$ ")
	// What answers is in the foreground.
	v.types(t, "sed -u 's/^/got /'\n")
	v.types(t, "one\n")
	v.await(t, "got one\r\n")
	v.types(t, "\x03")
	v.await(t, "^C\r\n$ ")
	v.types(t, "echo was=$?\n")
	v.await(t, "was=130\r\n$ ")
	v.types(t, "sed -u 's/^/got /'\n")
	v.types(t, "two\n")
	v.await(t, "got two\r\n")
	v.types(t, "\x1a")
	v.await(t, "Stopped")
	v.await(t, "$ ")
	v.types(t, "fg\n")
	v.types(t, "three\n")
	v.await(t, "got three\r\n")
	v.types(t, "\x03")
	v.await(t, "^C\r\n$ ")
	v.types(t, "exit 5\r")
	wantExit(t, p, 5, "")
	wait(t, "the end of the attach", v.left)
	if v.err != nil {
		t.Errorf("the attach ended with %v", v.err)
	}
}

func TestInputEnds(t *testing.T) {
	h := newHost(t)
	t.Run("once", func(t *testing.T) {
		spec := shell("cat; echo end; exit 6")
		spec.Stdin, spec.StdinOnce = true, true
		p := start(t, h, spec)
		out := newScreen()
		if err := p.Attach(t.Context(), streams.Streams{Stdin: strings.NewReader("typed\n"), Stdout: out}); err != nil {
			t.Fatal(err)
		}
		wantExit(t, p, 6, "")
		if out.String() != "typed\nend\n" {
			t.Errorf("it said %q", out)
		}
	})
	t.Run("not once", func(t *testing.T) {
		spec := shell("while read line; do echo got $line; done")
		spec.Stdin = true
		p := start(t, h, spec)
		if err := p.Attach(t.Context(), streams.Streams{Stdin: strings.NewReader(""), Stdout: io.Discard}); err != nil {
			t.Fatal(err)
		}
		v := visit(t, p)
		v.types(t, "on\n")
		v.await(t, "got on\n")
		_ = v.keys.Close()
		wait(t, "the end of the attach", v.left)
		p.Kill()
		wantExit(t, p, 137, "SIGKILL")
	})
	t.Run("closed", func(t *testing.T) {
		p := start(t, h, shell("cat; echo end; sleep 1000"))
		v := visit(t, p)
		v.types(t, "nobody hears\n")
		v.leave()
		wait(t, "the end of the attach", v.left)
		if !errors.Is(v.err, context.Canceled) || strings.Contains(v.String(), "nobody") {
			t.Errorf("the attach ended with %v after %q", v.err, v)
		}
	})
}

func TestTwoClients(t *testing.T) {
	h := newHost(t)
	spec := shell("echo early; while read line; do echo got $line; done")
	spec.TTY, spec.Stdin = true, true
	logged := newScreen()
	spec.Log = func(_ string, chunk []byte) { _, _ = logged.Write(chunk) }
	p := start(t, h, spec)
	logged.await(t, "early\r\n")
	one := visit(t, p)
	one.types(t, "one\r")
	one.await(t, "got one\r\n")
	two := visit(t, p)
	two.types(t, "two\r")
	one.await(t, "got two\r\n")
	two.await(t, "got two\r\n")
	one.leave()
	wait(t, "the end of the first attach", one.left)
	two.types(t, "three\r\x04")
	wait(t, "the end of the second attach", two.left)
	wantExit(t, p, 0, "")
	if strings.Contains(two.String(), "one") || strings.Contains(one.String(), "three") {
		t.Errorf("the clients got %q and %q", one, two)
	}
	if want := "early\r\none\r\ngot one\r\ntwo\r\ngot two\r\nthree\r\ngot three\r\n"; logged.String() != want {
		t.Errorf("the log is %q, want %q", logged, want)
	}
}

func TestMuchOutput(t *testing.T) {
	h := newHost(t)
	const size = 20 << 20
	line := strings.Repeat("0123456789abcde", 4) + "\n"
	for name, tty := range map[string]bool{"pipes": false, "terminal": true} {
		t.Run(name, func(t *testing.T) {
			spec := shell(`yes ` + strings.TrimSpace(line) + ` | head -c 20971520`)
			spec.TTY = tty
			want := strings.Repeat(line, size/len(line)+1)[:size]
			if tty {
				want = strings.ReplaceAll(want, "\n", "\r\n")
			}
			got := sha256.New()
			if err := h.Run(t.Context(), spec, streams.Streams{Stdout: got, TTY: tty}); err != nil {
				t.Fatal(err)
			}
			if sum := sha256.Sum256([]byte(want)); !bytes.Equal(sum[:], got.Sum(nil)) {
				t.Error("other bytes came out")
			}
		})
	}
	t.Run("both ways", func(t *testing.T) {
		in := strings.Repeat(line, size/len(line))
		got := sha256.New()
		if err := h.Run(t.Context(), shell("cat >&2"), streams.Streams{Stdin: strings.NewReader(in), Stderr: got}); err != nil {
			t.Fatal(err)
		}
		if sum := sha256.Sum256([]byte(in)); !bytes.Equal(sum[:], got.Sum(nil)) {
			t.Error("other bytes came out than went in")
		}
	})
}

// stone takes nothing until it is hit.
type stone struct{ hit chan struct{} }

func (s *stone) Write(b []byte) (int, error) {
	<-s.hit
	return len(b), nil
}

func TestSlowClient(t *testing.T) {
	h := newHost(t)
	h.patience = time.Second
	spec := shell("read go; head -c 2000000 /dev/zero; echo end; read go")
	spec.Stdin = true
	p := start(t, h, spec)
	slow := &stone{make(chan struct{})}
	defer close(slow.hit)
	cut := make(chan error, 1)
	other := visit(t, p)
	c := &client{streams: streams.Streams{Stdout: slow}}
	p.out.join(c)
	go func() { cut <- p.serve(t.Context(), c) }()
	other.types(t, "go\n")
	select {
	case err := <-cut:
		if !errors.Is(err, ErrSlow) {
			t.Errorf("the slow client ended with %v", err)
		}
	case <-time.After(stuck):
		t.Fatal("the slow client is kept")
	}
	other.await(t, "end\n")
	other.types(t, "go\n")
	wantExit(t, p, 0, "")
	if got := len(other.String()); got != 2000004 {
		t.Errorf("the other client got %d bytes", got)
	}
}

// A client that takes nothing does not keep the end from others.
func TestEndDespiteSlowClient(t *testing.T) {
	h := newHost(t)
	p := start(t, h, shell("head -c 200000000 /dev/zero"))
	slow := &stone{make(chan struct{})}
	c := &client{streams: streams.Streams{Stdout: slow}}
	p.out.join(c)
	ended := make(chan error, 1)
	go func() { ended <- p.serve(t.Context(), c) }()
	p.Kill()
	wantExit(t, p, 137, "SIGKILL")
	close(slow.hit)
	if err := <-ended; err != nil {
		t.Errorf("the attach ended with %v", err)
	}
}
