// Command screens takes the pictures of the README. It starts the dayfly of its first argument in the practice cluster, presses the keys that lead to
// what the pictures show, and writes them into the folder of its second, for dark and for light pages.
package main

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"time"

	"github.com/dayfly-k8s/dayfly/testdata/script/terminal"
)

// The size of the terminal in the pictures.
const cols, rows = 124, 30

// patience is how long the program may take to show what a picture is of.
const patience = 20 * time.Second

func main() {
	if len(os.Args) != 3 {
		fmt.Fprintln(os.Stderr, "usage: screens DAYFLY FOLDER")
		os.Exit(2)
	}
	for _, l := range looks() {
		if err := l.take(os.Args[1], os.Args[2]); err != nil {
			fmt.Fprintln(os.Stderr, err)
			os.Exit(1)
		}
	}
}

// stop is a part of the way past the pictures: keys, what has to be seen then, and the name under which that is kept; "": it is not.
type stop struct {
	keys   []string
	sees   []string
	screen string
}

// tour is the whole way. An esc is the last of its keys: with one behind it, it would be alt and that.
func tour() []stop {
	return []stop{
		{nil, []string{"17 pods", "Practice:"}, ""},
		{[]string{"x"}, []string{"restarted 14 times", "last lines"}, "pods"},
		{[]string{"/", "o", "o", "m", "enter", "l"}, []string{"following", "OOMKilled"}, "logs"},
		{[]string{"esc"}, []string{"1 of 17"}, ""},
		{[]string{"esc"}, []string{"annotated"}, ""},
		{[]string{"/", "a", "n", "n", "o", "enter", "enter"}, []string{"CONTAINER"}, ""},
		{[]string{"d"}, []string{"allowed", "image found", "kubectl debug"}, "tools"},
		{[]string{"c"}, []string{"comfort"}, ""},
		{[]string{"d", "i", "g", "space", "t", "c", "p", "d", "u", "m", "p", "space"}, []string{"/dig/", "/tcpdump"}, "composer"},
		{[]string{"esc"}, []string{"image found"}, ""},
		{[]string{"enter"}, []string{"Leave with a code"}, ""},
		{[]string{"p", "s", "enter"}, []string{"COMMAND"}, ""},
		{[]string{"e", "x", "i", "t", "space", "3", "enter"}, []string{"application-defined exit code", "last output"}, "card"},
	}
}

// settle waits until the program has printed nothing for a while: what is waited for may come before the rest of its frame.
func settle(t *terminal.Terminal) {
	const quiet = 300 * time.Millisecond
	for before := -1; t.Written() != before; {
		before = t.Written()
		<-time.After(quiet)
	}
}

// write writes a picture.
func (l look) write(folder, name string, picture []byte) error {
	return os.WriteFile(filepath.Join(folder, name+l.suffix+".svg"), picture, 0o644)
}

// take takes all pictures.
func (l look) take(dayfly, folder string) (err error) {
	home, err := os.MkdirTemp("", "screens")
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, os.RemoveAll(home)) }()
	env := []string{
		"HOME=" + home, "XDG_CONFIG_HOME=" + home, "XDG_STATE_HOME=" + home, "TMPDIR=" + home, "PATH=" + os.Getenv("PATH"), "LANG=C.UTF-8",
		"TERM=xterm-256color",
	}
	t, err := terminal.Start(terminal.Program{Path: dayfly, Args: []string{"demo", "--theme", l.theme}, Env: env, Cols: cols, Rows: rows})
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, t.Close()) }()
	var shots []shot
	for _, stop := range tour() {
		if err := t.Press(stop.keys...); err != nil {
			return err
		}
		var seen terminal.Screen
		if err := t.WaitFor(patience, fmt.Sprintf("%q after %q", stop.sees, stop.keys), func(s terminal.Screen) bool {
			seen = s
			for _, text := range stop.sees {
				if !s.Has(text) {
					return false
				}
			}
			return true
		}); err != nil {
			return fmt.Errorf("%w\n%s", err, seen)
		}
		settle(t)
		cells, err := l.draw(t.Output(0))
		if err != nil {
			return err
		}
		shots = append(shots, shot{stop.keys, cells})
		if stop.screen == "" {
			continue
		}
		if err := l.write(folder, stop.screen, l.frame(cells)); err != nil {
			return err
		}
	}
	return errors.Join(l.write(folder, "tour", l.film(shots)), t.Press("q"))
}
