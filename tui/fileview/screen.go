package fileview

import (
	"bytes"
	"context"
	"fmt"
	"path"
	"strings"
	"sync/atomic"

	"charm.land/bubbles/v2/key"
	tea "charm.land/bubbletea/v2"

	"github.com/dayfly-k8s/dayfly/kube"
	"github.com/dayfly-k8s/dayfly/kube/files"
	"github.com/dayfly-k8s/dayfly/tui/kit"
)

// Screen looks at one file.
type Screen struct {
	*kit.Kit
	keys   keyMap
	with   Options
	ctx    context.Context //nolint:containedctx // of the screen's life: commands run in it
	stop   context.CancelFunc
	source source

	position
	follow    bool
	loading   int64         // the portion that is on its way; below 0: none
	problem   *kube.Problem // why nothing more is read
	note      string
	packed    bool // it is packed, and what is shown is what it holds
	unpacking atomic.Int64
	find      find
}

type (
	// portionMsg is a portion of the file.
	portionMsg struct {
		of      *Screen
		source  source // that it is of
		number  int64
		portion files.Portion
		err     error
	}
	// unpackedMsg is a file that was unpacked.
	unpackedMsg struct {
		of     *Screen
		source *unpacked
		more   bool
		err    error
	}
)

// Options say which file is looked at, and what else can be done with it.
type Options struct {
	Cluster        *kube.Cluster
	Place          files.Place
	Path           string
	Title          string
	Command        string  // that prints the same
	Download, Edit tea.Msg // have it done by whoever is below this screen
}

// New looks at a file. One whose name ends in .gz is unpacked.
func New(ctx context.Context, k *kit.Kit, o Options) *Screen {
	ctx, stop := context.WithCancel(ctx)
	return &Screen{
		Kit: k, keys: newKeyMap(k.Bindings), with: o, ctx: ctx, stop: stop, loading: -1, source: remote{o.Cluster, o.Place, o.Path}, packed: strings.HasSuffix(o.Path, ".gz"),
		position: position{layout: layout{width: 80, wrap: true}, height: 1, seek: -1}, find: newFind(),
	}
}

// Init begins to read.
func (v *Screen) Init() tea.Cmd {
	if v.packed {
		return v.unpack()
	}
	return v.load()
}

// unpack unpacks the file first.
func (v *Screen) unpack() tea.Cmd {
	ctx, from := v.ctx, remote{v.with.Cluster, v.with.Place, v.with.Path}
	return func() tea.Msg {
		u, more, err := from.unpack(ctx, &v.unpacking)
		return unpackedMsg{v, u, more, err}
	}
}

// Close ends what is read.
func (v *Screen) Close() {
	v.stop()
	v.source.close()
}

// Title is where one is.
func (v *Screen) Title() string {
	return v.with.Title
}

// Summary is how large the file is, and where in it one is.
func (v *Screen) Summary() string {
	if !v.known {
		return ""
	}
	words := files.SizeWords(v.size)
	if v.packed {
		words += " unpacked"
	}
	if v.follow {
		words += " · following"
	}
	return words
}

// Place is how much of the file is above the end of the screen.
func (v *Screen) Place() string {
	const whole = 100
	list, ended := v.rows(v.height)
	if !v.known || len(list) == 0 || ended && v.top == 0 {
		return ""
	}
	last := list[len(list)-1]
	return fmt.Sprintf("%d%%", min((last.offset+int64(len(last.data)))*whole/max(v.size, 1), whole))
}

// Typing reports whether letters are text.
func (v *Screen) Typing() bool { return v.find.line.Typing() }

// Claims the keys that go through what was found.
func (v *Screen) Claims(msg tea.KeyPressMsg) bool {
	return key.Matches(msg, v.keys.NextMatch, v.keys.MatchBefore) && v.find.needle != ""
}

// HoldsBack has esc end what is looked for, before it leaves.
func (v *Screen) HoldsBack() bool { return v.find.stop != nil || v.find.needle != "" }

// Reading reports whether nothing has come yet.
func (v *Screen) Reading() bool { return !v.known && v.problem == nil }

