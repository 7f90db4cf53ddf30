package files

import (
	"io"
	"strings"
	"testing"

	"github.com/dayfly-k8s/dayfly/kube"
	"github.com/dayfly-k8s/dayfly/kube/kubetest"
	"github.com/dayfly-k8s/dayfly/kube/stream"
)

// What still writes when its link is lost is ended before it is looked how much has arrived: otherwise it would write into what comes next.
func TestHalt(t *testing.T) {
	c := kubetest.PractiseLive(t, "practice")
	at := kube.Target{Namespace: "shop", Pod: "annotated"}
	p := Place{Target: at.Of("app"), Runs: at.Of("proxy")}
	u := &Upload{Request: Request{Place: p, Path: "/"}}
	s := &sending{Upload: u, cluster: c, at: "/part-of", part: ".dayfly-" + token()}
	word := token()
	for name, test := range map[string]struct {
		hangs []string
		halt  func() error
	}{
		"a file": {p.command(receive, s.at, s.part), func() error {
			_, err := s.arrived(t.Context())
			return err
		}},
		"a folder": {p.command(unpack, "", word, ""), func() error {
			_, err := u.ask(t.Context(), c, unpacked, "", word, "", token(), "1000")
			return err
		}},
	} {
		t.Run(name, func(t *testing.T) {
			in, out := io.Pipe()
			defer func() { _ = out.Close() }()
			ended := make(chan int, 1)
			go func() {
				code, err := stream.Exec(t.Context(), c, p.Runs, test.hangs, stream.Streams{In: in, Out: discard{}})
				if err != nil {
					t.Error(err)
				}
				ended <- code
			}()
			for { // it may not have begun yet
				if err := test.halt(); err != nil {
					t.Fatal(err)
				}
				select {
				case code := <-ended:
					if code != 137 {
						t.Errorf("it has ended with %d", code)
					}
					return
				default:
				}
			}
		})
	}
	if _, err := u.ask(t.Context(), c, unpacked, "", "short", "", token(), "1000"); err == nil || !strings.Contains(err.Error(), "ended with code 1") {
		t.Errorf("a word that others may have: %v", err)
	}
}

// A folder is put in its place by whoever comes again, wherever the one before has been cut off.
func TestMergeGoesOn(t *testing.T) {
	c := kubetest.PractiseLive(t, "practice")
	at := kube.Target{Namespace: "shop", Pod: "annotated"}
	p := Place{Target: at.Of("app"), Runs: at.Of("proxy")}
	u := &Upload{Request: Request{Place: p, Path: "/"}}
	ask := func(script string, args ...string) string {
		t.Helper()
		says, err := u.ask(t.Context(), c, script, args...)
		if err != nil {
			t.Fatal(err)
		}
		return says
	}
	const look = root + `cd "$R/$2" && find . | sort | tr "\\n" " "`
	for name, before := range map[string]string{
		"not begun":     `:`,
		"parents there": `mkdir -p "$R/$2/new/sub"`,
		"partly merged": `mkdir -p "$R/$2/new/sub/tree" && mv "$R/$2/$3/a" "$R/$2/new/sub/tree/"`,
		"over":          `mkdir -p "$R/$2/new/sub" && mv "$R/$2/$3" "$R/$2/new/sub/tree"`,
	} {
		t.Run(name, func(t *testing.T) {
			top, part := strings.ReplaceAll(name, " ", "-"), ".dayfly-"+token()
			ask(root+`mkdir -p "$R/$2/$3/d" && echo 1 >"$R/$2/$3/a" && echo 2 >"$R/$2/$3/d/b"`, top, part)
			ask(root+before, top, part)
			for range 2 {
				ask(merge, "/"+top+"/new/sub/tree", part, "/"+top, "755", "0:0")
			}
			if got := ask(look, top); got != ". ./new ./new/sub ./new/sub/tree ./new/sub/tree/a ./new/sub/tree/d ./new/sub/tree/d/b " {
				t.Errorf("there is %s", got)
			}
		})
	}
}
