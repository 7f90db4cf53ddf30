package report

import (
	"context"
	"errors"
	"io"
	"strings"
	"time"

	apierrors "k8s.io/apimachinery/pkg/api/errors"

	"github.com/dayfly-k8s/dayfly/kube"
	"github.com/dayfly-k8s/dayfly/kube/logs"
)

// What is read of each log: its last lines, and no more than that many bytes of them.
const (
	logLines = 1000
	logBytes = 2 << 20
	logTime  = 20 * time.Second
)

// logs reads the logs of all containers, of now and before their last restart.
func (g *gatherer) logs(ctx context.Context) {
	for i := range g.r.Pod.Containers {
		one := &g.r.Pod.Containers[i]
		g.log(ctx, one.Name, false)
		if one.Restarts > 0 {
			g.log(ctx, one.Name, true)
		}
	}
}

func (g *gatherer) log(ctx context.Context, container string, previous bool) {
	if !isName(container) {
		return
	}
	ctx, cancel := context.WithTimeout(ctx, logTime)
	defer cancel()
	l := containerLog{container: container, previous: previous}
	target := kube.Target{Namespace: g.r.Pod.Namespace, Pod: g.r.Pod.Name, Container: container}
	stream, err := logs.Open(ctx, g.c, target, logs.Options{Tail: logLines, Previous: previous, Timestamps: true})
	if err != nil {
		g.noLog(&l, err)
		return
	}
	defer func() { _ = stream.Close() }()
	read := logs.NewLines(io.LimitReader(stream, logBytes), container)
	for {
		line, err := read.Next()
		if line.Text != "" || err == nil {
			l.lines = append(l.lines, strings.TrimSpace(when(line.Time)+" "+line.Text))
		}
		if err != nil {
			if !errors.Is(err, io.EOF) {
				g.noLog(&l, err)
			}
			break
		}
	}
	if len(l.lines) == 0 {
		return
	}
	text := g.r.text(l.file(), strings.Join(l.lines, "\n"))
	l.lines = strings.Split(text, "\n")
	g.r.logs = append(g.r.logs, l)
	g.r.files = append(g.r.files, File{Name: l.file(), Data: []byte(text + "\n")})
}

// noLog says why a log could not be read.
func (g *gatherer) noLog(l *containerLog, err error) {
	the := "The " + l.name()
	switch {
	case logs.NotStarted(err):
		g.r.unread = append(g.r.unread, the+" is not there: the container has not started.")
	case logs.NoPrevious(err):
		g.r.unread = append(g.r.unread, the+" is not there: its node no longer has it.")
	case apierrors.IsForbidden(err):
		g.r.unread = append(g.r.unread, the+` could not be read: you may not read logs here (verb "get" on "pods/log").`)
	default:
		g.r.missing(the, err)
	}
}
