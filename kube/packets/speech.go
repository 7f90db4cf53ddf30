package packets

import (
	"fmt"
	"net/netip"
	"strconv"
	"strings"
	"time"
)

// question is a question of DNS that has not been answered.
type question struct {
	flow
	id   uint16
	name string
	kind string
}

// Question is what was asked of DNS, by its name and type.
type Question struct {
	Name, Type string
	Asked      int
	Answered   int
	Failed     int    // answers that are none: NXDOMAIN, SERVFAIL, …
	Answer     string // the last one; empty: there was none
	Last       time.Duration
	Slowest    time.Duration
	At         time.Time // when it was asked last
}

// Request is what was asked by HTTP, or the name that was asked for by TLS.
type Request struct {
	Protocol string // "HTTP" or "TLS"
	Words    string // "GET web/path", or the name
	Server   netip.AddrPort
	Count    int
	Answered int
	Failed   int    // answers with a status of 400 or more
	Answer   string // the last one; empty: there was none, or it is not seen
	Last     time.Duration
	Slowest  time.Duration
	At       time.Time // of the last one
}

// pendingRequest waits for its answer.
type pendingRequest struct {
	row *Request
	at  time.Time
}

// listen takes what is said in a packet.
func (a *Analysis) listen(of int, f *Facts, line *Line) {
	at := flow{of, f.Device, f.Source, f.Destination}
	switch {
	case f.DNS != nil:
		a.dns(at, f, line)
	case f.HTTP != nil && f.HTTP.Status == 0:
		a.request(at, f)
	case f.HTTP != nil:
		a.answer(at, f, line)
	case f.SNI != "":
		if r := a.requests.row("TLS " + f.SNI + " " + f.Destination.String()); r != nil {
			r.Protocol, r.Words, r.Server, r.At = "TLS", f.SNI, f.Destination, f.Time
			r.Count++
		}
	}
}

func (a *Analysis) dns(at flow, f *Facts, line *Line) {
	d := f.DNS
	key := question{at, d.ID, strings.ToLower(d.Name), d.Type}
	if d.Answer {
		key.flow = at.back()
	}
	row := a.questions.row(key.kind + " " + key.name)
	if !d.Answer {
		crowd(a.asked, mostPending)
		if _, again := a.asked[key]; !again {
			a.asked[key] = f.Time
		}
		if row != nil {
			row.Name, row.Type, row.At = d.Name, d.Type, f.Time
			row.Asked++
		}
		return
	}
	line.Trouble = line.Trouble || d.Code != "NOERROR"
	asked, known := a.asked[key]
	delete(a.asked, key)
	if known {
		f.Info += ", " + Milliseconds(f.Time.Sub(asked))
	}
	if row == nil {
		return
	}
	row.Name, row.Type, row.Answer = d.Name, d.Type, d.Says()
	row.Answered++
	if d.Code != "NOERROR" {
		row.Failed++
	}
	if known {
		row.Last = f.Time.Sub(asked)
		row.Slowest = max(row.Slowest, row.Last)
	}
}

func (a *Analysis) request(at flow, f *Facts) {
	h := *f.HTTP
	h.Path, _, _ = strings.Cut(h.Path, "?")
	r := a.requests.row("HTTP " + h.Words() + " " + f.Destination.String())
	if r == nil {
		return
	}
	r.Protocol, r.Words, r.Server, r.At = "HTTP", h.Words(), f.Destination, f.Time
	r.Count++
	const inRow = 16
	if len(a.waiting[at]) < inRow {
		crowd(a.waiting, mostPending)
		a.waiting[at] = append(a.waiting[at], pendingRequest{r, f.Time})
	}
}

func (a *Analysis) answer(at flow, f *Facts, line *Line) {
	const informs, fails = 200, 400
	line.Trouble = line.Trouble || f.HTTP.Status >= fails
	waits := a.waiting[at.back()]
	if len(waits) == 0 || f.HTTP.Status < informs {
		return
	}
	r, took := waits[0].row, f.Time.Sub(waits[0].at)
	if a.waiting[at.back()] = waits[1:]; len(waits) == 1 {
		delete(a.waiting, at.back())
	}
	f.Info += ", " + Milliseconds(took)
	r.Answered++
	r.Answer, r.Last, r.Slowest = strconv.Itoa(f.HTTP.Status), took, max(r.Slowest, took)
	if f.HTTP.Status >= fails {
		r.Failed++
	}
}

// Milliseconds is a short time for people.
func Milliseconds(d time.Duration) string {
	const ten = 10 * time.Millisecond
	switch {
	case d >= time.Second:
		return fmt.Sprintf("%.1f s", d.Seconds())
	case d >= ten:
		return fmt.Sprintf("%d ms", d.Milliseconds())
	}
	return fmt.Sprintf("%.1f ms", float64(d.Microseconds())/float64(time.Millisecond/time.Microsecond))
}
