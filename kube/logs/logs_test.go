package logs

import (
	"fmt"
	"io"
	"net/http"
	"runtime"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"

	"github.com/dayfly-k8s/dayfly/kube"
	"github.com/dayfly-k8s/dayfly/kube/apitest"
	"github.com/dayfly-k8s/dayfly/kube/kubetest"
)

// logServer is an API server with one pod, whose log is read several times.
type logServer struct {
	mu       sync.Mutex
	pod      *corev1.Pod // nil: deleted
	readings []reading   // of the log, in their order
	queries  []string    // sinceTime and tailLines of those there were
}

// reading is how one request for a log is answered.
type reading struct {
	text   string
	broken bool        // the connection breaks behind the text
	refuse string      // with 400
	then   *corev1.Pod // how the pod is from then on
	gone   bool        // or that it is no more
	stays  bool        // the stream stays open
}

func (s *logServer) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	if !strings.HasSuffix(r.URL.Path, "/log") {
		s.pods(w, r)
		return
	}
	s.mu.Lock()
	s.queries = append(s.queries, r.URL.Query().Get("sinceTime")+"|"+r.URL.Query().Get("tailLines"))
	if len(s.readings) == 0 {
		s.mu.Unlock()
		<-r.Context().Done()
		return
	}
	a := s.readings[0]
	s.readings = s.readings[1:]
	if a.then != nil || a.gone {
		s.pod = a.then
	}
	s.mu.Unlock()
	if a.refuse != "" {
		apitest.Refuse(w, http.StatusBadRequest, metav1.StatusReasonBadRequest, a.refuse, nil)
		return
	}
	_, _ = io.WriteString(w, a.text)
	_ = http.NewResponseController(w).Flush()
	if a.broken {
		panic(http.ErrAbortHandler)
	}
	if a.stays {
		<-r.Context().Done()
	}
}

