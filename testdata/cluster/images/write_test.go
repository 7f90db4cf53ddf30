package images

import (
	"bytes"
	"errors"
	"io/fs"
	"maps"
	"os"
	"slices"
	"testing"
)

func TestPackagesHaveTheirCommandsOnly(t *testing.T) {
	tools := testTools()
	packages := tools.packages()
	for name, want := range map[string][]string{
		"cacert":    {"etc/ssl/certs/ca-bundle.crt", "tmp"},
		"bash":      {"bin/bash", "bin/sh"},
		"coreutils": {"bin/cat", "bin/seq", storeBusybox},
		"gnugrep":   {"bin/grep", storeBusybox},
		"procps":    {"bin/ps", storeBusybox},
		"dig":       {"bin/dig", storeBusybox},
	} {
		if got := slices.Sorted(maps.Keys(packages[name])); !slices.Equal(got, want) {
			t.Errorf("%s holds %v, want %v", name, got, want)
		}
	}
	for _, name := range []string{"moreutils", "nano", "tcpdump", "curl", "busybox", BrokenPackage, SlowPackage} {
		if packages[name] == nil {
			t.Errorf("there is no %s", name)
		}
	}
	tools.Bash = nil
	if files := tools.packages()["bash"]; files["bin/sh"].Link != "/"+storeBusybox || !bytes.HasPrefix(files["bin/bash"].Body, []byte("#!/"+storeBusybox+" sh\n")) {
		t.Errorf("without bash-static bash holds %v", files)
	}
}

func TestProgramsOfAForeignArchitectureAreForThat(t *testing.T) {
	tools := testTools()
	tools.Bash, tools.Busybox = nil, append([]byte("\x7fELF\x02\x01\x01"), make([]byte, 57)...)
	before := bytes.Clone(tools.Busybox)
	for arch, machine := range map[string]byte{"amd64": 62, "arm64": 183} {
		built, err := tools.builtFor(arch)
		if err != nil || built.Busybox[18] != machine || built.Busybox[19] != 0 || len(built.Busybox) != len(before) {
			t.Errorf("for %s: machine %d, %v", arch, built.Busybox[18], err)
		}
	}
	if !bytes.Equal(before, tools.Busybox) {
		t.Error("the tools themselves were changed")
	}
	tools.Busybox = []byte("short")
	if _, err := tools.builtFor("arm64"); err == nil {
		t.Error("a program of five bytes is one")
	}
}

func TestWriteFiles(t *testing.T) {
	root := t.TempDir()
	err := writeFiles(root, Files{"bin/tool": program([]byte("x")), "bin/alias": link("tool"), "tmp": folder(0o1777), "etc/a": text("a")})
	if err != nil {
		t.Fatal(err)
	}
	for name, want := range map[string]fs.FileMode{"bin/tool": 0o755, "tmp": fs.ModeDir | fs.ModeSticky | 0o777, "etc/a": 0o644} {
		if info, err := os.Stat(root + "/" + name); err != nil || info.Mode() != want {
			t.Errorf("%s: %v, %v, want %v", name, info, err, want)
		}
	}
	if target, err := os.Readlink(root + "/bin/alias"); err != nil || target != "tool" {
		t.Errorf("bin/alias points to %q, %v", target, err)
	}
	if err := writeFiles(root, Files{"bin/alias": link("other")}); !errors.Is(err, fs.ErrExist) {
		t.Errorf("a link in the place of another: %v", err)
	}
}
