package presets

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/dayfly-k8s/dayfly/kube/debug"
)

func composedTools() Preset {
	return Preset{
		Name: "my-tools", Purpose: "dig: and psql", Tags: []string{"dns"}, Image: "nixery.dev/shell/dig/postgresql", Command: []string{"bash"},
		Platforms: []string{"linux/amd64"}, Profile: "baseline", Mounts: []Mount{{"all", false}},
		Env: []Var{{"PATH", "/bin"}, {"EMPTY", ""}, {"ODD", "yes: \"#\" 'x'\n"}}, Try: []string{"dig +short a.b", "- 'x' # not a comment"},
	}
}

func samePreset() cmp.Option {
	return cmp.Options{cmp.AllowUnexported(Preset{}), cmp.Comparer(func(a, b debug.Custom) bool { return a.Source() == b.Source() })}
}

// What is saved is loaded as it was, is for the user alone, and is saved again under its name.
func TestSave(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "config", "presets")
	p := composedTools()
	for _, image := range []string{p.Image, "nixery.dev/shell/dig"} {
		p.Image = image
		file, err := Save(dir, p)
		if err != nil {
			t.Fatal(err)
		}
		if file != filepath.Join(dir, "my-tools.yaml") {
			t.Errorf("it is saved as %s", file)
		}
		list, errs := Load(dir)
		if len(errs) > 0 {
			t.Fatal(errs)
		}
		want := p
		want.Origin = file
		if diff := cmp.Diff(want, list[len(list)-1], samePreset()); diff != "" {
			t.Errorf("preset (- saved, + loaded):\n%s", diff)
		}
	}
	for path, want := range map[string]os.FileMode{dir: 0o700, filepath.Join(dir, "my-tools.yaml"): 0o600} {
		info, err := os.Stat(path)
		if err != nil {
			t.Fatal(err)
		}
		if info.Mode().Perm() != want {
			t.Errorf("%s has mode %o, want %o", path, info.Mode().Perm(), want)
		}
	}
	entries, err := os.ReadDir(dir)
	if err != nil || len(entries) != 1 {
		t.Errorf("the folder has %v, %v: want one file", entries, err)
	}
}

// A preset with its few keys is a short file, that a person can go on with.
func TestSavedForm(t *testing.T) {
	dir := t.TempDir()
	file, err := Save(dir, Preset{Name: "small", Image: "nixery.dev/shell/dig", Command: []string{"bash"}, Env: []Var{{"HOME", "/tmp"}}})
	if err != nil {
		t.Fatal(err)
	}
	data, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	want := "name: small\nimage: nixery.dev/shell/dig\ncommand: [bash]\nenv:\n  - name: HOME\n    value: /tmp\n"
	if got := strings.TrimPrefix(string(data), savedMark); got != want {
		t.Errorf("it is saved as\n%swant\n%s", got, want)
	}
}

// A relative partial container is found from the folder that it is saved in too.
func TestSaveWithAPartialContainer(t *testing.T) {
	from := folder(t, map[string]string{"a.yaml": "name: mine\nimage: a\ncustom: partial/x.yaml\n", "partial/x.yaml": "workingDir: /tmp\n"})
	list, errs := Load(from)
	if len(errs) > 0 {
		t.Fatal(errs)
	}
	dir := t.TempDir()
	if _, err := Save(dir, list[len(list)-1]); err != nil {
		t.Fatal(err)
	}
	list, errs = Load(dir)
	if len(errs) > 0 || list[len(list)-1].custom.Source() != filepath.Join(from, "partial/x.yaml") {
		t.Errorf("it is loaded as %+v, %v", list[len(list)-1], errs)
	}
}

// A file that a person wrote stays, and nothing is saved that could not be loaded.
func TestSaveRefuses(t *testing.T) {
	tests := []struct {
		name   string
		change func(*Preset)
		files  map[string]string
		want   string
	}{
		{"a person's file", nil, map[string]string{"my-tools.yaml": "name: my-tools\nimage: x\n"}, "FOLDER/my-tools.yaml was not saved by dayfly: give the preset another name"},
		{"a person's broken file", nil, map[string]string{"my-tools.yaml": "nam"}, "FOLDER/my-tools.yaml was not saved by dayfly"},
		{"the name in another file", nil, map[string]string{"a.yml": "name: my-tools\nimage: x\n"}, "the name is taken by FOLDER/a.yml: give it another"},
		{"a folder in its place", nil, map[string]string{"my-tools.yaml/x": ""}, "not a regular file: replace it with one"},
		{"no name", func(p *Preset) { p.Name = "" }, nil, "name is missing"},
		{"a way out of the folder", func(p *Preset) { p.Name = "../x" }, nil, `name "../x": use lower-case letters`},
		{"no image", func(p *Preset) { p.Image = "" }, nil, "image is missing"},
		{"no profile", func(p *Preset) { p.Profile = "root" }, nil, `there is no profile "root"`},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			dir := folder(t, tt.files)
			p := composedTools()
			if tt.change != nil {
				tt.change(&p)
			}
			_, err := Save(dir, p)
			if want := strings.ReplaceAll(tt.want, "FOLDER", dir); err == nil || !strings.Contains(err.Error(), want) {
				t.Fatalf("the error is %v, want %s", err, want)
			}
			for name, text := range tt.files {
				if data, err := os.ReadFile(filepath.Join(dir, name)); err != nil || string(data) != text {
					t.Errorf("%s is now %q, %v", name, data, err)
				}
			}
			entries, err := os.ReadDir(dir)
			if err != nil || len(entries) != len(tt.files) {
				t.Errorf("the folder has %v, %v", entries, err)
			}
		})
	}
}
