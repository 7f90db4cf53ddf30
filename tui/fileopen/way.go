// Package fileopen is the way to the files of a container: it holds it against the rules of the context, finds out which programs can read them, and offers to add
// a debug container where the container itself has none. It is a part of the screen of files, and is on it until there is a way.
package fileopen

import (
	"context"
	"fmt"
	"slices"
	"time"

	"charm.land/bubbles/v2/key"
	tea "charm.land/bubbletea/v2"

	"github.com/dayfly-k8s/dayfly/kube"
	"github.com/dayfly-k8s/dayfly/kube/detail"
	"github.com/dayfly-k8s/dayfly/kube/files"
	"github.com/dayfly-k8s/dayfly/presets"
	"github.com/dayfly-k8s/dayfly/presets/registry"
	"github.com/dayfly-k8s/dayfly/tui/fileaccess"
	"github.com/dayfly-k8s/dayfly/tui/helper"
	"github.com/dayfly-k8s/dayfly/tui/journal"
	"github.com/dayfly-k8s/dayfly/tui/kit"
	"github.com/dayfly-k8s/dayfly/tui/runner"
)

// Options are what a way to files is found with.
type Options struct {
	Cluster    *kube.Cluster
	Pod        kube.PodKey
	Container  string // empty: the one to look at first
	Runner     *runner.Runner
	Presets    func() []presets.Preset
	Registries func(context string) registry.Settings // nil: there are none
	NewName    func() string                          // names a debug container
}

// Way is the way to the files of a container.
type Way struct {
	*kit.Kit
	Container string // whose files they are; empty: it is not known yet
	keys      keyMap
	with      Options
	ctx       context.Context   //nolint:containedctx // of the screen's life: commands run in it
	said      fileaccess.Access // what a person has said so far: it is not asked again
	opening   *opening
}

// Found is a way that was found.
type Found struct {
	Place   files.Place
	Who     files.Identity
	Access  fileaccess.Access
	Mounts  map[string]string // what the pod mounts, by the path in the container
	Started time.Time         // the container; zero: it is not known
}

// phase is how far it is.
type phase int

const (
	reading  phase = iota // the pod
	asking                // a person has to say something before: the rules of the context want it
	finding               // a place from which the files are reached
	offering              // a debug container, for there is none
	starting              // it
	open                  // the files are there
	stuck                 // they are not: opening.problem says why
)

type (
	// podMsg is the pod.
	podMsg struct {
		of  *opening
		pod *kube.Pod
		err error
	}
	// agreedMsg is what a person has said.
	agreedMsg struct {
		of     *opening
		access fileaccess.Access
	}
	// placeMsg is from where the files are reached; ok is false where a debug container has to be added.
	placeMsg struct {
		of    *opening
		place files.Place
		ok    bool
		who   files.Identity
		err   error
	}
)

// opening is one attempt. What comes late of another is dropped.
type opening struct {
	phase   phase
	beside  bool // a debug container is wanted, whatever the container has itself
	pod     *kube.Pod
	found   Found
	offer   *offer
	problem *kube.Problem
	helper  *helper.Helper // a debug container that was added here
	before  *opening       // the one that is gone back to; nil: there are no files yet
}

// New is a way that is still to be found.
func New(ctx context.Context, k *kit.Kit, o Options) *Way {
	return &Way{Kit: k, keys: newKeyMap(k.Bindings), with: o, ctx: ctx, Container: o.Container, opening: &opening{}}
}

// Title is where one is.
func (w *Way) Title() string {
	title := w.with.Pod.Namespace + " › " + w.with.Pod.Name
	if w.Container != "" {
		title += " › " + w.Container
	}
	return title + " › files"
}

// Init begins to look for one.
func (w *Way) Init() tea.Cmd { return w.begin(false) }

// Beside offers a debug container although there is a way.
func (w *Way) Beside() tea.Cmd { return w.begin(true) }

// Found is the way; false: there is none yet.
func (w *Way) Found() (Found, bool) { return w.opening.found, w.opening.phase == open }

// Lead takes a way that is known, as tests of what is at its end need.
func (w *Way) Lead(f Found) { w.opening.phase, w.opening.found = open, f }

// Close returns what ends the debug container that was added, if one was, which takes seconds.
func (w *Way) Close() (end func()) {
	ends := []func(){w.opening.takeHelper(w), w.opening.before.takeHelper(w)}
	return func() {
		for _, end := range ends {
			end()
		}
	}
}

// Returns reports whether esc goes back to files that were there.
func (w *Way) Returns() bool { return w.opening.before != nil }

// Reading reports whether something is being read of which keys are.
func (w *Way) Reading() bool {
	o := w.opening
	return !slices.Contains([]phase{asking, offering, open, stuck}, o.phase) || o.phase == offering && o.offer.around == nil
}

// Needs reports whether a key is about that.
func (w *Way) Needs(msg tea.KeyPressMsg) bool { return key.Matches(msg, w.keys.Add) }

