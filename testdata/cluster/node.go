package main

import (
	"context"
	"fmt"
	"io"
	"log"
	"os"
	"os/exec"
	"syscall"
)

// The node is a machine within the machine: process, mount, network and host name namespaces of its own, like a container
// without an image. Its first process is this program, called with commandNode. So containerd and the kubelet use their
// usual paths without touching the host's, and when the first process is killed the kernel ends every process of the node,
// unmounts what they mounted and removes their network: nothing can be left behind.

// nodeNamespaces are those that the node has of its own. Cgroups stay the host's, since the kubelet expects their root.
const nodeNamespaces = syscall.CLONE_NEWPID | syscall.CLONE_NEWNS | syscall.CLONE_NEWNET | syscall.CLONE_NEWUTS |
	syscall.CLONE_NEWIPC

// nodeMount is where the cluster's folder is seen inside the node. Being short and fixed it also keeps unix sockets below
// the 108 bytes that Linux allows for their paths, wherever the folder is.
const nodeMount = "/run/dayfly"

func (p Place) node() Component {
	return Component{
		Name: nameNode, Path: p.Bin(programName), Args: []string{commandNode, p.Dir}, Namespaces: nodeNamespaces,
	}
}

// Node is the first process of the node.
type Node struct {
	Place           // with the paths of the inside
	log   io.Writer // node.log on the host
}

// runNode is the life of the node. It returns only with an error.
func runNode(ctx context.Context, place Place) error {
	n := &Node{Place: place, log: os.Stderr}
	say := log.New(n.log, "", log.Ltime|log.Lmicroseconds)
	if err := n.enterMounts(); err != nil {
		return err
	}
	if err := syscall.Sethostname([]byte(nodeName)); err != nil {
		return fmt.Errorf("set host name: %w", err)
	}
	if err := n.writeContainerd(); err != nil {
		return err
	}
	if err := n.writeKubelet(); err != nil {
		return err
	}
	if err := n.writeKubeProxy(); err != nil {
		return err
	}
	if err := n.writeStatic(); err != nil {
		return err
	}
	children := map[int]string{}
	if err := n.spawnContainerd(children); err != nil {
		return err
	}
	if err := n.setUpNetwork(ctx); err != nil {
		return err
	}
	say.Print("network is up")
	if err := n.importPause(ctx); err != nil {
		return fmt.Errorf("%w, the end of containerd's log:\n%s", err, tail(n.Log("containerd"), 20))
	}
	say.Print("containerd is up")
	if err := n.awaitAPI(ctx); err != nil {
		return err
	}
	say.Print("API server is up")
	if err := n.spawn(children, nameKubelet, n.Bin(nameKubelet), n.kubeletArgs()...); err != nil {
		return err
	}
	if err := n.spawnKubeProxy(children); err != nil {
		return err
	}
	return n.reap(children)
}

// spawn starts a process that is never expected to end, but for [Restart].
func (n *Node) spawn(children map[int]string, name, path string, args ...string) error {
	file, err := os.Create(n.Log(name))
	if err != nil {
		return fmt.Errorf("log of %s: %w", name, err)
	}
	defer file.Close()
	cmd := exec.Command(path, args...)
	cmd.Dir, cmd.Stdout, cmd.Stderr = "/", file, file
	if err := cmd.Start(); err != nil {
		return fmt.Errorf("start %s: %w", name, err)
	}
	children[cmd.Process.Pid] = name
	return nil
}

// reap collects ended processes, as is the duty of a first process: containerd's shims leave theirs to it. It returns when
// one of the children has ended that is not to be started again, and with it the node, so that nobody waits for half of a node.
func (n *Node) reap(children map[int]string) error {
	for {
		var status syscall.WaitStatus
		pid, err := syscall.Wait4(-1, &status, 0, nil)
		if err == syscall.EINTR {
			continue
		} else if err != nil {
			return fmt.Errorf("wait for processes: %w", err)
		}
		if name, ok := children[pid]; ok {
			delete(children, pid)
			if again, err := n.startAgain(children, name); err != nil {
				return err
			} else if again {
				continue
			}
			return fmt.Errorf("%s ended (exit code %d, signal %d), the end of its log:\n%s",
				name, status.ExitStatus(), status.Signal(), tail(n.Log(name), 20))
		}
	}
}
