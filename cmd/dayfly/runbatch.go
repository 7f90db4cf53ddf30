package main

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"strconv"
	"strings"
	"syscall"
	"time"

	"golang.org/x/term"

	"github.com/dayfly-k8s/dayfly/kube"
	"github.com/dayfly-k8s/dayfly/kube/batch"
	"github.com/dayfly-k8s/dayfly/kube/debug"
	"github.com/dayfly-k8s/dayfly/kube/detail"
	"github.com/dayfly-k8s/dayfly/kube/fold"
	"github.com/dayfly-k8s/dayfly/presets/choice"
	"github.com/dayfly-k8s/dayfly/tui/batchreport"
	"github.com/dayfly-k8s/dayfly/tui/batchrun"
	"github.com/dayfly-k8s/dayfly/tui/runner"
	"github.com/dayfly-k8s/dayfly/tui/session"
)

// exitSome is the exit code when, of many, not all have ended with 0.
const exitSome = 3

// manyRun is a run in many pods or on many nodes under way.
type manyRun struct {
	*report
	batch    batch.Batch
	id       string // of the batch
	stdout   io.Writer
	stderr   io.Writer
	screen   bool // stdout is a terminal
	counts   bool // progress is shown on stderr, which is one
	masks    fold.Masks
	stopTold bool               // why no more are begun
	printer  *batchreport.Lines // nil: it is printed otherwise

	// What a task other than a run of a command wants to be otherwise; nil: nothing.
	before func(batch.Batch) []string                               // what is said of it before
	shape  func(debug.Request) debug.Request                        // what is added
	reuses func(ctx context.Context, s batch.Subject) batch.Earlier // a container that is there
}

// runMany does the run and tells how it went.
func (e *runOptions) runMany(ctx context.Context, stdout, stderr io.Writer) error {
	if err := e.checkMany(); err != nil {
		return err
	}
	masks, err := fold.NewMasks(time.Now(), e.many.masks)
	if err != nil {
		return usageError{fmt.Errorf("--mask: %w", err)}
	}
	m := &manyRun{report: &report{runOptions: e, began: time.Now(), words: stderr}, stderr: stderr, masks: masks}
	ctx, stop, end, release := interruptible(ctx, func() { m.say("no more are begun, and those that run are waited for; ^C again leaves them") })
	defer release()
	m.screen, m.counts = isTerminal(stdout), isTerminal(stderr) && !e.quiet
	m.stdout = e.guardStdout(stdout, end)
	life, endLife := context.WithCancel(context.WithoutCancel(ctx)) // leaving takes a moment
	defer endLife()
	if err := m.open(life); err != nil {
		return err
	}
	if err := m.prepareMany(ctx); err != nil {
		return cmp.Or(context.Cause(ctx), err)
	}
	return m.carryOut(ctx, stop)
}

func isTerminal(stream any) bool {
	f := asFile(stream)
	return f != nil && term.IsTerminal(int(f.Fd()))
}

// prepareMany chooses and plans, tells what will be done, and holds it against the rules of the context.
func (r *manyRun) prepareMany(ctx context.Context) error {
	q := r.many.query
	if !r.many.all && !q.Nodes {
		q.Namespace = r.cluster.Namespace
	}
	r.id = cmp.Or(r.many.resume, batch.NewID())
	if problem := r.cluster.Guard().Closed(); problem != nil {
		return r.refused(ctx, problem)
	}
	earlier, err := r.earlier()
	if err != nil {
		return err
	}
	subjects, err := batch.Choose(ctx, r.cluster, q)
	if err != nil {
		return err
	}
	if len(subjects) == 0 {
		return &kube.Problem{Message: "nothing matches: there is no " + r.wanted(q) + inContext(r.cluster), Hint: "check the selector and the namespace"}
	}
	options, err := r.batchOptions()
	if err != nil {
		return err
	}
	if options.Earlier = earlier; r.reuses != nil {
		options.Earlier = func(s batch.Subject) batch.Earlier { return r.reuses(ctx, s) }
	}
	r.batch = batch.Prepare(ctx, r.cluster, subjects, options)
	if ctx.Err() != nil {
		return ctx.Err()
	}
	if r.before == nil {
		r.before = batchreport.Before
	}
	for _, line := range r.before(r.batch) {
		r.say(line)
	}
	return r.refused(ctx, r.agreeMany())
}

