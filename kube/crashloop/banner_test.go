package crashloop_test

import (
	"slices"
	"strings"
	"testing"

	"github.com/charmbracelet/x/ansi"
	corev1 "k8s.io/api/core/v1"

	"github.com/dayfly-k8s/dayfly/kube/crashloop"
)

// banner is the file of that name that the init container writes, as the kubelet hands it over.
func banner(t *testing.T, c crashloop.Container) string {
	t.Helper()
	c.Spec.Name = "app"
	spec := &corev1.PodSpec{Containers: []corev1.Container{c.Spec}}
	if _, err := crashloop.Open(spec, c, crashloop.Tools{}); err != nil {
		t.Fatal(err)
	}
	args := spec.InitContainers[0].Args
	return strings.ReplaceAll(args[slices.Index(args, "banner")+1], "$$", "$")
}

// Whatever a container is called, runs and has said, the banner is short, narrow, and safe to print.
func TestBannerIsShort(t *testing.T) {
	t.Parallel()
	long := strings.Repeat("a long word ☃界 \x1b[31m\n\u202e", 50)
	c := crashloop.Container{
		Spec:       corev1.Container{Image: long, Args: []string{long, "x\n"}, StartupProbe: &corev1.Probe{}},
		Entrypoint: []string{long}, Known: true, LastExit: long, LastLog: slices.Repeat([]string{long, "USER"}, 20),
	}
	text := banner(t, c)
	lines := strings.Split(text, "\n")
	if len(lines) > 16 {
		t.Errorf("it has %d lines:\n%s", len(lines), text)
	}
	for _, line := range lines {
		if n := ansi.StringWidth(line); n > 80 {
			t.Errorf("it has a line of %d columns: %s", n, line)
		}
	}
	if strings.ContainsAny(text, "\x1b\u202e") {
		t.Errorf("it is not safe to print: %q", text)
	}
	if strings.Count(text, "\nUSER\n") != 1 {
		t.Errorf("the user's place is not there once:\n%s", text)
	}
}

// The command is that of the pod and of the image, by the kubelet's rules.
func TestBannerSaysTheCommand(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct {
		command, args []string
		entrypoint    []string
		cmd           []string
		known         bool
		want          string
	}{
		"command alone":        {[]string{"/app"}, nil, []string{"/entry"}, []string{"cmd"}, true, "/app"},
		"command, not known":   {[]string{"/app"}, []string{"a b"}, nil, nil, false, "/app 'a b'"},
		"args alone":           {nil, []string{"arg"}, []string{"/entry"}, []string{"cmd"}, true, "/entry arg"},
		"the image's":          {nil, nil, []string{"/entry"}, []string{"cmd"}, true, "/entry cmd"},
		"the image's CMD":      {nil, nil, nil, []string{"cmd"}, true, "cmd"},
		"not known":            {nil, nil, nil, nil, false, "not known: the image's entrypoint could not be read"},
		"args, not known":      {nil, []string{"arg"}, nil, nil, false, "not known: the image's entrypoint could not be read"},
		"nothing":              {nil, nil, nil, nil, true, "none, in the pod or in its image"},
		"what a shell expands": {[]string{"$HOME", "it's"}, nil, nil, nil, false, `'$HOME' 'it'\''s'`},
	} {
		t.Run(name, func(t *testing.T) {
			text := banner(t, crashloop.Container{
				Spec: corev1.Container{Command: test.command, Args: test.args}, Entrypoint: test.entrypoint, Cmd: test.cmd, Known: test.known,
			})
			if !strings.Contains(text, "\nCommand  "+test.want+"\n") {
				t.Errorf("it is\n%s\nwant %s", text, test.want)
			}
		})
	}
}
