package main

import (
	"encoding/json"
	"fmt"
	"io"
	"time"
)

// Exit codes; 128+n is for the end by signal n, as shells count.
const (
	exitError      = 1
	exitUsage      = 2 // and no terminal
	exitSignalBase = 128
)

// usageError is a mistake on the command line.
type usageError struct{ error }

func (e usageError) Unwrap() error { return e.error }

// codeError ends dayfly with a code; everything has been told.
type codeError int

func (c codeError) Error() string { return fmt.Sprintf("exit code %d", int(c)) }

// passedOn is the exit code for a program's: codes of Windows can be larger than a process of this system can have.
func passedOn(code int) error {
	const largest = 255
	switch {
	case code == 0:
		return nil
	case code < 0 || code > largest:
		return codeError(largest)
	}
	return codeError(code)
}

// writeJSON prints a value for programs.
func writeJSON(out io.Writer, value any) error {
	encoder := json.NewEncoder(out)
	encoder.SetIndent("", "  ")
	encoder.SetEscapeHTML(false)
	return encoder.Encode(value)
}

// known is a time for programs; nil: there is none.
func known(at time.Time) *time.Time {
	if at.IsZero() {
		return nil
	}
	at = at.UTC()
	return &at
}
