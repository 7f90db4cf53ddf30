package main

import (
	"fmt"
	"time"
)

// debuggedFor is how long ago a debug container was added.
const debuggedFor = age / 2

// isDebugged reports whether somebody has put a debug container into the pod of a number: three in a hundred.
func isDebugged(number int) bool {
	switch number % 100 {
	case 7, 40, 73:
		return true
	}
	return false
}

// debugger is the client that has added a debug container: one in three is dayfly's.
func (p fakePod) debugger() string {
	if p.number%100 == 7 {
		return "dayfly"
	}
	return "kubectl"
}

func (p fakePod) debuggerName() string {
	if p.debugger() == "dayfly" {
		return "busybox-" + p.Name[len(p.Name)-5:]
	}
	return "debugger-" + p.Name[len(p.Name)-5:]
}

// debuggers are the debug containers of a pod that has some.
func (p fakePod) debuggers() []any {
	return []any{map[string]any{
		"name": p.debuggerName(), "image": "busybox:1.37", "imagePullPolicy": "IfNotPresent", "targetContainerName": "app", "stdin": true, "tty": true,
		"resources": map[string]any{}, "terminationMessagePath": "/dev/termination-log", "terminationMessagePolicy": "File",
		"securityContext": map[string]any{"capabilities": map[string]any{"add": []any{"SYS_PTRACE"}}},
	}}
}

// debuggerStatus is the kubelet's word on it: of half of them, that it has ended.
func (p fakePod) debuggerStatus(at func(time.Duration) string) map[string]any {
	state := map[string]any{"running": map[string]any{"startedAt": at(debuggedFor)}}
	if p.number/100%2 == 1 {
		state = map[string]any{"terminated": map[string]any{
			"exitCode": 0, "reason": "Completed", "startedAt": at(debuggedFor), "finishedAt": at(debuggedFor - time.Minute),
		}}
	}
	return map[string]any{
		"name": p.debuggerName(), "image": "busybox:1.37", "imageID": fmt.Sprintf("docker.io/library/busybox@sha256:%064x", p.number),
		"containerID": fmt.Sprintf("containerd://%064x", 1<<32+p.number), "ready": false, "restartCount": 0, "state": state,
	}
}
