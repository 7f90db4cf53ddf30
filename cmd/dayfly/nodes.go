package main

import (
	"fmt"

	"github.com/spf13/cobra"
)

func newNodesCommand() *cobra.Command {
	o := options{nodes: true}
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
		RunE: func(cmd *cobra.Command, _ []string) error { return o.run(cmd.Context()) },
	}
	flags := cmd.Flags()
	flags.SortFlags = false
	o.addLookTo(flags)
	o.kube.AddTo(flags)
	return cmd
}
