package themes

import (
	"image/color"
	"math"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/charmbracelet/colorprofile"
)

func load(t *testing.T) Set {
	t.Helper()
	set, errs := Load(t.TempDir())
	if len(errs) > 0 {
		t.Fatal(errs)
	}
	return set
}

func (t Theme) inks() map[string]Colour {
	return map[string]Colour{"text": t.Text, "muted": t.Muted, "accent": t.Accent, "good": t.Good, "warn": t.Warn, "bad": t.Bad}
}

func TestThereAreEightForDarkAndLight(t *testing.T) {
	set := load(t)
	light := 0
	for _, theme := range set {
		if !theme.Dark {
			light++
		}
		if dark := luminance(rgb(t, theme.Ground)) < 0.2; dark != theme.Dark {
			t.Errorf("theme %s says dark: %v, and its ground is %s", theme.Name, theme.Dark, theme.Ground)
		}
	}
	if len(set) < 8 || light < 3 || len(set)-light < 3 {
		t.Errorf("%d themes, %d of them light", len(set), light)
	}
	if dark, light := set.Automatic(true), set.Automatic(false); !dark.Dark || light.Dark || dark != set[0] {
		t.Errorf("automatic are %s and %s", dark.Name, light.Name)
	}
}

// Every token that text is drawn in must be legible on every ground that it is drawn on (WCAG 2.2: 4.5 to 1 for AA, 7 to 1 for AAA), with
// 16 million colours and with the 256 that many terminals have.
func TestContrast(t *testing.T) {
	for _, theme := range load(t) {
		least := 4.5
		if strings.Contains(theme.Name, "contrast") {
			least = 7
		}
		grounds := map[string]Colour{"ground": theme.Ground, "selection": theme.Selection, "bar": theme.Bar}
		for _, profile := range []colorprofile.Profile{colorprofile.TrueColor, colorprofile.ANSI256} {
			for ink, a := range theme.inks() {
				for ground, b := range grounds {
					below := profile.Convert(rgb(t, b))
					if ground == "ground" { // is never drawn: the terminal's own stays what it is
						below = rgb(t, b)
					}
					if got := contrast(profile.Convert(rgb(t, a)), below); got < least {
						t.Errorf("theme %s, %v: %s on %s has a contrast of %.2f, want %.1f", theme.Name, profile, ink, ground, got, least)
					}
				}
			}
		}
	}
}

// The line under the cursor and the bars must be seen beside the ground: they say where one is.
func TestGroundsDiffer(t *testing.T) {
	for _, theme := range load(t) {
		for name, colour := range map[string]Colour{"selection": theme.Selection, "bar": theme.Bar} {
			for _, profile := range []colorprofile.Profile{colorprofile.TrueColor, colorprofile.ANSI256} {
				if d := distance(profile.Convert(rgb(t, colour)), rgb(t, theme.Ground)); d < 5 {
					t.Errorf("theme %s, %v: %s is %.1f from the ground, want 5", theme.Name, profile, name, d)
				}
			}
		}
	}
}

// Good, warn and bad must look different, with 256 colours too.
func TestInksDiffer(t *testing.T) {
	for _, theme := range load(t) {
		for _, profile := range []colorprofile.Profile{colorprofile.TrueColor, colorprofile.ANSI256} {
			for _, pair := range [][2]Colour{{theme.Good, theme.Warn}, {theme.Good, theme.Bad}, {theme.Warn, theme.Bad}} {
				if d := distance(profile.Convert(rgb(t, pair[0])), profile.Convert(rgb(t, pair[1]))); d < 20 {
					t.Errorf("theme %s, %v: %s and %s are %.1f apart, want 20", theme.Name, profile, pair[0], pair[1], d)
				}
			}
		}
	}
}

