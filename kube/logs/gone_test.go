package logs

import (
	"errors"
	"io"
	"net/http"
	"strings"
	"testing"
	"testing/iotest"

	"github.com/dayfly-k8s/dayfly/kube"
	"github.com/dayfly-k8s/dayfly/kube/apitest"
	"github.com/dayfly-k8s/dayfly/kube/kubetest"
)

const noLogSentence = "unable to retrieve container logs for containerd://3f0c2a"

// A kubelet's error in the place of a log is an error, however it is cut into pieces, and what a program prints is not.
func TestKubeletLog(t *testing.T) {
	for name, test := range map[string]struct {
		log, want  string
		WatchError bool
	}{
		"nothing":                   {"", "", false},
		"lines":                     {"one\ntwo\n", "one\ntwo\n", false},
		"no line end":               {"one\ntwo", "one\ntwo", false},
		"the error alone":           {noLogSentence, "", true},
		"behind lines":              {"one\ntwo\n" + noLogSentence, "one\ntwo\n", true},
		"of another runtime":        {"unable to retrieve container logs for cri-o://ab", "", true},
		"no ID":                     {"unable to retrieve container logs for docker://", "", true},
		"symlinks":                  {"a\n" + `failed to try resolving symlinks in path "/var/log/pods/x/0.log": lstat: no such file`, "a\n", true},
		"too many open files":       {"a\nfailed to create fsnotify watcher: too many open files", "a\n", true},
		"file":                      {`failed to open log file "/var/log/pods/x/0.log": permission denied`, "", true},
		"a program says it":         {noLogSentence + "\n", noLogSentence + "\n", false},
		"a program says it midway":  {"he said: " + noLogSentence, "he said: " + noLogSentence, false},
		"with a time stamp":         {"2026-01-01T00:00:00Z " + noLogSentence, "2026-01-01T00:00:00Z " + noLogSentence, false},
		"only its beginning":        {"unable to retrieve", "unable to retrieve", false},
		"something like it":         {"unable to retrieve container logs for the job", "unable to retrieve container logs for the job", false},
		"a prompt":                  {"one\nfailed to ", "one\nfailed to ", false},
		"a long line like an error": {"failed to open log file " + strings.Repeat("x", 10000), "failed to open log file " + strings.Repeat("x", 10000), false},
	} {
		for how, cut := range map[string]func(io.Reader) io.Reader{
			"whole": func(r io.Reader) io.Reader { return r }, "bytes": iotest.OneByteReader, "halves": iotest.HalfReader, "last with EOF": iotest.DataErrReader,
		} {
			t.Run(name+"/"+how, func(t *testing.T) {
				got, err := io.ReadAll(newKubeletLog(io.NopCloser(cut(strings.NewReader(test.log))), "read the log of web/app"))
				if string(got) != test.want || errors.Is(err, ErrGone) != test.WatchError || err != nil && !test.WatchError {
					t.Errorf("it reads %q and %v", got, err)
				}
			})
		}
	}
	broken := newKubeletLog(io.NopCloser(io.MultiReader(strings.NewReader("one\n"+noLogSentence), iotest.ErrReader(io.ErrUnexpectedEOF))), "read")
	if got, err := io.ReadAll(broken); string(got) != "one\n"+noLogSentence || !errors.Is(err, io.ErrUnexpectedEOF) {
		t.Errorf("of a broken stream it reads %q and %v", got, err)
	}
}

// No reader of logs takes the kubelet's error for what a program has printed.
func TestLogsWithoutALog(t *testing.T) {
	cluster, _ := kubetest.ServeGuarded(t, kube.Guard{}, http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if !strings.HasSuffix(r.URL.Path, "/log") {
			apitest.Answer(w, http.StatusOK, apitest.RunningPod())
			return
		}
		_, _ = io.WriteString(w, noLogSentence)
	}), "")
	stream, err := Open(t.Context(), cluster, kube.Target{Namespace: "shop", Pod: "web", Container: "app"}, Options{})
	if err != nil {
		t.Fatal(err)
	}
	text, err := io.ReadAll(stream)
	if err := errors.Join(stream.Close()); err != nil {
		t.Error(err)
	}
	p := kubetest.WantProblem(t, err, "read the log of web/app: its node cannot read the log: "+noLogSentence)
	if len(text) > 0 || !errors.Is(p, ErrGone) {
		t.Errorf("it reads %q, %v", text, p)
	}
	for news := range Stream(t.Context(), cluster, Request{Pod: kube.PodKey{Namespace: "shop", Name: "web"}, Containers: []string{"app"}}) {
		for _, line := range news.Lines {
			t.Errorf("a line says %q", line.Raw)
		}
		for _, state := range news.States {
			if state.Ended && !errors.Is(state.Trouble, ErrGone) {
				t.Errorf("it ends with %v", state.Trouble)
			}
		}
	}
}
