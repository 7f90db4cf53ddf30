//go:build linux

package presets_test

import (
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/tls"
	"crypto/x509"
	"crypto/x509/pkix"
	"fmt"
	"math/big"
	"net"
	"net/http"
	"net/http/httptest"
	"net/url"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/dayfly-k8s/dayfly/presets"
)

// answer is what the shipped preset of a name prints on this machine, and the exit code behind it, with busybox as far as there is one.
func answer(t *testing.T, name string, env []string, words ...string) string {
	t.Helper()
	return answerWith(t, "", name, env, words...)
}

// answerWith is answer, where programs of a folder come before all others, and before those of busybox.
func answerWith(t *testing.T, programs, name string, env []string, words ...string) string {
	t.Helper()
	list, _ := presets.Load(t.TempDir())
	p, err := list[slices.IndexFunc(list, func(p presets.Preset) bool { return p.Name == name })].With(words)
	if err != nil {
		t.Fatal(err)
	}
	path := os.Getenv("PATH")
	if programs != "" {
		path = programs + ":" + path
	} else if busybox, err := exec.LookPath("busybox"); err == nil && p.Image == "busybox:1.37" {
		applets := t.TempDir()
		if out, err := exec.CommandContext(t.Context(), busybox, "--install", "-s", applets).CombinedOutput(); err != nil {
			t.Fatalf("%v: %s", err, out)
		}
		path = applets + ":" + path
		p.Command[0] = filepath.Join(applets, "sh")
	}
	for _, program := range map[string][]string{"expiry": {"openssl", "timeout"}, "clock": {"curl"}, "reach": {"nc", "awk"}}[name] {
		if !slices.ContainsFunc(filepath.SplitList(path), func(folder string) bool { _, err := os.Stat(filepath.Join(folder, program)); return err == nil }) {
			t.Skipf("there is no %s here", program)
		}
	}
	cmd := exec.CommandContext(t.Context(), p.Command[0], p.Command[1:]...)
	cmd.Env = append([]string{"PATH=" + path}, env...)
	out, err := cmd.CombinedOutput()
	if err != nil && cmd.ProcessState == nil {
		t.Fatal(err)
	}
	return fmt.Sprintf("%sexit %d", out, cmd.ProcessState.ExitCode())
}

// listener is a port on localhost that somebody listens on, and one that nobody does.
func listener(t *testing.T) (open, closed string) {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = l.Close() })
	return strconv.Itoa(l.Addr().(*net.TCPAddr).Port), "1" // no port of a listener that has gone: another test may get that
}

func TestReach(t *testing.T) {
	t.Parallel()
	open, closed := listener(t)
	for words, want := range map[string]string{
		"127.0.0.1:" + open:   "127.0.0.1 connects on port " + open + "\nexit 0",
		"127.0.0.1:" + closed: "127.0.0.1 does not connect on port " + closed + "\nexit 1",
		"127.0.0.1":           "exit 0",
		"no-such.invalid":     "no-such.invalid does not resolve\nexit 1",
		"no-such.invalid:80":  "no-such.invalid does not resolve\nexit 1",
	} {
		if got := answer(t, "reach", nil, words); got != want {
			t.Errorf("%s: %s, want %s", words, got, want)
		}
	}
	if got := answer(t, "reach", nil, "localhost"); !strings.HasPrefix(got, "localhost resolves to 127.0.0.1") || !strings.HasSuffix(got, "\nexit 0") {
		t.Errorf("localhost: %s", got)
	}
}

func TestListening(t *testing.T) {
	t.Parallel()
	open, closed := listener(t)
	got := answer(t, "listening", nil)
	if !strings.Contains(got, "tcp "+open+" on localhost only\n") || strings.Contains(got, "tcp "+closed) || !strings.HasSuffix(got, "\nexit 0") {
		t.Errorf("with %s, without %s: %s", open, closed, got)
	}
}

func TestClock(t *testing.T) {
	t.Parallel()
	for offset, want := range map[time.Duration]string{0: "within 2 s of the API server\nexit 0", time.Hour: " s behind the API server\nexit 1", -time.Minute: " s ahead of the API server\nexit 1"} {
		server := httptest.NewTLSServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
			w.Header().Set("Date", time.Now().Add(offset).UTC().Format(http.TimeFormat))
			w.WriteHeader(http.StatusForbidden)
		}))
		at, _ := url.Parse(server.URL)
		got := answer(t, "clock", []string{"KUBERNETES_SERVICE_HOST=" + at.Hostname(), "KUBERNETES_SERVICE_PORT=" + at.Port()})
		server.Close()
		if !strings.HasSuffix(got, want) || strings.Contains(got, "-") {
			t.Errorf("%s off: %s, want %s", offset, got, want)
		}
		if got := answer(t, "clock", []string{"KUBERNETES_SERVICE_HOST=" + at.Hostname(), "KUBERNETES_SERVICE_PORT=" + at.Port()}); got != "the API server does not answer\nexit 2" {
			t.Errorf("without a server: %s", got)
		}
	}
}

