package presets

import (
	"context"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/fsnotify/fsnotify"
)

// watched starts a watch and takes its first news.
func watched(t *testing.T, dir string) <-chan Loaded {
	t.Helper()
	news, err := Watch(t.Context(), dir)
	if err != nil {
		t.Fatal(err)
	}
	next(t, news)
	return news
}

func next(t *testing.T, news <-chan Loaded) Loaded {
	t.Helper()
	select {
	case loaded, open := <-news:
		if !open {
			t.Fatal("the watch has ended")
		}
		return loaded
	case <-time.After(20 * time.Second):
		t.Fatal("no news of the presets")
	}
	return Loaded{}
}

// until takes news until they are as wanted: what happens in several steps may be told in several.
func until(t *testing.T, news <-chan Loaded, what string, ok func(Loaded) bool) {
	t.Helper()
	for {
		if loaded := next(t, news); ok(loaded) {
			return
		} else if loaded.Presets == nil {
			t.Fatalf("not even the shipped presets are there while %s is awaited", what)
		}
	}
}

// has reports whether the presets have one of this name and image.
func has(name, image string) func(Loaded) bool {
	return func(l Loaded) bool {
		for _, p := range l.Presets {
			if p.Name == name {
				return p.Image == image
			}
		}
		return image == ""
	}
}

func put(t *testing.T, file, text string) {
	t.Helper()
	if err := os.WriteFile(file, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
}

// Files that are written, changed by renaming another over them, broken, fixed and removed: each is told.
func TestWatch(t *testing.T) {
	dir := folder(t, map[string]string{"a.yaml": "name: first\nimage: a\n"})
	news, err := Watch(t.Context(), dir)
	if err != nil {
		t.Fatal(err)
	}
	if loaded := next(t, news); !has("first", "a")(loaded) || len(loaded.Mistakes) > 0 {
		t.Errorf("at first there are %q, %q", names(loaded.Presets), loaded.Mistakes)
	}
	file := filepath.Join(dir, "b.yaml")
	put(t, file, "name: second\nimage: b\n")
	until(t, news, "the new one", has("second", "b"))

	put(t, file+"~", "name: second\nimage: c\n")
	if err := os.Rename(file+"~", file); err != nil {
		t.Fatal(err)
	}
	until(t, news, "the renamed one", has("second", "c"))

	put(t, file, "name: second\nimge: c\n")
	until(t, news, "the mistake", func(l Loaded) bool {
		return len(l.Mistakes) == 1 && strings.Contains(l.Mistakes[0].Error(), `did you mean "image"?`) && has("first", "a")(l)
	})
	put(t, file, "name: second\nimage: d\n")
	until(t, news, "the mended one", func(l Loaded) bool { return len(l.Mistakes) == 0 && has("second", "d")(l) })

	if err := os.Remove(file); err != nil {
		t.Fatal(err)
	}
	until(t, news, "its removal", has("second", ""))
}

// The folder is made later, in one that is made later, and comes back after it was removed.
func TestWatchAFolderThatIsNotThereYet(t *testing.T) {
	base := t.TempDir()
	dir := filepath.Join(base, "config", "dayfly", "presets")
	news := watched(t, dir)
	for _, image := range []string{"a", "b"} {
		if err := os.MkdirAll(dir, 0o700); err != nil {
			t.Fatal(err)
		}
		put(t, filepath.Join(dir, "mine.yaml"), "name: mine\nimage: "+image+"\n")
		until(t, news, "the preset of the new folder", has("mine", image))
		if err := os.RemoveAll(filepath.Join(base, "config")); err != nil {
			t.Fatal(err)
		}
		until(t, news, "the end of the folder", has("mine", ""))
	}
}

// A partial container that a preset names lies elsewhere, and its changes count too.
func TestWatchAPartialContainer(t *testing.T) {
	dir := folder(t, map[string]string{
		"a.yaml": "name: mine\nimage: a\ncustom: partial/x.yaml\n", "partial/x.yaml": "workingDir: /tmp\n",
	})
	news := watched(t, dir)
	put(t, filepath.Join(dir, "partial/x.yaml"), "workingDr: /\n")
	until(t, news, "its mistake", func(l Loaded) bool { return len(l.Mistakes) == 1 })
	put(t, filepath.Join(dir, "partial/x.yaml"), "workingDir: /\n")
	until(t, news, "its mending", func(l Loaded) bool { return len(l.Mistakes) == 0 && has("mine", "a")(l) })
}

// A partial container that is not there, nor its folder, is news when it comes.
func TestWatchAPartialContainerThatIsNotThereYet(t *testing.T) {
	dir, elsewhere := folder(t, map[string]string{}), t.TempDir()
	put(t, filepath.Join(dir, "a.yaml"), "name: mine\nimage: a\ncustom: "+filepath.Join(elsewhere, "some/partial/x.yaml")+"\n")
	news := watched(t, dir)
	if err := os.MkdirAll(filepath.Join(elsewhere, "some/partial"), 0o700); err != nil {
		t.Fatal(err)
	}
	put(t, filepath.Join(elsewhere, "some/partial/x.yaml"), "workingDir: /\n")
	until(t, news, "its coming", func(l Loaded) bool { return len(l.Mistakes) == 0 && has("mine", "a")(l) })
}

// What changes nothing is not told: the next news is of the change after it.
func TestWatchTellsOnlyWhatDiffers(t *testing.T) {
	dir := folder(t, map[string]string{"a.yaml": "name: mine\nimage: a\n"})
	w := &watch{folder: dir, changes: newWatcher(t)}
	if !w.load() {
		t.Error("the first load is no news")
	}
	put(t, filepath.Join(dir, "a.yaml"), "# the same\nname: mine\nimage: a\n")
	put(t, filepath.Join(dir, "notes.txt"), "x")
	if w.load() {
		t.Error("a comment is news")
	}
	put(t, filepath.Join(dir, "a.yaml"), "name: mine\nimage: b\n")
	if !w.load() || !has("mine", "b")(w.last) {
		t.Error("another image is no news")
	}
}

func newWatcher(t *testing.T) *fsnotify.Watcher {
	t.Helper()
	w, err := fsnotify.NewWatcher()
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = w.Close() })
	return w
}

// Above the folder, only what is on the way to it counts.
func TestWatchConcerns(t *testing.T) {
	w := &watch{folder: "/home/me/.config/dayfly/presets", partial: map[string]bool{"/etc/partials": true}}
	for name, want := range map[string]bool{
		"/home/me/.config/dayfly/presets": true, "/home/me/.config/dayfly/presets/a.yaml": true, "/home/me/.config/dayfly": true,
		"/home/me/.config": true, "/etc/partials/x.yaml": true,
		"/home/me/.config/dayfly/config.yaml": false, "/home/me/.conf": false, "/home/me/.bash_history": false, "/etc/passwd": false,
	} {
		if got := w.concerns(name); got != want {
			t.Errorf("%s concerns us: %v, want %v", name, got, want)
		}
	}
}

// Nobody needs to receive for the watch to end.
func TestWatchEnds(t *testing.T) {
	ctx, cancel := context.WithCancel(t.Context())
	news, err := Watch(ctx, t.TempDir())
	if err != nil {
		t.Fatal(err)
	}
	cancel()
	deadline := time.After(20 * time.Second)
	for {
		select {
		case _, open := <-news:
			if !open {
				return
			}
		case <-deadline:
			t.Fatal("the watch goes on after its end")
		}
	}
}