func (s *logServer) pods(w http.ResponseWriter, r *http.Request) {
	if r.URL.Query().Get("watch") != "" {
		<-r.Context().Done()
		return
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	list := corev1.PodList{TypeMeta: metav1.TypeMeta{Kind: "PodList", APIVersion: "v1"}}
	list.ResourceVersion = "7"
	if s.pod != nil {
		list.Items = append(list.Items, *s.pod)
	}
	apitest.Answer(w, http.StatusOK, &list)
}

func restartedPod(restarts int32, state corev1.ContainerState, last ...corev1.ContainerState) *corev1.Pod {
	return apitest.RunningPod(func(p *corev1.Pod) {
		c := &p.Status.ContainerStatuses[0]
		c.State, c.RestartCount = state, restarts
		if len(last) > 0 {
			c.LastTerminationState = last[0]
		}
	})
}

func at(seconds float64, text string) string {
	t := time.Unix(1_700_000_000, 0).Add(time.Duration(seconds * float64(time.Second)))
	return t.UTC().Format("2006-01-02T15:04:05.000000000Z07:00") + " " + text + "\n"
}

// told follows the log of web/app until it ends, or until so many lines have come, and returns the lines and the states' words.
func told(t *testing.T, s *logServer, r Request, lines int) (texts, states []string) {
	t.Helper()
	r.Pod, r.Containers = kube.PodKey{Namespace: "shop", Name: "web"}, []string{"app"}
	for news := range Stream(t.Context(), kubetest.Serve(t, s), r) {
		for _, line := range news.Lines {
			text := line.Text
			if line.Mark {
				text = "-- " + text
			}
			texts = append(texts, text)
		}
		for _, state := range news.States {
			words := state.Words
			if state.Trouble != nil {
				words += "! " + state.Trouble.Error()
			}
			if state.Ended {
				words += " (ended)"
			}
			states = append(states, words)
		}
		if lines > 0 && len(texts) >= lines {
			break
		}
	}
	return texts, states
}

func TestPodLogsReadOnWithoutLossOrDoubling(t *testing.T) {
	const second = "2023-11-14T22:13:21Z"
	follow := Request{Follow: true, Tail: 100}
	for name, tt := range map[string]struct {
		readings []reading
		want     string
		queries  string
	}{
		"the connection breaks inside a line": {
			[]reading{
				{text: at(0, "a") + at(1, "b") + at(1, "b") + at(1.5, "c") + strings.TrimSuffix(at(1.7, "de"), "e\n"), broken: true},
				{text: at(1, "b") + at(1, "b") + at(1.5, "c") + at(1.7, "de") + at(2, "f"), stays: true},
			},
			"a b b c de f", "|100 " + second + "|",
		},
		"the same line again is another line": {
			[]reading{{text: at(1, "b"), broken: true}, {text: at(1, "b") + at(1, "b") + at(1, "b"), stays: true}},
			"b b b", "|100 " + second + "|",
		},
		"the log was rotated: what was read is not there any more": {
			[]reading{{text: at(1, "a") + at(1.1, "b")}, {text: at(1.2, "c") + at(3, "d"), stays: true}},
			"a b c d", "|100 " + second + "|",
		},
		"the tail began within the second": {
			[]reading{{text: at(1.5, "b"), broken: true}, {text: at(1.1, "before") + at(1.5, "b") + at(1.6, "c"), stays: true}},
			"b c", "|100 " + second + "|",
		},
		"it breaks again and again": {
			[]reading{
				{text: at(1, "a"), broken: true}, {broken: true}, {text: at(1, "a"), broken: true},
				{text: at(1, "a") + at(1.5, "b"), broken: true}, {text: at(1, "a") + at(1.5, "b") + at(1.6, "c"), stays: true},
			},
			"a b c", strings.Join([]string{"|100", second + "|", second + "|", second + "|", second + "|"}, " "),
		},
		"before the first line": {
			[]reading{{broken: true}, {text: at(1, "a"), stays: true}}, "a", "|100 |100",
		},
		"the node gives no times": {
			[]reading{{text: "x\n", broken: true}, {text: "x\ny\n", stays: true}}, "x y", "|100 |100",
		},
	} {
		t.Run(name, func(t *testing.T) {
			s := &logServer{pod: apitest.RunningPod(), readings: tt.readings}
			got, _ := told(t, s, follow, len(strings.Fields(tt.want)))
			if strings.Join(got, " ") != tt.want {
				t.Errorf("the lines are %q, want %q", got, tt.want)
			}
			if got := strings.Join(s.queries, " "); got != tt.queries {
				t.Errorf("asked with %s, want %s", got, tt.queries)
			}
		})
	}
}

func TestPodLogsSayWhatHappened(t *testing.T) {
	running := restartedPod(3, apitest.Running(), apitest.Terminated(3, "Error", ""))
	crashed := restartedPod(2, apitest.Waiting("CrashLoopBackOff", ""), apitest.Terminated(3, "Error", ""))
	creating := restartedPod(0, apitest.Waiting("ContainerCreating", ""))
	failed := restartedPod(0, apitest.Terminated(137, "OOMKilled", ""))
	failed.Status.Phase = corev1.PodFailed
	for name, tt := range map[string]struct {
		request       Request
		pod           *corev1.Pod
		readings      []reading
		lines         int // to wait for; 0: the end
		texts, states []string
	}{
		"a previous instance": {
			Request{Previous: true}, nil, []reading{{text: at(1, "boom") + "no end"}}, 0, []string{"boom", "no end"}, []string{"", " (ended)"},
		},
		"no previous instance": {
			Request{Previous: true}, nil, []reading{{refuse: `previous terminated container "app" in pod "web" not found`}}, 0, nil,
			[]string{"! app has no previous log: it has not restarted, or its node has removed the old log (ended)"},
		},
		"the pod is deleted": {
			Request{Follow: true}, apitest.RunningPod(), []reading{{text: at(1, "bye"), gone: true}}, 0, []string{"bye"},
			[]string{"", "pod web has been deleted (ended)"},
		},
		"it ends for good": {
			Request{Follow: true}, apitest.RunningPod(), []reading{{text: at(1, "bye"), then: failed}}, 0, []string{"bye"},
			[]string{"", "app ended: exit 137 OOMKilled (ended)"},
		},
		"it is restarted": {
			Request{Follow: true}, apitest.RunningPod(), []reading{{text: at(59, "one"), then: running}, {text: at(61, "two"), stays: true}}, 3,
			[]string{"one", "-- ── app was restarted, after exit 3 Error ──", "two"}, nil,
		},
		"it has not started": {
			Request{Follow: true}, creating,
			[]reading{{refuse: `container "app" in pod "web" is waiting to start: ContainerCreating`}}, -1,
			nil, []string{"app has not started yet: ContainerCreating"},
		},
		"it waits for its restart": {
			Request{Follow: true}, crashed, []reading{{text: at(1, "boom")}}, -1,
			[]string{"boom"}, []string{"", "app ended: exit 3 Error. These are its last lines until it starts again"},
		},
	} {
		t.Run(name, func(t *testing.T) {
			s := &logServer{pod: tt.pod, readings: tt.readings}
			request, lines := tt.request, tt.lines
			request.Pod, request.Containers = kube.PodKey{Namespace: "shop", Name: "web"}, []string{"app"}
			if lines == -1 { // it waits: the last state is what is waited for
				var texts, states []string
				for news := range Stream(t.Context(), kubetest.Serve(t, s), request) {
					for _, line := range news.Lines {
						texts = append(texts, line.Text)
					}
					for _, state := range news.States {
						states = append(states, state.Words)
					}
					if len(states) > 0 && states[len(states)-1] == tt.states[len(tt.states)-1] {
						break
					}
				}
				if !slices.Equal(texts, tt.texts) || !slices.Equal(states, tt.states) {
					t.Errorf("%q, %q", texts, states)
				}
				return
			}
			texts, states := told(t, s, request, lines)
			if diff := cmp.Diff(tt.texts, texts); diff != "" {
				t.Error(diff)
			}
			if diff := cmp.Diff(tt.states, states); tt.states != nil && diff != "" {
				t.Error(diff)
			}
		})
	}
}

func TestPodLogsForbidden(t *testing.T) {
	cluster := kubetest.Serve(t, http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		apitest.Refuse(w, http.StatusForbidden, metav1.StatusReasonForbidden,
			`pods "web" is forbidden: User "eve" cannot get resource "pods/log" in API group "" in the namespace "shop"`, nil)
	}))
	news := apitest.Receive(t, Stream(t.Context(), cluster, Request{Pod: kube.PodKey{Namespace: "shop", Name: "web"}, Containers: []string{"app"}, Follow: true}), "news")
	if len(news.States) != 1 || !news.States[0].Ended {
		t.Fatalf("the news is %+v", news)
	}
	p := kube.Explain(news.States[0].Trouble)
	if !strings.Contains(p.Hint, `the verb "get" on the resource "pods/log" in namespace shop`) || !strings.Contains(p.RequiredRBAC, "resources: [pods/log]\n  verbs: [get]") {
		t.Errorf("the problem is %+v", p)
	}
}