// certified is a server whose certificate expires at a time.
func certified(t *testing.T, end time.Time) (address string) {
	t.Helper()
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	about := &x509.Certificate{SerialNumber: big.NewInt(1), Subject: pkix.Name{CommonName: "db"}, NotBefore: end.Add(-1000 * time.Hour), NotAfter: end}
	der, err := x509.CreateCertificate(rand.Reader, about, about, &key.PublicKey, key)
	if err != nil {
		t.Fatal(err)
	}
	server := httptest.NewUnstartedServer(http.NotFoundHandler())
	server.TLS = &tls.Config{Certificates: []tls.Certificate{{Certificate: [][]byte{der}, PrivateKey: key}}}
	server.StartTLS()
	t.Cleanup(server.Close)
	return server.Listener.Addr().String()
}

func TestCertExpiry(t *testing.T) {
	t.Parallel()
	_, closed := listener(t)
	if got, want := answer(t, "expiry", nil, "127.0.0.1:"+closed), "127.0.0.1:"+closed+" shows no certificate\nexit 2"; got != want {
		t.Errorf("without a server: %s, want %s", got, want)
	}
	const day = 24 * time.Hour
	for after, want := range map[time.Duration]string{40 * day: ", in 39 days\nexit 0", 10 * day: ", in 9 days\nexit 1", -10 * day: "\nexit 1"} {
		end := time.Now().Add(after - time.Minute).UTC()
		verb := "expires"
		if after < 0 {
			verb = "expired"
		}
		want = "subject=CN = db\n" + verb + " on " + end.Format(time.DateOnly) + want
		if got := strings.ReplaceAll(answer(t, "expiry", nil, certified(t, end)), "CN=db", "CN = db"); got != want {
			t.Errorf("after %s: %s, want %s", after, got, want)
		}
	}
}

func TestLibrary(t *testing.T) {
	t.Parallel()
	root := t.TempDir()
	for file, text := range map[string]string{
		"var/lib/dpkg/status":           "Package: libssl3\nStatus: installed\nVersion: 3.0.11-1\n\nPackage: zlib1g\nVersion: 1.2\n",
		"var/lib/dpkg/status.d/openssl": "Package: openssl\nVersion: 3.0.13\n",
		"lib/apk/db/installed":          "P:libssl3\nV:3.1.4-r5\n\nP:musl\nV:1.2\n",
		"usr/lib/libssl.so.3":           "",
		"usr/lib/libz.so.1":             "",
		"app/log4j-core-2.17.1.jar":     "",
	} {
		if err := os.MkdirAll(filepath.Dir(filepath.Join(root, file)), 0o750); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(filepath.Join(root, file), []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	for name, want := range map[string]string{
		"ssl":   "apk libssl3 3.1.4-r5\ndeb libssl3 3.0.11-1\ndeb openssl 3.0.13\nfile /usr/lib/libssl.so.3\nexit 0",
		"log4j": "file /app/log4j-core-2.17.1.jar\nexit 0",
		"xz":    "there is no xz\nexit 0",
	} {
		if got := answer(t, "library", []string{"TARGET_ROOT=" + root}, name); got != want {
			t.Errorf("%s: %s, want %s", name, got, want)
		}
	}
	if got := answer(t, "library", []string{"TARGET_ROOT=" + root + "/none"}, "xz"); got != "the target's files cannot be seen\nexit 2" {
		t.Errorf("without a target: %s", got)
	}
}

// What is full is told in steps, as df sees it; here by one that says what a test wants, since nobody fills a disk for it.
func TestDiskFull(t *testing.T) {
	t.Parallel()
	root, programs := t.TempDir(), t.TempDir()
	for _, folder := range []string{"proc", "data", "cache"} {
		if err := os.Mkdir(filepath.Join(root, folder), 0o750); err != nil {
			t.Fatal(err)
		}
	}
	mounts := "overlay / overlay rw 0 0\nproc /proc proc rw 0 0\n/dev/b /data ext4 rw 0 0\n/dev/c /cache ext4 rw 0 0\n/dev/d /etc/hosts ext4 rw 0 0\n"
	if err := os.WriteFile(filepath.Join(root, "proc", "mounts"), []byte(mounts), 0o600); err != nil {
		t.Fatal(err)
	}
	const df = "#!/bin/sh\necho Filesystem 1024-blocks Used Available Capacity Mounted on\ncase $2$3 in %s) echo /dev/b 100 93 7 %s x;; *) echo /dev/b 100 7 93 7%% x;; esac\n"
	for _, c := range []struct{ of, used, want string }{
		{"-k*/data", "93%", "/data: over 90 % of its space\nexit 1"},
		{"-i*/cache", "100%", "/cache: over 95 % of its files\nexit 1"},
		{"*/", "80%", "/: over 80 % of its files\n/: over 80 % of its space\nexit 1"},
		{"*", "79%", "all are under 80 %\nexit 0"},
		{"*/data", "-", "all are under 80 %\nexit 0"},
	} {
		if err := os.WriteFile(filepath.Join(programs, "df"), fmt.Appendf(nil, df, c.of, c.used), 0o700); err != nil {
			t.Fatal(err)
		}
		if got := answerWith(t, programs, "disk-full", []string{"TARGET_ROOT=" + root}); got != c.want {
			t.Errorf("%s is %s full: %s, want %s", c.of, c.used, got, c.want)
		}
	}
	if got := answer(t, "disk-full", []string{"TARGET_ROOT=" + root + "/none"}); got != "the target's files cannot be seen\nexit 2" {
		t.Errorf("without a target: %s", got)
	}
}
