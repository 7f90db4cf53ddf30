package fileview

import (
	"slices"

	"github.com/dayfly-k8s/dayfly/kube/files"
)

// blocks are the portions of a file that are kept: a few around where one looks, however large the file is.
type blocks struct {
	size   int64 // of the file, as far as is known
	known  bool
	whole  bool // its size is not known beforehand: it is read whole, with portion 0
	kept   map[int64][]byte
	recent []int64 // the numbers of those that are kept, the latest last
}

// mostBlocks are kept: 2 MB.
const mostBlocks = 32

// numberOf is the portion that a byte is in.
func numberOf(offset int64) int64 { return offset / files.PortionSize }

// put keeps a portion, and learns how large the file is. grown and shrunk tell that it has become larger, or smaller, since.
func (b *blocks) put(number int64, p files.Portion) (grown, shrunk bool) {
	if b.kept == nil {
		b.kept = map[int64][]byte{}
	}
	size := p.Size
	switch {
	case size == 0 && number == 0:
		size, b.whole = int64(len(p.Data)), len(p.Data) > 0
		b.kept, b.recent = map[int64][]byte{}, nil
	case size == 0 && b.whole:
		return false, false
	}
	grown, shrunk = b.known && size > b.size, b.known && size < b.size
	if shrunk {
		b.kept, b.recent = map[int64][]byte{}, nil
	}
	if grown { // what was the end is it no more
		for n, data := range b.kept {
			if len(data) < files.PortionSize && n*files.PortionSize+int64(len(data)) < size {
				delete(b.kept, n)
			}
		}
	}
	b.size, b.known = size, true
	for at := 0; at == 0 || at < len(p.Data); at += files.PortionSize {
		b.keep(number+numberOf(int64(at)), p.Data[at:min(at+files.PortionSize, len(p.Data))])
	}
	return grown, shrunk
}

func (b *blocks) keep(number int64, data []byte) {
	b.kept[number] = data
	b.recent = append(slices.DeleteFunc(b.recent, func(n int64) bool { return n == number }), number)
	for len(b.recent) > mostBlocks {
		delete(b.kept, b.recent[0])
		b.recent = b.recent[1:]
	}
}

// has reports whether a portion is kept.
func (b *blocks) has(number int64) bool {
	_, ok := b.kept[number]
	return ok
}

// from is what is kept from a byte on, at most so many bytes. ended reports whether nothing comes behind it in the file.
func (b *blocks) from(offset int64, most int) (data []byte, ended bool) {
	for int64(len(data)) < int64(most) {
		at := offset + int64(len(data))
		if b.known && at >= b.size {
			return data, true
		}
		block, ok := b.kept[numberOf(at)]
		start := at - numberOf(at)*files.PortionSize
		if !ok || start >= int64(len(block)) {
			return data, false
		}
		data = append(data, block[start:min(start+int64(most-len(data)), int64(len(block)))]...)
	}
	return data, false
}

// tail is the portion with the end of the file.
func (b *blocks) tail() int64 {
	if b.whole {
		return 0
	}
	return numberOf(b.size)
}

// around are the portions that should be there to look at a place, the most urgent first, as far as they are not.
func (b *blocks) around(offset int64) []int64 {
	at := numberOf(offset)
	var want []int64
	for _, n := range []int64{at, at + 1, at - 1} {
		if n >= 0 && !b.has(n) && (!b.known || n*files.PortionSize < b.size || n == 0) {
			want = append(want, n)
		}
	}
	return want
}
