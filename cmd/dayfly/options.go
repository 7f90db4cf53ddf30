package main

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"log/slog"
	"os"
	"path/filepath"
	"runtime/debug"
	"strings"

	"github.com/spf13/pflag"

	"github.com/dayfly-k8s/dayfly/cmd/dayfly/called"
	"github.com/dayfly-k8s/dayfly/cmd/dayfly/config"
	"github.com/dayfly-k8s/dayfly/cmd/dayfly/folders"
	"github.com/dayfly-k8s/dayfly/cmd/dayfly/memory"
	"github.com/dayfly-k8s/dayfly/kube"
	"github.com/dayfly-k8s/dayfly/kube/background"
	"github.com/dayfly-k8s/dayfly/themes"
	"github.com/dayfly-k8s/dayfly/tui"
	"github.com/dayfly-k8s/dayfly/tui/journal"
	"github.com/dayfly-k8s/dayfly/tui/session"
	"github.com/dayfly-k8s/dayfly/tui/vt"
)

// options is the command line.
type options struct {
	kube      kube.Flags
	what      what
	detachKey string
	theme     string
	readOnly  bool
	nodes     bool // the nodes are shown first
	leftovers bool // the leftovers are shown first
	onlyMine  bool // of these what this person has made

	oneNamespace bool              // of these what is in the namespace
	spoken       kube.PluginOutput // what credential plugins say; nil: it is not known
}

// addTo declares what is dayfly's own.
func (o *options) addTo(flags *pflag.FlagSet) {
	flags.BoolVarP(&o.what.all, "all-namespaces", "A", false, "Show the pods of all namespaces")
	flags.VarP(selectors{&o.what.selector}, "selector", "l", "Show the pods that this label selector selects, such as 'app in (web,cart)'")
	o.addLookTo(flags)
}

// addLookTo declares those that every command with an interface has.
func (o *options) addLookTo(flags *pflag.FlagSet) {
	flags.StringVar(&o.detachKey, "detach-key", "", "Key that detaches from a session, which keeps running (default "+vt.DefaultDetachKey+")")
	flags.BoolVar(&o.readOnly, "read-only", false, "Look only: change nothing in any cluster")
	flags.StringVar(&o.theme, "theme", "", themeUsage())
}

// run shows the interface. Everything that can be wrong with the command line and the kubeconfig is told before the
// terminal is touched.
func (o *options) run(ctx context.Context) error {
	kube.RouteLogs(slog.New(slog.DiscardHandler))
	terminal, err := o.terminal()
	if missing := (&session.NoTerminalError{}); errors.As(err, &missing) && o.what.near != "" {
		return &kube.Problem{Message: err.Error(), Hint: o.what.meant(), Err: err}
	}
	if err != nil {
		return err
	}
	o.spoken = captureStderr()
	t, err := o.interfaceOptions(ctx)
	if err != nil {
		return err
	}
	return show(ctx, terminal, t)
}

// terminal opens the terminal for a command line that makes sense.
func (o *options) terminal() (*session.Terminal, error) {
	if err := o.what.read(); err != nil {
		return nil, err
	}
	return session.OpenTerminal(os.Stdin, os.Stdout)
}

// interfaceOptions is what the interface needs, which it may use until the context ends.
func (o *options) interfaceOptions(ctx context.Context) (tui.Options, error) {
	own, folder, notices := config.Own()
	key, notice, err := o.detach(own)
	if err != nil {
		return tui.Options{}, err
	}
	notices = append(notices, notice...)
	if meant := o.what.meant(); meant != "" {
		notices = append(notices, meant)
	}
	kubeconfig, err := o.kube.Load()
	if err != nil {
		return tui.Options{}, err
	}
	kubeconfig.Guard, kubeconfig.Spoken, kubeconfig.Supervise = o.guard(own), o.spoken, background.Command
	notices = append(notices, own.Disagreements(kubeconfig.Contexts())...)
	cluster, err := kubeconfig.Open("")
	if err != nil {
		return tui.Options{}, err
	}
	namespace := cluster.Namespace
	if o.what.all {
		namespace = ""
	}
	kit := tui.Kit{Notices: notices, DetachKey: key, NoMouse: own.NoMouse(), Sessions: own.SessionsFor, Program: string(called.As(os.Args[0]))}
	stock(ctx, &kit, folder, own)
	kit.Home, _ = os.UserHomeDir() // only for paths with ~
	kit.Folder, _ = os.Getwd()
	kit.Editor = cmp.Or(os.Getenv("VISUAL"), os.Getenv("EDITOR"))
	state, notice, err := folders.State()
	kit.Notices = append(kit.Notices, notice...)
	if err != nil {
		kit.Notices = append(kit.Notices, err.Error())
	} else {
		file := filepath.Join(state, "view.json")
		kit.State = state
		if kit.Memory, err = memory.Recall(file); err != nil {
			kit.Notices = append(kit.Notices, err.Error())
		}
		kit.Remember = func(m tui.Memory) error { return memory.Remember(file, m) }
		if kit.Journal, err = journal.Open(state); err != nil {
			kit.Notices = append(kit.Notices, kube.Explain(err).Message)
		}
		kit.Announce = own.Announce
	}
	t := tui.Options{Kubeconfig: kubeconfig, Cluster: cluster, Namespace: namespace, Pod: o.what.pod, Node: o.what.node, Nodes: o.nodes, Leftovers: o.leftovers, OnlyMine: o.onlyMine, OneNamespace: o.oneNamespace,
		Filter: o.what.filter, Kit: kit}
	return t, o.dress(&t, folder, own)
}

