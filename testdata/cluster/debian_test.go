package main

import (
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"testing"
)

// A program that needs libraries is not the static one of the same path.
func TestStaticPackages(t *testing.T) {
	dynamic, err := exec.LookPath("ls")
	if err != nil {
		t.Fatal(err)
	}
	static := filepath.Join(t.TempDir(), "static")
	source := filepath.Join(t.TempDir(), "main.go")
	if err := os.WriteFile(source, []byte("package main\n\nfunc main() {}\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	build := exec.Command("go", "build", "-o", static, source)
	build.Env = append(os.Environ(), "CGO_ENABLED=0")
	if out, err := build.CombinedOutput(); err != nil {
		t.Fatalf("%v: %s", err, out)
	}
	got := missing([]debianPackage{
		{name: "needs-libraries", file: dynamic, static: true},
		{name: "any", file: dynamic},
		{name: "static", file: static, static: true},
		{name: "not-there", file: "/nowhere/program"},
		{name: "script", file: source, static: true},
		{name: "optional", file: "/nowhere/program", optional: true},
	}, false)
	if want := []string{"needs-libraries", "not-there", "script"}; !slices.Equal(got, want) {
		t.Errorf("missing are %q, want %q", got, want)
	}
}
