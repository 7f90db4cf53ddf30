package files

import (
	"bytes"
	"context"
	"io/fs"
	"slices"
	"strconv"
	"strings"

	"github.com/dayfly-k8s/dayfly/kube"
	"github.com/dayfly-k8s/dayfly/kube/stream"
)

// Identity is as whom the programs run that read and write files. The zero value is not known.
type Identity struct {
	UID    int
	Groups []int
	Known  bool
}

// Reads reports whether a file's mode lets it be looked at: into a folder, or at what is in a file. Root may look at everything, and where nothing is known it may be; a
// link is judged by what it leads to.
func (i Identity) Reads(e Entry) bool {
	const read, enter = 4, 1
	switch {
	case !i.Known, i.UID == 0, e.Mode.Type() == fs.ModeSymlink:
		return true
	case e.Mode.IsDir():
		return i.may(e, read) && i.may(e, enter)
	}
	return i.may(e, read)
}

// may reports whether the bits of a mode that count for the identity have one.
func (i Identity) may(e Entry, bit fs.FileMode) bool {
	const group, owner = 3, 6
	switch {
	case e.UID == i.UID:
		bit <<= owner
	case slices.Contains(i.Groups, e.GID):
		bit <<= group
	}
	return e.Mode&bit != 0
}

// whoami prints as whom the programs run.
const whoami = root + `echo "$(id -u)"; id -G`

// WhoRuns finds out as whom the programs of a place run.
func WhoRuns(ctx context.Context, c *kube.Cluster, p Place) (Identity, error) {
	var out bytes.Buffer
	said := &tail{}
	code, err := stream.Exec(ctx, c, p.Runs, p.command(whoami), stream.Streams{Out: &out, Err: said})
	if err != nil {
		return Identity{}, err
	}
	if code != 0 {
		return Identity{}, failed("ask who runs in "+p.Runs.String(), code, said)
	}
	var numbers []int
	for _, word := range strings.Fields(out.String()) {
		n, err := strconv.Atoi(word)
		if err != nil {
			return Identity{}, &kube.Problem{Message: "ask who runs in " + p.Runs.String() + ": " + kube.Sanitize(out.String()), Hint: "the programs of the container answer in an unknown way: use a debug container", Err: err}
		}
		numbers = append(numbers, n)
	}
	if len(numbers) == 0 {
		return Identity{}, failed("ask who runs in "+p.Runs.String(), code, said)
	}
	return Identity{UID: numbers[0], Groups: numbers[1:], Known: true}, nil
}
