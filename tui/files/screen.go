package files

import (
	"context"
	"fmt"
	"path"
	"slices"
	"sync"

	"charm.land/bubbles/v2/key"
	tea "charm.land/bubbletea/v2"

	"github.com/dayfly-k8s/dayfly/kube"
	"github.com/dayfly-k8s/dayfly/kube/files"
	"github.com/dayfly-k8s/dayfly/tui/filecopy"
	"github.com/dayfly-k8s/dayfly/tui/fileopen"
	"github.com/dayfly-k8s/dayfly/tui/kit"
)

// Screen is a folder of a container, once there is a way to it.
type Screen struct {
	*kit.Kit
	keys   keyMap
	ctx    context.Context //nolint:containedctx // of the screen's life: commands run in it
	stop   context.CancelFunc
	with   Options
	way    *fileopen.Way
	found  fileopen.Found // the way as it was when the folder was read
	copier *filecopy.Copier

	list    list
	listed  bool
	visit   *visit        // that is on its way; nil: none is
	trouble *kube.Problem // why the last one has come to nothing
	spots   map[string]string
	cursor  kit.Cursor
	marks   kit.Marks[string]
	filter  kit.Filter
	table   kit.Table
	first   int // row of the first entry
	page    int

	leading   bool // it is being found out where links lead
	measuring *measuring

	closing sync.Once
	ended   chan struct{} // is closed when nothing of the screen goes on any more
}

// New shows the files of a container.
func New(ctx context.Context, k *kit.Kit, o Options) *Screen {
	ctx, stop := context.WithCancel(ctx)
	s := &Screen{
		Kit: k, keys: newKeyMap(k.Bindings), ctx: ctx, stop: stop, with: o, way: fileopen.New(ctx, k, o.Options), filter: kit.NewFilter("/ "), spots: map[string]string{},
		list: list{path: "/"}, ended: make(chan struct{}),
	}
	s.copier = filecopy.New(ctx, k, filecopy.Options{
		Cluster: o.Cluster, Pod: o.Pod.Name, Folder: o.Folder, Home: o.Home, State: o.State, Title: s.Title, There: s.there,
	})
	return s
}

// Init begins to find a way to the files.
func (s *Screen) Init() tea.Cmd { return s.way.Init() }

// Close ends what is read and copied, and then the debug container that was added for it: what a copy has left is taken away with its programs. It returns at
// once, and may be called again.
func (s *Screen) Close() {
	s.closing.Do(func() {
		s.stop()
		rest, end := s.copier.Rest(), s.way.Close()
		go func() {
			defer close(s.ended)
			<-rest
			end()
		}()
	})
}

// Ended is closed when nothing of the screen goes on any more.
func (s *Screen) Ended() <-chan struct{} { return s.ended }

// Title is where one is.
func (s *Screen) Title() string { return s.way.Title() }

// open reports whether there is a way to the files.
func (s *Screen) open() bool {
	_, ok := s.way.Found()
	return ok
}

// there is what is known to be in a folder of the container.
func (s *Screen) there(folder, name string) (files.Entry, bool) {
	i := slices.IndexFunc(s.list.all, func(e *entry) bool { return e.Name == name })
	if folder != s.list.path || i < 0 {
		return files.Entry{}, false
	}
	return s.list.all[i].Entry, true
}

// Summary is the right of the header.
func (s *Screen) Summary() string {
	if !s.open() || !s.listed {
		return ""
	}
	words := fmt.Sprintf("%d entries", len(s.list.all))
	if len(s.list.all) == 1 {
		words = "1 entry"
	}
	if s.list.more {
		words = "the first " + words
	}
	if n := s.list.changes(); n > 0 {
		words += fmt.Sprintf(" · %d changed", n)
	}
	return words + s.marks.Words(0)
}

// Place is which lines are on the screen.
func (s *Screen) Place() string { return s.cursor.Place }

// Typing reports whether letters are text.
func (s *Screen) Typing() bool { return s.filter.Typing() }

// HoldsBack has the keys that leave go up a folder, or cancel, first.
func (s *Screen) HoldsBack() bool { return s.open() || s.way.Returns() }

