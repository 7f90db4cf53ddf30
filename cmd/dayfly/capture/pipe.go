package capture

import (
	"context"
	"fmt"
	"io"
	"os"
	"os/exec"
	"runtime"

	"golang.org/x/term"

	"github.com/dayfly-k8s/dayfly/kube"
)

// program is one that gets the capture on its input.
type program struct {
	io.WriteCloser
	cmd *exec.Cmd
}

// Close ends its input. The program stays: a person looks at it.
func (p *program) Close() error {
	err := p.WriteCloser.Close()
	go func() { _ = p.cmd.Wait() }()
	return err //nolint:wrapcheck // as the pipe says it
}

// waited is a program that is waited for.
type waited struct{ program }

// Close ends its input, and waits for it.
func (p *waited) Close() error {
	_ = p.WriteCloser.Close()
	if err := p.cmd.Wait(); err != nil {
		return fmt.Errorf("the command: %w", err)
	}
	return nil
}

// pipe starts the program that gets the capture; nil: none is asked for.
func (f *Flags) pipe(ctx context.Context, stdout, stderr io.Writer) (io.WriteCloser, error) {
	switch {
	case f.wireshark:
		path, err := findWireshark()
		if err != nil {
			return nil, err
		}
		p := &program{cmd: exec.CommandContext(context.WithoutCancel(ctx), path, "-k", "-i", "-")}
		return p, p.start(io.Discard, io.Discard)
	case f.exec != "":
		shell := []string{"sh", "-c"}
		if runtime.GOOS == "windows" {
			shell = []string{"cmd", "/C"}
		}
		p := &waited{program{cmd: exec.CommandContext(context.WithoutCancel(ctx), shell[0], shell[1], f.exec)}}
		return p, p.start(stdout, stderr)
	}
	return nil, nil
}

func (p *program) start(stdout, stderr io.Writer) (err error) {
	own(p.cmd)
	p.cmd.Stdout, p.cmd.Stderr = stdout, stderr
	if p.WriteCloser, err = p.cmd.StdinPipe(); err == nil {
		err = p.cmd.Start()
	}
	if err != nil {
		return &kube.Problem{Message: "start " + kube.Sanitize(p.cmd.Path) + ": " + kube.Sanitize(err.Error()), Hint: "check the command", Err: err}
	}
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
