// Package complete completes the command lines of dayfly in shells, with the names that there are now: of contexts, namespaces, pods, workloads, containers, nodes,
// presets, profiles, themes, recordings and topics.
//
// It only reads, writes nothing down, asks for no credentials, takes a second at most, and has nothing to say where it cannot know: a shell that completes is no
// place for an error.
package complete

import (
	"context"
	"os"
	"slices"
	"strings"
	"time"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"

	"github.com/dayfly-k8s/dayfly/kube"
	"github.com/dayfly-k8s/dayfly/kube/lists"
)

// Limits of an answer.
const (
	patience = time.Second
	most     = 2000 // names
)

// Program is what the command line has names of, beside the cluster.
type Program struct {
	Supervise kube.Supervise           // runs credential plugins, without a terminal
	Guard     func(string) kube.Guard  // the rules of a context: hidden namespaces stay hidden
	Names     map[string]func() []Name // of what files have, by the flag or the command: "preset", "theme", "play", …
}

// Name is one that can be completed, and what it is.
type Name struct{ Name, About string }

// Each has a name of each of a list.
func Each[T any](all []T, name func(T) Name) []Name {
	list := make([]Name, len(all))
	for i, one := range all {
		list[i] = name(one)
	}
	return list
}

// function is one of cobra's.
type function = cobra.CompletionFunc

// Add has root and all commands below it complete, and those that it will have.
func Add(root *cobra.Command, p Program, more ...*cobra.Command) {
	c := &completer{p}
	for _, cmd := range slices.Concat([]*cobra.Command{root}, root.Commands(), more) {
		cmd.Flags().VisitAll(func(f *pflag.Flag) {
			if complete := c.flag(f.Name); complete != nil {
				_ = cmd.RegisterFlagCompletionFunc(f.Name, complete) // it has one already
			}
		})
		if complete := c.arguments(cmd.Name(), cmd == root); complete != nil && cmd.ValidArgsFunction == nil {
			cmd.ValidArgsFunction = complete
		}
	}
}

type completer struct{ Program }

// flag completes the value of a flag; nil: as the shell does.
func (c *completer) flag(name string) function {
	switch name {
	case "context":
		return c.contexts
	case "namespace", "node-namespace":
		return c.namespaces
	case "container", "in-place-of":
		return c.containers
	}
	if names := c.Names[name]; names != nil {
		return func(_ *cobra.Command, _ []string, word string) ([]cobra.Completion, cobra.ShellCompDirective) {
			return words(names(), word), cobra.ShellCompDirectiveNoFileComp
		}
	}
	return nil
}

// arguments completes those of a command; nil: it takes none that are known.
func (c *completer) arguments(name string, root bool) function {
	if names := c.Names[name]; names != nil && !root {
		return func(_ *cobra.Command, args []string, word string) ([]cobra.Completion, cobra.ShellCompDirective) {
			if len(args) > 0 {
				return nil, cobra.ShellCompDirectiveNoFileComp
			}
			return words(names(), word), cobra.ShellCompDirectiveNoFileComp
		}
	}
	switch {
	case root:
		return c.subjects(1, true)
	case name == "run":
		return c.subjects(0, true)
	case name == "exec", name == "report":
		return c.subjects(1, false)
	case name == "attach":
		return c.attach
	case name == "capture":
		return c.subjects(0, false)
	case name == "ls", name == "cp":
		return c.files
	}
	return nil
}

// words are the names that begin as a word does, as cobra has them.
func words(names []Name, word string) []cobra.Completion {
	var list []cobra.Completion
	for _, n := range names {
		if !strings.HasPrefix(n.Name, word) || n.Name != kube.Sanitize(n.Name) || strings.ContainsAny(n.Name, "\t\n") {
			continue
		}
		list = append(list, cobra.CompletionWithDesc(n.Name, kube.Brief(strings.ReplaceAll(n.About, "\t", " "))))
	}
	return list
}

func plain(names []string) []Name {
	return Each(names, func(name string) Name { return Name{Name: name} })
}

// kubeconfig is the one of the flags that are on the command line so far.
func kubeconfig(cmd *cobra.Command) (*kube.Kubeconfig, error) {
	var flags kube.Flags
	set := pflag.NewFlagSet("", pflag.ContinueOnError)
	flags.AddTo(set)
	cmd.Flags().Visit(func(f *pflag.Flag) {
		if set.Lookup(f.Name) != nil {
			_ = set.Set(f.Name, f.Value.String())
		}
	})
	_ = set.Set("request-timeout", patience.String()) // a credential plugin does not go on after it either
	return flags.Load()
}

// contexts are those of the kubeconfig.
func (c *completer) contexts(cmd *cobra.Command, _ []string, word string) ([]cobra.Completion, cobra.ShellCompDirective) {
	k, err := kubeconfig(cmd)
	if err != nil {
		return nil, cobra.ShellCompDirectiveNoFileComp
	}
	var list []Name
	for _, one := range k.Contexts() {
		list = append(list, Name{one.Name, one.Cluster})
	}
	return words(list, word), cobra.ShellCompDirectiveNoFileComp
}

