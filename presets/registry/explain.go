package registry

import (
	"context"
	"crypto/tls"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"strings"
	"syscall"
	"time"

	"github.com/dayfly-k8s/dayfly/kube"
)

// advice ends every hint: a look is not a wall.
const advice = "; the node may still be able to pull it"

// problem makes one of what is wrong at the host, and the way on.
func (q question) problem(kind Kind, cause error, why, hint string) *Problem {
	return &Problem{Kind: kind, Problem: kube.Problem{Message: "look at " + brief(q.image) + ": " + why, Hint: hint + advice, Err: cause}}
}

func invalid(err error) error {
	p := &Problem{Kind: Invalid, Problem: kube.Problem{Message: err.Error(), Err: err}}
	var wrong *SyntaxError
	if errors.As(err, &wrong) {
		p.Message, p.Hint = fmt.Sprintf("image %q: %s (at character %d)", brief(wrong.Text), wrong.Problem, wrong.character()), wrong.Hint
	}
	return p
}

// explain makes a Problem of what went wrong, or gives context.Canceled as it is. What a library says is not repeated, since it
// holds addresses with signatures and answers with tokens.
func (q question) explain(err error) error {
	if errors.Is(err, context.Canceled) {
		return context.Canceled
	}
	host := brief(q.host)
	if p := q.ofNetwork(host, err); p != nil {
		return p
	}
	var refusal *refusalError
	var platform *platformError
	var other *notImageError
	switch {
	case errors.As(err, &refusal):
		return q.refused(host, refusal)
	case errors.As(err, &platform):
		return q.wrongPlatform(platform)
	case errors.As(err, &other):
		return q.problem(NotAnImage, other, "this name refers to "+other.what, "use another image")
	case errors.Is(err, errNotImages):
		return q.problem(NotAnImage, errNotImages, "this name refers to a list without an image", "use another image")
	case errors.Is(err, errDigest):
		return q.problem(Broken, errDigest, host+" sent content that does not match the digest", "the registry or a cache in front of it is damaged: try again, or use another image")
	case errors.Is(err, errTooLarge):
		return q.problem(NotARegistry, errTooLarge, fmt.Sprintf("%s sent more than the %d MB that an image description may have", host, maxBody>>20), "use another image")
	case errors.Is(err, errWebPage):
		return q.problem(NotARegistry, errWebPage, host+" answered with a web page", "check for a login page in between, or a wrong host; or use another registry")
	case errors.Is(err, errPlain):
		return q.problem(Untrusted, errPlain, host+" speaks plain HTTP, which dayfly uses only on this machine and never with credentials", "use its https address")
	}
	return q.problem(NotARegistry, errNoAnswer, host+" does not respond like a registry", "check the host; a web server or a proxy may be answering instead")
}

// refused explains an answer that says no.
func (q question) refused(host string, e *refusalError) *Problem {
	words := ""
	if e.words != "" {
		words = ": " + e.words
	}
	switch {
	case len(e.missing) > 0:
		p := q.problem(NotFound, e, host+" does not know the "+plural("package", e.missing), "check the spelling at search.nixos.org, or leave it out")
		p.Missing = e.missing
		return p
	case e.status == http.StatusUnauthorized, e.status == http.StatusForbidden:
		return q.problem(Denied, e, host+" does not let you read it: it may be private, or not there"+words, "check the name, or log in with "+login(host))
	case e.handshake && e.status < 500:
		return q.problem(NotARegistry, e, fmt.Sprintf("%s does not respond like a registry (%d %s)", host, e.status, http.StatusText(e.status)),
			"check the host; a web server or a proxy may be answering instead")
	case e.status == http.StatusNotFound:
		return q.problem(NotFound, e, q.absent(host, e)+words, "check the name and the tag")
	case e.status == http.StatusInternalServerError && q.builds() && !e.handshake:
		return q.problem(BuildFailed, e, host+" could not build it"+words,
			"a package may be broken, unfree, or slow to build: leave one out")
	}
	return q.problem(Broken, e, fmt.Sprintf("%s reports a server error (%d %s)%s", host, e.status, http.StatusText(e.status), words), "try again later")
}

func login(host string) string {
	if host == "docker.io" {
		return "docker login"
	}
	return "docker login " + host
}

// absent says what of an image is not there.
func (q question) absent(host string, e *refusalError) string {
	reference, err := ParseReference(q.image)
	switch {
	case err != nil || strings.Contains(e.codes, "NAME_UNKNOWN"):
		return host + " has no such image"
	case reference.Digest() != "":
		return host + " does not have this digest"
	}
	return fmt.Sprintf("%s has no such image with tag %s", host, brief(reference.identifier()))
}

func (q question) wrongPlatform(e *platformError) *Problem {
	var names []string
	for _, p := range e.platforms {
		names = append(names, p.String())
	}
	hint := "use another image"
	if q.builds() {
		hint = "compose it with arm64 for arm64 nodes, and without for amd64"
	}
	p := q.problem(WrongPlatform, e, fmt.Sprintf("it is for %s, the node is %s", brief(strings.Join(names, ", ")), q.platform), hint)
	p.Platforms = e.platforms
	return p
}

