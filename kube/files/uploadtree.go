package files

import (
	"context"
	"crypto/sha256"
	"fmt"
	"os"
	"strconv"
	"strings"

	"github.com/dayfly-k8s/dayfly/kube"
	"github.com/dayfly-k8s/dayfly/kube/stream"
)

// sendingTree is one run of [SendTree].
type sendingTree struct {
	*Upload
	cluster *kube.Cluster
	root    *os.Root
	packing Packing
	owner   string // UID:GID
	at      string // where it leads
	word    string // by which what writes there is known, and of which no name is a part
}

// SendTree writes a folder of a container, with everything that is below a folder of this machine, which gets the owner of the upload. What replaces a file
// is not written through a link. After a lost link the files are not sent again that are there: with their size, and the time that they get when they
// are whole.
func SendTree(ctx context.Context, c *kube.Cluster, u Upload, root *os.Root, p Packing) error {
	s := &sendingTree{Upload: &u, cluster: c, root: root, packing: p, word: token()}
	for idle := 0; ; {
		before := len(s.packing.there)
		err := s.sendOnce(ctx)
		if idle++; len(s.packing.there) > before {
			idle = 1
		}
		if err == nil || !s.again(ctx, err, idle) {
			return err
		}
	}
}

// prepare finds where the files go and whose they shall be, or after a lost link what is there.
func (s *sendingTree) prepare(ctx context.Context) error {
	if s.owner != "" {
		says, err := s.ask(ctx, s.cluster, unpacked, s.at, s.word, strconv.Itoa(listed))
		if err == nil {
			s.packing.there = versions(says, s.word)
		}
		return err
	}
	says, err := s.ask(ctx, s.cluster, placeTree, s.Path, s.Base, "", "", "", s.Owner)
	if err != nil {
		return err
	}
	owner, at, _ := strings.Cut(says, "\n")
	if _, err := fmt.Sscanf(owner, "%d:%d", &s.packing.UID, &s.packing.GID); err != nil {
		return &kube.Problem{Message: fmt.Sprintf("%s: the owner %q is not UID:GID", s.op(), kube.Sanitize(owner)), Hint: "give the owner in numbers"}
	}
	s.owner, s.at = owner, at
	return nil
}

// versions reads "WORD%s %Y ./name".
func versions(text, word string) map[string]version {
	there, entries := map[string]version{}, strings.Split(text, word)
	if len(text) >= listed {
		entries = entries[:len(entries)-1] // it may have been cut
	}
	for _, entry := range entries {
		var v version
		if _, err := fmt.Sscanf(entry, "%d %d ", &v.size, &v.modified); err != nil {
			continue
		}
		if _, name, ok := strings.Cut(entry, " ./"); ok {
			there[strings.TrimSuffix(name, "\n")] = v
		}
	}
	return there
}

// sendOnce sends what is missing over one link.
func (s *sendingTree) sendOnce(ctx context.Context) error {
	if err := s.prepare(ctx); err != nil {
		return err
	}
	archive := Pack(s.root, s.packing)
	defer func() { _ = archive.Close() }()
	read := &summed{from: archive, sum: sha256.New(), tell: s.Progress}
	said := &tail{}
	code, err := stream.Exec(ctx, s.cluster, s.Place.Runs, s.Place.command(unpack, s.at, s.owner, s.word), stream.Streams{In: read, Out: discard{}, Err: said, Bulk: true})
	switch {
	case read.failed != nil:
		return read.failed
	case err == nil && code != 0:
		return failed(s.op(), code, said)
	}
	return err
}
