package batchrun_test

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"net/http"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/dayfly-k8s/dayfly/kube"
	"github.com/dayfly-k8s/dayfly/kube/batch"
	"github.com/dayfly-k8s/dayfly/kube/debug"
	"github.com/dayfly-k8s/dayfly/kube/kubetest"
	"github.com/dayfly-k8s/dayfly/tui/batchrun"
	"github.com/dayfly-k8s/dayfly/tui/journal"
	"github.com/dayfly-k8s/dayfly/tui/runner"
)

func TestMain(m *testing.M) { kubetest.Main(m) }

// book is a journal that is only in memory.
type book struct {
	mu      sync.Mutex
	actions map[string]int
}

func (b *book) Write(e journal.Entry) error {
	b.mu.Lock()
	defer b.mu.Unlock()
	if b.actions == nil {
		b.actions = map[string]int{}
	}
	b.actions[e.Action]++
	return nil
}

// prepared is a batch for the pods of a selector, whose debug containers run a command.
func prepared(t *testing.T, c *kube.Cluster, q batch.Query, change func(s batch.Subject, r *debug.Request), command ...string) batch.Batch {
	t.Helper()
	subjects, err := batch.Choose(t.Context(), c, q)
	if err != nil {
		t.Fatal(err)
	}
	return batch.Prepare(t.Context(), c, subjects, batch.Options{Plan: func(s batch.Subject, around debug.PodEnvironment) (debug.Plan, error) {
		r := debug.Request{Name: debug.NewName(), Image: "busybox:1.37", Command: command, Profile: kube.General, NoTTY: true, NoStdin: true}
		pod := s.Pod
		if s.Node != "" {
			pod, r.Way, r.EndsAfter = c.OnNode(s.Node), debug.Node, time.Hour
		}
		if change != nil {
			change(s, &r)
		}
		return debug.NewPlan(pod, r.FitNode(around.Host))
	}})
}

// options are those of a batch, with a runner.
func options(t *testing.T, c *kube.Cluster, b batch.Batch) (batchrun.Options, *book) {
	t.Helper()
	if len(b.Runs()) == 0 {
		t.Fatalf("nothing runs: %+v", b.Reasons())
	}
	written := &book{}
	return batchrun.Options{Cluster: c, Runner: runner.New(t.Context(), runner.Options{Journal: written}), Items: b.Runs()}, written
}

// byName are results by the names of their items.
func byName(results []batchrun.Result) map[string]batchrun.Result {
	all := map[string]batchrun.Result{}
	for _, r := range results {
		all[r.Item.Name()] = r
	}
	return all
}

// What each prints and its exit code are right, an image that is not there holds nobody up, and each is in the journal.
func TestRun(t *testing.T) {
	t.Parallel()
	c := kubetest.PractiseLive(t, "practice")
	b := prepared(t, c, batch.Query{Namespace: "shop", Names: []string{"annotated", "nonroot", "notready", "crasher"}}, func(s batch.Subject, r *debug.Request) {
		switch s.Pod.Name {
		case "nonroot":
			r.RunAsUser = new(int64(1000))
		case "notready":
			r.Image = "registry.example.com/nope:1"
		case "crasher":
			r.Command = []string{"sh", "-c", "echo two; exit 3"}
		}
	}, "sh", "-c", "echo one")
	o, written := options(t, c, b)
	var streamed sync.Map
	o.Output = func(item int, p []byte) {
		before, _ := streamed.LoadOrStore(item, "")
		streamed.Store(item, before.(string)+string(p))
	}
	last := batchrun.Progress{}
	o.Ended = func(_ int, _ batchrun.Result, now batchrun.Progress) { last = now }
	results := batchrun.Run(t.Context(), nil, o)
	o.Runner.Drain(t.Context())
	got := byName(results)
	for name, want := range map[string]string{"shop/annotated": "exit 0 one\n", "shop/nonroot": "exit 0 one\n", "shop/crasher": "exit 3 two\n"} {
		if r := got[name]; r.Outcome()+" "+string(r.Output) != want || !r.Added || r.RunsOn || r.Bytes != 4 || r.Cut {
			t.Errorf("%s: %s %q, %+v", name, r.Outcome(), r.Output, r)
		}
	}
	if r := got["shop/notready"]; r.Exit != nil || !strings.Contains(r.Outcome(), "ErrImagePull") || !r.Added {
		t.Errorf("the image that is not there: %s", r.Outcome())
	}
	for i, r := range results {
		if text, _ := streamed.LoadOrStore(i, ""); text != string(r.Output) {
			t.Errorf("%s was streamed as %q", r.Item.Name(), text)
		}
	}
	if last != (batchrun.Progress{All: 4, Done: 4, Failed: 2}) {
		t.Errorf("at last, progress is %+v", last)
	}
	if a := written.actions; a["added"] != 4 || a["ended"] != 3 || a["failed"] != 1 {
		t.Errorf("the journal has %v", a)
	}
}

