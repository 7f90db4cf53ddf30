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
	mode    string // of the folder, if it is new
	owner   string // UID:GID
	at      string // where it leads
	stage   string // the folder in which it arrives
	part    string // the name of the folder in which it arrives, by which what writes there is known, too
	arrived bool   // all is there, and has to be put in its place
}

// SendTree writes a folder of a container, with everything that is below a folder of this machine, which gets the owner of the upload. All of it arrives beside
// its place, and is put there at the end: what is there stays until then, and after an error. Folders that are there stay as they are, and nothing is written
// through a link, or over a mount. After a lost link the files are not sent again that have arrived: with their size, and the time that they get when they are
// whole.
func SendTree(ctx context.Context, c *kube.Cluster, u Upload, root *os.Root, p Packing) error {
	s := &sendingTree{Upload: &u, cluster: c, root: root, packing: p, part: ".dayfly-" + token()}
	err := s.sendAll(ctx)
	if err != nil && s.owner != "" {
		err = u.discard(ctx, c, err, s.part, discardTree, s.at, s.part, s.stage)
	}
	return err
}

// sendAll sends it, over lost links.
func (s *sendingTree) sendAll(ctx context.Context) error {
	for tries := (attempts{}); ; {
		before := len(s.packing.there)
		err := s.sendOnce(ctx)
		if err == nil || s.Once || !tries.again(ctx, &s.Request, err, len(s.packing.there) > before) {
			return err
		}
	}
}

// prepare finds where the files go and whose they shall be, or after a lost link what is there.
func (s *sendingTree) prepare(ctx context.Context) error {
	if s.owner != "" {
		word := token()
		says, err := s.ask(ctx, s.cluster, unpacked, s.at, s.part, s.stage, word, strconv.Itoa(listed))
		if err == nil {
			s.packing.there = versions(says, word)
		}
		return err
	}
	is, err := s.root.Stat(".")
	if err != nil {
		return err //nolint:wrapcheck // it names the folder
	}
	if s.mode = "755"; !s.packing.NoModes {
		s.mode = octal(is.Mode())
	}
	says, err := s.ask(ctx, s.cluster, placeTree, s.Path, s.Base, "", "", "", s.Owner)
	if err != nil {
		return err
	}
	owner, at, _ := strings.Cut(says, "\n")
	if _, err := fmt.Sscanf(owner, "%d:%d", &s.packing.UID, &s.packing.GID); err != nil {
		return &kube.Problem{Message: fmt.Sprintf("%s: the owner %q is not UID:GID", s.op(), kube.Sanitize(owner)), Hint: "give the owner in numbers"}
	}
	s.owner = owner
	s.at, s.stage, _ = strings.Cut(at, "\x00")
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

// sendOnce sends what is missing over one link, and puts it in its place when all of it is there.
func (s *sendingTree) sendOnce(ctx context.Context) error {
	if !s.arrived {
		if err := s.prepare(ctx); err != nil {
			return err
		}
		if err := s.unpack(ctx); err != nil {
			return err
		}
		s.arrived = true
	}
	_, err := s.ask(ctx, s.cluster, merge, s.at, s.part, s.stage, s.mode, s.owner)
	return err
}

// unpack sends what is missing.
func (s *sendingTree) unpack(ctx context.Context) error {
	archive := Pack(s.root, s.packing)
	defer func() { _ = archive.Close() }()
	read := &summed{from: archive, sum: sha256.New(), tell: s.Progress}
	said := &tail{}
	code, err := stream.Exec(ctx, s.cluster, s.Place.Runs, s.Place.command(unpack, s.at, s.part, s.stage), stream.Streams{In: read, Out: discard{}, Err: said, Bulk: true})
	switch {
	case read.failed != nil:
		return read.failed
	case err == nil && code != 0:
		return failed(s.op(), code, said)
	}
	return err
}
