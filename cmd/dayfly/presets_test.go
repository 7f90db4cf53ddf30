package main

import (
	"bytes"
	"encoding/json"
	"path/filepath"
	"slices"
	"strings"
	"testing"
)

// ran runs the command line with a configuration folder of its own.
func ran(t *testing.T, files map[string]string, args ...string) (code int, stdout, stderr string) {
	t.Helper()
	base := t.TempDir()
	for name, text := range files {
		write(t, filepath.Join(base, "dayfly", name), text)
	}
	t.Setenv("XDG_CONFIG_HOME", base)
	t.Setenv("KUBECONFIG", filepath.Join(base, "kubeconfig"))
	write(t, filepath.Join(base, "kubeconfig"), "{apiVersion: v1, kind: Config, current-context: prod-eu, "+
		"contexts: [{name: prod-eu, context: {cluster: c}}, {name: kind, context: {cluster: c}}], clusters: [{name: c, cluster: {}}]}")
	var out, errs bytes.Buffer
	code = run(t.Context(), args, &out, &errs)
	return code, out.String(), strings.ReplaceAll(errs.String(), base, "CONFIG")
}

// The presets are an aligned table, the user's own among them.
func TestPresetsTable(t *testing.T) {
	code, out, errs := ran(t, map[string]string{"presets/a.yaml": "name: mine\nimage: quay.io/team/tool:2\nprofile: baseline\n"}, "presets")
	if code != 0 || errs != "" {
		t.Fatalf("exit code %d, %s", code, errs)
	}
	lines := strings.Split(strings.TrimSuffix(out, "\n"), "\n")
	image, origin := strings.Index(lines[0], "IMAGE"), strings.Index(lines[0], "ORIGIN")
	if !strings.HasPrefix(lines[0], "NAME ") || image < 0 || origin < 0 {
		t.Fatalf("the table begins\n%s", lines[0])
	}
	for line, want := range map[string]struct{ name, image, origin string }{
		lines[1]:            {"busybox  ", "busybox:1.37  ", "shipped"},
		lines[len(lines)-1]: {"mine  ", "quay.io/team/tool:2  ", filepath.Join("dayfly", "presets", "a.yaml")},
	} {
		if !strings.HasPrefix(line, want.name) || !strings.HasPrefix(line[image:], want.image) || !strings.HasSuffix(line[origin:], want.origin) {
			t.Errorf("the line is\n%s, want %+v in its columns", line, want)
		}
	}
}

func TestPresetsJSON(t *testing.T) {
	code, out, _ := ran(t, nil, "presets", "-o", "json")
	var list []struct {
		Name, Purpose, Image, Profile, Origin string
		Command, Tags, Platforms, Try         []string
		NoTarget, Many                        bool
		Brings                                *struct {
			Command    []string
			File, Name string
		}
		Mounts []struct{ Volume string }
		Env    []struct{ Name, Value string }
	}
	if err := json.Unmarshal([]byte(out), &list); err != nil || code != 0 {
		t.Fatalf("exit code %d, %v: %s", code, err, out)
	}
	seen := map[string]bool{}
	for _, p := range list {
		if p.Image == "" || p.Purpose == "" || p.Profile == "" || p.Origin != "shipped" || len(p.Tags) == 0 || (p.Many || p.Brings != nil) != (len(p.Try) == 0) || seen[p.Name] {
			t.Errorf("preset %+v", p)
		}
		if b := p.Brings; (len(p.Command) > 0) == (b != nil) || b != nil && (len(b.Command) == 0 || b.File == "" || b.Name == "") {
			t.Errorf("preset %+v brings %+v", p, b)
		}
		seen[p.Name] = true
		switch p.Name {
		case "files":
			if len(p.Mounts) != 1 || p.Mounts[0].Volume != "all" {
				t.Errorf("files has mounts %v", p.Mounts)
			}
		case "nixery":
			if len(p.Env) != 3 || p.Env[0].Name != "PATH" {
				t.Errorf("nixery has variables %v", p.Env)
			}
		}
	}
	if !seen["files"] || !seen["nixery"] || len(list) < 20 {
		t.Errorf("there are %d presets", len(list))
	}
}

