package main

import (
	"bytes"
	"context"
	"fmt"
	"os/exec"
	"slices"
	"strings"
	"time"

	corev1 "k8s.io/api/core/v1"
)

// The pods in which one command is run, and how often.
const (
	manyRuns   = 3
	manyOf     = 20
	manySelect = "many=yes"
)

// manyCommand is what is run in each of them.
const manyCommand = "hostname; cat /etc/resolv.conf"

// loop is how an experienced person does it: for each pod a debug container whose output is waited for.
const loop = `for pod in $("$KUBECTL" get pods -n "$NAMESPACE" -l ` + manySelect + ` -o name); do
	"$KUBECTL" debug -n "$NAMESPACE" "$pod" -q --attach --image=` + tool + ` --profile=general --image-pull-policy=IfNotPresent -- sh -c '` + manyCommand + `'
done`

// many measures one command in 20 pods: in a shell loop around kubectl debug, and by dayfly, as many at a time on a node as it usually runs, and ten.
func (l *lab) many(ctx context.Context) ([]row, error) {
	if err := l.makeMany(ctx); err != nil {
		return nil, err
	}
	ten := row{what: "20 pods: one command in each, 10 at a time on the node; a loop around kubectl debug", unit: "s", n: manyRuns, bound: bound{kind: atMost, limit: 0.2, noise: noise}}
	usual := row{what: "… 2 at a time, as usual", unit: "s", n: manyRuns}
	dayfly := func(more ...string) *exec.Cmd {
		args := slices.Concat([]string{"run", "-n", l.Name, "-l", manySelect, "--prefix", "--image", tool}, more, []string{"--", "sh", "-c", manyCommand})
		return exec.CommandContext(ctx, l.dayfly, args...)
	}
	for range manyRuns {
		shell := exec.CommandContext(ctx, "sh", "-c", loop)
		shell.Env = slices.Concat(l.env, []string{"KUBECTL=" + l.kubectl, "NAMESPACE=" + l.Name})
		for _, turn := range []struct {
			cmd     *exec.Cmd
			results []*[]float64
		}{
			{shell, []*[]float64{&ten.kubectl, &usual.kubectl}}, {dayfly("--per-node", "10"), []*[]float64{&ten.dayfly}}, {dayfly(), []*[]float64{&usual.dayfly}},
		} {
			took, err := l.inMany(turn.cmd)
			if err != nil {
				return nil, err
			}
			for _, results := range turn.results {
				*results = append(*results, took)
			}
		}
	}
	return []row{ten, usual}, nil
}

// inMany runs a program that runs the command in all pods, and returns how many seconds that took. All output must be there.
func (l *lab) inMany(cmd *exec.Cmd) (float64, error) {
	if cmd.Env == nil {
		cmd.Env = l.env
	}
	var out, said bytes.Buffer
	cmd.Stdout, cmd.Stderr = &out, &said
	begin := time.Now()
	if err := cmd.Run(); err != nil {
		return 0, fmt.Errorf("%s: %w: %s", cmd.Path, err, said.String())
	}
	took := time.Since(begin).Seconds()
	if n := strings.Count(out.String(), "nameserver"); n < manyOf {
		return 0, fmt.Errorf("%s has printed what %d of %d pods say: %s", cmd.Path, n, manyOf, said.String())
	}
	return took, nil
}

// makeMany makes the pods, and waits until they run.
func (l *lab) makeMany(ctx context.Context) error {
	for i := range manyOf {
		spec := corev1.PodSpec{Containers: []corev1.Container{{Name: "app", Image: tool, ImagePullPolicy: corev1.PullIfNotPresent, Command: []string{"sleep", "36000"}}}}
		if err := l.Run(ctx, fmt.Sprintf("many-%d", i), spec); err != nil {
			return err
		}
	}
	cmd := exec.CommandContext(ctx, l.kubectl, "label", "-n", l.Name, "pods", "--all", manySelect)
	cmd.Env = l.env
	if out, err := cmd.CombinedOutput(); err != nil {
		return fmt.Errorf("label the pods: %w: %s", err, out)
	}
	return nil
}
