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

	"github.com/dayfly-k8s/dayfly/cmd/dayfly/config"
	"github.com/dayfly-k8s/dayfly/kube"
	"github.com/dayfly-k8s/dayfly/kube/debug"
	"github.com/dayfly-k8s/dayfly/presets"
	"github.com/dayfly-k8s/dayfly/tui/helper"
	"github.com/dayfly-k8s/dayfly/tui/runner"
	"github.com/dayfly-k8s/dayfly/tui/session"
)

// report is a run under way, and how it went.
type report struct {
	*runOptions
	began   time.Time
	words   io.Writer // for people; nil: the report is for programs
	folder  string    // of the configuration
	config  config.Config
	cluster *kube.Cluster // nil: it did not come to that; so with what is below
	runner  *runner.Runner
	plan    debug.Plan
	session *runner.Session
	helper  *helper.Helper // that was added for its programs

	around  debug.PodEnvironment // of the pod
	facts   debug.Facts          // about the plan
	silent  bool                 // registries are not asked
	brings  *presets.Brings      // what the preset brings home; nil: nothing
	shipped bool                 // the plan is of a preset that comes with dayfly
	added   bool                 // the cluster has taken the debug container

	mu    sync.Mutex // of notes
	notes []string

	exit     *kube.Exit // nil: not known
	imageID  string
	bytesOut int64
	missing  bool     // output may be
	runsOn   bool     // the program does, without us
	cleaned  bool     // nothing is left of what was made
	leaves   []string // what could not be taken away
	detached bool
}

// reported is what -o json prints. What is not known is left out, but for the exit code.
type reported struct {
	Context   string     `json:"context,omitempty"` // of the kubeconfig
	Namespace string     `json:"namespace,omitempty"`
	Pod       string     `json:"pod"`
	Copy      string     `json:"copy,omitempty"`      // of the pod, in which the command ran
	Node      string     `json:"node,omitempty"`      // on which the command ran, or from which
	NodePod   string     `json:"nodePod,omitempty"`   // in which it ran there: NAMESPACE/NAME
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
		_, _ = fmt.Fprintln(r.words, "dayfly: "+kube.Sanitize(line))
	}
}

// note keeps what a person should know, and prints it.
func (r *report) note(text string) {
	r.keep(kube.Sanitize(text))
	r.say(text)
}

func (r *report) keep(note string) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.notes = append(r.notes, note)
}

// tellHow tells how to go on with a program that was left; it counts also for who wants no other words.
func (r *report) tellHow() {
	if r.plan.CleansUp() {
		return // it is told how to delete that
	}
	how := kube.Dayfly(r.cluster.Context, r.plan.Debug.Namespace, "attach", r.plan.Debug.Pod, r.plan.Debug.Container)
	if r.words != nil {
		_, _ = fmt.Fprintf(r.words, "dayfly: %s may still be running. To attach: %s\n", r.plan.Debug.Container, how)
	}
	r.keep("to attach: " + how)
}

// exitOf is dayfly's exit code for an error of a run.
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
	switch {
	case len(r.leaves) > 0:
		o.Leaves = strings.Join(r.leaves, "; ")
	case r.added && !r.cleaned:
		o.Leaves = p.Leaves()
	}
	if r.cluster != nil {
		o.Context, o.Namespace = r.cluster.Context, r.cluster.Namespace
	}
	switch {
	case p.Request.Way.FromNode():
		o.Node, o.NodePod = p.Target.Node, p.Debug.Namespace+"/"+p.Debug.Pod
	case p.Debug.Pod != p.Target.Pod:
		o.Copy = p.Debug.Pod
	}
	if e := r.exit; e != nil {
		o.ExitCode, o.Reason, o.Cause = &e.Code, e.Reason, string(e.Cause)
		o.Started, o.Finished = known(e.Started), known(e.Finished)
	}
	var code codeError
	if err != nil && !errors.As(err, &code) {
		problem := kube.Explain(err)
		o.Error, o.Hint, o.Ask = problem.Message, advice(problem, r.flags), problem.RequiredRBAC
	}
	encoder := json.NewEncoder(out)
	encoder.SetEscapeHTML(false)
	return encoder.Encode(o)
}

func (e *runOptions) presetName() string {
	if e.image != "" || e.ownImage() {
		return ""
	}
	return cmp.Or(e.preset, defaultPreset)
}

// drain waits until all is written down, also when the run has been left, and notes what is not.
func (r *report) drain(ctx context.Context) {
	r.runner.Drain(context.WithoutCancel(ctx)) // which takes seconds at most, for nothing runs any more
	r.noteUnwritten()
}

// noteUnwritten notes what could not be written down. It is no reason to end.
func (r *report) noteUnwritten() {
	for _, e := range r.runner.Events() {
		if e.Kind == runner.Unwritten {
			r.note(kube.Explain(e.Err).Message)
		}
	}
}
