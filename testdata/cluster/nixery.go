package main

import (
	"context"
	"fmt"
	"net/http"
	"net/http/httputil"
	"net/url"

	"github.com/dayfly-k8s/dayfly/testdata/cluster/images"
)

func (p Place) nixery() Component {
	return Component{Name: nameNixery, Path: p.Bin(nameNixery), Args: []string{
		"--listen=" + p.nixeryAddr(), "--packages=" + p.Run("nixery"),
		"--broken=" + images.BrokenPackage, "--slow=" + images.SlowPackage, "--delay=3s",
	}}
}

// nixeryAddr is for the support daemon only, through which everybody else goes.
func (p Place) nixeryAddr() string { return fmt.Sprintf("127.0.0.1:%d", p.Port(portNixery)) }

// nixeryFolder is the program's source below the repository's root.
const nixeryFolder = "testdata/nixery"

// buildNixery builds it with the requirements of the main module. With a warm build cache it takes a part of a second.
func (p Place) buildNixery(ctx context.Context) error {
	if err := p.goBuild(ctx, ".", "-o", p.Bin(nameNixery), "-ldflags", "-s -w", "./"+nixeryFolder+"/serve"); err != nil {
		return fmt.Errorf("build the registry that composes images: %w", err)
	}
	return nil
}

// forwardNixery hands requests on to it.
func (p Place) forwardNixery() http.Handler {
	return httputil.NewSingleHostReverseProxy(&url.URL{Scheme: "http", Host: p.nixeryAddr()})
}

// startImages starts what has images, and returns how to wait for it.
func (p Place) startImages() (ready func(context.Context) error, err error) {
	nixery, err := p.start(p.nixery())
	if err != nil {
		return nil, err
	}
	support, err := p.start(p.support())
	if err != nil {
		return nil, err
	}
	return func(ctx context.Context) error {
		return support.await(ctx, "image registry", func(ctx context.Context) error {
			select {
			case <-nixery.ended:
				return fmt.Errorf("%s ended:\n%s", nixery.Name, tail(nixery.log, 20))
			default:
				return p.registryAnswers(ctx)
			}
		})
	}, nil
}
