package structure

import (
	"slices"
	"strings"
	"testing"
)

// row says of packages what they may import: of ours, where "tui/..." is tui and all of its rooms, and of what is not for everybody (see guarded).
type row struct{ packages, ours, guarded string }

// table is who may import whom. It reads from the top down: nothing imports what stands above it or beside it.
func table() []row {
	return []row{
		{"cmd/dayfly", "cmd/dayfly/... kube/... presets/... testdata/manifests themes tui/...", ""},
		{"cmd/dayfly/capture", "kube kube/batch kube/capture kube/debug kube/packets tui/capturerun tui/session", ""},
		{"cmd/dayfly/config", "cmd/dayfly/folders cmd/dayfly/memory kube kube/debug presets/nixery presets/registry presets/strictyaml themes tui tui/runner tui/tools tui/vt", ""},
		{"cmd/dayfly/memory", "tui", ""},
		{"cmd/dayfly/leftoverreport", "kube/inventory tui/kit", ""},
		{"cmd/dayfly/player", "kube tui/recording tui/session tui/vt", ""},
		{"cmd/dayfly/build", "", ""},
		{"cmd/dayfly/called", "", ""},
		{"cmd/dayfly/complete", "kube kube/lists", ""},
		{"cmd/dayfly/doctor", "kube", ""},
		{"cmd/dayfly/folders", "", ""},
		{"cmd/dayfly/licences", "", ""},
		{"cmd/dayfly/enter", "kube kube/shell kube/stream tui/journal tui/runner tui/session tui/vt", ""},
		{"cmd/dayfly/podfiles", "kube kube/dumps kube/files", ""},
		{"cmd/dayfly/podreport", "kube kube/report tui/report", ""},
		{"testdata/script/bench", "kube/practice/... testdata/manifests testdata/script/...", "kubernetes"},

		{"tui", "kube kube/batch kube/capture kube/cleanup kube/debug kube/detail kube/inventory kube/lists kube/logs kube/shell kube/stream presets/... themes tui/...", "bubbletea"},
		{"tui/sessions", "kube kube/debug kube/launch kube/leftovers kube/lists kube/logs kube/stream tui/kit tui/pod tui/runner tui/session", "bubbletea"},
		{"tui/tools", "kube kube/debug kube/detail kube/nodepod kube/podcopy presets presets/choice presets/nixery presets/registry tui/kit tui/pod tui/runner", "bubbletea"},
		{"tui/files", "kube kube/files tui/filecopy tui/fileopen tui/fileview tui/kit", "bubbletea"},
		{"tui/filecopy", "kube kube/files tui/fileaccess tui/journal tui/kit tui/runner", "bubbletea"},
		{"tui/fileopen", "kube kube/debug kube/detail kube/files kube/launch presets presets/choice presets/registry tui/fileaccess tui/helper tui/journal tui/kit tui/runner", "bubbletea"},
		{"tui/fileview", "kube kube/files tui/kit", "bubbletea"},
		{"tui/podlist", "kube kube/lists kube/quarantine tui/kit tui/pod", "bubbletea"},
		{"tui/podchange", "kube kube/eviction kube/quarantine kube/replacement kube/selectors tui/journal tui/kit", "bubbletea"},
		{"tui/dump", "kube kube/dumps kube/launch presets tui/helper tui/kit tui/runner", "bubbletea"},
		{"tui/report", "kube kube/report tui/document tui/journal tui/kit tui/recording", "bubbletea"},
		{"tui/nodes", "kube kube/nodes tui/document tui/kit", "bubbletea"},
		{"tui/leftovers", "kube kube/cleanup kube/inventory tui/document tui/kit", "bubbletea"},
		{"tui/batch", "kube kube/batch kube/debug kube/detail kube/fold presets presets/choice presets/registry tui/batchreport tui/batchrun tui/kit tui/recording tui/runner", "bubbletea"},
		{"tui/capture", "kube kube/batch kube/capture kube/debug kube/detail kube/packets presets presets/choice presets/registry tui/capturerun tui/kit tui/runner", "bubbletea"},
		{"tui/logs", "kube kube/detail kube/logs tui/kit tui/pod tui/recording", "bubbletea"},
		{"tui/pod", "kube kube/debug kube/detail kube/quarantine kube/siblings tui/document tui/kit", "bubbletea"},
		{"tui/document", "kube kube/detail tui/kit", "bubbletea"},
		{"tui/kittest", "kube kube/kubetest kube/lists testdata/servers themes tui/kit", "bubbletea"},
		{"tui/kit", "kube kube/lists themes", "bubbletea"},
		{"tui/paint", "", "bubbletea"},
		{"tui/batchreport", "kube kube/batch kube/fold kube/markdown tui/batchrun", ""},
		{"tui/fileaccess", "kube kube/files tui/journal tui/runner", ""},
		{"tui/capturerun", "kube kube/batch kube/capture kube/debug tui/helper tui/journal tui/runner", ""},
		{"tui/helper", "kube kube/launch tui/runner tui/session", ""},
		{"tui/batchrun", "kube kube/batch kube/stream tui/journal tui/runner tui/session", ""},
		{"tui/runner", "kube kube/cleanup kube/debug kube/detail kube/inventory kube/launch kube/leftovers kube/logs kube/shell tui/journal tui/recording tui/session", ""},
		{"tui/session", "kube kube/launch kube/logs kube/stream tui/session/join tui/session/ring tui/vt", ""},
		{"tui/session/join", "", ""},
		{"tui/session/ring", "", ""},
		{"tui/journal", "kube kube/debug", ""},
		{"tui/recording", "kube", ""},
		{"tui/vt", "", ""},

		{"presets/choice", "kube kube/batch kube/debug presets presets/registry", ""},
		{"presets", "kube kube/debug kube/dumps presets/nixery presets/strictyaml", ""},
		{"presets/registry", "kube kube/background kube/debug", "registries"},
		{"presets/nixery themes", "presets/strictyaml", ""},
		{"presets/strictyaml", "", ""},

		{"kube/kubetest", "kube kube/apitest kube/background kube/practice/... testdata/manifests", "kubernetes"},
		{"kube/apitest", "testdata/servers", "kubernetes"},
		{"kube/cleanup", "kube kube/debug kube/inventory kube/leftovers kube/write", "kubernetes"},
		{"kube/batch", "kube kube/debug kube/lists kube/nodes", "kubernetes"},
		{"kube/capture", "kube kube/packets kube/stream", "kubernetes"},
		{"kube/dumps", "kube kube/debug kube/files kube/stream", "kubernetes"},
		{"kube/files", "kube kube/stream", ""},
		{"kube/launch", "kube kube/debug kube/leftovers kube/write", "kubernetes"},
		{"kube/debug", "kube kube/crashloop kube/leftovers kube/logs kube/nodepod kube/nodes kube/podcopy kube/stream kube/write", "kubernetes"},
		{"kube/report", "kube kube/detail kube/logs kube/markdown kube/redact kube/siblings", "kubernetes"},
		{"kube/shell", "kube kube/stream", "kubernetes"},
		{"kube/siblings", "kube kube/detail kube/lists kube/redact kube/selectors", "kubernetes"},
		{"kube/redact", "", "kubernetes"},
		{"kube/eviction kube/quarantine", "kube kube/replacement kube/selectors kube/write", "kubernetes"},
		{"kube/replacement", "kube kube/detail kube/selectors", "kubernetes"},
		{"kube/inventory", "kube kube/leftovers kube/lists kube/tables", "kubernetes"},
		{"kube/leftovers", "kube kube/write", "kubernetes"},
		{"kube/podcopy", "kube kube/selectors", "kubernetes"},
		{"kube/fold kube/packets", "kube", ""},
		{"kube/crashloop kube/nodepod kube/selectors kube/write", "kube", "kubernetes"},
		{"kube/nodes", "kube kube/detail kube/tables", "kubernetes"},
		{"kube/detail", "kube kube/lists kube/logs", "kubernetes"},
		{"kube/logs", "kube", "kubernetes"},
		{"kube/stream", "kube", "kubernetes"},
		{"kube/lists", "kube kube/tables", "kubernetes"},
		{"kube/tables", "kube", "kubernetes"},
		{"kube", "kube/kuberc", "kubernetes"},
		{"kube/kuberc", "", ""},
		{"kube/background kube/markdown", "", ""},

		{"kube/practice", "kube/practice/...", "kubernetes"},
		{"kube/practice/controllers", "kube/practice/api kube/practice/clock kube/practice/reconcile kube/practice/scene kube/practice/store", "kubernetes"},
		{"kube/practice/reconcile", "kube/practice/api kube/practice/clock kube/practice/scene kube/practice/store", "kubernetes"},
		{"kube/practice/kubelet", "kube/practice/...", "kubernetes"},
		{"kube/practice/idle", "kube/practice/scene", "kubernetes"},
		{"kube/practice/registry", "kube/practice/scene testdata/nixery", "registries"},
		{"kube/practice/scene", "kube/practice/api kube/practice/store testdata/nixery", "kubernetes"},
		{"kube/practice/api", "kube/practice/clock kube/practice/store kube/practice/streams", "kubernetes"},
		{"kube/practice/containerfiles kube/practice/nodefiles", "", "kubernetes"},
		{"kube/practice/process", "kube/practice/streams", ""},
		{"kube/practice/store", "", "kubernetes"},
		{"kube/practice/clock kube/practice/streams kube/practice/traffic", "", ""},

		{"testdata/screens", "testdata/script/terminal", ""},
		{"testdata/script/scratch", "", "kubernetes"},
		{"testdata/nixery/serve", "testdata/nixery", "registries"},
		{"testdata/nixery", "", "registries"},
		{"testdata/proxy", "", "kubernetes"},
		{"testdata/busybox testdata/manifests testdata/script/terminal testdata/servers", "", ""},
	}
}

