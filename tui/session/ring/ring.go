// Package ring keeps the newest bytes of a stream.
package ring

// Ring is one. It is not safe for use by several goroutines at a time.
type Ring struct {
	Size  int   // how many bytes it keeps
	Total int64 // how many have been written
	buf   []byte
}

// Write adds p.
func (r *Ring) Write(p []byte) {
	r.Total += int64(len(p))
	if len(p) >= r.Size {
		r.buf = append(r.buf[:0], p[len(p)-r.Size:]...)
		return
	}
	// It may grow to twice its size before the old half is dropped: a byte is moved once, not with each write.
	if len(r.buf)+len(p) > 2*r.Size {
		r.buf = r.buf[:copy(r.buf, r.buf[len(r.buf)+len(p)-r.Size:])]
	}
	r.buf = append(r.buf, p...)
}

// Since is what was written from a place of the stream on, as far as it is still there, and how many bytes of that are lost. It is valid
// until the next write.
func (r *Ring) Since(place int64) (kept []byte, lost int64) {
	kept = r.buf[max(0, len(r.buf)-r.Size):]
	first := r.Total - int64(len(kept))
	if place < first {
		return kept, first - place
	}
	return kept[min(place-first, int64(len(kept))):], 0
}

// LineAt is the beginning of the line in which a place of the stream lies, or of the n-th before that, or the oldest place that is still
// there.
func (r *Ring) LineAt(place int64, n int) int64 {
	kept, _ := r.Since(0)
	first := r.Total - int64(len(kept))
	for ; place > first; place-- {
		if kept[place-first-1] != '\n' {
			continue
		}
		if n == 0 {
			break
		}
		n--
	}
	return place
}
