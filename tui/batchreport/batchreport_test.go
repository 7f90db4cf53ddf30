package batchreport_test

import (
	"bytes"
	"errors"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/dayfly-k8s/dayfly/kube"
	"github.com/dayfly-k8s/dayfly/kube/apitest"
	"github.com/dayfly-k8s/dayfly/kube/batch"
	"github.com/dayfly-k8s/dayfly/kube/debug"
	"github.com/dayfly-k8s/dayfly/kube/fold"
	"github.com/dayfly-k8s/dayfly/tui/batchreport"
	"github.com/dayfly-k8s/dayfly/tui/batchrun"

	corev1 "k8s.io/api/core/v1"
)

func item(namespace, name string) batch.Item {
	pod := kube.NewPod(apitest.RunningPod(func(p *corev1.Pod) { p.Namespace, p.Name = namespace, name }))
	return batch.Item{Subject: batch.Subject{Namespace: namespace, Pod: pod}, OnNode: "node-1", Plan: &debug.Plan{}}
}

func result(i batch.Item, code int, output string) batchrun.Result {
	return batchrun.Result{Item: i, Exit: &kube.Exit{Code: code}, Output: []byte(output), Bytes: int64(len(output)), Added: true}
}

func TestBefore(t *testing.T) {
	b := batch.Batch{Items: []batch.Item{item("shop", "a"), item("shop", "b"), item("shop", "c"), item("shop", "d")}}
	b.Items[1].Notes = []string{"pod b is small"}
	b.Items[2].Skip, b.Items[3].Skip = "has completed", "has completed"
	want := `runs in 2 of 4 pods, on 1 node; 2 skipped
2 pods are changed for good: a debug container stays in the list of its pod until the pod is deleted
skipped, has completed: shop/c and shop/d
the pod is small: shop/b`
	if got := strings.Join(batchreport.Before(b), "\n"); got != want {
		t.Errorf("it says\n%s", got)
	}
	for n := range 20 {
		i := item("shop", fmt.Sprint("x", n))
		i.Skip = fmt.Sprint("reason ", n)
		b.Items = append(b.Items, i)
	}
	if got := batchreport.Before(b); len(got) != 2+12+1+1 || got[14] != "skipped, and for 9 more reasons: -o json has them all" {
		t.Errorf("of many reasons it says\n%s", strings.Join(got, "\n"))
	}
}

func TestSummary(t *testing.T) {
	results := []batchrun.Result{
		result(item("shop", "a"), 0, ""), result(item("shop", "b"), 3, ""), {Item: item("shop", "c"), NotBegun: true},
		{Item: item("shop", "d"), Problem: &kube.Problem{Message: "timed out after 3s", Err: batchrun.ErrLate}}, {Item: item("shop", "e"), Problem: &kube.Problem{Message: "no"}},
	}
	if got := batchreport.Summary(results); got != "1 of 5 succeeded, 1 with exit code 3, 1 not begun, 1 timed out, 1 without an exit code" {
		t.Errorf("it says %q", got)
	}
	if got := batchreport.Progress(batchrun.Progress{All: 40, Done: 12, Failed: 2, Left: 29600 * time.Millisecond}); got != "12 of 40 done, 2 failed, about 30s left" {
		t.Errorf("progress is %q", got)
	}
}

// Whole lines, each behind its name, however they come in; hostile ones are cleaned on a terminal only.
func TestLines(t *testing.T) {
	for _, c := range []struct {
		items             []batch.Item
		terminal, colours bool
		want              string
	}{
		{[]batch.Item{item("shop", "a"), item("shop", "bb")}, false, false, "bb | x\x1b[2J\r\na  | one\nbb | y\na  | two\n"},
		{[]batch.Item{item("shop", "a"), item("cart", "b")}, true, false, "cart/b | x␛[2J\nshop/a | one\ncart/b | y\nshop/a | two\n"},
		{[]batch.Item{item("shop", "a"), item("shop", "b")}, true, true, "\x1b[32mb | \x1b[0mx␛[2J\n\x1b[31ma | \x1b[0mone\n\x1b[32mb | \x1b[0my\n\x1b[31ma | \x1b[0mtwo\n"},
	} {
		var out bytes.Buffer
		l := batchreport.NewLines(&out, c.items, c.terminal, c.colours)
		for _, w := range []struct {
			item int
			text string
		}{{0, "on"}, {1, "x\x1b[2J\r\n"}, {0, "e\ntw"}, {1, "y\n"}, {0, "o"}} {
			l.Write(w.item, []byte(w.text))
		}
		l.End(0)
		l.End(1)
		if out.String() != c.want || l.Err() != nil {
			t.Errorf("it printed\n%q, want\n%q", out.String(), c.want)
		}
	}
	broken := errors.New("broken")
	l := batchreport.NewLines(failing{broken}, []batch.Item{item("shop", "a")}, false, false)
	l.Write(0, []byte("x\n"))
	if !errors.Is(l.Err(), broken) {
		t.Errorf("a write that fails is told as %v", l.Err())
	}
}

