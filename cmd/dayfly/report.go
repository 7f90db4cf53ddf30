package main

import (
	"context"
	"errors"
	"io"
	"log/slog"
	"os"
	"os/signal"
	"strings"

	"github.com/spf13/cobra"

	"github.com/dayfly-k8s/dayfly/cmd/dayfly/folders"
	"github.com/dayfly-k8s/dayfly/cmd/dayfly/podreport"
	"github.com/dayfly-k8s/dayfly/kube"
)

// reportOptions are the command line of dayfly report.
type reportOptions struct {
	options
	out     string // a zip, a folder, or - for report.md on stdout; empty: a zip here
	secrets bool

	without    []string
	recordings bool
}

func newReportCommand() *cobra.Command {
	var o reportOptions
	cmd := &cobra.Command{
		Use:   "report POD",
		Short: "Write a report on a pod for a ticket",
		Long: `dayfly report writes a zip with all there is to know of a pod: report.md says what is wrong, since
when, and in what it differs from a replica that is well; beside it are the YAML of the pod and of
what is around it, and its logs now and before the last restart. It only reads. Secrets are taken
out, and report.md lists what. See dayfly help report.`,
		Args: podArgument(&o.options),
		RunE: func(cmd *cobra.Command, _ []string) error {
			ctx, stop := signal.NotifyContext(cmd.Context(), os.Interrupt)
			defer stop()
			return o.write(ctx, cmd.OutOrStdout(), cmd.ErrOrStderr())
		},
	}
	flags := cmd.Flags()
	flags.SortFlags = false
	flags.StringVar(&o.out, "out", "", "Write to this zip (FILE.zip) or new folder, or print report.md (-) (default a zip in this folder)")
	flags.StringSliceVar(&o.without, "without", nil, "Leave out these parts: "+strings.Join(podreport.PartNames(), ", "))
	flags.BoolVar(&o.recordings, "recordings", false, "Put in the text of recorded sessions in the pod")
	flags.BoolVar(&o.secrets, "no-redact", false, "Leave secrets in")
	o.kube.AddTo(flags)
	return cmd
}

func (o *reportOptions) write(ctx context.Context, stdout, stderr io.Writer) error {
	kube.RouteLogs(slog.New(slog.DiscardHandler))
	if err := o.what.read(); err != nil {
		return err
	}
	if err := podreport.CheckParts(o.without); err != nil {
		return usageError{err}
	}
	if o.what.pod == "" {
		return usageError{errors.New("dayfly report takes the name of a pod: dayfly report POD")}
	}
	cluster, err := o.cluster()
	if err != nil {
		return err
	}
	state, _, noState := folders.State()
	return podreport.Write(ctx, cluster, podreport.Request{
		Pod: kube.PodKey{Namespace: cluster.Namespace, Name: o.what.pod}, Out: o.out, Secrets: o.secrets, Without: o.without, Recordings: o.recordings,
		State: state, NoState: noState,
	}, stdout, stderr)
}
