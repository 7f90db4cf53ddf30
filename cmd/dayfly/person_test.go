//go:build unix

package main

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/dayfly-k8s/dayfly/testdata/script/terminal"
)

// person sits at a terminal with an emulator, unlike [program], which only collects what is printed. What they do not get to
// see fails the test.
type person struct {
	*terminal.Terminal
	t      *testing.T
	folder string
}

const shellPrompt = "tester$ "

// sitDown starts dayfly.
func sitDown(t *testing.T, args ...string) *person {
	t.Helper()
	return sitDownAt(t, home(t), os.Args[0], args...)
}

// sitDownAt starts a program that may start dayfly, as $DAYFLY.
func sitDownAt(t *testing.T, folder, path string, args ...string) *person {
	t.Helper()
	write(t, filepath.Join(folder, "inputrc"), "set enable-bracketed-paste off\n")
	env := append(environment(folder), "DAYFLY="+os.Args[0], "PS1="+shellPrompt, "INPUTRC="+filepath.Join(folder, "inputrc"), "ENV=", "LANG=C.UTF-8", "TMPDIR="+folder)
	at, err := terminal.Start(terminal.Program{Path: path, Args: args, Env: env, Cols: 100, Rows: 30})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := at.Close(); err != nil {
			t.Error(err)
		}
	})
	return &person{Terminal: at, t: t, folder: folder}
}

func (p *person) must(err error) {
	p.t.Helper()
	if err != nil {
		p.t.Fatal(err)
	}
}

func (p *person) presses(keys ...string) { p.t.Helper(); p.must(p.Press(keys...)) }

func (p *person) types(text string) { p.t.Helper(); p.must(p.Type(text)) }

// sees waits until all texts are on the interface's screen together.
func (p *person) sees(texts ...string) { p.t.Helper(); p.finds(true, texts) }

// seesBelow waits for texts on the main screen.
func (p *person) seesBelow(texts ...string) { p.t.Helper(); p.finds(false, texts) }

func (p *person) finds(alt bool, texts []string) {
	p.t.Helper()
	p.must(p.WaitFor(patience, strings.Join(texts, " and "), func(s terminal.Screen) bool {
		for _, text := range texts {
			if !s.Has(text) {
				return false
			}
		}
		return s.Alt == alt
	}))
}

// runs types a line to a shell and returns what it prints.
func (p *person) runs(line string) string {
	p.t.Helper()
	from := p.Written()
	p.types(line + "\r")
	from, err := p.WaitBytes(patience, from, "\n")
	p.must(err)
	to, err := p.WaitBytes(patience, from-1, "\n"+shellPrompt)
	p.must(err)
	return strings.TrimSpace(string(p.Output(from - 1)[:to-from-len(shellPrompt)]))
}

// ends waits for a good end; the terminal must be as it was.
func (p *person) ends() {
	p.t.Helper()
	p.leaves(0)
}

// leaves waits for an end with an exit code; the terminal must be as it was.
func (p *person) leaves(code int) {
	p.t.Helper()
	got, err := p.Wait(patience)
	p.must(err)
	if got != code {
		p.t.Errorf("exit code %d, want %d\n%s", got, code, p.Screen())
	}
	for _, left := range p.Leftovers() {
		p.t.Errorf("left in the terminal: %s", left)
	}
}

// reads is a file of the test's folder.
func (p *person) reads(name string) string {
	p.t.Helper()
	data, err := os.ReadFile(filepath.Join(p.folder, name))
	p.must(err)
	return strings.TrimSpace(string(data))
}
