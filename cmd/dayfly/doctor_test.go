//go:build unix

package main

import (
	"encoding/json"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/dayfly-k8s/dayfly/cmd/dayfly/doctor"
)

// looked is what dayfly doctor finds.
func looked(t *testing.T, b *bench, env []string, args ...string) (found map[string]doctor.Finding, code int) {
	t.Helper()
	cmd := b.command(append([]string{"doctor", "-o", "json"}, args...)...)
	cmd.Env = slices.Concat(cmd.Env, env)
	out, _ := cmd.Output()
	var list []doctor.Finding
	if err := json.Unmarshal(out, &list); err != nil {
		t.Fatalf("%v: %s", err, out)
	}
	found = map[string]doctor.Finding{}
	for _, f := range list {
		found[f.Name] = f
	}
	return found, cmd.ProcessState.ExitCode()
}

const noRegistries = "registries: {ask: false}\n"

// TestDoctor: where all is well, that is said of everything.
func TestDoctor(t *testing.T) {
	t.Parallel()
	b := practised(t)
	write(t, filepath.Join(b.folder, "config/dayfly/config.yaml"), noRegistries)
	found, code := looked(t, b, []string{"COLORTERM=truecolor"})
	if code != 0 {
		t.Errorf("exit code %d", code)
	}
	for name, says := range map[string]string{
		"colours": "16 million", "clipboard": "OSC 52", "configuration": "has no mistakes", "journal": "can be written", "kubeconfig": "context practice, namespace shop",
		"cluster": "answers in", "you": "practice-admin", "rights": "in namespace shop you may debug", "registry": "are not asked",
	} {
		if f := found[name]; f.State != doctor.Well || !strings.Contains(f.Says, says) || f.Do != "" {
			t.Errorf("%s: %+v", name, f)
		}
	}
	if left, _ := filepath.Glob(filepath.Join(b.folder, "state", "*")); len(left) > 0 {
		t.Errorf("it has written %q", left)
	}
}

// TestDoctorFinds: each fault is named, with what to do.
func TestDoctorFinds(t *testing.T) {
	t.Parallel()
	for fault, test := range map[string]struct {
		plant func(t *testing.T, b *bench) (env, args []string)
		name  string
		state doctor.State
		says  string
		do    string
	}{
		"no terminal": {nil, "terminal", doctor.Warns, "are not a terminal", "dayfly run or dayfly exec"},
		"no colours":  {func(*testing.T, *bench) (env, args []string) { return []string{"NO_COLOR=1"}, nil }, "colours", doctor.Warns, "NO_COLOR is set", "unset NO_COLOR"},
		"tmux":        {func(*testing.T, *bench) (env, args []string) { return []string{"TMUX=/tmp/x,1,0"}, nil }, "clipboard", doctor.Warns, "tmux", "set-clipboard on"},
		"a mistake in config.yaml": {func(t *testing.T, b *bench) (env, args []string) {
			write(t, filepath.Join(b.folder, "config/dayfly/config.yaml"), noRegistries+"thme: dusk\n")
			return nil, nil
		}, "configuration", doctor.Broken, "thme", "dayfly help config"},
		"a mistake in a preset": {func(t *testing.T, b *bench) (env, args []string) {
			write(t, filepath.Join(b.folder, "config/dayfly/presets/x.yaml"), "name: x\n")
			return nil, nil
		}, "configuration", doctor.Broken, "x.yaml", "dayfly help presets"},
		"state that cannot be written": {func(t *testing.T, b *bench) (env, args []string) {
			write(t, filepath.Join(b.folder, "taken"), "a file")
			return []string{"XDG_STATE_HOME=" + filepath.Join(b.folder, "taken", "below")}, nil
		}, "journal", doctor.Broken, "not a directory", "make the folder yours"},
		"no kubeconfig":   {func(*testing.T, *bench) (env, args []string) { return nil, []string{"--kubeconfig", "/nowhere/config"} }, "kubeconfig", doctor.Broken, "/nowhere/config", "check its path"},
		"no such context": {func(*testing.T, *bench) (env, args []string) { return nil, []string{"--context", "none"} }, "kubeconfig", doctor.Broken, "none", ""},
		"no cluster":      {func(*testing.T, *bench) (env, args []string) { return nil, []string{"--server", "https://127.0.0.1:1"} }, "cluster", doctor.Broken, "nothing answers at https://127.0.0.1:1", "check that the cluster is up"},
		"no plugin": {func(t *testing.T, b *bench) (env, args []string) {
			file := filepath.Join(b.folder, "plugin.json")
			write(t, file, `{"apiVersion": "v1", "kind": "Config", "current-context": "c", "contexts": [{"name": "c", "context": {"cluster": "c", "user": "u"}}],
				"clusters": [{"name": "c", "cluster": {"server": "https://127.0.0.1:1"}}],
				"users": [{"name": "u", "user": {"exec": {"apiVersion": "client.authentication.k8s.io/v1", "command": "no-such-plugin", "interactiveMode": "Never"}}}]}`)
			return nil, []string{"--kubeconfig", file}
		}, "cluster", doctor.Broken, "no-such-plugin", ""},
		"no rights": {func(*testing.T, *bench) (env, args []string) { return nil, []string{"--context", "practice-viewer"} }, "rights", doctor.Warns, "patch pods/ephemeralcontainers", "dayfly help rights"},
		"no registry": {func(t *testing.T, b *bench) (env, args []string) {
			if err := os.Remove(filepath.Join(b.folder, "config/dayfly/config.yaml")); err != nil {
				t.Fatal(err)
			}
			return []string{"HTTPS_PROXY=http://127.0.0.1:1"}, nil
		}, "registry", doctor.Warns, "busybox", "dayfly help registries"},
	} {
		t.Run(fault, func(t *testing.T) {
			t.Parallel()
			b := practised(t)
			write(t, filepath.Join(b.folder, "config/dayfly/config.yaml"), noRegistries)
			var env, args []string
			if test.plant != nil {
				env, args = test.plant(t, b)
			}
			found, code := looked(t, b, env, args...)
			f := found[test.name]
			if f.State != test.state || !strings.Contains(f.Says, test.says) || !strings.Contains(f.Do, test.do) || f.Do == "" {
				t.Errorf("%+v", f)
			}
			if want := map[bool]int{true: 1}[test.state == doctor.Broken]; code != want {
				t.Errorf("exit code %d, want %d", code, want)
			}
			if test.state == doctor.Broken {
				return
			}
			for name, other := range found {
				if other.State == doctor.Broken {
					t.Errorf("%s is broken, too: %+v", name, other)
				}
			}
		})
	}
}
