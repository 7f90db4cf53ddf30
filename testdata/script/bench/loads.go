package main

import (
	"context"
	"errors"
	"fmt"
)

// loads measures the processor while nobody presses a key: when nothing happens in the cluster, and when pods change.
func (l *lab) loads(ctx context.Context, f *fleet, s launched) ([]row, error) {
	t, err := l.rest(ctx, s)
	if err != nil {
		return nil, err
	}
	defer t.Close()
	t.Mute(true)
	still, err := windows(ctx, t.PID())
	if err != nil {
		return nil, err
	}
	stop, err := f.churn(churnRate)
	if err != nil {
		return nil, err
	}
	var changing []float64
	if err = pause(ctx, restSpan); err == nil {
		changing, err = windows(ctx, t.PID())
	}
	if err := errors.Join(err, stop()); err != nil {
		return nil, err
	}
	what := fmt.Sprintf("load of a core in %d s, ", int(loadSpan.Seconds()))
	return []row{
		{what: what + "nothing happens", unit: "%", n: loadRuns, dayfly: still, bound: bound{kind: atMost, limit: 0.5}},
		{what: what + fmt.Sprintf("%d changes/s", churnRate), unit: "%", n: loadRuns, dayfly: changing, bound: bound{kind: atMost, limit: 8}},
	}, nil
}

// windows are the loads of a process in some spans after each other.
func windows(ctx context.Context, pid int) ([]float64, error) {
	var loads []float64
	for range loadRuns {
		percent, err := load(ctx, pid, loadSpan)
		if err != nil {
			return nil, err
		}
		loads = append(loads, percent)
	}
	return loads, nil
}

// bytesAsked measures what comes from the API server until the first rows are there, and until all pods are; and what kubectl asks for.
func (l *lab) bytesAsked(s launched) ([]row, error) {
	first := row{what: "from the API server until the first rows", unit: "MB", n: byteRuns}
	all := row{what: "… until all pods", unit: "MB", n: byteRuns}
	for range byteRuns {
		early, late, err := l.bytesOnce(s)
		if err != nil {
			return nil, err
		}
		first.dayfly, all.dayfly = append(first.dayfly, early), append(all.dayfly, late)
	}
	p, err := l.newProxy()
	if err != nil {
		return nil, err
	}
	defer p.listener.Close()
	if _, err := l.kubectlPods(append(l.env, "KUBECONFIG="+p.kubeconfig)); err != nil {
		return nil, err
	}
	all.kubectl = []float64{megabytes(p)}
	return []row{first, all}, nil
}

func (l *lab) bytesOnce(s launched) (early, late float64, err error) {
	p, err := l.newProxy()
	if err != nil {
		return 0, 0, err
	}
	defer p.listener.Close()
	t, err := l.startWide(append(l.env, "KUBECONFIG="+p.kubeconfig), l.dayfly, s.args...)
	if err != nil {
		return 0, 0, err
	}
	defer t.Close()
	if err := t.WaitFor(patience, "the first rows", s.of.hasRows); err != nil {
		return 0, 0, err
	}
	early = megabytes(p)
	if err := t.WaitFor(patience, "all pods", s.hasAll); err != nil {
		return 0, 0, err
	}
	return early, megabytes(p), nil
}

func megabytes(p *proxy) float64 { return float64(p.got.Load()) / 1e6 }
