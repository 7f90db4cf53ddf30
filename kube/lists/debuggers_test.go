package lists

import (
	"encoding/json"
	"fmt"
	"net/http"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/dayfly-k8s/dayfly/kube/kubetest"
	"github.com/dayfly-k8s/dayfly/kube/tables"

	"github.com/google/go-cmp/cmp"
	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"

	"github.com/dayfly-k8s/dayfly/kube"
	"github.com/dayfly-k8s/dayfly/kube/apitest"
)

// noted is an entry of managedFields for debug containers.
func noted(manager string, at time.Time, containers ...string) metav1.ManagedFieldsEntry {
	var keys []string
	for _, name := range containers {
		keys = append(keys, fmt.Sprintf(`"k:{\"name\":\"%s\"}":{".":{},"f:name":{}}`, name))
	}
	fields := &metav1.FieldsV1{}
	fields.SetRawBytes([]byte(`{"f:spec":{"f:ephemeralContainers":{".":{},` + strings.Join(keys, ",") + `}}}`))
	return metav1.ManagedFieldsEntry{Manager: manager, Subresource: "ephemeralcontainers", Time: new(metav1.NewTime(at)), FieldsV1: fields}
}

func TestAddedBy(t *testing.T) {
	at := time.Date(2026, 3, 4, 12, 0, 0, 0, time.UTC)
	unreadable := &metav1.FieldsV1{}
	unreadable.SetRawBytes([]byte("{"))
	entries := []metav1.ManagedFieldsEntry{
		{Manager: "kubelet", Subresource: "status", Time: new(metav1.NewTime(at))},
		{Manager: "odd", FieldsV1: unreadable},
		noted("kubectl-\x1b[31mdebug", at, "one"),
		noted("dayfly", at.Add(time.Hour), "two", "three"),
		noted("ancient-changes", at, "old"),
	}
	for name, want := range map[string]string{
		"one": "kubectl-␛[31mdebug 12:00", "two": "dayfly 13:00", "three": "dayfly 13:00", "old": " 12:00", "thre": " 00:00", "": " 00:00",
	} {
		by, since := addedBy(entries, name)
		if got := by + since.Format(" 15:04"); got != want {
			t.Errorf("%q was added by %q, want %q", name, got, want)
		}
	}
}

func TestDebuggersOfPod(t *testing.T) {
	began := time.Date(2026, 3, 4, 12, 0, 5, 0, time.UTC)
	ended := apitest.Terminated(3, "Error", "")
	ended.Terminated.StartedAt = metav1.NewTime(began)
	pod := apitest.RunningPod(apitest.WithDebugger("one", &ended), apitest.WithDebugger("two", new(apitest.Running())), apitest.WithDebugger("three", nil), func(p *corev1.Pod) {
		p.ManagedFields = []metav1.ManagedFieldsEntry{noted("kubectl-debug", began.Add(-time.Second), "one"), noted("dayfly", began.Add(time.Hour), "two", "three")}
		p.Spec.EphemeralContainers[1].Image, p.Spec.EphemeralContainers[1].TargetContainerName = "busy\x1b[2Jbox", "app"
		p.Spec.EphemeralContainers[1].StdinOnce = true
		p.Status.EphemeralContainerStatuses[1].State.Running.StartedAt = metav1.NewTime(began)
	})
	var got []string
	for _, d := range DebuggersOf(pod) {
		exit := "-"
		if d.Exit != nil {
			exit = fmt.Sprint(d.Exit.Code)
		}
		got = append(got, fmt.Sprintf("%s %s looks=%q %s running=%v exit=%s started=%s by %s since=%s once=%v", d.Target, d.Image, d.Looks, d.State, d.Running, exit,
			d.Started.Format("15:04:05"), d.By, d.Since.Format("15:04:05"), d.StdinOnce))
	}
	want := []string{
		`web/one busybox:1.37 looks="app" ended: exit 3 Error running=false exit=3 started=12:00:05 by kubectl-debug since=12:00:04 once=false`,
		`web/two busy␛[2Jbox looks="app" running running=true exit=- started=12:00:05 by dayfly since=00:00:00 once=true`,
		`web/three busybox:1.37 looks="app" waiting running=false exit=- started=00:00:00 by dayfly since=13:00:05 once=false`,
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("(- want, + got):\n%s", diff)
	}
}

