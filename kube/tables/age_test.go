package tables

import (
	"testing"
	"time"

	"k8s.io/apimachinery/pkg/util/duration"
)

func TestParseAge(t *testing.T) {
	const day = 24 * time.Hour
	for text, want := range map[string]time.Duration{
		"0s": 0, "5s": 5 * time.Second, "119s": 119 * time.Second, "2m13s": 133 * time.Second, "47m": 47 * time.Minute,
		"7h59m": 8*time.Hour - time.Minute, "47h": 47 * time.Hour, "3d4h": 76 * time.Hour, "400d": 400 * day, "2y12d": (2*365 + 12) * day, "9y": 9 * 365 * day,
	} {
		if got, ok := parseAge(text); !ok || got != want {
			t.Errorf("age %q is read as %v, %t, want %v", text, got, ok, want)
		}
	}
	for _, text := range []string{"", "<invalid>", "<unknown>", "5", "s", "-5s", "5 s", "1.5h", "5w", "9999999999s", "300y", "600y", "99999999y", "٣s"} {
		if got, ok := parseAge(text); ok {
			t.Errorf("%q is read as an age of %v", text, got)
		}
	}
}

// Whatever the server's printer writes of an age is read back, exact to the unit it was written in.
func FuzzParseAge(f *testing.F) {
	for _, seconds := range []uint32{0, 1, 119, 120, 599, 600, 10_799, 10_800, 28_800, 172_800, 691_200, 63_072_000, 252_288_000, 1 << 31} {
		f.Add(seconds, "")
	}
	f.Add(uint32(0), "2y12d")
	f.Add(uint32(0), "999999999y9s")
	f.Fuzz(func(t *testing.T, seconds uint32, text string) {
		age := time.Duration(seconds) * time.Second
		written := duration.HumanDuration(age)
		read, ok := parseAge(written)
		if !ok || read > age || duration.HumanDuration(read) != written {
			t.Errorf("age %v is written %q and read as %v, %t", age, written, read, ok)
		}
		if d, ok := parseAge(text); d < 0 || !ok && d != 0 {
			t.Errorf("%q is read as %v, %t", text, d, ok)
		}
	})
}
