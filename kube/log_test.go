package kube

import (
	"bytes"
	"errors"
	"log"
	"log/slog"
	"os"
	"os/signal"
	"strings"
	"sync"
	"syscall"
	"testing"

	"k8s.io/klog/v2"

	"github.com/dayfly-k8s/dayfly/kube/background"
	"github.com/dayfly-k8s/dayfly/kube/practice/process"
)

// logged is what the libraries have logged during the tests. They are told where to before anything runs: klog's
// logger cannot be changed under way.
var logged buffer

func TestMain(m *testing.M) {
	if signal.Ignored(syscall.SIGHUP) { // as nohup leaves it, also to the programs of tests, which are to hear it
		signal.Notify(make(chan os.Signal, 1), syscall.SIGHUP)
	}
	background.Main()
	process.Main()
	RouteLogs(slog.New(slog.NewTextHandler(&logged, nil)))
	m.Run()
}

// What libraries log goes where we say, and not across the screen.
func TestRouteLogs(t *testing.T) {
	klog.Background().Error(errors.New("etcd is unwell"), "a test")
	log.Printf("Unsolicited response received on idle HTTP channel")
	for _, want := range []string{`err="etcd is unwell"`, `msg="Unsolicited response received on idle HTTP channel"`} {
		if text := logged.String(); !strings.Contains(text, want) {
			t.Errorf("%s is missing in the log %q", want, text)
		}
	}
}

// buffer may be written while it is read.
type buffer struct {
	mu   sync.Mutex
	text bytes.Buffer
}

func (b *buffer) Write(p []byte) (int, error) {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.text.Write(p)
}

func (b *buffer) String() string {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.text.String()
}
