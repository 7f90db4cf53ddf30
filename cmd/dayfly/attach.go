package main

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"slices"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"github.com/dayfly-k8s/dayfly/kube"
	"github.com/dayfly-k8s/dayfly/kube/lists"
	"github.com/dayfly-k8s/dayfly/tui"
	"github.com/dayfly-k8s/dayfly/tui/session"
)

// attachment is the command line of dayfly attach.
type attachment struct {
	options
	pod       string // empty: of all
	container string // empty: the one that runs
	output    string
}

func newAttachCommand() *cobra.Command {
	var a attachment
	cmd := &cobra.Command{
		Use:   "attach [POD [CONTAINER]]",
		Short: "Attach to any running debug container",
		Long: `dayfly attach connects to a running debug container, for example after a detach, a lost connection,
or a kubectl debug session that was left. With POD it attaches at once; if several run there, you
choose from the list. Without POD it lists the running debug containers of the namespace. You can
only watch a container without a terminal or without stdin.

With -o json, the running debug containers of the namespace (-A: of all), or of POD, are printed:
namespace, pod, container, image, imageID, target, by (the client that has added it, as
kubectl-debug), since, started, tty and stdin. What is not known is left out.`,
		Args: a.take,
		RunE: func(cmd *cobra.Command, _ []string) error {
			if err := checkOutput(a.output); err != nil {
				return err
			}
			if a.output != "" {
				return a.list(cmd.Context(), cmd.OutOrStdout())
			}
			return a.run(cmd.Context())
		},
	}
	flags := cmd.Flags()
	flags.SortFlags = false
	flags.BoolVarP(&a.what.all, "all-namespaces", "A", false, "Show debug containers of all namespaces")
	addOutput(flags, &a.output)
	a.addLookTo(flags)
	a.kube.AddTo(flags)
	return cmd
}

func (a *attachment) take(_ *cobra.Command, args []string) error {
	if len(args) > 2 {
		return usageError{fmt.Errorf("expected at most a pod and a container, got %d arguments: %q", len(args), args)}
	}
	if len(args) == 0 {
		return nil
	}
	pod, workload, err := lists.ParseArgument(args[0])
	switch {
	case err != nil:
		return usageError{err}
	case pod == "" && workload.Name == "":
		return usageError{errors.New("the name of the pod is empty")}
	case pod == "":
		return usageError{fmt.Errorf("name one of the pods of %s; dayfly %s shows them", workload, workload)}
	case a.what.all:
		return usageError{fmt.Errorf("pod %q cannot be used with --all-namespaces: use -n NAMESPACE", pod)}
	}
	if a.pod = pod; len(args) == 2 {
		a.container = args[1]
	}
	return nil
}

// run shows the interface, where the container that is meant is attached to.
func (a *attachment) run(ctx context.Context) error {
	kube.RouteLogs(slog.New(slog.DiscardHandler))
	terminal, err := a.terminal()
	if missing := (&session.NoTerminalError{}); errors.As(err, &missing) {
		return &kube.Problem{Message: err.Error(), Hint: "use -o json to list what you can attach to; in a script, use dayfly run", Err: err}
	}
	if err != nil {
		return err
	}
	a.spoken = captureStderr()
	a.what.pod = a.pod
	t, err := a.interfaceOptions(ctx)
	if err != nil {
		return err
	}
	if a.pod == "" {
		t.Sessions = true
	} else if err := a.find(ctx, &t); err != nil {
		return err
	}
	return show(ctx, terminal, t)
}

// find reads the pod, and tells what is to be attached to in it.
func (a *attachment) find(ctx context.Context, t *tui.Options) error {
	if p := t.Cluster.Guard().Closed(); p != nil {
		return p
	}
	pod, err := readPod(ctx, t.Cluster, a.pod)
	if err != nil {
		return err
	}
	c, several, err := attachTo(pod, a.container)
	if err != nil {
		return err
	}
	if !several {
		t.Attach = c
	}
	return nil
}

// attachTo is the debug container of a name, or the only one that runs; several: there are more of them. The error is a [*kube.Problem].
func attachTo(pod *kube.Pod, name string) (c kube.Container, several bool, err error) {
	if name != "" {
		return namedDebugger(pod, name)
	}
	var running, ended []kube.Container
	for _, c := range pod.Containers {
		switch {
		case c.Kind != kube.DebugContainer:
		case c.Running:
			running = append(running, c)
		default:
			ended = append(ended, c)
		}
	}
	switch len(running) {
	case 0:
		what := fmt.Sprintf("no debug container is running in pod %s", pod.Name)
		if len(ended) > 0 {
			what += ": " + states(ended)
		}
		return c, false, &kube.Problem{Message: what, Hint: howToStart(pod)}
	case 1:
		return running[0], false, nil
	}
	return c, true, nil
}