// Who sees no red or no green must tell good, warn and bad from each other in the themes made for that, before looking at the symbols.
func TestColourSafe(t *testing.T) {
	found := 0
	for _, theme := range load(t) {
		if !strings.HasPrefix(theme.Name, "colour-safe") {
			continue
		}
		found++
		for kind, see := range cones() {
			see := func(c Colour) [3]float64 { return see.apply(rgb(t, c)) }
			for _, pair := range [][2]Colour{{theme.Good, theme.Warn}, {theme.Good, theme.Bad}, {theme.Warn, theme.Bad}} {
				if d := apart(see(pair[0]), see(pair[1])); d < 20 {
					t.Errorf("theme %s, %s: %s and %s are %.1f apart, want 20", theme.Name, kind, pair[0], pair[1], d)
				}
			}
		}
	}
	if found < 2 {
		t.Errorf("%d themes are safe for colour blindness, want one for dark and one for light", found)
	}
	// The test can fail: red and green of the usual kind are as good as one.
	if d := apart(cones()["deuteranopia"].apply(rgb(t, "#b35a00")), cones()["deuteranopia"].apply(rgb(t, "#6b7b00"))); d > 20 {
		t.Errorf("orange and olive are %.1f apart without green cones", d)
	}
}

func TestEveryThemeNamesItsBasicColours(t *testing.T) {
	for _, theme := range load(t) {
		seen := map[int]bool{}
		for _, name := range []Named{theme.Basic.Good, theme.Basic.Warn, theme.Basic.Bad} {
			n, ok := name.Index()
			if !ok || seen[n] {
				t.Errorf("theme %s: %q is not a colour, or used twice", theme.Name, name)
			}
			seen[n] = true
		}
	}
}

func TestLoadOfUsersFiles(t *testing.T) {
	for name, c := range map[string]struct{ file, want string }{
		"typo":         {"axcent: \"#ffffff\"\n", `line 1: unknown key "axcent": did you mean "accent"?`},
		"no colour":    {"dark: true\naccent: blue\n", `line 2: "blue" is not a colour: write it as "#rrggbb"`},
		"short":        {"accent: \"#fff\"\n", `line 1: "#fff" is not a colour`},
		"unquoted":     {"accent: #ffffff\n", `line 1: accent has no value: put colours in quotes`},
		"no basic":     {"basic: {good: lime}\n", `line 1: "lime" is not one of the 16 colours`},
		"no base":      {"base: dusc\n", `base: there is no theme "dusc": there are auto, dusk, `},
		"yes":          {"dark: darkish\n", "line 1"},
		"auto":         {"name: auto\n", "means the choice by the terminal's background"},
		"two words":    {"name: two words\n", "write one word"},
		"an escape":    {"name: \"\\e[31m\"\n", "write one word"},
		"two docs":     {"dark: true\n---\ndark: false\n", "more than one YAML document"},
		"not yaml":     {"accent: [\n", "line"},
		"list":         {"- accent\n", "line 1"},
		"list of inks": {"accent: [a, b]\n", "line 1"},
	} {
		folder := t.TempDir()
		write(t, folder, "mine.yaml", c.file)
		write(t, folder, "other.yaml", "accent: \"#abcdef\"\n")
		set, errs := Load(folder)
		if len(errs) != 1 || !strings.Contains(errs[0].Error(), "mine.yaml") || !strings.Contains(errs[0].Error(), c.want) {
			t.Errorf("%s: %v, want %s", name, errs, c.want)
		}
		if len(errs) == 1 && strings.ContainsAny(errs[0].Error(), "\n\x1b") {
			t.Errorf("%s: not one line: %q", name, errs[0])
		}
		if other, err := set.Find("other"); err != nil || other.Accent != "#abcdef" {
			t.Errorf("%s: the other file is not read: %v", name, err)
		}
	}
}

