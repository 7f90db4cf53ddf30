package script

import (
	"errors"
	"fmt"
	"strings"
	"sync"
	"testing"
	"time"

	corev1 "k8s.io/api/core/v1"

	"github.com/dayfly-k8s/dayfly/kube"
	"github.com/dayfly-k8s/dayfly/kube/debug"
	"github.com/dayfly-k8s/dayfly/kube/nodepod"
	"github.com/dayfly-k8s/dayfly/kube/podcopy"
)

// asPlanned is the beginning of the names of all copies that are planned here; none of them may ever be there.
const asPlanned = "as-planned-"

// TestEveryPlanIsAccepted: whatever a person chooses, for whatever pod, the API server takes: in the pod, in a copy and in an idle copy, from its node and on
// that itself.
func TestEveryPlanIsAccepted(t *testing.T) {
	t.Parallel()
	cluster := opens(t)
	pods := plannedPods(t, cluster)
	next := make(chan debug.Plan)
	var workers sync.WaitGroup
	for range 4 {
		workers.Go(func() {
			for p := range next {
				if _, err := p.Change.DryRun(t.Context(), cluster); err != nil {
					t.Errorf("%s, %s, profile %s, %+v, for %s: %v", p.Request.Way.Words(), p.Target, p.Profile, p.Request.Copy, p.Request.EndsAfter, err)
				}
			}
		})
	}
	count := map[debug.Way]int{}
	for _, pod := range pods {
		for i, r := range plannedRequests(pod.Object().Spec.Containers[0].Name) {
			r.Name, r.Own.Name = debug.NewName(), fmt.Sprint(asPlanned, i)
			p, err := debug.NewPlan(pod, r)
			switch refused := (*kube.Problem)(nil); {
			case err == nil:
				count[r.Way]++
				next <- p
			case r.Way == debug.Join && !runningIn(pod, r.Target), r.Way.FromNode() && pod.Node == "": // there is nothing to join, or no node
			case r.Way != debug.InPod || pod.Refusal == nil || !errors.As(err, &refused): // some pods take no debug container, and that is told
				t.Errorf("%s, %s, %+v: %v", r.Way.Words(), pod.Name, r, err)
			}
		}
	}
	close(next)
	workers.Wait()
	t.Logf("of %d pods: %v", len(pods), count)
	for _, way := range debug.Ways() {
		if count[way] < 6 {
			t.Errorf("there are only %d plans %s", count[way], way.Words())
		}
	}
	if there := kubectl(t, here.kubeconfig, "get", "pods,jobs", "-A", "-o", "name"); strings.Contains(there, asPlanned) {
		t.Errorf("what was to be tried only has been created:\n%s", there)
	}
}

func runningIn(pod *kube.Pod, container string) bool {
	c, _ := pod.Container(container)
	return c.Running
}

// plannedRequests are all ways with each profile, with nothing and with everything chosen, and with each choice alone and left out; the lives of copies
// take turns.
func plannedRequests(target string) []debug.Request {
	turns := []func(*podcopy.Choices){
		func(c *podcopy.Choices) { c.Labels = []string{podcopy.All} },
		func(c *podcopy.Choices) { c.Annotations = true },
		func(c *podcopy.Choices) { c.Liveness = true },
		func(c *podcopy.Choices) { c.Readiness = true },
		func(c *podcopy.Choices) { c.Startup = true },
		func(c *podcopy.Choices) { c.NoInit = true },
		func(c *podcopy.Choices) { c.Separate = true },
		func(c *podcopy.Choices) { c.SameNode = true },
		func(c *podcopy.Choices) { c.Writable = true },
		func(c *podcopy.Choices) { c.Restarts = true },
		func(c *podcopy.Choices) {
			c.Images = []podcopy.Image{{Container: podcopy.All, Image: pictures().shell}}
		},
	}
	choose := func(chosen func(int) bool) (c podcopy.Choices) {
		for i, turn := range turns {
			if chosen(i) {
				turn(&c)
			}
		}
		return c
	}
	var list []debug.Request
	add := func(way debug.Way, profile kube.Profile, c podcopy.Choices) {
		r := debug.Request{Way: way, Image: pictures().shell, Profile: profile, Target: target}
		if way.OwnPod() {
			r.Copy.Choices = c
			lives := []time.Duration{time.Hour, 30 * time.Minute, 0}
			r.EndsAfter, r.Own.NoTimer = lives[len(list)%3], len(list)%3 == 1
		}
		list = append(list, r)
	}
	profiles := kube.Profiles()
	for _, profile := range profiles {
		add(debug.InPod, profile, podcopy.Choices{})
		for _, way := range []debug.Way{debug.Copy, debug.Idle} {
			add(way, profile, podcopy.Choices{})
			add(way, profile, choose(func(int) bool { return true }))
		}
	}
	for i := range turns {
		for _, way := range []debug.Way{debug.Copy, debug.Idle} {
			add(way, profiles[i%len(profiles)], choose(func(j int) bool { return i == j }))
			add(way, profiles[(i+1)%len(profiles)], choose(func(j int) bool { return i != j }))
		}
	}
	return append(list, nodeRequests(target)...)
}

