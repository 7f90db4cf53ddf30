package stream

import (
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/url"
	"strings"
	"time"

	corev1 "k8s.io/api/core/v1"
	utilnet "k8s.io/apimachinery/pkg/util/net"
	remotecommandconsts "k8s.io/apimachinery/pkg/util/remotecommand"
	"k8s.io/client-go/rest"
	"k8s.io/client-go/tools/remotecommand"
	clientspdy "k8s.io/client-go/transport/spdy"
	"k8s.io/streaming/pkg/httpstream"
	"k8s.io/streaming/pkg/httpstream/spdy"

	"github.com/dayfly-k8s/dayfly/kube"
)

// spdyPing is how often the other side is asked for a sign of life, as client-go does.
const spdyPing = 5 * time.Second

// overSPDY is client-go's executor over a connection of the link's.
func (l *link) overSPDY(config *rest.Config, at *url.URL) (remotecommand.Executor, error) {
	tls, err := rest.TLSConfigFor(config)
	if err != nil {
		return nil, err
	}
	proxy := config.Proxy
	if proxy == nil {
		proxy = utilnet.NewProxierWithNoProxyCIDR(http.ProxyFromEnvironment)
	}
	protocols := new(http.Protocols)
	protocols.SetHTTP1(true)
	opener := &spdyOpener{link: l, transport: &http.Transport{
		DialContext: l.dial, Proxy: proxy, TLSClientConfig: tls, Protocols: protocols,
		TLSHandshakeTimeout: dialPatience, ResponseHeaderTimeout: openPatience,
		DisableKeepAlives: true, DisableCompression: true, // one connection, used once
	}, exec: strings.HasSuffix(at.Path, "/exec")}
	wrapped, err := rest.HTTPWrappersForConfig(config, opener)
	if err != nil {
		return nil, err
	}
	kept := keepsRefusal{wrapped, l}
	return remotecommand.NewSPDYExecutorForTransports(kept, clientspdy.NewUpgraderForStreaming(opener), http.MethodPost, at)
}

// keepsRefusal keeps the error of a request that is not gone on with. client-go makes text of it.
type keepsRefusal struct {
	next http.RoundTripper
	link *link
}

func (k keepsRefusal) RoundTrip(r *http.Request) (*http.Response, error) {
	response, err := k.next.RoundTrip(r)
	if errors.Is(err, kube.ErrRefused) {
		k.link.refuse(err)
	}
	return response, err
}

// spdyOpener takes the place of the round tripper for SPDY, which either dials by itself or knows no proxies, and cannot be
// hurried while it waits for an answer.
type spdyOpener struct {
	link      *link
	transport *http.Transport
	exec      bool               // how it ended is told at its end
	opened    io.ReadWriteCloser // the connection, once the server has switched
	refusal   error              // why it has not
}

// RoundTrip asks the server to switch. It takes the connection out of the answer, whose body is closed by whoever reads it.
func (s *spdyOpener) RoundTrip(r *http.Request) (*http.Response, error) {
	r = r.Clone(r.Context())
	r.Header.Set(httpstream.HeaderConnection, httpstream.HeaderUpgrade)
	r.Header.Set(httpstream.HeaderUpgrade, spdy.HeaderSpdy31)
	response, err := s.transport.RoundTrip(r)
	if err != nil {
		return nil, err
	}
	if s.refusal = nil; response.StatusCode != http.StatusSwitchingProtocols {
		s.refusal = refusalOf(response)
		_ = response.Body.Close()
		response.Body = http.NoBody
		return response, nil
	}
	stream, ok := response.Body.(io.ReadWriteCloser)
	if !ok || !strings.EqualFold(response.Header.Get(httpstream.HeaderUpgrade), spdy.HeaderSpdy31) {
		_ = response.Body.Close() // nothing that we understand
		s.refusal = &answerError{
			code: response.StatusCode, words: fmt.Sprintf("switched to the protocol %q, not to %s", response.Header.Get(httpstream.HeaderUpgrade), spdy.HeaderSpdy31),
		}
		response.Body = http.NoBody
		return response, nil
	}
	s.opened, response.Body = stream, http.NoBody
	return response, nil
}

// NewConnection makes streams of the connection, or tells why there is none: what RoundTrip returns client-go makes a text of.
func (s *spdyOpener) NewConnection(response *http.Response) (httpstream.Connection, error) {
	if s.refusal != nil {
		return nil, s.refusal
	}
	s.link.opened()
	conn, err := spdy.NewClientConnectionWithPings(&spdyConn{Conn: s.link.monitor(), stream: s.opened}, spdyPing)
	if err != nil {
		return nil, err
	}
	conn = hastyConn{conn, s.link.prove}
	if s.exec && tellsSuccess(response.Header.Get(httpstream.HeaderProtocolVersion)) {
		return statusConn{conn}, nil
	}
	return conn, nil
}

// hastyConn does not wait half a minute for a stream on a connection that has gone.
type hastyConn struct {
	httpstream.Connection
	prove func() // is called when the other side has opened a stream
}

func (c hastyConn) CreateStream(headers http.Header) (httpstream.Stream, error) {
	type created struct {
		stream httpstream.Stream
		err    error
	}
	done := make(chan created, 1)
	headers = headers.Clone() // the caller goes on to change it
	go func() {
		stream, err := c.Connection.CreateStream(headers)
		done <- created{stream, err}
	}()
	select {
	case d := <-done:
		if d.err == nil {
			c.prove()
		}
		return d.stream, d.err
	case <-c.CloseChan():
	}
	const still = 500 * time.Millisecond // for an answer that has come before the end
	timer := time.NewTimer(still)
	defer timer.Stop()
	select {
	case d := <-done:
		if d.err == nil {
			c.prove()
		}
		return d.stream, d.err
	case <-timer.C:
		return nil, io.ErrUnexpectedEOF
	}
}

// tellsSuccess knows the protocols in which a good end is told as well.
func tellsSuccess(protocol string) bool {
	return protocol == remotecommandconsts.StreamProtocolV4Name || protocol == remotecommandconsts.StreamProtocolV5Name
}

// statusConn tells a connection that has gone from a command's good end: client-go takes a status that never came for success.
type statusConn struct{ httpstream.Connection }

func (c statusConn) CreateStream(headers http.Header) (httpstream.Stream, error) {
	stream, err := c.Connection.CreateStream(headers)
	if err != nil || headers.Get(corev1.StreamType) != corev1.StreamTypeError {
		return stream, err
	}
	return &statusStream{Stream: stream}, nil
}

// statusStream must not end before something has come.
type statusStream struct {
	httpstream.Stream
	told bool
}

func (s *statusStream) Read(b []byte) (int, error) {
	n, err := s.Stream.Read(b)
	s.told = s.told || n > 0
	if errors.Is(err, io.EOF) && !s.told {
		err = io.ErrUnexpectedEOF
	}
	return n, err
}

// spdyConn is a connection whose bytes go through the TLS and the buffer of the transport that has opened it.
type spdyConn struct {
	net.Conn
	stream io.ReadWriteCloser
}

func (c *spdyConn) Read(b []byte) (int, error)  { return c.stream.Read(b) }
func (c *spdyConn) Write(b []byte) (int, error) { return c.stream.Write(b) }
func (c *spdyConn) Close() error                { return c.stream.Close() }
