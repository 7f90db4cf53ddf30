package nixery_test

import (
	"errors"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"
	"testing/quick"

	"github.com/distribution/reference"
	"github.com/google/go-cmp/cmp"

	"github.com/dayfly-k8s/dayfly/presets/nixery"
)

func TestNames(t *testing.T) {
	for want, i := range map[string]nixery.Image{
		"nixery.dev/shell":                                      {Shell: true},
		"nixery.dev/shell/arm64/curl/jq":                        {Shell: true, ARM64: true, Packages: []string{"jq", "curl", "jq"}},
		"nixery.dev/arm64/python3packages.requests":             {ARM64: true, Packages: []string{"python3packages.requests"}},
		"registry.corp:5000/7zz/libcap_ng:nixos-24.05":          {Host: "registry.corp:5000", Packages: []string{"libcap_ng", "7zz"}, Tag: "nixos-24.05"},
		"localhost/shell/a--b/a.b/a__b":                         {Host: "localhost", Shell: true, Packages: []string{"a__b", "a.b", "a--b"}},
		"[::1]:5000/htop":                                       {Host: "[::1]:5000", Packages: []string{"htop"}},
		"nixery.dev/gnugrep/gnused:" + strings.Repeat("a", 128): {Packages: []string{"gnused", "gnugrep"}, Tag: strings.Repeat("a", 128)},
	} {
		if got := i.String(); got != want {
			t.Errorf("%+v is %q instead of %q", i, got, want)
		}
		if err := i.Check(); err != nil {
			t.Errorf("%s: %v", want, err)
		}
		back, err := nixery.Parse(i.Host, want)
		if diff := cmp.Diff(i.Canonical(), back); diff != "" || err != nil {
			t.Errorf("%s comes back different, %v:\n%s", want, err, diff)
		}
	}
}

func TestStringLeavesTheImageAlone(t *testing.T) {
	i := nixery.Image{Packages: []string{"jq", "curl", "jq"}}
	_ = i.String()
	if diff := cmp.Diff([]string{"jq", "curl", "jq"}, i.Packages); diff != "" {
		t.Error(diff)
	}
}

func TestContainer(t *testing.T) {
	want := []nixery.Var{{"PATH", "/bin:/usr/bin:/sbin:/usr/sbin"}, {"HOME", "/tmp"}, {"LANG", "C.UTF-8"}}
	if diff := cmp.Diff(want, nixery.Image{}.Env()); diff != "" {
		t.Error(diff)
	}
	if got := (nixery.Image{Shell: true}).Command(); !slices.Equal(got, []string{"bash"}) {
		t.Errorf("a shell is started by %q", got)
	}
	if got := (nixery.Image{Packages: []string{"curl"}}).Command(); got != nil {
		t.Errorf("without a shell %q is started", got)
	}
}

func TestNothingChosen(t *testing.T) {
	for _, i := range []nixery.Image{{}, {ARM64: true}, {Tag: "x"}} {
		if err := i.Check(); !errors.Is(err, nixery.ErrEmpty) {
			t.Errorf("%+v: %v", i, err)
		}
	}
	for _, ref := range []string{"nixery.dev", "nixery.dev/", "nixery.dev/arm64"} {
		if _, err := nixery.Parse("", ref); !errors.Is(err, nixery.ErrEmpty) {
			t.Errorf("%s: %v", ref, err)
		}
	}
}

func TestTooLong(t *testing.T) {
	fits := nixery.Image{Packages: []string{strings.Repeat("a", nixery.MaxName-len("nixery.dev/"))}, Tag: "a-tag-does-not-count"}
	if err := fits.Check(); err != nil || fits.Length() != 255 {
		t.Errorf("255 characters: %d, %v", fits.Length(), err)
	}
	fits.Packages[0] += "a"
	var long *nixery.TooLongError
	if err := fits.Check(); !errors.As(err, &long) || long.Length != 256 || long.Limit != 255 {
		t.Errorf("256 characters: %v", err)
	}
	if _, err := nixery.Parse("", fits.String()); !errors.As(err, &long) {
		t.Errorf("256 characters are read: %v", err)
	}
	if want := "256 characters and may have 255"; !strings.Contains(long.Error(), want) {
		t.Errorf("%q does not say %q", long, want)
	}
	twice := nixery.Image{Packages: slices.Repeat([]string{"curl"}, 60)}
	if err := twice.Check(); err != nil {
		t.Errorf("one package sixty times: %v", err)
	}
}

// anyImage makes an image that may be asked for, or is close to one.
func anyImage(r *rand.Rand) nixery.Image {
	i := nixery.Image{Shell: r.IntN(2) == 0, ARM64: r.IntN(2) == 0}
	i.Host = []string{"", "nixery.dev", "registry.corp:5000", "localhost", "10.0.0.1", "Upper.corp", "nohost", "a/b"}[r.IntN(8)]
	i.Tag = []string{"", "latest", "_x.y-z", "-x", strings.Repeat("t", 129)}[max(0, r.IntN(10)-5)]
	for range r.IntN(6) {
		i.Packages = append(i.Packages, anyPackage(r))
	}
	return i
}

func anyPackage(r *rand.Rand) string {
	parts := []string{"a", "z9", "0", "curl", "shell", "arm64", ".", "_", "__", "-", "---", "x86", "python3packages", strings.Repeat("f", 64)}
	if r.IntN(20) == 0 {
		parts = append(parts, "A", " ", "+", "@", ":", "/", "é", "\xff", "\x00", "..")
	}
	var name strings.Builder
	for range 1 + r.IntN(4) {
		name.WriteString(parts[r.IntN(len(parts))])
	}
	return name.String()
}

// What passes Check is a name that the readers of nodes and registries take as it is, and comes back the same; what does
// not pass Check is not read either.
func TestRoundTrip(t *testing.T) {
	passed := 0
	property := func(seed uint64) bool {
		r := rand.New(rand.NewPCG(seed, 5))
		i := anyImage(r)
		err := i.Check()
		back, parsing := nixery.Parse(i.Host, i.String())
		if err != nil {
			return true
		}
		passed++
		if parsing != nil || !cmp.Equal(back, i.Canonical()) || back.String() != i.String() {
			t.Logf("%q comes back as %q, %v", i, back, parsing)
			return false
		}
		named, err := reference.ParseNormalizedNamed(i.String())
		if err != nil || i.Host != "docker.io" && named.String() != i.String() {
			t.Logf("%q is not read as it is: %v", i, err)
			return false
		}
		r.Shuffle(len(i.Packages), func(a, b int) { i.Packages[a], i.Packages[b] = i.Packages[b], i.Packages[a] })
		i.Packages = append(i.Packages, back.Packages...)
		return i.String() == back.String() && i.Check() == nil
	}
	if err := quick.Check(property, &quick.Config{MaxCount: 20000}); err != nil {
		t.Error(err)
	}
	if passed < 2000 {
		t.Errorf("only %d of the images were good ones", passed)
	}
}
