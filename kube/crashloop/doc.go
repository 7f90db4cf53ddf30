// Package crashloop opens a shell inside the image of a container that cannot stay up.
//
// In a copy of the pod the container is idle ([Open]): in its own image, with its variables, mounts, user and directory, it waits instead of running
// its program. An init container of a tool image has put a static busybox and the scripts of this package into a volume that the container mounts, so
// that an image without a shell has one. The session is that shell, by exec; in it run-original does what the container would have done, as often as
// wanted, and probe tries its probes. The package is pure: it only changes the specification of a copy.
package crashloop
