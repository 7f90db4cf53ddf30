package registry

import (
	"errors"
	"fmt"
	"net/http"
	"strings"
	"time"

	"github.com/dayfly-k8s/dayfly/kube"
)

// Kind sorts what can go wrong, for screens that offer a way on.
type Kind int

// The kinds of problems.
const (
	Other         Kind = iota // none of these
	Invalid                   // not the name of an image: the cause is a *SyntaxError
	NotFound                  // the registry does not have it; of Nixery, Missing are the packages
	WrongPlatform             // not for the node's platform; Platforms are those there are
	NotAnImage                // something else than a container image is under this name
	BuildFailed               // Nixery could not build it
	Denied                    // credentials are needed, or others
	Throttled                 // too many requests; RetryAfter is how long to wait
	Broken                    // the registry has an error of its own
	NotARegistry              // what answers there is not a registry: a login page, a web server
	Proxy                     // the proxy on the way did not let it through
	RedirectLoop              // sent from one address to the next without end
	Untrusted                 // the certificate is not trusted
	Unresolved                // the name of the host cannot be resolved
	Refused                   // nothing answers at the host
	TimedOut                  // no answer in time
)

// Problem is why a look at an image gave none. It is advice as the answer would have been. The Hint says so.
type Problem struct { //nolint:errname // it is the noun that screens show, as kube.Problem
	Kind Kind
	kube.Problem
	Missing    []string      // packages that Nixery does not have
	RetryAfter time.Duration // how long a throttling registry wants to be left alone
	Platforms  []Platform    // of the image, when none is the node's
}

// As makes [kube.Explain] find the sentences.
func (p *Problem) As(target any) bool {
	if t, ok := target.(**kube.Problem); ok {
		*t = &p.Problem
		return true
	}
	return false
}

var (
	errDigest    = errors.New("the content is not what its digest says")
	errWebPage   = errors.New("a web page")
	errPlain     = errors.New("plain http")
	errNoAnswer  = errors.New("the answer cannot be read")
	errNotImages = errors.New("no image is in it")
)

// refusalError is an answer of a registry that is not a 200.
type refusalError struct {
	status    int
	words     string // cleaned
	codes     string // of the registry's errors: MANIFEST_UNKNOWN
	handshake bool   // before an image was asked for
	webPage   bool
	missing   []string // packages
}

// Error is the status, and the registry's words.
func (e *refusalError) Error() string {
	return strings.TrimSuffix(fmt.Sprintf("%d %s: %s", e.status, http.StatusText(e.status), e.words), ": ")
}
