package config

import (
	"errors"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"github.com/dayfly-k8s/dayfly/kube"
	"github.com/dayfly-k8s/dayfly/kube/debug"
)

const rails = `
guard:
  digestOnly: true
  refuseProfiles: [sysadmin]
contexts:
- match: prod-*
  readOnly: true
  hideNamespaces: [kube-*]
- match: prod-eu
  protected: true
  readOnly: false
  images: [registry.corp/**]
  registries: {nixery: localhost:5000}
- match: "*"
  refuseProfiles: [sysadmin, netadmin]
`

// All entries that match count, not only the first, and the stricter of two.
func TestGuardOfAContext(t *testing.T) {
	c, _, err := configOf(t, rails)
	if err != nil {
		t.Fatal(err)
	}
	profiles := []kube.Profile{kube.Sysadmin, kube.Netadmin}
	for context, want := range map[string]kube.Guard{
		"prod-eu": {
			ReadOnly: true, Protected: true, DigestOnly: true, Profiles: profiles, Images: []string{"registry.corp/**"}, Hidden: []string{"kube-*"},
			Why: "config.yaml: guard, config.yaml: contexts prod-*, config.yaml: contexts prod-eu, config.yaml: contexts *",
		},
		"prod-us": {
			ReadOnly: true, DigestOnly: true, Profiles: profiles, Hidden: []string{"kube-*"},
			Why: "config.yaml: guard, config.yaml: contexts prod-*, config.yaml: contexts *",
		},
		"": {DigestOnly: true, Profiles: profiles, Why: "config.yaml: guard, config.yaml: contexts *"},
	} {
		if diff := cmp.Diff(want, c.GuardFor(context), cmpopts.IgnoreUnexported(kube.Guard{})); diff != "" {
			t.Errorf("guard of context %q (- want, + got):\n%s", context, diff)
		}
	}
	if diff := cmp.Diff(kube.Guard{}, Config{}.GuardFor("prod-eu"), cmpopts.IgnoreUnexported(kube.Guard{})); diff != "" {
		t.Errorf("guard without a configuration (- want, + got):\n%s", diff)
	}
	if got := c.RegistriesFor("prod-eu"); got.Nixery != "nixery.dev" {
		t.Errorf("the registries are no longer those of the first entry that matches: %+v", got)
	}
}

// Rules may be written once and referred to.
func TestSharedGuardRails(t *testing.T) {
	c, _, err := configOf(t, "guard: &strict {readOnly: true}\ncontexts: [{match: dev, <<: *strict, digestOnly: true}]")
	if err != nil {
		t.Fatal(err)
	}
	if g := c.GuardFor("dev"); !g.ReadOnly || !g.DigestOnly || !strings.Contains(g.Why, "contexts dev") {
		t.Errorf("the guard is %+v", g)
	}
	c.Guard = Guard{}
	if !c.GuardFor("dev").ReadOnly {
		t.Error("what is referred to does not count")
	}
}

// Rules that say the opposite of each other in a context that there is are told, once.
func TestDisagreements(t *testing.T) {
	c, _, err := configOf(t, rails+"- {match: dev, digestOnly: false}\n- {match: 'prod-[a-e]*', protected: false}\n")
	if err != nil {
		t.Fatal(err)
	}
	for contexts, want := range map[string][]string{
		"prod-us kind": nil,
		"prod-eu prod-eu": {
			"config.yaml: contexts: prod-* and prod-eu set readOnly differently: the stricter setting applies",
			"config.yaml: contexts: prod-eu and prod-[a-e]* set protected differently: the stricter setting applies",
		},
		"dev": {"config.yaml: guard and contexts dev set digestOnly differently: the stricter setting applies"},
	} {
		var list []kube.Context
		for name := range strings.FieldsSeq(contexts) {
			list = append(list, kube.Context{Name: name})
		}
		if got := c.Disagreements(list); !slices.Equal(got, want) {
			t.Errorf("in %s disagree\n%q, want\n%q", contexts, got, want)
		}
	}
}

