//go:build unix

package presets

import (
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// What would hang or fill the memory is told and not read: pipes, devices, and files that are too large.
func TestNoOrdinaryFile(t *testing.T) {
	const partial = "name: partial\nimage: z\ncustom: "
	dir := folder(t, map[string]string{
		"good.yaml": "name: good\nimage: z\nenv: [{name: my-app.LOG_LEVEL, value: x}]\n", "large.yaml": "name: large\nimage: z\n#" + strings.Repeat(" ", maxFile),
		"a.yaml": partial + "pipe.yaml\n", "b.yaml": partial + "/dev/zero\n", "c.yaml": partial + "large.yaml\n",
	})
	if err := syscall.Mkfifo(filepath.Join(dir, "pipe.yaml"), 0o600); err != nil {
		t.Fatal(err)
	}
	for name, to := range map[string]string{"device.yaml": "/dev/zero", "link.yaml": "pipe.yaml", "folder.yaml": dir} {
		if err := os.Symlink(to, filepath.Join(dir, name)); err != nil {
			t.Fatal(err)
		}
	}
	list, errs := Load(dir)
	want := []string{
		"a.yaml: line 3: custom: read FOLDER/pipe.yaml: not a regular file: replace it with one",
		"b.yaml: line 3: custom: read /dev/zero: not a regular file: replace it with one",
		"c.yaml: line 3: custom: read FOLDER/large.yaml: larger than 1 MiB: check that it is the right file",
		"device.yaml: read device.yaml: not a regular file: replace it with one", "folder.yaml: read folder.yaml: not a regular file: replace it with one",
		"large.yaml: read large.yaml: larger than 1 MiB: check that it is the right file",
		"link.yaml: read link.yaml: not a regular file: replace it with one", "pipe.yaml: read pipe.yaml: not a regular file: replace it with one",
	}
	var got []string
	for _, err := range errs {
		got = append(got, strings.ReplaceAll(strings.TrimPrefix(err.Error(), dir+"/"), dir, "FOLDER"))
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("mistakes (- want, + got):\n%s", diff)
	}
	if last := list[len(list)-1]; last.Name != "good" {
		t.Errorf("the presets are %q", names(list))
	}
	if _, err := Save(dir, Preset{Name: "pipe", Image: "z"}); err == nil || !strings.Contains(err.Error(), "not a regular file: replace it with one") {
		t.Errorf("a pipe is saved over: %v", err)
	}
}
