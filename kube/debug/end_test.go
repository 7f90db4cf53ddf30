//go:build linux

package debug

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"os"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/dayfly-k8s/dayfly/kube"
	"github.com/dayfly-k8s/dayfly/kube/apitest"
	"github.com/dayfly-k8s/dayfly/kube/kubetest"
	"github.com/dayfly-k8s/dayfly/kube/lists"
	"github.com/dayfly-k8s/dayfly/kube/logs"
	"github.com/dayfly-k8s/dayfly/kube/practice/process"
	"github.com/dayfly-k8s/dayfly/kube/practice/streams"
	"github.com/dayfly-k8s/dayfly/kube/stream"
)

// add applies a plan to the pod of deployment web, and waits until its container runs.
func add(t *testing.T, c *kube.Cluster, change func(*Request)) Plan {
	t.Helper()
	name := ""
	for update := range lists.WatchPods(t.Context(), c, lists.PodQuery{Namespace: "shop"}) {
		at := slices.IndexFunc(update.Rows, func(r lists.PodRow) bool { return strings.HasPrefix(r.Name, "web-") })
		if at >= 0 {
			name = update.Rows[at].Name
			break
		}
	}
	pod, err := c.Pod(t.Context(), "shop", name)
	if err != nil {
		t.Fatal(err)
	}
	r := Request{Name: NewName(), Image: "busybox:1.37", Profile: kube.General, Target: pod.Default}
	change(&r)
	plan, err := NewPlan(pod, r)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := plan.Apply(t.Context(), c); err != nil {
		t.Fatal(err)
	}
	ctx, stop := context.WithCancel(t.Context())
	defer stop()
	for news := range c.WatchPod(ctx, plan.Debug.Namespace, plan.Debug.Pod) {
		if news.Pod == nil {
			if news.Gone {
				t.Fatalf("pod %s was deleted before %s started", plan.Debug.Pod, plan.Debug.Container)
			}
			continue
		}
		added, _ := news.Pod.Container(plan.Debug.Container)
		if added.Running {
			return plan
		}
		if added.Exit != nil || slices.Contains(kube.TerminalWaitReasons(), strings.TrimPrefix(added.State, "waiting: ")) {
			t.Fatalf("%s does not run: %s, %+v", plan.Debug, added.State, added.Exit)
		}
	}
	t.Fatalf("%s has not started", plan.Debug)
	return plan
}

// A debug container is ended with all that runs in it, whatever it heeds, and the processes of its target and of this machine live on.
func TestEnd(t *testing.T) {
	t.Parallel()
	cluster := kubetest.PractiseLive(t, "practice")
	for name, test := range map[string]struct {
		change func(*Request)
		codes  []int
	}{
		"a shell":            {func(r *Request) { r.Command = []string{"sh"} }, []int{129}},
		"a stubborn program": {func(r *Request) { r.Command = []string{"sh", "-c", "trap '' HUP TERM INT; while :; do sleep 1; done"} }, []int{137}},
		"one that heeds TERM": {func(r *Request) {
			r.Command = []string{"sh", "-c", "trap 'exit 3' TERM; trap '' HUP; while :; do sleep 0.1; done"}
		}, []int{3}},
		"one with a time": {func(r *Request) { r.Command, r.EndsAfter = []string{"sh"}, time.Hour }, []int{129}},
		"a private one":   {func(r *Request) { r.Private = true }, []int{0}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			plan := add(t, cluster, test.change)
			before, err := cluster.Pod(t.Context(), "shop", plan.Debug.Pod)
			if err != nil {
				t.Fatal(err)
			}
			if err := End(t.Context(), cluster, plan.Debug); err != nil {
				t.Fatal(err)
			}
			after, err := cluster.Pod(t.Context(), "shop", plan.Debug.Pod)
			if err != nil {
				t.Fatal(err)
			}
			ended, _ := after.Container(plan.Debug.Container)
			if ended.Running || ended.Exit == nil || !slices.Contains(test.codes, ended.Exit.Code) {
				t.Errorf("it is %+v, %+v", ended.State, ended.Exit)
			}
			was, _ := before.Container(plan.Target.Container)
			if is, _ := after.Container(plan.Target.Container); !is.Running || is.Restarts != was.Restarts || !is.Since.Equal(was.Since) {
				t.Errorf("the target is %s since %s, and was %s since %s", is.State, is.Since, was.State, was.Since)
			}
			if err := End(t.Context(), cluster, plan.Debug); err != nil {
				t.Errorf("a second end: %v", err)
			}
		})
	}
}

