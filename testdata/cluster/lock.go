package main

import (
	"context"
	"fmt"
	"os"
	"syscall"
	"time"
)

// lock keeps two runs from building up and tearing down the same cluster at once; the second waits.
func (p Place) lock(ctx context.Context, report *Report) (unlock func(), err error) {
	if err := os.MkdirAll(p.Bin(""), 0o755); err != nil {
		return nil, fmt.Errorf("folder of the cluster: %w: choose another with %s", err, envDir)
	}
	file, err := os.OpenFile(p.Bin(".lock"), os.O_RDWR|os.O_CREATE, 0o644)
	if err != nil {
		return nil, fmt.Errorf("lock the cluster's folder: %w", err)
	}
	for said := false; ; said = true {
		err := syscall.Flock(int(file.Fd()), syscall.LOCK_EX|syscall.LOCK_NB)
		if err == nil {
			return func() { file.Close() }, nil
		}
		if !said {
			report.Step("waiting for another run that works on %s", p.Dir)
		}
		select {
		case <-ctx.Done():
			file.Close()
			return nil, fmt.Errorf("lock the cluster's folder: %w", ctx.Err())
		case <-time.After(100 * time.Millisecond):
		}
	}
}
