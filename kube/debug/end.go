package debug

import (
	"context"
	"errors"
	"fmt"
	"io"
	"strings"
	"time"

	"github.com/dayfly-k8s/dayfly/kube"
	"github.com/dayfly-k8s/dayfly/kube/stream"
)

// endScript ends all processes of the container in which it is run by exec, and no others: a debug container can see those of its target, and
// its first process is the target's then. What tells a container's own processes from all others is the mount namespace, which no two
// containers share. Where that cannot be read (exit 3), or is that of whoever has started the script (exit 4: this is no container), nothing is done.
//
// It asks before it forces: SIGHUP, as from a terminal that goes, after two seconds SIGTERM, after two more SIGKILL; signal 0 is none, and
// only lets time pass. Exit 5: some are left, which it names; the first process of a namespace takes from inside only the signals that it has
// asked for.
const endScript = `own() { NS=$(readlink "/proc/$1/ns/mnt" 2>/dev/null) || { NS=$(ls -l "/proc/$1/ns/mnt" 2>/dev/null) && NS=${NS##*-> }; } || NS=; ` +
	`[ "$NS" = "$OWN" ]; }; ` +
	`OWN=; own $$; OWN=$NS; case $OWN in "mnt:["*) ;; *) exit 3;; esac; ! own "$PPID" || exit 4; ` +
	`look() { LEFT=; for P in /proc/[0-9]*; do P=${P##*/}; [ "$P" = $$ ] || ! own "$P" || LEFT="$LEFT $P"; done; [ -n "$LEFT" ]; }; ` +
	`for S in HUP 0 TERM 0 KILL 0; do look || exit 0; kill -"$S" $LEFT; kill -CONT $LEFT; sleep 1; done 2>/dev/null; ` +
	`look || exit 0; echo "$LEFT"; exit 5`

// The exit codes of endScript. It is killed when the container's first process ends before it has: it goes with that.
const (
	endNoNamespace = 3
	endNoContainer = 4
	endLeft        = 5
	endKilled      = 128 + 9
)

// How long an end may take: the script, the kubelet's word of it, and the keys that are typed when nothing else helps.
const (
	scriptPatience = 30 * time.Second
	wordPatience   = 3 * time.Second  // of what most likely runs on
	endedPatience  = 10 * time.Second // of what most likely has ended: a busy kubelet takes its time to say so
	keysPatience   = 6 * time.Second
	betweenKeys    = 250 * time.Millisecond
)

// End ends a debug container: its own processes, and never those of its target. It returns nil when the cluster says that it has ended, or is
// gone. Otherwise the error is a [*kube.Problem] that says what goes on and why; it may be tried again. It takes up to six seconds for a program
// that does not heed the first signal, and less than a minute in all. It needs [kube.ExecRights], and a shell in the image; without them, a
// program in a terminal is sent the keys that end one.
func End(ctx context.Context, c *kube.Cluster, t kube.Target) error {
	op := "end " + t.String()
	if problem := c.Guard().Closed(); problem != nil {
		return problem
	}
	container, err := endable(ctx, c, op, t)
	if container == nil || err != nil {
		return err
	}
	likely, why := endByScript(ctx, c, t)
	patience := wordPatience
	if likely {
		patience = endedPatience
	}
	if ended, err := hasEnded(ctx, c, t, patience); ended || err != nil {
		return err
	}
	if container.TTY && container.Stdin {
		endByKeys(ctx, c, t)
		if ended, err := hasEnded(ctx, c, t, endedPatience); ended || err != nil {
			return err
		}
		why += "; an interrupt and end of input did not end it either"
	}
	return &kube.Problem{
		Message: fmt.Sprintf("%s: it is still running: %s", op, why),
		Hint:    "attach and quit its program yourself; otherwise it ends with the pod",
	}
}

// endable is the container if there is something to end in it.
func endable(ctx context.Context, c *kube.Cluster, op string, t kube.Target) (*kube.Container, error) {
	pod, err := c.Pod(ctx, t.Namespace, t.Pod)
	if kube.IsNotFound(err) {
		return nil, nil //nolint:nilnil // gone, and so has ended
	}
	if err != nil {
		return nil, err
	}
	container, ok := pod.Container(t.Container)
	switch {
	case !ok, container.Kind == kube.DebugContainer && !container.Running && container.Exit != nil:
		return nil, nil //nolint:nilnil // another pod of that name, or over
	case container.Kind != kube.DebugContainer:
		return nil, &kube.Problem{Message: fmt.Sprintf("%s: it is not a debug container", op), Hint: "only debug containers are ended here"}
	case !container.Running:
		return nil, &kube.Problem{
			Message: fmt.Sprintf("%s: it has not started (%s), and what has not started cannot be ended", op, container.State),
			Hint:    "the kubelet keeps trying until the pod is deleted",
		}
	}
	return &container, nil
}

// endByScript reports whether the container has most likely ended, and says what has kept the script from ending it, should it run on.
func endByScript(ctx context.Context, c *kube.Cluster, t kube.Target) (likely bool, why string) {
	ctx, cancel := context.WithTimeout(ctx, scriptPatience)
	defer cancel()
	var out strings.Builder
	code, err := stream.ExecUnchecked(ctx, c, "end "+t.String(), t, []string{"sh", "-c", endScript, "dayfly"}, stream.Streams{Out: &out})
	switch {
	case errors.Is(err, context.DeadlineExceeded):
		return false, "its processes did not end in time"
	case err != nil:
		return false, kube.Explain(err).Message
	}
	return endVerdict(code, out.String())
}

// endVerdict is what the script has said by its exit code and its output: whether the container has most likely ended, and why not, should it run on.
func endVerdict(code int, out string) (likely bool, why string) {
	switch code {
	case 0:
		return true, "no process of its own can be seen in it"
	case endNoNamespace, endNoContainer:
		return false, "its processes cannot be told from others there"
	case endLeft:
		return false, fmt.Sprintf("its processes %s ignore all signals", kube.Sanitize(strings.TrimSpace(out)))
	case endKilled:
		return true, "the script sent to end it was killed"
	}
	return false, fmt.Sprintf("the shell in it ended with code %d", code)
}

// endByKeys types what ends most programs in a terminal: Ctrl-C ends what a shell has started, Ctrl-D the shell.
func endByKeys(ctx context.Context, c *kube.Cluster, t kube.Target) {
	ctx, cancel := context.WithTimeout(ctx, keysPatience)
	defer cancel()
	in, keys := io.Pipe()
	defer func() { _ = in.Close() }()
	go func() {
		defer func() { _ = keys.Close() }()
		for ctx.Err() == nil { // a shell that has just begun throws away what was typed before
			for _, key := range []string{"\x03", "\x04"} {
				if _, err := io.WriteString(keys, key); err != nil {
					return
				}
				select {
				case <-time.After(betweenKeys):
				case <-ctx.Done():
					return
				}
			}
		}
	}()
	_ = stream.AttachUnchecked(ctx, c, "end "+t.String(), t, stream.Streams{In: in, Out: io.Discard, TTY: true}) // the cluster's word counts
}

// hasEnded waits so long for the cluster's word. The error is that of a ctx that has ended.
func hasEnded(ctx context.Context, c *kube.Cluster, t kube.Target, patience time.Duration) (bool, error) {
	brief, cancel := context.WithTimeout(ctx, patience)
	defer cancel()
	ending, _ := c.AwaitExit(brief, t) // without its word it still runs
	return ending.Exit != nil || ending.Gone, ctx.Err()
}
