package dumps

import (
	"crypto/rand"
	"strings"
	"testing"

	"github.com/dayfly-k8s/dayfly/kube"
	"github.com/dayfly-k8s/dayfly/kube/kubetest"
	"github.com/dayfly-k8s/dayfly/kube/stream"
)

// A command that goes on, as one does on a cluster when its link is lost, is ended with what it has started, and what it has made is deleted.
func TestCommandThatGoesOnIsEnded(t *testing.T) {
	c := kubetest.PractiseLive(t, "practice")
	for name, ignores := range map[string]string{"heeds": "", "stubborn": "trap '' TERM; "} {
		t.Run(name, func(t *testing.T) {
			at := kube.Target{Namespace: "shop", Pod: "annotated", Container: "proxy"}
			b := bringer{Request: Request{Runs: at}, cluster: c}
			command := ignores + `: >"$FILE"; : >"$FILE.part"; sh -c "$1" & echo "$!" >"$FILE.child"; wait; sleep 1000`
			script := `M=$1 MAKES=$2 REMOVES=$3 P=${TMPDIR:-/tmp}/.dayfly-$1; shift 3; F=/tmp/dayfly-$M.bin
				echo go | sh -c "$MAKES" sh "$F" "$M" "$@" >/dev/null 2>&1 &
				while ! [ -s "$F.child" ] || ! [ -s "$P" ]; do :; done
				read -r A <"$P"; read -r B <"$F.child"
				kill -0 "$A" && kill -0 "$B" && echo both run
				sh -c "$REMOVES" sh "$F" "" "$M"; echo "removed: $?"
				for N in "$A" "$B"; do kill -0 "$N" 2>/dev/null && echo "$N goes on"; done
				ls -a "/tmp" | grep "dayfly-$M"`
			var out strings.Builder
			args := []string{rand.Text(), makes, where + removes, "sh", "-c", command, name, ignores + "sleep 1000; sleep 1000"}
			if _, err := b.run(t.Context(), script, args, stream.Streams{Out: &out, Err: &out}); err != nil {
				t.Fatal(err)
			}
			if got := out.String(); got != "both run\nremoved: 0\n" {
				t.Errorf("it says %q", got)
			}
		})
	}
}
