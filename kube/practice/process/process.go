package process

import (
	"errors"
	"time"
)

// ErrUnsupported is the answer of Start where there are no processes of the kind that is needed.
var ErrUnsupported = errors.New("the practice cluster needs Linux or macOS")

// ErrSlow is how Attach ends for a client that has taken nothing of the output for too long.
var ErrSlow = errors.New("the client does not take the output")

const (
	keep     = 256 << 10        // bytes of output that are kept for a client before the process waits for it
	patience = 30 * time.Second // for a client that takes nothing
)
