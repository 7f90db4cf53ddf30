package registry

import (
	"fmt"
	"math/rand/v2"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/dayfly-k8s/dayfly/kube/debug"
)

func settings() Settings {
	return Settings{
		Nixery: "nixery.corp:8443",
		Mirrors: []Rule{
			{From: "docker.io", To: "registry.corp/dockerhub"},
			{From: "docker.io/library", To: "registry.corp/official/"},
			{From: "ghcr.io/", To: "registry.corp"},
			{From: "quay.io/team/tools", To: "registry.corp/golden/tools"},
			{From: "my.corp/only", To: "registry.corp"},
			{From: "nonsense", To: "registry.corp"},
		},
	}
}

// TestRewrite follows rules.
func TestRewrite(t *testing.T) {
	const sha = "@sha256:" + digest64
	for _, test := range []struct{ image, want, from string }{
		{"busybox", "registry.corp/official/busybox", "docker.io/library"},
		{"library/busybox:1.37", "registry.corp/official/busybox:1.37", "docker.io/library"},
		{"docker.io/busybox:1.37" + sha, "registry.corp/official/busybox:1.37" + sha, "docker.io/library"},
		{"index.docker.io/library/busybox" + sha, "registry.corp/official/busybox" + sha, "docker.io/library"},
		{"nicolaka/netshoot:v0.14", "registry.corp/dockerhub/nicolaka/netshoot:v0.14", "docker.io"},
		{"libraryfoo/x", "registry.corp/dockerhub/libraryfoo/x", "docker.io"},
		{"docker.io.evil.com/x", "docker.io.evil.com/x", ""},
		{"ghcr.io/a/b:1", "registry.corp/a/b:1", "ghcr.io/"},
		{"quay.io/team/tools:2", "registry.corp/golden/tools:2", "quay.io/team/tools"},
		{"quay.io/team/tools2:2", "quay.io/team/tools2:2", ""},
		{"nixery.dev/shell/git", "nixery.corp:8443/shell/git", "nixery.dev"},
		{"nixery.corp:8443/shell/git", "nixery.corp:8443/shell/git", ""},
		{"registry.corp/dockerhub/library/busybox", "registry.corp/dockerhub/library/busybox", ""},
		{"nonsense/x", "registry.corp/dockerhub/nonsense/x", "docker.io"},
		{"Not An Image", "Not An Image", ""},
		{"", "", ""},
		{"my.corp/only:1", "registry.corp/:1", "my.corp/only"}, // a host is not an image
		{"my.corp/only", "registry.corp/", "my.corp/only"},
		{strings.Repeat("a", 247) + ":1", "registry.corp/official/" + strings.Repeat("a", 247) + ":1", "docker.io/library"}, // there it is too long
	} {
		got, rule := settings().Rewrite(test.image)
		from := ""
		if rule != nil {
			from = rule.From
		}
		if got != test.want || from != test.from {
			t.Errorf("%q: %q by %q, want %q by %q", test.image, got, from, test.want, test.from)
		}
	}
	if got, rule := (Settings{}).Rewrite("nixery.dev/shell"); got != "nixery.dev/shell" || rule != nil {
		t.Errorf("without settings: %q, %v", got, rule)
	}
	mirrored := Settings{Mirrors: []Rule{{From: "index.docker.io", To: "docker.io/mirror"}, {From: "nixery.dev", To: "registry.corp/nixery"}}}
	for image, want := range map[string]string{"busybox": "docker.io/mirror/library/busybox", "nixery.dev/git": "registry.corp/nixery/git"} {
		if got, _ := mirrored.Rewrite(image); got != want {
			t.Errorf("%q: %q, want %q", image, got, want)
		}
	}
}

// TestRewriteToNoImage has rules whose images cannot be: they apply, lest the image comes from where it must not, and whoever
// looks at it or plans with it is told.
func TestRewriteToNoImage(t *testing.T) {
	for _, image := range []string{"my.corp/only:1", "my.corp/only@sha256:" + digest64, strings.Repeat("a", 247)} {
		got, rule := settings().Rewrite(image)
		if rule == nil || !strings.HasPrefix(got, "registry.corp/") {
			t.Errorf("%.20s… becomes %.20s…, %v", image, got, rule)
		}
		if err := debug.CheckImage(got); err == nil {
			t.Errorf("%q is an image", got)
		}
		if again, rule := settings().Rewrite(got); again != got || rule != nil {
			t.Errorf("%q becomes %q by %v", got, again, rule)
		}
	}
}

// TestNixeries are where composed images come from.
func TestNixeries(t *testing.T) {
	for _, test := range []struct {
		settings Settings
		want     []string
	}{
		{Settings{}, nil},
		{Settings{Nixery: "nixery.dev"}, nil},
		{Settings{Nixery: "nixery.corp", Mirrors: []Rule{{"docker.io", "a.b"}}}, []string{"nixery.corp"}},
		{Settings{Mirrors: []Rule{{"nixery.dev/", "a.b/nixery/"}, {"quay.io", "a.b/quay"}}}, []string{"a.b/nixery"}},
		{Settings{Nixery: "nixery.corp", Mirrors: []Rule{{"nixery.dev/shell", "a.b/c"}}}, []string{"nixery.corp", "a.b/c"}},
		{Settings{Mirrors: []Rule{{"nixery.dev", "no registry"}}}, nil},
	} {
		if diff := cmp.Diff(test.want, test.settings.Nixeries()); diff != "" {
			t.Errorf("%+v: %s", test.settings, diff)
		}
	}
}

