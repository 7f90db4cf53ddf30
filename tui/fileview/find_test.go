package fileview

import (
	"bytes"
	"compress/gzip"
	"errors"
	"io"
	"math/rand/v2"
	"strings"
	"sync/atomic"
	"testing"

	"github.com/dayfly-k8s/dayfly/kube/kubetest"
)

// scan looks for a text in pieces of some size.
func scan(s *scanner, text string, piece int) (int64, error) {
	s.read, s.last = &atomic.Int64{}, -1
	for rest := text[s.at:]; rest != ""; {
		n := min(piece, len(rest))
		if _, err := s.Write([]byte(rest[:n])); err != nil {
			return s.last, err
		}
		rest = rest[n:]
	}
	return s.last, nil
}

// What is looked for is found wherever a stream is cut: the first from a place on, and the last before one.
func TestScanner(t *testing.T) {
	random := rand.New(rand.NewPCG(3, 4))
	for range 2000 {
		var b strings.Builder
		for range random.IntN(60) {
			b.WriteByte("abAB\n"[random.IntN(5)])
		}
		text, needle := b.String(), "aba"[:1+random.IntN(3)]
		from, piece := random.IntN(len(text)+1), 1+random.IntN(7)
		folded := strings.ToLower(text)
		want := int64(strings.Index(folded[from:], needle))
		if want >= 0 {
			want += int64(from)
		}
		if got, _ := scan(&scanner{needle: []byte(needle), fold: true, first: true, at: int64(from)}, text, piece); got != want {
			t.Fatalf("%q in %q from %d, in pieces of %d: %d, want %d", needle, text, from, piece, got, want)
		}
		want = int64(strings.LastIndex(folded[:min(from+len(needle)-1, len(folded))], needle))
		if want >= int64(from) {
			want = -1
		}
		if got, _ := scan(&scanner{needle: []byte(needle), fold: true, before: int64(from)}, text, piece); got != want {
			t.Fatalf("%q in %q before %d, in pieces of %d: %d, want %d", needle, text, from, piece, got, want)
		}
	}
	if got, err := scan(&scanner{needle: []byte("A"), first: true}, "aaA"+strings.Repeat("x", 100), 1); got != 2 || !errors.Is(err, errEnough) {
		t.Errorf("%d, %v", got, err)
	}
}

func TestInflate(t *testing.T) {
	var packed bytes.Buffer
	w := gzip.NewWriter(&packed)
	_, _ = io.WriteString(w, strings.Repeat("hello\n", 1000))
	_ = w.Close()
	var n atomic.Int64
	var out bytes.Buffer
	if size, err := inflate(bytes.NewReader(packed.Bytes()), &out, mostUnpacked, &n); err != nil || size != 6000 || n.Load() != 6000 || out.Len() != 6000 {
		t.Errorf("%d, %v", size, err)
	}
	for _, broken := range [][]byte{[]byte("no gzip"), packed.Bytes()[:packed.Len()/2], {}} {
		_, err := inflate(bytes.NewReader(broken), io.Discard, mostUnpacked, &n)
		kubetest.WantProblem(t, err, "unpack: ")
	}
	// A small file that unpacks to very much ends where it is enough.
	var bomb bytes.Buffer
	w = gzip.NewWriter(&bomb)
	zeros := make([]byte, 1<<20)
	const most = 5 << 20
	for range most>>20 + 3 {
		_, _ = w.Write(zeros)
	}
	_ = w.Close()
	if size, err := inflate(&bomb, io.Discard, most, &n); !errors.Is(err, errEnough) || size != most {
		t.Errorf("%d, %v", size, err)
	}
}
