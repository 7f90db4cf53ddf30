package logs

import (
	"bufio"
	"fmt"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync/atomic"
	"testing"
	"time"
	"unicode"

	"github.com/charmbracelet/x/ansi"

	"github.com/dayfly-k8s/dayfly/kube"
	"github.com/dayfly-k8s/dayfly/testdata/servers"
	"github.com/dayfly-k8s/dayfly/tui/kit"
	"github.com/dayfly-k8s/dayfly/tui/kittest"
)

// TestLogsOfAHostileServer reads a log that wants to do harm, over HTTP: escapes, a line of 10 MB, and more lines than are kept.
func TestLogsOfAHostileServer(t *testing.T) {
	const many = logMostLines + 20_000
	server := httptest.NewServer(servers.During(t, http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if !strings.HasSuffix(r.URL.Path, "/log") {
			http.NotFound(w, r)
			return
		}
		out := bufio.NewWriter(w)
		for i := range many {
			_, _ = fmt.Fprintf(out, "2026-03-04T12:00:00.%09dZ line %d\n", i, i)
		}
		_, _ = fmt.Fprintf(out, "2026-03-04T12:00:01Z %s\n", strings.Repeat("0123456789", 1<<20))
		for _, text := range []string{
			"\x1b[2J\x1b]0;owned\a\x1b]52;c;Y3VybA==\a", "\x9b31m\u009b2J", "a\u202eb\r\x00\b\b\bc", "\xff\xfe", "\x1b[31mred\x1b[0m", "👩‍👩‍👧 日本", "the end",
		} {
			_, _ = fmt.Fprintf(out, "2026-03-04T12:00:02Z %s\n", text)
		}
		_ = out.Flush()
		_ = http.NewResponseController(w).Flush()
		<-r.Context().Done()
	})))
	t.Cleanup(server.Close)
	t.Cleanup(server.CloseClientConnections)
	cluster := kittest.Cluster(t, server.URL)
	a := kittest.NewHost(t)
	s := New(t.Context(), a.Kit, kit.OpenLogs{Cluster: cluster, Pod: kube.PodKey{Namespace: "shop", Name: "web"}, Container: "app"})
	t.Cleanup(s.Close)
	a.Stack = append(a.Stack, s)
	s.read()
	for next := s.feed.listen(); s.ring.n == 0 || s.ring.at(s.ring.end()-1).Text != "the end"; {
		s.Update(next())
	}
	if s.ring.n != logMostLines || s.ring.end() != many+8 || s.ring.bytes > logMostBytes {
		t.Errorf("%d lines of %d are kept, in %d bytes", s.ring.n, s.ring.end(), s.ring.bytes)
	}
	for a.Width = 36; a.Width <= 160; a.Width += 31 {
		a.Height = 24
		s.pager.follow = true
		for range 12 { // through the long line, and beyond
			frame := a.Draw()
			kittest.CheckFrame(t, frame, a.Width, a.Height)
			for _, r := range ansi.Strip(frame) {
				if r != '\n' && unicode.IsControl(r) || r == '\u202e' {
					t.Fatalf("%U is on the screen: %q", r, frame)
				}
			}
			s.pager.scroll(-20)
		}
	}
	a.Width, s.pager.follow = 80, true
	for _, want := range []string{"␛[2J␛]0;owned", " red ", "10469376 bytes cut", "the end"} {
		if !strings.Contains(a.Text(), want) {
			t.Errorf("%q is not on the screen:\n%s", want, a.Text())
		}
	}
}

// Whatever a screen has asked the cluster for ends with it.
func TestLogsEndWhatTheyRead(t *testing.T) {
	var open, followed atomic.Int32
	ends := make(chan struct{}, 100)
	inner := &kittest.PodServer{Pod: kittest.CrashingPod, Events: kittest.BackOff}
	server := httptest.NewServer(servers.During(t, http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		open.Add(1)
		defer func() {
			open.Add(-1)
			ends <- struct{}{}
		}()
		if r.URL.Query().Get("follow") != "" {
			followed.Add(1)
			_, _ = w.Write([]byte("2026-03-04T12:00:00Z boom\n"))
			_ = http.NewResponseController(w).Flush()
			<-r.Context().Done()
			return
		}
		inner.ServeHTTP(w, r)
	})))
	t.Cleanup(server.Close)
	t.Cleanup(server.CloseClientConnections)
	k := kittest.NewHost(t).Kit
	cluster := kittest.Cluster(t, server.URL)
	logs := New(t.Context(), k, kit.OpenLogs{Cluster: cluster, Pod: kube.PodKey{Namespace: "shop", Name: "web"}, Container: "app"})
	logs.read()
	for logs.ring.n == 0 {
		logs.Update(logs.feed.listen()())
	}
	logs.Close()
	if followed.Load() == 0 {
		t.Error("no log was followed")
	}
	for open.Load() > 0 {
		select {
		case <-ends:
		case <-time.After(time.Minute):
			t.Fatalf("%d requests go on for screens that are no more", open.Load())
		}
	}
}
