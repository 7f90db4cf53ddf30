package main

import (
	"context"
	"fmt"
	"strings"
)

// Restart ends one component of the running cluster and starts it again, for tests of what a client does meanwhile.
func Restart(ctx context.Context, p Place, report *Report, name string) error {
	components := []Component{p.etcd(), p.apiServer(), p.controllerManager(), p.scheduler(), p.support(), p.nixery()}
	if isInNode(name) {
		return p.restartInNode(ctx, report, name)
	}
	names := nodePrograms()
	for _, c := range components {
		names = append(names, c.Name)
		if c.Name == name {
			return p.restart(ctx, report, c)
		}
	}
	return fmt.Errorf("restart %q: there is no such component, or it cannot be restarted: choose one of %s",
		name, strings.Join(names, ", "))
}

func (p Place) restart(ctx context.Context, report *Report, c Component) error {
	unlock, err := p.lock(ctx, report)
	if err != nil {
		return err
	}
	defer unlock()
	process, err := p.readPID(c.Name)
	if err != nil {
		return fmt.Errorf("restart %s: %w: is the cluster up?", c.Name, err)
	}
	if err := killAll([]Process{process}); err != nil {
		return err
	}
	running, err := p.start(c)
	if err != nil {
		return err
	}
	api, err := p.OpenAPI()
	if err != nil {
		return err
	}
	err = running.await(ctx, "cluster ready again", func(ctx context.Context) error {
		if err := p.registryAnswers(ctx); err != nil {
			return err
		}
		return api.Ready(ctx)
	})
	if err != nil {
		return err
	}
	report.Step("%s is back", c.Name)
	return nil
}
