package files

import (
	"bytes"
	"io"
	"strconv"
	"sync"
	"sync/atomic"
	"time"
)

// holding is the input of a program that has printed everything and waits until that is here: otherwise the API server may end the connection while some of
// it is still under way, if this side is slow to take it and says something meanwhile, such as the ping of SPDY.
type holding struct {
	io.Reader
	write *io.PipeWriter
}

// hold is the input of such a program; first is what it reads before, if it is not nil.
func hold(first io.Reader) holding {
	end, write := io.Pipe()
	h := holding{Reader: end, write: write}
	if first != nil {
		h.Reader = io.MultiReader(first, end)
	}
	return h
}

// release lets the program end.
func (h holding) release() { _ = h.write.Close() }

// ending hears on stderr that a file is printed, and how large it is now: one that has become shorter is not waited for, nor one of which nothing more comes
// although it is as large as ever. Files of /sys say a size that they have not.
type ending struct {
	tail
	word    string
	size    int64
	release func()

	moves *atomic.Int64 // grows when a part begins to be taken, and when it is: odd meanwhile
	after func() <-chan time.Time
	over  <-chan struct{} // closed when nobody waits any more
	short atomic.Bool     // nothing more came

	once, watching sync.Once
}

// quiet is how long nothing comes before nothing will.
const quiet = 10 * time.Second

// Write keeps what is said.
func (e *ending) Write(p []byte) (int, error) {
	n, err := e.tail.Write(p)
	before, rest, ok := bytes.Cut(e.text, []byte(e.word))
	if e.word == "" || !ok {
		return n, err
	}
	if number, _, whole := bytes.Cut(rest, []byte(" ")); whole {
		e.text = before
		if size, bad := strconv.ParseInt(string(number), 10, 64); bad != nil || size < e.size {
			e.once.Do(e.release)
		}
		e.watching.Do(func() { go e.watch() })
	}
	return n, err
}

// watch lets the program end when nothing has come for a while, and nothing is being taken: all that it has printed is here.
func (e *ending) watch() {
	for {
		before := e.moves.Load()
		select {
		case <-e.after():
		case <-e.over:
			return
		}
		if e.moves.Load() == before && before%2 == 0 {
			e.short.Store(true)
			e.once.Do(e.release)
			return
		}
	}
}
