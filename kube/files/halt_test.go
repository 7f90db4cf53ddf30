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
		"a folder": {p.command(unpack, "/", word), func() error {
			_, err := u.ask(t.Context(), c, unpacked, "/", word, token(), "1000")
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
	if _, err := u.ask(t.Context(), c, unpacked, "/", "short", token(), "1000"); err == nil || !strings.Contains(err.Error(), "ended with code 1") {
		t.Errorf("a word that others may have: %v", err)
	}
}
