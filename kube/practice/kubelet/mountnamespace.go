package kubelet

import (
	"hash/fnv"
	"strconv"
)

// A container has a mount namespace of its own, by which its processes know each other; processes of this machine have the machine's. So
// each process of a container carries the number of one in its environment, and the readlink of its pod tells it. Whoever looks in another
// way sees that it is in no container.
const mountNamespace = "PRACTICE_MOUNT_NAMESPACE"

// mounts is the number of the container's mount namespace, another for each time that it is started, and in each practice cluster of the
// machine: their containers have the same IDs, and each sees the processes of the others.
func (c *container) mounts() string {
	h := fnv.New32a()
	_, _ = h.Write([]byte(c.pod.k.dir + " " + c.id)) // a hash takes everything
	const first, digits = 5_000_000_000, 1_000_000_000
	return strconv.FormatUint(first+uint64(h.Sum32())%digits, 10)
}

// readlinkScript is the readlink of a pod.
const readlinkScript = `#!/bin/sh
# Shows the mount namespace of a process as a container has it; everything else as the machine's readlink does.
PATH=` + machinePath + `
for link; do :; done
case $link in
/proc/*/ns/mnt)
	number=$(tr '\0' '\n' <"${link%/ns/mnt}/environ" | sed -n 's/^` + mountNamespace + `=//p') 2>/dev/null
	[ -z "$number" ] || { echo "mnt:[$number]"; exit; }
esac
exec readlink "$@"
`
