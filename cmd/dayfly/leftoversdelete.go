package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"strconv"
	"strings"
	"time"

	"github.com/spf13/pflag"

	"github.com/dayfly-k8s/dayfly/cmd/dayfly/folders"
	"github.com/dayfly-k8s/dayfly/cmd/dayfly/leftoverreport"
	"github.com/dayfly-k8s/dayfly/kube"
	"github.com/dayfly-k8s/dayfly/kube/cleanup"
	"github.com/dayfly-k8s/dayfly/kube/inventory"
	"github.com/dayfly-k8s/dayfly/tui/journal"
	"github.com/dayfly-k8s/dayfly/tui/kit"
	"github.com/dayfly-k8s/dayfly/tui/runner"
)

// deletion are the flags of dayfly leftovers that take away what is left.
type deletion struct {
	flags     *pflag.FlagSet
	on        bool
	olderThan time.Duration // 0: whatever its age
	likely    bool          // also what is only likely to be of debugging
	yes       bool
	reason    string // for the journal
	confirm   string // how many there are, in a protected context
}

// youngest is how old something is at least that is taken away unless a person says otherwise: somebody may be working in what is younger.
const youngest = time.Hour

func (d *deletion) addDeletionTo(flags *pflag.FlagSet) {
	d.flags = flags
	flags.BoolVar(&d.on, "delete", false, "Remove what is left: end debug containers, delete pods and Jobs. Says what it would do; does it with --yes")
	flags.DurationVar(&d.olderThan, "older-than", youngest, "With --delete: only what is older than this; somebody may be working in what is younger. 0: whatever its age")
	flags.BoolVar(&d.likely, "likely", false, "With --delete: also what is only likely to be of debugging")
	flags.BoolVar(&d.yes, "yes", false, "With --delete: do it")
	flags.StringVar(&d.reason, "reason", "", "With --delete: reason, for the journal")
	flags.StringVar(&d.confirm, "confirm", "", "With --delete --yes, in a protected context: how many are removed")
}

// check reports flags that mean nothing together.
func (d *deletion) check() error {
	switch {
	case d.on && d.olderThan < 0:
		return usageError{fmt.Errorf("--older-than %s: give a time that has passed, such as 2h", d.olderThan)}
	case !d.on && (d.flags.Changed("older-than") || d.likely || d.yes || d.reason != "" || d.confirm != ""):
		return usageError{errors.New("--older-than, --likely, --yes, --reason and --confirm are for --delete")}
	}
	return nil
}

// delete takes away what has been found, or says what it would do.
func (o *leftoversOptions) delete(ctx context.Context, stdout, stderr io.Writer, cluster *kube.Cluster, found []inventory.Item) error {
	steps := cleanup.Steps(found, cluster.Context)
	for i := range steps {
		if why := o.keeps(&steps[i].Item, cluster.Now()); why != "" && steps[i].Way != cleanup.Nothing {
			steps[i] = cleanup.Step{Item: steps[i].Item, Why: why}
		}
	}
	doable := cleanup.Doable(steps)
	if p := cluster.Guard().Closed(); p != nil {
		return p
	}
	lacks := o.lacks(cluster, len(doable))
	if o.yes && lacks != nil {
		return lacks
	}
	results := map[int]cleanup.Result{} // by the place in doable
	if o.yes && len(doable) > 0 {
		results = o.carry(ctx, stderr, cluster, doable)
	}
	if err := o.tell(stdout, steps, results); err != nil {
		return fmt.Errorf("print what was done: %w", err)
	}
	return o.verdict(stderr, steps, doable, results, lacks)
}

// keeps is why a leftover stays that could be taken away; empty: it does not.
func (o *leftoversOptions) keeps(i *inventory.Item, now time.Time) string {
	switch {
	case !i.Certain && !o.likely:
		return "it is only likely to be of debugging (--likely)"
	case o.olderThan > 0 && i.Since.IsZero():
		return "its age is not known (--older-than 0)"
	case o.olderThan > 0 && now.Sub(i.Since) < o.olderThan:
		return "it is younger than " + kit.Span(o.olderThan) + ": somebody may be working in it (--older-than)"
	}
	return ""
}

