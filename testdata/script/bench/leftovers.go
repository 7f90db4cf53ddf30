package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"os/exec"
	"regexp"
	"syscall"
	"time"
)

// leftPods is how many of the pods have something left of debugging in them: see isDebugged of testdata/cluster.
const leftPods = manyPods * 3 / 100

// leftovers measures the search for what debugging has left among many pods. It makes the pods and takes them away again.
func (l *lab) leftovers(ctx context.Context) (rows []row, err error) {
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
	all := row{what: "10,000 pods: what debugging has left in them, start to end", unit: "ms", n: launches, bound: bound{kind: atMost, limit: 2000}}
	size := row{what: "… memory at most (RSS)", unit: "MB", n: launches, bound: bound{kind: atMost, limit: 60}}
	for range launches {
		took, most, err := l.listLeftovers(ctx)
		if err != nil {
			return nil, err
		}
		all.dayfly, size.dayfly = append(all.dayfly, took), append(size.dayfly, most)
	}
	screen := launched{args: []string{"leftovers"}, pods: leftPods, of: remains()}
	if err := l.launch(ctx, &screen, launches); err != nil {
		return nil, err
	}
	shown := screen.rows("10,000 pods: the screen of leftovers", 300, 60)
	shown[1].bound = bound{kind: atMost, limit: 2000}
	return append([]row{all, size}, shown...), nil
}

// remains are what debugging has left.
func remains() listed {
	return listed{"leftovers", regexp.MustCompile(`(debugger|busybox)-[a-z0-9]{5} `), regexp.MustCompile(`(\d+) leftovers`), nil}
}

// listLeftovers lists them once: the time in milliseconds, and the most memory in MB.
func (l *lab) listLeftovers(ctx context.Context) (took, most float64, err error) {
	cmd := exec.CommandContext(ctx, l.dayfly, "leftovers", "-n", manyNamespace, "-o", "json")
	cmd.Env = l.env
	begin := time.Now()
	out, err := cmd.Output()
	took = since(begin)
	if err != nil {
		return 0, 0, fmt.Errorf("dayfly leftovers: %w", err)
	}
	var found []struct{}
	if err := json.Unmarshal(out, &found); err != nil {
		return 0, 0, fmt.Errorf("dayfly leftovers: %w", err)
	}
	if len(found) != leftPods {
		return 0, 0, fmt.Errorf("dayfly leftovers found %d, and there are %d", len(found), leftPods)
	}
	usage, ok := cmd.ProcessState.SysUsage().(*syscall.Rusage)
	if !ok {
		return 0, 0, errors.New("the system does not tell how much memory a process had")
	}
	return took, float64(usage.Maxrss) * 1024 / 1e6, nil
}
