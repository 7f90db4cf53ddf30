package main

import (
	"fmt"
	"time"
)

// spec is the pod's, with all that the API server's defaults and admission would have added: storage is behind both.
func (p fakePod) spec() map[string]any {
	spec := p.madeSpec()
	if p.debugged {
		spec["ephemeralContainers"] = p.debuggers()
	}
	return spec
}

// madeSpec is the spec as its controller has made it.
func (p fakePod) madeSpec() map[string]any {
	var containers []any
	for _, name := range p.containers() {
		containers = append(containers, p.containerSpec(name))
	}
	evict := func(key string) map[string]any {
		return map[string]any{"key": key, "operator": "Exists", "effect": "NoExecute", "tolerationSeconds": 300}
	}
	spec := map[string]any{
		"containers": containers, "nodeName": p.node, "restartPolicy": "Always", "dnsPolicy": "ClusterFirst",
		"terminationGracePeriodSeconds": 30, "securityContext": map[string]any{}, "schedulerName": "default-scheduler",
		"enableServiceLinks": true, "priority": 0, "preemptionPolicy": "PreemptLowerPriority",
		"serviceAccount": "default", "serviceAccountName": "default",
		"tolerations": []any{evict("node.kubernetes.io/not-ready"), evict("node.kubernetes.io/unreachable")},
		"volumes":     []any{p.tokenVolume()},
	}
	if p.sick == pending {
		delete(spec, "nodeName")
		spec["schedulerName"] = "nobody" // the real one would try all the time
	}
	return spec
}

func (p fakePod) containerSpec(name string) map[string]any {
	return map[string]any{
		"name": name, "image": p.image(name), "imagePullPolicy": "IfNotPresent",
		"ports": []any{map[string]any{"name": "http", "containerPort": 8080, "protocol": "TCP"}},
		"env": []any{
			map[string]any{"name": "LOG_LEVEL", "value": "info"},
			map[string]any{"name": "POD_NAME", "valueFrom": map[string]any{
				"fieldRef": map[string]any{"apiVersion": "v1", "fieldPath": "metadata.name"},
			}},
		},
		"resources": map[string]any{
			"requests": map[string]any{"cpu": "100m", "memory": "128Mi"}, "limits": map[string]any{"memory": "256Mi"},
		},
		"readinessProbe": map[string]any{
			"httpGet":        map[string]any{"path": "/healthz", "port": 8080, "scheme": "HTTP"},
			"timeoutSeconds": 1, "periodSeconds": 10, "successThreshold": 1, "failureThreshold": 3,
		},
		"terminationMessagePath": "/dev/termination-log", "terminationMessagePolicy": "File",
		"volumeMounts": []any{map[string]any{
			"name": p.tokenName(), "readOnly": true, "mountPath": "/var/run/secrets/kubernetes.io/serviceaccount",
		}},
	}
}

func (p fakePod) tokenName() string { return "kube-api-access-" + p.Name[len(p.Name)-5:] }

// tokenVolume is what each pod has of its service account.
func (p fakePod) tokenVolume() map[string]any {
	namespace := map[string]any{"path": "namespace", "fieldRef": map[string]any{"apiVersion": "v1", "fieldPath": "metadata.namespace"}}
	return map[string]any{"name": p.tokenName(), "projected": map[string]any{"defaultMode": 0o644, "sources": []any{
		map[string]any{"serviceAccountToken": map[string]any{"expirationSeconds": 3607, "path": "token"}},
		map[string]any{"configMap": map[string]any{"name": "kube-root-ca.crt", "items": []any{map[string]any{"key": "ca.crt", "path": "ca.crt"}}}},
		map[string]any{"downwardAPI": map[string]any{"items": []any{namespace}}},
	}}}
}

func (p fakePod) containers() []string {
	if p.number/podsOfApp%3 == 0 {
		return []string{"app", "proxy"}
	}
	return []string{"app"}
}

func (p fakePod) image(container string) string {
	return "registry.example/shop/" + p.app + "-" + container + ":1.4.2"
}

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
