// Package registry looks at images before they are put into a pod: it reads their names, replaces their registries by
// the ones of the person's settings, and asks a registry what an image is. An answer is advice: the node that will
// pull the image may see another network, other mirrors and other credentials.
//
// A [Registry] lives as long as the program, and remembers. A look costs up to four requests: the handshake, the
// manifest, the one of the platform behind an index, and the configuration; no layer is ever read.
package registry

import (
	"context"
	"errors"
	"net/http"
	"time"

	"github.com/google/go-containerregistry/pkg/authn"
)

// Options of a Registry; the zero value is the person's proxies and docker credentials.
type Options struct {
	Transport http.RoundTripper
	Keychain  authn.Keychain // nil: the docker credentials, but none at all with a Transport of one's own, which may lead anywhere
	Now       func() time.Time
	// Nixery are the hosts besides nixery.dev that build an image when they are asked for it, which takes a while; those of mirrors have
	// the beginning of a path: registry.corp/nixery.
	Nixery []string
	// Realms are hosts that may be told the credentials of any registry that names them, besides its own.
	Realms []string
}

// Registry asks registries, and remembers what they said. It may be used by several goroutines.
type Registry struct {
	transport http.RoundTripper
	keychain  authn.Keychain
	now       func() time.Time
	nixery    []string
	realms    []string
	memory    memory
	logins    logins
}

// New makes a Registry. It reads nothing yet.
func New(o Options) *Registry {
	r := &Registry{
		transport: aware(o.Transport), keychain: o.Keychain, now: o.Now, realms: o.Realms,
		nixery: []string{nixeryDev}, memory: newMemory(),
	}
	for _, prefix := range o.Nixery {
		r.nixery = append(r.nixery, hub(prefix))
	}
	if r.keychain == nil {
		r.keychain = authn.NewMultiKeychain()
		if o.Transport == nil {
			r.keychain = dockerKeychain{}
		}
	}
	if r.now == nil {
		r.now = time.Now
	}
	return r
}

// Look asks the registry of an image what it is, for the platform of the node: an empty OS is linux, an empty Arch is
// whichever there is. It takes at most 20 seconds, or two minutes when Nixery may be building. Meanwhile news, which may be nil,
// is called from this goroutine with what is going on: "asking nixery.dev", "building…". Several looks at one image at a
// time are one request, which ends when the last of them is cancelled.
//
// An error is a *[Problem], or context.Canceled as it is.
func (r *Registry) Look(ctx context.Context, image string, p Platform, news func(string)) (Image, error) {
	if errors.Is(ctx.Err(), context.Canceled) {
		return Image{}, ctx.Err()
	}
	reference, err := ParseReference(image)
	if err != nil {
		return Image{}, invalid(err)
	}
	if p.OS == "" {
		p.OS = "linux"
	}
	q := question{image: image, host: reference.Domain(), platform: p, nixery: r.nixeryOf(reference)}
	f, known := r.memory.join(q, r.now(), func() *flight { return r.start(ctx, q, reference) })
	if f == nil {
		return known.image, known.err
	}
	return r.wait(ctx, q, f, news)
}

// nixeryOf is the Nixery that an image is of, if it is of one.
func (r *Registry) nixeryOf(reference Reference) string {
	best := ""
	for _, prefix := range r.nixery {
		if prefix != "" && under(reference.Name(), prefix) && len(prefix) > len(best) {
			best = prefix
		}
	}
	return best
}

// start asks in a goroutine of its own, since whoever asked first may leave before the others.
func (r *Registry) start(ctx context.Context, q question, reference Reference) *flight {
	shared, cancel := context.WithTimeout(context.WithoutCancel(ctx), q.patience())
	f := &flight{cancel: cancel, done: make(chan struct{})}
	go func() {
		defer cancel()
		image, err := r.ask(shared, q, reference)
		f.answer = answer{image: image, err: err}
		r.memory.land(q, f, r.now())
		close(f.done)
	}()
	return f
}

// wait is what one look does while the request is on its way.
func (r *Registry) wait(ctx context.Context, q question, f *flight, news func(string)) (Image, error) {
	if news == nil {
		news = func(string) {}
	}
	news("asking " + brief(q.host))
	var building <-chan time.Time
	if q.builds() {
		timer := time.NewTimer(buildsAfter)
		defer timer.Stop()
		building = timer.C
	}
	for {
		select {
		case <-f.done:
			return f.answer.image, f.answer.err
		case <-building:
			news("building…")
		case <-ctx.Done():
			r.memory.leave(q, f)
			if errors.Is(ctx.Err(), context.Canceled) {
				return Image{}, ctx.Err()
			}
			return Image{}, q.explain(ctx.Err())
		}
	}
}
