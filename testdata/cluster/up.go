package main

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"os"
	"time"

	"github.com/google/go-containerregistry/pkg/name"
	"github.com/google/go-containerregistry/pkg/v1/tarball"

	"github.com/dayfly-k8s/dayfly/testdata/cluster/images"
)

// Up brings the cluster up, from whatever state it is in. A healthy one is left as it is, with its manifests applied again.
func Up(ctx context.Context, p Place, report *Report) error {
	if os.Geteuid() != 0 {
		return errors.New("a kubelet needs root: run this as root")
	}
	unlock, err := p.lock(ctx, report)
	if err != nil {
		return err
	}
	defer unlock()
	if p.healthy(ctx, 20*time.Second) == nil {
		report.Step("is up already")
		if p.isOutdated() {
			report.Step("its programs or images have changed since it was started: `go run . down` and up again to use them")
		}
		return p.applyAgain(ctx)
	}
	if err := installPackages(ctx, report); err != nil {
		return err
	}
	if err := p.buildKubernetes(ctx, report); err != nil {
		return err
	}
	if err := p.buildOwn(ctx); err != nil {
		return err
	}
	if err := p.buildNixery(ctx); err != nil {
		return err
	}
	if err := fetchDebugger(ctx, p.Bin("gdb")); err != nil { // only the test of cores wants it
		report.Step("no image has gdb: %v", err)
	}
	if err := p.clean(ctx, report); err != nil {
		return err
	}
	if err := p.checkNetwork(); err != nil {
		return err
	}
	if err := p.startAll(ctx, report); err != nil {
		// What is half up helps nobody; the logs are left to be read.
		return errors.Join(err, killAll(p.processes()))
	}
	return nil
}

func (p Place) applyAgain(ctx context.Context) error {
	api, err := p.OpenAPI()
	if err != nil {
		return err
	}
	return applyManifests(ctx, api)
}

// healthy is nil when every component runs and the node is ready. A cluster whose processes all live is given patience to
// become ready: on a busy machine it may be slow, and starting anew would take it away from those who use it.
func (p Place) healthy(ctx context.Context, patience time.Duration) error {
	for _, name := range componentNames() {
		process, err := p.readPID(name)
		if err != nil {
			return err
		}
		if !process.Alive() {
			return fmt.Errorf("%s does not run", name)
		}
	}
	api, err := p.OpenAPI()
	if err != nil {
		return err
	}
	ctx, cancel := context.WithTimeout(ctx, patience)
	defer cancel()
	for {
		err := errors.Join(api.Ready(ctx), p.registryAnswers(ctx))
		if err == nil {
			return nil
		}
		select {
		case <-ctx.Done():
			return err
		case <-time.After(100 * time.Millisecond):
		}
	}
}

func (p Place) registryAnswers(ctx context.Context) error {
	client := &http.Client{Timeout: time.Second}
	defer client.CloseIdleConnections()
	return errors.Join(
		probe(ctx, client, p.RegistryURL()+"/v2/"),
		probe(ctx, client, p.RegistryURL()+"/v2/?ns="+images.NixeryHost),
	)
}

// startAll starts the components, in parallel as far as they let us, and returns when the node is ready.
func (p Place) startAll(ctx context.Context, report *Report) error {
	if err := p.prepare(ctx); err != nil {
		return err
	}
	etcd, err := p.start(p.etcd())
	if err != nil {
		return err
	}
	apiServer, err := p.start(p.apiServer())
	if err != nil {
		return err
	}
	node, err := p.start(p.node())
	if err != nil {
		return err
	}
	if err := p.linkNode(ctx, node.Process); err != nil {
		return fmt.Errorf("%w\n%s", err, tail(node.log, 20))
	}
	imagesReady, err := p.startImages()
	if err != nil {
		return err
	}
	api, err := p.OpenAPI()
	if err != nil {
		return err
	}
	report.Step("etcd, API server and node are starting")
	err = apiServer.await(ctx, "API server live", func(ctx context.Context) error {
		select {
		case <-etcd.ended:
			return fmt.Errorf("etcd ended:\n%s", tail(etcd.log, 20))
		default:
			return api.Get(ctx, "/livez", nil)
		}
	})
	if err != nil {
		return err
	}
	report.Step("API server is live")
	for _, c := range []Component{p.controllerManager(), p.scheduler()} {
		if _, err := p.start(c); err != nil {
			return err
		}
	}
	if err := imagesReady(ctx); err != nil {
		return err
	}
	if err := node.await(ctx, "node ready", api.Ready); err != nil {
		return err
	}
	if err := node.await(ctx, "kube-proxy healthy", p.proxyAnswers); err != nil {
		return err
	}
	report.Step("node %s is ready", nodeName)
	if err := applyManifests(ctx, api); err != nil {
		return err
	}
	report.Step("manifests are applied; their pods start in the background")
	return nil
}

// prepare writes what components read.
func (p Place) prepare(ctx context.Context) error {
	for _, dir := range []string{p.Run("log"), p.Run("pid"), p.Run("node")} {
		if err := os.MkdirAll(dir, 0o755); err != nil {
			return fmt.Errorf("folder for state: %w", err)
		}
	}
	if err := p.writePKI(); err != nil {
		return err
	}
	if err := p.makeCgroups(); err != nil {
		return err
	}
	if err := p.writeFingerprint(); err != nil {
		return err
	}
	tools, err := images.Load(ctx, p.Bin("web"), p.Bin("pause"), p.Bin("gdb"))
	if err != nil {
		return err
	}
	if err := tools.WritePackages(p.Run("nixery")); err != nil {
		return err
	}
	if err := os.WriteFile(p.Run("registry"), []byte(p.RegistryURL()+"\n"), 0o644); err != nil {
		return fmt.Errorf("address of the image registry: %w", err)
	}
	pause, err := tools.PauseImage()
	if err != nil {
		return err
	}
	tag, err := name.NewTag(pauseImage)
	if err != nil {
		return fmt.Errorf("pause image: %w", err)
	}
	if err := tarball.WriteToFile(p.Run("node", pauseArchive), tag, pause); err != nil {
		return fmt.Errorf("pause image: %w", err)
	}
	return nil
}
