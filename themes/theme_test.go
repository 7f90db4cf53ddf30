package themes

import (
	"math"
	"strconv"
	"testing"
)

// Every token that text is drawn in must be legible (WCAG AA: 4.5 to 1) on every ground it is drawn on.
func TestContrast(t *testing.T) {
	for _, open := range []func() (Theme, error){Dark, Light} {
		theme, err := open()
		if err != nil {
			t.Fatal(err)
		}
		inks := map[string]string{
			"text": theme.Text, "muted": theme.Muted, "accent": theme.Accent,
			"good": theme.Good, "warn": theme.Warn, "bad": theme.Bad,
		}
		grounds := map[string]string{"ground": theme.Ground, "selection": theme.Selection, "bar": theme.Bar}
		for ink, a := range inks {
			for ground, b := range grounds {
				if got := contrast(t, a, b); got < 4.5 {
					t.Errorf("theme %s: %s on %s has a contrast of %.2f, want 4.5", theme.Name, ink, ground, got)
				}
			}
		}
	}
}

func contrast(t *testing.T, a, b string) float64 {
	t.Helper()
	la, lb := luminance(t, a), luminance(t, b)
	return (max(la, lb) + 0.05) / (min(la, lb) + 0.05)
}

func luminance(t *testing.T, hex string) float64 {
	t.Helper()
	if len(hex) != 7 || hex[0] != '#' {
		t.Fatalf("colour %q is not #rrggbb", hex)
	}
	part := func(s string) float64 {
		n, err := strconv.ParseUint(s, 16, 8)
		if err != nil {
			t.Fatal(err)
		}
		v := float64(n) / 255
		if v <= 0.03928 {
			return v / 12.92
		}
		return math.Pow((v+0.055)/1.055, 2.4)
	}
	return 0.2126*part(hex[1:3]) + 0.7152*part(hex[3:5]) + 0.0722*part(hex[5:7])
}
