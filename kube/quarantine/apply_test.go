package quarantine_test

import (
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"strconv"
	"strings"
	"sync"
	"testing"
	"testing/synctest"

	jsonpatch "gopkg.in/evanphx/json-patch.v4"
	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/client-go/rest"

	"github.com/google/go-cmp/cmp"

	"github.com/dayfly-k8s/dayfly/kube"
	"github.com/dayfly-k8s/dayfly/kube/apitest"
	"github.com/dayfly-k8s/dayfly/kube/kubetest"
	"github.com/dayfly-k8s/dayfly/kube/quarantine"
	"github.com/dayfly-k8s/dayfly/kube/selectors"
)

// podServer is an API server with one pod, which takes merge patches as a real one does: for the version that they name.
type podServer struct {
	mu      sync.Mutex
	pod     *corev1.Pod               // nil: it is gone
	patched int                       // patches that have come
	before  func(s *podServer)        // is called with each patch, before it is looked at
	answer  func(http.ResponseWriter) // in place of the answer to a patch that has been applied
}

func (s *podServer) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	s.mu.Lock()
	defer s.mu.Unlock()
	switch {
	case !strings.HasSuffix(r.URL.Path, "/pods/web"):
		apitest.Refuse(w, http.StatusForbidden, metav1.StatusReasonForbidden, "no", nil)
	case r.Method == http.MethodPatch:
		s.patch(w, r)
	case s.pod == nil:
		apitest.Refuse(w, http.StatusNotFound, metav1.StatusReasonNotFound, `pods "web" not found`, &metav1.StatusDetails{Name: "web"})
	default:
		apitest.Answer(w, http.StatusOK, s.pod)
	}
}

func (s *podServer) patch(w http.ResponseWriter, r *http.Request) {
	patch, _ := io.ReadAll(r.Body)
	if s.patched++; s.before != nil {
		s.before(s)
	}
	var names struct {
		Metadata struct{ UID, ResourceVersion string }
	}
	switch err := json.Unmarshal(patch, &names); {
	case err != nil || names.Metadata.UID == "" || names.Metadata.ResourceVersion == "":
		apitest.Refuse(w, http.StatusBadRequest, metav1.StatusReasonBadRequest, "the patch names no pod", nil)
		return
	case s.pod == nil:
		apitest.Refuse(w, http.StatusNotFound, metav1.StatusReasonNotFound, `pods "web" not found`, &metav1.StatusDetails{Name: "web"})
		return
	case names.Metadata.ResourceVersion != s.pod.ResourceVersion || names.Metadata.UID != string(s.pod.UID):
		apitest.Refuse(w, http.StatusConflict, metav1.StatusReasonConflict, "the object has been modified", nil)
		return
	}
	was, err := json.Marshal(s.pod)
	is, wrong := jsonpatch.MergePatch(was, patch)
	if err = errors.Join(err, wrong); err != nil {
		apitest.Refuse(w, http.StatusBadRequest, metav1.StatusReasonBadRequest, err.Error(), nil)
		return
	}
	s.pod = &corev1.Pod{}
	_ = json.Unmarshal(is, s.pod)
	s.touch()
	if s.answer != nil {
		s.answer(w)
		return
	}
	apitest.Answer(w, http.StatusOK, s.pod)
}

// touch changes something of the pod.
func (s *podServer) touch() {
	n, _ := strconv.Atoi(s.pod.ResourceVersion)
	s.pod.ResourceVersion = strconv.Itoa(n + 1)
}

// stand is a pod behind a Service, at an API server.
func stand(t *testing.T) (*podServer, *kube.Cluster) {
	t.Helper()
	s := newPodServer()
	return s, kubetest.Serve(t, s)
}

func newPodServer() *podServer {
	pod := podOf("", "app=web", "tier=front")
	pod.Annotations = map[string]string{"note": "as \"it\" was\n"}
	return &podServer{pod: pod}
}

// planned is the plan for the pod as it is now: out of its Service, or back.
func planned(t *testing.T, s *podServer) quarantine.Plan {
	t.Helper()
	s.mu.Lock()
	defer s.mu.Unlock()
	f := factsOf(s.pod.DeepCopy(), around(t, "Service web app=web"))
	if _, ok := s.pod.Annotations[quarantine.Annotation]; ok {
		return quarantine.Back(f)
	}
	return quarantine.Out(f, false)
}

