package main

import (
	"context"
	"io"
	"log/slog"
	"time"

	"github.com/dayfly-k8s/dayfly/kube"
	"github.com/dayfly-k8s/dayfly/kube/lists"
)

// attachable is what dayfly attach -o json prints of a debug container.
type attachable struct {
	Namespace string     `json:"namespace"`
	Pod       string     `json:"pod"`
	Container string     `json:"container"`
	Image     string     `json:"image"`
	ImageID   string     `json:"imageID,omitempty"`
	Target    string     `json:"target,omitempty"`
	By        string     `json:"by,omitempty"`
	Since     *time.Time `json:"since,omitempty"`   // when it was added
	Started   *time.Time `json:"started,omitempty"` // when it has begun to run
	TTY       bool       `json:"tty"`
	Stdin     bool       `json:"stdin"`
}

// list prints the debug containers that run.
func (a *attachment) list(ctx context.Context, stdout io.Writer) error {
	kube.RouteLogs(slog.New(slog.DiscardHandler))
	cluster, err := a.cluster()
	if err != nil {
		return err
	}
	namespace := cluster.Namespace
	if a.what.all {
		namespace = ""
	}
	if a.pod != "" { // that there is none is not the same as that nothing runs in it
		if _, err := readPod(ctx, cluster, a.pod); err != nil {
			return err
		}
	}
	found, err := lists.Debuggers(ctx, cluster, namespace, true)
	if err != nil {
		return err
	}
	all := []attachable{}
	for _, d := range found {
		if a.pod != "" && a.pod != d.Target.Pod || a.container != "" && a.container != d.Target.Container {
			continue
		}
		all = append(all, attachable{
			Namespace: d.Target.Namespace, Pod: d.Target.Pod, Container: d.Target.Container, Image: d.Image, ImageID: d.ImageID,
			Target: d.Looks, By: d.By, Since: known(d.Since), Started: known(d.Started), TTY: d.TTY, Stdin: d.Stdin,
		})
	}
	return writeJSON(stdout, all)
}
