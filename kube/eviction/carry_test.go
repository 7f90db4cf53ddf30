package eviction_test

import (
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/google/go-cmp/cmp"
	corev1 "k8s.io/api/core/v1"
	policyv1 "k8s.io/api/policy/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/client-go/rest"

	"github.com/dayfly-k8s/dayfly/kube"
	"github.com/dayfly-k8s/dayfly/kube/apitest"
	"github.com/dayfly-k8s/dayfly/kube/eviction"
	"github.com/dayfly-k8s/dayfly/kube/kubetest"
	"github.com/dayfly-k8s/dayfly/kube/selectors"
)

// evictor is an API server that evicts pod web, which a ReplicaSet has.
type evictor struct {
	mu      sync.Mutex
	evicted []string                  // UIDs that were asked for, "dry" before those of dry runs
	refuse  func(http.ResponseWriter) // nil: it evicts
	pods    []corev1.Pod
	events  chan metav1.WatchEvent // of the pod
}

func (e *evictor) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	query := r.URL.Query()
	switch {
	case strings.HasSuffix(r.URL.Path, "/pods/web/eviction") && r.Method == http.MethodPost:
		e.evict(w, r)
	case query.Get("watch") != "":
		e.watch(w, r)
	case strings.HasSuffix(r.URL.Path, "/pods"):
		e.mu.Lock()
		defer e.mu.Unlock()
		list := &corev1.PodList{TypeMeta: metav1.TypeMeta{Kind: "PodList", APIVersion: "v1"}, ListMeta: metav1.ListMeta{ResourceVersion: "7"}}
		for _, pod := range e.pods {
			if name, ok := strings.CutPrefix(query.Get("fieldSelector"), "metadata.name="); !ok || name == pod.Name {
				list.Items = append(list.Items, pod)
			}
		}
		apitest.Answer(w, http.StatusOK, list)
	default:
		apitest.Refuse(w, http.StatusForbidden, metav1.StatusReasonForbidden, "no", nil)
	}
}

func (e *evictor) evict(w http.ResponseWriter, r *http.Request) {
	body, _ := io.ReadAll(r.Body)
	var sent policyv1.Eviction
	if err := json.Unmarshal(body, &sent); err != nil || sent.Kind != "Eviction" || sent.Name != "web" || sent.DeleteOptions == nil || sent.DeleteOptions.Preconditions == nil {
		apitest.Refuse(w, http.StatusBadRequest, metav1.StatusReasonBadRequest, "no eviction of a pod by its UID", nil)
		return
	}
	e.mu.Lock()
	defer e.mu.Unlock()
	e.evicted = append(e.evicted, r.URL.Query().Get("dryRun")+string(*sent.DeleteOptions.Preconditions.UID))
	if e.refuse != nil {
		e.refuse(w)
		return
	}
	apitest.Answer(w, http.StatusCreated, &metav1.Status{TypeMeta: metav1.TypeMeta{Kind: "Status", APIVersion: "v1"}, Status: metav1.StatusSuccess})
}

func (e *evictor) watch(w http.ResponseWriter, r *http.Request) {
	w.Header().Set("Content-Type", "application/json")
	w.WriteHeader(http.StatusOK)
	for {
		select {
		case event := <-e.events:
			if err := json.NewEncoder(w).Encode(event); err != nil {
				return
			}
		case <-r.Context().Done():
			return
		}
	}
}

func (e *evictor) happens(t *testing.T, kind string, pod *corev1.Pod) {
	t.Helper()
	raw, err := json.Marshal(pod)
	if err != nil {
		t.Fatal(err)
	}
	event := metav1.WatchEvent{Type: kind}
	event.Object.Raw = raw
	e.events <- event
}