func metadata(t *testing.T, s *podServer) string {
	t.Helper()
	text, err := json.Marshal(struct{ Labels, Annotations map[string]string }{s.pod.Labels, s.pod.Annotations})
	if err != nil {
		t.Fatal(err)
	}
	return string(text)
}

// What a quarantine has taken comes back byte for byte, and nothing of it is left.
func TestOutAndBack(t *testing.T) {
	s, c := stand(t)
	before := metadata(t, s)
	if err := planned(t, s).Apply(t.Context(), c, ""); err != nil {
		t.Fatal(err)
	}
	if _, there := s.pod.Labels["app"]; there || s.pod.Labels["tier"] != "front" || s.pod.Labels[quarantine.Label] != quarantine.LabelValue {
		t.Errorf("its labels are %v", s.pod.Labels)
	}
	state, ok := quarantine.Of(kube.NewPod(s.pod.DeepCopy()))
	if !ok || state.By != "ann" || state.Since.IsZero() || strings.Join(state.Services, ",") != "web" || state.Controller != "" {
		t.Errorf("it is in quarantine: %t, %+v", ok, state)
	}
	if err := planned(t, s).Apply(t.Context(), c, ""); err != nil {
		t.Fatal(err)
	}
	if after := metadata(t, s); after != before {
		t.Errorf("it is\n%s\nand was\n%s", after, before)
	}
	if _, ok := quarantine.Of(kube.NewPod(s.pod.DeepCopy())); ok {
		t.Error("it is still in quarantine")
	}
}

// What somebody has put in the place of a label stays, and is told; the rest comes back.
func TestBackKeepsWhatOthersHaveChanged(t *testing.T) {
	s, c := stand(t)
	if err := planned(t, s).Apply(t.Context(), c, ""); err != nil {
		t.Fatal(err)
	}
	s.pod.Labels["app"] = "mine"
	p := planned(t, s)
	if got := told(t, p.Effects); len(got) == 0 || got[0] != "! Label app is mine by now, and was web: somebody has changed it, and it stays" {
		t.Errorf("it is told %q", got)
	}
	if err := p.Apply(t.Context(), c, ""); err != nil {
		t.Fatal(err)
	}
	if _, marked := s.pod.Labels[quarantine.Label]; s.pod.Labels["app"] != "mine" || marked || s.pod.Annotations[quarantine.Annotation] != "" {
		t.Errorf("its labels are %v, its annotations %v", s.pod.Labels, s.pod.Annotations)
	}
}

// A pod's status changes all the time: then the patch is made anew. What has become of its labels meanwhile is not overwritten.
func TestApplyWhileThePodChanges(t *testing.T) {
	problem := func(err error) string {
		var p *kube.Problem
		if errors.As(err, &p) {
			return p.Message
		}
		return ""
	}
	const op = "take pod web out of its Services: "
	for name, tt := range map[string]struct {
		before  func(*podServer)
		answer  func(http.ResponseWriter)
		patches int
		want    string // empty: it is done
	}{
		"its status, once": {before: func(s *podServer) {
			if s.patched == 1 {
				s.touch()
			}
		}, patches: 2},
		"its status, always": {before: (*podServer).touch, patches: 5, want: op + "the object has been modified"},
		"its labels": {before: func(s *podServer) {
			s.pod.Labels["app"] = "other"
			s.touch()
		}, patches: 1, want: op + "somebody has changed its labels since you have seen them"},
		"another quarantine": {before: func(s *podServer) {
			s.pod.Annotations[quarantine.Annotation] = "{}"
			s.touch()
		}, patches: 1, want: op + "somebody has changed its labels since you have seen them"},
		"another pod": {before: func(s *podServer) {
			s.pod.UID = "another"
			s.touch()
		}, patches: 1, want: op + "it does not exist any more"},
		"gone":        {before: func(s *podServer) { s.pod = nil }, patches: 1, want: op + "it does not exist any more"},
		"answer lost": {answer: func(http.ResponseWriter) { panic(http.ErrAbortHandler) }, patches: 1},
	} {
		t.Run(name, func(t *testing.T) {
			s, c := stand(t)
			p := planned(t, s)
			s.before, s.answer = tt.before, tt.answer
			err := p.Apply(t.Context(), c, "")
			if got := problem(err); (err != nil) != (tt.want != "") || !strings.HasPrefix(got, tt.want) || s.patched != tt.patches {
				t.Errorf("%v, after %d patches; want %q after %d", err, s.patched, tt.want, tt.patches)
			}
			if tt.want == "" && s.pod.Annotations[quarantine.Annotation] == "" {
				t.Error("it is not in quarantine")
			}
		})
	}
}