// A mistake among guard rails is told with its line, and nothing is changed until it is fixed.
func TestMistakesInGuardRails(t *testing.T) {
	for text, want := range map[string]string{
		"guard: {readOnly: maybe}":                          "FILE: line 1: expected true or false, found text `maybe`",
		"guard:\n  readonly: true":                          "FILE: line 2: unknown key \"readonly\": did you mean \"readOnly\"?",
		"guard: [readOnly]":                                 "FILE: line 1: expected a mapping, found a list",
		"guard:\n  protected:":                              "FILE: line 2: protected has no value",
		"guard:\n  refuseProfiles: [sysadmin,\n    sysadm]": "FILE: line 3: there is no profile \"sysadm\": use one of restricted, ",
		"guard: {refuseProfiles: sysadmin}":                 "FILE: line 1: expected a list, found text `sysadmin`",
		"guard: {images: []}":                               "FILE: guard: images is an empty list: ",
		"guard: {images: ['']}":                             "FILE: line 1: a pattern of images is empty: ",
		"guard: {images: ['a[']}":                           "FILE: line 1: pattern \"a[\" of images cannot be understood: ",
		"guard: {hideNamespaces: ['']}":                     "FILE: line 1: a namespace to hide is empty: ",
		"guard: {hideNamespaces: ['a[']}":                   "FILE: line 1: namespace \"a[\": '[' without ']'",
		"contexts:\n- {match: x, readonly: true}":           "FILE: line 2: unknown key \"readonly\": did you mean \"readOnly\"?",
		"contexts:\n- {match: x, writable: false}":          "FILE: line 2: unknown key \"writable\": use one of match, registries, sessions, readOnly, protected, refuseProfiles, refuseWays, images, askReason, digestOnly, hideNamespaces",
		"contexts:\n- {match: x, hideNamespaces: []}":       "FILE: contexts x: hideNamespaces is an empty list: ",
		"contexts:\n- {match: x, digestOnly: ~}":            "FILE: line 2: digestOnly has no value",
		"contexts:\n- readOnly: true":                       "FILE: contexts: entry 1 has no match: ",
		"contexts: {match: x, readOnly: true}":              "FILE: line 1: expected a list, found a mapping",
		"readOnly: true":                                    "FILE: line 1: unknown key \"readOnly\"",
		"read_only: true":                                   "FILE: line 1: unknown key \"read_only\"",
		"guards: {x: 1}":                                    "FILE: line 1: unknown key \"guards\": did you mean \"guard\"?",
		"theme: [1]\nguard: {digestOnly: true}":             "FILE: line 1: expected text, found a list",
		"thmee: x\ncontexts: [{match: x, protected: true}]": "FILE: line 1: unknown key \"thmee\"",
		"allowedImages: [corp/*]":                           "FILE: line 1: unknown key \"allowedImages\": use one of detachKey, theme, mouse, announce, registries, sessions, guard, contexts",
		"theme: x\nguardrails: {a: b}":                      "FILE: line 2: unknown key \"guardrails\": use one of ",
		"thmee: x":                                          "FILE: line 1: unknown key \"thmee\": did you mean \"theme\"?",
		"mouse: 3\nallowed: [corp/*]":                       "FILE: line 1: expected true or false, found a number `3`",
		"theme: &mouse allowed\n*mouse : [corp/*]":          "FILE: line 2: unknown key \"allowed\"",
		"<<: {allowed: [corp/*]}":                           "FILE: line 1: unknown key \"allowed\"",
		"theme: [":                                          "FILE: line 1: ",
		"theme: *x":                                         "FILE: unknown anchor 'x' referenced",
		"theme: x\n---\nguard: {readOnly: true}":            "FILE: more than one YAML document",
		"theme: x\n---\n[":                                  "FILE: more than one YAML document",
	} {
		c, file, err := configOf(t, text+"\n")
		if err == nil || !strings.HasPrefix(err.Error(), strings.ReplaceAll(want, "FILE", file)) || strings.Contains(err.Error(), "\n") {
			t.Errorf("%q: the mistake is told as\n%v, want\n%s", text, err, want)
			continue
		}
		if !strings.HasSuffix(err.Error(), "; everything is read-only until this is fixed, because guard rails may be missing") {
			t.Errorf("%q: the mistake does not tell what comes of it:\n%v", text, err)
		}
		problem := debug.Plan{}.Forbidden(c.GuardFor("any"))
		if problem == nil || problem.Message != "read-only: nothing is changed here (config.yaml has a mistake)" {
			t.Errorf("%q: the problem of a plan is %v", text, problem)
		}
	}
}

// A mistake in what cannot be a guard rail takes no right away.
func TestMistakesElsewhere(t *testing.T) {
	for _, text := range []string{
		"mouse: 3", "registries: {nixery: x}", "contexts: [{match: x, registries: {nixery: x}}]",
		"contexts: [{registries: {}}]", "theme: x\n---\ntheme: y",
	} {
		c, _, err := configOf(t, text)
		if err == nil {
			t.Errorf("%q: there is no mistake", text)
		}
		if g := c.GuardFor("x"); g.ReadOnly {
			t.Errorf("%q: it is read-only (%s): %v", text, g.Why, err)
		}
	}
}

