package debug

import (
	"encoding/json"
	"net/http"
	"strings"
	"testing"
	"time"
	"unicode/utf8"

	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"

	"github.com/dayfly-k8s/dayfly/kube"
	"github.com/dayfly-k8s/dayfly/kube/apitest"
	"github.com/dayfly-k8s/dayfly/kube/kubetest"
)

// noteServer has pod web and takes events.
func noteServer(t *testing.T, got *corev1.Event) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		switch r.Method + " " + r.URL.Path {
		case "GET /api/v1/namespaces/shop/pods/web":
			apitest.Answer(w, http.StatusOK, apitest.RunningPod())
		case "POST /api/v1/namespaces/shop/events":
			if err := json.NewDecoder(r.Body).Decode(got); err != nil {
				t.Error(err)
			}
			apitest.Answer(w, http.StatusCreated, got)
		default:
			t.Errorf("it was asked %s %s", r.Method, r.URL)
			http.NotFound(w, r)
		}
	})
}

func TestAnnounce(t *testing.T) {
	var got corev1.Event
	c := kubetest.Serve(t, noteServer(t, &got))
	before := metav1.NewTime(time.Now().Truncate(time.Second)) // events have whole seconds
	if err := Announce(t.Context(), c, kube.Target{Namespace: "shop", Pod: "web", Container: "debugger-x"}, "ann debugs\nweb \x1b[31mred "+strings.Repeat("漢", 2000)); err != nil {
		t.Fatal(err)
	}
	pod := apitest.RunningPod()
	about := got.InvolvedObject
	if about.Kind != "Pod" || about.APIVersion != "v1" || about.Name != "web" || about.Namespace != "shop" || about.UID != pod.UID || got.Namespace != "shop" {
		t.Errorf("it is about %+v, in %q", about, got.Namespace)
	}
	if got.Type != "Normal" || got.Reason != "DebugSession" || got.Source.Component != "dayfly" || got.Count != 1 ||
		got.FirstTimestamp.Before(&before) || got.FirstTimestamp.After(time.Now()) || !got.LastTimestamp.Equal(&got.FirstTimestamp) || !strings.HasPrefix(got.Name, "web.") {
		t.Errorf("it is %+v", got)
	}
	if n := utf8.RuneCountInString(got.Message); n != 1024 || !strings.HasPrefix(got.Message, "ann debugs web ␛[31mred 漢") || !strings.HasSuffix(got.Message, "漢…") {
		t.Errorf("its message has %d characters: %.60s", n, got.Message)
	}
	if err := Announce(t.Context(), c, kube.Target{Namespace: "shop", Pod: "web"}, "short"); err != nil || got.Message != "short" {
		t.Errorf("%v, %q", err, got.Message)
	}
}

// A missing right, and a pod that has gone, are told.
func TestAnnounceRefused(t *testing.T) {
	var got corev1.Event
	forbids := http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.Method == http.MethodPost {
			apitest.Refuse(w, http.StatusForbidden, metav1.StatusReasonForbidden, `events is forbidden: User "ann" cannot create resource "events"`, nil)
			return
		}
		noteServer(t, &got).ServeHTTP(w, r)
	})
	gone := http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.Method != http.MethodGet {
			t.Errorf("it was asked %s %s", r.Method, r.URL)
		}
		apitest.Refuse(w, http.StatusNotFound, metav1.StatusReasonNotFound, `pods "web" not found`, nil)
	})
	for _, c := range []struct {
		handler        http.Handler
		wrong, hintHas string
	}{
		{forbids, `announce the session in the events of pod web: events is forbidden: User "ann"`, "take announce out of config.yaml"},
		{gone, `announce the session in the events of pod web: pods "web" not found`, ""},
	} {
		err := Announce(t.Context(), kubetest.Serve(t, c.handler), kube.Target{Namespace: "shop", Pod: "web"}, "words")
		if err == nil || !strings.Contains(err.Error(), c.wrong) || !strings.Contains(kube.Explain(err).Hint, c.hintHas) {
			t.Errorf("the error is %+v, want %q", err, c.wrong)
		}
	}
}

// The cluster's one word for an error does not repeat what was sent.
func TestReason(t *testing.T) {
	c := kubetest.Serve(t, http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		apitest.Refuse(w, http.StatusUnprocessableEntity, metav1.StatusReasonInvalid, `env[0].value: Invalid value: "s3cr3t"`, nil)
	}))
	_, err := c.Pod(t.Context(), "shop", "web")
	if got := kube.Reason(err); got != "Invalid" {
		t.Errorf("%v is %q", err, got)
	}
	if got := kube.Reason(t.Context().Err()); got != "" {
		t.Errorf("no error is %q", got)
	}
}

// What is announced is among the events of the pod, under the name that the API server has for who did it.
func TestAnnounceInPractice(t *testing.T) {
	c := kubetest.Practise(t, "practice")
	who, err := c.WhoAmI(t.Context())
	if err != nil || who != "practice-admin" {
		t.Fatalf("we are %q, %v", who, err)
	}
	pod, err := c.Pod(t.Context(), "shop", "crasher")
	if err != nil {
		t.Fatal(err)
	}
	words := who + " debugs it with busybox:1.37"
	if err := Announce(t.Context(), c, kube.Target{Namespace: "shop", Pod: "crasher"}, words); err != nil {
		t.Fatal(err)
	}
	events, err := c.PodEvents(t.Context(), pod.Object())
	if err != nil {
		t.Fatal(err)
	}
	for _, e := range events {
		if e.Reason == debugSession && e.Message == words {
			return
		}
	}
	t.Errorf("it is not among %+v", events)
}