// What is executed changes nothing, and its exit code is the command's.
func TestRunExec(t *testing.T) {
	t.Parallel()
	c := kubetest.PractiseLive(t, "practice")
	subjects, err := batch.Choose(t.Context(), c, batch.Query{Namespace: "shop", Names: []string{"annotated"}})
	if err != nil {
		t.Fatal(err)
	}
	o, written := options(t, c, batch.Prepare(t.Context(), c, subjects, batch.Options{Exec: true}))
	for want, command := range map[string][]string{"exit 0 hi\n": {"echo", "hi"}, "exit 7 ": {"sh", "-c", "exit 7"}} {
		o.Command = command
		r := batchrun.Run(t.Context(), nil, o)[0]
		if got := r.Outcome() + " " + string(r.Output); got != want || r.Added {
			t.Errorf("%q: %q, want %q", command, got, want)
		}
	}
	o.Command = []string{"no-such-command"}
	if r := batchrun.Run(t.Context(), nil, o)[0]; r.OK() {
		t.Errorf("a command that is not there: %+v", r)
	}
	o.Runner.Drain(t.Context())
	if a := written.actions; a["attached"] != 3 || a["ended"] < 2 || a["added"] != 0 {
		t.Errorf("the journal has %v", a)
	}
}

// A pod on each node runs the command, and is gone afterwards.
func TestRunOnNodes(t *testing.T) {
	t.Parallel()
	c := kubetest.PractiseLive(t, "practice")
	b := prepared(t, c, batch.Query{Nodes: true}, nil, "echo", "here")
	o, _ := options(t, c, b)
	for _, r := range batchrun.Run(t.Context(), nil, o) {
		if r.Outcome() != "exit 0" || string(r.Output) != "here\n" || r.Stays != "" {
			t.Errorf("%s: %s %q, stays: %s", r.Item.Name(), r.Outcome(), r.Output, r.Stays)
		}
		if _, err := c.Pod(t.Context(), r.Item.Target.Namespace, r.Item.Target.Pod); !kube.IsNotFound(err) {
			t.Errorf("pod %s is there still: %v", r.Item.Target, err)
		}
	}
}

// Copies and pods that join a container run the command, and are deleted afterwards; the pods are as they were.
func TestRunBeside(t *testing.T) {
	t.Parallel()
	c := kubetest.PractiseLive(t, "practice")
	for _, way := range []debug.Way{debug.Copy, debug.Join} {
		subjects, err := batch.Choose(t.Context(), c, batch.Query{Namespace: "shop", Names: []string{"annotated", "nonroot"}})
		if err != nil {
			t.Fatal(err)
		}
		o, _ := options(t, c, batch.Prepare(t.Context(), c, subjects, batch.Options{Way: way, Plan: func(s batch.Subject, around debug.PodEnvironment) (debug.Plan, error) {
			r := debug.Request{
				Way: way, Name: debug.NewName(), Target: s.Pod.Default, Image: "busybox:1.37", Command: []string{"sh", "-c", "echo here; exit 3"},
				Profile: kube.General, NoTTY: true, NoStdin: true, EndsAfter: time.Hour,
			}
			return debug.NewPlan(s.Pod, r.Fit(around.Copy).FitNode(around.Host))
		}}))
		for _, r := range batchrun.Run(t.Context(), nil, o) {
			if r.Outcome() != "exit 3" || string(r.Output) != "here\n" || r.Stays != "" || !r.Added || way == debug.Copy && len(r.IPs) == 0 {
				t.Errorf("%s: %s: %s %q, stays: %s, at %s", way, r.Item.Name(), r.Outcome(), r.Output, r.Stays, r.IPs)
			}
			if made, err := c.Pod(t.Context(), r.Item.Target.Namespace, r.Item.Target.Pod); !kube.IsNotFound(err) && (made == nil || !made.Deleting) {
				t.Errorf("%s: pod %s is there still: %v", way, r.Item.Target, err)
			}
			if pod, err := c.Pod(t.Context(), "shop", r.Item.Pod.Name); err != nil || len(pod.Containers) != len(r.Item.Pod.Containers) {
				t.Errorf("%s: pod %s is not as it was: %v", way, r.Item.Name(), err)
			}
		}
	}
}