// wanted is whom it is about, for a sentence.
func (r *manyRun) wanted(q batch.Query) string {
	what := "pod"
	if q.Nodes {
		what = "node"
	}
	if q.Selector != "" {
		what += " with " + kube.Sanitize(q.Selector)
	}
	if q.Workload.Kind != "" {
		what += " of " + q.Workload.String()
	}
	if q.Namespace != "" {
		what += " in namespace " + q.Namespace
	}
	return what
}

// batchOptions are how the command is run.
func (r *manyRun) batchOptions() (batch.Options, error) {
	o := batch.Options{Exec: r.many.exec(), OnePerWorkload: r.many.perWorkload, Name: r.many.batch, Force: r.force}
	if r.target != nil {
		o.Container = *r.target
	}
	if o.Exec {
		return o, nil
	}
	settings := r.config.RegistriesFor(r.cluster.Context)
	tool, err := r.tool(settings)
	if err != nil {
		return o, err
	}
	o.Way = map[bool]debug.Way{r.copied: debug.Copy, r.host.join: debug.Join}[true]
	o.Image, o.NodeNamespace, o.Look = tool.Facts(), r.nodeNamespace(), choice.Looks(r.registry(), settings, tool)
	o.Plan = func(s batch.Subject, around debug.PodEnvironment) (debug.Plan, error) {
		pod := s.Pod
		one := *r.runOptions
		if one.node = s.Node; s.Node != "" {
			pod = r.cluster.OnNode(s.Node)
		}
		chosen := choice.Choice{
			Preset: tool, Named: r.image != "", Name: cmp.Or(r.many.batch, batch.ContainerName(r.id)), Target: r.focus(pod), Around: around.Copy, Host: around.Host,
			Change: func(request debug.Request) debug.Request {
				request = one.asks(request, r.config.SessionsFor(r.cluster.Context))
				request.Private = request.Way == debug.Join // a pod on a node serves all of them there
				if r.shape != nil {
					request = r.shape(request)
				}
				return request
			},
		}
		plan, _, err := chosen.Plan(pod, around.Arch, settings)
		return plan, err
	}
	return o, nil
}

// focus is the container that is looked at.
func (r *manyRun) focus(pod *kube.Pod) string {
	if r.target != nil {
		return *r.target
	}
	return detail.Focus(pod, time.Now())
}

// agreeMany holds the batch against the rules of the context, and asks for what a person has to say.
func (r *manyRun) agreeMany() error {
	n, g := len(r.batch.Runs()), r.cluster.Guard()
	if n == 0 {
		why := r.batch.Reasons()[0]
		problem := &kube.Problem{Message: "nothing to run: all are skipped", Hint: why.Words + ": " + kube.List(why.Names)}
		if r.batch.Ruled() {
			problem.Err = kube.ErrGuarded
		}
		return problem
	}
	number := strconv.Itoa(n)
	switch {
	case r.confirm != "" && r.confirm != number:
		return &kube.Problem{Message: "--confirm " + r.confirm + " does not match: it would run in " + number, Hint: "look at the list above, then add --confirm " + number}
	case g.Protected && r.confirm == "":
		return &kube.Problem{
			Message: runner.Protected(r.cluster.Context) + ": confirm the number of pods or nodes (" + g.Why + ")", Hint: "add --confirm " + number + " to proceed", Err: kube.ErrGuarded,
		}
	case g.AskReason && strings.TrimSpace(r.reason) == "":
		return &kube.Problem{
			Message: "context " + r.cluster.Context + " requires a reason, for the journal (" + g.Why + ")", Hint: "add --reason TEXT, e.g. a ticket number", Err: kube.ErrGuarded,
		}
	case n > unasked && !r.many.yes && r.confirm == "":
		return &kube.Problem{Message: fmt.Sprintf("it would run in %d, which is more than %d", n, unasked), Hint: "add --yes to proceed"}
	}
	return nil
}

