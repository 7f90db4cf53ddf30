package main

import (
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"strings"
	"sync"
	"syscall"
	"time"

	"github.com/dayfly-k8s/dayfly/kube"
	"github.com/dayfly-k8s/dayfly/kube/debug"
	"github.com/dayfly-k8s/dayfly/tui/journal"
	"github.com/dayfly-k8s/dayfly/tui/session"
)

// report is an errand under way, and how it went.
type report struct {
	*errand
	began   time.Time
	words   io.Writer // for people; nil: the report is for programs
	folder  string    // of the configuration
	config  config
	cluster *kube.Cluster // nil: it did not come to that; so with what is below
	journal *journal.Journal
	plan    debug.Plan
	session *session.Session

	around  debug.Surroundings // of the pod
	facts   debug.Facts        // about the plan
	silent  bool               // registries are not asked
	shipped bool               // the plan is of a preset that comes with dayfly
	added   bool               // the cluster has taken the debug container

	mu    sync.Mutex // of notes
	notes []string

	exit     *kube.Exit // nil: not known
	imageID  string
	bytesOut int64
	missing  bool // output may be
	runsOn   bool // the program does, without us
	detached bool
}

// reported is what -o json prints. What is not known is left out, but for the exit code.
type reported struct {
	Context   string     `json:"context,omitempty"` // of the kubeconfig
	Namespace string     `json:"namespace,omitempty"`
	Pod       string     `json:"pod"`
	Container string     `json:"container,omitempty"` // the debug container
	Target    string     `json:"target,omitempty"`    // the container looked at
	Preset    string     `json:"preset,omitempty"`
	Image     string     `json:"image,omitempty"`
	ImageID   string     `json:"imageID,omitempty"`
	Profile   string     `json:"profile,omitempty"`
	Command   string     `json:"command,omitempty"`  // the equal kubectl command
	ExitCode  *int       `json:"exitCode"`           // the program's own; null: it has not ended, or nobody knows
	Reason    string     `json:"reason,omitempty"`   // the runtime's word for the end: Completed, Error, OOMKilled
	Cause     string     `json:"cause,omitempty"`    // what ended the program from outside: TargetEnded, PodDeleted, PodFailed
	Started   *time.Time `json:"started,omitempty"`  // of the program
	Finished  *time.Time `json:"finished,omitempty"` // to the second, by the node's clock
	Seconds   float64    `json:"seconds"`            // that dayfly took for all of it
	BytesOut  int64      `json:"bytesOut"`
	Missing   bool       `json:"outputMissing,omitempty"` // output may be missing: a note says why
	RunsOn    bool       `json:"runsOn,omitempty"`        // dayfly has left before the program's end
	Leaves    string     `json:"leaves,omitempty"`        // what stays in the cluster; not before the debug container has been added
	Error     string     `json:"error,omitempty"`         // why dayfly's exit code is not the program's
	Hint      string     `json:"hint,omitempty"`          // what to do about that
	Ask       string     `json:"ask,omitempty"`           // YAML of the rights to ask for, where they are missing
	Notes     []string   `json:"notes,omitempty"`         // what else a person should know
}

// say prints a line for people, unless they want none.
func (r *report) say(line string) {
	if r.words != nil && !r.quiet {
		_, _ = fmt.Fprintln(r.words, "dayfly: "+kube.Clean(line))
	}
}

// note keeps what a person should know, and prints it.
func (r *report) note(text string) {
	r.keep(kube.Clean(text))
	r.say(text)
}

func (r *report) keep(note string) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.notes = append(r.notes, note)
}

// tellHow tells how to go on with a program that was left; it counts also for who wants no other words.
func (r *report) tellHow() {
	how := kube.Dayfly(r.cluster.Context, r.plan.Debug.Namespace, "attach", r.plan.Debug.Pod, r.plan.Debug.Container)
	if r.words != nil {
		_, _ = fmt.Fprintf(r.words, "dayfly: %s may still be running. To attach: %s\n", r.plan.Debug.Container, how)
	}
	r.keep("to attach: " + how)
}

// exitOf is dayfly's exit code for an error of an errand.
func exitOf(err error) int {
	var code codeError
	var signal *session.SignalError
	var missing *session.NoTerminalError
	switch {
	case errors.As(err, &code):
		return int(code)
	case errors.Is(err, errLate):
		return exitLate
	case errors.As(err, &missing):
		return exitUsage
	case errors.As(err, &signal):
		if n, ok := signal.Signal.(syscall.Signal); ok {
			return exitSignalBase + int(n)
		}
	}
	return exitError
}

