package pod

import (
	"strings"
	"testing"

	"github.com/dayfly-k8s/dayfly/kube"
	"github.com/dayfly-k8s/dayfly/kube/quarantine"
	"github.com/dayfly-k8s/dayfly/tui/kit"
	"github.com/dayfly-k8s/dayfly/tui/kittest"
)

// A pod in quarantine says so, with who does not have it, and the key that takes it out brings it back.
func TestPodInQuarantine(t *testing.T) {
	running := strings.Replace(kittest.WebPod, "STATE", kittest.Running, 1)
	annotated := func(text string) string {
		return strings.Replace(running, `"name": "web",`, `"name": "web", "annotations": {"`+quarantine.Annotation+`": "`+strings.ReplaceAll(text, `"`, `\"`)+`"},`, 1)
	}
	const of = `{"labels":{"app":"web"},"services":["web","web-internal"],"controller":{"kind":"ReplicaSet","name":"web-7d"},"by":"ann","at":"2026-03-04T11:55:00Z"}`
	for name, tt := range map[string]struct{ pod, says, key string }{
		"in none": {running, "", "Q quarantine"},
		"in it":   {annotated(of), "! In quarantine for 5m, by ann: not in Services web and web-internal; left ReplicaSet web-7d", "Q restore"},
		"of one":  {annotated(`{"labels":{"app":"web"},"services":["web"],"at":"2026-03-04T11:55:00Z"}`), "! In quarantine for 5m: not in Service web", "Q restore"},
		"by its label": {strings.Replace(running, `"name": "web",`, `"name": "web", "labels": {"`+quarantine.Label+`": "true"},`, 1),
			"! In quarantine by its label, but no annotation keeps what it was before: press Q", "Q restore"},
		"not legible": {annotated("{"), "! In quarantine, but what it was before cannot be read", "Q restore"},
	} {
		t.Run(name, func(t *testing.T) {
			a := kittest.NewHost(t)
			a.Width = 100
			a.Cluster = kittest.Cluster(t, kittest.ServeWeb(t, tt.pod))
			pod, err := a.Cluster.Pod(t.Context(), "shop", "web")
			if err != nil {
				t.Fatal(err)
			}
			s := New(t.Context(), a.Kit, a.Cluster, kube.PodKey{Namespace: "shop", Name: "web"})
			t.Cleanup(s.Close)
			a.Stack = append(a.Stack, s)
			a.Do(t, s.Brings(kube.PodNews{Pod: pod}))
			text := a.Text()
			if header := strings.Contains(strings.SplitN(text, "\n", 2)[0], "in quarantine"); header != (tt.says != "") || !strings.Contains(text, tt.says) || !strings.Contains(text, tt.key) {
				t.Errorf("it does not say %q and %q:\n%s", tt.says, tt.key, text)
			}
			kittest.CheckEverySize(t, s)
			a.Do(t, kittest.Press("Q"), kittest.Press("E"))
			key := kube.PodKey{Namespace: "shop", Name: "web"}
			if len(a.Asked) != 2 || a.Asked[0] != (kit.Quarantine{Cluster: a.Cluster, Pod: key}) || a.Asked[1] != (kit.Evict{Cluster: a.Cluster, Pod: key}) {
				t.Errorf("asked for is %v", a.Asked)
			}
		})
	}
}
