package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"os/signal"
	"slices"
	"strconv"
	"strings"
	"syscall"

	"github.com/spf13/pflag"

	"github.com/dayfly-k8s/dayfly/cmd/dayfly/folders"
	"github.com/dayfly-k8s/dayfly/kube"
	"github.com/dayfly-k8s/dayfly/kube/batch"
	"github.com/dayfly-k8s/dayfly/kube/lists"
	"github.com/dayfly-k8s/dayfly/kube/nodes"
	"github.com/dayfly-k8s/dayfly/tui/batchrun"
	"github.com/dayfly-k8s/dayfly/tui/runner"
	"github.com/dayfly-k8s/dayfly/tui/session"
)

// unasked is how many pods or nodes are taken without --yes.
const unasked = 50

// manyFlags are the flags of dayfly run that are about many pods or nodes.
type manyFlags struct {
	asked        bool // it is about many, or may be
	all          bool // namespaces
	selector     string
	nodes        bool
	way          string
	perWorkload  bool
	max, perNode int
	stopOn       string // a share, in percent
	fold, prefix bool
	masks        []string
	batch        string // what debug containers are called
	resume       string // the ID of a batch
	yes          bool

	query batch.Query
	share float64
}

// manyOnly are the flags that make a run one of many; the others may be given with them.
func manyOnly() []string {
	return []string{"selector", "all-namespaces", "nodes", "way", "one-per-workload", "max", "per-node", "stop-on-failures", "fold", "prefix", "mask", "batch", "resume", "yes"}
}

func (m *manyFlags) addTo(flags *pflag.FlagSet) {
	flags.VarP(selectors{&m.selector}, "selector", "l", "Run in all pods (with --nodes: on all nodes) that this label selector selects")
	flags.BoolVarP(&m.all, "all-namespaces", "A", false, "Run in the pods of all namespaces")
	flags.BoolVar(&m.nodes, "nodes", false, "Run on nodes, each in a pod that is deleted afterwards")
	flags.StringVar(&m.way, "way", "", "Of many: pod (a debug container in each), exec (in a container of each), copy (in a copy of each) or node (from its node)")
	flags.BoolVar(&m.perWorkload, "one-per-workload", false, "Run in one pod of each workload")
	flags.IntVar(&m.max, "max", batchrun.UsualMax, "How many run at a time")
	flags.IntVar(&m.perNode, "per-node", batchrun.UsualPerNode, "How many run at a time on each node")
	flags.StringVar(&m.stopOn, "stop-on-failures", "", "Begin no more when more than `SHARE` of all have failed: 20%")
	flags.BoolVar(&m.fold, "fold", false, "Print equal outputs once, at the end (default on a terminal)")
	flags.BoolVar(&m.prefix, "prefix", false, "Print lines as they come, each behind its pod's name (default elsewhere)")
	flags.StringArrayVar(&m.masks, "mask", nil, "With --fold, take for equal what this `REGEXP` matches")
	flags.StringVar(&m.batch, "batch", "", "Call all debug containers `NAME`, and skip pods that have one already")
	flags.StringVar(&m.resume, "resume", "", "Run only what is missing of the batch with this `ID`: the same command, interrupted or failed")
	flags.BoolVarP(&m.yes, "yes", "y", false, fmt.Sprintf("Run in more than %d pods", unasked))
}

// wanted reports whether a command line is about many. dash is how many arguments are before the two dashes; negative: there are none.
func (m *manyFlags) wanted(flags *pflag.FlagSet, args []string, dash int) bool {
	if slices.ContainsFunc(manyOnly(), flags.Changed) || flags.Lookup("output").Value.String() == "ndjson" || dash > 1 {
		return true
	}
	if len(args) == 0 || dash == 0 {
		return false
	}
	_, workload, err := lists.ParseArgument(args[0])
	return err == nil && workload.Kind != ""
}

