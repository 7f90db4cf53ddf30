package fileview

import (
	"context"
	"io"

	"github.com/dayfly-k8s/dayfly/kube"
	"github.com/dayfly-k8s/dayfly/kube/files"
)

// source is a file that is looked at: it is read by portions, and as a stream from a byte on.
type source interface {
	portion(ctx context.Context, number int64) (files.Portion, error)
	stream(ctx context.Context, from int64, to io.Writer) error
	close()
}

// remote is a file of a container.
type remote struct {
	cluster *kube.Cluster
	place   files.Place
	path    string
}

func (r remote) portion(ctx context.Context, number int64) (files.Portion, error) {
	return files.ReadPortion(ctx, r.cluster, r.place, r.path, number)
}

func (r remote) stream(ctx context.Context, from int64, to io.Writer) error {
	return files.Stream(ctx, r.cluster, r.place, r.path, from, to)
}

func (r remote) close() {}
