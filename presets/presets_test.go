package presets

import (
	"io"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/spf13/pflag"

	"github.com/dayfly-k8s/dayfly/kube"
	"github.com/dayfly-k8s/dayfly/kube/debug"
)

// folder writes files, by name and text, and returns their folder.
func folder(t *testing.T, files map[string]string) string {
	t.Helper()
	dir := t.TempDir()
	for name, text := range files {
		file := filepath.Join(dir, name)
		if err := os.MkdirAll(filepath.Dir(file), 0o700); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(file, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	return dir
}

func names(list []Preset) []string {
	out := make([]string, len(list))
	for i, p := range list {
		out[i] = p.Name
	}
	return out
}

// The shipped presets are good: each has what a person is shown, and asks for what a plan can be made of.
func TestShipped(t *testing.T) {
	list, errs := Load(t.TempDir())
	if len(errs) > 0 {
		t.Fatal(errs)
	}
	want := []string{
		"busybox", "netshoot", "tcpdump", "nixery", "files", "dns", "http", "tls", "strace", "alpine", "volumes", "packets", "postgres", "mysql",
		"redis", "mongodb", "kafka", "jvm", "python", "node", "go", "kubectl", "perf", "nonroot",
		"reach", "expiry", "clock", "listening", "disk-full", "library",
		"jvm-heap", "jvm-stacks", "go-cpu", "go-heap", "go-stacks", "go-trace", "core", "node-heap", "process", "py-stacks", "ss",
		"host", "journal", "disk", "traffic", "sockets", "node-dns", "certs", "crictl", "node-perf",
	}
	if diff := cmp.Diff(want, names(list)); diff != "" {
		t.Errorf("presets (- want, + got):\n%s", diff)
	}
	pod := plainPod(t)
	for _, p := range list {
		t.Run(p.Name, func(t *testing.T) {
			if p.Purpose == "" || len(p.Tags) == 0 || (len(p.Command) == 0) != (p.Brings != nil) || p.Origin != Shipped {
				t.Errorf("its purpose is %q, its tags are %q, its command is %q, it is from %q", p.Purpose, p.Tags, p.Command, p.Origin)
			}
			if quiet := p.Many || p.Brings != nil; quiet != (len(p.Try) == 0) || !quiet && len(p.Try) < 2 || len(p.Try) > 3 || slices.ContainsFunc(p.Try, func(line string) bool { return len(line) > 75 }) {
				t.Errorf("to try: %q: these are not two or three short lines", p.Try)
			}
			request := p.Request("debugger-x2", "app")
			if p.Node != "" {
				request.Way = debug.Node
			}
			plan, err := debug.NewPlan(pod, request)
			if err != nil {
				t.Fatal(err)
			}
			if plan.Image != p.Image || plan.Request.PullPolicy != "IfNotPresent" {
				t.Errorf("the plan has image %s and policy %s", plan.Image, plan.Request.PullPolicy)
			}
			if want := map[bool]string{true: "", false: "app"}[p.NoTarget]; plan.Target.Container != want {
				t.Errorf("the target is %q, want %q", plan.Target.Container, want)
			}
		})
	}
}

// What is recommended for a target that crashes shows its volumes, without a word of its processes, in a form that the API server
// takes: it refuses paths inside a volume.
func TestVolumesOfACrashingTarget(t *testing.T) {
	list, _ := Load(t.TempDir())
	pod := podOf(t, `{"waiting": {"reason": "CrashLoopBackOff"}}`)
	for _, level := range []string{"", "privileged", "baseline", "restricted"} {
		advice := Recommend(list, Facts{CrashLooping: true, PodSecurity: level})
		if len(advice) == 0 {
			t.Errorf("nothing is recommended at level %q", level)
			continue
		}
		p := list[slices.IndexFunc(list, func(p Preset) bool { return p.Name == advice[0].Preset })]
		plan, err := debug.NewPlan(pod, p.Request("debugger-x2", "app"))
		if err != nil {
			t.Fatal(err)
		}
		if !strings.Contains(plan.Adds, "mountPath: /data") || strings.Contains(plan.Adds, "subPath") || strings.Contains(plan.Adds, "/etc/app.conf") {
			t.Errorf("at level %q preset %s adds\n%s", level, p.Name, plan.Adds)
		}
		if words := strings.Join(p.Try, "\n"); !strings.Contains(words, "df -h") || strings.Contains(words, "/proc/1") || strings.Contains(plan.Adds, "SYS_PTRACE") {
			t.Errorf("at level %q preset %s is of use only with a target:\n%s\n%s", level, p.Name, words, plan.Adds)
		}
	}
}

// plainPod is a pod with container app running.
func plainPod(t *testing.T) *kube.Pod {
	t.Helper()
	return podOf(t, `{"running": {}}`)
}

// podOf is a pod with container app in a state, and volumes in it, read from an API server that knows no other.
func podOf(t *testing.T, state string) *kube.Pod {
	t.Helper()
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Type", "application/json")
		_, _ = io.WriteString(w, `{"kind": "Pod", "apiVersion": "v1", "metadata": {"name": "web", "namespace": "shop", "uid": "1"},
			"spec": {"nodeName": "node-1", "volumes": [{"name": "data", "emptyDir": {}}, {"name": "conf", "configMap": {"name": "app"}}],
				"containers": [{"name": "app", "image": "shop/web:1", "volumeMounts": [
					{"name": "data", "mountPath": "/data"}, {"name": "conf", "mountPath": "/etc/app.conf", "subPath": "app.conf"}]}]},
			"status": {"phase": "Running", "containerStatuses": [{"name": "app", "state": `+state+`}]}}`)
	}))
	t.Cleanup(server.Close)
	t.Setenv("KUBECONFIG", filepath.Join(t.TempDir(), "none"))
	var flags kube.Flags
	set := pflag.NewFlagSet("dayfly", pflag.ContinueOnError)
	flags.AddTo(set)
	if err := set.Parse([]string{"--server", server.URL}); err != nil {
		t.Fatal(err)
	}
	kubeconfig, err := flags.Load()
	if err != nil {
		t.Fatal(err)
	}
	cluster, err := kubeconfig.Open("")
	if err != nil {
		t.Fatal(err)
	}
	pod, err := cluster.Pod(t.Context(), "shop", "web")
	if err != nil {
		t.Fatal(err)
	}
	return pod
}

