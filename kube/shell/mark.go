package shell

import (
	"context"
	"crypto/rand"
	"fmt"
	"path"

	"github.com/dayfly-k8s/dayfly/kube"
	"github.com/dayfly-k8s/dayfly/kube/stream"
)

// NewMark is a word by which the processes of a shell are found, and no others.
func NewMark() string { return rand.Text() }

// Marked is the command that opens a shell whose processes have a mark in their environment. A runtime lets what was begun by exec go on when nobody is
// connected to it any more, and has no other way to end it. Shells of Windows have none.
func Marked(shell []string, mark string) []string {
	if len(shell) != 1 || path.Ext(shell[0]) == ".exe" || mark == "" {
		return shell
	}
	with := "sh"
	if path.IsAbs(shell[0]) { // there is none in PATH
		with = shell[0]
	}
	return []string{with, "-c", `export DAYFLY_SHELL="$1"; exec "$2"`, "sh", mark, shell[0]}
}

// ends hangs up on the processes with the mark $1, and kills those that do not heed it.
const ends = `[ "${#1}" -ge 20 ] || exit 1; N=0; while [ "$N" -lt 40 ]; do L=; for D in /proc/[0-9]*; do ` +
	`case $(cat "$D/environ") in *"DAYFLY_SHELL=$1"*) L=1; S=; [ "$N" != 0 ] || S=HUP; [ "$N" -lt 20 ] || S=KILL; [ -z "$S" ] || kill -s "$S" "${D##*/}";; esac; ` +
	`done 2>/dev/null; [ -n "$L" ] || exit 0; N=$((N+1)); sleep 0.1 2>/dev/null || sleep 1; done; exit 1`

// End ends the processes of the shells with a mark in a container of a pod, which were opened by a command that [Marked] has made. The error is a [*kube.Problem].
func End(ctx context.Context, c *kube.Cluster, t kube.Target, opened []string, mark string) error {
	if len(opened) == 0 || mark == "" {
		return nil
	}
	code, err := stream.Exec(ctx, c, t, []string{opened[0], "-c", ends, "sh", mark}, stream.Streams{Out: &first{}, Err: &first{}})
	if err != nil {
		return err
	}
	if code != 0 {
		return &kube.Problem{Message: fmt.Sprintf("the shell in %s does not end", t), Hint: "end its processes there by hand"}
	}
	return nil
}
