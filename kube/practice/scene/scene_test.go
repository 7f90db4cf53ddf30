package scene_test

import (
	"strings"
	"testing"
	"testing/fstest"

	"github.com/dayfly-k8s/dayfly/kube/practice/scene"
	"github.com/dayfly-k8s/dayfly/testdata/manifests"
)

func TestLoad(t *testing.T) {
	s, err := scene.Load(manifests.FS)
	if err != nil {
		t.Fatal(err)
	}
	if len(s.Items) < 30 {
		t.Errorf("only %d objects", len(s.Items))
	}
}

// TestMistakes says where each mistake is.
func TestMistakes(t *testing.T) {
	for name, test := range map[string]struct{ file, text, want string }{
		"an unknown field": {"a.yaml", "apiVersion: v1\nkind: Pod\nmetadata: {name: a}\nspec: {contaners: []}", `a.yaml, document 1: .*contaners`},
		"an unknown kind":  {"a.yaml", "apiVersion: v1\nkind: Namespace\nmetadata: {name: a}\n---\nkind: Thing", `a.yaml, document 2: .*"Thing"`},
	} {
		t.Run(name, func(t *testing.T) {
			_, err := scene.Load(fstest.MapFS{test.file: {Data: []byte(test.text)}})
			if err == nil {
				t.Fatal("no error")
			}
			before, after, _ := strings.Cut(test.want, ".*")
			if !strings.Contains(err.Error(), before) || !strings.Contains(err.Error(), after) {
				t.Errorf("error %q, want %q", err, test.want)
			}
		})
	}
}
