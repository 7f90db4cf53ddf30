package capture

import "time"

// rates are how many packets a second there are, over the last seconds.
type rates struct{ samples []sample }

type sample struct {
	at             time.Time
	packets, bytes int64
}

// take notes how many there are now.
func (r *rates) take(at time.Time, packets, bytes int64) {
	const over = 3 * time.Second
	r.samples = append(r.samples, sample{at, packets, bytes})
	for len(r.samples) > 2 && at.Sub(r.samples[1].at) > over {
		r.samples = r.samples[1:]
	}
}

// rate is how many there are a second.
func (r *rates) rate() (packets, bytes float64) {
	if len(r.samples) < 2 {
		return 0, 0
	}
	first, last := r.samples[0], r.samples[len(r.samples)-1]
	seconds := last.at.Sub(first.at).Seconds()
	if seconds <= 0 {
		return 0, 0
	}
	return float64(last.packets-first.packets) / seconds, float64(last.bytes-first.bytes) / seconds
}
