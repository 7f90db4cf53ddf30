package quarantine_test

import (
	"encoding/json"
	"fmt"
	"net/http"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/google/go-cmp/cmp"
	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/client-go/rest"

	"github.com/dayfly-k8s/dayfly/kube"
	"github.com/dayfly-k8s/dayfly/kube/apitest"
	"github.com/dayfly-k8s/dayfly/kube/quarantine"
)

// Who has left a controller is told what that does when it comes back.
func TestAdoption(t *testing.T) {
	const kept = `{"labels":{"app":"web"},"services":["web"],"controller":{"kind":"KIND","name":"web-0"},"by":"ann","at":"2026-03-04T12:00:00Z"}`
	for name, tt := range map[string]struct {
		kind   string
		around []string
		change func(*quarantine.Facts)
		want   string
	}{
		"ReplicaSet": {"ReplicaSet", []string{"ReplicaSet web-0 app=web"}, nil, "! ReplicaSet web-0 adopts it again, and deletes a pod if it has another in its place by now: this one, or that"},
		"scaled to none": {"ReplicaSet", []string{"ReplicaSet web-0 app=web"}, func(f *quarantine.Facts) { f.Left.Read = true },
			"! ReplicaSet web-0 wants no pods any more: it adopts it again, and deletes it"},
		"gone":            {"ReplicaSet", nil, func(f *quarantine.Facts) { f.Left.Gone = true }, "! ReplicaSet web-0, which had it, does not exist any more: nothing makes another pod if it goes"},
		"DaemonSet":       {"DaemonSet", []string{"DaemonSet web-0 app=web"}, nil, "! DaemonSet web-0 adopts it again, and deletes one of the two that are on its node"},
		"StatefulSet":     {"StatefulSet", []string{"StatefulSet we app=web"}, nil, ""},
		"by name":         {"StatefulSet", []string{"StatefulSet web app=web"}, func(f *quarantine.Facts) { f.Pod.Name = "web-0" }, "StatefulSet web adopts it again, by its name"},
		"selects no more": {"ReplicaSet", nil, func(f *quarantine.Facts) { f.Left.Read, f.Left.Selector = true, parsed(t, "app=api") }, "! ReplicaSet web-0 does not select it any more: it stays without a controller"},
	} {
		pod := podOf("", "x=y", quarantine.Label+"=true")
		pod.Annotations = map[string]string{quarantine.Annotation: strings.Replace(kept, "KIND", tt.kind, 1)}
		f := factsOf(pod, around(t, append([]string{"Service web app=web"}, tt.around...)...))
		f.Left = leftOf(tt.kind)
		if tt.change != nil {
			tt.change(&f)
		}
		p := quarantine.Back(f)
		got := strings.Join(told(t, p.Effects), "\n")
		if want := strings.TrimSpace("Service web (port http 80) sends it traffic again as soon as it is ready\n" + tt.want); got != want || p.Refusal != nil {
			t.Errorf("%s: it is told\n%s\nwant\n%s", name, got, want)
		}
	}
}

// counted are facts of a pod that has left a ReplicaSet of one pod, which has another by now.
func counted(t *testing.T, ready bool) quarantine.Facts {
	t.Helper()
	pod := podOf("", "x=y", quarantine.Label+"=true")
	pod.UID, pod.ResourceVersion = "u-this", "7"
	pod.Annotations = map[string]string{quarantine.Annotation: `{"labels":{"app":"web"},"controller":{"kind":"ReplicaSet","name":"web-0"}}`}
	set(pod, ready)
	other := podOf("ReplicaSet web-0", "app=web")
	other.Name, other.UID = "web-0-b", "u-other"
	set(other, true)
	f := factsOf(pod, around(t, "ReplicaSet web-0 app=web"))
	f.Left = leftOf("ReplicaSet")
	f.Left.Read, f.Left.Wanted, f.Left.UID, f.Left.Selector = true, 1, "u-1", parsed(t, "app=web")
	f.Siblings, f.Counted = []corev1.Pod{*other}, true
	return f
}

func set(pod *corev1.Pod, ready bool) {
	is := corev1.ConditionFalse
	if ready {
		is = corev1.ConditionTrue
	}
	pod.Status.Conditions = []corev1.PodCondition{{Type: corev1.PodReady, Status: is}}
}

