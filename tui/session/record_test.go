package session

import (
	"fmt"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/dayfly-k8s/dayfly/kube"
)

// notes is a recorder that writes down what it is given, in order.
type notes struct {
	mu   sync.Mutex
	list []string
}

func (n *notes) add(kind, what string) {
	n.mu.Lock()
	defer n.mu.Unlock()
	if last := len(n.list) - 1; kind == "o" && last >= 0 && strings.HasPrefix(n.list[last], "o ") { // in pieces
		n.list[last] += what
		return
	}
	n.list = append(n.list, kind+" "+what)
}

func (n *notes) Output(p []byte)          { n.add("o", string(p)) }
func (n *notes) Resize(cols, rows uint16) { n.add("r", fmt.Sprintf("%dx%d", cols, rows)) }
func (n *notes) Mark(label string)        { n.add("m", label) }
func (n *notes) Input(p []byte)           { n.add("i", string(p)) }

func (n *notes) String() string {
	n.mu.Lock()
	defer n.mu.Unlock()
	return strings.Join(n.list, "\n")
}

// A recording has the sizes, what is typed, what is printed while somebody looks and while nobody does, and when one has left.
func TestWhatIsRecorded(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		p, tape := newProgram(), &notes{}
		s := New(p, kube.Target{}, Options{TTY: true, Record: tape, Size: kube.Size{Cols: 100, Rows: 40}})
		s.Attach(t.Context())
		letPass(time.Second)
		p.print("begun\r\n")
		synctest.Wait()
		f := newFront(t, "")
		shown := make(chan struct{})
		go func() {
			defer close(shown)
			_ = s.Show(f.Foreground, 0)
		}()
		letPass(time.Second)
		f.typist.keys <- "ls\r"
		letPass(time.Second)
		f.typist.keys <- "\x1d"
		<-shown
		f.over()
		p.print("alone\r\n")
		synctest.Wait()
		want := "o begun\r\n\nr 80x24\ni ls\r\nm detached\no alone\r\n"
		if got := tape.String(); got != want {
			t.Errorf("recorded:\n%q\nwant:\n%q", got, want)
		}
		s.Leave()
		<-s.Done()
	})
}
