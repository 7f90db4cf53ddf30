package main

import (
	"fmt"
	"io"
	"time"
)

// Report tells a person what happens, with seconds since the start. Standard output is kept for what scripts read.
type Report struct {
	out   io.Writer
	start time.Time
}

// NewReport begins to count now.
func NewReport(out io.Writer) *Report { return &Report{out: out, start: time.Now()} }

// Step prints one line.
func (r *Report) Step(format string, args ...any) {
	fmt.Fprintf(r.out, "%5.1fs %s\n", time.Since(r.start).Seconds(), fmt.Sprintf(format, args...))
}
