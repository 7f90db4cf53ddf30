// Package practice is a Kubernetes cluster inside the process: for people who want to try dayfly without a cluster of their
// own, and for tests.
//
// [Start] reads manifests, lets days of history pass in a few milliseconds, and serves the Kubernetes API on the loopback
// interface behind TLS and random tokens. Clients find it through an ordinary kubeconfig. The pods are simulated; debug
// containers and idle copies are real processes of this machine, kept apart from all others where the kernel allows it, so a program that starts
// a cluster calls process.Main first of all.
// [Cluster.Close] ends everything; when the process dies without it, the processes of containers end all the same.
package practice

import (
	"cmp"
	"context"
	"fmt"
	"io/fs"
	"net"
	"net/http"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"sync"
	"time"

	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"

	"github.com/dayfly-k8s/dayfly/kube/practice/api"
	"github.com/dayfly-k8s/dayfly/kube/practice/clock"
	"github.com/dayfly-k8s/dayfly/kube/practice/controllers"
	"github.com/dayfly-k8s/dayfly/kube/practice/kubelet"
	"github.com/dayfly-k8s/dayfly/kube/practice/process"
	"github.com/dayfly-k8s/dayfly/kube/practice/registry"
	"github.com/dayfly-k8s/dayfly/kube/practice/scene"
	"github.com/dayfly-k8s/dayfly/kube/practice/store"
)

// Options say what a cluster begins with, and how its time passes.
type Options struct {
	Scenes fs.FS   // manifests, see package scene
	More   []fs.FS // manifests of what there is besides

	// Manual lets time pass by Clock.Advance only. Such a cluster begins at the same time of the same day whenever it is
	// started, with the same names, addresses and events.
	Manual bool

	Port int    // preferred on 127.0.0.1; another one is taken when it is busy, and when it is 0
	Dir  string // a scratch folder of mode 0700 is made in it; in that for temporary files when it is ""

	// Audit is told of each request before it is answered, from any goroutine; nil: nobody is.
	Audit func(*http.Request)
}

// Cluster is a cluster that is up.
type Cluster struct {
	Kubeconfig string       // path of a file of mode 0600, with the contexts "practice" and "practice-viewer"
	Server     string       // URL
	Clock      *clock.Clock // the cluster's time

	dir     string
	images  *registry.Registry
	server  *http.Server
	kubelet *kubelet.Kubelet
	control *controllers.Controllers
	host    *process.Host
	cancel  context.CancelFunc
	running sync.WaitGroup
}

// Users of the practice cluster; what they may do is in the manifests.
const (
	admin  = "practice-admin"
	viewer = "practice-viewer"
)

// remembered is how many changes of the store a watch can be behind.
const remembered = 2000

// manualNow is the time at which clusters begin whose time does not pass by itself.
func manualNow() time.Time { return time.Date(2026, 3, 4, 12, 0, 0, 0, time.UTC) }

// Start brings a cluster up. It lives until Close; the end of ctx only ends what clients have under way.
func Start(ctx context.Context, o Options) (_ *Cluster, err error) {
	scenes, err := scene.Load(o.Scenes)
	if err != nil {
		return nil, fmt.Errorf("load the scenes: %w", err)
	}
	for _, files := range o.More {
		more, err := scene.Load(files)
		if err != nil {
			return nil, fmt.Errorf("load more scenes: %w", err)
		}
		scenes.Items = append(scenes.Items, more.Items...)
	}
	c := &Cluster{cancel: func() {}, images: registry.New(scenes.Images)}
	defer func() {
		if err != nil {
			c.Close()
		}
	}()
	if c.dir, err = os.MkdirTemp(o.Dir, "dayfly-practice-"); err != nil {
		return nil, fmt.Errorf("make the scratch folder: %w", err)
	}
	if c.host, err = process.NewHost(c.dir); err != nil {
		return nil, fmt.Errorf("prepare for processes: %w", err)
	}
	now := time.Now()
	if o.Manual {
		now = manualNow()
	}
	objects, err := c.history(scenes, now)
	if err != nil {
		return nil, err
	}
	tokens, err := newTokens()
	if err != nil {
		return nil, err
	}
	ctx, c.cancel = context.WithCancel(ctx)
	handler, err := api.New(api.Options{Store: objects, Clock: c.Clock, Kubelet: nodes{c.kubelet, c.control}, Tokens: tokens.users()})
	if err != nil {
		return nil, fmt.Errorf("make the API server: %w", err)
	}
	if err := c.serve(ctx, audited(handler, o.Audit), o.Port, tokens); err != nil {
		return nil, err
	}
	if !o.Manual {
		c.running.Go(func() { c.Clock.Run(ctx) })
	}
	return c, nil
}

