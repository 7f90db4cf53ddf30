package presets

import (
	"context"
	"fmt"
	"maps"
	"os"
	"path/filepath"
	"reflect"
	"strings"
	"time"

	"github.com/fsnotify/fsnotify"
)

// Loaded is what [Load] gives.
type Loaded struct {
	Presets  []Preset
	Mistakes []error
}

// settling is how long more changes are waited for after the first: an editor makes several for one file.
const settling = 100 * time.Millisecond

// Watch loads the presets now, and anew whenever what is in a user's folder has changed; the folder need not exist yet, and
// may go and come back. Only what differs from the time before is sent, and only the latest: nobody has to hurry to receive
// it. The channel is closed when the context ends. An error means that this system cannot watch; the caller loads once.
func Watch(ctx context.Context, folder string) (<-chan Loaded, error) {
	folder, err := filepath.Abs(folder)
	if err != nil {
		return nil, fmt.Errorf("watch the presets: %w", err)
	}
	changes, err := fsnotify.NewWatcher()
	if err != nil {
		return nil, fmt.Errorf("watch the presets in %s: %w", folder, err)
	}
	news := make(chan Loaded)
	w := &watch{folder: folder, changes: changes}
	go w.run(ctx, news)
	return news, nil
}

// watch is a folder under observation.
type watch struct {
	folder  string
	changes *fsnotify.Watcher
	partial map[string]bool // folders of the partial containers that presets name, or what exists above them
	last    Loaded
}

func (w *watch) run(ctx context.Context, news chan<- Loaded) {
	defer close(news)
	defer func() { _ = w.changes.Close() }()
	w.load()
	pending := news // nil: there is nothing to send
	var settled <-chan time.Time
	for {
		select {
		case <-ctx.Done():
			return
		case pending <- w.last:
			pending = nil
		case event, open := <-w.changes.Events:
			if !open {
				return
			}
			if settled == nil && w.concerns(event.Name) {
				settled = time.After(settling)
			}
		case _, open := <-w.changes.Errors: // changes may have been lost
			if !open {
				return
			}
			if settled == nil {
				settled = time.After(settling)
			}
		case <-settled:
			settled = nil
			if w.load() {
				pending = news
			}
		}
	}
}

// load reads everything and tells whether it differs from before. It looks after the folders first, so that nothing can change
// between the reading and the watching.
func (w *watch) load() bool {
	w.follow()
	var now Loaded
	for range 3 { // what has just been found to be watched may have changed before it was
		var sources []string
		now.Presets, now.Mistakes, sources = load(w.folder)
		partial := map[string]bool{}
		for _, source := range sources {
			partial[w.nearest(filepath.Dir(source))] = true
		}
		known := maps.Equal(partial, w.partial)
		w.partial = partial
		if known {
			break
		}
	}
	same := reflect.DeepEqual(now, w.last)
	w.last = now
	return !same
}

// follow watches the folder and the one it is in, or the nearest that exists above them: there the rest will appear.
func (w *watch) follow() {
	_ = w.changes.Add(w.folder)
	w.nearest(filepath.Dir(w.folder))
}

// nearest watches a folder, or the nearest that exists above it, and tells which.
func (w *watch) nearest(folder string) string {
	for ; ; folder = filepath.Dir(folder) {
		if err := w.changes.Add(folder); err == nil || folder == filepath.Dir(folder) {
			return folder
		}
	}
}

// concerns tells a change in one of our folders, or of a folder on the way to them, from what else happens above.
func (w *watch) concerns(name string) bool {
	in := filepath.Dir(name)
	return name == w.folder || in == w.folder || w.partial[in] || strings.HasPrefix(w.folder, name+string(os.PathSeparator))
}
