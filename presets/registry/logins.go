package registry

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"time"

	"github.com/google/go-containerregistry/pkg/authn"
	"github.com/google/go-containerregistry/pkg/name"
)

// patienceOfHelper is how long credentials are waited for.
const patienceOfHelper = 3 * time.Second

var errSlowHelper = errors.New("no answer from the credential helper")

// logins reads a person's credentials, those of each host one at a time; the zero value is ready. A credential helper is a program
// that may wait for a person, and cannot be told to stop: only one goroutine a host is ever left with it.
type logins struct {
	mu    sync.Mutex
	turns map[string]chan struct{} // full while the credentials of a host are being read
}

func (l *logins) turn(host string) chan struct{} {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.turns == nil {
		l.turns = map[string]chan struct{}{}
	}
	if l.turns[host] == nil {
		l.turns[host] = make(chan struct{}, 1)
	}
	return l.turns[host]
}

// resolve is who a repository is asked as. They are not shared, since two repositories of a host may have different ones.
func (l *logins) resolve(ctx context.Context, keychain authn.Keychain, repository name.Repository) (authn.Authenticator, *authn.AuthConfig, error) {
	type result struct {
		who    authn.Authenticator
		config *authn.AuthConfig
		err    error
	}
	ctx, cancel := context.WithTimeoutCause(ctx, patienceOfHelper, errSlowHelper)
	defer cancel()
	turn := l.turn(repository.RegistryStr())
	select {
	case turn <- struct{}{}:
	case <-ctx.Done():
		return nil, nil, context.Cause(ctx)
	}
	results := make(chan result, 1)
	go func() {
		defer func() { <-turn }()
		who, err := authn.Resolve(ctx, keychain, repository)
		if err != nil {
			results <- result{err: err}
			return
		}
		config, err := authn.Authorization(ctx, who)
		results <- result{who, config, err}
	}()
	select {
	case r := <-results:
		return r.who, r.config, r.err
	case <-ctx.Done():
		return nil, nil, context.Cause(ctx)
	}
}

// loginHint says why the credentials are missing. The text of err may hold them.
func loginHint(err error) string {
	if errors.Is(err, errSlowHelper) {
		return fmt.Sprintf("your docker credential helper did not answer in %v: is it waiting for you elsewhere? ", patienceOfHelper)
	}
	return "your docker credentials could not be read: is the credential helper installed? "
}
