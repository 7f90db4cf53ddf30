// Package manifests is what both clusters of ours begin with: the practice cluster inside the binary, and the real one of
// testdata/cluster, which end-to-end tests compare it with. The files are ordinary manifests that kubectl apply takes, but
// for those named practice-*.yaml, which only the practice cluster reads.
package manifests

import "embed"

// FS has the files of this folder.
//
//go:embed *.yaml
var FS embed.FS