// It is followed until the pod has gone and another is ready: what holds it is told, and the pod of its name that is another.
func TestCarry(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		f := factsOf("ReplicaSet")
		f.Controller.Selector = f.Around.Services[0].Selector
		e := &evictor{pods: []corev1.Pod{*f.Pod}, events: make(chan metav1.WatchEvent)}
		c, err := kube.New("test", "shop", &rest.Config{Host: "http://api.example", Transport: apitest.InMemory{Handler: e}}, kube.Guard{})
		if err != nil {
			t.Fatal(err)
		}
		done := 0
		progress := eviction.Of(f).Carry(t.Context(), c, "", func() { done++ })
		var told []string
		take := func() {
			p := <-progress
			told = append(told, fmt.Sprintf("evicted %t, gone %s, holds %q, next %q ready %t, err %v", p.Evicted, p.Gone.Truncate(time.Second), p.Holds, p.Next.Name, p.Next.Ready, p.Err))
		}
		take()
		take() // the pod as it is
		ends := f.Pod.DeepCopy()
		ends.DeletionTimestamp, ends.Finalizers = &metav1.Time{Time: time.Now()}, []string{"shop/hold"}
		e.happens(t, "MODIFIED", ends)
		take()
		held := ends.DeepCopy()
		held.Status.ContainerStatuses[0] = corev1.ContainerStatus{Name: "app", State: apitest.Terminated(0, "Completed", "")}
		e.happens(t, "MODIFIED", held)
		take()
		<-time.After(3500 * time.Millisecond)
		e.happens(t, "DELETED", held)
		take()
		next := f.Pod.DeepCopy()
		next.Name, next.UID = "web-2", "another"
		next.Status.Conditions = []corev1.PodCondition{{Type: corev1.PodReady, Status: corev1.ConditionTrue}}
		e.mu.Lock()
		e.pods = []corev1.Pod{*next}
		e.mu.Unlock()
		take()
		if _, open := <-progress; open {
			t.Error("it goes on behind its end")
		}
		want := []string{
			`evicted true, gone 0s, holds [], next "" ready false, err <nil>`,
			`evicted true, gone 0s, holds [], next "" ready false, err <nil>`,
			`evicted true, gone 0s, holds [], next "" ready false, err <nil>`,
			`evicted true, gone 0s, holds ["shop/hold"], next "" ready false, err <nil>`,
			`evicted true, gone 3s, holds [], next "" ready false, err <nil>`,
			`evicted true, gone 3s, holds [], next "web-2" ready true, err <nil>`,
		}
		if diff := cmp.Diff(want, told); diff != "" || done != 1 {
			t.Errorf("done %d times; it is told (- want, + got):\n%s", done, diff)
		}
		if diff := cmp.Diff([]string{string(f.Pod.UID)}, e.evicted); diff != "" {
			t.Errorf("evicted were (- want, + got):\n%s", diff)
		}
	})
}

// Nothing is sent for what may not be done, or has not been agreed to.
func TestCarryUnderRules(t *testing.T) {
	for name, tt := range map[string]struct {
		guard kube.Guard
		kind  string
		typed string
		sent  bool
	}{
		"read-only":               {kube.Guard{ReadOnly: true}, "ReplicaSet", "web", false},
		"protected":               {kube.Guard{Protected: true}, "ReplicaSet", "", false},
		"protected, typed":        {kube.Guard{Protected: true}, "ReplicaSet", "web", true},
		"of no controller":        {kube.Guard{}, "", "we", false},
		"of no controller, typed": {kube.Guard{}, "", "web", true},
		"of a controller":         {kube.Guard{}, "ReplicaSet", "", true},
		"of a foreign one":        {kube.Guard{}, "CloneSet", "", false},
		"of a foreign one, typed": {kube.Guard{}, "CloneSet", "web", true},
		"of one not read":         {kube.Guard{}, "unread", "", false},
		"of one not read, typed":  {kube.Guard{}, "unread", "web", true},
	} {
		e := &evictor{refuse: func(w http.ResponseWriter) {
			apitest.Refuse(w, http.StatusNotFound, metav1.StatusReasonNotFound, `pods "web" not found`, &metav1.StatusDetails{Name: "web"})
		}}
		c, _ := kubetest.ServeGuarded(t, tt.guard, e, "")
		f := factsOf(tt.kind)
		if tt.kind == "unread" {
			f = factsOf("ReplicaSet")
			f.Controller = selectors.ControllerOf(f.Pod)
		}
		done := false
		p := apitest.Receive(t, eviction.Of(f).Carry(t.Context(), c, tt.typed, func() { done = true }), "an end")
		if sent := len(e.evicted) == 1; sent != tt.sent || p.Err == nil || done {
			t.Errorf("%s: it was sent: %t, done: %t, %v", name, sent, done, p.Err)
		}
	}
}

