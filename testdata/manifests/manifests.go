// Package manifests is what both clusters of ours begin with: the practice cluster inside the binary, and the real one of
// testdata/cluster, which end-to-end tests compare it with. The files are ordinary manifests that kubectl apply takes, but
// for those named practice-*.yaml, which only the practice cluster reads.
package manifests

import (
	"embed"
	"io/fs"
)

// FS has the files of this folder.
//
//go:embed *.yaml
var FS embed.FS

//go:embed nodes/*.yaml leftovers/*.yaml rollout/*.yaml
var more embed.FS

// Nodes has the folder nodes: nodes in all conditions, which only dayfly demo and the stories of nodes have beside the others.
func Nodes() fs.FS { return folder("nodes") }

// Leftovers has the folder leftovers: what several tools have left of debugging, and a namespace with it whose pods can be evicted, or cannot, or be taken
// out of their Services. Only dayfly demo and the stories of them have it.
func Leftovers() fs.FS { return folder("leftovers") }

// Rollout has the folder rollout: a namespace with a rollout that is stuck, so that one replica is sick among others that are well. Only dayfly demo and
// the stories of it have it.
func Rollout() fs.FS { return folder("rollout") }

func folder(name string) fs.FS {
	folder, err := fs.Sub(more, name)
	if err != nil {
		panic(err) // the names are no paths
	}
	return folder
}