// A section whose keys are all commented out says nothing: it is as if it were not there. A rule without a value is a mistake all the same.
func TestEmptySections(t *testing.T) {
	for _, text := range []string{
		"", "---", "null", "{}", "# guard:\n", "---\n# nothing\n---\n", "guard:", "guard: ~", "guard: {}", "guard:\n#  readOnly: true\n#  images: [a]\ntheme: dusk", "contexts:", "contexts: []",
		"registries:\n#  nixery: a.b", "registries:\n  mirrors:\n#  - {from: a.b, to: c.d}\n", "sessions:", "contexts:\n- match: x\n  registries:\n  sessions:\n",
		"detachKey:", "theme:", "mouse:", "announce:", "guard: &g\ncontexts: [{match: x, <<: {sessions: }}]",
	} {
		c, _, err := configOf(t, text)
		if g := c.GuardFor("x"); err != nil || g.ReadOnly {
			t.Errorf("%q: %v, read-only %v", text, err, g.ReadOnly)
		}
	}
	for _, text := range []string{"guard:\n  readOnly:", "guard:\n  images:\n#  - a\n", "contexts: [{match: x, protected: }]"} {
		if c, _, err := configOf(t, text); err == nil || !c.GuardFor("x").ReadOnly {
			t.Errorf("%q: %v, read-only %v", text, err, c.GuardFor("x").ReadOnly)
		}
	}
}

// All mistakes of a configuration are told, a line each, and once what comes of them.
func TestAllMistakesAreTold(t *testing.T) {
	_, file, err := configOf(t, "thmee: dusk\nmouse: maybe\nguard:\n  protected:\n  images: [a, '']\n")
	var wrong *Error
	if !errors.As(err, &wrong) {
		t.Fatal(err)
	}
	told := strings.Join(wrong.notices(), "\n")
	for _, want := range []string{`line 1: unknown key "thmee"`, "line 2: expected true or false", "line 4: protected has no value", "line 5: a pattern of images is empty"} {
		if strings.Count(told, file+": "+want) != 1 {
			t.Errorf("%q is not among\n%s", want, told)
		}
	}
	if strings.Count(told, "read-only") != 1 || len(wrong.notices()) != 4 {
		t.Errorf("told is\n%s", told)
	}
	_, _, err = configOf(t, "guard: {images: [], refuseProfiles: []}\ncontexts: [{registries: {mirrors: [{from: a.b, to: a.b}]}}]")
	if !errors.As(err, &wrong) || len(wrong.mistakes) != 4 {
		t.Errorf("told is %v", err)
	}
}

// A configuration that is there and cannot be read may hold guard rails; one that is not there holds none.
func TestConfigurationThatCannotBeRead(t *testing.T) {
	folder := t.TempDir()
	file := filepath.Join(folder, "config.yaml")
	if c, err := Read(file); err != nil || c.GuardFor("x").ReadOnly {
		t.Errorf("without a file: %+v, %v", c.GuardFor("x"), err)
	}
	for name, begin := range map[string]func() error{
		"a link to nowhere": func() error { return os.Symlink(filepath.Join(folder, "elsewhere"), file) },
		"a folder":          func() error { return os.Mkdir(file, 0o700) },
	} {
		if err := begin(); err != nil {
			t.Fatal(err)
		}
		c, err := Read(file)
		if err == nil || !strings.HasPrefix(err.Error(), file+": cannot read it: ") || !c.GuardFor("x").ReadOnly {
			t.Errorf("%s: %+v, %v", name, c.GuardFor("x"), err)
		}
		if err := os.Remove(file); err != nil {
			t.Fatal(err)
		}
	}
}

// A way that is to be refused is one that there is.
func TestRefuseWays(t *testing.T) {
	c, _, err := configOf(t, "guard:\n  refuseWays: [join, node]\nsessions:\n  nodeNamespace: ops\n")
	if g := c.GuardFor("any"); err != nil || g.CheckWay("join", "from the node") == nil || g.CheckWay("copy", "in a copy") != nil {
		t.Errorf("%v: the guard is %+v", err, g)
	}
	if got := c.SessionsFor("any").NodeNamespace; got != "ops" {
		t.Errorf("pods on nodes are created in %q", got)
	}
	for text, want := range map[string]string{
		"guard:\n  refuseWays: [join, nod]\n":       `there is no way "nod" to refuse: use one of copy, idle, join, node`,
		"guard:\n  refuseWays: []\n":                "refuseWays is an empty list",
		"sessions:\n  nodeNamespace: kube system\n": `nodeNamespace: "kube system" is not the name of a namespace`,
	} {
		if _, _, err := configOf(t, text); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%q: %v, want %q", text, err, want)
		}
	}
}
