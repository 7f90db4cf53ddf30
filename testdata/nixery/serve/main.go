// Command serve is a Nixery-compatible registry whose packages are folders:
//
//	serve --listen 127.0.0.1:5001 --packages FOLDER [--broken NAMES] [--slow NAMES --delay 3s]
//
// FOLDER/ARCH/PACKAGE is the root of a package for an architecture, amd64 or arm64. A combination with a package that is broken fails
// to build; one with a package that is slow takes the delay, once.
package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"log"
	"net/http"
	"os"
	"slices"
	"strings"
	"time"

	"github.com/dayfly-k8s/dayfly/testdata/nixery"
)

func main() {
	listen := flag.String("listen", "127.0.0.1:5001", "`address` to listen on")
	packages := flag.String("packages", "", "`folder` of ARCH/PACKAGE")
	var b builder
	flag.Func("broken", "`names` of packages that cannot be built, with commas", list(&b.broken))
	flag.Func("slow", "`names` of packages that take the delay, with commas", list(&b.slow))
	flag.DurationVar(&b.delay, "delay", 3*time.Second, "`time` that slow packages take")
	flag.Parse()
	if flag.NArg() > 0 || *packages == "" {
		flag.Usage()
		os.Exit(2)
	}
	shelf := &shelf{folder: *packages}
	server := &http.Server{
		Addr: *listen, ReadHeaderTimeout: 10 * time.Second,
		Handler: logged(nixery.New(nixery.Options{Packages: shelf.find, Build: b.build})),
	}
	log.Fatal(server.ListenAndServe())
}

func list(names *[]string) func(string) error {
	return func(text string) error {
		*names = strings.Split(text, ",")
		return nil
	}
}

// builder plays the building of images.
type builder struct {
	broken, slow []string
	delay        time.Duration
}

func (b *builder) build(ctx context.Context, packages []string) error {
	among := func(names []string) bool {
		return slices.ContainsFunc(packages, func(p string) bool { return slices.Contains(names, p) })
	}
	if among(b.slow) {
		select {
		case <-time.After(b.delay):
		case <-ctx.Done():
			return fmt.Errorf("build: %w", ctx.Err())
		}
	}
	if among(b.broken) {
		return errors.New("build: a package is broken")
	}
	return nil
}

func logged(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		log.Print(r.Method, " ", r.URL)
		next.ServeHTTP(w, r)
	})
}
