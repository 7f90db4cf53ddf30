package podfiles

import (
	"fmt"
	"path"
	"strings"
)

// remote is a file of a pod.
type remote struct{ namespace, pod, path string }

// base is the name of the file; empty for the root.
func (r remote) base() string {
	if name := path.Base(path.Clean("/" + r.path)); name != "/" {
		return name
	}
	return ""
}

// parse reads POD:PATH or NAMESPACE/POD:PATH; ok is false for a file of this machine: a name without a colon, one that begins with . or /, and C:\… .
func parse(word string) (r remote, ok bool, err error) {
	const drive = 1
	at, file, found := strings.Cut(word, ":")
	if !found || strings.HasPrefix(word, ".") || strings.HasPrefix(word, "/") || len(at) == drive && strings.HasPrefix(file, `\`) {
		return r, false, nil
	}
	r = remote{pod: at, path: file}
	if namespace, pod, has := strings.Cut(at, "/"); has {
		r.namespace, r.pod = namespace, pod
	}
	if r.pod == "" || strings.Contains(r.pod, "/") || strings.Contains(at, "/") && r.namespace == "" {
		return r, true, fmt.Errorf("%q: write POD:PATH or NAMESPACE/POD:PATH", word)
	}
	if r.path == "" {
		return r, true, fmt.Errorf("%q: the path is missing: write %s:/PATH", word, at)
	}
	return r, true, nil
}