func TestLogRequestKubectl(t *testing.T) {
	r := Request{Pod: kube.PodKey{Namespace: "shop", Name: "web"}, Containers: []string{"app"}, Tail: 50, Follow: true}
	if got, want := r.Kubectl("prod eu", false, true),
		"kubectl logs web --container=app '--context=prod eu' --follow --namespace=shop --tail=50 --timestamps"; got != want {
		t.Errorf("%s, want %s", got, want)
	}
	r = Request{Pod: r.Pod, Containers: []string{"app", "proxy"}, Previous: true}
	if got, want := r.Kubectl("", true, false), "kubectl logs web --all-containers --max-log-requests=2 --namespace=shop --prefix --previous"; got != want {
		t.Errorf("%s, want %s", got, want)
	}
}

func TestPodLogsOfManyContainersAreInOrder(t *testing.T) {
	cluster := kubetest.Serve(t, http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		var n int
		_, _ = fmt.Sscanf(r.URL.Query().Get("container"), "c%d", &n)
		for i := range 20 {
			_, _ = io.WriteString(w, at(float64(i)+float64(n)/100, fmt.Sprint(i)))
		}
		_ = http.NewResponseController(w).Flush()
		<-r.Context().Done()
	}))
	request := Request{Pod: kube.PodKey{Namespace: "shop", Name: "web"}, Follow: true}
	for n := range 40 {
		request.Containers = append(request.Containers, fmt.Sprintf("c%d", n))
	}
	var lines []Line
	for news := range Stream(t.Context(), cluster, request) {
		if lines = append(lines, news.Lines...); len(lines) >= 800 {
			break
		}
	}
	if len(lines) != 800 || !slices.IsSortedFunc(lines, func(a, b Line) int { return a.Time.Compare(b.Time) }) {
		t.Errorf("%d lines, which are not in order", len(lines))
	}
	if lines[41].Container != "c1" || lines[41].Text != "1" {
		t.Errorf("line 41 is %+v", lines[41])
	}
}

