// Command dayfly debugs Kubernetes pods with ephemeral containers, from the keyboard.
package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"syscall"

	"github.com/spf13/cobra"

	"github.com/dayfly-k8s/dayfly/cmd/dayfly/build"
	"github.com/dayfly-k8s/dayfly/cmd/dayfly/called"
	"github.com/dayfly-k8s/dayfly/kube"
	"github.com/dayfly-k8s/dayfly/kube/background"
	"github.com/dayfly-k8s/dayfly/kube/practice/process"
	"github.com/dayfly-k8s/dayfly/tui/session"
)

// version is set by the linker.
var version = "dev"

func main() {
	background.Main()
	process.Main() // the practice cluster starts this binary again for its containers
	os.Exit(run(context.Background(), os.Args[1:], os.Stdout, os.Stderr))
}

func run(ctx context.Context, args []string, stdout, stderr io.Writer) int {
	cmd := newCommand() //nolint:contextcheck // the command gets it when it is executed
	name := called.As(os.Args[0])
	name.Dress(cmd)
	cmd.SetArgs(args)
	cmd.SetOut(stdout)
	cmd.SetErr(stderr)
	executed, err := cmd.ExecuteContextC(ctx)
	if err == nil {
		return 0
	}
	if errors.Is(err, errTold) {
		return exitError
	}
	var code codeError
	if errors.As(err, &code) {
		return int(code)
	}
	var ended *session.SignalError
	if errors.As(err, &ended) {
		if n, ok := ended.Signal.(syscall.Signal); ok {
			return exitSignalBase + int(n)
		}
		return exitError
	}
	problem := kube.Explain(err)
	_, _ = fmt.Fprintln(stderr, "dayfly: "+name.In(problem.Message))
	if hint := advice(problem, executed.Flags()); hint != "" {
		_, _ = fmt.Fprintln(stderr, "  "+name.In(hint))
	}
	_, _ = fmt.Fprint(stderr, problem.RequiredRBAC)
	var noTerminal *session.NoTerminalError
	var usage usageError
	if errors.As(err, &noTerminal) || errors.As(err, &usage) {
		return exitUsage
	}
	return exitError
}

func newCommand() *cobra.Command {
	var o options
	cmd := &cobra.Command{
		Use:   "dayfly [POD | TYPE/NAME]",
		Short: "Debug Kubernetes pods with ephemeral containers",
		Long: `dayfly adds a tool of your choice to a running pod as an ephemeral container and gives you
a shell in it: pick the pod, pick the tool, look around, exit with the command's exit code.

Without an argument it shows the pods of the namespace, the sickest first. With POD it opens that
pod; if no pod has that name, it shows the pods that match. TYPE/NAME (deploy/web, sts, ds, rs,
job, svc) shows the pods of a workload, -l app=web those with a label; node/NAME shows the tools
for a node. If a pod's name is also a command, put two dashes before it: dayfly -- demo,
dayfly -- presets, dayfly -- image, dayfly -- journal, dayfly -- play, dayfly -- run,
dayfly -- attach, dayfly -- nodes, dayfly -- leftovers, dayfly -- report, dayfly -- cp,
dayfly -- ls, dayfly -- capture, dayfly -- exec,
dayfly -- completion, dayfly -- config, dayfly -- doctor, dayfly -- version.
Press ? on any screen to see its keys. dayfly help lists topics: keys, config, presets, rights …`,
		Version:       version,
		SilenceErrors: true,
		SilenceUsage:  true,
		Args:          podArgument(&o),
		RunE:          func(cmd *cobra.Command, _ []string) error { return o.run(cmd.Context()) },
	}
	cmd.SetFlagErrorFunc(func(_ *cobra.Command, err error) error {
		return usageError{fmt.Errorf("%w. See dayfly --help for the flags", err)}
	})
	cmd.CompletionOptions.DisableDefaultCmd = true
	flags := cmd.Flags()
	flags.SortFlags = false
	o.addTo(flags)
	o.kube.AddTo(flags)
	help := newHelpCommand()
	cmd.SetHelpCommand(help)
	cmd.AddCommand(newRunCommand(), newAttachCommand(), newNodesCommand(), newLeftoversCommand(), newReportCommand(), newDemoCommand(), newPresetsCommand(), newImageCommand(), newJournalCommand(), newPlayCommand())
	cmd.AddCommand(newFileCommands()...)
	cmd.AddCommand(newCaptureCommand(), newExecCommand(), newConfigCommand(), newDoctorCommand(), build.New(version, func(err error) error { return usageError{err} }, writeJSON))
	addCompletion(cmd, help)
	return cmd
}