// nodeRequests are the two ways from the node: with each namespace left out, or the files joined, and with each profile; as the target, with limits, and by the
// node's own shell. The lives of the pods take turns.
func nodeRequests(target string) []debug.Request {
	var list []debug.Request
	add := func(way debug.Way, profile kube.Profile, o debug.NodeOptions) {
		r := debug.Request{Way: way, Image: pictures().shell, Profile: profile, Target: target, Node: o}
		lives := []time.Duration{time.Hour, 30 * time.Minute, 0}
		r.EndsAfter, r.Own.NoTimer, r.Own.Namespace = lives[len(list)%3], len(list)%3 == 1, here.Name
		list = append(list, r)
	}
	add(debug.Join, kube.General, debug.NodeOptions{})
	add(debug.Join, kube.General, debug.NodeOptions{Namespaces: &nodepod.Namespaces{}, Limited: true})
	for _, one := range nodepod.All() {
		some := one.Turn(nodepod.Usual())
		add(debug.Join, kube.General, debug.NodeOptions{Namespaces: &some})
	}
	for _, profile := range kube.Profiles() {
		add(debug.Node, profile, debug.NodeOptions{})
		add(debug.Node, profile, debug.NodeOptions{Limited: true})
	}
	add(debug.Node, kube.General, debug.NodeOptions{Shell: true})
	return list
}

// plannedPods are those of the scenes, a static one, and odd ones that no node can have.
func plannedPods(t *testing.T, cluster *kube.Cluster) []*kube.Pod {
	t.Helper()
	const odd = "odd,many,host"
	makes(t, here.Name, oddPods(pictures().shell))
	names := map[string][]string{here.Name: strings.Split(odd, ",")}
	if here.internet != nil {
		names["kube-system"] = []string{"static-node-1"}
		var scenes corev1.PodList
		if err := cluster.Core().Get().Namespace("shop").Resource("pods").Do(t.Context()).Into(&scenes); err != nil {
			t.Fatal(err)
		}
		seen := map[string]bool{}
		for i := range scenes.Items {
			one := &scenes.Items[i]
			alike := one.Labels["pod-template-hash"]
			if one.Labels["app.kubernetes.io/managed-by"] == "" && (alike == "" || !seen[alike]) { // the copies of other tests come and go
				names["shop"] = append(names["shop"], one.Name)
			}
			seen[alike] = true
		}
	}
	var pods []*kube.Pod
	for namespace, list := range names {
		for _, name := range list {
			pod, err := cluster.Pod(t.Context(), namespace, name)
			if err != nil {
				t.Fatal(err)
			}
			pods = append(pods, pod)
		}
	}
	debugged := pods[0].Object().DeepCopy()
	debugged.Spec.EphemeralContainers = append(debugged.Spec.EphemeralContainers, corev1.EphemeralContainer{
		EphemeralContainerCommon: corev1.EphemeralContainerCommon{Name: "debugger-old", Image: pictures().shell}, TargetContainerName: pods[0].Containers[0].Name,
	})
	return append(pods, cluster.NewPod(debugged))
}

