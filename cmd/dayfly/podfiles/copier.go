package podfiles

import (
	"context"
	"fmt"
	"time"

	"github.com/dayfly-k8s/dayfly/kube"
	"github.com/dayfly-k8s/dayfly/kube/files"
)

// copier is the command line of dayfly cp.
type copier struct {
	Ask
	retries    int
	noPreserve bool
	owner      string // UID:GID; empty: that of the container's process

	opened   *Opened
	progress *progress
}

// request is the copy of a file of the container.
func (c *copier) request(name string) files.Request {
	return files.Request{
		Place: c.opened.Place, Path: name, Retries: c.retries, Progress: c.progress.tell,
		Retry: func(err error) {
			c.progress.clear()
			c.say(kube.Explain(err).Message + "; trying again")
		},
	}
}

// finish tells what was copied, and has it written down.
func (c *copier) finish(uploaded bool, words string, bytes int64) {
	c.opened.Record(uploaded)
	c.progress.clear()
	c.say(fmt.Sprintf("copied %s, %s (%s/s)", words, files.SizeWords(bytes), files.SizeWords(c.progress.rate(bytes, time.Now()))))
}

// caused is an error, or why its context has ended.
func caused(ctx context.Context, err error) error {
	if cause := context.Cause(ctx); err != nil && cause != nil {
		return cause
	}
	return err
}