// takeMany reads the arguments: whom it is about, and the command behind two dashes.
func (e *runOptions) takeMany(args []string, dash int) error {
	if dash < 0 {
		dash = len(args)
	}
	m := &e.many
	e.command = args[dash:]
	m.query = batch.Query{Selector: m.selector, Nodes: m.nodes}
	for _, arg := range args[:dash] {
		if node, ok := nodes.ParseArgument(arg); ok {
			m.query.Nodes, m.nodes = true, true
			m.query.Names = append(m.query.Names, node)
			continue
		}
		pod, workload, err := lists.ParseArgument(arg)
		switch {
		case err != nil:
			return usageError{err}
		case workload.Kind != "" && dash > 1:
			return usageError{fmt.Errorf("%s must be the only one before --: %q", workload, args[:dash])}
		case workload.Kind != "":
			m.query.Workload = workload
		case pod == "":
			return usageError{errors.New("a pod's name is empty")}
		default:
			m.query.Names = append(m.query.Names, pod)
		}
	}
	return e.checkSubjects(args[:dash])
}

// checkSubjects finds what does not go together of whom it is about.
func (e *runOptions) checkSubjects(args []string) error {
	m := &e.many
	if err := lists.ParseSelector(m.selector); err != nil {
		return usageError{fmt.Errorf("--selector: %w", err)}
	}
	pods := slices.ContainsFunc(args, func(arg string) bool { _, node := nodes.ParseArgument(arg); return !node })
	switch named := len(m.query.Names) > 0; {
	case m.nodes && pods:
		return usageError{fmt.Errorf("--nodes is about nodes: write node/NAME, not %q", args)}
	case m.nodes && m.all:
		return usageError{errors.New("--all-namespaces cannot be used with nodes, which are in no namespace")}
	case m.nodes && m.perWorkload:
		return usageError{errors.New("--one-per-workload is about pods, not nodes")}
	case named && m.selector != "":
		return usageError{errors.New("--selector cannot be used with names: use one of them")}
	case m.all && (named || m.query.Workload.Kind != ""):
		return usageError{errors.New("--all-namespaces cannot be used with a name: use -n NAMESPACE")}
	}
	return nil
}

// checkMany finds what does not go together.
func (e *runOptions) checkMany() error {
	m, exec := &e.many, e.many.exec()
	e.copied, e.host.join = m.way == "copy", m.way == "node"
	given := func(names ...string) string {
		for _, name := range names {
			if e.flags.Changed(name) {
				return name
			}
		}
		return ""
	}
	switch {
	case !slices.Contains([]string{"", "pod", "exec", "copy", "node"}, m.way):
		return usageError{fmt.Errorf("--way %q: use pod, exec, copy or node", m.way)}
	case given("copy") != "":
		return usageError{errors.New("--copy is about one pod: of many, use --way copy")}
	case given("from-node") != "":
		return usageError{errors.New("--from-node is about one pod: of many, use --way node")}
	case given("stdin", "tty", "copy-name", "in-place-of", "replace") != "":
		return usageError{fmt.Errorf("--%s is about one pod: it cannot be used with many", given("stdin", "tty", "copy-name", "in-place-of", "replace"))}
	case m.way != "" && m.nodes:
		return usageError{fmt.Errorf("--way %s is about pods, not nodes", m.way)}
	case (e.copied || e.host.join) && m.batch != "":
		return usageError{fmt.Errorf("--batch is about a debug container: --way %s adds none to the pods", m.way)}
	case exec && given("preset", "image", "profile", "batch", "life") != "":
		return usageError{fmt.Errorf("--%s is about a debug container: --way exec adds none", given("preset", "image", "profile", "batch", "life"))}
	case exec && len(e.command) == 0:
		return usageError{errors.New("missing command; usage: dayfly run -l SELECTOR --way exec -- COMMAND")}
	case len(e.command) == 0 && e.preset == "" && e.image == "":
		return usageError{errors.New("missing command; usage: dayfly run -l SELECTOR -- COMMAND")}
	case e.preset != "" && e.image != "":
		return usageError{errors.New("--preset cannot be used with --image: a preset has its own image")}
	case m.max < 1 || m.perNode < 1:
		return usageError{errors.New("--max and --per-node: use a positive number")}
	case e.timeout < 0:
		return usageError{fmt.Errorf("--timeout %s: use a positive duration such as 30s", e.timeout)}
	case !m.nodes && e.host.shell:
		return usageError{errors.New("--host-shell is about nodes: add --nodes")}
	case !m.nodes && !e.host.join && e.host.namespace != "":
		return usageError{errors.New("--node-namespace is about pods on nodes: add --nodes or --way node")}
	case !e.host.join && given("as-target", "not-joined") != "":
		return usageError{errors.New("--as-target and --not-joined are about a container that is joined: add --way node")}
	}
	if e.host.join {
		if err := e.host.check(e); err != nil {
			return err
		}
	}
	return errors.Join(e.checkProfile(), m.checkOutput(e.output), m.readShare(), e.checkConfirmed(), e.copy.check(e.copied, m.nodes || e.ownPod(), e.timeout, e.flags))
}

