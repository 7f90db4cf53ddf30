package main

import (
	"context"
	"fmt"
	"io"
	"log/slog"
	"os"
	"slices"

	"github.com/spf13/cobra"
	"golang.org/x/term"

	"github.com/dayfly-k8s/dayfly/cmd/dayfly/folders"
	"github.com/dayfly-k8s/dayfly/cmd/dayfly/leftoverreport"
	"github.com/dayfly-k8s/dayfly/kube"
	"github.com/dayfly-k8s/dayfly/kube/inventory"
	"github.com/dayfly-k8s/dayfly/tui/runner"
)

// exitLeft is the exit code of dayfly leftovers --exit-code where something is left.
const exitLeft = 3

// leftoversOptions are the command line of dayfly leftovers.
type leftoversOptions struct {
	options
	deletion
	output   string // json or wide; empty: a table for people
	mine     bool
	exitCode bool
}

func newLeftoversCommand() *cobra.Command {
	var o leftoversOptions
	cmd := &cobra.Command{
		Use:   "leftovers",
		Short: "List what debugging has left in the cluster, and remove it",
		Long: `dayfly leftovers lists what debugging has left, whichever tool has made it: debug containers, copies
of pods, pods on nodes, pods and Jobs of other tools. What is most dangerous comes first. On a
terminal it opens the screen of leftovers (X in dayfly), elsewhere it prints them; with -o json all
fields, which dayfly help leftovers names. With --delete it removes them.`,
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
			if o.interactive() {
				o.leftovers, o.onlyMine, o.oneNamespace = true, o.mine, !o.what.all && cmd.Flags().Changed("namespace")
				return o.run(cmd.Context())
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
	o.addDeletionTo(flags)
	o.addLookTo(flags)
	o.kube.AddTo(flags)
	return cmd
}

func (o *leftoversOptions) check() error {
	if !slices.Contains([]string{"", "json", "wide"}, o.output) {
		return usageError{fmt.Errorf("--output %q: use json or wide, or leave it out", o.output)}
	}
	return o.deletion.check()
}

// interactive reports whether a person sits at it, who has asked for nothing that a screen does not show.
func (o *leftoversOptions) interactive() bool {
	return o.output == "" && !o.on && !o.exitCode && term.IsTerminal(int(os.Stdin.Fd())) && term.IsTerminal(int(os.Stdout.Fd()))
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
	if o.on && trouble == nil {
		return o.delete(ctx, stdout, stderr, cluster, found)
	}
	if err := o.print(stdout, stderr, found, cluster, trouble == nil); err != nil {
		return fmt.Errorf("print the list: %w", err)
	}
	return o.end(len(found), len(unread), trouble)
}

// end is the error that the command ends with. Where something was not looked at, nobody can say that nothing is left.
func (o *leftoversOptions) end(found, unread int, trouble error) error {
	switch {
	case trouble != nil || !o.exitCode:
		return trouble
	case found > 0:
		return codeError(exitLeft)
	case unread > 0:
		return errTold
	}
	return nil
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
	folder, _, err := folders.State()
	if err != nil {
		return nil, err
	}
	is, err := runner.Mine(ctx, cluster, folder)
	if err != nil {
		return nil, err
	}
	return slices.DeleteFunc(found, func(i inventory.Item) bool { return !is(i) }), nil
}

// print prints a list that is sorted. Whole: nothing is missing.
func (o *leftoversOptions) print(stdout, stderr io.Writer, found []inventory.Item, cluster *kube.Cluster, whole bool) error {
	if o.output == "json" {
		all := []leftoverreport.Leftover{}
		for _, i := range found {
			all = append(all, leftoverreport.Of(i))
		}
		return writeJSON(stdout, all)
	}
	if len(found) > 0 {
		return leftoverreport.Table{Namespaces: o.what.all, Wide: o.output == "wide", Now: cluster.Now()}.Print(stdout, found)
	}
	if whole {
		_, err := fmt.Fprintf(stderr, "No leftovers of debugging %s.\n", o.place(cluster))
		return err
	}
	return nil
}

// place is where was looked, in words.
func (o *leftoversOptions) place(cluster *kube.Cluster) string {
	if o.what.all {
		return "in any namespace"
	}
	return "in namespace " + kube.Sanitize(cluster.Namespace)
}
