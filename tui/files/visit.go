package files

import "context"

// visit is one reading of a folder. What comes late of another is dropped.
type visit struct {
	path string // as it was asked for
	name string // that gets the cursor; empty: the one that had it
	view bool   // and is looked at
	file bool   // path may be a file, whose folder is meant then
	stop context.CancelFunc
}
