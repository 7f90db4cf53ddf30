package tables

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"math/rand/v2"
	"strconv"

	"github.com/go-json-experiment/json/jsontext"
	apierrors "k8s.io/apimachinery/pkg/api/errors"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/client-go/rest"

	"github.com/dayfly-k8s/dayfly/kube"
)

// errorEvent is the kind of the event by which a watch says that it cannot go on: see eventError.
const errorEvent = "ERROR"

// readEvent reads one event of a watch. The object is good until the next one is read.
func readEvent(d *jsontext.Decoder) (kind string, object jsontext.Value, err error) {
	event, err := d.ReadValue()
	if err != nil {
		return "", nil, err
	}
	fields := Decoder(bytes.NewReader(event))
	err = EachMember(fields, func(name string) (err error) {
		switch name {
		case "type":
			kind, err = Text(fields)
		case "object":
			object, err = fields.ReadValue()
			object = object.Clone()
		default:
			err = fields.SkipValue()
		}
		return err
	})
	return kind, object, err
}

// eventError is what the object of an errorEvent says, as [kube.Keep] wants it.
func eventError(object []byte) error {
	var status metav1.Status
	if err := json.Unmarshal(object, &status); err != nil {
		return fmt.Errorf("read the watch's error: %w", err)
	}
	return kube.WatchError(&apierrors.StatusError{ErrStatus: status})
}

// Watch reads the events that an API server sends for a request of a list, from a version on, until the stream ends, and returns the version that has been
// reached. opened is called once the server has answered; take gets each event, and returns its version where it has one. The error is as
// [kube.Keep] wants it.
func Watch(ctx context.Context, request *rest.Request, version string, opened func(), take func(kind string, object []byte) (string, error)) (string, error) {
	// The server ends the watch by itself: at different times for different clients, as client-go does it.
	seconds := 300 + rand.IntN(300)
	stream, err := request.Param("watch", "true").Param("allowWatchBookmarks", "true").Param("resourceVersion", version).
		Param("timeoutSeconds", strconv.Itoa(seconds)).Stream(ctx)
	if err != nil {
		return version, kube.WatchError(err)
	}
	defer func() { _ = stream.Close() }()
	opened()
	events := Decoder(stream)
	for {
		kind, object, err := readEvent(events)
		if err != nil {
			return version, streamEnd(err)
		}
		if kind == errorEvent {
			return version, eventError(object)
		}
		reached, err := take(kind, object)
		if err != nil {
			return version, err
		}
		if reached != "" {
			version = reached
		}
	}
}

// streamEnd tells the ordinary end of a watch, which the server brings about every few minutes, from a broken one.
func streamEnd(err error) error {
	if errors.Is(err, io.EOF) {
		return nil
	}
	return err
}
