package main

import "fmt"

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
