package api

import (
	"bufio"
	"encoding/json"
	"fmt"
	"io"
	"net"
	"net/http"
	"sync"
	"time"
)

const (
	farewell = 10 * time.Second // for a client to take the last bytes
	linger   = time.Second      // for it to hang up then
)

// wire is a response whose connection is taken over, and ends gently then: to close a connection on which something has
// come that nobody has read makes the network throw away what is on its way to the client, which may be the last of the
// output and how it ended.
type wire struct {
	http.ResponseWriter
	conn net.Conn // when it has been taken over
}

// Hijack takes the connection over.
func (w *wire) Hijack() (net.Conn, *bufio.ReadWriter, error) {
	conn, buffer, err := http.NewResponseController(w.ResponseWriter).Hijack()
	if err != nil {
		return nil, nil, fmt.Errorf("take the connection over: %w", err)
	}
	w.conn = conn
	return &gentle{Conn: conn}, buffer, nil
}

// hurry gives the client a last moment to take what is written, so that nothing waits for ever for one that takes nothing.
func (w *wire) hurry() { _ = w.conn.SetWriteDeadline(time.Now().Add(farewell)) }

// abandon closes a connection that was taken over in vain.
func (w *wire) abandon() {
	if w.conn != nil {
		_ = w.conn.Close()
	}
}

// gentle is a connection that says that nothing more comes, and waits for the client to hang up.
type gentle struct {
	net.Conn
	once sync.Once
	err  error
}

func (g *gentle) Close() error {
	g.once.Do(func() {
		if half, ok := g.Conn.(interface{ CloseWrite() error }); ok && half.CloseWrite() == nil {
			_ = g.SetReadDeadline(time.Now().Add(linger))
			_, _ = io.Copy(io.Discard, g.Conn)
		}
		g.err = g.Conn.Close()
	})
	return g.err
}

// sendMessage writes a value in one piece, as a channel's message is one Write.
func sendMessage(w io.Writer, value any) error {
	text, err := json.Marshal(value)
	if err != nil {
		return err
	}
	_, err = w.Write(text)
	return err
}
