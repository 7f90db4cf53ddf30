package kubelet

import (
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
)

// nodeRoom is a node as real processes see it that look at it from a pod: a folder with its files, its programs, and stand-ins for its daemons. It is made
// when the first of them does.
type nodeRoom struct {
	k    *Kubelet
	node *node
	dir  string
	pids []int // of its daemons
}

func (r *nodeRoom) bin() string  { return filepath.Join(r.dir, "bin") }
func (r *nodeRoom) root() string { return filepath.Join(r.dir, "root") }
func (r *nodeRoom) list() string { return filepath.Join(r.dir, "pids") }

// containers is the table of containers that the node's crictl shows.
func (r *nodeRoom) containers() string { return filepath.Join(r.dir, "containers") }

// note lists the processes of the node, and its containers.
func (r *nodeRoom) note() {
	pids := slices.Clone(r.pids)
	rows := []string{"CONTAINER      STATE    NAME                     ATTEMPT  POD"}
	for _, p := range r.k.pods {
		if p.node != r.node {
			continue
		}
		if p.room != nil {
			for _, pid := range p.room.pids {
				pids = append(pids, pid)
			}
		}
		for _, c := range p.all() {
			if c.instances > 0 {
				state := map[bool]string{true: "Running", false: "Exited"}[c.run != nil]
				rows = append(rows, fmt.Sprintf("%.13s  %-7s  %-23s  %-7d  %s", c.id, state, c.spec.Name, c.restarts, p.name.Name))
			}
		}
	}
	slices.Sort(pids)
	slices.Sort(rows[1:])
	list(r.list(), pids)
	_ = os.WriteFile(r.containers(), []byte(strings.Join(rows, "\n")+"\n"), 0o600) // crictl shows less without
}
