package tui

import (
	"fmt"
	"slices"
	"strconv"
	"strings"

	tea "charm.land/bubbletea/v2"
	"github.com/charmbracelet/x/ansi"
	"golang.org/x/tools/txtar"

	"github.com/dayfly-k8s/dayfly/kube"
	"github.com/dayfly-k8s/dayfly/tui/kit"
)

func (d *driver) keys(arg string) error {
	for _, name := range strings.Fields(arg) {
		k, ok := kit.PressNamed(name)
		if !ok {
			return fmt.Errorf("no key is called %q", name)
		}
		d.strokes++
		d.take(k)
	}
	return nil
}

func (d *driver) typed(arg string) error {
	for _, r := range arg {
		d.strokes++
		d.take(tea.KeyPressMsg{Code: r, Text: string(r)})
	}
	return nil
}

func (d *driver) paste(arg string) error {
	d.take(tea.PasteMsg{Content: arg})
	return nil
}

// pressed holds the number of keys that were pressed so far.
func (d *driver) pressed(arg string) error {
	if want, err := strconv.Atoi(arg); err != nil || d.strokes != want {
		return fmt.Errorf("%d keys have been pressed", d.strokes)
	}
	return nil
}

func (d *driver) resize(arg string) error {
	var width, height int
	if _, err := fmt.Sscanf(arg, "%d %d", &width, &height); err != nil {
		return fmt.Errorf("want a width and a height: %w", err)
	}
	d.take(tea.WindowSizeMsg{Width: width, Height: height})
	return d.host.resize(kube.Size{Cols: uint16(width), Rows: uint16(height)})
}

// screen is what is on the screen, as text.
func (d *driver) screen() string {
	frame := d.app.draw()
	checkFrame(d.t, frame, d.app.width, d.app.height)
	lines := strings.Split(d.world.steady(ansi.Strip(frame)), "\n")
	for i, line := range lines {
		lines[i] = strings.TrimRight(line, " ")
	}
	return strings.Join(lines, "\n") + "\n"
}

// body is the screen without the header and the footer, which are around every screen and have tests of their own: so a key or a fact more in them
// does not change every story.
func (d *driver) body() string {
	if d.app.tooSmall() {
		return d.screen() // which has neither
	}
	lines := strings.SplitAfter(strings.TrimSuffix(d.screen(), "\n"), "\n")
	return strings.Join(lines[1:len(lines)-1], "")
}

// header expects the first line of the screen to be so, and footer the last.
func (d *driver) header(want string) error {
	return d.row("header", want, func(lines []string) string { return lines[0] })
}

func (d *driver) footer(want string) error {
	return d.row("footer", want, func(lines []string) string { return lines[len(lines)-1] })
}

func (d *driver) row(verb, want string, of func(lines []string) string) error {
	seen := func() string { return strings.TrimSpace(of(strings.Split(strings.TrimSuffix(d.screen(), "\n"), "\n"))) }
	if d.update {
		d.settle()
		d.story.say(d.line, verb+" "+seen())
		return nil
	}
	if d.await(func() bool { return seen() == want }) {
		return nil
	}
	return fmt.Errorf("it is\n%s", seen())
}

// frame expects a frame to be seen.
func (d *driver) frame(name string) error {
	if d.update {
		d.settle()
		seen := txtar.File{Name: name, Data: []byte(d.body())}
		if i := slices.IndexFunc(d.story.frames, func(f txtar.File) bool { return f.Name == name }); i >= 0 {
			d.story.frames[i] = seen
			return nil
		}
		d.story.frames = append(d.story.frames, seen)
		return nil
	}
	want, ok := d.story.frame(name)
	if !ok {
		return fmt.Errorf("there is no such frame: go test ./tui -run TestStories/%s -update writes it", d.t.Name())
	}
	if !d.await(func() bool { return d.body() == want }) {
		return fmt.Errorf("the body of the screen does not become so (- want, + got):\n%s", frameDiff(want, d.body()))
	}
	return nil
}

// wait expects words on the screen.
func (d *driver) wait(words string) error {
	if d.await(func() bool { return strings.Contains(d.screen(), words) }) {
		return nil
	}
	return fmt.Errorf("not on the screen:\n%s", d.screen())
}

// quits expects the program to end.
func (d *driver) quits(string) error {
	if d.await(func() bool { return d.ended }) {
		return nil
	}
	return fmt.Errorf("it does not:\n%s", d.screen())
}

// recorded expects a line in the text of the newest recording, which is on the disk soon after it was printed.
func (d *driver) recorded(line string) error {
	var text string
	var err error
	has := func() bool {
		text, err = d.world.recorded()
		return slices.Contains(strings.Split(text, "\n"), line)
	}
	if d.await(has) {
		return nil
	}
	return fmt.Errorf("recorded (%w):\n%s", err, text)
}

// gone expects the cluster to say that debug containers (pod/container) have ended, and runs that they have not. Of a name alone it expects that
// the pod of it has gone, or is being deleted: it goes when its grace period is over, for which time would have to pass.
func (d *driver) gone(arg string) error {
	if strings.Contains(arg, "/") {
		return d.said(arg, false)
	}
	p, err := d.app.cluster.Pod(d.ctx, d.app.namespace, arg)
	switch {
	case kube.IsNotFound(err):
		return nil
	case err == nil && !p.Deleting:
		return fmt.Errorf("%s is there", arg)
	}
	return err
}

func (d *driver) runs(arg string) error { return d.said(arg, true) }

func (d *driver) said(arg string, runs bool) error {
	for _, name := range strings.Fields(arg) {
		pod, container, _ := strings.Cut(name, "/")
		p, err := d.app.cluster.Pod(d.ctx, d.app.namespace, pod)
		if err != nil {
			return err
		}
		if c, ok := p.Container(container); !ok || c.Running != runs {
			return fmt.Errorf("%s is %s", name, c.State)
		}
	}
	return nil
}

// session types into a session, or expects something in its output.
func (d *driver) session(arg string) error {
	what, quoted, _ := strings.Cut(arg, " ")
	text, err := strconv.Unquote(quoted)
	if err != nil {
		return fmt.Errorf("want a Go string in quotes: %w", err)
	}
	switch what {
	case "keys":
		return d.host.typed(text)
	case "shows":
		if !d.await(func() bool { return d.host.shows(text) }) {
			return fmt.Errorf("the session shows %q; the screen:\n%s", d.host.rest(), d.screen())
		}
		return nil
	}
	return fmt.Errorf("a session keys or shows")
}