// guarded are the modules that only some packages may know, by the name that the table has for them.
func guarded() map[string][]string {
	return map[string][]string{
		"kubernetes": {"k8s.io", "sigs.k8s.io"},
		"bubbletea":  {"charm.land", "github.com/charmbracelet/bubbles", "github.com/charmbracelet/bubbletea", "github.com/charmbracelet/lipgloss"},
		"registries": {"github.com/google/go-containerregistry"},
	}
}

// heavy is what the binary must not have, by whatever way: kubectl costs 40 MB and 18 ms of start-up, the generated clientset registers every API
// group, and the rest is for tests.
func heavy() []string {
	const registries = "github.com/google/go-containerregistry"
	return []string{
		"k8s.io/kubectl", "k8s.io/cli-runtime", "k8s.io/client-go/kubernetes", "testing",
		registries + "/pkg/registry", registries + "/pkg/v1/tarball", registries + "/pkg/v1/mutate", registries + "/pkg/v1/daemon",
	}
}

// TestImports holds the table in what is not a test.
func TestImports(t *testing.T) {
	rows, place := table(), map[string]int{}
	for i, r := range rows {
		for _, name := range strings.Fields(r.packages) {
			if _, twice := place[name]; twice {
				t.Errorf("package %s is in the table twice", name)
			}
			place[name] = i
		}
	}
	there := map[string]bool{}
	for _, p := range list(t).packages {
		there[p.name] = true
		at, ok := place[p.name]
		if !ok {
			t.Errorf("package %s is not in the table of imports", p.name)
			continue
		}
		for _, imported := range p.imported() {
			if !named(rows[at].ours, imported) {
				t.Errorf("%s imports %s: it may import %q", p.name, imported, rows[at].ours)
			}
			if below, ok := place[imported]; ok && below <= at {
				t.Errorf("%s imports %s, which does not stand below it in the table", p.name, imported)
			}
		}
		for what, modules := range guarded() {
			if slices.Contains(strings.Fields(rows[at].guarded), what) {
				continue
			}
			for _, imported := range p.imports {
				if slices.ContainsFunc(modules, func(m string) bool { return within(imported, m) }) {
					t.Errorf("%s imports %s: only packages that have %q in the table may", p.name, imported, what)
				}
			}
		}
	}
	for name := range place {
		if !there[name] {
			t.Errorf("package %s is in the table of imports, but not in the module", name)
		}
	}
	holdRows(t, rows, there)
}

