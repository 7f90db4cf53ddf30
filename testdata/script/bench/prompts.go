package main

import (
	"context"
	"errors"
	"fmt"
	"time"

	corev1 "k8s.io/api/core/v1"

	"github.com/dayfly-k8s/dayfly/testdata/script/terminal"
)

// prompts measures how long it takes until a shell is there: for dayfly from the key that launches, for kubectl from its start. What the
// cluster says beforehand is not waited for when it is not there, and adds nothing when it is.
func (l *lab) prompts(ctx context.Context) ([]row, error) {
	inject := row{
		what: "inject to prompt", unit: "ms", n: promptRuns,
		bound: bound{kind: atMost, limit: 1, noise: noise},
	}
	judged := inject
	judged.what = "inject to prompt, with the cluster's opinion on the screen"
	whole := row{what: "start of the program to prompt", unit: "ms", n: promptRuns}
	for range promptRuns {
		fromStart, fromKey, err := l.dayflyPrompt(false)
		if err == nil {
			err = l.settle(ctx)
		}
		if err != nil {
			return nil, err
		}
		_, afterwards, err := l.dayflyPrompt(true)
		if err == nil {
			err = l.settle(ctx)
		}
		if err != nil {
			return nil, err
		}
		k, err := l.kubectlPrompt()
		if err == nil {
			err = l.settle(ctx)
		}
		if err != nil {
			return nil, err
		}
		inject.dayfly, inject.kubectl = append(inject.dayfly, fromKey), append(inject.kubectl, k)
		judged.dayfly, judged.kubectl = append(judged.dayfly, afterwards), append(judged.kubectl, k)
		whole.dayfly, whole.kubectl = append(whole.dayfly, fromStart), append(whole.kubectl, k)
	}
	return []row{inject, judged, whole}, nil
}

// settle waits until the kubelet has reported the end of all debug containers, so that the next one begins at the same point of
// its round, whoever was before.
func (l *lab) settle(ctx context.Context) error {
	return l.AwaitPod(ctx, l.pod, "has settled", func(p *corev1.Pod) bool {
		for _, c := range p.Status.EphemeralContainerStatuses {
			if c.State.Terminated == nil {
				return false
			}
		}
		return len(p.Status.EphemeralContainerStatuses) == len(p.Spec.EphemeralContainers)
	})
}

// dayflyPrompt launches a tool: when the cluster has said that it would take it, or before.
func (l *lab) dayflyPrompt(judged bool) (fromStart, fromKey float64, err error) {
	begin := time.Now()
	t, err := l.start(l.dayfly, "-n", l.Name, l.pod)
	if err != nil {
		return 0, 0, err
	}
	defer t.Close()
	if err := l.toTools(t); err != nil {
		return 0, 0, err
	}
	would := func(s terminal.Screen) bool { return s.Has("✓ allowed: you can start") }
	if judged {
		if err := t.WaitFor(patience, "the cluster's opinion", would); err != nil {
			return 0, 0, err
		}
	} else if would(t.Screen()) {
		return 0, 0, errors.New("the cluster's opinion is there before it could be measured that it is not waited for")
	}
	key := time.Now()
	if err := t.Press("enter"); err != nil {
		return 0, 0, err
	}
	if err := waitPrompt(t); err != nil {
		return 0, 0, err
	}
	return since(begin), since(key), l.leave(t, "exit 0")
}

// toTools goes from the containers of the pod to the screen from which one key launches.
func (l *lab) toTools(t *terminal.Terminal) error {
	err := t.WaitFor(patience, "the containers", func(s terminal.Screen) bool { return s.Has("app container") || s.Has("CONTAINER") })
	if err == nil {
		err = t.Press("d")
	}
	if err == nil {
		err = t.WaitFor(patience, "the tools", func(s terminal.Screen) bool { return s.Has("▸ busybox") && s.Has("kubectl debug -it") })
	}
	return err
}

func (l *lab) kubectlPrompt() (float64, error) {
	begin := time.Now()
	t, err := l.startKubectl()
	if err != nil {
		return 0, err
	}
	defer t.Close()
	if err := waitPrompt(t); err != nil {
		return 0, err
	}
	took := since(begin)
	if err := t.Type("exit\r"); err != nil {
		return 0, err
	}
	_, err = t.Wait(patience)
	return took, err
}

// startKubectl does what dayfly says that it does.
func (l *lab) startKubectl() (*terminal.Terminal, error) {
	return l.start(l.kubectl, "debug", "-it", l.pod, "--namespace="+l.Name, "--image="+tool,
		"--target=app", "--profile=general", "--image-pull-policy=IfNotPresent", "--", "sh")
}

func waitPrompt(t *terminal.Terminal) error {
	return t.WaitFor(patience, "a prompt", func(s terminal.Screen) bool { return s.At(prompt) })
}

// leave ends a session and waits for its card, so that nothing of it disturbs the next measurement.
func (l *lab) leave(t *terminal.Terminal, end string) error {
	if err := t.Type(end + "\r"); err != nil {
		return err
	}
	if err := t.WaitFor(patience, "the card", func(s terminal.Screen) bool { return s.Has("✓ exit 0") }); err != nil {
		return fmt.Errorf("end of the session: %w", err)
	}
	return nil
}
