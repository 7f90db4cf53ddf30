package main

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"time"

	"github.com/dayfly-k8s/dayfly/testdata/script/terminal"
)

// The pods of triage: one large namespace, and as many as in the largest clusters over all of them.
const (
	manyPods      = 10_000
	mostPods      = 50_000
	manyNamespace = "scale"
)

// How often each thing is measured, and for how long.
const (
	launches    = 7
	kubectlRuns = 3
	byteRuns    = 3
	filterKeys  = 120
	cursorMoves = 240
	loadSpan    = 10 * time.Second
	loadRuns    = 3
	churnRate   = 100
	restSpan    = 2 * time.Second // until memory and load are those of rest
)

// triage measures the list of pods in a large cluster. It makes the pods and takes them away again.
func (l *lab) triage(ctx context.Context) (rows []row, err error) {
	f, err := l.newFleet(ctx)
	if err != nil {
		return nil, err
	}
	if !l.standing {
		defer func() { err = errors.Join(err, f.scale(context.WithoutCancel(ctx), 0)) }()
	}
	if err := f.scale(ctx, manyPods); err != nil {
		return nil, err
	}
	one, err := l.oneNamespace(ctx, f)
	if err != nil {
		return one, err
	}
	if err := f.scale(ctx, mostPods); err != nil {
		return one, err
	}
	all, err := l.allNamespaces(ctx)
	return append(one, all...), err
}

// oneNamespace measures what is bound at 10,000 pods.
func (l *lab) oneNamespace(ctx context.Context, f *fleet) ([]row, error) {
	within := launched{args: []string{"-n", manyNamespace}, pods: manyPods, of: pods()}
	if err := l.launch(ctx, &within, launches); err != nil {
		return nil, err
	}
	beside := row{
		what: "… beside all of `kubectl get pods` in a pty", unit: "ms", n: launches, dayfly: within.first,
		bound: bound{kind: atMost, limit: 1.0 / 8},
	}
	for range kubectlRuns {
		took, err := l.kubectlPods(l.env)
		if err != nil {
			return nil, err
		}
		beside.kubectl = append(beside.kubectl, took)
	}
	rows := within.rows("10,000 pods", 250, 90)
	rows[1].bound = bound{kind: atMost, limit: 600}
	rows = slices.Insert(rows, 1, beside)
	bytes, err := l.bytesAsked(within)
	if err != nil {
		return nil, err
	}
	loads, err := l.loads(ctx, f, within)
	return slices.Concat(rows, bytes, loads), err
}

// allNamespaces measures what is bound at 50,000 pods.
func (l *lab) allNamespaces(ctx context.Context) ([]row, error) {
	within := launched{args: []string{"-A"}, pods: mostPods, of: pods()}
	if err := l.launch(ctx, &within, launches); err != nil {
		return nil, err
	}
	keys, err := l.reactions(ctx, within)
	return append(within.rows("50,000 pods, -A", 500, 200), keys...), err
}

// launched is what is seen of starts with some arguments, which lead to so many pods, or nodes.
type launched struct {
	args             []string
	pods             int
	of               listed
	first, all, size []float64
}

func (s launched) rows(what string, firstRows, memory float64) []row {
	n := len(s.first)
	return []row{
		{what: what + ": start to the first rows", unit: "ms", n: n, dayfly: s.first, bound: bound{kind: atMost, limit: firstRows}},
		{what: "… to all " + s.of.noun, unit: "ms", n: n, dayfly: s.all},
		{what: "… memory after that (RSS)", unit: "MB", n: n, dayfly: s.size, bound: bound{kind: atMost, limit: memory}},
	}
}

// launch starts dayfly n times and takes down what it sees.
func (l *lab) launch(ctx context.Context, s *launched, n int) error {
	for range n {
		if err := l.launchOnce(ctx, s); err != nil {
			return err
		}
	}
	return nil
}

func (l *lab) launchOnce(ctx context.Context, s *launched) error {
	begin := time.Now()
	t, err := l.startWide(l.env, l.dayfly, s.args...)
	if err != nil {
		return err
	}
	defer t.Close()
	if err := t.WaitFor(patience, "the first rows", s.of.hasRows); err != nil {
		return err
	}
	s.first = append(s.first, since(begin))
	if err := t.WaitFor(patience, "all "+s.of.noun, s.hasAll); err != nil {
		return err
	}
	s.all = append(s.all, since(begin))
	if err := pause(ctx, restSpan); err != nil {
		return err
	}
	size, err := resident(t.PID())
	s.size = append(s.size, size)
	return err
}

// kubectlPods is the time that kubectl takes for the same pods, from its start to its end, in milliseconds.
func (l *lab) kubectlPods(env []string) (float64, error) {
	begin := time.Now()
	t, err := l.startWide(env, l.kubectl, "get", "pods", "-n", manyNamespace)
	if err != nil {
		return 0, err
	}
	defer t.Close()
	t.Mute(true)
	if code, err := t.Wait(patience); err != nil || code != 0 {
		return 0, errors.Join(fmt.Errorf("kubectl get pods: exit code %d", code), err)
	}
	return since(begin), nil
}

// startWide starts a program in a terminal of the size that triage is measured in.
func (l *lab) startWide(env []string, program string, args ...string) (*terminal.Terminal, error) {
	return terminal.Start(terminal.Program{Path: program, Args: args, Env: env, Cols: 120, Rows: 36})
}
