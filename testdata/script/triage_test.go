package script

import (
	"testing"

	corev1 "k8s.io/api/core/v1"
)

// A crash loop of a real kubelet stands at the top; the pane beside the list, its log and its inspection say why.
func TestWhyIsBesideTheList(t *testing.T) {
	t.Parallel()
	const pod = "boom"
	shell := pictures().shell
	err := here.Create(t.Context(), pod, corev1.PodSpec{Containers: []corev1.Container{
		{Name: "app", Image: shell, Command: []string{"sh", "-c", "echo cannot reach the db; exit 3"}},
		{Name: "sidecar", Image: shell, Command: []string{"sh", "-c", "echo the sidecar is up; exec sleep 1000000"}},
	}})
	if err != nil {
		t.Fatal(err)
	}
	p := sitDownAt(t, 130, 36, nil)
	p.seesIn(start, "✗  "+pod)
	p.types("/" + pod)
	p.presses("enter")
	// Whether the list has Error or CrashLoopBackOff at the moment is the kubelet's affair.
	p.seesIn(start, "container app exited with code 3", "last exit", "cannot reach the db", "sidecar  running", "Scheduled")

	p.goesOnTo("l", "cannot reach the db", "following")
	p.goesOnTo("a", "the sidecar is up", "all 2 containers")
	p.goesOnTo("esc", "1 of")
	p.goesOnTo("i", "Containers", "exit 3")
	p.goesOnTo("v", "kind: Pod", "name: "+pod, "managedFields hidden")
	if p.Screen().Has("fieldsType") {
		t.Errorf("managed fields are on the screen\n%s", p.Screen())
	}
	p.leaves()
}

// oddLog prints what programs print that were made for a terminal: a progress bar, links, moves of the cursor, bytes that are no text.
const oddLog = `i=0; while [ $i -le 100 ]; do printf '\r%3d%%|########| %d/100' $i $i; i=$((i+5)); done; printf '\n'
printf 'crlf line\r\n'
printf '\033[31mred\033[0m \033[1;32mbold\033[m \033]8;;http://x.test\033\\link\033]8;;\033\\ bell\007\n'
printf 'latin1[\351] cjk[\346\227\245\346\234\254] tab[\t]\n'
printf 'no newline at end'
exec sleep 1000000`

// What a log holds besides text is neither lost nor shown as a terminal would: a progress bar is its last state, a link its words.
func TestOddLogIsReadable(t *testing.T) {
	t.Parallel()
	pod := "odd-log"
	if err := here.Run(t.Context(), pod, corev1.PodSpec{Containers: []corev1.Container{
		{Name: "app", Image: pictures().shell, Command: []string{"sh", "-c", oddLog}},
	}}); err != nil {
		t.Fatal(err)
	}
	p := sitDownAt(t, 100, 30, nil, pod)
	p.seesIn(start, "CONTAINER", "running")
	p.goesOnTo("l", "following")
	p.sees("100%|########| 100/100", "crlf line", "red bold link bell", "cjk[日本]")
	for _, wrong := range []string{" 95%|", "]8;;", "x.test", "^M", "\u240d"} {
		if p.Screen().Has(wrong) {
			t.Errorf("%q is on the screen\n%s", wrong, p.Screen())
		}
	}
	p.leaves()
}
