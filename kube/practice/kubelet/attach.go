package kubelet

import (
	"bytes"
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"io"
	"os/exec"
	"slices"
	"strings"
	"syscall"

	apierrors "k8s.io/apimachinery/pkg/api/errors"
	"k8s.io/apimachinery/pkg/types"

	"github.com/dayfly-k8s/dayfly/kube/practice/containerfiles"
	"github.com/dayfly-k8s/dayfly/kube/practice/process"
	"github.com/dayfly-k8s/dayfly/kube/practice/streams"
)

// Attach joins a client with a running container until its program or the client ends.
func (k *Kubelet) Attach(ctx context.Context, name streams.Container, s streams.Streams) error {
	k.mu.Lock()
	_, c := k.lookup(name)
	var run running
	var log *logbook
	if c != nil {
		run, log = c.run, c.log
	}
	k.mu.Unlock()
	switch run := run.(type) {
	case *local:
		if err := run.process.Attach(ctx, s); err != nil {
			return fmt.Errorf("attach to %s: %w", name.Name, err)
		}
		return nil
	case *simulated:
		return k.watch(ctx, run, log, s)
	}
	if err := k.assigned(name); err != nil {
		return err
	}
	return apierrors.NewInternalError(fmt.Errorf("unable to upgrade connection: container %s not found in pod %s_%s",
		name.Name, name.Pod, name.Namespace))
}

// assigned is what the API says of a pod that no node has.
func (k *Kubelet) assigned(name streams.Container) error {
	object := k.get(types.NamespacedName{Namespace: name.Namespace, Name: name.Pod})
	if object != nil && object.Spec.NodeName == "" {
		return apierrors.NewBadRequest(fmt.Sprintf("pod %s does not have a host assigned", name.Pod))
	}
	return nil
}

// watch gives a client the further lines of a simulated program. ^C in a terminal ends the program.
func (k *Kubelet) watch(ctx context.Context, run *simulated, log *logbook, s streams.Streams) error {
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	if s.Stdin != nil {
		go k.listen(cancel, run, s)
	}
	_, next, more, at, ended := log.read(0, k.clock.Now())
	for !ended {
		if err := k.await(ctx, log, more, at); err != nil {
			return nil // the client has left
		}
		var entries []entry
		entries, next, more, at, ended = log.read(next, k.clock.Now())
		for _, e := range entries {
			text := e.text
			if s.TTY {
				text = bytes.ReplaceAll(text, []byte("\n"), []byte("\r\n"))
			}
			if s.Stdout == nil {
				continue
			}
			if _, err := s.Stdout.Write(text); err != nil {
				return fmt.Errorf("write to the client: %w", err)
			}
		}
	}
	return nil
}

func (k *Kubelet) listen(cancel func(), run *simulated, s streams.Streams) {
	const interrupt = 3 // ^C
	typed := make([]byte, 256)
	for {
		n, err := s.Stdin.Read(typed)
		if s.TTY && bytes.IndexByte(typed[:n], interrupt) >= 0 {
			k.outside(run.stop)
		}
		if err != nil {
			if !errors.Is(err, io.EOF) || s.TTY {
				cancel()
			}
			return
		}
	}
}

// Exec runs a command of this machine in the container's scratch folder.
func (k *Kubelet) Exec(ctx context.Context, name streams.Container, command []string, s streams.Streams) error {
	if err := k.assigned(name); err != nil {
		return err
	}
	spec, ends, err := k.execSpec(name, command, s.TTY)
	if err != nil {
		return err
	}
	k.awaitIdle(ctx, name)
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	for _, over := range ends {
		go func() {
			select {
			case <-over: // what is executed in a container ends with it
				cancel()
			case <-ctx.Done():
			}
		}()
	}
	if endsContainer(command) && !k.host.Isolated() {
		return k.playEnd(ctx, name)
	}
	spec.TTY = s.TTY
	err = k.host.Run(ctx, spec, s)
	if err != nil && ctx.Err() != nil {
		return &streams.ExitError{Code: 128 + int(syscall.SIGKILL)}
	}
	var missing *exec.Error
	if !errors.As(err, &missing) {
		return err
	}
	id := make([]byte, 32)
	if _, err := rand.Read(id); err != nil {
		return fmt.Errorf("make the name of an exec: %w", err)
	}
	return &streams.ExitError{Code: notFound, Err: fmt.Errorf("failed to exec in container: "+
		"failed to start exec \"%x\": OCI runtime exec failed: exec failed: unable to start container process: %w: unknown",
		id, missing)}
}

// notFound is a shell's exit code for a command that is not there.
const notFound = 127

func (k *Kubelet) execSpec(name streams.Container, command []string, tty bool) (spec process.Spec, ends []<-chan struct{}, err error) {
	k.mu.Lock()
	defer k.mu.Unlock()
	_, c := k.lookup(name)
	if c == nil || c.run == nil {
		return spec, nil, apierrors.NewInternalError(fmt.Errorf(
			"unable to upgrade connection: container not found (%q)", name.Name))
	}
	if k.host == nil {
		return spec, nil, apierrors.NewInternalError(process.ErrUnsupported)
	}
	o, fails := c.outsideOf(command)
	if fails != "" {
		return spec, nil, &streams.ExitError{Code: joinCode, Err: errors.New(fails)}
	}
	spec, room, err := c.surroundings(o, tty)
	if err != nil {
		return spec, nil, apierrors.NewInternalError(err)
	}
	ends = []<-chan struct{}{c.over}
	if o.joins("pid") {
		ends = append(ends, o.target.over)
	}
	if o == nil {
		spec.Beside = c.process()
	} else {
		command = o.argv
	}
	if _, ok := c.run.(*simulated); ok && c.kind == appKind {
		spec.Dir = room.root(c)
	}
	if c.waits != nil {
		inside := c.waits.Inside(room.volume(c.waits.Volume), command)
		if inside[0] != command[0] { // a session, which has a prompt of its own: another would be a variable that the person has changed
			spec.Env = slices.DeleteFunc(spec.Env, func(pair string) bool { return strings.HasPrefix(pair, "PS1=") })
		}
		command = inside
	}
	as := *c
	as.outside = o
	target := as.seen()
	if image, err := k.images.Find(c.ref); err == nil && image.NoTar && c.kind != debugKind && o == nil && containerfiles.Script(command) {
		return spec, nil, &streams.ExitError{Code: 1}
	}
	command, spec.Env = containerfiles.Confine(command, spec.Env, target.pod.room.root(target))
	spec.Argv, spec.Argv0 = shell(command)
	return spec, ends, nil
}
