package main

import (
	"github.com/dayfly-k8s/dayfly/testdata/script/scratch"
)

// lab is what the measurements need.
type lab struct {
	*scratch.Namespace
	dayfly, kubectl string
	pod             string
	env             []string
	folder          string
	kubeconfig      string
	standing        bool // the pods of triage
}

// How often each thing is measured.
const (
	promptRuns = 9
	keyPresses = 200
	streamRuns = 9
	startRuns  = 20
)

const (
	tool   = "busybox:1.37"
	prompt = "/ # "
)

// noise is what a ratio may miss its bound by: on a machine with two cores that does other things too, the medians of the same two
// binaries differ by as much from one bench to the next.
const noise = 0.1
