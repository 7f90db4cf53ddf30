package api

import (
	"context"
	"io"
	"net/http"

	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/util/remotecommand"
	"k8s.io/streaming/pkg/httpstream/wsstream"

	"github.com/dayfly-k8s/dayfly/kube/practice/streams"
)

// openWebSocket upgrades a connection to channels over a WebSocket. When the client is gone it calls left.
func openWebSocket(_ context.Context, left func(), w *wire, r *http.Request, o streamOptions) (*conversation, error) {
	channels := make([]wsstream.ChannelType, 5)
	channels[remotecommand.StreamStdIn] = channel(o.stdin, wsstream.ReadChannel)
	channels[remotecommand.StreamStdOut] = channel(o.stdout, wsstream.WriteChannel)
	channels[remotecommand.StreamStdErr] = channel(o.stderr, wsstream.WriteChannel)
	channels[remotecommand.StreamErr] = wsstream.WriteChannel
	channels[remotecommand.StreamResize] = wsstream.ReadChannel
	conn := wsstream.NewConn(map[string]wsstream.ChannelProtocolConfig{
		remotecommand.StreamProtocolV5Name: {Binary: true, Channels: channels},
		remotecommand.StreamProtocolV4Name: {Binary: true, Channels: channels},
	})
	protocol, opened, err := conn.Open(w, r)
	if err != nil {
		return nil, err
	}
	c := &conversation{
		relayed: protocol == remotecommand.StreamProtocolV5Name,
		tell:    func(status *metav1.Status) error { return sendMessage(opened[remotecommand.StreamErr], status) },
		close:   func() { _ = conn.Close() },
	}
	c.streams.TTY = o.tty
	if o.stdin {
		c.streams.Stdin = opened[remotecommand.StreamStdIn]
	}
	if o.stdout {
		c.streams.Stdout = opened[remotecommand.StreamStdOut]
	}
	if o.stderr {
		c.streams.Stderr = opened[remotecommand.StreamStdErr]
	}
	resize := opened[remotecommand.StreamResize]
	var sizes chan streams.Size
	if o.tty {
		sizes = make(chan streams.Size, 1)
		c.streams.Resize = sizes
	}
	go func() {
		defer left() // the end of the sizes is that of the connection, also without a terminal
		if o.tty {
			readSizes(resize, sizes)
		}
		_, _ = io.Copy(io.Discard, resize)
	}()
	return c, nil
}

func channel(wanted bool, kind wsstream.ChannelType) wsstream.ChannelType {
	if wanted {
		return kind
	}
	return wsstream.IgnoreChannel
}
