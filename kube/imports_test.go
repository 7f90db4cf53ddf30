package kube

import (
	"bytes"
	"encoding/json"
	"errors"
	"io"
	"os/exec"
	"slices"
	"strings"
	"testing"
)

const (
	module            = "github.com/dayfly-k8s/dayfly"
	containerregistry = "github.com/google/go-containerregistry"
)

// mayImport is the table of who may import which of our packages.
func mayImport() map[string][]string {
	return map[string][]string{
		"kube":            {},
		"kube/background": {},
		"kube/practice": {
			"kube/practice/api", "kube/practice/clock", "kube/practice/kubelet", "kube/practice/process",
			"kube/practice/registry", "kube/practice/scene", "kube/practice/store", "kube/practice/streams",
		},
		"kube/practice/api":   {"kube/practice/clock", "kube/practice/store", "kube/practice/streams"},
		"kube/practice/clock": {},
		"kube/practice/kubelet": {
			"kube/practice/api", "kube/practice/clock", "kube/practice/process", "kube/practice/scene", "kube/practice/store",
			"kube/practice/streams",
		},
		"kube/practice/process":  {"kube/practice/streams"},
		"kube/practice/registry": {"kube/practice/scene", "testdata/nixery"},
		"kube/practice/scene":    {"kube/practice/api", "kube/practice/store", "testdata/nixery"},
		"kube/practice/store":    {},
		"kube/practice/streams":  {},
		"themes":                 {"presets/strictyaml"},
		"presets/strictyaml":     {},
		"presets":                {"kube", "presets/nixery", "presets/strictyaml"},
		"presets/nixery":         {"presets/strictyaml"},
		"presets/registry":       {"kube", "kube/background"},
		"tui/session":            {"kube"},
		"tui/journal":            {"kube"},
		"tui/recording":          {"kube"},
		"tui/kit":                {"kube", "themes"},
		"tui/kittest":            {"kube", "themes", "tui/kit", "testdata/servers"},
		"tui/logs":               {"kube", "tui/kit", "tui/pod", "tui/recording"},
		"tui/paint":              {},
		"tui/pod":                {"kube", "tui/kit"},
		"tui/podlist":            {"kube", "tui/kit", "tui/pod"},
		"tui/tools":              {"kube", "presets", "presets/nixery", "presets/registry", "tui/kit", "tui/pod"},
		"tui":                    {"kube", "tui/podlist", "tui/tools", "tui/kit", "tui/logs", "tui/paint", "tui/pod", "tui/journal", "tui/recording", "tui/session", "presets", "presets/nixery", "presets/registry", "themes"},
		"cmd/dayfly":             {"kube", "tui/podlist", "tui/tools", "kube/background", "kube/practice", "kube/practice/process", "tui", "tui/journal", "tui/recording", "tui/session", "presets", "presets/nixery", "presets/registry", "presets/strictyaml", "testdata/manifests", "themes"},
	}
}

// TestImports holds the table of imports in what is not a test.
func TestImports(t *testing.T) {
	for importer, imports := range packages(t) {
		allowed, known := mayImport()[importer]
		if !known {
			t.Errorf("package %q is not in the table of imports", importer)
		}
		for _, imported := range imports {
			if ours, ok := strings.CutPrefix(imported, module+"/"); ok && !slices.Contains(allowed, ours) {
				t.Errorf("%s imports %s: it may import %q", importer, ours, allowed)
			}
			if isKubernetes(imported) && !within(importer, "kube") {
				t.Errorf("%s imports %s: only kube knows Kubernetes", importer, imported)
			}
			if isInterface(imported) && !draws(importer) {
				t.Errorf("%s imports %s: only the screens in tui know Bubble Tea", importer, imported)
			}
		}
	}
}

// draws tells the screens from what is in their folders without being one.
func draws(importer string) bool {
	return within(importer, "tui") && !within(importer, "tui/session") && !within(importer, "tui/journal") && !within(importer, "tui/recording")
}

func isKubernetes(imported string) bool {
	return within(imported, "k8s.io") || strings.HasPrefix(imported, "sigs.k8s.io/")
}

func isInterface(imported string) bool {
	return within(imported, "charm.land") || within(imported, "github.com/charmbracelet/bubbletea") ||
		within(imported, "github.com/charmbracelet/lipgloss") || within(imported, "github.com/charmbracelet/bubbles")
}

func within(name, root string) bool { return name == root || strings.HasPrefix(name, root+"/") }

// TestBinaryIsLean keeps what is large and only for tests out of the binary.
func TestBinaryIsLean(t *testing.T) {
	dependencies := strings.Fields(string(goList(t, "-deps", "./cmd/dayfly")))
	if !slices.Contains(dependencies, module+"/kube") {
		t.Fatalf("cmd/dayfly does not depend on kube: %q", dependencies)
	}
	for _, d := range dependencies {
		for _, heavy := range []string{
			"k8s.io/kubectl", "k8s.io/cli-runtime", "k8s.io/client-go/kubernetes", "testing", containerregistry + "/pkg/registry",
			containerregistry + "/pkg/v1/tarball", containerregistry + "/pkg/v1/mutate", containerregistry + "/pkg/v1/daemon",
		} {
			if within(d, heavy) {
				t.Errorf("cmd/dayfly links %s", d)
			}
		}
	}
}

// packages maps our packages, without the module's name, to what they import.
func packages(t *testing.T) map[string][]string {
	t.Helper()
	list := map[string][]string{}
	decoder := json.NewDecoder(bytes.NewReader(goList(t, "-json=ImportPath,Imports", "./...")))
	for {
		var p struct {
			ImportPath string
			Imports    []string
		}
		err := decoder.Decode(&p)
		if errors.Is(err, io.EOF) {
			break
		}
		if err != nil {
			t.Fatal(err)
		}
		list[strings.TrimPrefix(p.ImportPath, module+"/")] = p.Imports
	}
	for _, must := range []string{"kube", "tui", "presets", "cmd/dayfly"} {
		if len(list[must]) == 0 {
			t.Fatalf("package %s is missing from go list", must)
		}
	}
	return list
}

func goList(t *testing.T, arguments ...string) []byte {
	t.Helper()
	cmd := exec.CommandContext(t.Context(), "go", append([]string{"list"}, arguments...)...)
	cmd.Dir = ".."
	var stderr bytes.Buffer
	cmd.Stderr = &stderr
	out, err := cmd.Output()
	if err != nil {
		t.Fatalf("%v: %v\n%s", cmd, err, &stderr)
	}
	return out
}