// throttled is the problem of being told to wait.
func (q question) throttled(wait time.Duration) *Problem {
	seconds := int64((wait + time.Second - 1) / time.Second)
	span := fmt.Sprintf("%d s", seconds)
	if seconds > 180 {
		span = fmt.Sprintf("%d min", (seconds+59)/60)
	}
	hint := "wait, use another registry, or add the container anyway"
	if q.host == "docker.io" {
		hint = "docker login raises the limit; or wait, or add the container anyway"
	}
	p := q.problem(Throttled, &throttleError{after: wait}, brief(q.host)+" allows no more requests for "+span, hint)
	p.RetryAfter = wait
	return p
}

// isOfNetwork tells what went wrong on the way from what a registry has said.
func isOfNetwork(err error) bool {
	return errors.Is(err, context.Canceled) || (question{}).ofNetwork("", err) != nil
}

// isPlain reports whether a server does not speak TLS.
func isPlain(err error) bool {
	var header tls.RecordHeaderError
	return errors.As(err, &header) || strings.Contains(err.Error(), "server gave HTTP response to HTTPS client")
}

// ofNetwork explains what went wrong on the way; nil if nothing did.
func (q question) ofNetwork(host string, err error) *Problem {
	var throttle *throttleError
	var proxy *proxyError
	var way *net.OpError
	var dns *net.DNSError
	var certificate *tls.CertificateVerificationError
	var timeout net.Error
	if p := q.strangeRealm(host, err); p != nil {
		return p
	}
	switch {
	case errors.As(err, &throttle):
		return q.throttled(throttle.after)
	case errors.As(err, &proxy) && proxy.status == 0:
		return q.problem(Proxy, proxy, "the address of the proxy cannot be read", "check the variables HTTPS_PROXY and HTTP_PROXY")
	case errors.As(err, &proxy):
		return q.problem(Proxy, proxy, fmt.Sprintf("the proxy on the way to %s refuses (%d %s)", host, proxy.status, http.StatusText(proxy.status)),
			"check HTTPS_PROXY and NO_PROXY, and whether the proxy wants a password")
	case errors.As(err, &way) && (way.Op == "proxyconnect" || strings.HasPrefix(way.Op, "socks")):
		return q.problem(Proxy, way, "the proxy on the way to "+host+" cannot be reached", "check HTTPS_PROXY and NO_PROXY")
	case errors.Is(err, errRedirects), strings.Contains(err.Error(), "stopped after 10 redirects"):
		return q.problem(RedirectLoop, errRedirects, host+" redirects in a loop", "a proxy or the registry is misconfigured: use another registry")
	case errors.Is(err, errDowngrade):
		return q.problem(Untrusted, errDowngrade, host+" redirects to plain HTTP, which dayfly does not follow", "use another registry")
	case errors.Is(err, errInward):
		return q.problem(Untrusted, errInward, host+" redirects to a link-local address, which dayfly does not follow", "use another registry")
	case errors.As(err, &certificate):
		return q.problem(Untrusted, certificate, "the certificate of "+host+" is not trusted: "+brief(certificate.Err.Error()),
			"if a proxy inspects TLS, add its certificate to the system's store (SSL_CERT_FILE)")
	case errors.As(err, &dns) && !dns.IsTimeout:
		return q.problem(Unresolved, dns, "the name "+brief(dns.Name)+" cannot be resolved", "check the host name and your VPN")
	case errors.Is(err, syscall.ECONNREFUSED):
		return q.problem(Refused, syscall.ECONNREFUSED, "nothing answers at "+host, "check the host, its port and your VPN")
	case errors.Is(err, syscall.EHOSTUNREACH), errors.Is(err, syscall.ENETUNREACH):
		return q.problem(Refused, syscall.EHOSTUNREACH, "no route to "+host, "check your network and VPN")
	case errors.Is(err, context.DeadlineExceeded), errors.As(err, &timeout) && timeout.Timeout():
		return q.late(host)
	case errors.Is(err, io.EOF), errors.Is(err, io.ErrUnexpectedEOF), errors.Is(err, syscall.ECONNRESET), errors.Is(err, syscall.EPIPE):
		return q.problem(Broken, io.ErrUnexpectedEOF, "the connection to "+host+" broke off twice", "try again, or add the container anyway")
	}
	return nil
}

func (q question) late(host string) *Problem {
	if q.builds() {
		return q.problem(TimedOut, context.DeadlineExceeded, fmt.Sprintf("%s has not answered in %v, it may still be building", host, q.patience()),
			"look again in a minute, or leave out what takes long")
	}
	return q.problem(TimedOut, context.DeadlineExceeded, fmt.Sprintf("no answer from %s in %v", host, q.patience()), "check your VPN, or add the container anyway")
}

func plural(noun string, names []string) string {
	if len(names) == 1 {
		return noun + " " + names[0]
	}
	return noun + "s " + brief(strings.Join(names, ", "))
}

// strangeRealm explains a realmError; nil for another.
func (q question) strangeRealm(host string, err error) *Problem {
	var realm *realmError
	if !errors.As(err, &realm) {
		return nil
	}
	to := brief(realm.host)
	return q.problem(Untrusted, realm, host+" asks for your login to be sent to "+to+"; dayfly did not send it",
		"if "+to+" belongs to it, allow it in config.yaml: registries: {realms: ["+to+"]}")
}
