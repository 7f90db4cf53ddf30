package process

import (
	"fmt"
	"os"
	"runtime"
	"syscall"

	"golang.org/x/sys/unix"
)

// isolations are the ways to start a warden in PID and mount namespaces of its own. Whoever is not root, or is root without the
// capabilities of one, needs a user namespace for it, in which they are root.
func isolations() []*syscall.SysProcAttr {
	const own = unix.CLONE_NEWPID | unix.CLONE_NEWNS
	user := &syscall.SysProcAttr{
		Cloneflags:  own | unix.CLONE_NEWUSER,
		UidMappings: []syscall.SysProcIDMap{{HostID: os.Geteuid(), Size: 1}},
		GidMappings: []syscall.SysProcIDMap{{HostID: os.Getegid(), Size: 1}},
	}
	if os.Geteuid() != 0 {
		return []*syscall.SysProcAttr{user}
	}
	return []*syscall.SysProcAttr{{Cloneflags: own}, user}
}

// isolate makes the namespaces of this process, which is the first in them, those of a container: /proc tells of its own processes, and
// what is mounted here is not mounted on the machine.
func isolate() error {
	if os.Getpid() != 1 {
		return fmt.Errorf("process %d is not the first of its namespace", os.Getpid())
	}
	// What the machine unmounts is unmounted here too, and never the other way round.
	if err := unix.Mount("", "/", "", unix.MS_REC|unix.MS_SLAVE, ""); err != nil {
		return fmt.Errorf("part with the mounts of the machine: %w", err)
	}
	if err := unix.Mount("proc", "/proc", "proc", unix.MS_NOSUID|unix.MS_NODEV|unix.MS_NOEXEC, ""); err != nil {
		return fmt.Errorf("mount /proc: %w", err)
	}
	return nil
}

// enter has a process that is going to be started by this thread join the mount namespace of another, or get one of its own.
func (l *launch) enter(sys *syscall.SysProcAttr) error {
	switch {
	case l.Beside == 0 && len(l.Mounts) > 0:
		if err := unix.Unshare(unix.CLONE_FS | unix.CLONE_NEWNS); err != nil {
			return fmt.Errorf("make a container with mounts: %w", err)
		}
		return l.mount()
	case l.Beside == 0:
		sys.Cloneflags |= unix.CLONE_NEWNS
		return nil
	}
	namespace, err := os.Open(fmt.Sprintf("/proc/%d/ns/mnt", l.Beside))
	if err != nil {
		return fmt.Errorf("find the container: %w", err)
	}
	defer func() { _ = namespace.Close() }()
	if err := unix.Unshare(unix.CLONE_FS); err != nil {
		return fmt.Errorf("enter the container: %w", err)
	}
	if err := unix.Setns(int(namespace.Fd()), unix.CLONE_NEWNS); err != nil {
		return fmt.Errorf("enter the container: %w", err)
	}
	return nil
}

// startApart starts the process from a thread that is not the shim's first: the shim is not to be found in the container's mount namespace,
// and it is the first thread that /proc shows. That thread lives as long as the shim: the kernel tells the process of its death.
func (l *launch) startApart() (pid int, err error) {
	started := make(chan struct{})
	go func() {
		runtime.LockOSThread()
		if unix.Gettid() == os.Getpid() {
			pid, err = l.startApart() // while this goroutine has the first
		} else {
			pid, err = l.start()
		}
		close(started)
		select {}
	}()
	<-started
	return pid, err
}
