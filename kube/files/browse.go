package files

import (
	"bytes"
	"context"
	"fmt"
	"io"
	"io/fs"
	"path"
	"strconv"
	"strings"

	"github.com/dayfly-k8s/dayfly/kube"
	"github.com/dayfly-k8s/dayfly/kube/stream"
)

// follow prints for each path of its input, a line each, the mode of what it leads to, or - where that is nothing.
func follow() string {
	return root + `A=$1; while IFS= read -r X; do ( set -- "$A" "$X"; ` + strings.TrimPrefix(resolve, root) +
		`[ -e "$F" ] && stat -c %f "$F" ) 2>/dev/null </dev/null || echo -; done`
}

// Follow tells where paths lead whose symbolic links are followed, as far as it could be found out: to what kind of file, or to nothing (there is an entry with ok false).
func Follow(ctx context.Context, c *kube.Cluster, p Place, names []string) (map[string]Leads, error) {
	var asked []string
	for _, name := range names {
		if !strings.ContainsAny(name, "\n\x00") {
			asked = append(asked, name)
		}
	}
	if len(asked) == 0 {
		return nil, nil
	}
	var out bytes.Buffer
	said := &tail{}
	in := strings.NewReader(strings.Join(asked, "\n") + "\n")
	code, err := stream.Exec(ctx, c, p.Runs, p.command(follow()), stream.Streams{In: in, Out: &out, Err: said})
	if err != nil {
		return nil, err
	}
	if code != 0 {
		return nil, failed("follow links in "+p.Target.String(), code, said)
	}
	found, lines := map[string]Leads{}, strings.Split(strings.TrimSuffix(out.String(), "\n"), "\n")
	for i, line := range lines[:min(len(lines), len(asked))] {
		mode, err := strconv.ParseUint(line, 16, 32)
		found[asked[i]] = Leads{Mode: fileMode(uint32(mode)), OK: err == nil}
	}
	return found, nil
}

// Leads is where a path leads.
type Leads struct {
	Mode fs.FileMode
	OK   bool // false: to nothing
}

// usage prints the kilobytes of each folder in a folder, as they are known.
const usage = resolve + found + `command -v du >/dev/null || { echo "there is no du" >&2; exit 1; }; ` +
	`cd "$F" && find . -mindepth 1 -maxdepth 1 -type d -exec du -skx {} \;`

// Usage measures what the folders in a folder take on their disk, each without what is mounted below it, and tells each when it is known. Note is
// what could not be measured; empty: all could.
func Usage(ctx context.Context, c *kube.Cluster, p Place, name string, each func(folder string, bytes int64)) (note string, err error) {
	op := fmt.Sprintf("measure %q in %s", kube.Sanitize(name), p.Target)
	said, sizes := &tail{}, &lines{take: func(line string) {
		const kB = 1024
		size, folder, _ := strings.Cut(line, "\t")
		folder, ok := strings.CutPrefix(folder, "./")
		if n, err := strconv.ParseInt(size, 10, 64); ok && err == nil {
			each(folder, n*kB)
		}
	}}
	code, err := stream.Exec(ctx, c, p.Runs, p.command(usage, name), stream.Streams{Out: sizes, Err: said})
	if err == nil && code != 0 && sizes.n == 0 {
		err = failed(op, code, said)
	}
	return said.String(), err
}

// lines takes text line by line.
type lines struct {
	take func(string)
	rest []byte
	n    int
}

// Write takes a part of it.
func (l *lines) Write(p []byte) (int, error) {
	l.rest = append(l.rest, p...)
	for {
		line, rest, ok := bytes.Cut(l.rest, []byte("\n"))
		if !ok {
			return len(p), nil
		}
		l.take(string(line))
		l.rest, l.n = rest, l.n+1
	}
}

