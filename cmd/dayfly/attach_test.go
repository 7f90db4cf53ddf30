//go:build unix

package main

import (
	"encoding/json"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// begins starts a debug container in a pod that runs until the test ends, and returns its name.
func (b *bench) begins(pod string, args ...string) (name string) {
	b.t.Helper()
	before := b.attachable(pod)
	cmd := b.command(append([]string{"run", pod}, args...)...)
	in, err := cmd.StdinPipe()
	if err != nil {
		b.t.Fatal(err)
	}
	out, err := cmd.StdoutPipe()
	if err != nil {
		b.t.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		b.t.Fatal(err)
	}
	b.t.Cleanup(func() {
		_ = cmd.Process.Kill()
		_ = in.Close()
		_ = cmd.Wait()
	})
	if _, err := out.Read(make([]byte, 100)); err != nil {
		b.t.Fatalf("it prints nothing: %v", err)
	}
	for _, a := range b.attachable(pod) {
		known := false
		for _, old := range before {
			known = known || old.Container == a.Container
		}
		if !known {
			return a.Container
		}
	}
	b.t.Fatal("it is not in the list")
	return ""
}

// attachable is what dayfly attach use -o json to list.
func (b *bench) attachable(args ...string) []attachable {
	b.t.Helper()
	got := b.runs(nil, append([]string{"attach", "-o", "json"}, args...)...)
	var list []attachable
	if err := json.Unmarshal([]byte(got.stdout), &list); err != nil || got.code != 0 {
		b.t.Fatalf("%v: %+v", err, got)
	}
	return list
}

const talks = "echo hello there; while sleep 0.2; do echo and on; done"

func TestAttachList(t *testing.T) {
	t.Parallel()
	b := practised(t)
	if list := b.attachable("-A"); len(list) != 0 {
		t.Errorf("before anything: %+v", list)
	}
	name := b.begins("annotated", "--", "sh", "-c", talks)
	other := b.begins("nonroot", "-i", "--", "sh", "-c", talks)
	list := b.attachable("-A")
	if len(list) != 2 {
		t.Fatalf("the list is %+v", list)
	}
	if list[0].Container == other {
		list[0], list[1] = list[1], list[0]
	}
	first := list[0]
	if first.Namespace != "shop" || first.Pod != "annotated" || first.Container != name || first.Image != "busybox:1.37" || first.Target != "app" ||
		first.By != "dayfly" || first.Started == nil || first.TTY || first.Stdin || !list[1].Stdin {
		t.Errorf("the list is %+v", list)
	}
	if of := b.attachable("nonroot"); len(of) != 1 || of[0].Container != other {
		t.Errorf("of one pod: %+v", of)
	}
	if of := b.attachable("annotated", "nosuch"); len(of) != 0 {
		t.Errorf("of no container: %+v", of)
	}
	if of := b.attachable("-n", "default"); len(of) != 0 {
		t.Errorf("of another namespace: %+v", of)
	}
}

// TestAttachFollows what has neither a terminal nor an input: nothing is typed to it.
func TestAttachFollows(t *testing.T) {
	t.Parallel()
	b := practised(t)
	name := b.begins("annotated", "--", "sh", "-c", talks)
	for _, args := range [][]string{{"annotated"}, {"pod/annotated", name}} {
		p := sitDownAt(t, b.folder, os.Args[0], append([]string{"attach"}, args...)...)
		p.seesBelow("dayfly: "+name+" in annotated", "and on")
		p.types("typed\r")
		p.presses("ctrl+]")
		p.sees("◉ detached", "0 bytes typed")
	}
}

// TestAttachGoesOn with a shell that was detached from, typed to and ended.
func TestAttachGoesOn(t *testing.T) {
	t.Parallel()
	b := practised(t)
	p := sitDownAt(t, b.folder, os.Args[0], "run", "annotated", "-it", "--", "sh")
	p.isInside()
	p.tells("mine=42")
	p.presses("ctrl+]")
	if code, err := p.Wait(patience); err != nil || code != 0 {
		t.Fatalf("exit code %d, %v\n%s", code, err, p.Screen())
	}
	if !p.Screen().Has("may still be running. To attach: dayfly attach annotated debugger-") {
		t.Errorf("it does not say how to go on:\n%s", p.Screen())
	}
	p = sitDownAt(t, b.folder, os.Args[0], "attach", "annotated")
	p.isInside()
	if said := p.tells("echo $mine"); said != "42" {
		t.Errorf("it is another shell: %q", said)
	}
	p.types("exit 3\r")
	p.sees("exit 3")
	p.leavesTheCard()
}

// TestAttachChooses where several run, and lists them all without a pod.
func TestAttachChooses(t *testing.T) {
	t.Parallel()
	b := practised(t)
	one, two := b.begins("annotated", "--", "sh", "-c", talks), b.begins("annotated", "--", "sh", "-c", talks)
	p := sitDownAt(t, b.folder, os.Args[0], "attach", "annotated")
	p.sees("CONTAINER", one, two)
	p.presses("q")
	p.ends()
	p = sitDownAt(t, b.folder, os.Args[0], "attach")
	p.sees("sessions", one, two)
	p.presses("q")
	p.ends()
}

// Mistakes are told before the screen is touched, with what to do.
func TestAttachRefuses(t *testing.T) {
	t.Parallel()
	b := practised(t)
	ended := b.runs(nil, "run", "nonroot", "-q", "-o", "json", "--", "sh", "-c", "exit 3")
	name := reportOf(t, ended.stderr).Container
	for label, c := range map[string]struct {
		args string
		says []string
		code int
	}{
		"unknown pod":         {"nosuch", []string{"there is no pod nosuch in namespace shop"}, 1},
		"none has ever run":   {"annotated", []string{"no debug container is running in pod annotated", "to start one, open the pod: dayfly annotated --context=practice --namespace=shop"}, 1},
		"none runs any more":  {"nonroot", []string{"no debug container is running in pod nonroot: " + name + " ended: exit 3"}, 1},
		"ended":               {"nonroot " + name, []string{name + " in pod nonroot is not running: ended: exit 3", "to start one, open the pod"}, 1},
		"unknown container":   {"nonroot nosuch", []string{"pod nonroot has no container nosuch", "its debug containers are " + name}, 1},
		"no debug container":  {"annotated app", []string{"app is not a debug container of pod annotated"}, 1},
		"a workload":          {"deploy/web", []string{"name one of the pods of deployment/web"}, 2},
		"too much":            {"a b c", []string{"expected at most a pod and a container, got 3 arguments"}, 2},
		"pod and all":         {"-A annotated", []string{"cannot be used with --all-namespaces"}, 2},
		"an odd output":       {"-o yaml", []string{`--output "yaml": use json`}, 2},
		"read-only":           {"--read-only annotated", []string{"read-only: nothing is changed"}, 1},
		"unknown pod, listed": {"nosuch -o json", []string{"there is no pod nosuch"}, 1},
	} {
		t.Run(label, func(t *testing.T) {
			t.Parallel()
			p := start(t, b.folder, 200, 30, append([]string{"attach"}, strings.Fields(c.args)...)...)
			if code := p.exit(); code != c.code {
				t.Errorf("exit code %d, want %d", code, c.code)
			}
			for _, words := range c.says {
				p.waitFor(words)
			}
			p.restored()
			if strings.Contains(p.raw(), "\x1b") {
				t.Errorf("the terminal was touched: %q", p.raw())
			}
		})
	}
	t.Run("no terminal", func(t *testing.T) {
		t.Parallel()
		if got := b.runs(nil, "attach", "annotated"); got.code != exitUsage || !strings.Contains(got.stderr, "not a terminal\n  use -o json to list") {
			t.Errorf("%+v", got)
		}
	})
}

// TestAttachAsksForTheName of a pod that is in a protected context.
func TestAttachAsksForTheName(t *testing.T) {
	t.Parallel()
	b := practised(t)
	name := b.begins("annotated", "--", "sh", "-c", talks)
	write(t, filepath.Join(b.folder, "config/dayfly/config.yaml"), "guard: {protected: true}\n")
	p := sitDownAt(t, b.folder, os.Args[0], "attach", "annotated")
	p.sees("is protected", "annotated")
	p.types("annotated\r")
	p.seesBelow("dayfly: "+name+" in annotated", "and on")
	p.presses("ctrl+]")
	p.sees("◉ detached")
}
