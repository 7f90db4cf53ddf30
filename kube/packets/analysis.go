package packets

import (
	"net/netip"
	"strings"
	"sync"
	"time"
)

// How much an analysis keeps of each kind.
const (
	mostLines     = 10_000
	mostTalkers   = 2_000
	mostQuestions = 1_000
	mostRequests  = 1_000
	mostFlows     = 4_096
	mostPending   = 4_096
	mostInfo      = 400 // bytes of a line
)

// Analysis is what many packets say together. It keeps no more than its limits, however many packets come, and is safe for use by several
// goroutines: those that bring packets, and one that looks.
type Analysis struct {
	mu    sync.Mutex
	count int64
	bytes int64
	first time.Time
	last  time.Time
	tcp   tcpCounts

	lines      []Line // a ring: the oldest is at next once it is full
	next       int
	interfaces []Count
	protocols  map[string]*Count
	talkers    map[talkerKey]*Talker
	others     Count // of talkers that were too many
	questions  *table[Question]
	requests   *table[Request]

	flows   map[flow]*flowState
	asked   map[question]time.Time
	waiting map[flow][]pendingRequest
}

type tcpCounts struct{ resets, retransmissions, connects int }

// Count is how many packets of something there were, and their bytes on the wire.
type Count struct {
	Name    string
	Packets int64
	Bytes   int64
}

func (c *Count) add(length int) {
	c.Packets++
	c.Bytes += int64(length)
}

// Line is one packet in a line.
type Line struct {
	Number      int64 // from 1
	Time        time.Time
	Interface   int
	Protocol    string
	Source      netip.AddrPort
	Destination netip.AddrPort
	Length      int
	Info        string
	Trouble     bool // it tells of something that is not as it should be
}

// NewAnalysis makes one of nothing.
func NewAnalysis() *Analysis {
	return &Analysis{
		protocols: map[string]*Count{}, talkers: map[talkerKey]*Talker{}, flows: map[flow]*flowState{}, asked: map[question]time.Time{},
		waiting: map[flow][]pendingRequest{}, questions: newTable[Question](mostQuestions), requests: newTable[Request](mostRequests),
	}
}

// Interface adds an interface, and returns its number.
func (a *Analysis) Interface(name string) int {
	a.mu.Lock()
	defer a.mu.Unlock()
	a.interfaces = append(a.interfaces, Count{Name: name})
	return len(a.interfaces) - 1
}

// Add takes a packet of an interface. It keeps nothing of its data.
func (a *Analysis) Add(of int, link Link, p Packet) {
	f := Decode(link, p)
	a.mu.Lock()
	defer a.mu.Unlock()
	a.count++
	a.bytes += int64(f.Length)
	if a.first.IsZero() || f.Time.Before(a.first) {
		a.first = f.Time
	}
	if f.Time.After(a.last) {
		a.last = f.Time
	}
	if of >= 0 && of < len(a.interfaces) {
		a.interfaces[of].add(f.Length)
	}
	line := Line{
		Number: a.count, Time: f.Time, Interface: of, Source: f.Source, Destination: f.Destination, Length: f.Length,
		Trouble: strings.HasPrefix(f.Info, unreachable),
	}
	a.follow(of, &f, &line)
	a.listen(of, &f, &line)
	a.talk(of, &f)
	line.Protocol, line.Info = f.Protocol, f.Info
	if len(line.Info) > mostInfo {
		line.Info = strings.ToValidUTF8(line.Info[:mostInfo], "") + "…"
	}
	a.protocol(f.Protocol, f.Length)
	a.keep(line)
}

func (a *Analysis) keep(l Line) {
	if len(a.lines) < mostLines {
		a.lines = append(a.lines, l)
		return
	}
	a.lines[a.next] = l
	a.next = (a.next + 1) % mostLines
}

func (a *Analysis) protocol(name string, length int) {
	c := a.protocols[name]
	if c == nil { // there are as many as decode has names for
		c = &Count{Name: name}
		a.protocols[name] = c
	}
	c.add(length)
}

// table keeps rows by their keys, up to a limit: of more only the number is known.
type table[R any] struct {
	rows map[string]*R
	most int
	lost int
}

func newTable[R any](most int) *table[R] { return &table[R]{rows: map[string]*R{}, most: most} }

// row is the row of a key, which is made; nil: there are too many.
func (t *table[R]) row(key string) *R {
	r := t.rows[key]
	if r == nil && len(t.rows) < t.most {
		r = new(R)
		t.rows[key] = r
	}
	if r == nil {
		t.lost++
	}
	return r
}

// crowd makes room in a map that has grown to its limit: some of its entries go, whichever.
func crowd[K comparable, V any](m map[K]V, most int) {
	if len(m) < most {
		return
	}
	const share = 8
	n := most / share
	for key := range m {
		if n--; n < 0 {
			return
		}
		delete(m, key)
	}
}
