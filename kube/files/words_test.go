package files_test

import (
	"io/fs"
	"testing"

	"github.com/dayfly-k8s/dayfly/kube/files"
)

func TestWords(t *testing.T) {
	for mode, want := range map[fs.FileMode]string{
		0o755: "rwxr-xr-x", 0o4755: "rwxr-xr-x", 0o640 | fs.ModeDir: "rw-r-----", 0o755 | fs.ModeSetuid: "rwsr-xr-x", 0o2644 | fs.ModeSetgid: "rw-r-Sr--", 0o1777 | fs.ModeSticky: "rwxrwxrwt",
	} {
		if got := files.ModeWords(mode); got != want {
			t.Errorf("%v is %s, want %s", mode, got, want)
		}
	}
	for n, want := range map[int64]string{0: "0 B", 999: "999 B", 1000: "1.0 kB", 12_345: "12.3 kB", 5 << 30: "5.4 GB"} {
		if got := files.SizeWords(n); got != want {
			t.Errorf("%d is %s, want %s", n, got, want)
		}
	}
	for name, want := range map[string]string{"a b": "a b", " a": `" a"`, "a\nb": `"a\nb"`, "\x1b[2J": `"\x1b[2J"`, "été": "été", "\xff": `"\xff"`} {
		if got := files.ShownName(name); got != want {
			t.Errorf("%q is %s, want %s", name, got, want)
		}
	}
}
