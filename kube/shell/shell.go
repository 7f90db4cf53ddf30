// Package shell finds out which shell a container has, by asking it.
package shell

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"time"

	corev1 "k8s.io/api/core/v1"

	"github.com/dayfly-k8s/dayfly/kube"
	"github.com/dayfly-k8s/dayfly/kube/stream"
)

// patience bounds how long a container may take to answer.
const patience = 15 * time.Second

// probe is a command that runs where there is a shell, and prints which one is the best to type into; empty: itself.
type probe struct {
	command []string
	shell   string
}

// better prints the best of the shells that people type into; each has history and completion, and is a better sh.
const better = `for S in bash zsh ash; do command -v "$S" >/dev/null 2>&1 && { echo "$S"; exit; }; done; echo sh`

// probes are what is tried, one after the other. Images of distroless for debugging have busybox where no PATH leads.
func probes(windows bool) []probe {
	if windows {
		return []probe{
			{[]string{"pwsh.exe", "-NoLogo", "-NoProfile", "-Command", "exit"}, "pwsh.exe"},
			{[]string{"powershell.exe", "-NoLogo", "-NoProfile", "-Command", "exit"}, "powershell.exe"},
			{[]string{"cmd.exe", "/c", "exit"}, "cmd.exe"},
		}
	}
	return []probe{{[]string{"sh", "-c", better}, ""}, {[]string{"/busybox/sh", "-c", "exit"}, "/busybox/sh"}, {[]string{"bash", "-c", "exit"}, "bash"}}
}

// ErrNone is in the problem of a container that has no shell.
var ErrNone = errors.New("no shell")

// Find returns the command that opens the best shell of a running container of a pod. The error is a [*kube.Problem], with [ErrNone] where it has none.
func Find(ctx context.Context, c *kube.Cluster, pod *kube.Pod, container string) ([]string, error) {
	ctx, cancel := context.WithTimeout(ctx, patience)
	defer cancel()
	at := kube.Target{Namespace: pod.Namespace, Pod: pod.Name, Container: container}
	windows := pod.Object() != nil && pod.Object().Spec.OS != nil && pod.Object().Spec.OS.Name == corev1.Windows
	for _, p := range probes(windows) {
		said := &first{}
		code, err := stream.Exec(ctx, c, at, p.command, stream.Streams{Out: said, Err: &first{}})
		switch {
		case errors.Is(err, stream.ErrNoProgram), err == nil && code != 0: // one that is there and broken is none
			continue
		case errors.Is(err, context.DeadlineExceeded):
			return nil, &kube.Problem{Message: fmt.Sprintf("look for a shell in %s: the container has not answered in %s", at, patience), Hint: "try again", Err: err}
		case err != nil:
			return nil, err
		case p.shell != "":
			return []string{p.shell}, nil
		}
		if word := said.word(); isShell(word) {
			return []string{word}, nil
		}
		return []string{p.command[0]}, nil
	}
	return nil, &kube.Problem{
		Message: fmt.Sprintf("%s has no shell", at), Hint: "a debug container brings one, and sees the same processes and files", Help: []kube.Help{kube.ChooseTool}, Err: ErrNone,
	}
}

// isShell reports whether a container has named one of those that were asked for: what it prints is not to be trusted.
func isShell(word string) bool {
	return word == "bash" || word == "zsh" || word == "ash" || word == "sh"
}

// first keeps the beginning of what is printed.
type first struct{ text []byte }

// Write keeps it.
func (f *first) Write(p []byte) (int, error) {
	const most = 64
	f.text = append(f.text, p[:min(len(p), most-len(f.text))]...)
	return len(p), nil
}

func (f *first) word() string { return strings.TrimSpace(string(f.text)) }
