package main

import (
	"fmt"
	"time"
)

// sickness is what ails a fake pod.
type sickness int

const (
	healthy sickness = iota
	crashing
	badImage
	pending
	creating
	completed
	failed
	unready
	restarted
)

// sicknessOf turns a number below 1000 into one: nine pods in ten are well.
func sicknessOf(n int) sickness {
	for _, share := range []struct {
		sickness
		parts int
	}{{crashing, 20}, {badImage, 10}, {pending, 10}, {creating, 10}, {completed, 15}, {failed, 5}, {unready, 10}, {restarted, 20}} {
		if n < share.parts {
			return share.sickness
		}
		n -= share.parts
	}
	return healthy
}

// status is what a kubelet, or for a pending pod a scheduler, would report.
func (p fakePod) status() map[string]any {
	now := time.Now().UTC()
	at := func(d time.Duration) string { return now.Add(-d).Format(time.RFC3339) }
	condition := func(kind string, holds bool, reason, message string) map[string]any {
		c := map[string]any{"type": kind, "status": "False", "lastProbeTime": nil, "lastTransitionTime": at(time.Minute)}
		if holds {
			c["status"] = "True"
		}
		if reason != "" {
			c["reason"], c["message"] = reason, message
		}
		return c
	}
	if p.sick == pending {
		return map[string]any{"phase": "Pending", "qosClass": "Burstable", "conditions": []any{
			condition("PodScheduled", false, "Unschedulable", "0/101 nodes are available: 101 Insufficient cpu."),
		}}
	}
	ready := p.ready()
	reason, message := "", ""
	if !ready {
		reason, message = "ContainersNotReady", "containers with unready status: [app]"
	}
	var containers []any
	for _, name := range p.containers() {
		containers = append(containers, p.container(name, at))
	}
	status := map[string]any{
		"phase": p.phase(), "qosClass": "Burstable", "startTime": at(age), "containerStatuses": containers,
		"hostIP": "10.1.0.1", "hostIPs": []any{map[string]any{"ip": "10.1.0.1"}},
		"conditions": []any{
			condition("PodReadyToStartContainers", true, "", ""), condition("Initialized", true, "", ""),
			condition("Ready", ready, reason, message), condition("ContainersReady", ready, reason, message),
			condition("PodScheduled", true, "", ""),
		},
	}
	if p.sick != creating {
		ip := fmt.Sprintf("10.%d.%d.%d", 128+p.number>>16&63, p.number>>8&255, p.number&255)
		status["podIP"], status["podIPs"] = ip, []any{map[string]any{"ip": ip}}
	}
	if p.debugged {
		status["ephemeralContainerStatuses"] = []any{p.debuggerStatus(at)}
	}
	if p.sick == failed {
		status["reason"], status["message"] = "Evicted", "The node was low on resource: memory."
	}
	return status
}

func (p fakePod) phase() string {
	switch p.sick {
	case badImage, creating:
		return "Pending"
	case completed:
		return "Succeeded"
	case failed:
		return "Failed"
	}
	return "Running"
}

func (p fakePod) ready() bool {
	return (p.sick == healthy || p.sick == restarted) && p.turn%2 == 0
}

// container is the status of one container. Only the first one is sick.
func (p fakePod) container(name string, at func(time.Duration) string) map[string]any {
	ended := func(reason string, code int) map[string]any {
		return map[string]any{"terminated": map[string]any{
			"reason": reason, "exitCode": code, "startedAt": at(10 * time.Minute), "finishedAt": at(5 * time.Minute),
		}}
	}
	waiting := func(reason, message string) map[string]any {
		return map[string]any{"waiting": map[string]any{"reason": reason, "message": message}}
	}
	status := map[string]any{
		"name": name, "image": p.image(name), "ready": true, "started": true, "restartCount": 0,
		"imageID":     p.image(name) + "@sha256:4f53cda18c2baa0c0354bb5f9a3ecbe5ed12ab4d8e11ba873c2f11161202b945",
		"containerID": fmt.Sprintf("containerd://%064x", p.number),
		"state":       map[string]any{"running": map[string]any{"startedAt": at(age)}},
	}
	if name != "app" && p.sick != completed && p.sick != failed && p.sick != creating {
		return status
	}
	status["ready"], status["restartCount"] = p.ready(), p.restarts+p.turn
	switch p.sick {
	case crashing:
		status["state"] = waiting("CrashLoopBackOff", "back-off 5m0s restarting failed container=app")
		status["lastState"] = ended("Error", 1)
		if p.number%3 == 0 {
			status["lastState"] = ended("OOMKilled", 137)
		}
	case badImage:
		status["state"] = waiting("ImagePullBackOff", `Back-off pulling image "`+p.image(name)+`"`)
	case creating:
		status["state"] = waiting("ContainerCreating", "")
	case completed:
		status["state"] = ended("Completed", 0)
	case failed:
		status["state"] = ended("Error", 137)
	case restarted:
		status["lastState"] = ended("Error", 2)
	case healthy, pending, unready:
	}
	return status
}
