package debug

import (
	"fmt"
	"path"
	"slices"
	"strings"
	"time"

	corev1 "k8s.io/api/core/v1"

	"github.com/dayfly-k8s/dayfly/kube"
	"github.com/dayfly-k8s/dayfly/kube/nodepod"
)

// limitScript ends the program that its arguments are after SECONDS, from inside the container. The program stays what it would be: in the
// foreground, with the terminal, its own streams and no others, no parent of processes that it does not know, and its exit code is the
// container's. All others are here for its end:
//
//   - The outer shell outlives the terminal's signals, which are the program's, and exits with its code.
//   - The program's own shell tells its number before it becomes the program, so that a child of that number is what is ended: never the
//     first process, which with a target is the application's.
//   - The watcher is a child of ours as well: if it were the program's it would be left to the application when the program ends. It
//     hears of that end by the end of its input, and ends its sleeper.
//
// A sleep is ended by SIGKILL: before it is one it has the shell's handlers, with which another signal would be lost. Where there is no sleep,
// nothing is ended.
const limitScript = `trap : INT QUIT HUP TERM; exec 4>&1 6>&2; CODE=$({ ` +
	`{ trap : INT QUIT HUP TERM; exec 2>/dev/null; ` +
	`sh -c 'echo $$ >&3; exec 2>&6 3>&- 6>&-; exec "$@"' dayfly "$@" 3>&1 >&4 4>&- 5>&-; echo $? >&5; } | ` +
	`{ trap "" INT QUIT HUP; exec >/dev/null 2>&1 4>&- 5>&- 6>&-; read -r pid || exit; ` +
	`(trap 'kill -KILL $!; exit' TERM; sleep SECONDS & wait $! && kill -HUP $pid && { sleep 2 & wait $! && kill -KILL $pid; }) & ` +
	`read -r end; kill $!; wait $!; }; } 5>&1); exit "${CODE:-137}"`

// What runs in the container of private sessions. It ends when it is asked to, and leaves no sleep behind.
const (
	holdScript      = holdTrap + `while sleep 3600 & wait $!; do :; done; exit 127`
	holdLimitScript = holdTrap + `sleep SECONDS & wait $!`
	holdTrap        = `trap 'kill -KILL $!; exit 0' TERM HUP INT; `
)

// sent is the request as it is sent, with what its life time takes, and what sessions run in it by exec, if they do.
func (r Request) sent(pod *corev1.Pod) (sent Request, exec []string) {
	if r.Private && len(r.Command) == 0 {
		r.Command = []string{"sh"}
	}
	sent = r.pointedAt(pod)
	switch {
	case r.Private && r.EndsAfter > 0:
		return sent.running("sh", "-c", r.limited(holdLimitScript), "dayfly"), sent.Command
	case r.Private:
		return sent.running("sh", "-c", holdScript, "dayfly"), sent.Command
	case r.EndsAfter > 0:
		return sent.running(append([]string{"sh", "-c", r.limited(limitScript), "dayfly"}, sent.Command...)...), nil
	}
	return sent, nil
}

func (r Request) running(command ...string) Request {
	r.Command = command
	return r
}

func (r Request) limited(script string) string {
	return strings.ReplaceAll(script, "SECONDS", fmt.Sprint(int64(wholeSeconds(r.EndsAfter)/time.Second)))
}

// wholeSeconds rounds up: Kubernetes counts in seconds.
func wholeSeconds(d time.Duration) time.Duration {
	return (d + time.Second - 1).Truncate(time.Second)
}

// checkLifetime tells what a life time lacks; nil: nothing.
func (r Request) checkLifetime() *kube.Problem {
	switch {
	case r.EndsAfter < 0:
		return &kube.Problem{Message: fmt.Sprintf("a debug container cannot end after %s", r.EndsAfter), Hint: "use a duration such as 2h, or none"}
	case r.Private && r.ArgumentsOnly && r.Way != Idle:
		return &kube.Problem{
			Message: "a private session's container sleeps in the place of the image's own program, which is not known here",
			Hint:    "give the whole command instead of its arguments only, or choose a session that is not private",
		}
	case r.Way.OwnPod():
	case r.EndsAfter > 0 && !r.Private && (r.ArgumentsOnly || len(r.Command) == 0):
		return &kube.Problem{
			Message: fmt.Sprintf("name the command that is to end after %s: the image's own program is not known here", Span(r.EndsAfter)),
			Hint:    "give the whole command, such as sh, or choose another lifetime",
		}
	}
	return nil
}

// lifetimeNotes say what the life time means for a container with or without a terminal.
func (r Request) lifetimeNotes(tty bool) []Note {
	var notes []Note
	tell := func(format string, words ...any) {
		notes = append(notes, Note{Text: fmt.Sprintf(format, words...)})
	}
	if r.Private {
		second := "; run kubectl's second command once the container runs"
		if r.Way.FromNode() { // kubectl makes up the name of its pod
			second = ""
		}
		tell("%s", "private: the container only sleeps, and sessions run in it by exec, so nothing of them is in the pod's log; the image needs sh and sleep"+second)
	}
	switch {
	case r.EndsAfter > 0 && r.Private:
		tell("the container ends by itself %s after its start, and all sessions in it with it, even if dayfly is gone", Span(r.EndsAfter))
	case r.EndsAfter > 0:
		tell("%s is ended %s after its start, even if dayfly is gone: it gets SIGHUP, and two seconds later SIGKILL; the image needs sh and sleep",
			kube.Sanitize(r.Command[0]), Span(r.EndsAfter))
	case r.Private:
		tell("it sleeps until somebody ends it, or the pod is deleted")
	}
	switch {
	case r.StdinOnce && r.Private:
		tell("dayfly ends it on exit; " + unended)
	case r.StdinOnce && !tty:
		tell("its input closes when the first attached client leaves. With kubectl debug, use --custom with stdinOnce: true")
	case r.StdinOnce:
		// containerd: internal/cri/io/container_io.go, "StdinOnce && !opts.Tty".
		tell("dayfly ends it on exit: with a terminal containerd does not do that by itself (stdinOnce); " + unended +
			". With kubectl debug, use --custom with stdinOnce: true")
	}
	return notes
}

// unended is what a lifetime that dayfly observes cannot promise.
const unended = "if dayfly is killed (kill -9) or this machine fails, it keeps running: choose a time, such as 1h, to have it end by itself"

// Span is a duration as a person writes it: 1h, 90m.
func Span(d time.Duration) string {
	text := d.String()
	for _, zero := range []string{"0s", "0m"} {
		if rest, ok := strings.CutSuffix(text, zero); ok && rest != "" && (strings.HasSuffix(rest, "m") || strings.HasSuffix(rest, "h")) {
			text = rest
		}
	}
	return text
}

// Holds reports whether a container that starts so is one of private sessions ([Request.Private]): it sleeps, and attaching to it shows nothing.
func Holds(starts []string) bool {
	const script = 2 // behind sh -c
	return len(starts) > script && starts[0] == "sh" && starts[1] == "-c" && strings.HasPrefix(starts[script], holdTrap)
}

// Shell is what to run for one more shell in a container that starts so: the same shell, if it is one, else sh.
func Shell(starts []string) []string {
	if again := nodepod.Again(starts); len(again) > 0 {
		return again
	}
	shells := []string{"ash", "bash", "dash", "fish", "ksh", "zsh"}
	if len(starts) > 0 && slices.Contains(shells, path.Base(starts[0])) {
		return []string{starts[0]}
	}
	return []string{"sh"}
}
