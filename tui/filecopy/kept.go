package filecopy

import (
	"bytes"
	"os"
	"path/filepath"
	"strings"
	"time"

	"github.com/dayfly-k8s/dayfly/kube"
)

// keep puts what a person has made of a file where it stays until it is written, whatever becomes of the pod or of dayfly; only they can read it. What they have
// not changed is not kept.
func (o *Options) keep(e *edit, now time.Time) {
	if e.kept == "" && o.State != "" {
		e.kept = filepath.Join(o.State, "edits", o.Pod+"-"+now.UTC().Format("20060102T150405.000Z")+"-"+localName(e.path))
	}
	if e.kept == "" {
		return
	}
	if bytes.Equal(e.mine, e.was) {
		_ = os.Remove(e.kept)
		e.kept = ""
		return
	}
	const folder, private = 0o700, 0o600
	err := os.MkdirAll(filepath.Dir(e.kept), folder)
	if err == nil {
		err = os.WriteFile(e.kept, e.mine, private)
	}
	if err != nil {
		e.kept = ""
	}
}

// version says where a person's version is.
func (o *Options) version(e edit) string {
	if e.kept == "" {
		return "; edit it again to go on with your version"
	}
	return "; your version is in " + o.short(e.kept) + ", and edit it again to go on with it"
}

// unwritten is why an edit was not written, with where it is.
func (o *Options) unwritten(e edit, err error) error {
	says := *kube.Explain(local(err))
	says.Hint = strings.TrimPrefix(says.Hint+o.version(e), "; ")
	says.Err = err
	return &says
}
