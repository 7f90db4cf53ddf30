package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"slices"

	"github.com/spf13/cobra"

	"github.com/dayfly-k8s/dayfly/kube"
	"github.com/dayfly-k8s/dayfly/kube/inventory"
	"github.com/dayfly-k8s/dayfly/tui/journal"
)

// exitLeft is the exit code of dayfly leftovers --exit-code where something is left.
const exitLeft = 3

// leftoversOptions are the command line of dayfly leftovers.
type leftoversOptions struct {
	options
	output   string // json or wide; empty: a table for people
	mine     bool
	exitCode bool
}

func newLeftoversCommand() *cobra.Command {
	var o leftoversOptions
	cmd := &cobra.Command{
		Use:   "leftovers",
		Short: "List what debugging has left in the cluster",
		Long: `dayfly leftovers lists what debugging has left, whichever tool has made it: debug containers, copies
of pods, pods on nodes, pods and Jobs of other tools. What is most dangerous comes first. It only
reads. With -o json it prints all fields; dayfly help leftovers names them, and the tools.`,
		Args: func(_ *cobra.Command, args []string) error {
			if len(args) > 0 {
				return usageError{fmt.Errorf("dayfly leftovers takes no arguments (got %q). Use -n or -A to choose namespaces. To open a pod of that name: dayfly -- leftovers", args)}
			}
			return nil
		},
		RunE: func(cmd *cobra.Command, _ []string) error {
			if err := o.check(); err != nil {
				return err
			}
			return o.list(cmd.Context(), cmd.OutOrStdout(), cmd.ErrOrStderr())
		},
	}
	flags := cmd.Flags()
	flags.SortFlags = false
	flags.BoolVarP(&o.what.all, "all-namespaces", "A", false, "List what is left in all namespaces")
	flags.StringVarP(&o.output, "output", "o", "", "Print for programs (json), or with more columns (wide)")
	flags.BoolVar(&o.mine, "mine", false, "List only what you have made with dayfly")
	flags.BoolVar(&o.exitCode, "exit-code", false, fmt.Sprintf("Exit with %d if something is left", exitLeft))
	o.kube.AddTo(flags)
	return cmd
}

func (o *leftoversOptions) check() error {
	if !slices.Contains([]string{"", "json", "wide"}, o.output) {
		return usageError{fmt.Errorf("--output %q: use json or wide, or leave it out", o.output)}
	}
	return nil
}

// list prints what is left. What was found before something went wrong is printed, too.
func (o *leftoversOptions) list(ctx context.Context, stdout, stderr io.Writer) error {
	kube.RouteLogs(slog.New(slog.DiscardHandler))
	cluster, err := o.cluster()
	if err != nil {
		return err
	}
	found, unread, trouble := o.find(ctx, cluster)
	if o.mine {
		if found, err = o.ofMine(ctx, cluster, found); err != nil {
			return err
		}
	}
	for _, words := range unread {
		_, _ = fmt.Fprintln(stderr, "dayfly: the list is not complete: "+words)
	}
	if err := o.print(stdout, stderr, found, cluster, trouble == nil); err != nil {
		return fmt.Errorf("print the list: %w", err)
	}
	if trouble == nil && o.exitCode && len(found) > 0 {
		return codeError(exitLeft)
	}
	return trouble
}

// namespace is where is looked; empty: everywhere.
func (o *leftoversOptions) namespace(cluster *kube.Cluster) string {
	if o.what.all {
		return ""
	}
	return cluster.Namespace
}

// find finds everything, in its order.
func (o *leftoversOptions) find(ctx context.Context, cluster *kube.Cluster) (found []inventory.Item, unread []string, trouble error) {
	whole := false
	for u := range inventory.Find(ctx, cluster, o.namespace(cluster)) {
		found, unread = append(found, u.Items...), append(unread, u.Unread...)
		whole = whole || u.Done
		if u.Trouble != nil {
			trouble = u.Trouble
		}
	}
	if trouble == nil && !whole {
		trouble = ctx.Err()
	}
	inventory.Sort(found)
	return found, unread, trouble
}

// ofMine leaves what this person has made with dayfly: it is marked so, or their journal has it.
func (o *leftoversOptions) ofMine(ctx context.Context, cluster *kube.Cluster, found []inventory.Item) ([]inventory.Item, error) {
	folder, _, err := stateFolder()
	if err != nil {
		return nil, err
	}
	entries, err := journal.Read(folder, journal.Filter{Context: cluster.Context})
	if err != nil && !errors.As(err, new(*journal.BrokenError)) {
		return nil, err
	}
	me := cluster.Who(ctx)
	return slices.DeleteFunc(found, func(i inventory.Item) bool {
		marked := i.Tool == "dayfly" && me != "" && i.By == me
		return !marked && !slices.ContainsFunc(entries, func(e journal.Entry) bool { return madeIt(e, i) })
	}), nil
}

// madeIt reports whether an entry of the journal is about the making of a leftover.
func madeIt(e journal.Entry, i inventory.Item) bool {
	if e.Action != journal.Added && e.Action != journal.Started || e.Namespace != i.Target.Namespace || e.Pod != i.Target.Pod {
		return false
	}
	if e.UID != "" && e.UID != i.UID {
		return false
	}
	if i.Kind == inventory.DebugContainer {
		return e.Container == i.Target.Container
	}
	return i.Tool == "dayfly" && (e.CopyOf != "" || e.Joins != "" || e.Node != "")
}