// Whether the pod that is restored is the one that its controller deletes is said before, with what helps.
func TestSurplusIsTold(t *testing.T) {
	for name, tt := range map[string]struct {
		ready  bool
		change func(*quarantine.Facts)
		goes   bool
		want   []string
	}{
		"not ready": {false, nil, true, []string{
			"! ReplicaSet web-0 adopts it again, and has one pod too many: this one is deleted, for it is not ready",
			"To keep it, leave it in quarantine until it is ready, or scale ReplicaSet web-0 up by one first",
		}},
		"ready, of a Deployment": {true, func(f *quarantine.Facts) {
			f.Pod.Annotations[corev1.PodDeletionCost], f.Left.Of = "-5", "Deployment web"
		}, true, []string{
			"! ReplicaSet web-0 adopts it again, and has one pod too many: this one is deleted, for its pod-deletion-cost is lower",
			"To keep it, leave it in quarantine, or scale Deployment web up by one first",
		}},
		"the other": {true, func(f *quarantine.Facts) { set(&f.Siblings[0], false) }, false, []string{
			"ReplicaSet web-0 adopts it again, and has one pod too many: web-0-b is deleted, for it is not ready",
		}},
		"none": {false, func(f *quarantine.Facts) { f.Left.Wanted = 2 }, false, []string{"ReplicaSet web-0 adopts it again: it lacks a pod, so that none is deleted"}},
		"not known": {false, func(f *quarantine.Facts) { f.Counted = false }, false, []string{
			"! ReplicaSet web-0 adopts it again, and deletes a pod if it has another in its place by now: this one, or that",
		}},
		"of a DaemonSet": {true, func(f *quarantine.Facts) {
			f.Around, f.Left.Kind = around(t, "DaemonSet web-0 app=web"), "DaemonSet"
			f.Pod.Annotations[quarantine.Annotation] = strings.Replace(f.Pod.Annotations[quarantine.Annotation], "ReplicaSet", "DaemonSet", 1)
			f.Siblings[0].CreationTimestamp = metav1.NewTime(f.Pod.CreationTimestamp.Add(time.Minute))
		}, false, []string{"DaemonSet web-0 adopts it again, and has one pod too many: most likely web-0-b is deleted, for it is younger"}},
	} {
		f := counted(t, tt.ready)
		if tt.change != nil {
			tt.change(&f)
		}
		p := quarantine.Back(f)
		if diff := cmp.Diff(tt.want, told(t, p.Effects)); diff != "" || p.Goes != tt.goes || p.Refusal != nil {
			t.Errorf("%s: it goes: %t (%v); it is told (- want, + got):\n%s", name, p.Goes, p.Refusal, diff)
		}
	}
}

// Which pod goes is followed: that the one which is restored is being deleted, and has gone, is not taken for that it serves.
func TestCarryFollowsWhatIsDeleted(t *testing.T) {
	const begins, settles = "changed, ends false, gone false, lost [], settled false", "changed, ends false, gone false, lost [], settled true"
	for name, tt := range map[string]struct {
		ready bool
		after func(this, other *corev1.Pod) // what the controller does, when the pod has been changed
		want  []string
	}{
		"this one": {false, func(this, _ *corev1.Pod) { this.DeletionTimestamp = &metav1.Time{Time: time.Now()} }, []string{
			begins, "changed, ends true, gone false, lost [], settled false", "changed, ends true, gone true, lost [], settled false",
		}},
		"the other": {true, func(_, other *corev1.Pod) { other.DeletionTimestamp = &metav1.Time{Time: time.Now()} }, []string{
			begins, "changed, ends false, gone false, lost [web-0-b], settled false", "changed, ends false, gone false, lost [web-0-b], settled true",
		}},
		"late": {true, nil, []string{begins, settles, "changed, ends false, gone false, lost [web-0-b], settled true"}},
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				f := counted(t, tt.ready)
				s, other := &podServer{pod: f.Pod.DeepCopy()}, f.Siblings[0]
				s.pod.Status.Phase = corev1.PodRunning
				var mu sync.Mutex // holds other
				began := time.Now()
				handler := http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
					s.mu.Lock()
					gone := s.patched > 0 && tt.after != nil && s.pod.DeletionTimestamp != nil && time.Since(began) > 3*time.Second
					if s.patched > 0 && tt.after != nil {
						mu.Lock()
						tt.after(s.pod, &other)
						mu.Unlock()
					}
					list := &corev1.PodList{TypeMeta: metav1.TypeMeta{Kind: "PodList", APIVersion: "v1"}, ListMeta: metav1.ListMeta{ResourceVersion: "9"}}
					this := s.pod.DeepCopy()
					this.Kind, this.APIVersion = "Pod", "v1"
					if !gone {
						list.Items = append(list.Items, *s.pod)
					}
					s.mu.Unlock()
					query := r.URL.Query()
					switch {
					case query.Get("watch") != "":
						select { // with one event, how the pod is then
						case <-time.After(time.Second):
						case <-r.Context().Done():
							return
						}
						event := "MODIFIED"
						if gone {
							event = "DELETED"
						}
						w.Header().Set("Content-Type", "application/json")
						_ = json.NewEncoder(w).Encode(map[string]any{"type": event, "object": this})
					case query.Get("labelSelector") != "":
						mu.Lock()
						if late := tt.after == nil && time.Since(began) > 15*time.Second; late {
							other.DeletionTimestamp = &metav1.Time{Time: time.Now()}
						}
						list.Items = []corev1.Pod{other}
						mu.Unlock()
						apitest.Answer(w, http.StatusOK, list)
					case strings.HasSuffix(r.URL.Path, "/pods"):
						apitest.Answer(w, http.StatusOK, list)
					default:
						s.ServeHTTP(w, r)
					}
				})
				c, err := kube.New("test", "shop", &rest.Config{Host: "http://api.example", Transport: apitest.InMemory{Handler: handler}}, kube.Guard{})
				if err != nil {
					t.Fatal(err)
				}
				var got []string
				for p := range quarantine.Back(f).Carry(t.Context(), c, "", func() {}) {
					if p.Err != nil {
						t.Fatal(p.Err)
					}
					got = append(got, fmt.Sprintf("changed, ends %t, gone %t, lost %s, settled %t", p.Ends, p.Gone, p.Lost, p.Settled))
				}
				if diff := cmp.Diff(tt.want, got); diff != "" {
					t.Errorf("it is told (- want, + got):\n%s", diff)
				}
			})
		})
	}
}
