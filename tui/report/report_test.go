package report_test

import (
	"archive/zip"
	"io"
	"net/http"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"testing"
	"time"

	"github.com/charmbracelet/x/ansi"

	"github.com/dayfly-k8s/dayfly/kube"
	"github.com/dayfly-k8s/dayfly/kube/kubetest"
	"github.com/dayfly-k8s/dayfly/tui/journal"
	"github.com/dayfly-k8s/dayfly/tui/kit"
	"github.com/dayfly-k8s/dayfly/tui/kittest"
	"github.com/dayfly-k8s/dayfly/tui/recording"
	"github.com/dayfly-k8s/dayfly/tui/report"
)

func TestMain(m *testing.M) { kubetest.Main(m) }

// desk is a screen for a report on the crasher, whose state has a journal and two recordings, one of them of another pod.
type desk struct {
	*testing.T
	*report.Screen
	host  *kittest.Host
	state string
}

func open(t *testing.T, c *kube.Cluster) *desk {
	t.Helper()
	d := &desk{T: t, host: kittest.NewHost(t), state: filepath.Join(t.TempDir(), "state")}
	j, err := journal.Open(d.state)
	if err != nil {
		t.Fatal(err)
	}
	if err := j.Write(journal.Entry{Time: kittest.Noon(), Action: journal.Attached, Context: c.Context, Namespace: "shop", Pod: "crasher", Container: "debugger-x"}); err != nil {
		t.Fatal(err)
	}
	for _, pod := range []string{"crasher", "other"} {
		w, err := recording.Create(d.state, recording.About{Context: c.Context, Namespace: "shop", Pod: pod, Container: "debugger-x"}, recording.Options{})
		if err != nil {
			t.Fatal(err)
		}
		w.Output([]byte("this is " + pod + ", password=planted-word\r\n"))
		if err := w.Close(); err != nil {
			t.Fatal(err)
		}
	}
	d.Screen = report.New(t.Context(), d.host.Kit, report.Options{Cluster: c, Pod: kube.PodKey{Namespace: "shop", Name: "crasher"}, State: d.state})
	t.Cleanup(d.Close)
	d.Update(d.Init()())
	return d
}

func (d *desk) press(names ...string) {
	for _, name := range names {
		for cmd := d.Update(kittest.Press(name)); cmd != nil; {
			cmd = d.Update(cmd())
		}
	}
}

func (d *desk) text() string { return ansi.Strip(d.View(100, 60)) }

func (d *desk) want(when string, words ...string) {
	d.Helper()
	text := d.text()
	for _, w := range words {
		if !strings.Contains(text, w) {
			d.Fatalf("%s it does not say %q:\n%s", when, w, text)
		}
	}
}

// to puts the cursor on an option.
func (d *desk) to(words string) {
	d.Helper()
	d.press("home")
	for range 20 {
		for _, line := range strings.Split(d.text(), "\n") {
			if strings.HasPrefix(line, "▸") && strings.Contains(line, words) {
				return
			}
		}
		d.press("down")
	}
	d.Fatalf("there is no %q:\n%s", words, d.text())
}

// zips are the files of the only zip in a folder, by their names.
func zips(t *testing.T, folder string) map[string]string {
	t.Helper()
	found, err := filepath.Glob(filepath.Join(folder, "*.zip"))
	if err != nil || len(found) != 1 {
		t.Fatalf("there are %q, %v", found, err)
	}
	if info, err := os.Stat(found[0]); err != nil || runtime.GOOS != "windows" && info.Mode().Perm() != 0o600 {
		t.Errorf("%v, %v", info.Mode(), err)
	}
	archive, err := zip.OpenReader(found[0])
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = archive.Close() }()
	files := map[string]string{}
	for _, f := range archive.File {
		in, err := f.Open()
		if err != nil {
			t.Fatal(err)
		}
		data, err := io.ReadAll(in)
		if err != nil {
			t.Fatal(err)
		}
		_, name, _ := strings.Cut(f.Name, "/")
		files[name] = string(data)
	}
	return files
}

