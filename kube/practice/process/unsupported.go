//go:build !linux && !darwin

package process

import (
	"context"
	"os"

	"github.com/dayfly-k8s/dayfly/kube/practice/streams"
)

// Main does nothing here.
func Main() {}

// Host starts nothing here.
type Host struct{}

// NewHost is the host of a folder.
func NewHost(string) (*Host, error) { return &Host{}, nil }

// Warm is always [ErrUnsupported].
func (*Host) Warm() error { return ErrUnsupported }

// Isolated is never so.
func (*Host) Isolated() bool { return false }

// ShareMachine does nothing here.
func (*Host) ShareMachine() {}

// Start is always [ErrUnsupported].
func (*Host) Start(Spec) (*Process, error) { return nil, ErrUnsupported }

// Run is always [ErrUnsupported].
func (*Host) Run(context.Context, Spec, streams.Streams) error { return ErrUnsupported }

// Close does nothing here.
func (*Host) Close() {}

// Process is never made here.
type Process struct{}

// Attach is always [ErrUnsupported].
func (*Process) Attach(context.Context, streams.Streams) error { return ErrUnsupported }

// Done is never closed.
func (*Process) Done() <-chan struct{} { return nil }

// Exit tells nothing.
func (*Process) Exit() (code int, signal string) { return 0, "" }

// Signal is always [ErrUnsupported].
func (*Process) Signal(os.Signal) error { return ErrUnsupported }

// Kill does nothing here.
func (*Process) Kill() {}

// PID is none.
func (*Process) PID() int { return 0 }
