package batch

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"

	kubebatch "github.com/dayfly-k8s/dayfly/kube/batch"
	"github.com/dayfly-k8s/dayfly/tui/batchreport"
	"github.com/dayfly-k8s/dayfly/tui/batchrun"
	"github.com/dayfly-k8s/dayfly/tui/recording"
)

// write makes a folder that was not there, and the files in it.
func write(base, context, summary string, results []batchrun.Result) (folder string, err error) {
	if folder, err = fresh(base); err != nil {
		return "", err
	}
	file := func(name string, data []byte) {
		if err == nil {
			err = os.WriteFile(filepath.Join(folder, name), data, 0o600)
		}
	}
	file("summary.md", []byte(summary))
	lines, problem := os.OpenFile(filepath.Join(folder, "results.ndjson"), os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o600)
	if problem != nil {
		return "", problem
	}
	defer func() { err = errors.Join(err, lines.Close()) }()
	taken := map[string]bool{}
	for i := range results {
		r := &results[i]
		if !r.NotBegun {
			file(nameOf(r.Item, taken)+".out", r.Output)
		}
		err = errors.Join(err, batchreport.WriteLine(lines, batchreport.MemberOf(context, *r)))
	}
	return folder, err
}

// nameOf names the file of an item. Names from a cluster may be longer than those of files, and are not told apart by their ends alone.
func nameOf(item kubebatch.Item, taken map[string]bool) string {
	var parts []string
	for part := range strings.SplitSeq(item.Name(), "/") {
		parts = append(parts, recording.FilePart(part))
	}
	name := strings.Join(parts, "_")
	for n := 2; taken[name]; n++ {
		name = fmt.Sprintf("%s-%d", strings.Join(parts, "_"), n)
	}
	taken[name] = true
	return name
}

// fresh makes a folder of a name that is free.
func fresh(base string) (string, error) {
	base, err := filepath.Abs(base)
	if err != nil {
		return "", err
	}
	const most = 100
	for n := 1; ; n++ {
		name := base
		if n > 1 {
			name = fmt.Sprintf("%s-%d", base, n)
		}
		err := os.Mkdir(name, 0o700)
		if !errors.Is(err, fs.ErrExist) || n == most {
			return name, err
		}
	}
}