// Mounts says what the pod mounts into a container, by the path there, in words: "config map web".
func Mounts(pod *kube.Pod, container string) map[string]string {
	all := map[string]string{}
	object := pod.Object()
	if object == nil {
		return all
	}
	kinds := map[string]string{}
	for i := range object.Spec.Volumes {
		v := &object.Spec.Volumes[i]
		word := "volume"
		switch {
		case v.ConfigMap != nil:
			word = "config map " + v.ConfigMap.Name
		case v.Secret != nil:
			word = "secret " + v.Secret.SecretName
		case v.PersistentVolumeClaim != nil:
			word = "claim " + v.PersistentVolumeClaim.ClaimName
		case v.EmptyDir != nil && v.EmptyDir.Medium == "Memory":
			word = "memory"
		case v.EmptyDir != nil:
			word = "empty dir"
		case v.HostPath != nil:
			word = "node " + v.HostPath.Path
		case v.Projected != nil && strings.HasPrefix(v.Name, "kube-api-access-"):
			word = "service account"
		case v.Projected != nil:
			word = "projected"
		case v.DownwardAPI != nil:
			word = "downward API"
		case v.NFS != nil:
			word = "NFS"
		case v.CSI != nil:
			word = "CSI " + v.CSI.Driver
		case v.Ephemeral != nil:
			word = "claim of the pod"
		case v.Image != nil:
			word = "image"
		}
		kinds[v.Name] = kube.Sanitize(word)
	}
	for i := range object.Spec.Containers {
		if object.Spec.Containers[i].Name != container {
			continue
		}
		for _, m := range object.Spec.Containers[i].VolumeMounts {
			word := kinds[m.Name]
			if m.ReadOnly {
				word += ", read-only"
			}
			all[path.Clean("/"+m.MountPath)] = word
		}
	}
	return all
}

// PortionSize is how many bytes are read at a time of a file that is looked at.
const PortionSize = 64 << 10

// Portion is a part of a file.
type Portion struct {
	Data []byte
	Size int64 // of the file at that moment; 0: its size is not known beforehand, as that of a file in /proc, or it is empty
}

// portion prints the size of a file, and then its portion number $3.
const portion = resolve + found + `[ -f "$F" ] || { echo "it is not a regular file" >&2; exit 1; }; [ -r "$F" ] || { echo "permission denied" >&2; exit 1; }; ` +
	`S=$(stat -c %s "$F") || exit 1; echo "$S"; exec 3>&1; if [ "$S" = 0 ]; then if [ "$3" = 0 ]; then head -c 1048576 "$F"; fi; exit; fi; ` +
	`if command -v dd >/dev/null; then M=$(dd if="$F" bs=65536 skip="$3" count=1 2>&1 >&3 3>&-) || { echo "$M" >&2; exit 1; }; ` +
	`else tail -c "+$(($3*65536+1))" "$F" | head -c 65536; fi`

// ReadPortion reads the portion of a file with a number, from 0 on; behind the end of the file it is empty. Of a file whose size is not known, the first portion is
// its first megabyte.
func ReadPortion(ctx context.Context, c *kube.Cluster, p Place, name string, number int64) (Portion, error) {
	op := fmt.Sprintf("read %q in %s", kube.Sanitize(name), p.Target)
	var out bytes.Buffer
	said := &tail{}
	code, err := stream.Exec(ctx, c, p.Runs, p.command(portion, name, strconv.FormatInt(number, 10)), stream.Streams{Out: &out, Err: said})
	switch {
	case err != nil:
		return Portion{}, err
	case code != 0:
		return Portion{}, failed(op, code, said)
	}
	first, data, _ := bytes.Cut(out.Bytes(), []byte("\n"))
	size, err := strconv.ParseInt(string(first), 10, 64)
	if err != nil {
		return Portion{}, &kube.Problem{Message: fmt.Sprintf("%s: its size is %q", op, kube.Sanitize(string(first))), Hint: "the programs of the container answer in an unknown way: use a debug container", Err: err}
	}
	return Portion{Data: data, Size: size}, nil
}

// Stream writes a file from a byte on, until its end or until the writer says no.
func Stream(ctx context.Context, c *kube.Cluster, p Place, name string, from int64, to io.Writer) error {
	ctx, stop := context.WithCancel(ctx)
	defer stop()
	op := fmt.Sprintf("read %q in %s", kube.Sanitize(name), p.Target)
	said, out := &tail{}, &stopping{to: to, stop: stop}
	code, err := stream.Exec(ctx, c, p.Runs, p.command(read, name, strconv.FormatInt(from+1, 10)), stream.Streams{Out: out, Err: said})
	switch {
	case out.err != nil:
		return out.err
	case err == nil && code != 0:
		return failed(op, code, said)
	}
	return err
}

// stopping ends what writes when it may not.
type stopping struct {
	to   io.Writer
	stop func()
	err  error
}

// Write writes.
func (s *stopping) Write(p []byte) (int, error) {
	n, err := s.to.Write(p)
	if err != nil {
		s.err = err
		s.stop()
	}
	return n, err //nolint:wrapcheck // as the writer says it
}
