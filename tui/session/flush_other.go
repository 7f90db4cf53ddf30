//go:build !linux

package session

import "os"

// dropOutput does nothing: what a terminal has not taken when the process ends is lost with it.
func dropOutput(*os.File) {}
