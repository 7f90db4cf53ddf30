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
	out     string // where what the preset brings is written
	flags   *pflag.FlagSet
}

func newRunCommand() *cobra.Command {
	var e runOptions
	var target string
	cmd := &cobra.Command{
		Use:   "run POD|node/NAME|-l SELECTOR [flags] -- COMMAND ...",
		Short: "Run one command in a pod's debug container, or on a node, for scripts",
		Long:  longHelp("run"),
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
	flags.StringVar(&e.out, "out", "", "Write what the preset brings to this file (default: dumps/ in dayfly's state folder)")
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