// Rules hold whatever the screen has shown: nothing is sent.
func TestApplyUnderRules(t *testing.T) {
	for name, g := range map[string]kube.Guard{"read-only": {ReadOnly: true}, "protected": {Protected: true}} {
		s, _ := stand(t)
		c, witness := kubetest.ServeGuarded(t, g, s, "")
		err := planned(t, s).Apply(t.Context(), c, "we")
		if !errors.Is(err, kube.ErrGuarded) || len(witness.Requests()) > 0 {
			t.Errorf("%s: %v, and %q were sent", name, err, witness.Requests())
		}
		if !g.Protected {
			continue
		}
		if err := planned(t, s).Apply(t.Context(), c, "web"); err != nil {
			t.Errorf("%s: with its name typed: %v", name, err)
		}
	}
}

// An annotation is whatever somebody has written.
func TestHostileAnnotation(t *testing.T) {
	for _, text := range []string{"", "{", `{"labels":{}}`, `{"labels":{"a b":"c"}}`, `{"labels":{"a":"b\u001b[31m"}}`, `{"labels":{"` + quarantine.Label + `":"x"}}`, `[]`} {
		pod := podOf("", "x=y")
		pod.Annotations = map[string]string{quarantine.Annotation: text}
		state, ok := quarantine.Of(kube.NewPod(pod))
		if !ok || !state.Unreadable {
			t.Errorf("%q: %t, %+v", text, ok, state)
		}
		p := quarantine.Back(factsOf(pod, around(t)))
		if p.Refusal == nil || p.Refusal.Hint == "" {
			t.Fatalf("%q is put back", text)
		}
		apitest.WantClean(t, p.Refusal.Message)
	}
}

func leftOf(kind string) *selectors.Controller {
	return &selectors.Controller{Kind: kind, Name: "web-0"}
}

// A plan is followed until the endpoints of the Services have followed: those that still have the pod are told. What has been done is noted, once.
func TestCarry(t *testing.T) {
	for name, tt := range map[string]struct {
		endpoints []string // of the Service, one answer after the other; the last stays
		back      bool
		want      []string
	}{
		"followed":        {[]string{"web,other", "web,other", "other"}, false, []string{"changed true, waits [web], unread false", "changed true, waits [], unread false"}},
		"cannot be read":  {[]string{""}, false, []string{"changed true, waits [web], unread false", "changed true, waits [web], unread true"}},
		"at once":         {[]string{"other"}, false, []string{"changed true, waits [web], unread false", "changed true, waits [], unread false"}},
		"comes back":      {[]string{"other", "other", "web,other"}, true, []string{"changed true, waits [web], unread false", "changed true, waits [], unread false"}},
		"nobody is there": {[]string{"none"}, false, []string{"changed true, waits [web], unread false", "changed true, waits [], unread false"}},
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				s := newPodServer()
				answers := tt.endpoints
				handler := http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
					if !strings.HasSuffix(r.URL.Path, "/endpointslices") || answers[0] == "" {
						s.ServeHTTP(w, r)
						return
					}
					var endpoints []map[string]any
					for _, pod := range strings.Split(answers[0], ",") {
						endpoints = append(endpoints, map[string]any{"targetRef": map[string]string{"kind": "Pod", "name": pod}})
					}
					if len(answers) > 1 {
						answers = answers[1:]
					}
					apitest.Answer(w, http.StatusOK, map[string]any{"kind": "EndpointSliceList", "items": []any{map[string]any{"endpoints": endpoints}}})
				})
				c, err := kube.New("test", "shop", &rest.Config{Host: "http://api.example", Transport: apitest.InMemory{Handler: handler}}, kube.Guard{})
				if err != nil {
					t.Fatal(err)
				}
				if tt.back {
					if err := planned(t, s).Apply(t.Context(), c, ""); err != nil {
						t.Fatal(err)
					}
				}
				done := 0
				var got []string
				for p := range planned(t, s).Carry(t.Context(), c, "", func() { done++ }) {
					got = append(got, fmt.Sprintf("changed %t, waits %v, unread %t", p.Changed, p.Waits, p.Unread))
				}
				if diff := cmp.Diff(tt.want, got); diff != "" || done != 1 || len(answers) > 1 {
					t.Errorf("done %d times, with %d answers left; it is told (- want, + got):\n%s", done, len(answers)-1, diff)
				}
			})
		})
	}
}
