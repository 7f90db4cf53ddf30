package main

import (
	"context"
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

// The programs of the node that can be restarted within it. Their containers run on, as they do on a real node.
const (
	nameKubelet    = "kubelet"
	nameKubeProxy  = "kube-proxy"
	nameContainerd = "containerd"
)

// nodePrograms are started by the node, and by nobody else.
func nodePrograms() []string { return []string{nameKubelet, nameKubeProxy, nameContainerd} }

// wish is the file by which the node knows that a program of its own is to be started again when it ends. It has the same place on both sides.
func (p Place) wish(name string) string { return p.Run("node", "restart-"+name) }

// startAgain starts a program of the node that has ended, if that was wished for.
func (n *Node) startAgain(children map[int]string, name string) (again bool, err error) {
	if err := os.Remove(n.wish(name)); errors.Is(err, os.ErrNotExist) {
		return false, nil
	} else if err != nil {
		return false, fmt.Errorf("start %s again: %w", name, err)
	}
	switch name {
	case nameKubelet:
		return true, n.spawn(children, name, n.Bin(nameKubelet), n.kubeletArgs()...)
	case nameKubeProxy:
		return true, n.spawnKubeProxy(children)
	}
	return true, n.spawnContainerd(children)
}

func (n *Node) spawnContainerd(children map[int]string) error {
	return n.spawn(children, nameContainerd, "containerd", "--config="+n.Run("node", "containerd.toml"))
}

// restartInNode ends a program of the node as systemd would, by SIGTERM, and returns when another one serves.
func (p Place) restartInNode(ctx context.Context, report *Report, name string) error {
	unlock, err := p.lock(ctx, report)
	if err != nil {
		return err
	}
	defer unlock()
	node, err := p.readPID(nameNode)
	if err != nil {
		return fmt.Errorf("restart %s: %w: is the cluster up?", name, err)
	}
	old, err := childOf(node.PID, name)
	if err != nil {
		return err
	}
	if err := os.WriteFile(p.wish(name), nil, 0o600); err != nil {
		return fmt.Errorf("restart %s: %w", name, err)
	}
	if err := syscall.Kill(old.PID, syscall.SIGTERM); err != nil {
		return errors.Join(fmt.Errorf("restart %s: %w", name, err), os.Remove(p.wish(name)))
	}
	ctx, cancel := context.WithTimeout(ctx, startLimit)
	defer cancel()
	for {
		err := p.servesAgain(ctx, node, name, old)
		if err == nil {
			report.Step("%s is back", name)
			return nil
		}
		select {
		case <-ctx.Done():
			return fmt.Errorf("restart %s: still not after %s: %w, the end of its log:\n%s", name, startLimit, err, tail(p.Log(name), 20))
		case <-time.After(30 * time.Millisecond):
		}
	}
}

// servesAgain is nil when another process than the old one answers.
func (p Place) servesAgain(ctx context.Context, node Process, name string, old Process) error {
	if old.Alive() {
		return fmt.Errorf("process %d has not ended yet", old.PID)
	}
	if _, err := childOf(node.PID, name); err != nil {
		return err
	}
	switch name {
	case nameContainerd:
		return run(ctx, "nsenter", "-t", strconv.Itoa(node.PID), "-m", "-n", "-p", "--", "ctr", "--address="+containerdSocket, "version")
	case nameKubeProxy:
		return p.proxyAnswers(ctx)
	}
	api, err := p.OpenAPI()
	if err != nil {
		return err
	}
	return api.Get(ctx, "/api/v1/nodes/"+nodeName+"/proxy/healthz", nil)
}

// childOf finds the process of a program that was started by another process.
func childOf(parent int, program string) (Process, error) {
	entries, err := filepath.Glob("/proc/[0-9]*")
	if err != nil {
		return Process{}, fmt.Errorf("look for %s: %w", program, err)
	}
	for _, entry := range entries {
		text, _ := os.ReadFile(filepath.Join(entry, "stat")) // it may have ended meanwhile
		// pid (name) state parent …; a name may have blanks and brackets.
		from, to := strings.IndexByte(string(text), '('), strings.LastIndexByte(string(text), ')')
		if from < 0 || to < from || string(text[from+1:to]) != program {
			continue
		}
		if rest := strings.Fields(string(text[to+1:])); len(rest) < 2 || rest[1] != strconv.Itoa(parent) || rest[0] == "Z" {
			continue
		}
		pid, err := strconv.Atoi(filepath.Base(entry))
		if err != nil {
			return Process{}, fmt.Errorf("look for %s: %w", program, err)
		}
		return FindProcess(pid)
	}
	return Process{}, fmt.Errorf("%s does not run in the node", program)
}

func isInNode(name string) bool { return slices.Contains(nodePrograms(), name) }
