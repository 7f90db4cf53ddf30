package nodepod

import (
	_ "embed" // the script
	"slices"
	"strconv"
	"strings"
)

//go:embed scripts/join.sh
var joinScript string

// Namespaces are those of a container that can be joined.
type Namespaces struct {
	Network, IPC, HostName, Processes, Mounts bool
}

// Usual are all of them but the mounts: with those one has the container's files, and the tools' no more.
func Usual() Namespaces {
	return Namespaces{Network: true, IPC: true, HostName: true, Processes: true}
}

// Namespace is one of them, as a person chooses it.
type Namespace struct {
	Name  string // as the kernel names it: net
	Words string
	Means string // what follows from joining it
	on    func(*Namespaces) *bool
}

// In reports whether some namespaces have it.
func (n Namespace) In(some Namespaces) bool { return *n.on(&some) }

// Turn is some namespaces with it, or without it if they have it.
func (n Namespace) Turn(some Namespaces) Namespaces {
	on := n.on(&some)
	*on = !*on
	return some
}

// All are all namespaces, in the order in which they are shown.
func All() []Namespace {
	return []Namespace{
		{"net", "network", "localhost, addresses and ports are the container's", func(n *Namespaces) *bool { return &n.Network }},
		{"pid", "processes", "ps shows the container's processes alone", func(n *Namespaces) *bool { return &n.Processes }},
		{"ipc", "shared memory", "ipcs shows the container's", func(n *Namespaces) *bool { return &n.IPC }},
		{"uts", "host name", "hostname is the pod's", func(n *Namespaces) *bool { return &n.HostName }},
		{"mnt", "files", "its files, not the tools'; off, for many have no shell", func(n *Namespaces) *bool { return &n.Mounts }},
	}
}

// List are the names of some namespaces, as the kernel has them.
func (n Namespaces) List() []string {
	var list []string
	for _, one := range All() {
		if one.In(n) {
			list = append(list, one.Name)
		}
	}
	return list
}

// Words are some namespaces in words; empty: none.
func (n Namespaces) Words() []string {
	var list []string
	for _, one := range All() {
		if one.In(n) {
			list = append(list, one.Words)
		}
	}
	return list
}

// Joining is how a container is joined.
type Joining struct {
	ContainerID string // of the runtime, without its name before it
	// Sandbox is the UID of the pod where its containers have a kernel of their own (gVisor, Kata): then only the network of the pod can be joined, and
	// the node shows no process of the container. Empty: they have not.
	Sandbox    string
	Namespaces Namespaces
	UID, GID   *int64 // to run as; nil: root
	AsTarget   bool   // to run as the container's first process does; it counts before UID
}

// Command has a container of [Inside] run a command in the namespaces.
func (j Joining) Command(command []string) []string {
	id, other := j.ContainerID, ""
	if j.Sandbox != "" { // as cgroupfs and systemd write it
		id, other = "pod"+j.Sandbox, "pod"+strings.ReplaceAll(j.Sandbox, "-", "_")
	}
	return append([]string{"sh", "-c", joinScript, "dayfly", "/proc", id, other, strings.Join(j.Namespaces.List(), " "), j.user()}, command...)
}

func (j Joining) user() string {
	switch {
	case j.AsTarget:
		return "target"
	case j.UID == nil:
		return ""
	}
	gid := j.GID
	if gid == nil {
		gid = j.UID
	}
	return strconv.FormatInt(*j.UID, 10) + ":" + strconv.FormatInt(*gid, 10)
}

// Again is what one more shell runs in a container of [Inside] that has begun with a command: it goes to the same place. It is empty where the container
// goes nowhere.
func Again(command []string) []string {
	const goes = 9 // what Joining.Command has before the command itself
	switch {
	case len(command) > goes && command[0] == "sh" && command[2] == joinScript:
		return append(slices.Clone(command[:goes]), "sh")
	case len(command) > 3 && slices.Equal(command[:3], ShellCommand(nil)[:3]):
		return ShellCommand(HostShell())
	}
	return nil
}

// Lacks tells what an image most likely lacks to join a container, by its name: of a Nixery image its packages are known. known is false where nothing is.
func Lacks(image string) (words string, known bool) {
	name, _, _ := strings.Cut(image, "@")
	parts := strings.Split(name, "/")
	if tag := strings.LastIndex(parts[len(parts)-1], ":"); tag >= 0 {
		parts[len(parts)-1] = parts[len(parts)-1][:tag]
	}
	has := func(names ...string) bool {
		return slices.ContainsFunc(parts, func(part string) bool { return slices.Contains(names, part) })
	}
	switch {
	case has("busybox", "alpine", "netshoot", "util-linux", "ubuntu", "debian", "fedora"):
		return "", true
	case len(parts) > 2 && has("shell"): // of Nixery: https://nixery.dev
		return "nsenter", true
	case has("static", "static-debian12", "scratch"):
		return "a shell and nsenter", true
	}
	return "", false
}