// cluster is the one that the flags choose, under the rules of the configuration.
func (o *options) cluster() (*kube.Cluster, error) {
	own, _, _ := config.Own() // with a mistake in it there are rules all the same
	kubeconfig, err := o.kube.Load()
	if err != nil {
		return nil, err
	}
	kubeconfig.Guard, kubeconfig.Supervise = o.guard(own), background.Command
	return kubeconfig.Open("")
}

// detach is the key of the flag, else of the configuration, else the default. A mistake in the configuration is a notice, and
// the default counts.
func (o *options) detach(own config.Config) (key vt.DetachKey, notices []string, err error) {
	if o.detachKey != "" {
		key, err = vt.ParseDetachKey(o.detachKey)
		if err != nil {
			return key, nil, usageError{fmt.Errorf("--detach-key: %w", err)}
		}
		return key, nil, nil
	}
	key, err = vt.ParseDetachKey(own.DetachKey)
	if err != nil {
		notices = append(notices, fmt.Sprintf("config.yaml: detachKey: %v", err))
		key, err = vt.ParseDetachKey("")
	}
	return key, notices, err
}

// guard is what the command line and the configuration do not want done in a context.
func (o *options) guard(c config.Config) func(context string) kube.Guard {
	return func(context string) kube.Guard {
		g := c.GuardFor(context)
		if o.readOnly {
			g = kube.Guard{ReadOnly: true, Why: "--read-only"}.And(g)
		}
		return g
	}
}

// collections is how much the heap may grow before garbage is collected, in percent. A key that meets a collection of fifty thousand pods
// takes twice as long: at 300 instead of the usual 100 the 99th percentile fell from 18 to 11 ms, for 15 MB more.
const collections = 300

// sessionCollections is the same while a session has the terminal: no frame is drawn then, and its output passes through the same few buffers. After
// a gigabyte of it 300 held 69 MB.
const sessionCollections = 50

// show lends the terminal to the interface and restores it on every way out, a panic included.
func show(ctx context.Context, terminal *session.Terminal, o tui.Options) (err error) {
	if os.Getenv("GOGC") == "" { // who sets it knows why
		debug.SetGCPercent(collections)
		o.Kit.Attend = func(session bool) {
			if session {
				debug.SetGCPercent(sessionCollections)
				return
			}
			debug.SetGCPercent(collections)
		}
	}
	if err := terminal.Start(); err != nil {
		return err
	}
	var farewell []string
	o.Kit.Farewell = func(lines []string) { farewell = lines }
	defer func() {
		err = errors.Join(err, terminal.Restore())
		for _, line := range farewell {
			_, _ = fmt.Fprintln(os.Stdout, called.As(os.Args[0]).In(line))
		}
	}()
	defer terminal.Guard()
	return tui.Run(ctx, terminal, o)
}

// dress reads the themes and decides which one is worn at the start: the flag's, else the one that was last chosen in the interface, else
// the configuration's, else the one for the terminal's background. An unknown name is a mistake of usage in the flag, and a notice elsewhere.
func (o *options) dress(t *tui.Options, folder string, own config.Config) error {
	set, mistakes := themes.Load(filepath.Join(folder, "themes"))
	for _, mistake := range mistakes {
		t.Kit.Notices = append(t.Kit.Notices, mistake.Error())
	}
	t.Themes = set
	t.ReadThemes = func() themes.Set {
		set, _ := themes.Load(filepath.Join(folder, "themes")) // a mistake in a file leaves that theme out
		return set
	}
	for _, said := range []struct{ where, name string }{
		{"--theme", o.theme}, {"the theme that was chosen last", t.Kit.Memory.Theme}, {"config.yaml: theme", own.Theme},
	} {
		if said.name == "" {
			continue
		}
		_, err := set.Find(said.name)
		switch {
		case err == nil, said.name == themes.Auto:
			t.Theme = said.name
			return nil
		case said.name == o.theme:
			return usageError{fmt.Errorf("--theme: %w", err)}
		}
		t.Kit.Notices = append(t.Kit.Notices, fmt.Sprintf("%s: %v", said.where, err))
	}
	return nil
}

// themeUsage is the help of --theme.
func themeUsage() string {
	set, _ := themes.Load("")
	return "Colours: " + strings.Join(append([]string{themes.Auto}, set.Names()...), ", ") + ", or one of your own (default " + themes.Auto + ")"
}