// begin reads the pod, and goes on from there.
func (w *Way) begin(beside bool) tea.Cmd {
	o := &opening{beside: beside}
	if o.before = w.opening.before; w.opening.phase == open {
		o.before = w.opening
	}
	w.opening = o
	ctx, c, key := w.ctx, w.with.Cluster, w.with.Pod
	return func() tea.Msg {
		pod, err := c.Pod(ctx, key.Namespace, key.Name)
		return podMsg{o, pod, err}
	}
}

// fail says why there are no files.
func (w *Way) fail(err error) tea.Cmd {
	w.opening.phase, w.opening.problem = stuck, kube.Explain(err)
	return nil
}

func (w *Way) takePod(msg podMsg) tea.Cmd {
	o := w.opening
	if msg.err != nil {
		return w.fail(msg.err)
	}
	o.pod = msg.pod
	if w.Container == "" {
		w.Container = detail.Focus(msg.pod, w.Now())
	}
	c, ok := msg.pod.Container(w.Container)
	switch {
	case !ok:
		return w.fail(&kube.Problem{Message: fmt.Sprintf("pod %s has no container %q", msg.pod.Name, w.Container), Help: []kube.Help{kube.ListPods}})
	case !c.Running:
		return w.fail(&kube.Problem{
			Message: fmt.Sprintf("container %s is not running (%s): its files are there only while it runs", w.Container, c.State),
			Hint:    "try again when it runs, or look into a copy of the pod", Help: []kube.Help{kube.Retry, kube.ChooseTool},
		})
	}
	o.found = Found{Mounts: files.Mounts(msg.pod, w.Container), Started: c.Since, Access: fileaccess.Access{
		Runner: w.with.Runner, Cluster: w.with.Cluster, Target: kube.Target{Namespace: msg.pod.Namespace, Pod: msg.pod.Name, Container: w.Container},
		UID: string(msg.pod.Object().UID), Reason: w.said.Reason, Confirmed: w.said.Confirmed,
	}}
	return w.enter()
}

// enter holds it against the rules of the context, and asks what they want to be asked, one after the other.
func (w *Way) enter() tea.Cmd {
	o := w.opening
	job := o.found.Access.Entering()
	if p := job.Allowed(); p != nil {
		w.with.Runner.Refuse(job, p)
		return w.fail(p)
	}
	answer := func(a fileaccess.Access) tea.Msg { return kit.Return{Result: agreedMsg{o, a}} }
	switch access := o.found.Access; job.Missing() {
	case runner.PodName:
		o.phase = asking
		about, why := job.ToType()
		return w.Ask(kit.Show{Screen: kit.NewNamePrompt(w.Kit, why, about, w.Title(), w.keys.GoOn, func(name string) tea.Msg {
			access.Confirmed = name
			return answer(access)
		})})
	case runner.Reason:
		o.phase = asking
		return w.Ask(kit.Show{Screen: kit.NewReasonPrompt(w.Kit, w.Title(), w.keys.GoOn, func(text string) tea.Msg {
			access.Reason = text
			return answer(access)
		})})
	case runner.Nothing:
	}
	w.said = o.found.Access
	if o.beside {
		return w.plan()
	}
	return w.find()
}

// find looks for a place from which the files are reached without changing anything.
func (w *Way) find() tea.Cmd {
	o, ctx, c := w.opening, w.ctx, w.with.Cluster
	o.phase = finding
	pod, at := o.pod, o.found.Access.Target
	return func() tea.Msg {
		msg := placeMsg{of: o}
		if msg.place, msg.ok, msg.err = files.Find(ctx, c, pod, at); msg.ok && msg.err == nil {
			msg.who, _ = files.WhoRuns(ctx, c, msg.place) // what cannot be found out is not known
		}
		return msg
	}
}

func (w *Way) takePlace(msg placeMsg) tea.Cmd {
	o := w.opening
	switch {
	case msg.err != nil:
		return w.fail(msg.err)
	case !msg.ok:
		return w.plan()
	}
	o.before.endHelper(w)
	o.phase, o.found.Place, o.found.Who, o.before = open, msg.place, msg.who, nil
	if o.helper == nil { // a plan is written down as such
		o.found.Access.Record(journal.Attached, msg.place)
	}
	return nil
}

// goBack goes back to the files as they were reached before.
func (w *Way) goBack() {
	w.opening.endHelper(w)
	w.opening = w.opening.before
}

// endHelper ends the debug container that was added, meanwhile.
func (o *opening) endHelper(w *Way) { go o.takeHelper(w)() }

// takeHelper returns what ends it.
func (o *opening) takeHelper(w *Way) (end func()) {
	if o == nil || o.helper == nil {
		return func() {}
	}
	added := o.helper
	o.helper = nil
	return func() { _ = added.End(w.ctx) } // what could not be ended is among the leftovers
}
