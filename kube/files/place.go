// Package files reads and writes the files of containers: it lists folders, and copies files and trees, with programs that run by exec and
// without a terminal. Nothing of it is in the pod's log.
//
// [Find] looks which programs a container has. With a shell and tar it serves itself ([Place] with Inside); otherwise a debug container does
// that sees the processes of the container, and so its files under /proc/1/root. Symbolic links of the container are followed by the scripts,
// component by component, so that an absolute link leads to the container's file and not to one of the debug container.
//
// What comes is hostile: [Extract] keeps every file inside of its folder.
package files

import (
	"context"
	"crypto/rand"
	"fmt"
	"slices"
	"strings"

	"github.com/dayfly-k8s/dayfly/kube"
	"github.com/dayfly-k8s/dayfly/kube/stream"
)

// Place is from where the files of a container are reached.
type Place struct {
	Target kube.Target // whose files they are
	Runs   kube.Target // where the programs run: the target itself, or a debug container beside it
}

// Inside reports whether the programs are those of the target itself.
func (p Place) Inside() bool { return p.Runs == p.Target }

// root is what the scripts take for the root of the files.
func (p Place) root() string {
	if p.Inside() {
		return ""
	}
	return "@"
}

// needed are the programs without which a container cannot serve itself.
func needed() []string {
	return []string{"tar", "cat", "tail", "head", "find", "stat", "readlink", "mv", "rm", "chmod", "chown", "mkdir", "wc", "id"}
}

// Find looks for a place from which the files of a container are reached with what is there already: the container itself, if it has a shell and the
// programs, else a debug container of dayfly that looks at it and runs. ok is false where one has to be added.
func Find(ctx context.Context, c *kube.Cluster, pod *kube.Pod, target kube.Target) (place Place, ok bool, err error) {
	inside := Place{Target: target, Runs: target}
	if ok, err = serves(ctx, c, inside); ok || err != nil {
		return inside, ok, err
	}
	for _, d := range pod.Containers {
		if d.Kind != kube.DebugContainer || !d.Running || d.Looks != target.Container || !strings.HasPrefix(d.Name, "debugger-") {
			continue
		}
		beside := Place{Target: target, Runs: target.Of(d.Name)}
		if ok, err := serves(ctx, c, beside); ok && err == nil {
			return beside, true, nil
		}
	}
	return Place{}, false, nil
}

// serves reports whether a place has the programs, and sees the files. The error is that of an exec that was refused.
func serves(ctx context.Context, c *kube.Cluster, p Place) (bool, error) {
	script := root + `ls -d "$R/." >/dev/null 2>&1 || exit 1; for P in ` + strings.Join(needed(), " ") + `; do command -v $P >/dev/null || exit 1; done`
	code, err := stream.Exec(ctx, c, p.Runs, p.command(script), stream.Streams{Out: discard{}})
	if err != nil {
		if slices.Contains(kube.Explain(err).Help, kube.Retry) || ctx.Err() != nil || !unstartable(err) {
			return false, err
		}
		return false, nil
	}
	return code == 0, nil
}

// unstartable reports whether an exec has failed for want of the program, which is sh.
func unstartable(err error) bool {
	return strings.Contains(kube.Explain(err).Hint, "does not have that command")
}

// Check reports whether a place can be used, and says why not.
func Check(ctx context.Context, c *kube.Cluster, p Place) error {
	ok, err := serves(ctx, c, p)
	if err == nil && !ok {
		return &kube.Problem{
			Message: fmt.Sprintf("container %s cannot read the files of %s", p.Runs.Container, p.Target),
			Hint:    "it needs sh, tar, find and stat, and a profile that may look into the processes of the target", Help: []kube.Help{kube.ChooseProfile, kube.ChooseTool},
		}
	}
	return err
}

// command is a script as it is run in a place; its own arguments begin with $2.
func (p Place) command(script string, args ...string) []string {
	return append([]string{"sh", "-c", script, "sh", p.root()}, args...)
}

// token is a word that no name of a file contains.
func token() string { return rand.Text() }

// discard drops all.
type discard struct{}

// Write drops it.
func (discard) Write(p []byte) (int, error) { return len(p), nil }

// tail keeps the end of what a program says about its mistakes.
type tail struct{ text []byte }

// Write keeps it.
func (t *tail) Write(p []byte) (int, error) {
	const most = 2 << 10
	t.text = append(t.text, p...)
	if over := len(t.text) - most; over > 0 {
		t.text = append(t.text[:0], t.text[over:]...)
	}
	return len(p), nil
}

// String is what was said last, in a line.
func (t *tail) String() string {
	lines := strings.Split(strings.TrimSpace(string(t.text)), "\n")
	return kube.Sanitize(strings.Join(lines[max(0, len(lines)-3):], "; "))
}

// failed is the problem of a script that has ended with a code of its own.
func failed(op string, code int, said *tail) error {
	words := said.String()
	p := &kube.Problem{Message: fmt.Sprintf("%s: %s", op, words), Hint: "check the path, and whether its files may be read"}
	switch {
	case code == codeMissing:
		p.Message, p.Hint = op+": there is no such file", "check the path: it begins at the root of the container"
	case code == codeMounted:
		p.Hint = "change the ConfigMap, the Secret or the volume that it comes from, or copy to another name"
	case code == codeTaken:
		p.Hint = "copy to another folder, or take away what is in the way; nothing was written"
	case words == "":
		p.Message = fmt.Sprintf("%s: it ended with code %d", op, code)
	case strings.Contains(strings.ToLower(words), "permission denied"):
		p.Hint, p.Help = "the user of the container may not; a debug container with another profile may", []kube.Help{kube.ChooseProfile}
	case strings.Contains(strings.ToLower(words), "read-only file system"):
		p.Hint = "choose another folder: this one cannot be written to"
	case strings.Contains(strings.ToLower(words), "no space left"):
		p.Hint = "make room, or choose another folder"
	}
	return p
}