// oddPods have what few pods have, forty containers, and the node's own namespaces. None is scheduled.
func oddPods(image string) string {
	var forty strings.Builder
	for i := range 40 {
		fmt.Fprintf(&forty, "  - {name: c%d, image: IMAGE, livenessProbe: {tcpSocket: {port: 80}}}\n", i)
	}
	return strings.ReplaceAll(strings.ReplaceAll(`
apiVersion: v1
kind: Pod
metadata:
  name: odd
  labels: {app: odd, app.kubernetes.io/managed-by: Helm, pod-template-hash: "1"}
  annotations: {team: shop, kubectl.kubernetes.io/default-container: app}
spec:
  nodeSelector: {none: none}
  terminationGracePeriodSeconds: 20
  activeDeadlineSeconds: 86400
  hostname: odd-0
  subdomain: odd
  shareProcessNamespace: true
  priorityClassName: system-cluster-critical
  readinessGates: [{conditionType: example.com/ready}]
  tolerations: [{key: a, operator: Exists, effect: NoExecute, tolerationSeconds: 5}]
  topologySpreadConstraints: [{maxSkew: 1, topologyKey: zone, whenUnsatisfiable: ScheduleAnyway, labelSelector: {matchLabels: {app: odd}}}]
  affinity: {podAntiAffinity: {requiredDuringSchedulingIgnoredDuringExecution: [{topologyKey: zone, labelSelector: {matchLabels: {app: odd}}}]}}
  hostAliases: [{ip: 10.1.2.3, hostnames: [db]}]
  dnsPolicy: None
  dnsConfig: {nameservers: [10.1.2.3], options: [{name: ndots, value: "1"}]}
  imagePullSecrets: [{name: pulls}]
  securityContext: {fsGroup: 2000, runAsUser: 1000, sysctls: [{name: net.ipv4.ip_unprivileged_port_start, value: "0"}]}
  initContainers:
  - {name: before, image: IMAGE, volumeMounts: [{name: claim, mountPath: /claim}]}
  - {name: beside, image: IMAGE, restartPolicy: Always, startupProbe: {exec: {command: ["true"]}}}
  containers:
  - name: app
    image: IMAGE
    command: [sleep, "1"]
    stdin: true
    tty: true
    workingDir: /tmp
    env: [{name: NAME, valueFrom: {fieldRef: {fieldPath: metadata.name}}}, {name: MEMORY, valueFrom: {resourceFieldRef: {resource: limits.memory}}}]
    envFrom: [{secretRef: {name: settings, optional: true}}]
    resources: {requests: {cpu: 1m, memory: 1Mi}, limits: {memory: 2Mi, ephemeral-storage: 1Gi}}
    resizePolicy: [{resourceName: cpu, restartPolicy: NotRequired}]
    ports: [{name: http, containerPort: 80, hostPort: 32080}, {containerPort: 53, protocol: UDP}]
    lifecycle: {postStart: {exec: {command: ["true"]}}, preStop: {sleep: {seconds: 5}}}
    livenessProbe: {httpGet: {path: /, port: http, httpHeaders: [{name: A, value: b}]}, terminationGracePeriodSeconds: 1}
    readinessProbe: {grpc: {port: 80, service: odd}}
    startupProbe: {exec: {command: ["true"]}, failureThreshold: 30}
    securityContext: {readOnlyRootFilesystem: true, capabilities: {drop: [ALL], add: [NET_BIND_SERVICE]}, seccompProfile: {type: RuntimeDefault}}
    volumeDevices: [{name: block, devicePath: /dev/data}]
    volumeMounts:
    - {name: claim, mountPath: /claim, subPathExpr: $(NAME)}
    - {name: generated, mountPath: /generated}
    - {name: token, mountPath: /token, readOnly: true}
    - {name: node, mountPath: /node, mountPropagation: HostToContainer}
    - {name: empty, mountPath: /empty}
    - {name: files, mountPath: /files/one, subPath: one}
  volumes:
  - {name: claim, persistentVolumeClaim: {claimName: odd}}
  - {name: block, persistentVolumeClaim: {claimName: odd-block}}
  - name: generated
    ephemeral: {volumeClaimTemplate: {spec: {accessModes: [ReadWriteOnce], storageClassName: none, resources: {requests: {storage: 1Gi}}}}}
  - {name: token, projected: {sources: [{serviceAccountToken: {path: token, audience: odd}}, {downwardAPI: {items: [{path: labels, fieldRef: {fieldPath: metadata.labels}}]}}]}}
  - {name: node, hostPath: {path: /var/log}}
  - {name: empty, emptyDir: {medium: Memory, sizeLimit: 1Mi}}
  - {name: files, configMap: {name: odd, optional: true, items: [{key: one, path: one}]}}
---
apiVersion: v1
kind: Pod
metadata: {name: many, labels: {app: many}}
spec:
  nodeSelector: {none: none}
  restartPolicy: OnFailure
  containers:
FORTY---
apiVersion: v1
kind: Pod
metadata: {name: host, labels: {app: host}}
spec:
  nodeSelector: {none: none}
  hostNetwork: true
  hostPID: true
  hostIPC: true
  dnsPolicy: ClusterFirstWithHostNet
  containers: [{name: app, image: IMAGE, ports: [{containerPort: 80, hostPort: 80}], securityContext: {privileged: true}}]
`, "FORTY", forty.String()), "IMAGE", image)
}