// writeJSON prints the report in one line.
func (r *report) writeJSON(out io.Writer, err error) error {
	p := r.plan
	o := reported{
		Pod: r.pod, Namespace: p.Debug.Namespace, Container: p.Debug.Container, Target: p.Target.Container, Preset: r.presetName(), Image: p.Image,
		ImageID: r.imageID, Profile: string(p.Profile), Command: p.Command, Seconds: time.Since(r.began).Round(time.Millisecond).Seconds(),
		BytesOut: r.bytesOut, Missing: r.missing, RunsOn: r.runsOn, Notes: r.notes,
	}
	if r.added {
		o.Leaves = p.Leaves()
	}
	if r.cluster != nil {
		o.Context, o.Namespace = r.cluster.Context, r.cluster.Namespace
	}
	if e := r.exit; e != nil {
		o.ExitCode, o.Reason, o.Cause = &e.Code, e.Reason, string(e.Cause)
		o.Started, o.Finished = known(e.Started), known(e.Finished)
	}
	var code codeError
	if err != nil && !errors.As(err, &code) {
		problem := kube.Explain(err)
		o.Error, o.Hint, o.Ask = problem.What, advice(problem, r.flags), problem.Ask
	}
	encoder := json.NewEncoder(out)
	encoder.SetEscapeHTML(false)
	return encoder.Encode(o)
}

func known(at time.Time) *time.Time {
	if at.IsZero() {
		return nil
	}
	at = at.UTC()
	return &at
}

func (e *errand) presetName() string {
	if e.image != "" {
		return ""
	}
	return cmp.Or(e.preset, defaultPreset)
}

// entry is what the journal says of the errand.
func (r *report) entry(action string) journal.Entry {
	entry := journal.About(r.plan)
	entry.Action, entry.Preset, entry.Reason = action, cmp.Or(r.presetName(), "image"), strings.TrimSpace(r.reason)
	return entry
}

// recordPatience is how long is waited for the cluster to say who one is, and to take an event.
const recordPatience = 5 * time.Second

// record writes an entry. What goes wrong is a note: it is no reason to end.
func (r *report) record(ctx context.Context, entry journal.Entry) {
	if r.journal == nil {
		return
	}
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), recordPatience) // also when the errand has been left
	defer cancel()
	entry.Context, entry.User = r.cluster.Context, r.cluster.Who(ctx)
	if err := r.journal.Write(entry); err != nil {
		r.note(kube.Explain(err).What)
	}
}

// watch writes down what happens on the way to the program, as the interface does, and closes started when there is one to show. It
// returns when the session is over.
func (r *report) watch(ctx context.Context, wake <-chan struct{}, started chan<- struct{}) {
	noted, cause := 0, ""
	for over := false; ; {
		now := r.session.Look()
		if now.Cause != nil && now.Cause.What != cause {
			cause = now.Cause.What
			r.note(cause + "; " + advice(now.Cause, r.flags))
		}
		for _, step := range now.Steps[noted:] {
			if step.Step == debug.Started || step.Step == debug.Ended {
				close(started)
			}
			r.recordStep(ctx, step)
		}
		noted = len(now.Steps)
		if over {
			return
		}
		select {
		case <-wake:
		case <-r.session.Done():
			over = true
		}
	}
}

func (r *report) recordStep(ctx context.Context, step session.Step) {
	entry := r.entry("")
	entry.Time = step.At
	switch step.Step {
	case debug.Accepted:
		r.added = true
		entry.Action = journal.Added
		r.record(ctx, entry)
		r.announce(ctx)
		return
	case debug.Started, debug.Ended:
		entry.Action, entry.ImageID = journal.Started, step.ImageID
	case debug.Failed:
		entry.Action, entry.Why = journal.Failed, kube.Reason(step.Err)
		if errors.Is(step.Err, kube.ErrGuarded) {
			entry.Action = journal.Refused
		}
	case debug.Asked, debug.Pulling, debug.Pulled, debug.Created:
		return
	}
	r.record(ctx, entry)
}

// announce puts an event on the pod, where the configuration wants it.
func (r *report) announce(ctx context.Context) {
	if !r.config.Announce {
		return
	}
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), recordPatience)
	defer cancel()
	words := "debug container " + r.plan.Debug.Container + " with " + r.plan.Image + " was added by " + r.cluster.Who(ctx)
	if err := debug.Announce(ctx, r.cluster, r.plan.Debug, words); err != nil {
		r.note(kube.Explain(err).What)
	}
}

// recordEnd writes down how it ended, or that it goes on without us.
func (r *report) recordEnd(ctx context.Context, now session.Snapshot) {
	entry := r.entry(journal.Detached)
	switch {
	case r.exit != nil:
		code := r.exit.Code
		entry.Action, entry.Exit, entry.Why, entry.ImageID = journal.Ended, &code, r.exit.Word(), r.imageID
	case now.State < session.Starting || now.State.Over():
		return
	}
	r.record(ctx, entry)
}
