package kube

import (
	"fmt"
	"io"
	"net/http"
)

// How much of an answer is read, unpacked. A server that sends more is broken or hostile, and this machine's memory is not its to fill. The API
// server itself keeps no object larger than a few megabytes.
const (
	boundObject = 8 << 20
	boundList   = 32 << 20  // read whole, as those of events and namespaces are
	boundTable  = 512 << 20 // read row by row: how much is kept of it its reader bounds
	boundStatus = 256 << 10 // of an answer that refuses something
	BoundValue  = 4 << 20   // of one value or row of a table, or event of a watch
)

// bound bounds the body of an answer, by what has been asked for. Streams have no end: who reads a log or a watch bounds its lines and events.
func (s *sentry) bound(r *http.Request, response *http.Response) {
	at, known := Locate(r.URL, s.base)
	streams := r.URL.Query().Get("watch") != "" || known && at.sub == "log"
	most := int64(boundList)
	switch {
	case response.StatusCode == http.StatusSwitchingProtocols:
		return
	case response.StatusCode >= http.StatusBadRequest: // what is left out of it is not missed
		response.Body = cutBody{io.LimitReader(response.Body, boundStatus), response.Body}
		return
	case streams:
		return
	case at.name != "":
		most = boundObject
	case r.Method == http.MethodGet && at.resource == "pods":
		most = boundTable
	}
	response.Body = &boundedBody{ReadCloser: response.Body, left: most, most: most}
}

// cutBody is the beginning of a body.
type cutBody struct {
	io.Reader
	io.Closer
}

// boundedBody is a body that ends with a [*Problem] where it would be longer than is read.
type boundedBody struct {
	io.ReadCloser
	left, most int64
}

func (b *boundedBody) Read(p []byte) (int, error) {
	if b.left < 0 {
		return 0, TooLong("an answer", b.most)
	}
	if int64(len(p)) > b.left+1 { // one more than may come, to tell the end from more
		p = p[:b.left+1]
	}
	n, err := b.ReadCloser.Read(p)
	if b.left -= int64(n); b.left < 0 {
		return n - 1, TooLong("an answer", b.most)
	}
	return n, err
}

// TooLong tells that what a server has sent is not read to its end; most is in bytes.
func TooLong(what string, most int64) *Problem {
	return &Problem{
		What: fmt.Sprintf("the API server sent %s of more than %d MiB, and the rest is not read", what, most>>20),
		Hint: "it, or a proxy before it, may be broken: ask whoever runs the cluster",
		Err:  ErrRefused,
	}
}
