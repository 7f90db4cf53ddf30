package runner_test

import (
	"errors"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/dayfly-k8s/dayfly/kube"
	"github.com/dayfly-k8s/dayfly/kube/debug"
	"github.com/dayfly-k8s/dayfly/kube/detail"
	"github.com/dayfly-k8s/dayfly/testdata/servers"
	"github.com/dayfly-k8s/dayfly/tui/journal"
	"github.com/dayfly-k8s/dayfly/tui/runner"
	"github.com/dayfly-k8s/dayfly/tui/session"
)

// A plan is carried out to the end of its program; what it prints, how it ended and what was done are known then.
func TestStartToEnd(t *testing.T) {
	cluster, _ := practised(t)
	var done book
	r := runner.New(t.Context(), runner.Options{Journal: &done, Announce: true})
	plan := planFor(t, cluster, func(r *debug.Request) {
		r.Command, r.NoTTY, r.NoStdin = []string{"sh", "-c", "echo here; exit 3"}, true, true
	})
	s := r.Start(runner.Job{Cluster: cluster, Plan: &plan, Piped: true, ReadOnly: true, About: runner.About{Preset: "busybox", Reason: "INC 7"}})
	var out strings.Builder
	if err := s.Stream(t.Context(), session.Pipe{Out: &out}); err != nil {
		t.Fatal(err)
	}
	<-s.Done()
	r.Drain(t.Context())
	now := s.Look()
	if end := now.End(); out.String() != "here\n" || !now.Known() || end.Exit == nil || end.Exit.Code != 3 || !now.Gone {
		t.Errorf("printed %q, ended %+v, gone: %t", out.String(), end.Exit, now.Gone)
	}
	if got := done.actions(); got != "added started ended" {
		t.Errorf("the journal has %q", got)
	}
	for _, e := range done.entries() {
		if e.Reason != "INC 7" || e.Preset != "busybox" || e.Container != plan.Debug.Container || e.Context != cluster.Context || e.User == "" || e.Time.IsZero() {
			t.Errorf("an entry is %+v", e)
		}
	}
	if last := done.entries()[2]; *last.Exit != 3 || last.ImageID == "" {
		t.Errorf("the end is %+v", last)
	}
	var kinds []runner.EventKind
	for _, e := range r.Events() {
		if kinds = append(kinds, e.Kind); e.Session != s {
			t.Errorf("an event is not about the session: %v", e.Err)
		}
	}
	if len(kinds) != 2 || kinds[0] != runner.Started || kinds[1] != runner.Ended || len(r.Events()) != 0 {
		t.Errorf("events are %v", kinds)
	}
	pod, err := cluster.Pod(t.Context(), "shop", plan.Debug.Pod)
	if err != nil {
		t.Fatal(err)
	}
	if text := announced(t, cluster, pod); !strings.Contains(text, "debug container "+plan.Debug.Container+" with busybox:1.37 was added by ") {
		t.Errorf("the pod's events are %q", text)
	}
	if len(r.Live()) != 0 || len(r.Sessions()) != 1 || len(r.Remaining()) != 0 {
		t.Errorf("%d are live, %d remain", len(r.Live()), len(r.Remaining()))
	}
	if _, err := s.Save(); err == nil {
		t.Error("it is saved where there is no folder")
	}
	if r.Forget(s); len(r.Sessions()) != 0 {
		t.Error("it is not forgotten")
	}
}

// announced is what the events of a pod say.
func announced(t *testing.T, c *kube.Cluster, pod *kube.Pod) string {
	t.Helper()
	var words []string
	for e := range detail.GatherOf(t.Context(), c, pod) {
		if !e.EventsRead {
			continue
		}
		for _, event := range e.Events {
			words = append(words, event.Message)
		}
		break
	}
	return strings.Join(words, "\n")
}

// fullDisk is a journal that cannot be written.
type fullDisk struct{}

var errFull = errors.New("no space left")

func (fullDisk) Write(journal.Entry) error { return errFull }

// What a rule forbids is not sent, and is in the journal with the rule; so is what was not even begun.
func TestRefused(t *testing.T) {
	free, file := practised(t)
	two := kube.Guard{Protected: true, Why: "prod"}.And(kube.Guard{ReadOnly: true, Why: "audit"})
	cluster := at(t, file, two)
	plan := planFor(t, free, func(*debug.Request) {})
	job := runner.Job{Cluster: cluster, Plan: &plan, About: runner.About{Reason: "INC 7"}}
	var done book
	r := runner.New(t.Context(), runner.Options{Journal: &done})
	forbidden := job.Allowed()
	if forbidden == nil || job.Missing() != runner.PodName {
		t.Fatalf("forbidden: %v, missing: %d", forbidden, job.Missing())
	}
	r.Refuse(job, forbidden)
	r.Drain(t.Context())
	s := r.Start(job) // nobody has asked
	<-s.Done()
	r.Drain(t.Context())
	if now := s.Look(); now.State != session.Failed {
		t.Errorf("it is %v", now.State)
	}
	for _, e := range done.entries() {
		if e.Action != journal.Refused || e.Reason != "INC 7" || e.Why != "audit" || e.Container != plan.Debug.Container {
			t.Errorf("an entry is %+v", e)
		}
	}
	if len(done.entries()) != 2 {
		t.Errorf("the journal has %q", done.actions())
	}
	full := runner.New(t.Context(), runner.Options{Journal: fullDisk{}})
	full.Refuse(job, forbidden)
	full.Drain(t.Context())
	if events := full.Events(); len(events) != 1 || events[0].Kind != runner.Unwritten || !errors.Is(events[0].Err, errFull) {
		t.Errorf("of a journal that is not written is told %+v", events)
	}
	if pod, err := free.Pod(t.Context(), "shop", plan.Debug.Pod); err != nil {
		t.Fatal(err)
	} else if _, added := pod.Container(plan.Debug.Container); added {
		t.Error("it was added")
	}
}