// nodes are what runs pods, for the API server: what clients write, the controllers hear of as well.
type nodes struct {
	*kubelet.Kubelet
	control *controllers.Controllers
}

// Changed tells both.
func (n nodes) Changed(key store.Key) {
	n.Kubelet.Changed(key)
	n.control.Changed(key)
}

func audited(server http.Handler, audit func(*http.Request)) http.Handler {
	if audit == nil {
		return server
	}
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		audit(r)
		server.ServeHTTP(w, r)
	})
}

// history makes the objects of the scenes, each at its time, and lets everything happen since.
func (c *Cluster) history(scenes *scene.Scene, now time.Time) (*store.Store, error) {
	oldest := time.Duration(0)
	for _, item := range scenes.Items {
		oldest = max(oldest, item.Age)
	}
	objects := store.New(remembered)
	c.Clock = clock.New(now.Add(-oldest))
	c.kubelet = kubelet.New(kubelet.Options{
		Store: objects, Clock: c.Clock, Images: scenes.Images, Host: c.host, Dir: c.dir,
		Wrote: func(key store.Key) { c.control.Changed(key) }, Started: func(key store.Key) { c.control.Started(key) },
	})
	c.control = controllers.New(controllers.Options{Store: objects, Clock: c.Clock, Kubelet: c.kubelet})
	items := slices.Clone(scenes.Items)
	slices.SortStableFunc(items, func(a, b scene.Item) int { return cmp.Compare(b.Age, a.Age) })
	for _, item := range items {
		c.Clock.Advance(now.Add(-item.Age).Sub(c.Clock.Now()))
		setTimes(item.Object, c.Clock.Now())
		if err := c.kubelet.Add(item.Object); err != nil {
			return nil, fmt.Errorf("set the scene: %w", err)
		}
	}
	c.Clock.Advance(now.Sub(c.Clock.Now()))
	return objects, nil
}

// setTimes puts times in the place of annotations that are a span in braces: so long after the object was made.
func setTimes(object metav1.Object, made time.Time) {
	annotations := object.GetAnnotations()
	for key, value := range annotations {
		span, err := time.ParseDuration(strings.TrimSuffix(strings.TrimPrefix(value, "{"), "}"))
		if err == nil && strings.HasPrefix(value, "{") {
			annotations[key] = made.Add(span).UTC().Format(time.RFC3339)
		}
	}
}

// serve answers on the preferred port, else on any, and writes the kubeconfig that says where.
func (c *Cluster) serve(ctx context.Context, handler http.Handler, port int, tokens tokens) error {
	var config net.ListenConfig
	listener, err := config.Listen(ctx, "tcp", net.JoinHostPort(loopback, strconv.Itoa(port)))
	if err != nil && port != 0 {
		listener, err = config.Listen(ctx, "tcp", net.JoinHostPort(loopback, "0"))
	}
	if err != nil {
		return fmt.Errorf("listen: %w", err)
	}
	c.running.Go(func() { _ = c.host.Warm() }) // without it the first process has the error
	c.Server = "https://" + listener.Addr().String()
	pair, err := newCertificate(time.Now())
	if err != nil {
		_ = listener.Close() // nobody has come yet
		return err
	}
	c.Kubeconfig = filepath.Join(c.dir, "kubeconfig")
	if err := writeKubeconfig(c.Kubeconfig, c.Server, pair.authority, tokens); err != nil {
		_ = listener.Close() // nobody has come yet
		return err
	}
	c.server = &http.Server{
		Handler:           handler,
		TLSConfig:         pair.config(),
		ReadHeaderTimeout: 10 * time.Second,
		IdleTimeout:       2 * time.Minute,
		MaxHeaderBytes:    64 << 10,
		ErrorLog:          silent(),
		BaseContext:       func(net.Listener) context.Context { return ctx },
	}
	c.running.Go(func() {
		_ = c.server.ServeTLS(listener, "", "") // ends with Close
	})
	return nil
}

// Registry takes the place of the network for who asks registries about images: whatever the host, it answers for the images that
// there are in the cluster, and has no others. It goes on after Close.
func (c *Cluster) Registry() http.RoundTripper { return c.images }

// Close ends the server, the processes of all containers and the passing of time, and removes the scratch folder.
func (c *Cluster) Close() {
	c.cancel()
	if c.server != nil {
		_ = c.server.Close() // connections that clients hold are theirs to miss
	}
	if c.kubelet != nil {
		c.kubelet.Close()
	}
	if c.host != nil {
		c.host.Close()
	}
	c.running.Wait()
	if c.dir != "" {
		_ = os.RemoveAll(c.dir) // the host has removed it, as a rule
	}
}
