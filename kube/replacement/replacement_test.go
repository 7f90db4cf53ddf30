package replacement_test

import (
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
	"k8s.io/apimachinery/pkg/labels"
	"k8s.io/apimachinery/pkg/types"
	"k8s.io/client-go/rest"

	"github.com/dayfly-k8s/dayfly/kube"
	"github.com/dayfly-k8s/dayfly/kube/apitest"
	"github.com/dayfly-k8s/dayfly/kube/replacement"
	"github.com/dayfly-k8s/dayfly/kube/selectors"
)

// controlled is a pod of a controller: "web-a ready", "web-b", "web-c deleting".
func controlled(line string, at time.Time) corev1.Pod {
	name, how, _ := strings.Cut(line, " ")
	pod := apitest.RunningPod(func(p *corev1.Pod) {
		p.Name, p.UID, p.CreationTimestamp = name, types.UID("u-"+name), metav1.NewTime(at)
		p.OwnerReferences = []metav1.OwnerReference{{Kind: "ReplicaSet", Name: "web", UID: "u-set", Controller: new(true)}}
		p.Status.ContainerStatuses[0] = corev1.ContainerStatus{Name: "app", State: apitest.Waiting("ImagePullBackOff", "no such image")}
	})
	switch how {
	case "ready":
		pod.Status.ContainerStatuses[0] = corev1.ContainerStatus{Name: "app", Ready: true, State: apitest.Running()}
		pod.Status.Conditions = []corev1.PodCondition{{Type: corev1.PodReady, Status: corev1.ConditionTrue}}
	case "deleting":
		pod.DeletionTimestamp = &metav1.Time{Time: at}
	case "other":
		pod.OwnerReferences[0].UID = "u-other"
	}
	return *pod
}

// The newest pod that was not there before is the replacement. It is told when it comes, how it is, that it takes long, and when it is ready.
func TestFollow(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var mu sync.Mutex
		var pods []corev1.Pod
		fails := false
		has := func(lines ...string) {
			mu.Lock()
			defer mu.Unlock()
			pods = nil
			for i, line := range lines {
				pods = append(pods, controlled(line, time.Now().Add(time.Duration(i)*time.Second)))
			}
		}
		server := http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			mu.Lock()
			defer mu.Unlock()
			if fails || r.URL.Query().Get("labelSelector") != "app=web" {
				apitest.Refuse(w, http.StatusForbidden, metav1.StatusReasonForbidden, "no", nil)
				return
			}
			apitest.Answer(w, http.StatusOK, &corev1.PodList{TypeMeta: metav1.TypeMeta{Kind: "PodList", APIVersion: "v1"}, Items: pods})
		})
		c, err := kube.New("test", "shop", &rest.Config{Host: "http://api.example", Transport: apitest.InMemory{Handler: server}}, kube.Guard{})
		if err != nil {
			t.Fatal(err)
		}
		has("web-a ready", "web-b ready")
		f, err := replacement.Before(t.Context(), c, "shop", selectors.Controller{Kind: "ReplicaSet", Name: "web", UID: "u-set", Selector: labels.SelectorFromSet(labels.Set{"app": "web"})})
		if err != nil {
			t.Fatal(err)
		}
		var told []string
		news := f.Follow(t.Context())
		take := func() {
			n := <-news
			told = append(told, fmt.Sprintf("%q %q ready %t, late %t, trouble %t, after %s", n.Name, n.State, n.Ready, n.Late, n.Trouble != nil, n.Took.Truncate(time.Second)))
		}
		synctest.Wait() // there is none yet, which is no news
		has("web-b ready", "web-c deleting", "web-x other", "web-d", "web-e")
		take()
		mu.Lock()
		fails = true
		mu.Unlock()
		take()
		mu.Lock()
		fails = false
		mu.Unlock()
		take()
		take() // nothing new for a minute
		has("web-b ready", "web-e ready")
		take()
		if _, open := <-news; open {
			t.Error("it goes on behind what is ready")
		}
		want := []string{
			`"web-e" STATE ready false, late false, trouble false, after 1s`,
			`"" "" ready false, late false, trouble true, after 2s`,
			`"web-e" STATE ready false, late false, trouble false, after 3s`,
			`"web-e" STATE ready false, late true, trouble false, after 1m1s`,
			`"web-e" "ready" ready true, late true, trouble false, after 1m2s`,
		}
		for i, line := range told {
			told[i] = strings.Replace(line, `"cannot pull image shop/web:1 of container app: no such image"`, "STATE", 1)
		}
		if diff := cmp.Diff(want, told); diff != "" {
			t.Errorf("it is told (- want, + got):\n%s", diff)
		}
	})
}
