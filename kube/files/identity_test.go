package files_test

import (
	"io/fs"
	"os"
	"testing"

	"github.com/dayfly-k8s/dayfly/kube/files"
)

func TestIdentityReads(t *testing.T) {
	file := func(mode fs.FileMode, uid, gid int) files.Entry {
		return files.Entry{Mode: mode, UID: uid, GID: gid}
	}
	u := files.Identity{UID: 1000, Groups: []int{1000, 50}, Known: true}
	for _, c := range []struct {
		who  files.Identity
		e    files.Entry
		want bool
	}{
		{u, file(0o600, 1000, 0), true},
		{u, file(0o600, 0, 0), false},
		{u, file(0o040, 0, 50), true},
		{u, file(0o044, 1000, 50), false}, // the owner's bits count for the owner
		{u, file(0o004, 0, 0), true},
		{u, file(fs.ModeDir|0o744, 0, 0), false}, // it may be listed, and nothing in it be looked at
		{u, file(fs.ModeDir|0o755, 0, 0), true},
		{u, file(fs.ModeSymlink, 0, 0), true},
		{files.Identity{Known: true}, file(0, 5, 5), true},
		{files.Identity{}, file(0, 5, 5), true},
	} {
		if got := c.who.Reads(c.e); got != c.want {
			t.Errorf("%+v reads %v of %d:%d: %v", c.who, c.e.Mode, c.e.UID, c.e.GID, got)
		}
	}
}

func TestWhoRuns(t *testing.T) {
	c, p, _ := practised(t)
	if who, err := files.WhoRuns(t.Context(), c, p); err != nil || !who.Known || os.Getuid() == 0 && who.UID != 0 || len(who.Groups) == 0 {
		t.Errorf("%+v, %v", who, err)
	}
}