// Where the script cannot help, the keys that end a shell do, with something in its foreground.
func TestEndByKeys(t *testing.T) {
	cluster := kubetest.PractiseLive(t, "practice")
	plan := add(t, cluster, func(r *Request) { r.Command = []string{"sh", "-c", "sh; exit 9"} })
	endByKeys(t.Context(), cluster, plan.Debug)
	if ended, err := hasEnded(t.Context(), cluster, plan.Debug, endedPatience); !ended || err != nil {
		t.Errorf("it has ended: %v, %v", ended, err)
	}
}

// What has not started is not ended, and what has ended is not ended again; nothing is sent to either.
func TestEndOfWhatDoesNotRun(t *testing.T) {
	state := apitest.Waiting("ImagePullBackOff", "")
	cluster, wire := kubetest.ServeGuarded(t, kube.Guard{}, http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		apitest.Answer(w, http.StatusOK, apitest.RunningPod(apitest.WithDebugger("debugger-x2", &state)))
	}), "")
	debugger := kube.Target{Namespace: "shop", Pod: "web", Container: "debugger-x2"}
	kubetest.WantProblem(t, End(t.Context(), cluster, debugger), "end web/debugger-x2: it has not started (waiting: ImagePullBackOff)")
	state = apitest.Terminated(0, "Completed", "")
	if err := End(t.Context(), cluster, debugger); err != nil {
		t.Error(err)
	}
	if seen := wire.Requests(); len(seen) != 2 {
		t.Errorf("the API server has seen %q", seen)
	}
}

// What is no debug container, or not there, is not ended, or has ended.
func TestEndOfNothing(t *testing.T) {
	cluster := kubetest.PractiseLive(t, "practice")
	plan := add(t, cluster, func(r *Request) { r.Command = []string{"sh"} })
	kubetest.WantProblem(t, End(t.Context(), cluster, plan.Target), "end "+plan.Target.String()+": it is not a debug container")
	for _, t2 := range []kube.Target{plan.Debug.Of("unknown"), {Namespace: "shop", Pod: "gone", Container: "debugger"}} {
		if err := End(t.Context(), cluster, t2); err != nil {
			t.Errorf("%s: %v", t2, err)
		}
	}
	if ending, err := cluster.Pod(t.Context(), "shop", plan.Debug.Pod); err != nil {
		t.Error(err)
	} else if c, _ := ending.Container(plan.Debug.Container); !c.Running {
		t.Errorf("the debug container beside is %s", c.State)
	}
}

// The script says by its code why a container goes on, and touches nothing then.
func TestEndScriptGivesUp(t *testing.T) {
	const run = `sleep 1000 & sh -c "$0" dayfly; echo "code $?"; kill $! && echo alive`
	for name, test := range map[string]struct {
		edit []string // of the script, as strings.NewReplacer takes it
		code int
	}{
		"in the mount namespace of whoever starts it": {code: endNoContainer},
		"its mount namespace cannot be read":          {edit: []string{"/ns/mnt", "/ns/none"}, code: endNoNamespace},
	} {
		for shell, played := range playedShells(t) {
			t.Run(name+"/"+shell, func(t *testing.T) {
				t.Parallel()
				code, text := played.endsFrom(t, run, strings.NewReplacer(test.edit...).Replace(endScript))
				want := fmt.Sprintf("code %d\r\nalive\r\n", test.code)
				if code != 0 || text != want {
					t.Errorf("it said %q, and ended with %d, want %q", text, code, want)
				}
			})
		}
	}
}

// endsFrom runs a script whose $0 is the one that ends a container, in a container of its own. It is never run among the processes of the
// machine.
func (s playedShell) endsFrom(t *testing.T, script, end string) (code int, text string) {
	t.Helper()
	if !s.host.Isolated() {
		t.Skip("this kernel allows no namespaces here")
	}
	c := s.play(t, []string{"sh", "-c", script, end})
	return c.code(t), c.text()
}

// What heeds no signal is named. The script is started by an exec, as in a cluster: from outside of the container's mount namespace.
func TestEndScriptNamesWhatIsLeft(t *testing.T) {
	t.Parallel()
	for shell, played := range playedShells(t) {
		t.Run(shell, func(t *testing.T) {
			t.Parallel()
			if !played.host.Isolated() {
				t.Skip("this kernel allows no namespaces here")
			}
			first := played.play(t, []string{"sh", "-c", "while :; do sleep 1000; done"})
			harmless := strings.ReplaceAll(endScript, `kill -"$S"`, `: -"$S"`)
			var out strings.Builder
			err := played.host.Run(t.Context(), process.Spec{
				Argv: []string{"sh", "-c", harmless, "dayfly"}, Env: []string{"PATH=" + played.folder + ":" + os.Getenv("PATH")}, Beside: first.Process,
			}, streams.Streams{Stdout: &out})
			var exit *streams.ExitError
			if !errors.As(err, &exit) || exit.Code != endLeft || !slices.Contains(strings.Fields(out.String()), strconv.Itoa(first.PID())) {
				t.Errorf("it said %q, and ended with %v, not naming process %d", out.String(), err, first.PID())
			}
		})
	}
}