// TestRewriteOrder lets the longest From win wherever it stands, and the first of two equal ones.
func TestRewriteOrder(t *testing.T) {
	s := Settings{Nixery: "nixery.corp", Mirrors: []Rule{{"a.b/c", "x.y/1"}, {"a.b", "x.y/2"}, {"a.b/c", "x.y/3"}, {"nixery.dev", "x.y/4"}}}
	for image, want := range map[string]string{"a.b/c/d": "x.y/1/d", "a.b/d": "x.y/2/d", "nixery.dev/git": "nixery.corp/git"} {
		if got, _ := s.Rewrite(image); got != want {
			t.Errorf("%q: %q, want %q", image, got, want)
		}
	}
}

// TestRewriteOnce makes rules that bite their own tails: what is rewritten stays, and its tag stays with it.
func TestRewriteOnce(t *testing.T) {
	random := rand.New(rand.NewPCG(1, 2))
	hosts := []string{"docker.io", "a.b", "a.b/c", "a.b/c/d", "c:5", "c:5/d", "index.docker.io/d", "docker.io/library", "a.b/"}
	changed := 0
	for range 20_000 {
		var s Settings
		for range 1 + random.IntN(4) {
			s.Mirrors = append(s.Mirrors, Rule{From: hosts[random.IntN(len(hosts))], To: hosts[random.IntN(len(hosts))]})
		}
		image := hosts[random.IntN(len(hosts)-1)] + "/" + []string{"x", "c/x", "d", "library/x"}[random.IntN(4)] + ":1"
		once, rule := s.Rewrite(image)
		twice, again := s.Rewrite(once)
		if twice != once || again != nil || !strings.HasSuffix(once, ":1") {
			t.Fatalf("%v: %q becomes %q and then %q", s.Mirrors, image, once, twice)
		}
		if rule != nil {
			changed++
		}
	}
	if changed < 1000 {
		t.Errorf("only %d were changed", changed)
	}
}

// TestCheckRule says what is wrong with rules.
func TestCheckRule(t *testing.T) {
	for _, test := range []struct{ from, to, want string }{
		{"docker.io", "registry.corp/dockerhub", ""},
		{"docker.io/library/", "localhost:5000", ""},
		{"[::1]:5000", "a.b", ""},
		{"", "a.b", "from is empty"},
		{"a.b", "", "to is empty"},
		{"busybox", "a.b", `from "busybox" does not begin with a registry`},
		{"a.b", "https://registry.corp", "without https://"},
		{"a.b", "registry.corp/Team", `to "registry.corp/Team": image names are lower case (at character 15)`},
		{"a.b", "registry.corp//x", "missing before the slash"},
		{"a.b/c:1", "b.c", "no"},
		{"a.b", "c.d/e@sha256", "digest"},
		{"a.b", "a.b/", "changes nothing"},
		{"index.docker.io", "docker.io", "changes nothing"},
		{"a.b/c", "a.b", "is a part of to"},
		{"a b.c", "d.e", "cannot contain spaces"},
		{"a.b\x1b[m", "d.e", "U+001B"},
	} {
		err := CheckRule(Rule{From: test.from, To: test.to})
		if (err == nil) != (test.want == "") || err != nil && !strings.Contains(err.Error(), test.want) {
			t.Errorf("%q to %q: %v, want %q", test.from, test.to, err, test.want)
		}
		if err != nil && strings.ContainsAny(err.Error(), "\x1b\n") {
			t.Errorf("%q: control characters in %q", test.from, err)
		}
	}
	for host, want := range map[string]string{"nixery.corp:8443": "", "localhost:5000": "", "nixery.corp/x": "has no path", "nixery": "does not begin", "": "empty"} {
		if err := CheckHost(host); (err == nil) != (want == "") || err != nil && !strings.Contains(err.Error(), want) {
			t.Errorf("host %q: %v, want %q", host, err, want)
		}
	}
}

// TestCheckRules sees what is wrong between rules.
func TestCheckRules(t *testing.T) {
	mistakes := fmt.Sprint(CheckRules([]Rule{
		{From: "docker.io", To: "a.b/hub"}, {From: "index.docker.io/", To: "c.d"}, {From: "a.b/hub/library", To: "e.f"}, {From: "", To: "g.h"}, {From: "quay.io", To: "a.b/quay"},
	}))
	for _, want := range []string{`from "index.docker.io/" is there twice`, `from "a.b/hub/library" never applies`, "from is empty"} {
		if !strings.Contains(mistakes, want) {
			t.Errorf("%s is not in %s", want, mistakes)
		}
	}
	if n := len(CheckRules(settings().Mirrors[:5])); n != 0 {
		t.Errorf("%d mistakes in good rules", n)
	}
}