// Of a long output the beginning is kept, and how long it was is known. One that never ends is left at its deadline.
func TestRunLimits(t *testing.T) {
	t.Parallel()
	c := kubetest.PractiseLive(t, "practice")
	subjects, err := batch.Choose(t.Context(), c, batch.Query{Namespace: "shop", Names: []string{"annotated"}})
	if err != nil {
		t.Fatal(err)
	}
	o, _ := options(t, c, batch.Prepare(t.Context(), c, subjects, batch.Options{Exec: true}))
	o.Keep, o.Command = 1000, []string{"sh", "-c", "yes | head -c 100000000"}
	if r := batchrun.Run(t.Context(), nil, o)[0]; !r.OK() || r.Bytes != 100_000_000 || !r.Cut || !bytes.Equal(r.Output, bytes.Repeat([]byte("y\n"), 500)) {
		t.Errorf("%s, %d bytes, %d are kept, cut: %t", r.Outcome(), r.Bytes, len(r.Output), r.Cut)
	}
	b := prepared(t, c, batch.Query{Namespace: "shop", Names: []string{"annotated"}}, nil, "sh", "-c", "echo begun; while :; do sleep 1; done")
	o, _ = options(t, c, b)
	o.Timeout = 3 * time.Second
	if r := batchrun.Run(t.Context(), nil, o)[0]; r.Outcome() != "timed out after 3s" || !r.RunsOn || !r.Added {
		t.Errorf("one that never ends: %s, runs on: %t, added: %t", r.Outcome(), r.RunsOn, r.Added)
	}
}

// many are items that are executed in one pod, each on its own node.
func many(t *testing.T, c *kube.Cluster, n int, nodes int) []batch.Item {
	t.Helper()
	pod, err := c.Pod(t.Context(), "shop", "annotated")
	if err != nil {
		t.Fatal(err)
	}
	items := make([]batch.Item, n)
	for i := range items {
		items[i] = batch.Item{
			Subject: batch.Subject{Namespace: "shop", Pod: pod}, OnNode: fmt.Sprintf("n-%d", i%nodes),
			Target: kube.Target{Namespace: "shop", Pod: "annotated", Container: "app"},
		}
	}
	return items
}

// Neither more than in all nor more than on a node run at a time, and all of them run.
func TestRunAtOnce(t *testing.T) {
	t.Parallel()
	c := kubetest.PractiseLive(t, "practice")
	for _, limit := range []struct{ max, perNode, nodes, want int }{{3, 5, 9, 3}, {10, 2, 2, 4}} {
		folder := t.TempDir()
		var most atomic.Int64
		o := batchrun.Options{Cluster: c, Runner: runner.New(t.Context(), runner.Options{}), Items: many(t, c, 12, limit.nodes), Max: limit.max, PerNode: limit.perNode}
		o.Command = []string{"sh", "-c", "f=" + folder + "/$$; : >$f; sleep 0.3; ls " + folder + " | wc -l; rm $f"}
		done := 0
		o.Output = func(_ int, p []byte) {
			var n int64
			if _, err := fmt.Sscan(string(p), &n); err == nil {
				most.Store(max(most.Load(), n))
			}
		}
		for _, r := range batchrun.Run(t.Context(), nil, o) {
			if r.OK() {
				done++
			}
		}
		if n := int(most.Load()); n < 1 || n > limit.want || done != 12 {
			t.Errorf("%d at a time, of at most %d; %d are done", n, limit.want, done)
		}
	}
}