// Needs reports whether a key is about what has to be read.
func (v *Screen) Needs(msg tea.KeyPressMsg) bool {
	return !v.Typing() && key.Matches(msg, append(v.keys.Moves(), v.keys.Hex, v.keys.Wrap, v.keys.Follow, v.keys.Search)...)
}

// Keys are those that do something now.
func (v *Screen) Keys() []key.Binding {
	k := v.keys
	switch {
	case v.Typing():
		return []key.Binding{k.SearchDone, k.FilterClear}
	case v.problem != nil && !v.known:
		return []key.Binding{k.Retry, k.Download, k.Back}
	}
	keys := []key.Binding{k.Search}
	if v.find.needle != "" {
		keys = append(keys, k.NextMatch, k.MatchBefore)
	}
	hex := k.Hex
	if v.hex {
		hex.SetHelp(hex.Help().Key, "text")
	} else {
		keys = append(keys, k.Wrap)
	}
	keys = append(keys, hex)
	if !v.packed {
		keys = append(keys, k.Follow, k.Edit)
	}
	return append(keys, k.Download, k.Back)
}

// CopyName is the path.
func (v *Screen) CopyName() string { return kube.Sanitize(v.with.Path) }

// CopyCommand prints the same with kubectl.
func (v *Screen) CopyCommand() string { return v.with.Command }

// load reads the most urgent portion that is not there, one at a time.
func (v *Screen) load() tea.Cmd {
	if v.loading >= 0 || v.problem != nil || v.packed && !v.isUnpacked() {
		return nil
	}
	want := v.around(v.top)
	if v.seek >= 0 {
		want = append(v.around(v.seek), want...)
	}
	if len(want) == 0 {
		return nil
	}
	return v.read(want[0])
}

func (v *Screen) isUnpacked() bool {
	_, ok := v.source.(*unpacked)
	return ok
}

func (v *Screen) read(number int64) tea.Cmd {
	v.loading = number
	ctx, from := v.ctx, v.source
	return func() tea.Msg {
		p, err := from.portion(ctx, number)
		return portionMsg{v, from, number, p, err}
	}
}

// Update takes messages and keys.
func (v *Screen) Update(msg tea.Msg) tea.Cmd { return tea.Batch(v.update(msg), v.load()) }

func (v *Screen) update(msg tea.Msg) tea.Cmd {
	switch msg := msg.(type) {
	case portionMsg:
		if msg.of == v && msg.source == v.source {
			v.take(msg)
		}
	case unpackedMsg:
		if msg.of == v {
			v.takeUnpacked(msg)
		}
	case foundMsg:
		if msg.of == v {
			return v.takeFound(msg)
		}
	case kit.Tick:
		if v.follow && v.loading < 0 && v.known && v.problem == nil {
			return v.read(v.tail())
		}
	case tea.KeyPressMsg:
		return v.press(msg)
	default:
		if v.Typing() {
			return v.typed(msg)
		}
	}
	return nil
}

func (v *Screen) take(msg portionMsg) {
	v.loading = -1
	if msg.err != nil {
		v.problem = kube.Explain(msg.err)
		return
	}
	first := !v.known
	grown, shrunk := v.put(msg.number, msg.portion)
	if first && bytes.IndexByte(msg.portion.Data[:min(len(msg.portion.Data), longestRow)], 0) >= 0 {
		v.hex = true // it is no text
	}
	if shrunk {
		v.note = "the file has become shorter: what was behind its end is gone"
		v.top = min(v.top, v.size)
	}
	if (grown || shrunk) && v.follow || shrunk && v.top >= v.size {
		v.last()
	}
	v.resume()
}

func (v *Screen) takeUnpacked(msg unpackedMsg) {
	if msg.err != nil {
		v.problem = kube.Explain(msg.err)
		return
	}
	if v.ctx.Err() != nil {
		msg.source.close()
		return
	}
	v.source = msg.source
	if msg.more {
		v.note = "only the first " + files.SizeWords(mostUnpacked) + " are shown: download it to see all"
	}
}

// base is the name of the file.
func (v *Screen) base() string { return files.ShownName(path.Base(v.with.Path)) }