// Reading reports whether a folder is being read, or there is none yet, nor a reason why not.
func (s *Screen) Reading() bool {
	return s.way.Reading() || s.open() && s.visit != nil
}

// Needs reports whether a key is about what is being read.
func (s *Screen) Needs(msg tea.KeyPressMsg) bool {
	k := s.keys
	if !s.open() {
		return s.way.Needs(msg)
	}
	return !s.Typing() && key.Matches(msg, append(append(k.Moves(), k.MarkKeys()...), k.View, k.Parent, k.Download, k.Upload, k.Edit, k.Path, k.Changed, k.Usage, k.Filter, k.Sort)...)
}

// Claims the keys that mean something else everywhere.
func (s *Screen) Claims(msg tea.KeyPressMsg) bool {
	return s.open() && key.Matches(msg, s.keys.Parent, s.keys.Usage, s.keys.Beside)
}

// Helps is the key that does what helps.
func (s *Screen) Helps(h kube.Help) (key.Binding, bool) {
	return s.keys.Beside, h == kube.ChooseProfile && s.found.Place.Inside()
}

// NameOf says what the key leads to that helps.
func (s *Screen) NameOf(h kube.Help) string {
	if h == kube.ChooseProfile {
		return "reach the files from a debug container"
	}
	return ""
}

// Keys are those that do something now.
func (s *Screen) Keys() []key.Binding {
	k := s.keys
	switch {
	case s.Typing():
		return []key.Binding{k.FilterDone, k.FilterClear}
	case !s.open():
		return s.way.Keys()
	}
	return s.openKeys()
}

// openKeys are those of a folder.
func (s *Screen) openKeys() []key.Binding {
	k := s.keys
	var keys []key.Binding
	switch e := s.under(); {
	case e == nil:
	case s.list.isFolder(e):
		keys = append(keys, k.Open)
	default:
		keys = append(keys, k.View)
	}
	if s.copier.Busy() != "" {
		keys = append([]key.Binding{k.Cancel}, keys...)
	}
	if s.list.path != "/" {
		keys = append(keys, k.Parent)
	}
	if s.under() != nil {
		d := k.Download
		if n := s.marks.Len(); n > 0 {
			d.SetHelp(d.Help().Key, fmt.Sprintf("download %d", n))
		}
		keys = append(keys, d)
	}
	keys = append(keys, k.Upload)
	if e := s.under(); e != nil && e.Mode.IsRegular() {
		keys = append(keys, k.Edit)
	}
	keys = append(keys, k.Path, k.Filter, k.Changed, k.Sort, k.Usage)
	if len(s.list.shown) > 0 {
		keys = append(keys, k.MarkKeys()...)
	}
	if s.found.Place.Inside() {
		keys = append(keys, k.Beside)
	}
	return append(keys, k.Again, k.Leaves)
}

// under is the entry under the cursor; nil: there is none.
func (s *Screen) under() *entry {
	if len(s.list.shown) == 0 {
		return nil
	}
	s.cursor.Clamp(len(s.list.shown))
	return s.list.shown[s.cursor.At]
}

// chosen are the paths of what is marked, or else of what the cursor is on.
func (s *Screen) chosen() []string {
	var some []string
	for _, e := range s.list.all {
		if s.marks.Has(e.Name) {
			some = append(some, s.list.join(e.Name))
		}
	}
	if e := s.under(); len(some) == 0 && e != nil {
		some = []string{s.list.join(e.Name)}
	}
	return some
}

// CopyName is the path under the cursor.
func (s *Screen) CopyName() string {
	if e := s.under(); s.open() && e != nil {
		return kube.Sanitize(s.list.join(e.Name))
	}
	return ""
}

// CopyCommand lists, or prints, the same with kubectl; before, it adds the debug container.
func (s *Screen) CopyCommand() string {
	e := s.under()
	switch {
	case !s.open():
		return s.way.CopyCommand()
	case e == nil:
		return ""
	}
	at, command := s.list.join(e.Name), []string{"cat"}
	if s.list.isFolder(e) {
		command = []string{"ls", "-la"}
	}
	if !s.found.Place.Inside() {
		at = path.Join("/proc/1/root", at)
	}
	return kube.KubectlExec(s.with.Cluster.Context, s.found.Place.Runs, append(command, kube.Sanitize(at)))
}
