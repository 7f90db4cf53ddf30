package main

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"strings"
	"time"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"

	"github.com/dayfly-k8s/dayfly/kube"
	"github.com/dayfly-k8s/dayfly/kube/lists"
	"github.com/dayfly-k8s/dayfly/kube/nodes"
)

// exitLate is the exit code when --timeout has come, as that of timeout(1).
const exitLate = 124

// runOptions is the command line of dayfly run.
type runOptions struct {
	kube    kube.Flags
	pod     string
	command []string // empty: the preset's, or the image's own
	preset  string
	image   string
	target  *string // nil: the pod's default container
	profile string
	node    string // that is debugged itself; empty: the pod
	copied  bool   // in a copy of the pod, which is deleted afterwards
	copy    copyFlags
	host    nodeFlags
	many    manyFlags
	stdin   bool
	tty     bool
	quiet   bool
	output  string
	timeout time.Duration
	reason  string // for the journal
	confirm string // the pod's name, where that is asked for
	force   bool   // go on with a plan that is known to fail
	flags   *pflag.FlagSet
}

// runHelp is what dayfly run --help begins with.
const runHelp = `dayfly run adds a debug container to a pod without opening the interface. It runs a command in it,
prints the command's output, and exits with the command's exit code.

    dayfly run web-0 -- nslookup db
    dayfly run web-0 --preset netshoot -- tcpdump -n -c 100 > web.txt
    tar c tools | dayfly run web-0 -i -- tar x -C /tmp

Rules in config.yaml apply. The command's stdout and stderr both come on stdout: the pod's log,
from which the first lines are read, does not keep them apart. On stderr dayfly prints only its own
messages, first the equivalent kubectl command.

The exit code is the command's. 1 also means that dayfly itself failed, 2 a mistake on the
command line, 124 that --timeout passed, and 128+n that signal n ended dayfly. After SIGINT or
SIGTERM the command keeps running, and dayfly prints how to attach to it; with --copy it does not.

Before it adds the debug container, dayfly run prints what the interface would show: what may go
wrong, and that the container's entry stays in the pod until the pod is deleted. If the container is
known to fail, because the cluster refuses it, its image cannot start in the pod, or nothing starts
in the pod, dayfly run adds nothing and exits with 1. --force adds it anyway; rules in config.yaml
still apply.

Without dayfly the command runs on until it ends by itself. With --life, or sessions.life in
config.yaml, it is ended after that time, whatever becomes of dayfly; that takes sh and sleep in the
image.

With --copy, the command runs in a copy of the pod, beside its containers and sharing their
processes: for pods that crash, have completed, or must not be touched. Nothing is added to the pod
itself. dayfly deletes the copy when the command has ended, and also after a signal, --timeout or
the detach key. When its --life (1h) is over, the cluster deletes it in any case, also if dayfly was
killed (kill -9); where you may not create Jobs, it only ends then, and its entry stays. The copy
has none of the pod's labels, so no Service sends it traffic; nothing in it is restarted; and it
cannot write to PVC and hostPath volumes of the pod. The flags behind --copy change that. With
--in-place-of, a container of the copy runs the command instead of its own program:

    dayfly run web-0 --copy --in-place-of app -- /app --check-config

With --from-node, the command runs in namespaces of a container of the pod, joined from a privileged
pod on its node: for static pods, and where nothing may be added to the pod. node/NAME instead of a
pod runs it on that node, as kubectl debug node/NAME does, or with --host-shell with the node's own
programs. That pod gives root on the node (profiles restricted and baseline do not). It is deleted
and ends by itself as a copy does, and is created in --node-namespace, not in that of the pod:

    dayfly run kube-proxy-x7k2p --from-node -- ss -tlnp
    dayfly run node/worker-1 --host-shell -- journalctl -u kubelet -n 50

With -l, -A, a workload such as deploy/web, several names, or --nodes, the command runs in many pods
or on many nodes at once, and equal outputs are shown once: dayfly help many.

With -o json, stderr is always a single JSON object on one line. exitCode is null unless the command
has ended, cause says what ended it if that was not the command itself, and error says why dayfly
exits with 1. outputMissing is true if output may be missing, for example because the node rotated
the log while the connection was lost; a note says why, and the exit code is still the command's.`

func newRunCommand() *cobra.Command {
	var e runOptions
	var target string
	cmd := &cobra.Command{
		Use:   "run POD|node/NAME|-l SELECTOR [flags] -- COMMAND ...",
		Short: "Run one command in a pod's debug container, or on a node, for scripts",
		Long:  runHelp,
		Args:  e.take,
		RunE: func(cmd *cobra.Command, _ []string) error {
			if cmd.Flags().Changed("container") {
				e.target = &target
			}
			e.flags = cmd.Flags()
			if e.many.asked {
				return e.runMany(cmd.Context(), cmd.OutOrStdout(), cmd.ErrOrStderr())
			}
			return e.run(cmd.Context(), cmd.InOrStdin(), cmd.OutOrStdout(), cmd.ErrOrStderr())
		},
	}
	cmd.SetFlagErrorFunc(func(_ *cobra.Command, err error) error {
		return usageError{fmt.Errorf("%w (dayfly run --help lists the flags; flags of the command go after --)", err)}
	})
	e.addTo(cmd.Flags(), &target)
	return cmd
}