// What is chosen is in the report, and what is not is not; it says where it is, and what was taken out.
func TestReport(t *testing.T) {
	d := open(t, kubetest.Practise(t, "practice"))
	d.want("at first", "[x] logs", "[x] journal", "[ ] ", "debugger-x", "[x] take out", "[ ] folder")
	if n := strings.Count(d.text(), "debugger-x"); n != 1 {
		t.Errorf("there are %d recordings to choose from:\n%s", n, d.text())
	}
	kittest.CheckEverySize(t, d.Screen)
	d.to("debugger-x")
	d.press("space")
	d.to("around")
	d.press("space")
	d.to("folder")
	d.press("space", "enter")
	d.want("at the end", "The report is in", "and in the folder", "Taken out", "· report.md")
	kittest.CheckEverySize(t, d.Screen)
	files := zips(t, filepath.Join(d.state, "reports"))
	for name, want := range map[string]string{"report.md": "attached, container debugger-x", "pod.yaml": "name: crasher", "logs/app.previous.log": "boom"} {
		if !strings.Contains(files[name], want) {
			t.Errorf("%s is without %q:\n%s", name, want, files[name])
		}
	}
	if _, ok := files["node.yaml"]; ok {
		t.Error("what was left out is in it")
	}
	recorded := 0
	for name, data := range files {
		if strings.Contains(data, "planted") {
			t.Errorf("a secret is in %s:\n%s", name, data)
		}
		if strings.HasPrefix(name, "recordings/") && strings.Contains(data, "this is crasher, password=") {
			recorded++
		}
	}
	if folders, _ := filepath.Glob(filepath.Join(d.state, "reports", "*", "report.md")); recorded != 1 || len(folders) != 1 {
		t.Errorf("%d recordings, folders %q", recorded, folders)
	}
	if head, _ := d.CopyText(); !strings.HasPrefix(head, "# Pod shop/crasher\n") {
		t.Errorf("y copies %q", head)
	}
	d.press("v")
	asked, _ := d.host.Requested()
	show, ok := asked.(kit.Show)
	if !ok {
		t.Fatalf("v asks for %#v", asked)
	}
	kittest.CheckEverySize(t, show.Screen)
	if text := ansi.Strip(show.Screen.View(80, 200)); !strings.Contains(text, "Time line ──") || strings.Contains(text, "|---") || strings.Contains(text, "`") {
		t.Errorf("report.md is shown as\n%s", text)
	}
}

// A report that cannot be written says why, and the choices are there again.
func TestPlaceTaken(t *testing.T) {
	d := open(t, kubetest.Practise(t, "practice"))
	file := filepath.Join(t.TempDir(), "mine.zip")
	if err := os.WriteFile(file, []byte("mine"), 0o600); err != nil {
		t.Fatal(err)
	}
	d.to("file")
	d.press("space")
	asked, _ := d.host.Requested()
	prompt := asked.(kit.Show).Screen
	enter := func(text string) {
		for _, r := range text {
			prompt.Update(kittest.Press(string(r)))
		}
	}
	_ = prompt.Init() // the caret is not waited for
	enter("notes.txt")
	prompt.Update(kittest.Press("enter"))
	if text := ansi.Strip(prompt.View(80, 20)); !strings.Contains(text, "a report is a zip") {
		t.Errorf("of another ending it says\n%s", text)
	}
	for range len("notes.txt") {
		prompt.Update(kittest.Press("backspace"))
	}
	enter(file)
	prompt.Update(kittest.Press("enter"))
	answer, _ := d.host.Requested()
	d.Update(answer.(kit.Return).Result)
	d.press("enter")
	d.want("of a file that is there", "is there already", "[x] logs")
	if data, err := os.ReadFile(file); err != nil || string(data) != "mine" {
		t.Errorf("it was written over: %q, %v", data, err)
	}
}

// Esc gives the report up that is being made: nothing is written, and the choices are there again.
func TestCancel(t *testing.T) {
	asked := make(chan struct{}, 100)
	c := kubetest.Serve(t, http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if strings.HasSuffix(r.URL.Path, "/pods/crasher") {
			w.Header().Set("Content-Type", "application/json")
			_, _ = io.WriteString(w, `{"kind":"Pod","apiVersion":"v1","metadata":{"name":"crasher","namespace":"shop"},"spec":{"containers":[{"name":"app"}]}}`)
			return
		}
		asked <- struct{}{}
		<-r.Context().Done()
	}))
	d := open(t, c)
	next := d.Update(kittest.Press("enter"))
	select {
	case <-asked:
	case <-time.After(30 * time.Second):
		t.Fatal("nothing was read")
	}
	if !d.HoldsBack() {
		t.Error("esc would leave the screen")
	}
	d.want("while it is made", "Making the report")
	d.press("esc")
	d.want("when it is cancelled", "Cancelling")
	for next != nil {
		next = d.Update(next())
	}
	d.want("afterwards", "[x] logs")
	if d.HoldsBack() {
		t.Error("esc does not leave the screen")
	}
	if flash, ok := d.host.Requested(); !ok || !strings.Contains(flash.(kit.Flash).Text, "no report was written") {
		t.Errorf("it says %#v", flash)
	}
	if left, err := filepath.Glob(filepath.Join(d.state, "reports", "*")); err != nil || len(left) != 0 {
		t.Errorf("left are %q, %v", left, err)
	}
}