// A refusal is told in the cluster's words, with what to do.
func TestRefusals(t *testing.T) {
	refusal := func(code int, reason metav1.StatusReason, message string, details *metav1.StatusDetails) func(http.ResponseWriter) {
		return func(w http.ResponseWriter) {
			if details != nil && details.RetryAfterSeconds > 0 {
				w.Header().Set("Retry-After", fmt.Sprint(details.RetryAfterSeconds))
			}
			apitest.Refuse(w, code, reason, message, details)
		}
	}
	budget := func(seconds int32) *metav1.StatusDetails {
		return &metav1.StatusDetails{RetryAfterSeconds: seconds, Causes: []metav1.StatusCause{
			{Type: policyv1.DisruptionBudgetCause, Message: "The disruption budget web needs 2 healthy pods and has 2 currently\x1b[31m"},
		}}
	}
	const violates = "Cannot evict pod as it would violate the pod's disruption budget."
	for name, tt := range map[string]struct {
		refuse        func(http.ResponseWriter)
		message, hint string
	}{
		"budget": {refusal(429, metav1.StatusReasonTooManyRequests, violates, budget(0)),
			"pod web is not evicted: the disruption budget web needs 2 healthy pods and has 2 currently␛[31m", "wait until more of its pods are ready, or have the budget allow it"},
		"budget that is being counted": {refusal(429, metav1.StatusReasonTooManyRequests, violates, budget(10)),
			"pod web is not evicted: the disruption budget web needs 2 healthy pods and has 2 currently␛[31m", "try again in 10 s, when more of its pods may be ready"},
		"too many requests": {refusal(429, metav1.StatusReasonTooManyRequests, "slow down", nil), "evict pod web: slow down", ""},
		"two budgets": {refusal(500, metav1.StatusReasonInternalError, "This pod has more than one PodDisruptionBudget, which the eviction subresource does not support.", nil),
			"evict pod web: more than one PodDisruptionBudget selects it, which the API does not evict", "have one budget select it, or delete the pod"},
		"gone":    {refusal(404, metav1.StatusReasonNotFound, `pods "web" not found`, &metav1.StatusDetails{Name: "web"}), "evict pod web: it does not exist any more", ""},
		"another": {refusal(409, metav1.StatusReasonConflict, "the UID in the precondition does not match", nil), "evict pod web: another pod has its name by now", "look at that one"},
	} {
		t.Run(name, func(t *testing.T) {
			e := &evictor{refuse: tt.refuse}
			f := factsOf("ReplicaSet")
			p := apitest.Receive(t, eviction.Of(f).Carry(t.Context(), kubetest.Serve(t, e), "", func() { t.Error("it is done") }), "an end")
			var problem *kube.Problem
			if !errors.As(p.Err, &problem) || problem.Message != tt.message || problem.Hint != tt.hint || len(e.evicted) != 1 {
				t.Errorf("it was asked for %d times; it is told %+v", len(e.evicted), problem)
			}
		})
	}
}

// Before anything is done the API server is asked whether it would evict the pod. In a cluster where nothing may be changed it is not even asked.
func TestReadAsksFirst(t *testing.T) {
	no := func(w http.ResponseWriter) {
		apitest.Refuse(w, http.StatusTooManyRequests, metav1.StatusReasonTooManyRequests, "no", nil)
	}
	for name, tt := range map[string]struct {
		guard  kube.Guard
		refuse func(http.ResponseWriter)
		asked  bool
		sent   []string
		answer bool
	}{
		"yes":       {kube.Guard{}, nil, true, []string{"Allu-1"}, false},
		"no":        {kube.Guard{}, no, false, []string{"Allu-1"}, true},
		"read-only": {kube.Guard{ReadOnly: true}, nil, false, nil, false},
	} {
		e := &evictor{refuse: tt.refuse}
		c, _ := kubetest.ServeGuarded(t, tt.guard, e, "")
		pod := podOf("ReplicaSet")
		pod.UID = "u-1"
		f := eviction.Read(t.Context(), c, c.NewPod(pod))
		if diff := cmp.Diff(tt.sent, e.evicted); diff != "" || f.Asked != tt.asked || (f.Answer != nil) != tt.answer {
			t.Errorf("%s: asked %t, answer %v, sent (- want, + got):\n%s", name, f.Asked, f.Answer, diff)
		}
	}
}