// addTo adds the flags. Whether a target is named, the empty one too, only the flags tell.
func (e *runOptions) addTo(flags *pflag.FlagSet, target *string) {
	flags.SortFlags = false
	flags.StringVar(&e.preset, "preset", "", "Tool to run the command in; dayfly presets lists them (default "+defaultPreset+")")
	flags.StringVar(&e.image, "image", "", "Image to run the command in, instead of a preset's")
	flags.StringVarP(target, "container", "c", "", "Target container (default: the pod's default container; empty: none)")
	flags.BoolVar(&e.copied, "copy", false, "Run the command in a copy of the pod, and delete the copy afterwards")
	e.copy.addTo(flags)
	e.host.addTo(flags)
	e.many.addTo(flags)
	flags.StringVar(&e.profile, "profile", "", "Security profile (default: the preset's, else general)")
	flags.BoolVarP(&e.stdin, "stdin", "i", false, "Pass stdin to the command")
	flags.BoolVarP(&e.tty, "tty", "t", false, "Give the command a terminal; needs -i")
	flags.DurationVar(&e.timeout, "timeout", 0, "Stop waiting after this long; the command keeps running, but not in a copy (default: wait for ever)")
	flags.StringVar(&e.reason, "reason", "", "Reason, for the journal")
	flags.StringVar(&e.confirm, "confirm", "", "Confirm the pod name (of many: the number), in a protected context or for --replace")
	flags.BoolVar(&e.force, "force", false, "Add the debug container even if it is known to fail")
	flags.BoolVarP(&e.quiet, "quiet", "q", false, "Do not print the equivalent kubectl command and notes")
	flags.StringVarP(&e.output, "output", "o", "", "Print for programs: json; of many also ndjson")
	e.kube.AddTo(flags)
}

// take reads the arguments: the pod, and the command behind two dashes.
func (e *runOptions) take(cmd *cobra.Command, args []string) error {
	dash := cmd.ArgsLenAtDash()
	if e.many.asked = e.many.wanted(cmd.Flags(), args, dash); e.many.asked {
		return e.takeMany(args, dash)
	}
	switch {
	case dash == 0, len(args) == 0:
		return usageError{errors.New("missing pod name; usage: dayfly run POD -- COMMAND")}
	case dash < 0 && len(args) > 1:
		return usageError{fmt.Errorf("write -- before the command: dayfly run %s -- %s", args[0], strings.Join(args[1:], " "))}
	case dash > 1:
		return usageError{fmt.Errorf("expected one pod before --, got %d: %q", dash, args[:dash])}
	}
	if node, ok := nodes.ParseArgument(args[0]); ok {
		e.node, e.command = node, args[1:]
		return nil
	}
	pod, _, err := lists.ParseArgument(args[0])
	if err != nil {
		return usageError{err}
	}
	e.pod, e.command = pod, args[1:]
	return nil
}

// check finds what does not go together.
func (e *runOptions) check() error {
	if e.profile != "" {
		if _, err := kube.ParseProfile(e.profile); err != nil {
			return usageError{fmt.Errorf("--profile: %w", err)}
		}
	}
	switch {
	case e.preset != "" && e.image != "":
		return usageError{errors.New("--preset cannot be used with --image: a preset has its own image")}
	case e.tty && !e.stdin:
		return usageError{errors.New("-t requires -i")}
	case e.timeout < 0:
		return usageError{fmt.Errorf("--timeout %s: use a positive duration such as 30s", e.timeout)}
	case len(e.command) == 0 && e.preset == "" && e.image == "":
		return usageError{fmt.Errorf("missing command; usage: dayfly run %s -- COMMAND", e.argument())}
	case e.copy.sets(e.copy.place) && !e.ownImage():
		return usageError{fmt.Errorf("--set-image %s=... cannot be used with --in-place-of %s and another image: say once what %[1]s runs", e.copy.place, e.copy.place)}
	case e.ownImage() && e.flags != nil && e.flags.Changed("container"):
		return usageError{fmt.Errorf("-c cannot be used with --in-place-of %s: the command is in that container", e.copy.place)}
	case e.confirm != "" && e.confirm != e.about():
		return usageError{fmt.Errorf("--confirm %s does not match %s %s", e.confirm, e.kind(), e.about())}
	}
	if err := e.copy.check(e.copied, e.ownPod(), e.timeout, e.flags); err != nil {
		return err
	}
	if err := e.host.check(e); err != nil {
		return err
	}
	return checkOutput(e.output)
}

// about is the name of what is debugged.
func (e *runOptions) about() string { return cmp.Or(e.pod, e.node) }

// argument is what is debugged, as it is written on the command line.
func (e *runOptions) argument() string {
	if e.node != "" {
		return "node/" + e.node
	}
	return e.pod
}

// kind is what is debugged.
func (e *runOptions) kind() string {
	if e.node != "" {
		return "node"
	}
	return "pod"
}

// ownPod reports whether the command runs in a pod of its own.
func (e *runOptions) ownPod() bool { return e.copied || e.host.join || e.node != "" }

// run does the run and tells how it went.
func (e *runOptions) run(ctx context.Context, stdin io.Reader, stdout, stderr io.Writer) error {
	if err := e.check(); err != nil {
		return err
	}
	r := &report{runOptions: e, began: time.Now()}
	if e.output == "" {
		r.words = stderr
	}
	err := r.runPlan(ctx, stdin, stdout)
	if e.output == "" {
		return err
	}
	if err := r.writeJSON(stderr, err); err != nil {
		return fmt.Errorf("print the report: %w", err)
	}
	if err == nil {
		return nil
	}
	return codeError(exitOf(err))
}

// asFile is a stream of the process; nil: it is another.
func asFile(stream any) *os.File {
	f, _ := stream.(*os.File)
	return f
}
