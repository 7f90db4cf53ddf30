package session

// ring keeps the newest bytes of a stream.
type ring struct {
	size  int // how many
	buf   []byte
	total int64 // that have been written
}

// write adds p.
func (r *ring) write(p []byte) {
	r.total += int64(len(p))
	if len(p) >= r.size {
		r.buf = append(r.buf[:0], p[len(p)-r.size:]...)
		return
	}
	// It may grow to twice its size before the old half is dropped: a byte is moved once, not with each write.
	if len(r.buf)+len(p) > 2*r.size {
		r.buf = r.buf[:copy(r.buf, r.buf[len(r.buf)+len(p)-r.size:])]
	}
	r.buf = append(r.buf, p...)
}

// since is what was written from a place of the stream on, as far as it is still there, and how many bytes of that are lost. It is valid
// until the next write.
func (r *ring) since(place int64) (kept []byte, lost int64) {
	kept = r.buf[max(0, len(r.buf)-r.size):]
	first := r.total - int64(len(kept))
	if place < first {
		return kept, first - place
	}
	return kept[min(place-first, int64(len(kept))):], 0
}

// lineAt is the beginning of the line in which a place of the stream lies, or of the n-th before that, or the oldest place that is still
// there.
func (r *ring) lineAt(place int64, n int) int64 {
	kept, _ := r.since(0)
	first := r.total - int64(len(kept))
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
