package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"time"
)

// Down stops the cluster and removes all that it made but the binaries; with all, these too.
func Down(ctx context.Context, p Place, report *Report, all bool) error {
	if _, err := os.Stat(p.Dir); errors.Is(err, os.ErrNotExist) {
		report.Step("nothing is there: %s", p.Dir)
		return nil
	}
	unlock, err := p.lock(ctx, report)
	if err != nil {
		return err
	}
	defer unlock()
	if err := p.clean(ctx, report); err != nil {
		return err
	}
	if all {
		if err := os.RemoveAll(p.Dir); err != nil {
			return fmt.Errorf("remove the cluster's folder: %w", err)
		}
		report.Step("is down, nothing is left")
		return nil
	}
	report.Step("is down; only the built binaries are left, in %s (`go run . down --all` removes them too)", p.Bin(""))
	return nil
}

// clean removes every trace of an earlier run, however it ended. The order matters: with the node's first process go all
// processes, mounts and links of the node, and only then its cgroups and files can.
func (p Place) clean(ctx context.Context, report *Report) error {
	processes := p.processes()
	if len(processes) > 0 {
		report.Step("stopping %d processes", len(processes))
	}
	if err := killAll(processes); err != nil {
		return err
	}
	if err := p.unlinkNode(ctx); err != nil {
		return err
	}
	if err := p.removeCgroups(); err != nil {
		return err
	}
	return removeState(p.Run())
}

// removeState removes a folder in which the last mounts of an ended node may take a moment to go.
func removeState(dir string) error {
	deadline := time.Now().Add(5 * time.Second)
	for {
		err := os.RemoveAll(dir)
		if err == nil {
			return nil
		}
		if time.Now().After(deadline) {
			return fmt.Errorf("remove the cluster's state: %w", err)
		}
		time.Sleep(50 * time.Millisecond)
	}
}
