// Package podfiles has the commands dayfly cp and dayfly ls, over kube/files.
package podfiles

import (
	"context"
	"fmt"
	"io"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"

	"github.com/dayfly-k8s/dayfly/kube"
	"github.com/dayfly-k8s/dayfly/kube/files"
)

// Program is what the commands need of the program that they belong to.
type Program struct {
	Usage func(error) error // makes a mistake on the command line of an error
	// Open opens the cluster, and finds or makes a place from which the files are reached. The context ends with a signal, which is its cause then.
	Open func(ctx context.Context, a Ask) (*Opened, error)
}

// Ask says whose files are meant, and how they may be reached.
type Ask struct {
	Kube            kube.Flags
	Pod, Container  string // no container: the default one of the pod
	Preset, Image   string // of a debug container; none: one is used only where the container cannot serve itself
	Profile         string
	Reason, Confirm string
	Quiet           bool
	Flags           *pflag.FlagSet
	Stdout, Stderr  io.Writer
}

// Opened is a place that is open.
type Opened struct {
	Context context.Context //nolint:containedctx // it is made by Open, and ends with a signal
	Cluster *kube.Cluster
	Place   files.Place
	Stdout  io.Writer
	Record  func(uploaded bool) // has it written down that something was copied
	Close   func()              // ends what was added; it may take seconds
}

// addTo adds the flags that both commands have.
func (a *Ask) addTo(flags *pflag.FlagSet) {
	flags.SortFlags = false
	flags.StringVarP(&a.Container, "container", "c", "", "Container whose files are meant (default: the pod's default container)")
	flags.StringVar(&a.Preset, "preset", "", "Use a debug container with this preset, also if the container has tar itself")
	flags.StringVar(&a.Image, "image", "", "Use a debug container with this image, also if the container has tar itself")
	flags.StringVar(&a.Profile, "profile", "", "Security profile of the debug container (default: the preset's)")
	flags.StringVar(&a.Reason, "reason", "", "Reason, for the journal")
	flags.StringVar(&a.Confirm, "confirm", "", "Confirm the pod name, in a protected context")
	flags.BoolVarP(&a.Quiet, "quiet", "q", false, "Print errors only")
	a.Kube.AddTo(flags)
}

// ask fills in what the command line says of a file.
func (a *Ask) ask(cmd *cobra.Command, f remote) error {
	a.Flags, a.Stdout, a.Stderr, a.Pod = cmd.Flags(), cmd.OutOrStdout(), cmd.ErrOrStderr(), f.pod
	if f.namespace != "" {
		if given := cmd.Flags().Lookup("namespace"); given.Changed && given.Value.String() != f.namespace {
			return fmt.Errorf("--namespace %s and %s/%s name different namespaces", given.Value, f.namespace, f.pod)
		}
		if err := cmd.Flags().Set("namespace", f.namespace); err != nil {
			return fmt.Errorf("namespace %q: %w", f.namespace, err)
		}
	}
	return nil
}

// say prints a line for people.
func (a *Ask) say(text string) {
	if !a.Quiet {
		_, _ = fmt.Fprintln(a.Stderr, "dayfly: "+kube.Sanitize(text))
	}
}
