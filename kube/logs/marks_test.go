package logs

import (
	"strconv"
	"testing"
	"time"
)

// What is remembered of a log is bounded, however many lines have no time or one and the same second, and the newest of them are known again.
func TestLogMarksAreBounded(t *testing.T) {
	for name, at := range map[string]time.Time{"without times": {}, "of one second": time.Unix(1_700_000_000, 5)} {
		t.Run(name, func(t *testing.T) {
			var m logMarks
			const lines = 1_000_001 // with the last of them some are forgotten
			for i := range lines {
				m.add(&Line{Time: at, Raw: strconv.Itoa(i)})
			}
			if len(m.seen) > 200_000 || cap(m.seen) > 400_000 {
				t.Errorf("%d lines are remembered, in room for %d", len(m.seen), cap(m.seen))
			}
			again := m.again()
			for i := lines - 50_000; i < lines; i++ {
				if !again.known(&Line{Time: at, Raw: strconv.Itoa(i)}) {
					t.Fatalf("line %d of %d is new", i, lines)
				}
			}
		})
	}
}