// What the rules of a context want to be said is asked for one after the other.
func TestMissing(t *testing.T) {
	_, file := practised(t)
	cluster := at(t, file, kube.Guard{Protected: true, AskReason: true})
	job := runner.Join(cluster, kube.Target{Namespace: "shop", Pod: "web", Container: "debugger-x"}, kube.Container{TTY: true, Stdin: true})
	if got := job.Missing(); got != runner.PodName {
		t.Errorf("first: %d", got)
	}
	if job.Confirmed = "web"; job.Missing() != runner.Reason {
		t.Errorf("then: %d", job.Missing())
	}
	if job.About.Reason = " "; job.Missing() != runner.Reason {
		t.Error("no reason is reason enough")
	}
	if job.About.Reason = "INC 7"; job.Missing() != runner.Nothing || job.Allowed() != nil {
		t.Errorf("at last: %d, %v", job.Missing(), job.Allowed())
	}
	if shell := job.AnotherShell(false); shell.Missing() != runner.PodName {
		t.Error("the name that was typed for one session counts for another")
	}
}

// A plan is carried out again as it was, or not at all: what was typed to confirm it was for that pod, and no other container is looked at.
func TestRunAgainInAnotherPod(t *testing.T) {
	free, file := practised(t)
	plan := planFor(t, free, func(*debug.Request) {})
	for name, test := range map[string]struct {
		change  func(*debug.Plan)
		actions string
		fails   string
	}{
		"the same pod":      {func(*debug.Plan) {}, "added started", ""},
		"its successor":     {func(p *debug.Plan) { p.UID = "another" }, "refused", "has not been typed"},
		"another container": {func(p *debug.Plan) { p.Target.Container = "another" }, "failed", "the pod has changed"},
	} {
		before := plan
		test.change(&before)
		var done book
		r := runner.New(t.Context(), runner.Options{Journal: &done, State: t.TempDir()})
		job := runner.Job{
			Cluster: at(t, file, kube.Guard{Protected: true}), Plan: &before, Confirmed: before.Debug.Pod, Rename: debug.NewName(),
			About: runner.About{Record: true},
		}
		s := r.Start(job)
		if s.Target().Container != job.Rename {
			t.Errorf("%s: it is called %q", name, s.Target().Container)
		}
		until(t, r, func() bool { now := s.Look(); return now.State.Attached() || now.State == session.Failed })
		now := s.Look()
		if test.fails == "" && now.Err != nil || test.fails != "" && (now.Err == nil || !strings.Contains(now.Err.Error(), test.fails)) {
			t.Errorf("%s: %v, want %q", name, now.Err, test.fails)
		}
		if now.Planned() != (name != "another container") || len(r.Sessions()) == 1 != now.Planned() {
			t.Errorf("%s: planned: %t, %d sessions are listed", name, now.Planned(), len(r.Sessions()))
		}
		r.Close()
		if got := done.actions(); got != test.actions {
			t.Errorf("%s: the journal has %q", name, got)
		}
		if recorded := s.Look().Recording != ""; recorded != now.Planned() {
			t.Errorf("%s: there is a recording: %t", name, recorded)
		}
	}
}

// Who gives up before anything is sent has sent nothing, whatever the cluster answers then.
func TestCancelBeforeAnythingIsSent(t *testing.T) {
	asked, answer := make(chan string, 10), make(chan struct{})
	server := httptest.NewServer(servers.During(t, http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		asked <- r.Method + " " + r.URL.Path
		select {
		case <-answer:
		case <-r.Context().Done():
		}
		w.WriteHeader(http.StatusNotFound)
	})))
	t.Cleanup(server.Close)
	file := filepath.Join(t.TempDir(), "config")
	config := `{apiVersion: v1, kind: Config, current-context: c, clusters: [{name: c, cluster: {server: "` + server.URL + `"}}], contexts: [{name: c, context: {cluster: c}}]}`
	if err := os.WriteFile(file, []byte(config), 0o600); err != nil {
		t.Fatal(err)
	}
	var done book
	r := runner.New(t.Context(), runner.Options{Journal: &done})
	plan := debug.Plan{Target: kube.Target{Namespace: "shop", Pod: "web"}, Debug: kube.Target{Namespace: "shop", Pod: "web", Container: "debugger-1"}}
	s := r.Start(runner.Job{Cluster: at(t, file, kube.Guard{}), Plan: &plan, Rename: "debugger-2"})
	if got := <-asked; got != "GET /api/v1/namespaces/shop/pods/web" {
		t.Fatalf("the first request is %s", got)
	}
	if !s.Look().Planning || !s.Cancel() || s.Cancel() {
		t.Error("it is not given up, or twice")
	}
	close(answer)
	<-s.Done()
	r.Close()
	if len(asked) > 0 || len(r.Sessions()) > 0 || done.actions() != "" {
		t.Errorf("%d more requests, %d sessions, the journal has %q", len(asked), len(r.Sessions()), done.actions())
	}
}
