package journal

import (
	"slices"
	"time"
)

// Batch is what the journal has of a batch.
type Batch struct {
	ID        string
	Began     time.Time // its first entry
	Members   int       // pods and nodes in which something was done
	Succeeded int       // those in which the command has ended with 0
}

// Batches are the batches of which entries are, the newest first.
func Batches(entries []Entry) []Batch {
	var list []Batch
	seen := map[string]*members{}
	for i := range entries {
		e := &entries[i]
		if e.Batch == "" || e.Action == Refused { // nothing was done
			continue
		}
		of, known := seen[e.Batch]
		if !known {
			of = &members{at: len(list), all: map[string]bool{}}
			seen[e.Batch] = of
			list = append(list, Batch{ID: e.Batch, Began: e.Time})
		}
		of.take(e)
		list[of.at].Members, list[of.at].Succeeded = len(of.all), of.succeeded
	}
	slices.SortStableFunc(list, func(a, b Batch) int { return b.Began.Compare(a.Began) })
	return list
}

// members are those of a batch.
type members struct {
	at        int             // in the list
	all       map[string]bool // by whom they are about; true: the command has ended with 0
	succeeded int
}

func (m *members) take(e *Entry) {
	who := e.Whom()
	if ok := e.Action == Ended && e.Exit != nil && *e.Exit == 0; ok && !m.all[who] {
		m.succeeded++
		m.all[who] = true
	} else if !m.all[who] {
		m.all[who] = false
	}
}

// Whom is the pod or node that a person has meant, NAMESPACE/NAME or node/NAME: not a pod that was made for it.
func (e *Entry) Whom() string {
	switch {
	case e.CopyOf != "":
		return e.Namespace + "/" + e.CopyOf
	case e.Joins != "":
		return e.Joins
	case e.Node != "":
		return "node/" + e.Node
	}
	return e.Namespace + "/" + e.Pod
}
