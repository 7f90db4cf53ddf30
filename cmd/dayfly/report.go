package main

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"os"
	"os/signal"

	"github.com/spf13/cobra"

	"github.com/dayfly-k8s/dayfly/kube"
	podreport "github.com/dayfly-k8s/dayfly/kube/report"
	"github.com/dayfly-k8s/dayfly/tui/journal"
)

// reportOptions are the command line of dayfly report.
type reportOptions struct {
	options
	out     string // a zip, a folder, or - for report.md on stdout; empty: a zip here
	secrets bool
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
	flags.BoolVar(&o.secrets, "no-redact", false, "Leave secrets in")
	o.kube.AddTo(flags)
	return cmd
}

func (o *reportOptions) write(ctx context.Context, stdout, stderr io.Writer) error {
	kube.RouteLogs(slog.New(slog.DiscardHandler))
	if err := o.what.read(); err != nil {
		return err
	}
	if o.what.pod == "" {
		return usageError{errors.New("dayfly report takes the name of a pod: dayfly report POD")}
	}
	cluster, err := o.cluster()
	if err != nil {
		return err
	}
	r, err := podreport.Gather(ctx, cluster, podreport.Options{
		Pod: kube.PodKey{Namespace: cluster.Namespace, Name: o.what.pod}, Secrets: o.secrets, Actions: o.actions(cluster, stderr),
	})
	if err != nil {
		return err
	}
	if o.out == "-" {
		_, err := io.WriteString(stdout, r.Markdown())
		return err
	}
	place := cmp.Or(o.out, r.Name()+".zip")
	if err := r.Write(place); err != nil {
		return err
	}
	_, err = fmt.Fprintln(stdout, place)
	return err
}

// actions are what the journal has of the pod. A journal that cannot be read is told, and the report is made without it.
func (o *reportOptions) actions(cluster *kube.Cluster, stderr io.Writer) []podreport.Action {
	var entries []journal.Entry
	folder, _, err := stateFolder()
	if err == nil {
		entries, err = journal.Read(folder, journal.Filter{Context: cluster.Context, Namespace: cluster.Namespace, Pod: o.what.pod})
	}
	if err != nil {
		_, _ = fmt.Fprintln(stderr, "dayfly: what you did to the pod may be missing: "+kube.Explain(err).Message)
	}
	var actions []podreport.Action
	for i := range entries {
		actions = append(actions, podreport.Action{Time: entries[i].Time, Text: entries[i].Sentence()})
	}
	return actions
}
