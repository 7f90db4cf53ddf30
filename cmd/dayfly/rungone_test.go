//go:build unix

package main

import (
	"crypto/tls"
	"crypto/x509"
	"encoding/base64"
	"io"
	"net/http"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
)

// asks asks the cluster behind dayfly's back, and returns its answer.
func (b *bench) asks(method, path string) string {
	b.t.Helper()
	data, err := os.ReadFile(filepath.Join(b.folder, "kubeconfig"))
	if err != nil {
		b.t.Fatal(err)
	}
	value := func(key string) string {
		found := regexp.MustCompile(key + `: "?([^"\s]+)`).FindSubmatch(data)
		if found == nil {
			b.t.Fatalf("the kubeconfig has no %s:\n%s", key, data)
		}
		return string(found[1])
	}
	authority, err := base64.StdEncoding.DecodeString(value("certificate-authority-data"))
	if err != nil {
		b.t.Fatal(err)
	}
	roots := x509.NewCertPool()
	roots.AppendCertsFromPEM(authority)
	client := http.Client{Transport: &http.Transport{TLSClientConfig: &tls.Config{RootCAs: roots}}}
	defer client.CloseIdleConnections()
	r, err := http.NewRequestWithContext(b.t.Context(), method, value("server")+"/api/v1/namespaces/shop/pods"+path, nil)
	if err != nil {
		b.t.Fatal(err)
	}
	r.Header.Set("Authorization", "Bearer "+value("token"))
	answer, err := client.Do(r)
	if err != nil {
		b.t.Fatal(err)
	}
	defer func() { _ = answer.Body.Close() }()
	text, err := io.ReadAll(answer.Body)
	if err != nil || answer.StatusCode/100 != 2 {
		b.t.Fatalf("%s: %s, %v", answer.Status, text, err)
	}
	return string(text)
}

// deletes deletes a pod at once.
func (b *bench) deletes(pod string) {
	b.t.Helper()
	b.asks(http.MethodDelete, "/"+pod+"?gracePeriodSeconds=0")
}

// lists is the list of pods, as JSON.
func (b *bench) lists() string {
	b.t.Helper()
	return b.asks(http.MethodGet, "")
}

// A command whose pod is deleted under it has not ended well, whatever is known of its end.
func TestRunWhosePodIsDeleted(t *testing.T) {
	t.Parallel()
	b := practised(t)
	cmd := b.command("run", "annotated", "--", "sh", "-c", "echo begins; exec sleep 600")
	stdout, errs := started(t, cmd)
	begins := make([]byte, len("begins\n"))
	if _, err := io.ReadFull(stdout, begins); err != nil {
		t.Fatal(err)
	}
	b.deletes("annotated")
	_, _ = io.Copy(io.Discard, stdout)
	_ = cmd.Wait()
	if code := cmd.ProcessState.ExitCode(); code == 0 || !strings.Contains(errs.String(), "pod annotated was deleted") {
		t.Errorf("exit code %d; it says %q", code, errs)
	}
}
