package tables

import (
	"math"
	"strconv"
	"time"
)

// Before is the time that lies an age such as "3d4h" in the past; zero when it is not an age.
func Before(now time.Time, age string) time.Time {
	d, ok := parseAge(age)
	if !ok {
		return time.Time{}
	}
	return now.Add(-d)
}

// parseAge reads what the server's printer writes: "5s", "2m13s", "47m", "3d4h", "2y12d".
func parseAge(s string) (time.Duration, bool) {
	if s == "" {
		return 0, false
	}
	var total time.Duration
	for len(s) > 0 {
		digits := 0
		for digits < len(s) && s[digits] >= '0' && s[digits] <= '9' {
			digits++
		}
		if digits == 0 || digits > 9 || digits == len(s) {
			return 0, false
		}
		n, err := strconv.Atoi(s[:digits])
		if err != nil {
			return 0, false
		}
		unit := unitOf(s[digits])
		if unit == 0 {
			return 0, false
		}
		if time.Duration(n) > (math.MaxInt64-total)/unit {
			return 0, false
		}
		total += time.Duration(n) * unit
		s = s[digits+1:]
	}
	return total, true
}

func unitOf(letter byte) time.Duration {
	const day = 24 * time.Hour
	switch letter {
	case 's':
		return time.Second
	case 'm':
		return time.Minute
	case 'h':
		return time.Hour
	case 'd':
		return day
	case 'y':
		return 365 * day
	}
	return 0
}
