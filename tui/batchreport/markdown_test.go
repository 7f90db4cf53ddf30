package batchreport_test

import (
	"strings"
	"testing"
	"time"

	"github.com/dayfly-k8s/dayfly/kube"
	"github.com/dayfly-k8s/dayfly/kube/batch"
	"github.com/dayfly-k8s/dayfly/kube/fold"
	"github.com/dayfly-k8s/dayfly/tui/batchreport"
	"github.com/dayfly-k8s/dayfly/tui/batchrun"
)

// The summary says what was run, quotes the largest group, and of others how they differ; what a cluster says stays in its block.
func TestMarkdown(t *testing.T) {
	t.Parallel()
	var results []batchrun.Result
	add := func(name, output string, code int) {
		results = append(results, batchrun.Result{
			Item: batch.Item{Subject: batch.Subject{Namespace: "shop", Pod: &kube.Pod{Namespace: "shop", Name: name}}}, Exit: &kube.Exit{Code: code}, Output: []byte(output),
		})
	}
	add("a", "one\ntwo\n", 0)
	add("b", "one\ntwo\n", 0)
	add("c", "one\n```\n# hostile\x1b[31m\n", 1)
	masks, err := fold.NewMasks(time.Time{}, nil)
	if err != nil {
		t.Fatal(err)
	}
	facts := batchreport.Facts{What: "cat `x`", How: "by exec", Where: "shop › 3 pods", Context: "prod_1", Took: 2400 * time.Millisecond, At: time.Unix(0, 0), Skipped: []string{"has completed: shop/job"}}
	got := batchreport.Markdown(facts, batchreport.Fold(results, masks), results)
	want := "### `` cat `x` ``\n\nshop › 3 pods, context prod\\_1 (by exec), 1970-01-01 00:00 UTC, 2s.\n2 of 3 succeeded, 1 with exit code 1.\n- skipped, has completed: shop/job\n" +
		"\n**2 of 3: exit 0** (shop/a and shop/b)\n\n```\none\ntwo\n```\n\n**1 of 3: exit 1** (shop/c)\n\n````diff\n"
	if !strings.HasPrefix(got, want) {
		t.Errorf("it is\n%s\nwant\n%s", got, want)
	}
	for _, s := range []string{"\n+```\n", "\n````\n"} {
		if !strings.Contains(got, s) {
			t.Errorf("%q is not in\n%s", s, got)
		}
	}
	if strings.Contains(got, "\x1b") {
		t.Errorf("an escape is in %q", got)
	}
}