// A user's preset takes the place of the shipped one of its name; the others come after.
func TestOwnPresets(t *testing.T) {
	dir := folder(t, map[string]string{
		"b.yaml": "name: mine\nimage: tools.example/mine:2\nprofile: sysadmin\npullPolicy: Always\n" +
			"command: [/bin/zsh, -l]\nenv:\n- {name: A, value: \"1\"}\ncustom: partial/root.yaml\nnoTarget: true\n",
		"a.yml":             "name: netshoot\npurpose: ours\nimage: mirror.example/netshoot:v1\nargumentsOnly: true\ncommand: [zsh]\n",
		"partial/root.yaml": "securityContext: {runAsUser: 0}\n",
		"notes.txt":         "name: no\n",
		"README":            "name: no\n",
		".hidden.yaml":      "what an editor left",
		"._a.yml":           "\x00\x05\x16\x07",
		"empty/x.yaml":      "name: no\n",
	})
	if err := os.Mkdir(filepath.Join(dir, "folder.yaml"), 0o700); err != nil {
		t.Fatal(err)
	}
	list, errs := Load(dir)
	if len(errs) > 0 {
		t.Fatal(errs)
	}
	if diff := cmp.Diff([]string{"busybox", "netshoot", "mine"}, names([]Preset{list[0], list[1], list[len(list)-1]})); diff != "" {
		t.Errorf("presets (- want, + got):\n%s", diff)
	}
	netshoot := list[1].Request("debugger-x2", "app")
	if netshoot.Image != "mirror.example/netshoot:v1" || netshoot.Profile != kube.General || !netshoot.ArgumentsOnly || netshoot.Target != "app" {
		t.Errorf("the user's netshoot asks for %+v", netshoot)
	}
	mine := list[len(list)-1].Request("debugger-x2", "app")
	if mine.Custom.Source() != filepath.Join(dir, "partial/root.yaml") {
		t.Errorf("the partial container is of %q", mine.Custom.Source())
	}
	mine.Custom = debug.Custom{}
	want := debug.Request{
		Name: "debugger-x2", Image: "tools.example/mine:2", Command: []string{"/bin/zsh", "-l"}, Env: []debug.EnvVar{{Name: "A", Value: "1"}},
		Profile: kube.Sysadmin, PullPolicy: "Always",
	}
	if diff := cmp.Diff(want, mine, cmp.Comparer(func(a, b debug.Custom) bool { return a == b })); diff != "" {
		t.Errorf("request (- want, + got):\n%s", diff)
	}
}