// The presets are as they are written, and a program is told what is used in their place.
func TestPresetsWithMirrors(t *testing.T) {
	files := map[string]string{"config.yaml": "registries: {nixery: nixery.corp, mirrors: [{from: docker.io, to: registry.corp/hub}]}\n" +
		"contexts: [{match: kind, registries: {mirrors: []}}]\n"}
	type used struct{ Name, Image, Uses string }
	for context, want := range map[string][]used{
		"prod-eu": {{"busybox", "busybox:1.37", "registry.corp/hub/library/busybox:1.37"}, {"nixery", "nixery.dev/shell/", "nixery.corp/shell/"}, {"nonroot", "gcr.io/", ""}},
		"kind":    {{"busybox", "busybox:1.37", ""}, {"nixery", "nixery.dev/shell/", "nixery.corp/shell/"}},
	} {
		code, out, errs := ran(t, files, "presets", "-o", "json", "--context", context)
		var list []used
		if err := json.Unmarshal([]byte(out), &list); err != nil || code != 0 || errs != "" {
			t.Fatalf("exit code %d, %v: %s", code, err, errs)
		}
		for _, w := range want {
			i := slices.IndexFunc(list, func(u used) bool { return u.Name == w.Name })
			if i < 0 || !strings.HasPrefix(list[i].Image, w.Image) || !strings.HasPrefix(list[i].Uses, w.Uses) || (list[i].Uses == "") != (w.Uses == "") {
				t.Errorf("in context %s: %+v, want %+v", context, list[max(i, 0)], w)
			}
		}
	}
	if _, out, _ := ran(t, files, "presets"); !strings.Contains(out, " busybox:1.37 ") || strings.Contains(out, "registry.corp") {
		t.Errorf("the table is\n%s", out)
	}
	files["config.yaml"] = "registries: {nixery: https://nixery.corp}\n"
	if code, out, errs := ran(t, files, "presets", "-o", "json"); code != 0 || !strings.HasPrefix(errs, "dayfly: CONFIG/dayfly/config.yaml: line 1: host ") || strings.Contains(out, `"uses"`) {
		t.Errorf("with a mistake in the configuration: exit code %d, %q", code, errs)
	}
	if code, out, errs := ran(t, nil, "presets", "--kubeconfig", "/nowhere"); code != 0 || errs != "" || out == "" {
		t.Errorf("without a kubeconfig: exit code %d, %q", code, errs)
	}
}

// A mistake in a file is told on stderr, and the rest is listed.
func TestPresetsWithAMistake(t *testing.T) {
	files := map[string]string{"presets/bad.yaml": "name: x\nimge: y\n", "presets/worse.yaml": "name: \"\\e[2J\"\nimage: y\n", "presets/good.yaml": "name: good\nimage: z\n"}
	for _, args := range [][]string{{"presets"}, {"presets", "-o", "json"}} {
		code, out, errs := ran(t, files, args...)
		if code != exitError || !strings.Contains(out, "busybox") || !strings.Contains(out, "good") {
			t.Errorf("%q: exit code %d\n%s", args, code, out)
		}
		lines := strings.Split(errs, "\n")
		if len(lines) != 3 || lines[0] != `dayfly: CONFIG/dayfly/presets/bad.yaml: line 2: unknown key "imge": did you mean "image"?` ||
			!strings.HasPrefix(lines[1], "dayfly: CONFIG/dayfly/presets/worse.yaml: ") || strings.Contains(errs, "\x1b") {
			t.Errorf("%q tells\n%s", args, errs)
		}
	}
}

func TestPresetsUsage(t *testing.T) {
	for want, args := range map[string][]string{
		`dayfly: --output "yaml": use json, or leave it out` + "\n":                                               {"presets", "-o", "yaml"},
		`dayfly: dayfly presets takes no arguments (got ["mine"]). To open a pod of that name: dayfly -- presets`: {"presets", "mine"},
		"dayfly: unknown flag: --contxt":                                                                          {"presets", "--contxt", "x"},
	} {
		if code, out, errs := ran(t, nil, args...); code != exitUsage || out != "" || !strings.HasPrefix(errs, want) {
			t.Errorf("%q: exit code %d, %q, %q", args, code, out, errs)
		}
	}
}

func TestHelpListsTheCommands(t *testing.T) {
	_, out, _ := ran(t, nil, "--help")
	for _, want := range []string{"\n  demo ", "\n  presets ", "\n  image ", "dayfly -- presets"} {
		if !strings.Contains(out, want) {
			t.Errorf("the help has no %q:\n%s", want, out)
		}
	}
}