type failing struct{ err error }

func (f failing) Write([]byte) (int, error) { return 0, f.err }

// A line without an end is printed in parts, and kept back no longer.
func TestLongLine(t *testing.T) {
	var out bytes.Buffer
	l := batchreport.NewLines(&out, []batch.Item{item("shop", "a")}, false, false)
	for range 100 {
		l.Write(0, bytes.Repeat([]byte("x"), 1000))
	}
	if n := out.Len(); n < 64<<10 || strings.Count(out.String(), "\n") != 1 {
		t.Errorf("%d bytes are printed", n)
	}
}

func TestWriteFold(t *testing.T) {
	results := []batchrun.Result{
		result(item("shop", "a"), 0, "a\none\x1b"), result(item("shop", "b"), 0, "b\none\x1b"), result(item("shop", "c"), 0, "c\ntwo"),
		result(item("shop", "d"), 1, "d\none\x1b"), {Item: item("shop", "e"), Problem: &kube.Problem{Message: "pod e has gone"}}, result(item("shop", "f"), 0, "\x00\x01"),
	}
	results[2].Cut = true
	masks, err := fold.NewMasks(time.Now(), nil)
	if err != nil {
		t.Fatal(err)
	}
	var out bytes.Buffer
	if err := batchreport.WriteFold(&out, batchreport.Fold(results, masks), true); err != nil {
		t.Fatal(err)
	}
	want := `── 2 of 6 · exit 0 · shop/a and shop/b
a
one␛

── 1 of 6 · exit 0 · shop/c
--- shop/a
+++ shop/c
@@ -1,2 +1,2 @@
 <pod>
-one␛
\ No newline at end of file
+two
\ No newline at end of file
(only the first 5 bytes were kept)

── 1 of 6 · exit 1 · shop/d
(the same output as the first)

── 1 of 6 · pod e has gone · shop/e

── 1 of 6 · exit 0 · shop/f
not text: 2 bytes here, 6 bytes in shop/a
`
	if out.String() != want {
		t.Errorf("it printed\n%s", out.String())
	}
	if err := batchreport.WriteFold(failing{errors.New("broken")}, batchreport.Fold(results, masks), true); err == nil {
		t.Error("a write that fails is no error")
	}
}

// TestWhole: skipped ones are members too, text is text, and what is none is base64.
func TestWhole(t *testing.T) {
	skipped := item("shop", "z")
	skipped.Skip = "has completed"
	results := []batchrun.Result{result(item("shop", "a"), 0, "é"), result(item("shop", "b"), 0, "\xff"), {Item: item("shop", "c"), NotBegun: true}}
	masks, _ := fold.NewMasks(time.Now(), nil)
	w := batchreport.WholeOf("k7f2q", "test", []string{"true"}, []batch.Item{skipped}, results, batchreport.Fold(results, masks))
	if len(w.Members) != 4 || w.Changed != 2 || len(w.Groups) != 3 || *w.Members[0].Output != "é" || string(w.Members[1].Binary) != "\xff" || w.Members[1].Output != nil ||
		w.Members[2].ExitCode != nil || w.Members[2].Outcome != "not begun" || w.Members[3].Skipped != "has completed" {
		t.Errorf("%+v", w)
	}
	var out bytes.Buffer
	if err := batchreport.WriteRest(&out, "test", []batch.Item{skipped}, results); err != nil || strings.Count(out.String(), "\n") != 2 {
		t.Errorf("%v: %s", err, out.String())
	}
}

// All addresses of a pod are its own, of both families.
func TestFoldMasksAddresses(t *testing.T) {
	of := func(name, ip, other string) batchrun.Result {
		pod := kube.NewPod(apitest.RunningPod(func(p *corev1.Pod) {
			p.Name, p.Status.PodIP, p.Status.PodIPs = name, ip, []corev1.PodIP{{IP: ip}, {IP: other}}
		}))
		i := item("shop", name)
		i.Pod = pod
		return result(i, 0, "inet "+ip+"\ninet6 "+other+"\n")
	}
	results := []batchrun.Result{of("a", "10.0.0.1", "fd00::1"), of("b", "10.0.0.2", "fd00::2")}
	for i, ip := range []string{"10.0.0.8", "10.0.0.9"} { // of a copy of it
		results[i].IPs, results[i].Output = []string{ip}, append(results[i].Output, ip...)
	}
	if folded := batchreport.Fold(results, fold.Masks{}); len(folded.Groups) != 1 {
		t.Errorf("there are %d groups", len(folded.Groups))
	}
}
