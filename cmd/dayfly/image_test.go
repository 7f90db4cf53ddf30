package main

import (
	"encoding/json"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

func TestImage(t *testing.T) {
	const corp = "registries: {nixery: nixery.corp}\ncontexts:\n- {match: prod-*, registries: {nixery: \"nixery.prod:5000\"}}\n"
	const mirrored = "registries: {mirrors: [{from: nixery.dev, to: registry.corp/nixery}]}\n"
	for _, tt := range []struct {
		config string
		args   string
		want   string
	}{
		{"", "dig psql", "nixery.dev/shell/dig/postgresql"},
		{"", "psql dig postgresql dig --arch arm64", "nixery.dev/shell/arm64/dig/postgresql"},
		{"", "--no-shell curl", "nixery.dev/curl"},
		{"", "PSQL python3packages.requests", "nixery.dev/shell/postgresql/python3packages.requests"},
		{"", "--host localhost:5000 strace", "localhost:5000/shell/strace"},
		{corp, "strace", "nixery.prod:5000/shell/strace"},
		{corp, "strace --context kind", "nixery.corp/shell/strace"},
		{corp, "strace --host nixery.dev", "nixery.dev/shell/strace"},
		{mirrored, "strace", "nixery.dev/shell/strace"},
		{"", "strace --kubeconfig /nowhere", "nixery.dev/shell/strace"},
	} {
		files := map[string]string{"config.yaml": tt.config}
		code, out, errs := ran(t, files, append([]string{"image"}, strings.Fields(tt.args)...)...)
		if code != 0 || out != tt.want+"\n" || errs != "" {
			t.Errorf("dayfly image %s: exit code %d, %q, %q, want %s", tt.args, code, out, errs, tt.want)
		}
	}
}

func TestImageJSON(t *testing.T) {
	code, out, errs := ran(t, nil, "image", "psql", "dig", "--arch", "arm64", "-o", "json")
	var got composed
	if err := json.Unmarshal([]byte(out), &got); err != nil || code != 0 || errs != "" {
		t.Fatalf("exit code %d, %v: %s %s", code, err, out, errs)
	}
	want := composed{
		Image: "nixery.dev/shell/arm64/dig/postgresql", Arch: "arm64", Packages: []string{"dig", "postgresql"},
		Resolved: map[string]string{"psql": "postgresql"}, Command: []string{"bash"},
		Env: []variable{{"PATH", "/bin:/usr/bin:/sbin:/usr/sbin"}, {"HOME", "/tmp"}, {"LANG", "C.UTF-8"}},
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("JSON (- want, + got):\n%s", diff)
	}
	_, out, _ = ran(t, nil, "image", "curl", "--no-shell", "-o", "json")
	if !strings.Contains(out, `"command": []`) || !strings.Contains(out, `"resolved": {}`) || strings.Contains(out, `"from"`) {
		t.Errorf("without a shell it prints\n%s", out)
	}
}

// A program is told where the image is taken from, when a mirror has it.
func TestImageFromAMirror(t *testing.T) {
	const mirrors = "mirrors: [{from: nixery.dev, to: registry.corp/nixery}, {from: nixery.corp, to: registry.corp/own}]"
	const plain, corp = "registries: {" + mirrors + "}\n", "registries: {nixery: nixery.corp, " + mirrors + "}\n"
	for _, tt := range []struct{ config, args, image, from string }{
		{plain, "dig", "nixery.dev/shell/dig", "registry.corp/nixery/shell/dig"},
		{plain + "contexts: [{match: kind, registries: {mirrors: []}}]\n", "dig --context kind", "nixery.dev/shell/dig", ""},
		{plain, "dig --host other.corp", "other.corp/shell/dig", ""},
		{corp, "dig", "nixery.corp/shell/dig", ""}, // the host has been chosen in the place of another already,
		{corp, "dig --host nixery.dev", "nixery.dev/shell/dig", "registry.corp/nixery/shell/dig"},
	} {
		code, out, errs := ran(t, map[string]string{"config.yaml": tt.config}, append([]string{"image", "-o", "json"}, strings.Fields(tt.args)...)...)
		var got struct{ Image, From string }
		if err := json.Unmarshal([]byte(out), &got); err != nil || code != 0 || errs != "" {
			t.Fatalf("%s: exit code %d, %v: %s %s", tt.args, code, err, out, errs)
		}
		if got.Image != tt.image || got.From != tt.from {
			t.Errorf("%s: %+v, want %s from %s", tt.args, got, tt.image, tt.from)
		}
	}
}

// A mistake is a sentence, with a caret where a name is wrong.
func TestImageMistakes(t *testing.T) {
	many := append([]string{"image"}, strings.Fields(strings.Repeat("a", 200)+" "+strings.Repeat("b", 60))...)
	for _, tt := range []struct {
		args []string
		want []string // in this order
	}{
		{[]string{"image"}, []string{"dayfly: missing packages: name packages or commands, such as dayfly image dig psql\n"}},
		{[]string{"image", "dig", "g++x"}, []string{`dayfly: "g++x": `, "\n  g++x\n   ^\n"}},
		{[]string{"image", "../etc"}, []string{`dayfly: "../etc": `, "\n  ../etc\n  ^\n"}},
		{[]string{"image", "git@v2"}, []string{`dayfly: "git@v2": `, "\n  git@v2\n     ^\n"}},
		{[]string{"image", "git:v2"}, []string{"\n  git:v2\n     ^\n"}},
		{[]string{"image", "two words"}, []string{"\n  two words\n     ^\n"}},
		{[]string{"image", "\x1b[2Jx"}, []string{"\n  ␛[2Jx\n  ^\n"}},
		{[]string{"image", strings.Repeat("x", 80) + "+"}, []string{"dayfly: "}},
		{[]string{"image", "dig", "--host", "https://nixery.dev"}, []string{"dayfly: \"https://nixery.dev\": ", "\n  https://nixery.dev\n        ^\n"}},
		{[]string{"image", "dig", "--arch", "riscv64"}, []string{`dayfly: --arch "riscv64": Nixery makes images for amd64 and arm64`}},
		{[]string{"image", "dig", "-o", "xml"}, []string{`dayfly: --output "xml": use json`}},
		{many, []string{"dayfly: the image name has 278 characters and may have 255"}},
	} {
		code, out, errs := ran(t, nil, tt.args...)
		if code != exitUsage || out != "" || strings.Contains(errs, "\x1b") {
			t.Errorf("%q: exit code %d, %q, %q", tt.args, code, out, errs)
		}
		rest := errs
		for _, want := range tt.want {
			_, after, ok := strings.Cut(rest, want)
			if !ok {
				t.Errorf("%q tells\n%s\nwithout %q", tt.args, errs, want)
			}
			rest = after
		}
	}
}

// A mistake in the configuration is told, and a name is printed all the same.
func TestImageWithAMistakeInTheConfiguration(t *testing.T) {
	code, out, errs := ran(t, map[string]string{"config.yaml": "registries: {nixery: https://nixery.corp}\n"}, "image", "dig")
	if code != 0 || out != "nixery.dev/shell/dig\n" || !strings.HasPrefix(errs, "dayfly: CONFIG/dayfly/config.yaml: line 1: host ") {
		t.Errorf("exit code %d, %q, %q", code, out, errs)
	}
}
