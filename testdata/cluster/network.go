package main

import (
	"context"
	"errors"
	"fmt"
	"net"
	"net/netip"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"time"
)

// nodeLink is the node's end of the link to the host.
const nodeLink = "eth0"

// run runs a short command and reports what it printed when it goes wrong.
func run(ctx context.Context, name string, args ...string) error {
	out, err := exec.CommandContext(ctx, name, args...).CombinedOutput()
	if err != nil {
		return fmt.Errorf("%s %s: %w: %s", name, strings.Join(args, " "), err, strings.TrimSpace(string(out)))
	}
	return nil
}

// linkNode connects the host with the network namespace of the node's first process. The link goes away with the node.
func (p Place) linkNode(ctx context.Context, node Process) error {
	link := p.LinkName()
	steps := [][]string{
		{"link", "add", link, "type", "veth", "peer", "name", nodeLink, "netns", strconv.Itoa(node.PID)},
		{"addr", "add", p.HostAddr().String() + "/30", "dev", link},
		{"link", "set", link, "up"},
	}
	for _, args := range steps {
		if err := run(ctx, "ip", args...); err != nil {
			return fmt.Errorf("connect the node: %w", err)
		}
	}
	return nil
}

// unlinkNode removes a link whose node has gone before the kernel gets round to it.
func (p Place) unlinkNode(ctx context.Context) error {
	if _, err := net.InterfaceByName(p.LinkName()); err != nil {
		return nil // there is none
	}
	err := run(ctx, "ip", "link", "del", p.LinkName())
	if _, gone := net.InterfaceByName(p.LinkName()); gone != nil {
		return nil
	}
	return err
}

// checkNetwork says who has what this place needs. It is called when nothing of the place itself runs.
func (p Place) checkNetwork() error {
	for offset, name := range map[int]string{
		portAPI: nameAPIServer, portEtcd: nameEtcd, portEtcdPeer: nameEtcd + " (peers)", portNixery: nameNixery,
		portNowhere: `the context "nowhere"`,
	} {
		addr := fmt.Sprintf("127.0.0.1:%d", p.Port(offset))
		listener, err := net.Listen("tcp", addr)
		if err != nil {
			return fmt.Errorf("%s for %s is taken by %s: end that, or set %s to another folder, whose ports differ (%w)",
				addr, name, portOwner(p.Port(offset)), envDir, err)
		}
		listener.Close()
	}
	links, err := net.Interfaces()
	if err != nil {
		return fmt.Errorf("list network interfaces: %w", err)
	}
	for _, link := range links {
		addrs, _ := link.Addrs()
		for _, addr := range addrs {
			taken, err := netip.ParsePrefix(addr.String())
			if err == nil && link.Name != p.LinkName() && taken.Masked().Overlaps(p.Link()) {
				return fmt.Errorf("network %s for the node is taken by interface %s (%s): set %s to another folder, whose "+
					"network differs", p.Link(), link.Name, taken, envDir)
			}
		}
	}
	return nil
}

// portOwner finds the process that listens on a TCP port of this host, for an error text.
func portOwner(port int) string {
	sockets := map[string]bool{}
	for _, table := range []string{"/proc/net/tcp", "/proc/net/tcp6"} {
		text, _ := os.ReadFile(table)
		for line := range strings.Lines(string(text)) {
			const local, state, inode = 1, 3, 9
			fields := strings.Fields(line)
			if len(fields) > inode && fields[state] == "0A" && strings.HasSuffix(fields[local], fmt.Sprintf(":%04X", port)) {
				sockets["socket:["+fields[inode]+"]"] = true
			}
		}
	}
	descriptors, _ := filepath.Glob("/proc/[0-9]*/fd/*")
	for _, descriptor := range descriptors {
		if target, _ := os.Readlink(descriptor); !sockets[target] {
			continue
		}
		dir := filepath.Dir(filepath.Dir(descriptor))
		line, _ := os.ReadFile(filepath.Join(dir, "cmdline"))
		return fmt.Sprintf("process %s (%.60s)", filepath.Base(dir), strings.ReplaceAll(string(line), "\x00", " "))
	}
	return "a process that does not show itself"
}

// setUpNetwork runs in the node: it waits for the link from the host, then makes addresses and the route. What Services need, kube-proxy makes.
func (n *Node) setUpNetwork(ctx context.Context) error {
	ctx, cancel := context.WithTimeout(ctx, 20*time.Second)
	defer cancel()
	for {
		if _, err := net.InterfaceByName(nodeLink); err == nil {
			break
		}
		select {
		case <-ctx.Done():
			return errors.New("the host has not connected the node: it was probably interrupted, start again")
		case <-time.After(5 * time.Millisecond):
		}
	}
	steps := [][]string{
		{"link", "set", "lo", "up"},
		{"addr", "add", n.NodeAddr().String() + "/30", "dev", nodeLink},
		{"link", "set", nodeLink, "up"},
		{"route", "add", "default", "via", n.HostAddr().String()},
	}
	for _, args := range steps {
		if err := run(ctx, "ip", args...); err != nil {
			return fmt.Errorf("network of the node: %w", err)
		}
	}
	return nil
}
