package main

import (
	"errors"
	"fmt"
	"io"
	"reflect"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"github.com/dayfly-k8s/dayfly/cmd/dayfly/folders"
	"github.com/dayfly-k8s/dayfly/tui/journal"
)

// journalOptions are the command line of dayfly journal.
type journalOptions struct {
	since  time.Duration
	filter journal.Filter
	output string
}

func newJournalCommand() *cobra.Command {
	var o journalOptions
	cmd := &cobra.Command{
		Use:   "journal",
		Short: "Show what you have done to which pods",
		Long: `dayfly journal shows what dayfly has done for you, the newest last: which debug container was
added to which pod, as which user, and how it ended. It is kept in
$XDG_STATE_HOME/dayfly/journal.jsonl (else ~/.local/state/dayfly), which only you can read. Lines
that cannot be read are reported and skipped. With -o json it prints one line for each action,
with those of these fields that it has:

` + strings.TrimSuffix(fieldsOf(reflect.TypeFor[journal.Entry]()), "\n"),
		Args: func(_ *cobra.Command, args []string) error {
			if len(args) > 0 {
				return usageError{fmt.Errorf("dayfly journal takes no arguments (got %q). Use --pod to see what was done to a pod. To open a pod of that name: dayfly -- journal", args)}
			}
			return nil
		},
		RunE: func(cmd *cobra.Command, _ []string) error {
			if err := o.read(time.Now()); err != nil {
				return err
			}
			return o.show(cmd.OutOrStdout(), cmd.ErrOrStderr(), time.Local)
		},
	}
	flags := cmd.Flags()
	flags.SortFlags = false
	flags.DurationVar(&o.since, "since", 0, "Show entries newer than this: 30m, 24h (default all)")
	flags.StringVar(&o.filter.Context, "context", "", "Show what was done in this context of the kubeconfig")
	flags.StringVarP(&o.filter.Namespace, "namespace", "n", "", "Show what was done in this namespace")
	flags.StringVar(&o.filter.Pod, "pod", "", "Show what was done to the pod of this name")
	flags.StringVar(&o.filter.User, "user", "", "Show what was done as this user")
	flags.StringVar(&o.filter.Batch, "batch", "", "Show what was done in the batch with this ID")
	flags.IntVar(&o.filter.Last, "last", 0, "Show only the newest N entries (default all)")
	addOutput(flags, &o.output)
	return cmd
}

// read checks the flags and completes the filter.
func (o *journalOptions) read(now time.Time) error {
	switch {
	case o.since < 0:
		return usageError{fmt.Errorf("--since %s: use a positive duration such as 30m", o.since)}
	case o.filter.Last < 0:
		return usageError{fmt.Errorf("--last %d: use a positive number", o.filter.Last)}
	case o.since > 0:
		o.filter.Since = now.Add(-o.since)
	}
	return checkOutput(o.output)
}

func (o *journalOptions) show(stdout, stderr io.Writer, zone *time.Location) error {
	folder, _, err := folders.State()
	if err != nil {
		return err
	}
	list, err := journal.Read(folder, o.filter)
	if printing := o.print(stdout, stderr, list, zone); printing != nil {
		return fmt.Errorf("print the journal: %w", printing)
	}
	var broken *journal.BrokenError
	if errors.As(err, &broken) {
		_, _ = fmt.Fprintln(stderr, "dayfly: "+broken.Error())
		return nil
	}
	return err
}

func (o *journalOptions) print(stdout, stderr io.Writer, list []journal.Entry, zone *time.Location) error {
	if o.output == "json" {
		for _, e := range list {
			line, err := e.MarshalJSON()
			if err != nil {
				return err
			}
			if _, err := stdout.Write(line); err != nil {
				return err
			}
		}
		return nil
	}
	if len(list) > 0 {
		return journal.Table(stdout, list, zone)
	}
	sentence := "The journal is empty."
	if o.filter != (journal.Filter{}) {
		sentence = "No matching journal entries."
	}
	_, err := fmt.Fprintln(stderr, sentence)
	return err
}