// No more are begun when too many have failed, and when somebody stops them; who runs is waited for.
func TestRunStops(t *testing.T) {
	t.Parallel()
	c := kubetest.PractiseLive(t, "practice")
	begun := func(results []batchrun.Result) (n int) {
		for _, r := range results {
			if !r.NotBegun {
				n++
			}
		}
		return n
	}
	o := batchrun.Options{Cluster: c, Runner: runner.New(t.Context(), runner.Options{}), Items: many(t, c, 20, 20), Max: 1, StopShare: 0.1, Command: []string{"false"}}
	if n := begun(batchrun.Run(t.Context(), nil, o)); n != 3 {
		t.Errorf("%d are begun", n)
	}
	stop := make(chan struct{})
	o.StopShare, o.Command = 0, []string{"echo", "hi"}
	o.Ended = func(item int, _ batchrun.Result, _ batchrun.Progress) {
		if item == 4 {
			close(stop)
		}
	}
	results := batchrun.Run(t.Context(), stop, o)
	if n := begun(results); n != 5 || !results[4].OK() || results[5].Outcome() != "not begun" {
		t.Errorf("%d are begun when somebody stops it", n)
	}
	ctx, leave := context.WithCancel(t.Context())
	o.Ended, o.Command = nil, []string{"sh", "-c", "echo here; sleep 1000"}
	o.Output = func(int, []byte) { leave() }
	if results := batchrun.Run(ctx, nil, o); begun(results) != 1 || results[0].Outcome() != "left before its end" || !results[0].RunsOn {
		t.Errorf("%d are begun, the first %s", begun(results), results[0].Outcome())
	}
}

// An API server with too much to do is asked again.
func TestRunTooBusy(t *testing.T) {
	t.Parallel()
	var asked atomic.Int64
	c := kubetest.Serve(t, http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		asked.Add(1)
		w.Header().Set("Content-Type", "application/json")
		w.WriteHeader(http.StatusTooManyRequests)
		_, _ = w.Write([]byte(`{"kind":"Status","apiVersion":"v1","status":"Failure","reason":"TooManyRequests","message":"too many","code":429}`))
	}))
	practice := kubetest.Practise(t, "practice")
	items := prepared(t, practice, batch.Query{Namespace: "shop", Names: []string{"annotated"}}, nil, "true").Runs()
	r := batchrun.Run(t.Context(), nil, batchrun.Options{Cluster: c, Runner: runner.New(t.Context(), runner.Options{}), Items: items})[0]
	if r.Exit != nil || r.Added || !strings.Contains(r.Outcome(), "overloaded") || asked.Load() < 6 {
		t.Errorf("%s after %d requests", r.Outcome(), asked.Load())
	}
}

// In a protected context nothing is done unless a person has confirmed it.
func TestRunProtected(t *testing.T) {
	t.Parallel()
	config := kubetest.PractiseLive(t, "practice")
	items := many(t, config, 1, 1)
	c, _ := kubetest.ServeGuarded(t, kube.Guard{Protected: true}, http.NotFoundHandler(), "")
	r := batchrun.Run(t.Context(), nil, batchrun.Options{Cluster: c, Runner: runner.New(t.Context(), runner.Options{}), Items: items, Command: []string{"true"}})[0]
	if r.Problem == nil || !strings.Contains(r.Problem.Message, "has not been typed") {
		t.Errorf("%s", r.Outcome())
	}
}

// A pod that is deleted after it was planned for is told, and so is one that is deleted while the command runs.
func TestRunVanished(t *testing.T) {
	t.Parallel()
	c := kubetest.PractiseLive(t, "practice")
	b := prepared(t, c, batch.Query{Namespace: "shop", Names: []string{"annotated", "nonroot"}}, func(_ batch.Subject, r *debug.Request) {
		r.RunAsUser = new(int64(1000))
	}, "sh", "-c", "echo here; sleep 1000")
	remove := func(name string) {
		if err := c.Core().Delete().Namespace("shop").Resource("pods").Name(name).Param("gracePeriodSeconds", "0").Do(t.Context()).Error(); err != nil {
			t.Error(err)
		}
	}
	remove("nonroot")
	o, _ := options(t, c, b)
	o.Output = func(int, []byte) { remove("annotated") }
	got := byName(batchrun.Run(t.Context(), nil, o))
	if r := got["shop/nonroot"]; r.Exit != nil || r.Added || !strings.Contains(r.Outcome(), "not found") {
		t.Errorf("the one deleted before: %s", r.Outcome())
	}
	if r := got["shop/annotated"]; r.OK() || r.RunsOn || !r.Added || string(r.Output) != "here\n" {
		t.Errorf("the one deleted meanwhile: %s, %+v", r.Outcome(), r)
	}
}

