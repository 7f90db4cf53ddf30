//go:build unix

package main

import (
	"bytes"
	"strings"
	"testing"
)

const (
	wheelDown = "\x1b[<65;10;10M"
	mouseOn   = "\x1b[?1002h"
	mouseOff  = "\x1b[?1002l"
)

// hasMouse tells who has the mouse: the last word that was written about it.
func (p *person) hasMouse() bool {
	out := p.Output(0)
	return bytes.LastIndex(out, []byte(mouseOn)) > bytes.LastIndex(out, []byte(mouseOff))
}

// The mouse is the interface's, never a session's, and nobody's behind it: what of it is in flight is not typed for a program, and not for
// the shell.
func TestDemoMouse(t *testing.T) {
	t.Parallel()
	p := practises(t)
	if !p.hasMouse() {
		t.Error("the interface has no mouse")
	}
	p.types(wheelDown)
	p.sees("▸✗  badregistry")
	p.types("\x1b[<64;10;5M")
	p.sees("▸✗  crasher")
	p.presses("d")
	p.sees("▸ volumes", "↵ debug")
	p.types("\r" + strings.Repeat(wheelDown, 20) + "\x1b[<0;3;4M\x1b[<0;3;4m")
	p.isInside()
	if p.hasMouse() {
		t.Error("the session has the interface's mouse")
	}
	from := p.Written()
	if got := p.tells("echo tou\"\"ched"); got != "touched" {
		t.Errorf("the shell says %q", got)
	}
	if out := p.Output(from); bytes.Contains(out, []byte("[<6")) || bytes.Contains(out, []byte("65;10")) {
		t.Errorf("reports of the mouse were typed for the shell: %q", out)
	}
	p.presses("ctrl+]")
	p.sees("detached")
	if !p.hasMouse() {
		t.Error("after the session the interface has no mouse")
	}
	from = p.Written()
	p.types("q" + strings.Repeat(wheelDown, 5))
	p.ends()
	if out := p.Output(from); bytes.Contains(out, []byte("still running:")) || bytes.Contains(out, []byte("Left running")) {
		t.Errorf("sessions are offered that end with the practice cluster: %q", out)
	}
	if p.hasMouse() {
		t.Error("the mouse is left on")
	}
}
