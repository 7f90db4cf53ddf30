package images

import (
	"fmt"
	"os"
	"strings"

	v1 "github.com/google/go-containerregistry/pkg/v1"
)

// dashPath is Debian's shell, which redraws nothing when its terminal changes. There is none that is static.
const dashPath = "/bin/dash"

func (t Tools) dash(shell v1.Layer) (v1.Image, error) {
	own, err := newLayer(t.Dash)
	if err != nil {
		return nil, err
	}
	return newImage(v1.Config{
		Cmd: []string{"dash"}, Env: []string{defaultPath},
		Labels: map[string]string{standIn: "busybox and Debian's dash"},
	}, shell, own)
}

// loadDesk reads zsh, vim, htop and less, and the terminals that they know how to draw on.
func loadDesk() (Files, error) {
	files, err := loadLinked("/bin/zsh-static", "/usr/bin/vim.tiny", "/usr/bin/htop", "/usr/bin/less")
	if err != nil {
		return nil, err
	}
	for _, path := range []string{"/lib/terminfo/x/xterm", "/lib/terminfo/x/xterm-256color"} {
		body, err := os.ReadFile(path)
		if err != nil {
			return nil, fmt.Errorf("read a description of terminals: %w", err)
		}
		files[strings.TrimPrefix(path, "/")] = text(string(body))
	}
	files["bin/zsh"] = link("zsh-static")
	files["usr/bin/vim"] = link("vim.tiny")
	// Without a file of its user's, vim complains about a missing one of its own.
	files["root/.vimrc"] = text("set nocompatible\n")
	files["root"] = folder(0o700) // as in the layer below
	return files, nil
}

func (t Tools) desk(shell v1.Layer) (v1.Image, error) {
	own, err := newLayer(t.Desk)
	if err != nil {
		return nil, err
	}
	return newImage(v1.Config{
		Cmd: []string{"zsh"}, Env: []string{defaultPath},
		Labels: map[string]string{standIn: "busybox and Debian's zsh, vim, htop and less"},
	}, shell, own)
}
