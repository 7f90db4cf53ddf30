package main

import (
	"context"
	"fmt"
	"os"
	"os/exec"
	"time"

	"github.com/dayfly-k8s/dayfly/testdata/script/terminal"
)

// startUp measures dayfly alone: its size, its two quickest answers, and the time to the first rows.
func (l *lab) startUp(context.Context) ([]row, error) {
	info, err := os.Stat(l.dayfly)
	if err != nil {
		return nil, fmt.Errorf("size of the binary: %w", err)
	}
	size := []float64{float64(info.Size()) / 1e6}
	rows := []row{{what: "size of the binary", unit: "MB", n: 1, dayfly: size, bound: bound{kind: atMost, limit: 45}}}
	for _, flag := range []string{"--version", "--help"} {
		r := row{what: "dayfly " + flag, unit: "ms", n: startRuns, bound: bound{kind: atMost, limit: 20}}
		for range startRuns {
			begin := time.Now()
			if out, err := exec.Command(l.dayfly, flag).CombinedOutput(); err != nil {
				return nil, fmt.Errorf("dayfly %s: %w\n%s", flag, err, out)
			}
			r.dayfly = append(r.dayfly, since(begin))
		}
		rows = append(rows, r)
	}
	r := row{what: "start to the first rows", unit: "ms", n: startRuns}
	for range startRuns {
		took, err := l.firstRows()
		if err != nil {
			return nil, err
		}
		r.dayfly = append(r.dayfly, took)
	}
	return append(rows, r), nil
}

// firstRows is the time from the start of dayfly to the first pod on the screen, in milliseconds.
func (l *lab) firstRows() (float64, error) {
	begin := time.Now()
	t, err := l.start(l.dayfly, "-n", l.Name)
	if err != nil {
		return 0, err
	}
	defer t.Close()
	if err := t.WaitFor(patience, "the first rows", func(s terminal.Screen) bool { return s.Has(" "+l.pod+" ") && s.Has("Running") }); err != nil {
		return 0, err
	}
	return since(begin), nil
}

func since(begin time.Time) float64 { return float64(time.Since(begin).Microseconds()) / 1000 }

// patience is for anything at all.
const patience = 60 * time.Second

func (l *lab) start(program string, args ...string) (*terminal.Terminal, error) {
	return terminal.Start(terminal.Program{Path: program, Args: args, Env: l.env, Cols: 100, Rows: 40})
}