func (m *manyFlags) exec() bool { return m.way == "exec" }

func (e *runOptions) checkProfile() error {
	if e.profile == "" {
		return nil
	}
	if _, err := kube.ParseProfile(e.profile); err != nil {
		return usageError{fmt.Errorf("--profile: %w", err)}
	}
	return nil
}

func (m *manyFlags) checkOutput(output string) error {
	switch {
	case output != "" && output != "json" && output != "ndjson":
		return usageError{fmt.Errorf("--output %q: use json or ndjson, or leave it out", output)}
	case m.fold && m.prefix, output != "" && (m.fold || m.prefix):
		return usageError{errors.New("use one of --fold, --prefix and -o")}
	}
	return nil
}

// readShare reads a share: 20%, or 0.2.
func (m *manyFlags) readShare() error {
	if m.stopOn == "" {
		return nil
	}
	const percent = 100
	text, inPercent := strings.CutSuffix(m.stopOn, "%")
	share, err := strconv.ParseFloat(text, 64)
	if inPercent {
		share /= percent
	}
	if err != nil || !(share > 0 && share < 1) {
		return usageError{fmt.Errorf("--stop-on-failures %q: use a share such as 20%%", m.stopOn)}
	}
	m.share = share
	return nil
}

func (e *runOptions) checkConfirmed() error {
	if n, err := strconv.Atoi(e.confirm); e.confirm != "" && (err != nil || n < 1) {
		return usageError{fmt.Errorf("--confirm %q: of many, confirm their number", e.confirm)}
	}
	return nil
}

// earlier is what the journal has of the batch that is resumed; nil: none is.
func (r *manyRun) earlier() (func(batch.Subject) batch.Earlier, error) {
	if r.many.resume == "" {
		return nil, nil
	}
	folder, _, err := folders.State()
	if err != nil {
		return nil, err
	}
	known, err := batchrun.ReadEarlier(folder, r.cluster.Context, r.many.resume)
	if err != nil {
		return nil, err
	}
	return known.Of, nil
}

// refused writes down that a rule of the context has refused the batch, if that is what err says, and returns err.
func (r *manyRun) refused(ctx context.Context, err error) error {
	if errors.Is(err, kube.ErrGuarded) {
		about := runner.About{Preset: r.aboutTool(), Batch: r.id, Reason: strings.TrimSpace(r.reason)}
		r.runner.Refuse(runner.Job{Cluster: r.cluster, Target: kube.Target{Namespace: r.cluster.Namespace}, About: about}, kube.Explain(err)) //nolint:contextcheck // the runner has its own
		r.drain(ctx)
	}
	return err
}

// interruptible is ctx that the second signal ends, with a [*session.SignalError]; the first closes stop, if it is an interrupt, and is told. A
// third ends dayfly at once.
func interruptible(ctx context.Context, told func()) (until context.Context, stop chan struct{}, end context.CancelCauseFunc, release func()) {
	until, end = context.WithCancelCause(ctx)
	stop = make(chan struct{})
	signals := make(chan os.Signal, 1)
	for _, s := range []os.Signal{syscall.SIGINT, syscall.SIGTERM, syscall.SIGHUP} {
		if !signal.Ignored(s) {
			signal.Notify(signals, s)
		}
	}
	signal.Notify(make(chan os.Signal, 1), syscall.SIGPIPE) // see runOptions.until
	go func() {
		stopped := false
		for {
			select {
			case s := <-signals:
				if s == os.Interrupt && !stopped {
					stopped = true
					close(stop)
					told()
					continue
				}
				signal.Stop(signals)
				end(&session.SignalError{Signal: s})
				return
			case <-until.Done():
				return
			}
		}
	}()
	return until, stop, end, func() {
		signal.Stop(signals)
		end(nil)
	}
}
