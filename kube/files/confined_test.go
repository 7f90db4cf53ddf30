package files_test

import (
	"bytes"
	"io"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/dayfly-k8s/dayfly/kube"
	"github.com/dayfly-k8s/dayfly/kube/files"
	"github.com/dayfly-k8s/dayfly/kube/kubetest"
)

// A container of a practice cluster runs on this machine. Its files are its own all the same: nothing of this machine is read or written, whatever leads there.
func TestPracticeFilesAreNoneOfThisMachine(t *testing.T) {
	c := kubetest.PractiseLive(t, "practice")
	at := kube.Target{Namespace: "shop", Pod: "annotated", Container: "app"}
	p := files.Place{Target: at, Runs: at}
	outer := t.TempDir()
	read := func(name string) (string, error) {
		var out bytes.Buffer
		e, err := files.Describe(t.Context(), c, p, name)
		if err == nil {
			_, err = files.Download(t.Context(), c, files.Request{Place: p, Path: name}, e, &out)
		}
		return out.String(), err
	}
	if text, err := read("/etc/hostname"); err != nil || text != "annotated\n" {
		t.Errorf("%q, %v", text, err)
	}
	if text, err := read("/app/../../../../etc/passwd"); err != nil || !strings.Contains(text, "nobody:x:65534:65534:nobody:/:/bin/false") {
		t.Errorf("%q, %v", text, err)
	}
	if _, err := read(outer); err == nil {
		t.Error("a folder of this machine is there")
	}
	l, err := files.List(t.Context(), c, p, "/etc")
	if err != nil || len(l.Entries) > 10 {
		t.Errorf("%+v, %v", l, err)
	}
	mounts := 0
	for _, e := range l.Entries {
		if e.Mount {
			mounts++
		}
	}
	if mounts != 3 {
		t.Errorf("of %+v these are mounted: %d", l.Entries, mounts)
	}
	send := func(name string) error {
		_, err := files.Send(t.Context(), c, files.Upload{
			Request: files.Request{Place: p, Path: name},
			Open:    func() (io.ReadCloser, error) { return io.NopCloser(strings.NewReader("x")), nil },
		})
		return err
	}
	if err := send(filepath.Join(outer, "new")); err == nil {
		t.Error("it was written into a folder of this machine")
	}
	if err := send("/tmp/" + filepath.Base(outer)); err != nil {
		t.Error(err)
	}
	if _, err := os.Stat("/tmp/" + filepath.Base(outer)); err == nil {
		t.Error("it was written into /tmp of this machine")
	}
	if text, err := read("/tmp/" + filepath.Base(outer)); err != nil || text != "x" {
		t.Errorf("%q, %v", text, err)
	}
}