// Why the script has not ended a container is said in words, and what it has printed is cleaned. Where it has gone with the container, or has
// left nothing of it, the cluster is given its time to say so.
func TestEndScriptVerdict(t *testing.T) {
	type verdict struct {
		likely bool
		why    string
	}
	for code, want := range map[int]verdict{
		0:              {true, "no process of its own can be seen in it"},
		endNoNamespace: {false, "its processes cannot be told from others there"},
		endNoContainer: {false, "its processes cannot be told from others there"},
		endLeft:        {false, "its processes 7 9\u241b[2J ignore all signals"},
		endKilled:      {true, "the script sent to end it was killed"},
		127:            {false, "the shell in it ended with code 127"},
	} {
		if likely, why := endVerdict(code, " 7 9\x1b[2J\n"); (verdict{likely, why}) != want {
			t.Errorf("code %d is %v, %q, want %+v", code, likely, why, want)
		}
	}
}

// Exec tells the code, brings what is printed, takes input, and is not in the log; what is not there is told as such.
func TestExec(t *testing.T) {
	cluster := kubetest.PractiseLive(t, "practice")
	plan := add(t, cluster, func(r *Request) { r.Private = true })
	if !slices.Equal(plan.Exec, []string{"sh"}) || plan.TTY {
		t.Errorf("the plan runs %q, TTY %v", plan.Exec, plan.TTY)
	}
	var out strings.Builder
	code, err := stream.Exec(t.Context(), cluster, plan.Debug, []string{"sh", "-c", "read line; echo got $line; echo error >&2; exit 7"},
		stream.Streams{In: strings.NewReader("one\n"), Out: &out})
	if err != nil || code != 7 || !strings.Contains(out.String(), "got one\n") || !strings.Contains(out.String(), "error\n") {
		t.Errorf("code %d, error %v, output %q", code, err, out.String())
	}
	out.Reset()
	sizes := make(chan kube.Size, 1)
	sizes <- kube.Size{Cols: 100, Rows: 30}
	in, keys := io.Pipe()
	go func() { _, _ = io.WriteString(keys, "until stty size | grep 100; do sleep 0.1; done; exit 0\n") }()
	code, err = stream.Exec(t.Context(), cluster, plan.Debug, plan.Exec, stream.Streams{In: in, Out: &out, TTY: true, Sizes: sizes})
	close(sizes)
	_ = keys.Close()
	if err != nil || code != 0 || !strings.Contains(out.String(), "30 100\r\n") {
		t.Errorf("code %d, error %v, output %q", code, err, out.String())
	}
	_, err = stream.Exec(t.Context(), cluster, plan.Debug, []string{"nothing-of-that-name"}, stream.Streams{Out: io.Discard})
	if p := kubetest.WantProblem(t, err, "run nothing-of-that-name in "+plan.Debug.String()+": "); errors.Is(err, kube.ErrLinkLost) || !strings.Contains(p.Hint, "does not have that command") {
		t.Errorf("%v: %s", err, p.Hint)
	}
	log, err := logs.Open(t.Context(), cluster, plan.Debug, logs.Options{})
	if err != nil {
		t.Fatal(err)
	}
	text, err := io.ReadAll(log)
	if err != nil || len(text) > 0 {
		t.Errorf("the log is %q, %v", text, err)
	}
	list, err := lists.Debuggers(t.Context(), cluster, "", true)
	if err != nil || len(list) == 0 || list[0].Target != plan.Debug || list[0].By != "dayfly" || list[0].Since.IsZero() || list[0].Stdin {
		t.Errorf("the debug containers that run are %+v, %v", list, err)
	}
	if err := End(t.Context(), cluster, plan.Debug); err != nil {
		t.Error(err)
	}
	if code, err := stream.Exec(t.Context(), cluster, plan.Debug, []string{"sh"}, stream.Streams{Out: io.Discard}); err == nil {
		t.Errorf("what has ended runs a shell, which ends with %d", code)
	} else {
		kubetest.WantProblem(t, err, "run sh in "+plan.Debug.String()+": the container is not running")
	}
}
