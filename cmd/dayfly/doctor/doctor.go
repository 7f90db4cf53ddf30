// Package doctor is dayfly doctor: it looks at everything that dayfly needs, says how it is in a line each, and what to do where something is wrong.
package doctor

import (
	"context"
	"fmt"
	"io"
	"strings"
	"sync"
	"time"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"

	"github.com/dayfly-k8s/dayfly/kube"
)

// State is how something is.
type State string

// The states, the worst last.
const (
	Well   State = "ok"
	Warns  State = "warning" // dayfly works, but not all of it
	Broken State = "broken"
)

// Finding is what a look has brought, and a line of dayfly doctor -o json.
type Finding struct {
	Name  string `json:"name"`
	State State  `json:"state"`
	Says  string `json:"says"`
	Do    string `json:"do,omitempty"` // what to do
}

// Program is what doctor needs of the program that it belongs to.
type Program struct {
	Usage      func(error) error // makes a mistake on the command line of an error
	JSON       func(io.Writer, any) error
	AddTo      func(*pflag.FlagSet)
	Env        func(string) string
	Mistakes   func() (folder string, all []string) // in the user's files
	State      func() (string, error)               // the folder of dayfly's state
	Kubeconfig func() (*kube.Kubeconfig, error)
	// Ask asks the registry of a usual image; silent: registries are not to be asked.
	Ask func(ctx context.Context) (image string, silent bool, err error)
}

// sick is the error of a look at which something was broken: it has been told.
type sick struct{}

func (sick) Error() string { return "something is broken: see above" }

const help = `dayfly doctor checks the terminal, the configuration, the kubeconfig, the cluster, your rights
there, and the registry. Each gets a line: ✓ it works, ! dayfly works, but not all of it,
✗ it is broken; with what to do. It changes nothing. The exit code is 1 if something is broken.

With -o json it prints a list of name, state (ok, warning or broken), says and do.`

// New is dayfly doctor.
func New(p Program) *cobra.Command {
	var output string
	cmd := &cobra.Command{
		Use:   "doctor",
		Short: "Check that dayfly has everything it needs",
		Long:  help,
		Args: func(_ *cobra.Command, args []string) error {
			if len(args) > 0 {
				return p.Usage(fmt.Errorf("doctor takes no arguments, got %q", args))
			}
			if output != "" && output != "json" {
				return p.Usage(fmt.Errorf("--output %q: use json, or leave it out", output))
			}
			return nil
		},
		RunE: func(cmd *cobra.Command, _ []string) error {
			all := p.look(cmd.Context(), screenOf(cmd.InOrStdin(), cmd.OutOrStdout(), p.Env))
			if output == "json" {
				if err := p.JSON(cmd.OutOrStdout(), all); err != nil {
					return err
				}
			} else if _, err := io.WriteString(cmd.OutOrStdout(), text(all)); err != nil {
				return fmt.Errorf("print what was found: %w", err)
			}
			for _, f := range all {
				if f.State == Broken {
					return sick{}
				}
			}
			return nil
		},
	}
	flags := cmd.Flags()
	flags.SortFlags = false
	flags.StringVarP(&output, "output", "o", "", "Print for programs: json")
	p.AddTo(flags)
	return cmd
}

// patience is the longest that one look may take.
const patience = 12 * time.Second

// look looks at everything, beside each other.
func (p Program) look(ctx context.Context, s screen) []Finding {
	looks := []struct {
		name string
		at   func(context.Context) []Finding
	}{
		{"terminal", func(context.Context) []Finding { return s.look(p.Env) }},
		{"configuration", func(context.Context) []Finding { return []Finding{p.configuration(), p.state()} }},
		{"cluster", p.cluster},
		{"registry", func(ctx context.Context) []Finding { return []Finding{p.registry(ctx)} }},
	}
	found := make([][]Finding, len(looks))
	var all sync.WaitGroup
	for i, l := range looks {
		all.Go(func() { found[i] = within(ctx, l.name, l.at) })
	}
	all.Wait()
	var list []Finding
	for _, f := range found {
		list = append(list, f...)
	}
	return list
}

// within looks for so long at most.
func within(ctx context.Context, name string, at func(context.Context) []Finding) []Finding {
	ctx, cancel := context.WithTimeout(ctx, patience)
	defer cancel()
	found := make(chan []Finding, 1)
	go func() { found <- at(ctx) }()
	select {
	case list := <-found:
		return list
	case <-ctx.Done():
		return []Finding{{name, Broken, fmt.Sprintf("no answer within %s", patience), "check the network, the proxy and the VPN"}}
	}
}

// text is the list for people.
func text(all []Finding) string {
	marks := map[State]string{Well: "✓", Warns: "!", Broken: "✗"}
	var b strings.Builder
	for _, f := range all {
		fmt.Fprintf(&b, "%s %-14s %s\n", marks[f.State], f.Name, kube.Sanitize(f.Says))
		if f.Do != "" {
			fmt.Fprintf(&b, "  %-14s %s\n", "", kube.Sanitize(f.Do))
		}
	}
	return b.String()
}
