package stream

import (
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"slices"
	"time"

	gorilla "github.com/gorilla/websocket"
	"k8s.io/client-go/rest"
	"k8s.io/client-go/tools/remotecommand"
	"k8s.io/client-go/transport"
	"k8s.io/client-go/transport/websocket"
	"k8s.io/streaming/pkg/httpstream/wsstream"
)

// overWebSocket is client-go's executor over a connection of the link's.
func (l *link) overWebSocket(config *rest.Config, at *url.URL) (remotecommand.Executor, error) {
	config = rest.CopyConfig(config)
	config.WrapTransport = transport.Wrappers(func(next http.RoundTripper) http.RoundTripper {
		if origin, ok := next.(*websocket.RoundTripper); ok {
			return &socketOpener{origin: origin, link: l}
		}
		return next
	}, config.WrapTransport) // ours is the innermost: the guard stays before it
	// WebSocket opens with GET: RFC 6455, section 4.1.
	return remotecommand.NewWebSocketExecutor(config, http.MethodGet, at.String())
}

// socketOpener takes the place of client-go's round tripper, which has no room for a dialer of ours.
type socketOpener struct {
	origin *websocket.RoundTripper // knows TLS and proxies, and takes the connection
	link   *link
}

// RoundTrip opens the WebSocket, with what the original would ask for and the errors that it would give.
func (s *socketOpener) RoundTrip(r *http.Request) (*http.Response, error) {
	if r.Body != nil {
		_ = r.Body.Close() // there is nothing in it
	}
	ctx, at, header := r.Context(), *r.URL, r.Header.Clone()
	protocols := header[wsstream.WebSocketProtocolHeader]
	delete(header, wsstream.WebSocketProtocolHeader)
	size := s.origin.DataBufferSize() + 1024 // it reads a message whole, with the number of its stream
	dialer := gorilla.Dialer{
		NetDialContext: s.link.dial, Proxy: s.origin.Proxier, TLSClientConfig: s.origin.TLSConfig,
		Subprotocols: protocols, ReadBufferSize: size, WriteBufferSize: size, HandshakeTimeout: openPatience,
	}
	scheme, known := map[string]string{"https": "wss", "http": "ws"}[r.URL.Scheme]
	if !known {
		return nil, fmt.Errorf("unknown url scheme: %s", r.URL.Scheme)
	}
	at.Scheme = scheme
	conn, response, err := dialer.DialContext(ctx, at.String(), header)
	switch {
	case errors.Is(err, gorilla.ErrBadHandshake) && response != nil:
		defer func() { _ = response.Body.Close() }()
		return nil, refusalOf(response)
	case err != nil:
		return nil, err
	case !slices.Contains(protocols, conn.Subprotocol()):
		_ = conn.Close() // nothing has been sent
		return nil, &answerError{code: response.StatusCode, words: fmt.Sprintf("switched to the protocol %q, not to %s", conn.Subprotocol(), protocols[0])}
	}
	s.origin.Conn = conn
	s.link.opened()
	// client-go sends its first ping 5 s later. The answer to this one tells that the other side speaks WebSocket.
	_ = conn.WriteControl(gorilla.PingMessage, nil, time.Now().Add(time.Second))
	return response, nil
}
