package main

import (
	"context"
	"fmt"
	"log/slog"

	"github.com/spf13/cobra"

	"github.com/dayfly-k8s/dayfly/kube"
)

func newNodesCommand() *cobra.Command {
	var o options
	cmd := &cobra.Command{
		Use:   "nodes",
		Short: "Show the nodes, the sickest first",
		Long: `dayfly nodes shows the nodes of the cluster, the sickest first: those that are not ready, under
pressure, cordoned, or too old for the API server. Enter shows the pods of a node, i all there is
to know of it, d the tools to debug it. In dayfly, N leads there from every screen.`,
		Args: func(_ *cobra.Command, args []string) error {
			if len(args) > 0 {
				return usageError{fmt.Errorf("dayfly nodes takes no arguments (got %q). To open a pod of that name: dayfly -- nodes", args)}
			}
			return nil
		},
		RunE: func(cmd *cobra.Command, _ []string) error { return o.runNodes(cmd.Context()) },
	}
	flags := cmd.Flags()
	flags.SortFlags = false
	o.addLookTo(flags)
	o.kube.AddTo(flags)
	return cmd
}

// runNodes shows the interface, with the nodes first.
func (o *options) runNodes(ctx context.Context) error {
	kube.RouteLogs(slog.New(slog.DiscardHandler))
	terminal, err := o.terminal()
	if err != nil {
		return err
	}
	o.spoken = captureStderr()
	t, err := o.interfaceOptions(ctx)
	if err != nil {
		return err
	}
	t.Nodes = true
	return show(ctx, terminal, t)
}