// endless is a line without an end, of so many bytes.
type endless struct{ left int }

func (e *endless) Read(p []byte) (int, error) {
	n := min(len(p), e.left)
	if n == 0 {
		return 0, io.EOF
	}
	for i := range n {
		p[i] = 'x'
	}
	e.left -= n
	return n, nil
}

func TestLogLineOfTenMegabytes(t *testing.T) {
	const long = 10 << 20
	var before, after runtime.MemStats
	runtime.ReadMemStats(&before)
	lines := NewLines(io.MultiReader(strings.NewReader(strings.TrimSuffix(at(0, ""), "\n")), &endless{long}, strings.NewReader("\n"+at(1, "next"))), "app")
	line, err := lines.Next()
	runtime.ReadMemStats(&after)
	if err != nil || len(line.Raw) != LineMost || line.Cut != long-LineMost {
		t.Errorf("%d bytes, %d cut, %v", len(line.Raw), line.Cut, err)
	}
	if !strings.HasSuffix(line.Text, fmt.Sprintf(" … %d bytes cut", long-LineMost)) || line.Time.IsZero() {
		t.Errorf("it ends with %q", line.Text[len(line.Text)-40:])
	}
	if took := after.TotalAlloc - before.TotalAlloc; took > 1<<20 {
		t.Errorf("it took %d bytes", took)
	}
	if line, err := lines.Next(); err != nil || line.Text != "next" || line.Cut != 0 {
		t.Errorf("the line behind it is %+v, %v", line, err)
	}
	for _, over := range []int{-1, 0, 1, 48 << 10} { // around the bound and the reader's own
		text := strings.Repeat("y", LineMost+over)
		line, err := NewLines(strings.NewReader(at(0, text)), "app").Next()
		if err != nil || len(line.Raw) != min(len(text), LineMost) || line.Cut != max(over, 0) {
			t.Errorf("%+d: %d bytes, %d cut, %v", over, len(line.Raw), line.Cut, err)
		}
	}
}

