package tui

import (
	"net/http"
	"path/filepath"
	"strings"
	"sync"
	"testing"

	"github.com/dayfly-k8s/dayfly/kube"
)

// audit is what dayfly has asked of the practice cluster.
type audit struct {
	mu       sync.Mutex
	asked    int
	mutating []string
}

// note looks at a request. What another person does in a story does not come from dayfly.
func (a *audit) note(r *http.Request) {
	if r.UserAgent() != "dayfly" {
		return
	}
	a.mu.Lock()
	defer a.mu.Unlock()
	a.asked++
	reads := r.Method == http.MethodGet || r.Method == http.MethodHead || r.Method == http.MethodOptions
	review := strings.HasSuffix(r.URL.Path, "/selfsubjectaccessreviews") || strings.HasSuffix(r.URL.Path, "/selfsubjectreviews")
	session := strings.HasSuffix(r.URL.Path, "/attach") || strings.HasSuffix(r.URL.Path, "/exec") || strings.HasSuffix(r.URL.Path, "/portforward")
	if !reads && !review || session {
		a.mutating = append(a.mutating, r.Method+" "+r.URL.String())
	}
}

// Whatever a person presses in all the stories, nothing mutating reaches the API server in read-only mode.
func TestReadOnlyStoriesChangeNothing(t *testing.T) {
	eachStory(t, func(t *testing.T, _ string, s *story) {
		d := newDriver(t, s, false)
		d.careless = true
		d.world.guard = func(string) kube.Guard { return kube.Guard{ReadOnly: true, Why: "--read-only"} }
		d.play()
		d.world.audit.mu.Lock()
		defer d.world.audit.mu.Unlock()
		if len(d.world.audit.mutating) > 0 {
			t.Errorf("sent: %q", d.world.audit.mutating)
		}
	})
}

// The audit sees what is sent when nothing forbids it: without that, the test above would prove nothing.
func TestAuditSeesWhatIsSent(t *testing.T) {
	d := newDriver(t, readStory(t, filepath.Join(storyFolder, "compose.txtar")), false)
	d.play()
	d.world.audit.mu.Lock()
	defer d.world.audit.mu.Unlock()
	sent := strings.Join(d.world.audit.mutating, "\n")
	if d.world.audit.asked < 10 || !strings.Contains(sent, "/ephemeralcontainers") || !strings.Contains(sent, "/attach") {
		t.Errorf("of %d requests these change something:\n%s", d.world.audit.asked, sent)
	}
}
