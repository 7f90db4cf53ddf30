// Package process runs the containers of the practice cluster as real processes of this machine, and sees to it that none
// of them outlives dayfly, in whatever way dayfly ends.
//
// dayfly does not start them itself. With the first one, or at [Host.Warm], it starts a warden, which is dayfly's own
// program executed again (see [Main]) in a session of its own, and asks it for a shim for each container, which is the
// same program once more. The shim is the parent of the container's first process:
//
//	dayfly ── warden ─┬─ shim ── sh ── …      pod a
//	                  └─ shim ── sh ── …      pod b
//
// On Linux warden and shims are child subreapers: whatever a container starts, daemons in sessions of their own included,
// stays below its shim, and what loses its shim stays below the warden. So each knows what it has to end: the shim when
// the first process ends, when dayfly closes the socket between them by dying, and when its warden dies; the warden when
// dayfly dies, or a shim. Only to kill all of them at one blow would set anything free, and then the first process of each
// container gets the kernel's signal for the death of its parent.
//
// Where the kernel allows it, for root and for whoever may make user namespaces, the warden is the first process of a PID namespace and has a
// /proc of its own: a container sees and signals the processes of its own practice cluster and no others, whatever is typed in it, and the
// kernel ends all of them with the warden. Each container has a mount namespace, which what is executed in it joins; what it mounts is not mounted
// on the machine, and it finds files at places that the machine has not (Spec.Mounts). [Host.Isolated] tells. Elsewhere containers are among the processes of the machine, and the practice kubelet runs nothing by
// itself that looks for others.
//
// macOS has neither namespaces nor subreapers. There a process that leaves its parents and its process group on purpose, as daemons do, may
// live on.
//
// A container with a TTY has a pseudo-terminal, whose master is in dayfly, and a session of its own that it controls: job
// control works as in a terminal window. Without one it has pipes.
//
// Any number of clients attach to a process at once. Each gets all output from then on, in order and complete. A client
// that takes nothing holds the process up, as in real runtimes: 256 kB are kept for it, then the process waits. But when it has
// taken nothing for half a minute meanwhile it is cut off with [ErrSlow], for the sake of the other clients.
package process
