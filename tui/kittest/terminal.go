// Package kittest is what the tests of screens have in common. Nothing but tests imports it.
package kittest

import (
	"strings"
	"sync"

	"github.com/charmbracelet/x/ansi"
	"github.com/charmbracelet/x/vt"
)

// Terminal is a terminal emulator to write to from any goroutine.
type Terminal struct {
	Screen *vt.Emulator

	mu      sync.Mutex
	written int
}

// NewTerminal is an emulator with so many cells.
func NewTerminal(width, height int) *Terminal {
	return &Terminal{Screen: vt.NewEmulator(width, height)}
}

// Write shows what a program writes.
func (c *Terminal) Write(b []byte) (int, error) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.written += len(b)
	return c.Screen.Write(b)
}

// Written is how many bytes have been.
func (c *Terminal) Written() int {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.written
}

// Text is what is on the screen.
func (c *Terminal) Text() string {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.Screen.String()
}

// OnScreen is a frame as text, as [Terminal.Text] has it.
func OnScreen(frame string) string {
	lines := strings.Split(ansi.Strip(frame), "\n")
	for i, line := range lines {
		lines[i] = strings.TrimRight(line, " ")
	}
	return strings.TrimRight(strings.Join(lines, "\n"), "\n")
}

// WriterFunc is a function to write to.
type WriterFunc func([]byte) (int, error)

// Write calls it.
func (f WriterFunc) Write(b []byte) (int, error) { return f(b) }