// ask asks the cluster of the command line for something, for a second.
func (c *completer) ask(cmd *cobra.Command, read func(context.Context, *kube.Cluster) ([]Name, error), word string) []cobra.Completion {
	ctx, cancel := context.WithTimeout(cmd.Context(), patience)
	defer cancel()
	k, err := kubeconfig(cmd)
	if err != nil {
		return nil
	}
	if null, err := os.OpenFile(os.DevNull, os.O_WRONLY, 0); err == nil {
		os.Stderr = null // of the plugin, too: nothing is said to somebody who types
	}
	k.Supervise, k.Guard = c.Supervise, c.Guard
	cluster, err := k.Open("")
	if err != nil {
		return nil
	}
	answer := make(chan []Name, 1)
	go func() { // a plugin, or a name server, may not heed the time
		names, err := read(ctx, cluster)
		if err != nil {
			names = nil
		}
		answer <- names
	}()
	select {
	case names := <-answer:
		return words(names, word)
	case <-ctx.Done():
		return nil
	}
}

// namespaces are those that there are, but for hidden ones.
func (c *completer) namespaces(cmd *cobra.Command, _ []string, word string) ([]cobra.Completion, cobra.ShellCompDirective) {
	return c.ask(cmd, func(ctx context.Context, cluster *kube.Cluster) ([]Name, error) {
		names, err := cluster.Namespaces(ctx)
		return plain(names), err
	}, word), cobra.ShellCompDirectiveNoFileComp
}

// subjects are pods, and with workloads TYPE/NAME and node/NAME, too; at most so many of them, 0: any number.
func (c *completer) subjects(number int, workloads bool) function {
	return func(cmd *cobra.Command, args []string, word string) ([]cobra.Completion, cobra.ShellCompDirective) {
		switch dash := cmd.ArgsLenAtDash(); {
		case dash >= 0 && dash < len(args): // the command that is run
			return nil, cobra.ShellCompDirectiveDefault
		case number > 0 && len(args) >= number:
			return nil, cobra.ShellCompDirectiveNoFileComp
		}
		kind, _, typed := strings.Cut(word, "/")
		if !typed {
			kind = "pod"
		} else if !workloads {
			return nil, cobra.ShellCompDirectiveNoFileComp
		}
		list := c.ask(cmd, func(ctx context.Context, cluster *kube.Cluster) ([]Name, error) {
			names, err := lists.Names(ctx, cluster, kind, cluster.Namespace, most)
			for i := range names {
				if typed {
					names[i] = kind + "/" + names[i]
				}
			}
			return plain(slices.DeleteFunc(names, func(n string) bool { return slices.Contains(args, n) })), err
		}, word)
		directive := cobra.ShellCompDirectiveNoFileComp
		if workloads && !typed && len(args) == 0 {
			kinds := words(plain([]string{"deploy/", "sts/", "ds/", "job/", "svc/", "node/"}), word)
			if len(list) == 0 && len(kinds) == 1 {
				directive |= cobra.ShellCompDirectiveNoSpace // the name comes
			}
			list = append(list, kinds...)
		}
		return list, directive
	}
}

// containers are those of the pod that is on the command line.
func (c *completer) containers(cmd *cobra.Command, args []string, word string) ([]cobra.Completion, cobra.ShellCompDirective) {
	return c.containersOf(cmd, args, word, func(one kube.Container) bool { return one.Kind != kube.DebugContainer }), cobra.ShellCompDirectiveNoFileComp
}

func (c *completer) containersOf(cmd *cobra.Command, args []string, word string, wanted func(kube.Container) bool) []cobra.Completion {
	if len(args) == 0 {
		return nil
	}
	pod, _, _ := strings.Cut(args[0], ":") // as files have it
	namespace, name, found := strings.Cut(pod, "/")
	if !found || namespace == "pod" {
		namespace, name = "", pod[strings.LastIndexByte(pod, '/')+1:]
	}
	return c.ask(cmd, func(ctx context.Context, cluster *kube.Cluster) ([]Name, error) {
		if namespace == "" {
			namespace = cluster.Namespace
		}
		of, err := cluster.Pod(ctx, namespace, name)
		if err != nil {
			return nil, err
		}
		var list []Name
		for _, one := range of.Containers {
			if wanted(one) {
				list = append(list, Name{one.Name, one.State})
			}
		}
		return list, nil
	}, word)
}

// attach completes a pod, and then a debug container of it that runs.
func (c *completer) attach(cmd *cobra.Command, args []string, word string) ([]cobra.Completion, cobra.ShellCompDirective) {
	switch len(args) {
	case 0:
		return c.subjects(1, false)(cmd, args, word)
	case 1:
		return c.containersOf(cmd, args, word, func(one kube.Container) bool { return one.Kind == kube.DebugContainer && one.Running }), cobra.ShellCompDirectiveNoFileComp
	}
	return nil, cobra.ShellCompDirectiveNoFileComp
}

// files completes POD:, and files of this machine where they may stand.
func (c *completer) files(cmd *cobra.Command, args []string, word string) ([]cobra.Completion, cobra.ShellCompDirective) {
	if strings.ContainsAny(word, ":/.") || cmd.Name() == "ls" && len(args) > 0 {
		return nil, cobra.ShellCompDirectiveDefault
	}
	list := c.ask(cmd, func(ctx context.Context, cluster *kube.Cluster) ([]Name, error) {
		names, err := lists.Names(ctx, cluster, "pod", cluster.Namespace, most)
		for i := range names {
			names[i] += ":"
		}
		return plain(names), err
	}, word)
	if len(list) == 0 {
		return nil, cobra.ShellCompDirectiveDefault
	}
	return list, cobra.ShellCompDirectiveNoSpace
}
