package main

import (
	"fmt"
	"io"
	"net"
	"net/url"
	"path/filepath"
	"sync/atomic"

	"k8s.io/client-go/tools/clientcmd"
)

// proxy stands between a program and the API server and counts the bytes that pass, encrypted as they are.
type proxy struct {
	listener   net.Listener
	target     string
	kubeconfig string
	sent, got  atomic.Int64 // to and from the API server
}

// newProxy writes a kubeconfig that leads through it. The caller must close it.
func (l *lab) newProxy() (*proxy, error) {
	config, err := clientcmd.LoadFromFile(l.kubeconfig)
	if err != nil {
		return nil, fmt.Errorf("read the kubeconfig: %w", err)
	}
	here := config.Clusters[config.Contexts[config.CurrentContext].Cluster]
	server, err := url.Parse(here.Server)
	if err != nil {
		return nil, fmt.Errorf("read the kubeconfig: %w", err)
	}
	p := &proxy{target: server.Host, kubeconfig: filepath.Join(l.folder, "through-proxy")}
	if server.Port() == "" {
		p.target = net.JoinHostPort(server.Hostname(), "443")
	}
	if p.listener, err = net.Listen("tcp", "127.0.0.1:0"); err != nil {
		return nil, fmt.Errorf("listen for the proxy: %w", err)
	}
	if here.TLSServerName == "" {
		here.TLSServerName = server.Hostname()
	}
	server.Host = p.listener.Addr().String()
	here.Server = server.String()
	if err := clientcmd.WriteToFile(*config, p.kubeconfig); err != nil {
		return nil, fmt.Errorf("write the proxy's kubeconfig: %w", err)
	}
	go p.serve()
	return p, nil
}

func (p *proxy) serve() {
	for {
		client, err := p.listener.Accept()
		if err != nil {
			return
		}
		go p.join(client)
	}
}

// join ends both connections with the first of them.
func (p *proxy) join(client net.Conn) {
	defer client.Close()
	server, err := net.Dial("tcp", p.target)
	if err != nil {
		return
	}
	go func() {
		_, _ = io.Copy(counter{server, &p.sent}, client)
		_ = server.Close()
	}()
	_, _ = io.Copy(counter{client, &p.got}, server)
}

type counter struct {
	io.Writer
	n *atomic.Int64
}

func (c counter) Write(b []byte) (int, error) {
	n, err := c.Writer.Write(b)
	c.n.Add(int64(n))
	return n, err
}
