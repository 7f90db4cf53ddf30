package kube

import (
	"context"
	"regexp"
	"strings"
	"time"
)

// PluginOutput is what credential plugins write to standard error. Its methods may be called from any goroutine.
type PluginOutput interface {
	Text() string // so far
	Take() string // the same, and forgets it
}

// CredentialWait is that requests wait for the credentials of a plugin.
type CredentialWait struct {
	Plugin string        // its name, without its folder
	Waited time.Duration // so far
	Says   []string      // the last lines that it has printed for a person, such as the code to log in with
}

// WaitsForCredentials tells what requests wait for now; false: no plugin has been running for longer than it takes without a person.
func (c *Cluster) WaitsForCredentials() (CredentialWait, bool) {
	const (
		usual = 3 * time.Second
		most  = 12 // lines
	)
	if c.plugin == nil || c.credentials.age() < usual {
		return CredentialWait{}, false
	}
	w := CredentialWait{Plugin: c.plugin.name(), Waited: c.credentials.age()}
	if c.spoken == nil {
		return w, true
	}
	for line := range strings.Lines(c.plain(c.spoken.Text())) {
		if line = strings.TrimSpace(Clean(line)); line != "" {
			w.Says = append(w.Says, line)
		}
	}
	w.Says = w.Says[max(len(w.Says)-most, 0):]
	return w, true
}

// plain is what a plugin says, without its colours and without what is secret in the kubeconfig.
func (c *Cluster) plain(text string) string {
	return WithoutSecrets(regexp.MustCompile(`\x1b\[[0-?]*[ -/]*[@-~]`).ReplaceAllString(text, ""), c.config)
}

// pluginSays is the end of what a credential plugin has said, as the beginning of a hint; it often says how to log in. Empty: nothing.
func (c *Cluster) pluginSays() string {
	if c.spoken == nil {
		return ""
	}
	const most = 300 // characters

	// A screen has colours of its own.
	words := []rune(strings.Join(strings.Fields(Clean(c.plain(c.spoken.Take()))), " "))
	switch {
	case len(words) == 0:
		return ""
	case len(words) > most:
		words = append([]rune("…"), words[len(words)-most:]...)
	}
	return "it says: " + string(words) + "; "
}

// unaryKey is the context key of a function that begins the time of a request: once it has its credentials.
type unaryKey struct{}

// unaryAfterCredentials bounds a request by a time-out that begins when the request has its credentials. Its cause is
// [context.DeadlineExceeded].
func (c *Cluster) unaryAfterCredentials(ctx context.Context, timeout time.Duration) (context.Context, context.CancelFunc) {
	ctx, stop := context.WithCancelCause(ctx)
	timer := time.AfterFunc(c.credentialLimit+timeout, func() { stop(context.DeadlineExceeded) })
	ctx = context.WithValue(ctx, unaryKey{}, func() { timer.Reset(timeout) })
	return ctx, func() {
		timer.Stop()
		stop(nil)
	}
}
