package runner_test

import (
	"testing"

	"github.com/dayfly-k8s/dayfly/kube"
	"github.com/dayfly-k8s/dayfly/kube/kubetest"
	"github.com/dayfly-k8s/dayfly/tui/runner"
)

// A shell in a container of the pod's own is ended with dayfly, or when a person wants it; the container runs on as if nothing had been.
func TestShellInTheOwnContainer(t *testing.T) {
	for name, end := range map[string]func(*runner.Runner, *runner.Session) error{
		"by a person": func(r *runner.Runner, s *runner.Session) error {
			return r.End(t.Context(), []runner.Container{s.Container()})[0]
		},
		"on exit": func(r *runner.Runner, _ *runner.Session) error { r.Close(); return nil },
	} {
		t.Run(name, func(t *testing.T) {
			c := kubetest.PractiseLive(t, "practice")
			at := kube.Target{Namespace: "shop", Pod: "annotated", Container: "app"}
			container := func() kube.Container {
				pod, err := c.Pod(t.Context(), at.Namespace, at.Pod)
				if err != nil {
					t.Fatal(err)
				}
				is, _ := pod.Container(at.Container)
				return is
			}
			before := container()
			r := runner.New(t.Context(), runner.Options{})
			s := r.Start(runner.Enter(c, at, "", []string{"sh"}))
			if err := r.Await(t.Context(), func() bool { return s.Look().WasAttached() }); err != nil {
				t.Fatal(err)
			}
			if !r.Own(s.Container()) || len(r.Remaining()) != 1 || len(r.Leaving()) != 1 {
				t.Errorf("of %d sessions that remain %d end with dayfly", len(r.Remaining()), len(r.Leaving()))
			}
			if err := end(r, s); err != nil {
				t.Fatal(err)
			}
			<-s.Done()
			if now := s.Look(); now.Lives() || now.Remains() || now.Gone {
				t.Errorf("it is %+v", now)
			}
			if after := container(); !after.Running || after.Restarts != before.Restarts || !after.Since.Equal(before.Since) {
				t.Errorf("the container was %s, and is %s", before.State, after.State)
			}
		})
	}
}
