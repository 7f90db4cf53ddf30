package main

import (
	"path/filepath"
	"testing"

	"github.com/dayfly-k8s/dayfly/cmd/dayfly/config"
	"github.com/dayfly-k8s/dayfly/kube/debug"
)

func TestReadOnlyFlag(t *testing.T) {
	file := filepath.Join(t.TempDir(), "config.yaml")
	write(t, file, "contexts: [{match: prod, readOnly: false, protected: true}]")
	c, err := config.Read(file)
	if err != nil {
		t.Fatal(err)
	}
	for _, readOnly := range []bool{true, false} {
		g := (&options{readOnly: readOnly}).guard(c)("prod")
		if g.ReadOnly != readOnly || !g.Protected {
			t.Errorf("with --read-only=%v the guard is %+v", readOnly, g)
		}
	}
	problem := debug.Plan{}.Forbidden((&options{readOnly: true}).guard(c)("prod"))
	if want := "read-only: nothing is changed here (--read-only)"; problem == nil || problem.Message != want {
		t.Errorf("the problem is %v, want %s", problem, want)
	}
}
