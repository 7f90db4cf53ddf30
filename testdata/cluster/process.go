package main

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"syscall"
	"time"
)

// Process is one process for all time: a number alone is used again, a number with the tick of its start is not.
type Process struct {
	PID   int    `json:"pid"`
	Start uint64 `json:"start"` // clock ticks between boot and the start of the process
}

// errGone is what a process that has ended is reported with.
var errGone = errors.New("no such process")

// FindProcess is the process that has this number now. What is left for its parent to collect counts as gone.
func FindProcess(pid int) (Process, error) {
	text, err := os.ReadFile(fmt.Sprintf("/proc/%d/stat", pid))
	if err != nil {
		return Process{}, errGone
	}
	return parseStat(text)
}

// parseStat reads a line of /proc/PID/stat. The second field is the name in parentheses and may hold anything.
func parseStat(text []byte) (Process, error) {
	open, end := bytes.IndexByte(text, '('), bytes.LastIndexByte(text, ')')
	if open < 0 || end < open {
		return Process{}, fmt.Errorf("read process status: no name in %q", text)
	}
	pid, err := strconv.Atoi(strings.TrimSpace(string(text[:open])))
	if err != nil {
		return Process{}, fmt.Errorf("read process status: %w", err)
	}
	// Counted after the name; in proc_pid_stat(5) they are fields 3, 20 and 22.
	const state, threads, start = 0, 17, 19
	fields := strings.Fields(string(text[end+1:]))
	if len(fields) <= start {
		return Process{}, fmt.Errorf("read process status: %d fields after the name", len(fields))
	}
	// A zombie with threads has only lost its first one: the others may still hold ports.
	if fields[state] == "X" || fields[state] == "Z" && fields[threads] <= "1" {
		return Process{}, errGone
	}
	ticks, err := strconv.ParseUint(fields[start], 10, 64)
	if err != nil {
		return Process{}, fmt.Errorf("read process status: start time: %w", err)
	}
	return Process{PID: pid, Start: ticks}, nil
}

// Alive reports whether this very process still runs.
func (p Process) Alive() bool {
	now, err := FindProcess(p.PID)
	return err == nil && now == p
}

// Kill ends the process at once, unless its number has gone to another one.
func (p Process) Kill() error {
	if !p.Alive() {
		return nil
	}
	if err := syscall.Kill(p.PID, syscall.SIGKILL); err != nil && !errors.Is(err, syscall.ESRCH) {
		return fmt.Errorf("kill process %d: %w", p.PID, err)
	}
	return nil
}

// pidFile is where a component's process is written down.
func (p Place) pidFile(component string) string { return p.Run("pid", component+".json") }

func (p Place) writePID(component string, process Process) error {
	text, err := json.Marshal(process)
	if err != nil {
		return fmt.Errorf("pid file of %s: %w", component, err)
	}
	if err := os.WriteFile(p.pidFile(component), text, 0o644); err != nil {
		return fmt.Errorf("pid file of %s: %w", component, err)
	}
	return nil
}

// readPID is the process of a component, whether or not it still runs.
func (p Place) readPID(component string) (Process, error) {
	text, err := os.ReadFile(p.pidFile(component))
	if err != nil {
		return Process{}, fmt.Errorf("pid file of %s: %w", component, err)
	}
	var process Process
	if err := json.Unmarshal(text, &process); err != nil {
		return Process{}, fmt.Errorf("pid file of %s: %w", component, err)
	}
	return process, nil
}

// processes are all processes that belong to this place: those of the pid files, and those that show by their program and
// arguments that they are components of it, for the case that the pid files were lost.
func (p Place) processes() []Process {
	seen := map[Process]bool{}
	for _, component := range componentNames() {
		if process, err := p.readPID(component); err == nil && process.Alive() {
			seen[process] = true
		}
	}
	entries, _ := filepath.Glob("/proc/[0-9]*")
	for _, entry := range entries {
		pid, _ := strconv.Atoi(filepath.Base(entry))
		exe, _ := os.Readlink(filepath.Join(entry, "exe"))
		line, _ := os.ReadFile(filepath.Join(entry, "cmdline"))
		args := strings.Split(strings.TrimRight(string(line), "\x00"), "\x00")
		if !p.owns(strings.TrimSuffix(exe, " (deleted)"), args) {
			continue
		}
		if process, err := FindProcess(pid); err == nil {
			seen[process] = true
		}
	}
	found := make([]Process, 0, len(seen))
	for process := range seen {
		found = append(found, process)
	}
	return found
}

// owns tells from program and arguments whether a process is a component of this place. It is narrow on purpose: a kubectl
// from bin/ or a pager on one of the logs is somebody's work. What runs inside the node ends with the node's first process
// and need not be known here.
func (p Place) owns(exe string, args []string) bool {
	switch exe {
	case p.Bin("kube-apiserver"), p.Bin("kube-controller-manager"), p.Bin("kube-scheduler"), p.Bin(nameKwok):
		return true
	case p.Bin(programName):
		return len(args) > 1 && (args[1] == commandSupport || args[1] == commandNode)
	}
	return filepath.Base(exe) == nameEtcd && slices.Contains(args, p.etcdDataFlag())
}

// killAll ends the processes and waits until they have gone, since a new API server cannot have the port of one that
// still leaves. Nothing here has a state worth saving, so nobody is asked to leave by itself.
func killAll(processes []Process) error {
	var errs []error
	for _, process := range processes {
		errs = append(errs, process.Kill())
	}
	deadline := time.Now().Add(20 * time.Second)
	for _, process := range processes {
		for process.Alive() {
			if time.Now().After(deadline) {
				errs = append(errs, fmt.Errorf("process %d does not end: see /proc/%[1]d/stack", process.PID))
				break
			}
			time.Sleep(5 * time.Millisecond)
		}
	}
	return errors.Join(errs...)
}