// Of all outputs together no more is kept than there is room for, but for the beginning of each.
func TestRunKeepsWithinARoom(t *testing.T) {
	t.Parallel()
	c := kubetest.PractiseLive(t, "practice")
	o := batchrun.Options{
		Cluster: c, Runner: runner.New(t.Context(), runner.Options{}), Items: many(t, c, 4, 4), Max: 1, Keep: 50_000, KeepAll: 60_000,
		Command: []string{"sh", "-c", "yes | head -c 100000"},
	}
	var kept []int
	for _, r := range batchrun.Run(t.Context(), nil, o) {
		kept = append(kept, len(r.Output))
		if !r.OK() || r.Bytes != 100_000 || !r.Cut {
			t.Errorf("%s: %d bytes, cut: %t", r.Outcome(), r.Bytes, r.Cut)
		}
	}
	if got := fmt.Sprint(kept); got != "[50000 10000 4096 4096]" {
		t.Errorf("kept are %s", got)
	}
}

// A command is executed in the pod that it was meant for, or not at all; while there is no API server it is not sent, and it is never sent twice.
func TestRunExecIsSentOnce(t *testing.T) {
	t.Parallel()
	c := kubetest.PractiseLive(t, "practice")
	subjects, err := batch.Choose(t.Context(), c, batch.Query{Namespace: "shop", Names: []string{"annotated"}})
	if err != nil {
		t.Fatal(err)
	}
	o, written := options(t, c, batch.Prepare(t.Context(), c, subjects, batch.Options{Exec: true}))
	o.Command = []string{"true"}
	other := o.Items[0]
	object := other.Pod.Object().DeepCopy()
	object.UID = "another"
	other.Pod = c.NewPod(object)
	o.Items = append(o.Items, other)
	results := batchrun.Run(t.Context(), nil, o)
	o.Runner.Drain(t.Context())
	if !results[0].OK() || results[1].Outcome() != "the pod was replaced by another of its name" || written.actions["attached"] != 1 {
		t.Errorf("%s, %s; the journal has %v", results[0].Outcome(), results[1].Outcome(), written.actions)
	}
	var execs atomic.Int64
	pod, err := json.Marshal(subjects[0].Pod.Object())
	if err != nil {
		t.Fatal(err)
	}
	broken := kubetest.Serve(t, http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if strings.HasSuffix(r.URL.Path, "/exec") {
			execs.Add(1)
			w.Header().Set("Content-Type", "application/json")
			w.WriteHeader(http.StatusServiceUnavailable)
			_, _ = w.Write([]byte(`{"kind":"Status","apiVersion":"v1","status":"Failure","reason":"ServiceUnavailable","message":"away","code":503}`))
			return
		}
		w.Header().Set("Content-Type", "application/json")
		_, _ = w.Write(pod)
	}))
	o.Cluster, o.Items = broken, o.Items[:1]
	r := batchrun.Run(t.Context(), nil, o)[0]
	if r.OK() || execs.Load() > 2 { // WebSocket, and SPDY where that is refused
		t.Errorf("%s after %d requests", r.Outcome(), execs.Load())
	}
}

// Where the image or the command is wrong, no more are begun once the first ones could not start: each would be changed for nothing.
func TestRunStopsWhereNoneStarts(t *testing.T) {
	t.Parallel()
	c := kubetest.PractiseLive(t, "practice")
	items := many(t, c, 30, 30)
	for i := range items {
		items[i].Target.Container = "no-such"
	}
	var last batchrun.Progress
	o := batchrun.Options{Cluster: c, Runner: runner.New(t.Context(), runner.Options{}), Items: items, Max: 1, Command: []string{"true"}}
	o.Ended = func(_ int, _ batchrun.Result, now batchrun.Progress) { last = now }
	begun := 0
	for _, r := range batchrun.Run(t.Context(), nil, o) {
		if !r.NotBegun {
			begun++
		}
	}
	if begun != 10 || last.Stopped != "none of the first 10 could start" {
		t.Errorf("%d were begun: %+v", begun, last)
	}
	o.Items, o.Command = many(t, c, 12, 12), []string{"false"} // which is an answer
	for _, r := range batchrun.Run(t.Context(), nil, o) {
		if r.NotBegun {
			t.Errorf("one that fails stops the others: %+v", r)
		}
	}
}