// A mistake is one line that names the file, and where it can the line and what to write. The rest still works.
func TestMistakes(t *testing.T) {
	tests := []struct {
		name, text, want string // FILE is the file, FOLDER its folder
	}{
		{"typo", "name: x\nimage: y\ncomand: [sh]\n", `FILE: line 3: unknown key "comand": did you mean "command"?`},
		{"unknown", "name: x\nimage: y\nwhatever: z\n", `FILE: line 3: unknown key "whatever": use one of name, purpose, tags, image, user, command, argumentsOnly, platforms, profile, noTarget, node, many, takes, mounts, pullPolicy, env, custom, brings, try`},
		{"typo inside", "name: x\nimage: y\nenv:\n- {name: A, valeu: b}\n", `FILE: line 4: unknown key "valeu": did you mean "value"?`},
		{"key of another place", "name: x\nimage: y\nvalue: z\n", `FILE: line 3: unknown key "value": use one of name, `},
		{"no name", "image: y\n", "FILE: name is missing: write name: and a short word"},
		{"no image", "name: x\n", "FILE: image is missing: write image: and an image name"},
		{"bad profile", "name: x\nimage: y\nprofile: root\n", `FILE: line 3: there is no profile "root": use one of restricted, baseline, legacy, general, netadmin, sysadmin`},
		{"bad policy", "name: x\nimage: y\npullPolicy: always\n", `FILE: line 3: pullPolicy "always": use Always, IfNotPresent or Never`},
		{"name with a space", "name: my tools\nimage: y\n", `FILE: line 1: name "my tools": use lower-case letters, digits and dashes, such as my-tools`},
		{"long name", "name: " + strings.Repeat("x", 41) + "\nimage: y\n", `FILE: line 1: name "xxxxxxxxxxxxxxxxxxxx"… has 41 characters: use 40 at most`},
		{"long purpose", "name: x\nimage: y\npurpose: " + strings.Repeat("é", 61) + "\n", "FILE: line 3: purpose has 61 characters: use 60 at most"},
		{"purpose of two lines", "name: x\nimage: y\npurpose: |-\n  a\n  b\n", `FILE: line 3: purpose "a\nb": write one line, without control characters`},
		{"hostile try", "name: x\nimage: y\ntry: [\"\\e[2J\"]\n", `FILE: line 3: try "\x1b[2J": write one line`},
		{"tag of two words", "name: x\nimage: y\ntags: [two words]\n", `FILE: line 3: tag "two words": use one short word`},
		{"upper case", "name: x\nimage: Busybox:1.37\n", `FILE: line 2: image: "Busybox:1.37" is not an image name: `},
		{"image of two words", "name: x\nimage: busy box\n", `FILE: line 2: image: "busy box" is not an image name: `},
		{"platform without system", "name: x\nimage: y\nplatforms: [arm64]\n", `FILE: line 3: platform "arm64": write system and architecture, such as linux/arm64`},
		{"arguments of nothing", "name: x\nimage: y\nargumentsOnly: true\n", "FILE: line 3: argumentsOnly without a command: "},
		{"many of nothing", "name: x\nimage: y\nmany: true\n", "FILE: line 3: many without a command: "},
		{"takes for one", "name: x\nimage: y\ncommand: [sh]\ntakes: NAME\n", "FILE: line 4: takes without many: add many: true"},
		{"takes in brackets of many", "name: x\nimage: y\ncommand: [sh]\nmany: true\ntakes: \"[A]\"\n", `FILE: line 5: takes "[A]": only what brings`},
		{"brings nothing", "name: x\nimage: y\nbrings: {}\n", "FILE: line 3: brings: command is missing: "},
		{"brings no file", "name: x\nimage: y\nbrings:\n  command: [a]\n", "FILE: line 4: brings: file is missing: "},
		{"brings a path that is none", "name: x\nimage: y\nbrings:\n  command: [a]\n  file: tmp/x\n", `FILE: line 5: brings: file "tmp/x": write a path from the root`},
		{"brings a path that leads out", "name: x\nimage: y\nbrings:\n  command: [a]\n  file: \"{root}/../x\"\n", `FILE: line 5: brings: file "{root}/../x": write a path`},
		{"brings under a path", "name: x\nimage: y\nbrings:\n  command: [a]\n  file: /x\n  name: ../x\n", `FILE: line 6: brings: name "../x": write the name of a file`},
		{"brings hidden", "name: x\nimage: y\nbrings:\n  command: [a]\n  file: /x\n  name: .x\n", `FILE: line 6: brings: name ".x": write the name`},
		{"brings without a name", "name: x\nimage: y\nbrings:\n  command: [a]\n  file: /x\n", `FILE: line 4: brings: name "": write the name`},
		{"brings a size", "name: x\nimage: y\nbrings:\n  command: [a]\n  file: /x\n  name: x\n  size: big\n", `FILE: line 7: brings: size "big": write memory`},
		{"brings and runs", "name: x\nimage: y\ncommand: [sh]\nbrings:\n  command: [a]\n  file: /x\n  name: x\n", "FILE: line 3: brings and command do not go together: "},
		{"brings of many", "name: x\nimage: y\nnoTarget: true\nbrings:\n  command: [a]\n  file: /x\n  name: x\n", "FILE: line 5: brings does not go with many, node or noTarget: "},
		{"typo in brings", "name: x\nimage: y\nbrings: {comand: [a]}\n", `FILE: line 3: unknown key "comand": did you mean "command"?`},
		{"takes of two lines", "name: x\nimage: y\ncommand: [sh]\nmany: true\ntakes: \"A\\nB\"\n", `FILE: line 5: takes "A\nB": write words`},
		{"mounts of nothing", "name: x\nimage: y\nnoTarget: true\nmounts: [{volume: all}]\n", "FILE: line 4: noTarget and mounts do not go together: "},
		{"mount without a name", "name: x\nimage: y\nmounts: [{writable: true}]\n", "FILE: line 3: mounts: volume is missing: "},
		{"typo in a mount", "name: x\nimage: y\nmounts: [{volum: data}]\n", `FILE: line 3: unknown key "volum": did you mean "volume"?`},
		{"variable without a name", "name: x\nimage: y\nenv: [{value: y}]\n", "FILE: line 3: env: name is missing: "},
		{"variable twice", "name: x\nimage: y\nenv: [{name: A, value: b}, {name: A, value: c}]\n", "FILE: line 3: env: A is there twice: keep one"},
		{"try in the third line", "name: x\nimage: y\ntry:\n- one\n- two\n- \"\\t\"\n", `FILE: line 6: try "\t": write one line`},
		{"tag by an anchor", "name: x\nimage: y\ntry: &a\n- an egg\ntags: *a\n", `FILE: line 4: tag "an egg": use one short word`},
		{"variable twice, later", "name: x\nimage: y\nenv:\n- name: A\n  value: b\n- value: c\n  name: A\n", "FILE: line 7: env: A is there twice: keep one"},
		{"variable that begins with a digit", "name: x\nimage: y\nenv:\n- name: 1A\n", `FILE: line 4: env: name "1A": use letters, digits, underscores, dashes and dots, and no digit first, such as LOG_LEVEL`},
		{"variable with an equals sign", "name: x\nimage: y\nenv:\n- name: A=b\n", `FILE: line 4: env: name "A=b": use letters`},
		{"variable with a space", "name: x\nimage: y\nenv:\n- name: A b\n", `FILE: line 4: env: name "A b": use letters`},
		{"variable of dots", "name: x\nimage: y\nenv:\n- name: ..\n", `FILE: line 4: env: name "..": use letters`},
		{"no list", "name: x\nimage: y\ncommand: sh -c\n", "FILE: line 3: expected a list, found text `sh -c`"},
		{"no text", "name: [x]\nimage: y\n", "FILE: line 1: expected text, found a list"},
		{"no truth", "name: x\nimage: y\nnoTarget: sometimes\n", "FILE: line 3: expected true or false, found text `sometimes`"},
		{"no keys", "- name: x\n", "FILE: line 1: expected a mapping, found a list"},
		{"map for list", "name: x\nimage: y\nenv: {A: b}\n", "FILE: line 3: expected a list, found a mapping"},
		{"twice", "name: x\nname: z\nimage: y\n", `FILE: line 2: mapping key "name" already defined at line 1`},
		{"no YAML", "name: x\n\timage: y\n", "FILE: line 2: found a tab character that violates indentation"},
		{"two documents", "name: x\nimage: y\n---\nname: z\n", "FILE: more than one YAML document"},
		{"custom missing", "name: x\nimage: y\ncustom: nosuch.yaml\n", "FILE: line 3: custom: stat FOLDER/nosuch.yaml: no such file or directory"},
		{"custom with a typo", "name: x\nimage: y\ncustom: typo.partial\n", `FILE: line 3: custom: FOLDER/typo.partial is not a partial container: unknown field "securityContex"`},
		{"custom too free", "name: x\nimage: y\ncustom: image.partial\n", "FILE: line 3: custom: FOLDER/image.partial may not set image: the debug container has its own"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			dir := folder(t, map[string]string{
				"bad.yaml": tt.text, "good.yaml": "name: good\nimage: z\n",
				"typo.partial": "securityContex: {}\n", "image.partial": "image: z\n",
			})
			list, errs := Load(dir)
			if len(errs) != 1 {
				t.Fatalf("the mistakes are %q, want one", errs)
			}
			want := strings.NewReplacer("FILE", filepath.Join(dir, "bad.yaml"), "FOLDER", dir).Replace(tt.want)
			if got := errs[0].Error(); !strings.HasPrefix(got, want) || strings.Contains(got, "\n") {
				t.Errorf("the mistake is told as\n%s, want\n%s", got, want)
			}
			if last := list[len(list)-1]; last.Name != "good" {
				t.Errorf("the presets are %q: the good one is missing", names(list))
			}
		})
	}
}

