package tui

import (
	"io"
	"net"
	"net/url"
	"sync"
	"testing"
)

// wire is the way to an API server: connections are passed on as they are, until it is cut.
type wire struct {
	address string // where it begins
	server  string // where it leads to

	mu       sync.Mutex
	listener net.Listener // nil: cut
	open     map[net.Conn]struct{}
	passing  sync.WaitGroup
	stalled  chan struct{} // what the server says waits until it is closed; nil: it does not wait
}

func newWire(t *testing.T, server string) *wire {
	t.Helper()
	u, err := url.Parse(server)
	if err != nil {
		t.Fatal(err)
	}
	w := &wire{address: "127.0.0.1:0", server: u.Host, open: map[net.Conn]struct{}{}}
	if err := w.mend(""); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = w.cut("") })
	return w
}

func (w *wire) url() string { return "https://" + w.address }

// fix lets connections through, again at the same address.
func (w *wire) mend(string) error {
	w.mu.Lock()
	defer w.mu.Unlock()
	listener, err := net.Listen("tcp", w.address)
	if err != nil {
		return err
	}
	w.listener, w.address = listener, listener.Addr().String()
	w.passing.Go(func() {
		for {
			client, err := listener.Accept()
			if err != nil {
				return
			}
			w.passing.Go(func() { w.pass(client) })
		}
	})
	return nil
}

// stall has what the server says from now on wait for flow.
func (w *wire) stall(string) error {
	w.mu.Lock()
	defer w.mu.Unlock()
	if w.stalled == nil {
		w.stalled = make(chan struct{})
	}
	return nil
}

// flow lets pass what waits.
func (w *wire) flow(string) error {
	w.mu.Lock()
	defer w.mu.Unlock()
	if w.stalled != nil {
		close(w.stalled)
		w.stalled = nil
	}
	return nil
}

// Write is where what a server says may have to wait.
func (o outward) Write(p []byte) (int, error) {
	o.wire.mu.Lock()
	stalled := o.wire.stalled
	o.wire.mu.Unlock()
	if stalled != nil {
		<-stalled
	}
	return o.Conn.Write(p)
}

// outward is the way to a client.
type outward struct {
	net.Conn
	wire *wire
}

// cut ends all connections, and refuses new ones.
func (w *wire) cut(string) error {
	_ = w.flow("")
	w.mu.Lock()
	if w.listener == nil {
		w.mu.Unlock()
		return nil
	}
	err := w.listener.Close()
	w.listener = nil
	for conn := range w.open {
		_ = conn.Close() // it may have ended by itself
	}
	w.mu.Unlock()
	w.passing.Wait()
	return err
}

// hold notes a connection, to be cut; false: it is too late for that.
func (w *wire) hold(conn net.Conn) bool {
	w.mu.Lock()
	defer w.mu.Unlock()
	if w.listener != nil {
		w.open[conn] = struct{}{}
	}
	return w.listener != nil
}

func (w *wire) drop(conn net.Conn) {
	w.mu.Lock()
	defer w.mu.Unlock()
	delete(w.open, conn)
	_ = conn.Close()
}

func (w *wire) pass(client net.Conn) {
	defer w.drop(client)
	server, err := net.Dial("tcp", w.server)
	if err != nil {
		return
	}
	defer w.drop(server)
	if !w.hold(client) || !w.hold(server) {
		return
	}
	var back sync.WaitGroup
	back.Go(func() {
		_, _ = io.Copy(outward{client, w}, server)
		_ = client.Close()
	})
	_, _ = io.Copy(server, client)
	_ = server.Close()
	back.Wait()
}
