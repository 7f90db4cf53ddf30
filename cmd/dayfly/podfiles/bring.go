package podfiles

import (
	"cmp"
	"context"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"time"

	"github.com/dayfly-k8s/dayfly/kube"
	"github.com/dayfly-k8s/dayfly/kube/dumps"
	"github.com/dayfly-k8s/dayfly/kube/files"
)

// Dump says what is brought home from a debug container that runs, and where to.
type Dump struct {
	dumps.Dump
	Target, Runs kube.Target
	Name         string // what it is called
	Out          string // the file here; empty: one of that name in the folder of dayfly's state
	State        string // that folder
	Force        bool
	Quiet        bool
	Say          func(words string)
	Stderr       io.Writer
}

// Bring makes a dump, copies it, deletes it there, and prints where it is.
func Bring(ctx context.Context, c *kube.Cluster, d Dump, stdout io.Writer) error {
	to, err := d.file()
	if err != nil {
		return local(err)
	}
	p := newProgress(d.Stderr, d.Quiet)
	defer p.clear()
	stage := dumps.Stage(-1)
	got, err := dumps.Bring(ctx, c, dumps.Request{Dump: d.Dump, Target: d.Target, Runs: d.Runs, To: to, Force: d.Force, Progress: func(now dumps.Progress) {
		if now.Stage != stage {
			stage = now.Stage
			p.clear()
			d.Say(now.Stage.Words())
			p.began, p.total = time.Now(), now.Total
		}
		if now.Stage == dumps.Copying {
			p.tell(now.Done)
		}
	}})
	p.clear()
	if err != nil {
		if got.Left != nil {
			d.Say("what was made may still be there: " + got.Left.Message)
		}
		return local(caused(ctx, err))
	}
	equal := "not compared: " + got.Why
	if got.Equal {
		equal = "SHA-256 " + got.SHA256 + ", equal to that in the pod"
	}
	d.Say(fmt.Sprintf("%s, %s; making it took %s", files.SizeWords(got.Bytes), equal, got.Took.Round(time.Millisecond)))
	if got.Said != "" {
		d.Say("the command said: " + got.Said)
	}
	if got.Left != nil {
		d.Say("it is still there, too: " + got.Left.Message)
	}
	_, err = fmt.Fprintln(stdout, got.File)
	return err
}

// file is where it is written. The folder of dayfly's own is made.
func (d *Dump) file() (string, error) {
	if d.Out != "" {
		return d.Out, nil
	}
	const mode = 0o700
	folder := filepath.Join(cmp.Or(d.State, "."), "dumps")
	return filepath.Join(folder, d.Target.Pod+"-"+time.Now().UTC().Format("20060102T150405Z")+"-"+d.Name), os.MkdirAll(folder, mode)
}
