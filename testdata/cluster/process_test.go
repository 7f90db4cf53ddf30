package main

import (
	"errors"
	"os"
	"os/exec"
	"testing"
)

func TestParseStat(t *testing.T) {
	line := func(head, threads string) []byte {
		return []byte(head + " 1 1 0 0 -1 4194560 1 2 3 4 5 6 7 8 20 0 " + threads + " 0 4242 1000 10")
	}
	for name, test := range map[string]struct {
		text []byte
		want Process
		err  error
	}{
		"plain":               {line("17 (etcd) S", "9"), Process{17, 4242}, nil},
		"parentheses in name": {line("17 (a) R (b) S", "1"), Process{17, 4242}, nil},
		"zombie":              {line("17 (etcd) Z", "1"), Process{}, errGone},
		"zombie with threads": {line("17 (etcd) Z", "10"), Process{17, 4242}, nil},
		"line break in name":  {line("17 (a\nb) S", "1"), Process{17, 4242}, nil},
		"dead":                {line("17 (etcd) X", "0"), Process{}, errGone},
	} {
		got, err := parseStat(test.text)
		if got != test.want || !errors.Is(err, test.err) {
			t.Errorf("%s: %v, %v", name, got, err)
		}
	}
	for _, text := range []string{"", "17 etcd S 1", "17 (etcd) S 1 2 3", "x (etcd) S"} {
		if got, err := parseStat([]byte(text)); err == nil {
			t.Errorf("%q gives %v and no error", text, got)
		}
	}
}

func TestKillSparesAnotherProcessWithTheSameNumber(t *testing.T) {
	cmd := exec.Command("sleep", "60")
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	defer cmd.Process.Kill()
	process, err := FindProcess(cmd.Process.Pid)
	if err != nil {
		t.Fatal(err)
	}
	earlier := Process{PID: process.PID, Start: process.Start - 1}
	if earlier.Alive() {
		t.Error("a process of another time counts as alive")
	}
	if err := killAll([]Process{earlier}); err != nil || !process.Alive() {
		t.Fatalf("the new owner of the number was killed (%v)", err)
	}
	if err := killAll([]Process{process}); err != nil || process.Alive() {
		t.Fatalf("the process itself lives (%v)", err)
	}
}

func TestPIDFile(t *testing.T) {
	p := NewPlace(t.TempDir())
	if err := os.MkdirAll(p.Run("pid"), 0o755); err != nil {
		t.Fatal(err)
	}
	self, err := FindProcess(os.Getpid())
	if err != nil {
		t.Fatal(err)
	}
	if err := p.writePID(nameEtcd, self); err != nil {
		t.Fatal(err)
	}
	if got, err := p.readPID(nameEtcd); err != nil || got != self || !got.Alive() {
		t.Errorf("read back %v, %v", got, err)
	}
	if _, err := p.readPID(nameNode); err == nil {
		t.Error("a pid file that is not there gives no error")
	}
}

func TestOwnsIsNarrow(t *testing.T) {
	p := NewPlace("/x/.cluster")
	for _, test := range []struct {
		exe  string
		args []string
		want bool
	}{
		{"/x/.cluster/bin/kube-apiserver", []string{"kube-apiserver"}, true},
		{"/x/.cluster/bin/cluster", []string{"cluster", commandNode, "/x/.cluster"}, true},
		{"/x/.cluster/bin/cluster", []string{"cluster", "status"}, false},
		{"/x/.cluster/bin/kubectl", []string{"kubectl", "get", "pods"}, false},
		{"/y/.cluster/bin/kube-apiserver", []string{"kube-apiserver"}, false},
		{"/usr/bin/etcd", []string{"etcd", "--data-dir=/x/.cluster/run/etcd"}, true},
		{"/usr/bin/etcd", []string{"etcd", "--data-dir=/y/.cluster/run/etcd"}, false},
		{"/usr/bin/less", []string{"less", "--data-dir=/x/.cluster/run/etcd"}, false},
		{"", []string{""}, false},
	} {
		if got := p.owns(test.exe, test.args); got != test.want {
			t.Errorf("owns(%s, %q) = %v", test.exe, test.args, got)
		}
	}
}
