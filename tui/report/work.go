package report

import (
	"context"
	"errors"
	"os"
	"path/filepath"
	"strings"

	"github.com/dayfly-k8s/dayfly/kube"
	kubereport "github.com/dayfly-k8s/dayfly/kube/report"
)

// written is a report that is on the disk.
type written struct {
	report *kubereport.Report
	file   string
	folder string // empty: none was written
	bytes  int64  // of the file
}

// progress is news of a report that is made: a step that is begun, or how it ended.
type progress struct {
	step string
	done *written
	err  error
}

// work gathers a report and writes it. All that is sent fits into the channel, so that nobody has to receive. What is cancelled leaves nothing.
func work(ctx context.Context, c *kube.Cluster, o kubereport.Options, to place) <-chan progress {
	const steps = 64 // more than there are
	news := make(chan progress, steps)
	o.Progress = func(step string) { news <- progress{step: step} }
	go func() {
		defer close(news)
		r, err := kubereport.Gather(ctx, c, o)
		if err == nil {
			err = ctx.Err()
		}
		if err != nil {
			news <- progress{err: err}
			return
		}
		news <- progress{step: "writing it"}
		done, err := to.write(r)
		news <- progress{done: done, err: err}
	}()
	return news
}

// place is where a report is written.
type place struct {
	file   func(name string) string
	own    string // the folder of dayfly's own, which is made if it is missing
	folder bool   // one is written beside the file
}

func (p *place) write(r *kubereport.Report) (*written, error) {
	file := p.file(r.Name())
	if !strings.HasSuffix(strings.ToLower(file), zipped) {
		return nil, &kube.Problem{Message: "a report is a zip, and " + kube.Sanitize(file) + " is called otherwise", Hint: "choose a name that ends with " + zipped}
	}
	if filepath.Dir(file) == p.own {
		const mode = 0o700
		if err := os.MkdirAll(p.own, mode); err != nil {
			return nil, err
		}
	}
	if err := r.Write(file); err != nil {
		return nil, err
	}
	done := &written{report: r, file: file}
	if info, err := os.Stat(file); err == nil {
		done.bytes = info.Size()
	}
	if !p.folder {
		return done, nil
	}
	done.folder = file[:len(file)-len(zipped)]
	if err := r.Write(done.folder); err != nil {
		return nil, errors.Join(err, os.Remove(file))
	}
	return done, nil
}

// zipped is how the names of reports end.
const zipped = ".zip"

// checkPlace says what is wrong with the name of a zip.
func checkPlace(text string) error {
	if !strings.HasSuffix(strings.ToLower(text), zipped) {
		return &kube.Problem{Message: "a report is a zip", Hint: "choose a name that ends with " + zipped}
	}
	return nil
}
