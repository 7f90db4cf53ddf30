package tables

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"

	"github.com/go-json-experiment/json/jsontext"
	apierrors "k8s.io/apimachinery/pkg/api/errors"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"

	"github.com/dayfly-k8s/dayfly/kube"
)

// ErrorEvent is the kind of the event by which a watch says that it cannot go on: see [EventError].
const ErrorEvent = "ERROR"

// ReadEvent reads one event of a watch. The object is good until the next one is read.
func ReadEvent(d *jsontext.Decoder) (kind string, object jsontext.Value, err error) {
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

// EventError is what the object of an [ErrorEvent] says, as [kube.Keep] wants it.
func EventError(object []byte) error {
	var status metav1.Status
	if err := json.Unmarshal(object, &status); err != nil {
		return fmt.Errorf("read the watch's error: %w", err)
	}
	return kube.WatchError(&apierrors.StatusError{ErrStatus: status})
}

// StreamEnd tells the ordinary end of a watch, which the server brings about every few minutes, from a broken one.
func StreamEnd(err error) error {
	if errors.Is(err, io.EOF) {
		return nil
	}
	return err
}
