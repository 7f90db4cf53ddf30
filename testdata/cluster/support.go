package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"log"
	"net"
	"net/http"
	"os"
	"sync"
	"time"

	"github.com/dayfly-k8s/dayfly/testdata/cluster/images"
)

func (p Place) support() Component {
	return Component{Name: nameSupport, Path: p.Bin(programName), Args: []string{commandSupport, p.Dir}}
}

// runSupport is the daemon at the host's end of the node's link: the image registry, and a door to the API server, which
// itself listens on 127.0.0.1 only. It returns only with an error.
func runSupport(ctx context.Context, p Place) error {
	tools, err := images.Load(ctx, p.Bin("web"), p.Bin("pause"), p.Bin("gdb"))
	if err != nil {
		return err
	}
	catalogue, err := images.Catalogue(tools)
	if err != nil {
		return err
	}
	logger := log.New(io.Discard, "", log.Ltime|log.Lmicroseconds)
	handler, err := images.NewRegistry(catalogue, p.forwardNixery(), logger)
	if err != nil {
		return err
	}
	logger.SetOutput(os.Stderr) // what follows are requests of the node
	api := fmt.Sprintf("%s:%d", p.HostAddr(), p.Port(portAPI))
	door, err := net.Listen("tcp", api)
	if err != nil {
		return fmt.Errorf("door to the API server: %w: is taken by %s", err, portOwner(p.Port(portAPI)))
	}
	server := &http.Server{Addr: p.RegistryAddr(), Handler: handler, ReadHeaderTimeout: 10 * time.Second}
	failed := make(chan error, 2)
	go func() { failed <- server.ListenAndServe() }()
	go func() { failed <- forward(door, fmt.Sprintf("127.0.0.1:%d", p.Port(portAPI))) }()
	logger.Printf("%d images on %s", len(catalogue), p.RegistryAddr())
	return <-failed
}

// forward joins every connection of a listener with one to target.
func forward(listener net.Listener, target string) error {
	for {
		client, err := listener.Accept()
		if errors.Is(err, net.ErrClosed) {
			return err
		} else if err != nil {
			time.Sleep(50 * time.Millisecond) // out of descriptors, most likely
			continue
		}
		go func() {
			defer client.Close()
			server, err := net.Dial("tcp", target)
			if err != nil {
				return
			}
			defer server.Close()
			join(client, server)
		}()
	}
}

// join copies both ways until both have ended, handing on the end of each way.
func join(a, b net.Conn) {
	var both sync.WaitGroup
	oneWay := func(to, from net.Conn) {
		_, _ = io.Copy(to, from)
		if half, ok := to.(*net.TCPConn); ok {
			_ = half.CloseWrite()
		}
	}
	both.Go(func() { oneWay(a, b) })
	both.Go(func() { oneWay(b, a) })
	both.Wait()
}
