package ring

import (
	"math/rand/v2"
	"strings"
	"testing"
)

func TestRingKeepsTheNewest(t *testing.T) {
	random := rand.New(rand.NewPCG(3, 4))
	r := Ring{Size: 100}
	var all strings.Builder
	for i := range 500 {
		piece := strings.Repeat(string(rune('a'+i%26)), random.IntN(130))
		all.WriteString(piece)
		r.Write([]byte(piece))
		place := random.Int64N(int64(all.Len()) + 1)
		kept, lost := r.Since(place)
		if got := string(kept); got != all.String()[place+lost:] || lost > 0 && len(kept) != r.Size {
			t.Fatalf("since %d of %d: %d bytes, %d lost", place, all.Len(), len(kept), lost)
		}
		if cap(r.buf) > 8*r.Size {
			t.Fatalf("it has room for %d bytes", cap(r.buf))
		}
	}
}

func TestRingLine(t *testing.T) {
	r := Ring{Size: 10}
	r.Write([]byte("lost\nabc\ndef\ng"))
	for place, want := range map[int64]int64{14: 13, 13: 13, 12: 9, 9: 9, 7: 5, 5: 5} {
		if got := r.LineAt(place, 0); got != want {
			t.Errorf("the line at %d begins at %d, want %d", place, got, want)
		}
	}
}
