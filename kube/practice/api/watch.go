package api

import (
	"bytes"
	"context"
	"errors"
	"io"
	"net/http"
	"strconv"
	"time"

	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/runtime"
	"k8s.io/apimachinery/pkg/watch"

	"github.com/dayfly-k8s/dayfly/kube/practice/store"
)

// A real server ends a watch after half an hour to an hour, and tells the version about once a minute.
const (
	watchLasts    = 45 * time.Minute
	bookmarkEvery = time.Minute
)

// watcher is one watch that is being served.
type watcher struct {
	server  *Server
	request request
	options listOptions
	shape   shape
	out     *eventWriter
	version uint64 // all up to here has been told
}

func (s *Server) watch(w http.ResponseWriter, r *http.Request, q request) error {
	options, err := readListOptions(r, q)
	if err != nil {
		return err
	}
	shape, err := s.shape(r, q.resource)
	if err != nil {
		return err
	}
	if shape.form.info.StreamSerializer == nil { // YAML
		return notAcceptable("this media type cannot be streamed")
	}
	if current := s.store.Version(); options.version > current {
		return tooLarge(options.version, current)
	}
	lasts := watchLasts
	if seconds := options.TimeoutSeconds; seconds != nil && *seconds < int64(lasts/time.Second) {
		lasts = time.Duration(*seconds) * time.Second
	}
	ctx, cancel := context.WithTimeout(r.Context(), lasts)
	defer cancel()
	out := newEventWriter(w, shape.form.info)
	watcher := &watcher{server: s, request: q, options: options, shape: shape, out: out, version: options.version}
	if err := watcher.run(ctx); err != nil {
		// The response has begun: an error can only be an event now.
		_ = out.event(watch.Error, statusOf(err))
	}
	return nil
}

// run tells changes until the context ends or the client has gone. An error is one of the API, for the client.
func (x *watcher) run(ctx context.Context) error {
	if x.version == 0 {
		// The list is of now, not of the time when the client has begun to read.
		objects, version := x.server.store.List(x.request.resource.group(), x.request.namespace)
		x.out.flush()
		for _, object := range objects {
			if x.options.matches(x.request.resource, object) && x.tell(watch.Added, object) != nil {
				return nil // the client has gone
			}
		}
		x.version = version
	}
	x.out.flush()
	bookmark := time.NewTicker(bookmarkEvery)
	defer bookmark.Stop()
	for {
		changes, next, err := x.server.store.Since(x.version)
		if err != nil {
			return err
		}
		for _, change := range changes {
			x.version = change.Version
			if kind, object := x.translate(change); object != nil && x.tell(kind, object) != nil {
				return nil // the client has gone
			}
		}
		select {
		case <-ctx.Done():
			return nil
		case <-next:
		case <-bookmark.C:
			if x.options.AllowWatchBookmarks && x.bookmark() != nil {
				return nil // the client has gone
			}
		}
	}
}

// translate makes a change the watch's own: an object that begins to match the selectors is added, one that matches no
// more is deleted. What does not matter to the watch is nil.
func (x *watcher) translate(change store.Change) (watch.EventType, store.Object) {
	q := x.request
	if change.Key.Resource != q.resource.group() || q.namespace != "" && change.Key.Namespace != q.namespace {
		return "", nil
	}
	before := change.Before != nil && x.options.matches(q.resource, change.Before)
	now := change.Type != watch.Deleted && x.options.matches(q.resource, change.Object)
	switch {
	case before && now:
		return watch.Modified, change.Object
	case now:
		return watch.Added, change.Object
	case before && change.Type == watch.Deleted:
		return watch.Deleted, change.Object
	case before: // as it was when it matched, with the version of the change
		last, ok := shallow(change.Before).(store.Object)
		if !ok {
			return "", nil
		}
		last.SetResourceVersion(strconv.FormatUint(change.Version, 10))
		return watch.Deleted, last
	}
	return "", nil
}

func (x *watcher) tell(kind watch.EventType, object store.Object) error {
	answer := x.shape.one(object)
	if table, ok := answer.(*metav1.Table); ok && x.out.told {
		table.ColumnDefinitions = nil
	}
	x.out.told = true
	return x.out.event(kind, x.server.codec.stamped(answer))
}

func (x *watcher) bookmark() error {
	object, ok := x.request.resource.zero.DeepCopyObject().(store.Object)
	if !ok {
		return errors.New("the copy of an object is none")
	}
	object.SetResourceVersion(strconv.FormatUint(x.version, 10))
	return x.tell(watch.Bookmark, object)
}

// eventWriter writes the events of a watch.
type eventWriter struct {
	info    runtime.SerializerInfo
	frames  io.Writer
	control *http.ResponseController
	told    bool // an object has been told
}

func newEventWriter(w http.ResponseWriter, info runtime.SerializerInfo) *eventWriter {
	mediaType := info.MediaType
	if mediaType == runtime.ContentTypeProtobuf {
		mediaType += ";stream=watch"
	}
	w.Header().Set("Content-Type", mediaType)
	w.WriteHeader(http.StatusOK)
	return &eventWriter{info: info, frames: info.StreamSerializer.NewFrameWriter(w), control: http.NewResponseController(w)}
}

func (e *eventWriter) flush() { _ = e.control.Flush() } // a client that has gone is found by the next write

func (e *eventWriter) event(kind watch.EventType, object runtime.Object) error {
	var inner, frame bytes.Buffer
	if err := e.info.Serializer.Encode(object, &inner); err != nil {
		return err
	}
	event := metav1.WatchEvent{Type: string(kind), Object: runtime.RawExtension{Raw: inner.Bytes()}}
	if err := e.info.StreamSerializer.Encode(&event, &frame); err != nil {
		return err
	}
	if _, err := e.frames.Write(frame.Bytes()); err != nil {
		return err
	}
	return e.control.Flush()
}
