package main

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"syscall"
	"time"

	corev1 "k8s.io/api/core/v1"
)

// The files that are copied, and how often.
const (
	fileRuns  = 5
	largeFile = 1 << 30
	smallMany = 10_000 // files of a kilobyte, in 100 folders
)

// fillFiles makes them in a container.
const fillFiles = `head -c %d /dev/urandom >/data/large; mkdir /data/many; cd /data/many; i=0; while [ $i -lt %d ]; do ` +
	`[ $((i%%100)) -ne 0 ] || mkdir d$((i/100)); head -c 1000 /dev/urandom >d$((i/100))/f$i; i=$((i+1)); done`

// files measures a large file and many small ones, out of a pod and into it. The large one comes out of a container without a shell, by a debug container; kubectl
// reads it with cat, from one that has it. Of its rate the time counts from its first byte to its last.
func (l *lab) files(ctx context.Context) (rows []row, err error) {
	if err := l.makeFiles(ctx); err != nil {
		return nil, err
	}
	atPod, many := l.Name+"/files", filepath.Join(l.folder, "many")
	own := func(args ...string) *exec.Cmd {
		return exec.CommandContext(ctx, l.dayfly, append([]string{"cp", "-q"}, args...)...)
	}
	theirs := func(args ...string) *exec.Cmd {
		return exec.CommandContext(ctx, l.kubectl, append([]string{"-n", l.Name}, args...)...)
	}
	rate := row{what: "1 GiB out of a container without a shell; kubectl exec cat, out of one with it", unit: "MB/s", n: fileRuns, bound: bound{kind: atLeast, limit: 0.95, noise: noise}}
	size := row{what: "… memory at most (RSS)", unit: "MB", n: fileRuns, bound: bound{kind: atMost, limit: 80}}
	whole := row{what: "… out of the same container, start to end, with the SHA-256 of both ends", unit: "s", n: fileRuns}
	out := row{what: "10,000 files of 1 kB out, start to end; kubectl cp", unit: "s", n: fileRuns}
	in := row{what: "… into a pod", unit: "s", n: fileRuns}
	sent := row{what: "1 GiB into a pod, start to end; kubectl cp", unit: "s", n: fileRuns}
	large := filepath.Join(l.folder, "large")
	for range fileRuns {
		for _, turn := range []struct {
			r       *row
			of      *[]float64
			cmd     *exec.Cmd
			measure func(*exec.Cmd) (float64, error)
		}{
			{&rate, &rate.kubectl, theirs("exec", "files", "-c", "shell", "--", "cat", "/data/large"), rateOf},
			{&rate, &rate.dayfly, own(atPod+":/data/large", "-", "-c", "app"), rateOf},
			{&whole, &whole.kubectl, theirs("exec", "files", "-c", "shell", "--", "cat", "/data/large"), secondsOf},
			{&whole, &whole.dayfly, own(atPod+":/data/large", large, "-c", "shell"), secondsOf},
			{&out, &out.kubectl, theirs("cp", "--retries=10", "files:/data/many", many+"-k", "-c", "shell"), secondsOf},
			{&out, &out.dayfly, own(atPod+":/data/many", many, "-c", "shell"), secondsOf},
			{&in, &in.kubectl, theirs("cp", many, "files:/data/in-k", "-c", "shell"), secondsOf},
			{&in, &in.dayfly, own(many, atPod+":/data/in", "-c", "shell"), secondsOf},
			{&sent, &sent.kubectl, theirs("cp", large, "files:/data/sent", "-c", "shell"), secondsOf},
			{&sent, &sent.dayfly, own(large, atPod+":/data/sent", "-c", "shell"), secondsOf},
		} {
			turn.cmd.Env = l.env
			value, err := turn.measure(turn.cmd)
			if err != nil {
				return nil, fmt.Errorf("%s: %s: %w", turn.r.what, filepath.Base(turn.cmd.Path), err)
			}
			*turn.of = append(*turn.of, value)
			if usage, ok := turn.cmd.ProcessState.SysUsage().(*syscall.Rusage); ok && turn.of == &rate.dayfly {
				size.dayfly = append(size.dayfly, float64(usage.Maxrss)/1e3)
			}
		}
		if err := errors.Join(os.RemoveAll(many), os.RemoveAll(many+"-k"), os.Remove(large)); err != nil {
			return nil, fmt.Errorf("take the copies away: %w", err)
		}
		clean := theirs("exec", "files", "-c", "shell", "--", "sh", "-c", "rm -rf /data/in* /data/sent")
		clean.Env = l.env
		if text, err := clean.CombinedOutput(); err != nil {
			return nil, fmt.Errorf("take the copies away: %w: %s", err, text)
		}
	}
	return []row{rate, size, whole, out, in, sent}, nil
}

// makeFiles makes the pod that has them.
func (l *lab) makeFiles(ctx context.Context) error {
	mounts := []corev1.VolumeMount{{Name: "data", MountPath: "/data"}}
	shell := corev1.Container{Image: tool, ImagePullPolicy: corev1.PullIfNotPresent, VolumeMounts: mounts}
	fill, stays := shell, shell
	fill.Name, fill.Command = "fill", []string{"sh", "-c", fmt.Sprintf(fillFiles, largeFile, smallMany)}
	stays.Name, stays.Command = "shell", []string{"sleep", "36000"}
	return l.Run(ctx, "files", corev1.PodSpec{
		InitContainers: []corev1.Container{fill},
		Containers:     []corev1.Container{{Name: "app", Image: or("DAYFLY_E2E_WEB", "registry.example/demo/web:1"), VolumeMounts: mounts}, stays},
		Volumes:        []corev1.Volume{{Name: "data"}},
	})
}

// secondsOf runs a program, and returns how long that took.
func secondsOf(cmd *exec.Cmd) (float64, error) {
	var said bytes.Buffer
	cmd.Stderr = &said
	began := time.Now()
	if err := cmd.Run(); err != nil {
		return 0, fmt.Errorf("%w: %s", err, said.String())
	}
	return time.Since(began).Seconds(), nil
}

// rateOf runs a program that prints the large file, and returns how many megabytes came in a second.
func rateOf(cmd *exec.Cmd) (float64, error) {
	var said bytes.Buffer
	cmd.Stderr = &said
	from, err := cmd.StdoutPipe()
	if err != nil {
		return 0, fmt.Errorf("read what it prints: %w", err)
	}
	if err := cmd.Start(); err != nil {
		return 0, fmt.Errorf("start it: %w", err)
	}
	if _, err = io.ReadFull(from, make([]byte, 1)); err == nil {
		began := time.Now()
		last := began
		var n int64
		for part := make([]byte, 1<<20); err == nil; { // what it does behind the last byte, as comparing both ends, is in the next row
			var m int
			if m, err = from.Read(part); m > 0 {
				n, last = n+int64(m), time.Now()
			}
		}
		if errors.Is(err, io.EOF) {
			err = nil
		}
		rate := float64(n) / 1e6 / last.Sub(began).Seconds()
		if err = errors.Join(err, cmd.Wait()); err == nil && n == largeFile-1 {
			return rate, nil
		}
	}
	return 0, fmt.Errorf("it has not printed all: %w: %s", errors.Join(err, io.ErrUnexpectedEOF), said.String())
}