// debuggedList is a page of pods, each with a debug container that has begun at a second of the minute; below zero it has none.
func debuggedList(t testing.TB, more string, pods map[string]int) string {
	t.Helper()
	list := corev1.PodList{ListMeta: metav1.ListMeta{Continue: more}}
	list.Kind, list.APIVersion = "PodList", "v1"
	for at, second := range pods {
		namespace, name, _ := strings.Cut(at, "/")
		pod := apitest.RunningPod()
		if second >= 0 {
			state := apitest.Running()
			state.Running.StartedAt = metav1.NewTime(time.Unix(int64(second), 0))
			if second == 0 {
				state = apitest.Terminated(0, "Completed", "")
			}
			pod = apitest.RunningPod(apitest.WithDebugger("debugger", &state))
		}
		pod.Namespace, pod.Name = namespace, name
		list.Items = append(list.Items, *pod)
	}
	text, err := json.Marshal(list)
	if err != nil {
		t.Fatal(err)
	}
	return string(text)
}

func names(list []Debugger) (all []string) {
	for _, d := range list {
		all = append(all, d.Target.Namespace+"/"+d.Target.Pod)
	}
	return all
}

// All pages are read, in one order whatever page they are on; hidden namespaces are left out, and what has ended where only what runs is asked for.
func TestDebuggersAreListed(t *testing.T) {
	expired := false
	cluster, wire := kubetest.ServeGuarded(t, kube.Guard{Hidden: []string{"kube-*"}}, http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		query := r.URL.Query()
		switch {
		case expired && query.Get("continue") != "":
			apitest.Refuse(w, http.StatusGone, metav1.StatusReasonExpired, "The provided continue parameter is too old", nil)
		case expired && query.Get("limit") == "":
			_, _ = fmt.Fprint(w, debuggedList(t, "", map[string]int{"shop/whole": 5}))
		case query.Get("continue") == "":
			if query.Get("limit") != "500" {
				t.Errorf("the query is %v", query)
			}
			_, _ = fmt.Fprint(w, debuggedList(t, "next", map[string]int{"shop/old": 10, "shop/over": 0, "kube-system/dns": 30, "shop/none": -1}))
		default:
			_, _ = fmt.Fprint(w, debuggedList(t, "", map[string]int{"blog/new": 20}))
		}
	}), "")
	for running, want := range map[bool][]string{false: {"blog/new", "shop/old", "shop/over"}, true: {"blog/new", "shop/old"}} {
		got, err := Debuggers(t.Context(), cluster, "", running)
		if err != nil || !slices.Equal(names(got), want) {
			t.Errorf("only running %v: %q, %v", running, names(got), err)
		}
	}
	expired = true
	if got, err := Debuggers(t.Context(), cluster, "", false); err != nil || !slices.Equal(names(got), []string{"shop/whole"}) {
		t.Errorf("after the list has expired: %q, %v", names(got), err)
	}
	if seen := wire.Requests(); seen[0] != "GET /api/v1/pods" {
		t.Errorf("the API server has seen %q", seen)
	}
	before := len(wire.Requests())
	_, err := Debuggers(t.Context(), cluster, "kube-system", false)
	kubetest.WantGuarded(t, "a hidden namespace", err, "namespace kube-system is not shown in context prod-eu")
	if after := wire.Requests()[before:]; len(after) > 0 {
		t.Errorf("the API server has seen %q", after)
	}
}

func TestDebuggersOfSomethingElse(t *testing.T) {
	for body, want := range map[string]string{
		`<html>`:                   "the server at",
		`{"kind":"Status"}`:        `answered with a "Status"`,
		`{}`:                       `answered with a ""`,
		`{"kind":"PodList","items`: "broke off",
		`{"kind":"PodList","items":[{"spec":{"ephemeralContainers":7}}]}`: "read a pod",
	} {
		cluster := kubetest.Serve(t, http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) { _, _ = fmt.Fprint(w, body) }))
		_, err := Debuggers(t.Context(), cluster, "shop", false)
		if err == nil || !strings.HasPrefix(err.Error(), "list the debug containers of namespace shop: ") || !strings.Contains(err.Error(), want) {
			t.Errorf("%s: %v", body, err)
		}
	}
}

// What is read of 500 pods of which one has a debug container, and what decoding all of them would cost.
func BenchmarkDebuggers(b *testing.B) {
	pods := map[string]int{}
	for i := range 500 {
		pods[fmt.Sprintf("shop/web-%d", i)] = -1
	}
	pods["shop/web-7"] = 3
	text := debuggedList(b, "", pods)
	b.Run("narrow", func(b *testing.B) {
		b.SetBytes(int64(len(text)))
		for b.Loop() {
			if _, err := readDebugged(tables.Decoder(strings.NewReader(text)), func(*corev1.Pod) {}); err != nil {
				b.Fatal(err)
			}
		}
	})
	b.Run("whole", func(b *testing.B) {
		b.SetBytes(int64(len(text)))
		for b.Loop() {
			if err := json.Unmarshal([]byte(text), &corev1.PodList{}); err != nil {
				b.Fatal(err)
			}
		}
	})
}