// carryOut runs the command, prints, and returns how it went.
func (r *manyRun) carryOut(ctx context.Context, stop <-chan struct{}) error {
	o := batchrun.Options{
		ID: r.id, Cluster: r.cluster, Runner: r.runner, Items: r.batch.Runs(), Command: r.command, Confirmed: r.confirm != "",
		About: runner.About{Preset: r.aboutTool(), Reason: strings.TrimSpace(r.reason)},
		Max:   r.many.max, PerNode: r.many.perNode, StopShare: r.many.share, Timeout: r.timeout,
	}
	if r.output == "" && (r.many.prefix || !r.many.fold && !r.screen) {
		r.printer = batchreport.NewLines(r.stdout, o.Items, r.screen, r.screen && os.Getenv("NO_COLOR") == "")
		o.Output = r.printer.Write
	}
	o.Ended = r.ended
	o.Away = func(why *kube.Problem) {
		r.say("no more can be begun at the moment, and is tried again for two minutes: " + why.Message)
	}
	if !r.runner.Records() {
		r.id = "" // nobody could resume it
	} else {
		r.say("this is batch " + r.id)
	}
	results := batchrun.Run(ctx, stop, o)
	r.drain(ctx)
	if r.counts && r.printer == nil {
		_, _ = io.WriteString(r.stderr, "\r\x1b[K")
	}
	if err := r.printMany(ctx, results); err != nil {
		return cmp.Or(context.Cause(ctx), err)
	}
	for _, line := range batchreport.After(results, r.cluster.Context) {
		r.say(line)
	}
	r.say(batchreport.Summary(results))
	if how := batchreport.Resume(r.id, results); how != "" {
		r.say(how)
	}
	return manyCode(ctx, stop, results)
}

// aboutTool is what the journal calls it.
func (r *manyRun) aboutTool() string {
	if r.many.exec() {
		return "exec"
	}
	return cmp.Or(r.presetName(), "image")
}

// ended prints what is new when one has ended.
func (r *manyRun) ended(item int, result batchrun.Result, now batchrun.Progress) {
	if now.Stopped != "" && !r.stopTold {
		r.stopTold = true
		r.say("no more are begun: " + now.Stopped)
	}
	switch {
	case r.printer != nil:
		r.printer.End(item)
		if !result.OK() {
			r.say(result.Item.Name() + ": " + result.Outcome())
		}
		return
	case r.output == "ndjson":
		_ = batchreport.WriteLine(r.stdout, batchreport.MemberOf(r.cluster.Context, result)) // a reader that has gone ends the run
	}
	if r.counts {
		_, _ = fmt.Fprint(r.stderr, "\r\x1b[Kdayfly: "+batchreport.Progress(now))
	}
}

// printMany prints what is printed at the end.
func (r *manyRun) printMany(ctx context.Context, results []batchrun.Result) error {
	switch {
	case context.Cause(ctx) != nil && !r.screen && r.output == "": // nobody may read any more
		return nil
	case r.printer != nil:
		return r.printer.Err()
	case r.output == "ndjson":
		return batchreport.WriteRest(r.stdout, r.cluster.Context, r.batch.Skipped(), results)
	}
	folded := batchreport.Fold(results, r.masks)
	if r.output == "json" {
		return writeJSON(r.stdout, batchreport.WholeOf(r.id, r.cluster.Context, r.command, r.batch.Skipped(), results, folded))
	}
	return batchreport.WriteFold(r.stdout, folded, r.screen)
}

// manyCode is the exit code in an error: nil where all have ended with 0.
func manyCode(ctx context.Context, stop <-chan struct{}, results []batchrun.Result) error {
	var signalled *session.SignalError
	if errors.As(context.Cause(ctx), &signalled) {
		return signalled
	}
	select {
	case <-stop:
		return &session.SignalError{Signal: syscall.SIGINT}
	default:
	}
	for _, r := range results {
		if !r.OK() {
			return codeError(exitSome)
		}
	}
	return nil
}