func TestUsersThemeInherits(t *testing.T) {
	folder := t.TempDir()
	write(t, folder, "mine.yaml", "accent: \"#abcdef\"\n")
	write(t, folder, "day.yml", "dark: false\ntext: \"#010203\"\nbasic: {bad: bright red}\n")
	write(t, folder, "based.yaml", "base: paper\nname: cream\n")
	write(t, folder, "ember.yaml", "accent: \"#abcdef\"\n")
	write(t, folder, ".hidden.yaml", "nonsense\n")
	write(t, folder, "empty.yaml", "")
	write(t, folder, "section.yaml", "basic:\n#  good: green\n")
	set, errs := Load(folder)
	if len(errs) > 0 {
		t.Fatal(errs)
	}
	get := func(name string) Theme {
		theme, err := set.Find(name)
		if err != nil {
			t.Error(err)
		}
		return theme
	}
	if mine := get("mine"); mine.Text != get("dusk").Text || mine.Accent != "#abcdef" || !mine.Dark {
		t.Errorf("mine is %+v", mine)
	}
	if day := get("day"); day.Bad != get("dawn").Bad || day.Text != "#010203" || day.Dark || day.Basic.Bad != "bright red" || day.Basic.Good != "green" {
		t.Errorf("day is %+v", day)
	}
	if cream := get("cream"); cream.Text != get("paper").Text || cream.Dark {
		t.Errorf("cream is %+v", cream)
	}
	if ember := get("ember"); ember.Accent != "#abcdef" || ember.Text != get("dusk").Text {
		t.Errorf("a user's theme does not take the place of the shipped one: %+v", ember)
	}
	if names := set.Names(); slices.Contains(names, ".hidden") || names[0] != "dusk" {
		t.Errorf("names are %q", names)
	}
}

func write(t *testing.T, folder, name, text string) {
	t.Helper()
	if err := os.WriteFile(filepath.Join(folder, name), []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
}

func rgb(t *testing.T, c Colour) color.Color {
	t.Helper()
	n, err := strconv.ParseUint(strings.TrimPrefix(string(c), "#"), 16, 24)
	if err != nil || len(c) != 7 {
		t.Fatalf("colour %q is not #rrggbb", c)
	}
	return color.RGBA{R: uint8(n >> 16), G: uint8(n >> 8), B: uint8(n), A: 0xff}
}

// linear are the parts of a colour as light.
func linear(c color.Color) [3]float64 {
	r, g, b, _ := c.RGBA()
	var parts [3]float64
	for i, v := range []uint32{r, g, b} {
		s := float64(v) / 0xffff
		if s <= 0.04045 {
			parts[i] = s / 12.92
		} else {
			parts[i] = math.Pow((s+0.055)/1.055, 2.4)
		}
	}
	return parts
}

func luminance(c color.Color) float64 {
	l := linear(c)
	return 0.2126*l[0] + 0.7152*l[1] + 0.0722*l[2]
}

// contrast is WCAG's.
func contrast(a, b color.Color) float64 {
	la, lb := luminance(a), luminance(b)
	return (max(la, lb) + 0.05) / (min(la, lb) + 0.05)
}

// distance is how different two colours look (CIE 1976; about 2 is the least that is noticed side by side).
func distance(a, b color.Color) float64 {
	return apart(linear(a), linear(b))
}

func apart(a, b [3]float64) float64 {
	x, y := lab(a), lab(b)
	return math.Sqrt((x[0]-y[0])*(x[0]-y[0]) + (x[1]-y[1])*(x[1]-y[1]) + (x[2]-y[2])*(x[2]-y[2]))
}

// lab is a colour in CIELAB, for the white of sRGB.
func lab(l [3]float64) [3]float64 {
	f := func(v float64) float64 {
		if v > 216.0/24389 {
			return math.Cbrt(v)
		}
		return (v*24389/27 + 16) / 116
	}
	x := f((0.4124*l[0] + 0.3576*l[1] + 0.1805*l[2]) / 0.9505)
	y := f(0.2126*l[0] + 0.7152*l[1] + 0.0722*l[2])
	z := f((0.0193*l[0] + 0.1192*l[1] + 0.9505*l[2]) / 1.089)
	return [3]float64{116*y - 16, 500 * (x - y), 200 * (y - z)}
}

type matrix [3][3]float64

// cones are what eyes without one kind of cones see, on linear light (Machado, Oliveira and Fernandes 2009, severity 1).
func cones() map[string]matrix {
	return map[string]matrix{
		"protanopia":   {{0.152286, 1.052583, -0.204868}, {0.114503, 0.786281, 0.099216}, {-0.003882, -0.048116, 1.051998}},
		"deuteranopia": {{0.367322, 0.860646, -0.227968}, {0.280085, 0.672501, 0.047413}, {-0.011820, 0.042940, 0.968881}},
	}
}

func (m matrix) apply(c color.Color) (out [3]float64) {
	in := linear(c)
	for i, row := range m {
		out[i] = min(max(row[0]*in[0]+row[1]*in[1]+row[2]*in[2], 0), 1)
	}
	return out
}