// lacks is what the rules of the context want to be said on the command line, all of it at once; nil: nothing is missing.
func (o *leftoversOptions) lacks(cluster *kube.Cluster, n int) error {
	guard := cluster.Guard()
	var wants, adds []string
	if guard.Protected && o.confirm != strconv.Itoa(n) {
		wants, adds = append(wants, "is protected: confirm how many are removed"), append(adds, fmt.Sprintf("--confirm %d", n))
	}
	if guard.AskReason && strings.TrimSpace(o.reason) == "" {
		wants, adds = append(wants, "requires a reason, for the journal"), append(adds, "--reason TEXT")
	}
	if n == 0 || len(wants) == 0 {
		return nil
	}
	return &kube.Problem{
		Message: "context " + cluster.Context + " " + strings.Join(wants, ", and ") + " (" + guard.Why + ")", Hint: "add " + strings.Join(adds, " ") + " to proceed", Err: kube.ErrGuarded,
	}
}

// carry does it, and writes it down.
func (o *leftoversOptions) carry(ctx context.Context, stderr io.Writer, cluster *kube.Cluster, steps []cleanup.Step) map[int]cleanup.Result {
	with := runner.Options{}
	if state, _, err := folders.State(); err != nil {
		_, _ = fmt.Fprintln(stderr, "dayfly: "+err.Error())
	} else if with.Journal, err = journal.Open(state); err != nil {
		_, _ = fmt.Fprintln(stderr, "dayfly: "+kube.Explain(err).Message)
	}
	// What is done is written down, also when a signal ends the rest.
	engine := runner.New(context.WithoutCancel(ctx), with)
	defer engine.Close() //nolint:contextcheck // the runner has its own
	results := make(map[int]cleanup.Result, len(steps))
	for r := range engine.CleanUp(ctx, cluster, steps, strings.TrimSpace(o.reason)) {
		results[r.Step] = r
	}
	return results
}

// tell prints a line for each, in the order of the list.
func (o *leftoversOptions) tell(stdout io.Writer, steps []cleanup.Step, results map[int]cleanup.Result) error {
	all, at := []leftoverreport.Cleaned{}, 0
	for i := range steps {
		step := &steps[i]
		c := leftoverreport.Cleaned{Leftover: leftoverreport.Of(step.Item), Does: step.Does, Command: step.Command, Kept: step.Why}
		if step.Way != cleanup.Nothing {
			r, done := results[at]
			if at++; done {
				c.Result = r.Words
			}
			if r.Err != nil {
				c.Error = problemLine(r.Err)
			}
		}
		all = append(all, c)
	}
	if o.output == "json" {
		return writeJSON(stdout, all)
	}
	for i := range all {
		if _, err := fmt.Fprintln(stdout, all[i].Line()); err != nil {
			return err
		}
	}
	return nil
}

// problemLine is what has gone wrong, and what to do, in a line.
func problemLine(err error) string {
	p := kube.Explain(err)
	if p.Hint == "" {
		return p.Message
	}
	return p.Message + "; " + p.Hint
}

// verdict says in a sentence how it went, and is the error when something was not taken away that was to be.
func (o *leftoversOptions) verdict(stderr io.Writer, all, doable []cleanup.Step, results map[int]cleanup.Result, lacks error) error {
	failed, lingers, going := 0, 0, 0
	for i := range all {
		if all[i].Item.Terminating {
			going++
		}
	}
	for _, r := range results {
		switch {
		case r.Err != nil:
			failed++
		case r.Lingers:
			lingers++
		}
	}
	switch {
	case len(doable) == 0 && going > 0:
		_, _ = fmt.Fprintf(stderr, "dayfly: there is nothing more to remove; %s still being deleted\n", are(going))
	case len(doable) == 0:
		_, _ = fmt.Fprintln(stderr, "dayfly: there is nothing to remove")
	case !o.yes && lacks != nil:
		_, _ = fmt.Fprintf(stderr, "dayfly: nothing was done. To %s, add --yes: %s\n", cleanup.Words(doable), problemLine(lacks))
	case !o.yes:
		_, _ = fmt.Fprintf(stderr, "dayfly: nothing was done. Add --yes to %s\n", cleanup.Words(doable))
	case failed > 0:
		return fmt.Errorf("%d of %d could not be removed", failed, len(doable))
	case lingers > 0:
		_, _ = fmt.Fprintf(stderr, "dayfly: %s still being deleted\n", are(lingers))
	}
	return nil
}

// are is "1 is", "2 are".
func are(n int) string {
	if n == 1 {
		return "1 is"
	}
	return fmt.Sprintf("%d are", n)
}
