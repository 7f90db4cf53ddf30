package stream

import (
	"cmp"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"strings"
	"syscall"
	"time"

	apierrors "k8s.io/apimachinery/pkg/api/errors"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	utilnet "k8s.io/apimachinery/pkg/util/net"

	"github.com/dayfly-k8s/dayfly/kube"
)

// ErrGateway means that the streams to a container were never open: the API server answers, but it, or a proxy or gateway in front of it, passes
// neither WebSocket nor SPDY on. The program in the container is not touched by that.
var ErrGateway = errors.New("neither WebSocket nor SPDY reaches the container")

// attempt is one protocol that was tried, and what has come of it.
type attempt struct {
	protocol string
	err      error
}

// gatewayError is what came of both protocols when nothing came over either.
type gatewayError struct{ tried []attempt }

func (g *gatewayError) Error() string {
	words := make([]string, len(g.tried))
	for i, a := range g.tried {
		words[i] = heardOver(a.err)
	}
	if len(words) > 1 && words[0] == words[1] {
		return fmt.Sprintf("over %s and %s, it %s", g.tried[0].protocol, g.tried[1].protocol, words[0])
	}
	for i, a := range g.tried {
		words[i] = "over " + a.protocol + ", it " + words[i]
	}
	return strings.Join(words, "; ")
}

// Passing reports whether asking again may help ([kube.Passing]): it does not where one of the answers was a refusal.
func (g *gatewayError) Passing() bool {
	for _, a := range g.tried {
		var answer *answerError
		if errors.As(a.err, &answer) && answer.code < http.StatusInternalServerError && answer.code != http.StatusTooManyRequests || stripped(a.err) {
			return false
		}
	}
	return true
}

// heardOver says what the other side has done, as the predicate of a sentence.
func heardOver(err error) string {
	var answer *answerError
	switch text := kube.RootText(err); {
	case errors.As(err, &answer):
		return answer.Error()
	case stripped(err):
		return "removed the Upgrade header from the request"
	case errors.Is(err, errUnanswered), errors.Is(err, errMute):
		return err.Error()
	case kube.IsTimeout(err), strings.Contains(text, "timeout awaiting response headers"):
		return errUnanswered.Error()
	case strings.Contains(text, "error reading from error stream"), strings.Contains(text, "websocket: "):
		if broken(err) {
			return "agreed to switch protocols and then closed the connection"
		}
		return "agreed to switch protocols and then sent something else (" + text + ")"
	case broken(err):
		return "closed the connection without an answer"
	default:
		return "failed: " + text
	}
}

// broken reports whether a connection was closed, or reset.
func broken(err error) bool {
	text := err.Error()
	return errors.Is(err, io.EOF) || errors.Is(err, io.ErrUnexpectedEOF) || errors.Is(err, syscall.ECONNRESET) || errors.Is(err, syscall.EPIPE) ||
		strings.HasSuffix(text, "EOF") || strings.Contains(text, "close 1006") || strings.Contains(text, "connection reset") || strings.Contains(text, "broken pipe")
}

// answerError is an answer to an upgrade that is not of the API server's.
type answerError struct {
	code  int
	words string // its body, or what is wrong with it; may be empty
	page  bool   // the body is a web page
	to    string // the host that it sends us to; may be empty
}

func (a *answerError) Error() string {
	status := fmt.Sprintf("%d %s", a.code, http.StatusText(a.code))
	switch {
	case a.code == http.StatusSwitchingProtocols:
		return a.words
	case a.to != "":
		return "answered " + status + ", to " + a.to
	case a.page:
		return "answered " + status + " with a web page"
	case a.words == "":
		return "answered " + status
	}
	return "answered " + status + ": " + a.words
}

// refusalOf makes an error of the answer of a server that does not switch: the API server's own Status, or what else has answered.
func refusalOf(response *http.Response) error {
	const most = 64 << 10
	body, err := io.ReadAll(io.LimitReader(response.Body, most))
	if status, ok := statusOf(body); ok && err == nil {
		return &apierrors.StatusError{ErrStatus: status}
	}
	answer := &answerError{code: response.StatusCode}
	if to, err := url.Parse(response.Header.Get("Location")); err == nil {
		answer.to = to.Host
	}
	text := strings.TrimSpace(string(body))
	if answer.page = isPage(response.Header.Get("Content-Type"), text); !answer.page {
		const enough = 200 // bytes: a sentence
		answer.words = kube.Sanitize(text[:min(len(text), enough)])
	}
	return answer
}

// isPage knows a web page, which no part of Kubernetes sends.
func isPage(contentType, text string) bool {
	text = strings.ToLower(text[:min(len(text), len("<!doctype html"))])
	return strings.HasPrefix(contentType, "text/html") || strings.HasPrefix(text, "<!doctype html") || strings.HasPrefix(text, "<html")
}

// stripped knows what an API server says to a request to attach that has come without its Upgrade header.
func stripped(err error) bool {
	return apierrors.IsBadRequest(err) && strings.Contains(err.Error(), "Upgrade request required")
}

// gatewayProblem says what was tried, at which server, and what has come of it.
func gatewayProblem(c *kube.Cluster, op string, g *gatewayError) *kube.Problem {
	who := cmp.Or(proxyHost(c), "a gateway or proxy in front of it")
	return &kube.Problem{
		Message: fmt.Sprintf("%s: %s, or %s, does not pass the connection on: %s", op, c.Server, who, kube.Sanitize(kube.WithoutSecrets(g.Error(), c.Config()))),
		Hint: "a gateway or proxy must let upgrades to WebSocket or SPDY through for pods/attach and pods/exec: ask whoever runs it, " +
			"or use a kubeconfig whose server bypasses it",
		Err: errors.Join(ErrGateway, kube.ErrLinkLost, g),
	}
}

// proxyHost names the proxy that leads to the API server; empty: there is none.
func proxyHost(c *kube.Cluster) string {
	proxy := c.Config().Proxy
	if proxy == nil {
		proxy = utilnet.NewProxierWithNoProxyCIDR(http.ProxyFromEnvironment)
	}
	at, err := url.Parse(c.Config().Host)
	if err != nil {
		return ""
	}
	u, err := proxy(&http.Request{URL: at})
	if err != nil || u == nil {
		return ""
	}
	return "the proxy " + kube.Sanitize(u.Host)
}

const (
	dialPatience = 10 * time.Second // for a connection to the API server
	openPatience = 30 * time.Second // for the streams: an API server connects to the node first
)

// statusOf reads a Status.
func statusOf(body []byte) (status metav1.Status, ok bool) {
	err := json.Unmarshal(body, &status)
	return status, err == nil && status.Kind == "Status"
}

// Causes of the end of an attempt.
var (
	errUnanswered = errors.New("gave no answer")
	errMute       = errors.New("agreed to switch protocols and then said nothing")
)
