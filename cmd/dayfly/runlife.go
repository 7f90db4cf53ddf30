package main

import (
	"cmp"
	"time"

	"github.com/dayfly-k8s/dayfly/kube/debug"
)

// life is how long what is made for the command is there at most; 0: for ever. usual is what the configuration says of sessions; 0: nothing. A pod of the
// command's own always has a limit, which is not shorter than the command is waited for, unless somebody wants it otherwise.
func (o *runOptions) life(usual time.Duration) time.Duration {
	switch {
	case o.flags != nil && o.flags.Changed("life"):
		return o.copy.life
	case !o.ownPod():
		return usual
	}
	life := cmp.Or(usual, debug.CopyLife)
	if o.timeout > life {
		life += o.timeout
	}
	return life
}
