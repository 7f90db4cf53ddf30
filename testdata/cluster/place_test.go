package main

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
)

func TestPlaceDerivesNamesFromItsFolder(t *testing.T) {
	one, two := NewPlace("/home/a/dayfly/.cluster"), NewPlace("/home/b/dayfly/.cluster")
	if one != NewPlace("/home/a/dayfly/.cluster") {
		t.Error("the same folder gives different places")
	}
	for what, pair := range map[string][2]string{
		"link":     {one.LinkName(), two.LinkName()},
		"cgroup":   {one.CgroupName(), two.CgroupName()},
		"network":  {one.Link().String(), two.Link().String()},
		"API URL":  {one.APIURL(), two.APIURL()},
		"registry": {one.RegistryAddr(), two.RegistryAddr()},
	} {
		if pair[0] == pair[1] {
			t.Errorf("%s: both folders have %s", what, pair[0])
		}
	}
}

func TestPlaceStaysWithinLimits(t *testing.T) {
	for i := range 2000 {
		p := NewPlace("/" + strings.Repeat("x", i%60) + strings.Repeat("y", i/60))
		if port := p.Port(portNowhere); port < 21000 || port >= 32768 || p.Port(portAPI)%10 != 0 {
			t.Fatalf("%s: ports begin at %d and end at %d", p.Dir, p.Port(portAPI), port)
		}
		if len(p.LinkName()) > 15 {
			t.Fatalf("%s: link name %s is too long for Linux", p.Dir, p.LinkName())
		}
		link := p.Link()
		if link != link.Masked() || !link.Contains(p.HostAddr()) || !link.Contains(p.NodeAddr()) {
			t.Fatalf("%s: %s and %s are not in %s", p.Dir, p.HostAddr(), p.NodeAddr(), link)
		}
	}
}

func TestFindPlace(t *testing.T) {
	root := t.TempDir()
	root, err := filepath.EvalSymlinks(root)
	if err != nil {
		t.Fatal(err)
	}
	source := filepath.Join(root, sourceFolder)
	if err := os.MkdirAll(filepath.Join(source, "web"), 0o755); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(filepath.Join(source, "go.mod"), nil, 0o644); err != nil {
		t.Fatal(err)
	}
	t.Setenv(envDir, "")
	for _, dir := range []string{root, source, filepath.Join(source, "web")} {
		t.Chdir(dir)
		p, err := FindPlace()
		if err != nil || p.Dir != filepath.Join(root, ".cluster") {
			t.Errorf("from %s: %q, %v", dir, p.Dir, err)
		}
	}
	if err := os.Symlink(root, filepath.Join(root, "again")); err != nil {
		t.Fatal(err)
	}
	t.Setenv(envDir, filepath.Join(root, "again", "mine"))
	if p, err := FindPlace(); err != nil || p.Dir != filepath.Join(root, "mine") {
		t.Errorf("through a symbolic link: %q, %v", p.Dir, err)
	}
	t.Setenv(envDir, filepath.Join(root, "no", "such", "parent"))
	if _, err := FindPlace(); err == nil || !strings.Contains(err.Error(), envDir) {
		t.Errorf("parent that does not exist: %v", err)
	}
}
