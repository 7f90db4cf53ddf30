// Package files shows the files of a container in a list, folder by folder, once there is a way to them (tui/fileopen). What is in a file is shown by tui/fileview, and
// copies both ways are made by tui/filecopy.
package files

import (
	"github.com/dayfly-k8s/dayfly/tui/fileopen"
)

// Options are what the files of a container are shown with.
type Options struct {
	fileopen.Options
	Folder string // of this machine, in which copies are put if nothing else is said
	Home   string // the person's own, for which ~ is typed
	State  string // dayfly's own, where edits are kept that are not written; empty: there is none
}