func TestLogText(t *testing.T) {
	for in, want := range map[string]string{
		"plain": "plain",
		"":      "",
		"\x1b[31mred\x1b[0m and \x1b[1;38;5;9mbold\x1b[m": "red and bold",
		"\x1b[2J\x1b[1;1Hgone":                            "␛[2J␛[1;1Hgone",
		"\x1b]52;c;ZXZpbA==\a":                            "␛]52;c;ZXZpbA==\ufffd",
		"\x1b]0;title\x1b\\":                              "␛]0;title␛\\",
		"\x1b[\x1b[31mm":                                  "␛[m",
		"\x1b":                                            "␛",
		"\x1b[31":                                         "␛[31",
		"\tat com.foo\r":                                  "        at com.foo",
		"NAME\tREADY\tAGE":                                "NAME    READY   AGE",
		"漢\tx":                                            "漢      x",
		"50%\r100%":                                       "100%",
		"\r  0%\r 50%\r100%\r\r":                          "100%",
		"downloading\rdone":                               "doneloading",
		"downloading\r\x1b[Kdone":                         "done",
		"downloading\x1b[2K\rdone":                        "done",
		"\x1b[?25lwait\b\b\b\bdone\x1b[?25h":              "done",
		"漢字\rx":                                           "x 字",
		"漢字\r x":                                          " x字",
		"abc\r漢":                                          "漢c",
		"abcd\r👩‍👩‍👧":                                     "👩‍👩‍👧cd",
		"a\b\b\bb":                                        "b",
		"see \x1b]8;;http://x.test\x1b\\link\x1b]8;;\x1b\\!": "see link!",
		"see \x1b]8;id=1;http://x.test\alink\x1b]8;;\a!":     "see link!",
		"\x1b]8;;http://x.test":                              "␛]8;;http://x.test",
		"\x1b]8;;http://x\x1b[31m.test\a":                    "␛]8;;http://x.test\ufffd",
		"\x1b[>4;2mx":                                        "␛[>4;2mx",
		"\x1bP+q544e\x1b\\dcs \x1b[6n dsr":                   "␛P+q544e␛\\dcs ␛[6n dsr",
		"\u0085nel \u2028ls \vvt \fff":                       "\ufffdnel \ufffdls \ufffdvt \ufffdff",
		"e\u0301\rx":                                         "x",
		"⚠️ vs16":                                            "⚠️ vs16",
		"a\u202eb\u200bc":                                    "a\ufffdb\ufffdc",
		"\x00\xff\x9b31m":                                    "\ufffd\ufffd\ufffd31m",
		"日本 👩‍👩‍👧":                                           "日本 👩‍👩‍👧",
	} {
		if got := Text(in); got != want {
			t.Errorf("%q becomes %q, want %q", in, got, want)
		}
	}
}

// BenchmarkLogLines reads lines from a stream, cleaned and with their times.
func BenchmarkLogLines(b *testing.B) {
	var log strings.Builder
	for i := range 100_000 {
		log.WriteString(at(float64(i)/1000, fmt.Sprintf("\x1b[32minfo\x1b[0m request %d served in %d ms, and what else there is to say", i, i%300)))
	}
	for b.Loop() {
		lines := NewLines(strings.NewReader(log.String()), "app")
		var marks logMarks
		for {
			line, err := lines.Next()
			if err != nil {
				break
			}
			marks.add(&line)
		}
	}
}

// Many long lines are many news: what is not drawn yet takes no more room than what is kept.
func TestLogNewsIsBoundInBytes(t *testing.T) {
	parts := make(chan logPart, 200)
	for range cap(parts) {
		parts <- logPart{container: "app", lines: slices.Repeat([]Line{{Container: "app", Raw: strings.Repeat("x", LineMost)}}, 16)}
	}
	close(parts)
	m := logMerge{parts: parts, streams: 1, last: map[string]time.Time{}}
	lines := 0
	for n, ok := m.next(); ok; n, ok = m.next() {
		if size := len(n.Lines) * LineMost; size > mergeBytes+1<<20 {
			t.Fatalf("one news has %d bytes", size)
		}
		lines += len(n.Lines)
	}
	if lines != 200*16 {
		t.Errorf("%d lines have come of %d", lines, 200*16)
	}
}
