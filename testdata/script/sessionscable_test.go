package script

import (
	"bytes"
	"errors"
	"io"
	"net"
	"net/url"
	"path/filepath"
	"sync"
	"testing"

	"k8s.io/client-go/tools/clientcmd"
)

// cable is the way to the API server, byte by byte, which can break in more than one way.
type cable struct {
	kubeconfig string // file
	listener   net.Listener
	target     string

	mu    sync.Mutex
	ends  map[*net.TCPConn]bool
	gone  bool          // nothing gets through to the API server any more
	still chan struct{} // closed when bytes pass again; nil: they do
}

func layCable(t *testing.T) *cable {
	t.Helper()
	config, err := clientcmd.LoadFromFile(here.kubeconfig)
	if err != nil {
		t.Fatal(err)
	}
	cluster := config.Clusters[config.Contexts[config.CurrentContext].Cluster]
	server, err := url.Parse(cluster.Server)
	if err != nil {
		t.Fatal(err)
	}
	c := &cable{kubeconfig: filepath.Join(t.TempDir(), "kubeconfig"), target: server.Host, ends: map[*net.TCPConn]bool{}}
	if server.Port() == "" {
		c.target = net.JoinHostPort(server.Host, "443")
	}
	if c.listener, err = net.Listen("tcp", "127.0.0.1:0"); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		c.listener.Close()
		c.cut(false)
		c.breaks()
	})
	if cluster.TLSServerName == "" {
		cluster.TLSServerName = server.Hostname()
	}
	server.Host = c.listener.Addr().String()
	cluster.Server = server.String()
	if err := clientcmd.WriteToFile(*config, c.kubeconfig); err != nil {
		t.Fatal(err)
	}
	go c.serve()
	return c
}

func (c *cable) serve() {
	for {
		near, err := c.listener.Accept()
		if err != nil {
			return
		}
		go func() {
			far, err := net.Dial("tcp", c.target)
			c.mu.Lock()
			gone := c.gone
			c.mu.Unlock()
			if gone && err == nil {
				far.Close()
			}
			if gone || err != nil {
				near.Close()
				return
			}
			c.join(near.(*net.TCPConn), far.(*net.TCPConn))
		}()
	}
}

// join copies both ways until one of them ends.
func (c *cable) join(near, far *net.TCPConn) {
	c.mu.Lock()
	c.ends[near], c.ends[far] = true, true
	c.mu.Unlock()
	var ways sync.WaitGroup
	for to, from := range map[*net.TCPConn]*net.TCPConn{near: far, far: near} {
		ways.Go(func() {
			c.copy(to, from)
			to.Close()
			from.Close()
		})
	}
	ways.Wait()
	c.mu.Lock()
	defer c.mu.Unlock()
	delete(c.ends, near)
	delete(c.ends, far)
}

func (c *cable) copy(to io.Writer, from io.Reader) {
	chunk := make([]byte, 32<<10)
	for {
		n, err := from.Read(chunk)
		c.mu.Lock()
		still := c.still
		c.mu.Unlock()
		if still != nil {
			<-still
		}
		if n > 0 {
			if _, err := to.Write(chunk[:n]); err != nil {
				return
			}
		}
		if err != nil {
			return
		}
	}
}

// cut lets nothing pass any more and tells nobody, or lets it pass again.
func (c *cable) cut(silent bool) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if silent && c.still == nil {
		c.still = make(chan struct{})
	} else if !silent && c.still != nil {
		close(c.still)
		c.still = nil
	}
}

// goes breaks all connections and lets no others be made, or lets them be made again.
func (c *cable) goes(gone bool) {
	c.mu.Lock()
	c.gone = gone
	c.mu.Unlock()
	if gone {
		c.breaks()
	}
}

// breaks resets all connections that there are.
func (c *cable) breaks() {
	c.mu.Lock()
	defer c.mu.Unlock()
	for end := range c.ends {
		_ = end.SetLinger(0) // so that its close is a reset
		_ = end.Close()      // it may have ended
	}
}

// The cable of the tests passes everything on, keeps it while it is cut, and breaks.
func TestCablePassesAndBreaks(t *testing.T) {
	t.Parallel()
	echo, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer echo.Close()
	go func() {
		conn, err := echo.Accept()
		if err == nil {
			_, _ = io.Copy(conn, conn)
		}
	}()
	c := layCable(t)
	c.target = echo.Addr().String()
	conn, err := net.Dial("tcp", c.listener.Addr().String())
	if err != nil {
		t.Fatal(err)
	}
	defer conn.Close()
	c.cut(true)
	if _, err := conn.Write([]byte("words")); err != nil {
		t.Fatal(err)
	}
	c.cut(false)
	back := make([]byte, 5)
	if _, err := io.ReadFull(conn, back); err != nil || !bytes.Equal(back, []byte("words")) {
		t.Fatalf("came back: %q, %v", back, err)
	}
	c.breaks()
	if n, err := conn.Read(back); err == nil || errors.Is(err, io.EOF) {
		t.Errorf("behind a break there are %d bytes more, %v", n, err)
	}
}
