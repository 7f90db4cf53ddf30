package registry

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"io"
	"net/http"
	"net/url"
	"strings"

	"github.com/google/go-containerregistry/pkg/authn"
	"github.com/google/go-containerregistry/pkg/name"
	"github.com/google/go-containerregistry/pkg/v1/remote/transport"
	"github.com/opencontainers/go-digest"
)

// accepted are the kinds of manifests that make an image.
const accepted = "application/vnd.docker.distribution.manifest.v2+json,application/vnd.oci.image.manifest.v1+json," +
	"application/vnd.docker.distribution.manifest.list.v2+json,application/vnd.oci.image.index.v1+json"

// deepestIndex is how many indexes may lie in each other.
const deepestIndex = 3

// conversation is with one registry about one image.
type conversation struct {
	question
	reference Reference
	registry  name.Registry
	guard     *guard
	client    *http.Client
	loginErr  error // why the person's credentials could not be read
}

// ask asks, and explains what went wrong.
func (r *Registry) ask(ctx context.Context, q question, reference Reference) (Image, error) {
	c := &conversation{question: q, reference: reference, guard: &guard{inner: r.transport, now: r.now, registry: reference.Domain(), realms: r.realms}}
	image, err := c.look(ctx, r)
	if err != nil {
		err = c.explain(err)
		var p *Problem
		if errors.As(err, &p) && p.Kind == Denied && c.loginErr != nil {
			p.Hint = loginHint(c.loginErr) + p.Hint
		}
		return Image{}, err
	}
	image.Name = q.image
	return image, nil
}

// look is the conversation.
func (c *conversation) look(ctx context.Context, r *Registry) (Image, error) {
	if image, found := r.memory.known(c.key(c.reference.Digest())); found {
		image.Digest = c.reference.Digest()
		return image, nil
	}
	if err := c.open(ctx, r); err != nil {
		return Image{}, c.inHandshake(err)
	}
	var all []Platform
	var top string
	id := c.reference.identifier()
	for range deepestIndex {
		m, sum, err := c.manifest(ctx, id)
		if err != nil {
			return Image{}, err
		}
		if top == "" {
			top = sum
		}
		if !m.isIndex() {
			image, err := c.described(ctx, r, m, sum)
			if image.Digest = top; len(all) > 0 {
				image.Platforms = all
			}
			return image, err
		}
		chosen, platforms, err := m.choose(c.platform)
		if err != nil {
			return Image{}, err
		}
		if all == nil {
			all = platforms
		}
		id = chosen
		if image, found := r.memory.known(c.key(id)); found {
			if image.Digest = top; len(all) > 0 {
				image.Platforms = all
			}
			return image, nil
		}
	}
	return Image{}, errNotImages
}

// key is under which the image of a manifest is remembered: another repository has to show that it has it.
func (c *conversation) key(sum string) string {
	return c.reference.Name() + "@" + sum + " " + c.platform.String()
}

// described is the image of a manifest, read or remembered.
func (c *conversation) described(ctx context.Context, r *Registry, m manifest, sum string) (Image, error) {
	if image, found := r.memory.known(c.key(sum)); found {
		return image, nil
	}
	image, err := c.image(ctx, m)
	if err != nil {
		return Image{}, err
	}
	r.memory.learn(c.key(sum), image)
	return image, nil
}

// open shakes hands: what the registry wants to know of whoever asks, and the token for it.
func (c *conversation) open(ctx context.Context, r *Registry) error {
	var err error
	if c.registry, err = name.NewRegistry(c.reference.Domain()); err != nil {
		return err
	}
	repository := c.registry.Repo(c.reference.Path())
	who := c.credentials(ctx, r, repository)
	if err := ctx.Err(); err != nil {
		return err
	}
	t, err := transport.NewWithContext(ctx, c.registry, who, transport.NewUserAgent(c.guard, "dayfly"), []string{repository.Scope(transport.PullScope)})
	c.client = &http.Client{Transport: t}
	return err
}

// credentials are the person's for a repository; none when they cannot be read, since most images need none.
func (c *conversation) credentials(ctx context.Context, r *Registry, repository name.Repository) authn.Authenticator {
	who, config, err := r.logins.resolve(ctx, r.keychain, repository)
	if err != nil {
		c.loginErr = err
		return authn.Anonymous
	}
	c.guard.hideAll(config)
	return who
}

// manifest asks for one, and gives its digest.
func (c *conversation) manifest(ctx context.Context, id string) (manifest, string, error) {
	body, err := c.get(ctx, "manifests", id)
	if err != nil {
		return manifest{}, "", err
	}
	var m manifest
	if err := json.Unmarshal(body, &m); err != nil {
		var other *notImageError
		if errors.As(err, &other) {
			return manifest{}, "", other
		}
		return manifest{}, "", unreadable(body)
	}
	if err := m.check(); err != nil {
		return manifest{}, "", err
	}
	if digest.Digest(id).Validate() == nil {
		return m, id, nil
	}
	return m, digest.FromBytes(body).String(), nil
}

// image reads the configuration that belongs to a manifest.
func (c *conversation) image(ctx context.Context, m manifest) (Image, error) {
	body, err := c.get(ctx, "blobs", m.Config.Digest)
	if err != nil {
		return Image{}, err
	}
	var config configuration
	if err := json.Unmarshal(body, &config); err != nil {
		return Image{}, unreadable(body)
	}
	image := config.image()
	image.Size = m.size()
	if c.builds() && image.Shell == "" && hasShell(strings.TrimPrefix(c.reference.Name(), c.nixery+"/")) {
		image.Shell = "/bin/bash"
	}
	if p := image.Platform; p.OS != "" && p.OS != c.platform.OS || p.Arch != "" && c.platform.Arch != "" && p.Arch != c.platform.Arch {
		return Image{}, &platformError{image.Platforms}
	}
	return image, nil
}

// get reads a manifest or a blob; what has a digest is held against it.
func (c *conversation) get(ctx context.Context, kind, id string) ([]byte, error) {
	u := url.URL{Scheme: c.registry.Scheme(), Host: c.registry.RegistryStr(), Path: "/v2/" + c.reference.Path() + "/" + kind + "/" + id}
	request, err := http.NewRequestWithContext(ctx, http.MethodGet, u.String(), nil)
	if err != nil {
		return nil, err
	}
	if kind == "manifests" {
		request.Header.Set("Accept", accepted)
	}
	response, err := c.client.Do(request)
	if err != nil {
		return nil, err
	}
	defer response.Body.Close() //nolint:errcheck // it has been read
	body, err := io.ReadAll(response.Body)
	if err != nil {
		return nil, err
	}
	if response.StatusCode != http.StatusOK {
		return nil, c.refusal(response.StatusCode, body)
	}
	if d := digest.Digest(id); d.Validate() == nil && d.Algorithm().FromBytes(body) != d {
		if isWebPage(body) {
			return nil, errWebPage
		}
		return nil, errDigest
	}
	return body, nil
}

func unreadable(body []byte) error {
	if isWebPage(body) {
		return errWebPage
	}
	return errNoAnswer
}

func isWebPage(body []byte) bool {
	return bytes.HasPrefix(bytes.TrimSpace(bytes.TrimPrefix(body, []byte("\ufeff"))), []byte("<"))
}