// What a preset says of itself comes with it, and its mounts are asked for only with a target that has them.
func TestAllKeys(t *testing.T) {
	dir := folder(t, map[string]string{"v.yaml": `name: disks
purpose: what is on the disks
tags: [disk, c++]
image: quay.io/team/tool:2
platforms: [linux/amd64, linux/arm/v7]
mounts:
- volume: data
  writable: true
- volume: all
try: [df -h]
`})
	list, errs := Load(dir)
	if len(errs) > 0 {
		t.Fatal(errs)
	}
	got := list[len(list)-1]
	want := Preset{
		Name: "disks", Purpose: "what is on the disks", Tags: []string{"disk", "c++"}, Image: "quay.io/team/tool:2", Profile: "general",
		Platforms: []string{"linux/amd64", "linux/arm/v7"}, Mounts: []Mount{{"data", true}, {"all", false}}, Try: []string{"df -h"},
		Origin: filepath.Join(dir, "v.yaml"),
	}
	if diff := cmp.Diff(want, got, cmp.AllowUnexported(Preset{}), cmp.Comparer(func(a, b debug.Custom) bool { return a == b })); diff != "" {
		t.Errorf("preset (- want, + got):\n%s", diff)
	}
	if diff := cmp.Diff([]debug.Mount{{Volume: "data", Writable: true}, {Volume: "all"}}, got.Request("debugger-x2", "app").Mounts); diff != "" {
		t.Errorf("mounts (- want, + got):\n%s", diff)
	}
}