func namedDebugger(pod *kube.Pod, name string) (kube.Container, bool, error) {
	c, ok := pod.Container(name)
	switch {
	case !ok:
		return c, false, &kube.Problem{
			Message: fmt.Sprintf("pod %s has no container %s", pod.Name, kube.Sanitize(name)),
			Hint:    cmp.Or(debuggersIn(pod), howToStart(pod)),
		}
	case c.Kind != kube.DebugContainer:
		return c, false, &kube.Problem{
			Message: fmt.Sprintf("%s is not a debug container of pod %s: its output is its log", c.Name, pod.Name),
			Hint:    cmp.Or(debuggersIn(pod), "to see its log, open the pod: "+howToOpen(pod)),
		}
	case !c.Running:
		return c, false, &kube.Problem{
			Message: fmt.Sprintf("%s in pod %s is not running: %s", c.Name, pod.Name, c.State), Hint: cmp.Or(runningIn(pod), howToStart(pod)),
		}
	}
	return c, false, nil
}

func howToOpen(pod *kube.Pod) string { return kube.Dayfly(pod.Context, pod.Namespace, pod.Name) }

func howToStart(pod *kube.Pod) string { return "to start one, open the pod: " + howToOpen(pod) }

// states are containers with how it is with them; of many, the newest.
func states(list []kube.Container) string {
	const most = 5
	var words []string
	if len(list) > most {
		words = append(words, "…")
		list = list[len(list)-most:]
	}
	for _, c := range list {
		words = append(words, c.Name+" "+c.State)
	}
	return strings.Join(words, ", ")
}

// debuggersIn says which debug containers a pod has; empty: none.
func debuggersIn(pod *kube.Pod) string {
	list := slices.DeleteFunc(slices.Clone(pod.Containers), func(c kube.Container) bool { return c.Kind != kube.DebugContainer })
	if len(list) == 0 {
		return ""
	}
	return "its debug containers are " + states(list)
}

// runningIn says which of them run; empty: none.
func runningIn(pod *kube.Pod) string {
	list := slices.DeleteFunc(slices.Clone(pod.Containers), func(c kube.Container) bool { return c.Kind != kube.DebugContainer || !c.Running })
	if len(list) == 0 {
		return ""
	}
	return "others are running: " + states(list)
}

// attachable is what dayfly attach -o json prints of a debug container.
type attachable struct {
	Namespace string     `json:"namespace"`
	Pod       string     `json:"pod"`
	Container string     `json:"container"`
	Image     string     `json:"image"`
	ImageID   string     `json:"imageID,omitempty"`
	Target    string     `json:"target,omitempty"`
	By        string     `json:"by,omitempty"`
	Since     *time.Time `json:"since,omitempty"`   // when it was added
	Started   *time.Time `json:"started,omitempty"` // when it has begun to run
	TTY       bool       `json:"tty"`
	Stdin     bool       `json:"stdin"`
}

// list prints the debug containers that run.
func (a *attachment) list(ctx context.Context, stdout io.Writer) error {
	kube.RouteLogs(slog.New(slog.DiscardHandler))
	cluster, err := a.cluster()
	if err != nil {
		return err
	}
	namespace := cluster.Namespace
	if a.what.all {
		namespace = ""
	}
	if a.pod != "" { // that there is none is not the same as that nothing runs in it
		if _, err := readPod(ctx, cluster, a.pod); err != nil {
			return err
		}
	}
	found, err := lists.Debuggers(ctx, cluster, namespace, true)
	if err != nil {
		return err
	}
	all := []attachable{}
	for _, d := range found {
		if a.pod != "" && a.pod != d.Target.Pod || a.container != "" && a.container != d.Target.Container {
			continue
		}
		all = append(all, attachable{
			Namespace: d.Target.Namespace, Pod: d.Target.Pod, Container: d.Target.Container, Image: d.Image, ImageID: d.ImageID,
			Target: d.Looks, By: d.By, Since: known(d.Since), Started: known(d.Started), TTY: d.TTY, Stdin: d.Stdin,
		})
	}
	return writeJSON(stdout, all)
}
