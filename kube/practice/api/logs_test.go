package api_test

import (
	"bufio"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"testing"

	corev1 "k8s.io/api/core/v1"
	apierrors "k8s.io/apimachinery/pkg/api/errors"

	"github.com/dayfly-k8s/dayfly/kube/practice/streams"
)

func TestLogs(t *testing.T) {
	pending := pod("pending", "app")
	pending.Spec.NodeName = ""
	c := serve(t, pod("web", "app"), pod("two", "app", "sidecar"), pending)
	c.kubelet.log = func(_ context.Context, c streams.Container, o *corev1.PodLogOptions, w io.Writer) error {
		if o.Previous {
			return apierrors.NewBadRequest("previous terminated container not found")
		}
		options, err := json.Marshal(o)
		if err != nil {
			return err
		}
		_, err = fmt.Fprintf(w, "%s/%s/%s %s", c.Namespace, c.Pod, c.Name, options)
		return err
	}
	for _, test := range []struct {
		path string
		code int
		want string
	}{
		{"web/log", 200, `shop/web/app {}`},
		{"pending/log", 200, ``},
		{"two/log?container=sidecar&tailLines=5&timestamps=true&sinceSeconds=3&limitBytes=10&follow=false", 200,
			`shop/two/sidecar {"container":"sidecar","sinceSeconds":3,"timestamps":true,"tailLines":5,"limitBytes":10}`},
		{"web/log?sinceTime=2026-03-04T12:00:00Z", 200, `shop/web/app {"sinceTime":"2026-03-04T12:00:00Z"}`},
		{"two/log", 400, `a container name must be specified for pod two, choose one of: [app sidecar]`},
		{"web/log?container=x", 400, `container x is not valid for pod web`},
		{"nope/log", 404, `pods "nope" not found`},
		{"web/log?previous=1", 400, `previous terminated container not found`},
		{"web/log?tailLines=x", 400, `strconv.ParseInt: parsing "x": invalid syntax`},
		{"web/log?tailLines=-1", 422, `PodLogOptions "web" is invalid: tailLines: Invalid value: -1: must be greater than or equal to 0`},
		{"web/log?limitBytes=0", 422, `PodLogOptions "web" is invalid: limitBytes: Invalid value: 0: must be greater than 0`},
		{"web/log?sinceSeconds=0", 422, `PodLogOptions "web" is invalid: sinceSeconds: Invalid value: 0: must be greater than 0`},
		{"web/log?sinceSeconds=1&sinceTime=2026-03-04T12:00:00Z", 422,
			"PodLogOptions \"web\" is invalid: []: Forbidden: at most one of `sinceTime` or `sinceSeconds` may be specified"},
	} {
		a := c.ask(t, call{path: "/api/v1/namespaces/shop/pods/" + test.path})
		got := string(a.body)
		if a.code != http.StatusOK {
			got = a.status(t).Message
		}
		if a.code != test.code || got != test.want {
			t.Errorf("%s:\n%d %s, want\n%d %s", test.path, a.code, got, test.code, test.want)
		}
	}
}

// TestFollow sees each line as it is written, and ends the kubelet's work when it goes.
func TestFollow(t *testing.T) {
	c := serve(t, pod("web", "app"))
	lines, ended := make(chan string), make(chan error, 1)
	c.kubelet.log = func(ctx context.Context, _ streams.Container, _ *corev1.PodLogOptions, w io.Writer) error {
		for {
			select {
			case line := <-lines:
				if _, err := io.WriteString(w, line); err != nil {
					return err
				}
			case <-ctx.Done():
				ended <- ctx.Err()
				return ctx.Err()
			}
		}
	}
	go func() { lines <- "one\n" }() // the response begins with it
	ctx, cancel := context.WithCancel(t.Context())
	response := c.open(ctx, t, call{path: "/api/v1/namespaces/shop/pods/web/log?follow=true"})
	defer response.Body.Close()
	reader := bufio.NewReader(response.Body)
	for _, written := range []string{"one\n", "two\n", "three\n"} {
		if written != "one\n" {
			lines <- written
		}
		if line, err := reader.ReadString('\n'); err != nil || line != written {
			t.Fatalf("read %q, %v, want %q", line, err, written)
		}
	}
	cancel()
	if err := <-ended; err == nil {
		t.Error("the kubelet was not told that the client has gone")
	}
}