func TestNameTwiceInAFolder(t *testing.T) {
	dir := folder(t, map[string]string{
		"a.yaml": "name: x\nimage: first\n", "b.yaml": "name: x\nimage: second\n", "c.yaml": "name: y\nimage: third\n",
	})
	list, errs := Load(dir)
	want := filepath.Join(dir, "b.yaml") + `: line 1: name "x" is taken by ` + filepath.Join(dir, "a.yaml") + ": give it another"
	if len(errs) != 1 || errs[0].Error() != want {
		t.Errorf("the mistakes are %q, want %q", errs, want)
	}
	own := list[len(list)-2:]
	if own[0].Image != "first" || own[1].Image != "third" {
		t.Errorf("the presets are %q", names(list))
	}
}

func TestNoFolder(t *testing.T) {
	list, errs := Load(filepath.Join(t.TempDir(), "nosuch"))
	if len(list) == 0 || len(errs) > 0 {
		t.Errorf("without a folder there are %q and %q", names(list), errs)
	}
}

// What cannot be read is told, and the rest works: here a link to nothing and a file in the place of the folder.
func TestUnreadable(t *testing.T) {
	dir := folder(t, map[string]string{"good.yaml": "name: good\nimage: z\n"})
	if err := os.Symlink(filepath.Join(dir, "nosuch"), filepath.Join(dir, "link.yaml")); err != nil {
		t.Fatal(err)
	}
	list, errs := Load(dir)
	if len(errs) != 1 || !strings.HasPrefix(errs[0].Error(), filepath.Join(dir, "link.yaml")+": ") || list[len(list)-1].Name != "good" {
		t.Errorf("with a link to nothing there are %q and %q", names(list), errs)
	}
	file := filepath.Join(dir, "good.yaml")
	list, errs = Load(file)
	if len(errs) != 1 || !strings.HasPrefix(errs[0].Error(), file+": ") || len(list) == 0 {
		t.Errorf("with a file as the folder there are %q and %q", names(list), errs)
	}
}