// holdRows holds what a row names to what there is.
func holdRows(t *testing.T, rows []row, there map[string]bool) {
	t.Helper()
	for _, r := range rows {
		for _, pattern := range strings.Fields(r.ours) {
			if name := strings.TrimSuffix(pattern, "/..."); !there[name] && !anyWithin(there, name) {
				t.Errorf("%s may import %s, which is not there", r.packages, pattern)
			}
		}
		for _, what := range strings.Fields(r.guarded) {
			if guarded()[what] == nil {
				t.Errorf("%s may import %s, which guarded does not have", r.packages, what)
			}
		}
	}
}

func anyWithin(there map[string]bool, folder string) bool {
	for name := range there {
		if within(name, folder) {
			return true
		}
	}
	return false
}

// named reports whether a package is one of those that a cell of the table names.
func named(cell, name string) bool {
	return slices.ContainsFunc(strings.Fields(cell), func(pattern string) bool {
		folder, all := strings.CutSuffix(pattern, "/...")
		return pattern == name || all && within(name, folder)
	})
}

// TestBinaryIsLean keeps what is heavy out of the binary.
func TestBinaryIsLean(t *testing.T) {
	out, err := goList("-deps", "./cmd/dayfly")
	if err != nil {
		t.Fatal(err)
	}
	linked := strings.Fields(string(out))
	if !slices.Contains(linked, module+"/kube") {
		t.Fatalf("cmd/dayfly does not depend on kube: %q", linked)
	}
	for _, l := range linked {
		if slices.ContainsFunc(heavy(), func(h string) bool { return within(l, h) }) {
			t.Errorf("cmd/dayfly links %s", l)
		}
	}
}