// From the node, one pod on each serves all that are joined there; each has its own command and code, and the pods are gone afterwards.
func TestRunSharesANode(t *testing.T) {
	t.Parallel()
	c := kubetest.PractiseLive(t, "practice")
	b := prepared(t, c, batch.Query{Namespace: "shop", Names: []string{"annotated", "nonroot", "notready", "cart-566f67bd45-d5dqq", "payments-56bf6cc99b-z4twn"}}, func(s batch.Subject, r *debug.Request) {
		r.Way, r.Target, r.EndsAfter, r.Private, r.Profile = debug.Join, s.Pod.Default, time.Hour, true, kube.Sysadmin
		if s.Pod.Name == "notready" {
			r.Command = []string{"sh", "-c", "echo odd; exit 3"}
		}
	}, "echo", "here")
	o, written := options(t, c, b)
	nodes := map[string]string{} // the pod that serves each
	for _, i := range o.Items {
		nodes[i.OnNode] = ""
	}
	if len(nodes) < 2 || len(nodes) == len(o.Items) || b.Created() != len(nodes) || b.Changed() != 0 {
		t.Fatalf("%d nodes for %d pods: %d are created", len(nodes), len(o.Items), b.Created())
	}
	for _, r := range batchrun.Run(t.Context(), nil, o) {
		want := "exit 0 here\n"
		if r.Item.Pod.Name == "notready" {
			want = "exit 3 odd\n"
		}
		if got := r.Outcome() + " " + string(r.Output); got != want || r.Stays != "" || r.RunsOn {
			t.Errorf("%s: %s, stays: %s", r.Item.Name(), got, r.Stays)
		}
		if other := nodes[r.Item.OnNode]; other != "" && other != r.Item.Target.Pod {
			t.Errorf("on %s are %s and %s", r.Item.OnNode, other, r.Item.Target.Pod)
		}
		nodes[r.Item.OnNode] = r.Item.Target.Pod
		if made, err := c.Pod(t.Context(), r.Item.Target.Namespace, r.Item.Target.Pod); !kube.IsNotFound(err) && (made == nil || !made.Deleting) {
			t.Errorf("pod %s is there still: %v", r.Item.Target, err)
		}
	}
	o.Runner.Drain(t.Context())
	if a := written.actions; a["added"] != len(nodes) || a["attached"] != len(o.Items) {
		t.Errorf("the journal has %v", a)
	}
	if n := len(o.Runner.Remaining()); n > 0 {
		t.Errorf("%d sessions remain", n)
	}
}

// The pod that serves a node goes too when not all that it was for have begun, and when what runs from it is left.
func TestRunLeavesNoHelper(t *testing.T) {
	t.Parallel()
	c := kubetest.PractiseLive(t, "practice")
	for _, leave := range []bool{false, true} {
		command := []string{"echo", "here"}
		if leave {
			command = []string{"sh", "-c", "echo here; sleep 1000"}
		}
		b := prepared(t, c, batch.Query{Namespace: "shop", Names: []string{"annotated", "nonroot", "notready", "cart-566f67bd45-d5dqq", "payments-56bf6cc99b-z4twn"}}, func(s batch.Subject, r *debug.Request) {
			r.Way, r.Target, r.EndsAfter, r.Private, r.Profile = debug.Join, s.Pod.Default, time.Hour, true, kube.Sysadmin
		}, command...)
		o, _ := options(t, c, b)
		ctx, end := context.WithCancel(t.Context())
		stop := make(chan struct{})
		o.Max = 1
		if leave {
			o.Output = func(int, []byte) { end() }
		} else {
			o.Ended = func(item int, _ batchrun.Result, _ batchrun.Progress) {
				if item == 0 {
					close(stop)
				}
			}
		}
		results := batchrun.Run(ctx, stop, o)
		end()
		if r := results[0]; r.OK() == leave || r.RunsOn || r.Stays != "" || string(r.Output) != "here\n" || !results[4].NotBegun {
			t.Errorf("leave %t: %s %q, runs on: %t, stays: %s", leave, r.Outcome(), r.Output, r.RunsOn, r.Stays)
		}
		at := results[0].Item.Target
		if made, err := c.Pod(t.Context(), at.Namespace, at.Pod); !kube.IsNotFound(err) && (made == nil || !made.Deleting) {
			t.Errorf("leave %t: pod %s is there still: %v", leave, at, err)
		}
	}
}
