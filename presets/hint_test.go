package presets_test

import (
	"slices"
	"strings"
	"testing"

	"github.com/dayfly-k8s/dayfly/presets"
)

func TestHints(t *testing.T) {
	own := presets.Subject{PID: "1", Root: "/proc/1/root", HTTP: 9999, TCP: 9999}
	for _, c := range []struct {
		try     string
		subject presets.Subject
		want    string
	}{
		{"ls -l {root}/", own, "ls -l /proc/1/root/"},
		{"ls -l {root}/", presets.Subject{PID: "$TARGET_PID", Root: "$TARGET_ROOT"}, "ls -l $TARGET_ROOT/"},
		{"ls -l {root}/", presets.Subject{}, ""},
		{"strace -fp {pid}", presets.Subject{PID: "$TARGET_PID"}, "strace -fp $TARGET_PID"},
		{"curl -sv localhost:{http}", own, "curl -sv localhost:9999"},
		{"curl -sv localhost:{http}", presets.Subject{PID: "1"}, ""},
		{"curl -so /dev/null -w '%{time_total}\\n' localhost:{http}", own, `curl -so /dev/null -w '%{time_total}\n' localhost:9999`},
		{"psql -p {tcp:5432}", own, "psql -p 9999"},
		{"psql -p {tcp:5432}", presets.Subject{}, "psql -p 5432"},
		{"psql -p {tcp:5432}", presets.Subject{NoNetwork: true}, ""},
		{"df -h", presets.Subject{NoNetwork: true}, "df -h"},
		{"cat /proc/1/environ", own, "cat /proc/1/environ"}, // of a user's file
		{"cat /proc/1/environ", presets.Subject{PID: "$TARGET_PID"}, ""},
		{"echo {nosuch} {} ${HOME}", own, "echo {nosuch} {} ${HOME}"},
	} {
		got := presets.Preset{Try: []string{c.try}}.Hints(c.subject)
		if words := strings.Join(got, "\n"); words != c.want {
			t.Errorf("%q for %+v is %q, want %q", c.try, c.subject, words, c.want)
		}
	}
}

// What is shipped takes nothing for granted of the pod: no port, and not that PID 1 is the target.
func TestShippedHintsAreMadeForThePod(t *testing.T) {
	list, _ := presets.Load(t.TempDir())
	subject := presets.Subject{PID: "PID", Root: "ROOT", HTTP: 1111, TLS: 2222, GRPC: 3333, TCP: 4444}
	for _, p := range list {
		for _, hint := range p.Hints(subject) {
			if strings.Contains(hint, "/proc/1") || strings.Contains(hint, "{") && !strings.Contains(hint, "%{") || strings.HasSuffix(hint, "ROOT") {
				t.Errorf("%s: %q", p.Name, hint)
			}
			for _, port := range []string{"8080", "8443", "50051", "5432", "9092"} {
				if strings.Contains(hint, port) {
					t.Errorf("%s: %q has a port that nobody has named", p.Name, hint)
				}
			}
		}
		if n := len(p.Hints(presets.Subject{})); n == 0 && !p.Many && p.Brings == nil && !slices.Contains([]string{"strace", "jvm", "python", "node", "perf", "http", "tls"}, p.Name) {
			t.Errorf("%s suggests nothing for a pod of which nothing is known", p.Name)
		}
	}
}
