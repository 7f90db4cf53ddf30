package main

import (
	"context"
	"fmt"
	"os"
	"strconv"
	"strings"
	"time"
)

// resident is the memory of a process that is in RAM, in MB.
func resident(pid int) (float64, error) {
	text, err := os.ReadFile(fmt.Sprintf("/proc/%d/status", pid))
	if err != nil {
		return 0, fmt.Errorf("memory of process %d: %w", pid, err)
	}
	for line := range strings.Lines(string(text)) {
		if value, ok := strings.CutPrefix(line, "VmRSS:"); ok {
			kilobytes, err := strconv.ParseFloat(strings.TrimSuffix(strings.TrimSpace(value), " kB"), 64)
			return kilobytes * 1024 / 1e6, err
		}
	}
	return 0, fmt.Errorf("memory of process %d: none is told", pid)
}

// busy is the time that a process has been on a processor. Linux counts it in hundredths of a second here.
func busy(pid int) (time.Duration, error) {
	text, err := os.ReadFile(fmt.Sprintf("/proc/%d/stat", pid))
	if err != nil {
		return 0, fmt.Errorf("time of process %d: %w", pid, err)
	}
	// Counted behind the name, which may hold anything; in proc_pid_stat(5) they are fields 14 and 15.
	const user, system, tick = 11, 12, 10 * time.Millisecond
	fields := strings.Fields(string(text[strings.LastIndexByte(string(text), ')')+1:]))
	var all time.Duration
	for _, field := range []int{user, system} {
		ticks, err := strconv.Atoi(fields[field])
		if err != nil {
			return 0, fmt.Errorf("time of process %d: %w", pid, err)
		}
		all += time.Duration(ticks) * tick
	}
	return all, nil
}

// load is how much of one core a process takes for a while, in percent.
func load(ctx context.Context, pid int, span time.Duration) (float64, error) {
	before, err := busy(pid)
	if err != nil {
		return 0, err
	}
	begin := time.Now()
	if err := pause(ctx, span); err != nil {
		return 0, err
	}
	after, err := busy(pid)
	return 100 * (after - before).Seconds() / time.Since(begin).Seconds(), err
}

// pause lets time pass in which something is measured, or comes to rest.
func pause(ctx context.Context, span time.Duration) error {
	select {
	case <-ctx.Done():
		return ctx.Err()
	case <-time.After(span):
		return nil
	}
}
