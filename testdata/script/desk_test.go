package script

import (
	"bytes"
	"encoding/json"
	"errors"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"testing"

	"github.com/dayfly-k8s/dayfly/testdata/script/terminal"
	"github.com/dayfly-k8s/dayfly/tui/journal"
)

// desk is a terminal of some size, and what its owner has written.
type desk struct {
	cols, rows int
	presets    map[string]string // files, name and content
	config     string            // config.yaml; empty: there is none
	env        []string          // beside that of the tests
}

// sitDown starts dayfly in the scratch namespace. presets are files of the user's own, name and content.
func sitDown(t *testing.T, presets map[string]string, args ...string) *person {
	t.Helper()
	return sitDownAt(t, 100, 40, presets, args...)
}

// sitDownAt is [sitDown] at a terminal of another size.
func sitDownAt(t *testing.T, cols, rows int, presets map[string]string, args ...string) *person {
	t.Helper()
	return desk{cols: cols, rows: rows, presets: presets}.sit(t, args...)
}

// sit starts dayfly in the scratch namespace.
func (d desk) sit(t *testing.T, args ...string) *person {
	t.Helper()
	home := t.TempDir()
	folder := filepath.Join(home, "dayfly", "presets")
	if err := os.MkdirAll(folder, 0o755); err != nil {
		t.Fatal(err)
	}
	files := map[string]string{}
	for name, content := range d.presets {
		files[filepath.Join(folder, name)] = content
	}
	if d.config != "" {
		files[filepath.Join(home, "dayfly", "config.yaml")] = d.config
	}
	for path, content := range files {
		if err := os.WriteFile(path, []byte(content), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	env := append(os.Environ(), "KUBECONFIG="+here.kubeconfig, "XDG_CONFIG_HOME="+home, "XDG_STATE_HOME="+home, "TERM=xterm-256color", "LANG=C.UTF-8")
	if here.internet != nil {
		env = append(env, here.internet.env()...)
	}
	env = append(env, d.env...)
	at, err := terminal.Start(terminal.Program{Path: here.binary, Args: args, Env: env, Cols: d.cols, Rows: d.rows})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := at.Close(); err != nil {
			t.Error(err)
		}
	})
	return &person{Terminal: at, t: t, env: env}
}

// journal is what dayfly journal says at this desk.
func (p *person) journal() []journal.Entry {
	p.t.Helper()
	cmd := exec.CommandContext(p.t.Context(), here.binary, "journal", "-o", "json")
	cmd.Env = p.env
	out, err := cmd.Output()
	p.must(err)
	var list []journal.Entry
	for lines := json.NewDecoder(bytes.NewReader(out)); ; {
		var e journal.Entry
		err := lines.Decode(&e)
		if errors.Is(err, io.EOF) {
			return list
		}
		p.must(err)
		list = append(list, e)
	}
}