// The data files are in one form, so that they can be compared by eye.
func TestShippedForm(t *testing.T) {
	entries, err := shipped.ReadDir("shipped")
	if err != nil {
		t.Fatal(err)
	}
	for _, e := range entries {
		if !regexp.MustCompile(`^\d\d-[a-z-]+\.yaml$`).MatchString(e.Name()) {
			t.Errorf("%s has no number to be ordered by", e.Name())
		}
		data, err := shipped.ReadFile("shipped/" + e.Name())
		if err != nil {
			t.Fatal(err)
		}
		if !strings.HasPrefix(string(data), "name: "+strings.TrimSuffix(e.Name()[3:], ".yaml")+"\npurpose: ") {
			t.Errorf("%s does not begin with its name and purpose", e.Name())
		}
	}
}

// A file in which all is commented out is no mistake: that is how a preset is switched off.
func TestEmptyFiles(t *testing.T) {
	folder := t.TempDir()
	for name, text := range map[string]string{"empty": "", "dashes": "---\n", "comments": "# name: mine\n# image: busybox\n", "null": "null\n"} {
		if err := os.WriteFile(filepath.Join(folder, name+".yaml"), []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	shipped, _ := Load(t.TempDir())
	if list, errs := Load(folder); len(errs) > 0 || len(list) != len(shipped) {
		t.Errorf("%d presets, %v", len(list), errs)
	}
}

// What the README shows of a scanner is a preset for many pods.
func TestSampleForMany(t *testing.T) {
	readme, err := os.ReadFile("README.md")
	if err != nil {
		t.Fatal(err)
	}
	_, rest, _ := strings.Cut(string(readme), "## For many pods")
	_, rest, _ = strings.Cut(rest, "```yaml\n")
	text, _, ok := strings.Cut(rest, "```\n")
	list, errs := Load(folder(t, map[string]string{"scan.yaml": text}))
	if p := list[len(list)-1]; !ok || len(errs) > 0 || p.Name != "scan" || !p.Many || len(p.Command) != 4 {
		t.Errorf("%v: %+v", errs, p)
	}
}
