package main

import (
	"context"
	"errors"
)

// The nodes that are listed: as many as Kubernetes supports, with few pods.
const (
	manyNodes = 5000
	nodePods  = 1000
)

// nodes measures the list of nodes in a large cluster. It makes the nodes and takes them away again.
func (l *lab) nodes(ctx context.Context) (rows []row, err error) {
	f, err := l.newFleet(ctx)
	if err != nil {
		return nil, err
	}
	if !l.standing {
		defer func() { err = errors.Join(err, f.scale(context.WithoutCancel(ctx), 0)) }()
	}
	if err := f.scaleNodes(ctx, manyNodes, nodePods); err != nil {
		return nil, err
	}
	within := launched{args: []string{"nodes"}, pods: manyNodes, of: fakes()}
	if err := l.launch(ctx, &within, startRuns); err != nil {
		return nil, err
	}
	keys, err := l.reactions(ctx, within)
	rows = within.rows("5,000 nodes", 250, 120)
	late := rows[0]
	late.what, late.part, late.bound = "… p99", 0.99, bound{}
	return append(append(rows[:1:1], late), append(rows[1:], keys...)...), err
}
