package capture

import (
	"context"
	"fmt"
	"io"
	"os"
	"os/exec"
	"runtime"
	"time"

	"golang.org/x/term"

	"github.com/dayfly-k8s/dayfly/kube"
)

// program is one that gets the capture on its input.
type program struct {
	io.WriteCloser
	cmd   *exec.Cmd
	stays bool          // a person looks at it: it is not waited for
	gone  chan struct{} // closed when it has ended, with err
	err   error
}

// Gone is closed when it has ended.
func (p *program) Gone() <-chan struct{} { return p.gone }

// Wait waits for a command. It is ended with ctx: nobody would end it afterwards.
func (p *program) Wait(ctx context.Context) error {
	if p.stays {
		return nil
	}
	select {
	case <-p.gone:
		if p.err != nil {
			return fmt.Errorf("the command of --exec has failed: %w", p.err)
		}
	case <-ctx.Done():
		kill(p.cmd)
		<-p.gone
	}
	return nil
}

// program is what gets the capture, which is not started yet; nil: none is asked for.
func (f *Flags) program(ctx context.Context, stdout, stderr io.Writer) (*program, error) {
	switch {
	case f.wireshark:
		path, err := findWireshark()
		if err != nil {
			return nil, err
		}
		return &program{cmd: exec.CommandContext(context.WithoutCancel(ctx), path, "-k", "-i", "-"), stays: true}, nil
	case f.exec != "":
		shell := []string{"sh", "-c"}
		if runtime.GOOS == "windows" {
			shell = []string{"cmd", "/C"}
		}
		p := &program{cmd: exec.CommandContext(context.WithoutCancel(ctx), shell[0], shell[1], f.exec)}
		p.cmd.Stdout, p.cmd.Stderr = stdout, stderr
		p.cmd.WaitDelay = outputPatience
		return p, nil
	}
	return nil, nil
}

// outputPatience is how long the output of a command is waited for that has ended: a child of its own may hold it open.
const outputPatience = time.Second

// start starts it.
func (p *program) start() (err error) {
	own(p.cmd)
	if p.WriteCloser, err = p.cmd.StdinPipe(); err == nil {
		err = p.cmd.Start()
	}
	if err != nil {
		return &kube.Problem{Message: "start " + kube.Sanitize(p.cmd.Path) + ": " + kube.Sanitize(err.Error()), Hint: "check the command", Err: err}
	}
	p.gone = make(chan struct{})
	go func() {
		defer close(p.gone)
		p.err = p.cmd.Wait()
	}()
	return nil
}

// findWireshark looks for it where it is.
func findWireshark() (string, error) {
	places := []string{"wireshark", "/Applications/Wireshark.app/Contents/MacOS/Wireshark", os.Getenv("ProgramFiles") + `\Wireshark\Wireshark.exe`}
	for _, place := range places {
		if path, err := exec.LookPath(place); err == nil {
			return path, nil
		}
	}
	return "", &kube.Problem{Message: "Wireshark is not on this machine, or not in PATH", Hint: "leave --wireshark out, and open the file where Wireshark is"}
}

// isTerminal reports whether a stream of the process is one.
func isTerminal(stream any) bool {
	f, ok := stream.(interface{ Fd() uintptr })
	return ok && term.IsTerminal(int(f.Fd()))
}
