package debug

import (
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	corev1 "k8s.io/api/core/v1"

	"github.com/dayfly-k8s/dayfly/kube"
	"github.com/dayfly-k8s/dayfly/kube/kubetest"
	"github.com/dayfly-k8s/dayfly/kube/leftovers"
	"github.com/dayfly-k8s/dayfly/kube/nodepod"
	"github.com/dayfly-k8s/dayfly/kube/nodes"
)

// What gives root on a node is refused where profile sysadmin is, whatever the plan calls itself; a way can be refused by its name.
func TestNodeGuard(t *testing.T) {
	sysadmin, netadmin := kube.Guard{Profiles: []kube.Profile{kube.Sysadmin}}, kube.Guard{Profiles: []kube.Profile{kube.Netadmin}}
	ways := kube.Guard{Ways: []string{"join", "node"}, Why: "config.yaml: contexts prod-*"}
	with := func(p kube.Profile) Request { return onItsNode(func(r *Request) { r.Profile = p }) }
	shell := onItsNode(func(r *Request) { r.Node.Shell = true })
	windows := onItsNode(func(r *Request) { r.Node.Host = nodes.Windows })
	for name, test := range map[string]struct {
		guard   kube.Guard
		request Request
		want    string // empty: allowed
	}{
		"way join":              {ways, joins(), "debugging from the node (way join) is not allowed in context prod-eu (config.yaml: contexts prod-*)"},
		"way node":              {ways, with(kube.Restricted), "debugging on the node itself (way node) is not allowed in context prod-eu (config.yaml: contexts prod-*)"},
		"another way":           {kube.Guard{Ways: []string{"copy", "idle"}}, joins(), ""},
		"join is privileged":    {sysadmin, joins(func(r *Request) { r.Profile = kube.Restricted }), "profile sysadmin is not allowed in context prod-eu"},
		"shell is privileged":   {sysadmin, shell, "profile sysadmin is not allowed in context prod-eu"},
		"shell of Windows":      {sysadmin, windows, "profile sysadmin is not allowed in context prod-eu"},
		"general has hostPID":   {sysadmin, with(kube.General), "the pod would have the node's processes (hostPID), as with profile sysadmin, which is not allowed in context prod-eu"},
		"netadmin has hostPID":  {sysadmin, with(kube.Netadmin), "the pod would have the node's processes (hostPID), as with profile sysadmin, which is not allowed in context prod-eu"},
		"sysadmin needs more":   {netadmin, with(kube.Legacy), "the pod would have the node's processes (hostPID), as with profile netadmin, which is not allowed in context prod-eu"},
		"restricted has none":   {sysadmin, with(kube.Restricted), ""},
		"baseline has none":     {sysadmin, with(kube.Baseline), ""},
		"image":                 {kube.Guard{Images: []string{"quay.io/**"}}, joins(), "image busybox:1.37 is not among those allowed in context prod-eu"},
		"an image that may be":  {kube.Guard{Images: []string{"busybox:1.*"}}, with(kube.General), ""},
		"digest":                {kube.Guard{DigestOnly: true}, with(kube.General), "image busybox:1.37 has no digest, and only images with one are allowed in context prod-eu"},
		"the pod's namespace":   {kube.Guard{Hidden: []string{"default"}}, joins(), "namespace default is not shown in context prod-eu"},
		"nothing is to be done": {kube.Guard{ReadOnly: true}, joins(), "read-only: nothing is changed in context prod-eu"},
	} {
		problem := mustPlan(t, joinable(), test.request).Forbidden(test.guard.In("prod-eu"))
		if got := messageOf(problem); got != test.want {
			t.Errorf("%s: %q, want %q", name, got, test.want)
		}
	}
}

func messageOf(p *kube.Problem) string {
	if p == nil {
		return ""
	}
	return p.Message
}

// The pod itself is asked for, by what of its node it would get.
func TestCheckPod(t *testing.T) {
	host := func(change func(*corev1.PodSpec)) *corev1.PodSpec {
		spec := &corev1.PodSpec{}
		change(spec)
		return spec
	}
	path := func(p string) *corev1.PodSpec {
		return host(func(s *corev1.PodSpec) {
			s.Volumes = []corev1.Volume{{Name: "v", VolumeSource: corev1.VolumeSource{HostPath: &corev1.HostPathVolumeSource{Path: p}}}}
		})
	}
	for name, test := range map[string]struct {
		spec     *corev1.PodSpec
		sysadmin bool // is refused where sysadmin is
		netadmin bool // is refused where netadmin is
	}{
		"nothing":     {&corev1.PodSpec{}, false, false},
		"processes":   {host(func(s *corev1.PodSpec) { s.HostPID = true }), true, true},
		"files":       {path("/"), true, true},
		"files, ..":   {path("/etc/.."), true, true},
		"some files":  {path("/var/log"), false, false},
		"network":     {host(func(s *corev1.PodSpec) { s.HostNetwork = true }), false, true},
		"HostProcess": {&nodepod.Windows("n", "d", "p", corev1.Container{}).Spec, true, true},
	} {
		for profile, refused := range map[kube.Profile]bool{kube.Sysadmin: test.sysadmin, kube.Netadmin: test.netadmin, kube.Restricted: false} {
			if got := (kube.Guard{Profiles: []kube.Profile{profile}}).CheckPod(test.spec) != nil; got != refused {
				t.Errorf("%s where %s is refused: refused %t", name, profile, got)
			}
		}
		if words := kube.HostPrivileges(test.spec); len(words) > 0 != test.sysadmin {
			t.Errorf("%s: root on the node by %q", name, words)
		}
	}
	if p := (kube.Guard{}).CheckPod(&corev1.PodSpec{HostPID: true}); p != nil {
		t.Errorf("where nothing is forbidden: %v", p)
	}
}

// A pod on a node that somebody has made to debug from it is not entered where what it has is refused; a workload's own pod is.
func TestCheckEntryOfNodePod(t *testing.T) {
	guard := kube.Guard{Profiles: []kube.Profile{kube.Sysadmin}}
	plan := mustPlan(t, joinable(), onItsNode(func(r *Request) { r.Profile = kube.Netadmin }))
	spec := plan.Change.Spec().DeepCopy()
	spec.Containers[0].SecurityContext = nil
	for manager, refused := range map[string]bool{"dayfly": true, "kubectl-debug": true, "Helm": false, "": false} {
		pod := &corev1.Pod{Spec: *spec}
		pod.Labels = map[string]string{leftovers.ManagedByLabel: manager}
		if got := guard.CheckEntry(pod, "debugger-x2") != nil; got != refused {
			t.Errorf("a pod of %q: refused %t", manager, got)
		}
		pod.Spec.HostPID, pod.Spec.HostNetwork = false, false
		if p := guard.CheckEntry(pod, "debugger-x2"); p != nil {
			t.Errorf("a pod of %q without anything of its node: %v", manager, p)
		}
	}
}

// That it gives root is told, by what; of the pod that is debugged nothing is found that does not matter from the node.
func TestNodeFindings(t *testing.T) {
	for name, test := range map[string]struct {
		request Request
		want    []string
	}{
		"join":       {joins(), []string{"warns: this gives root on node node-1, by a pod in namespace default: it has the node's processes (hostPID) and all rights (privileged)"}},
		"general":    {onItsNode(), []string{"warns: this gives root on node node-1, by a pod in namespace default: it has the node's processes (hostPID) and the node's files (hostPath /)"}},
		"restricted": {onItsNode(func(r *Request) { r.Profile, r.RunAsUser = kube.Restricted, new(int64(1000)) }), nil},
	} {
		_, found := checked(t, joinable(), test.request, Facts{})
		var root []string
		for _, line := range lines(found) {
			if strings.Contains(line, "root on node") {
				root = append(root, line)
			}
		}
		if diff := cmp.Diff(test.want, root); diff != "" {
			t.Errorf("%s (- want, + got):\n%s", name, diff)
		}
		if slices.ContainsFunc(found, func(f Finding) bool { return f.Severity == Blocking }) {
			t.Errorf("%s is said to fail: %q", name, lines(found))
		}
	}
}

// A node that is not there is told, before anything waits for it.
func TestNodeIsGone(t *testing.T) {
	for gone, want := range map[bool]int{true: 1, false: 0} {
		_, found := checked(t, joinable(), onItsNode(), Facts{Host: &NodeEnvironment{Gone: gone}})
		n := 0
		for _, f := range found {
			if f.Severity == Blocking && f.Text == "there is no node node-1: nothing could start on it" {
				n++
			}
		}
		if n != want {
			t.Errorf("gone %t: %q", gone, lines(found))
		}
	}
}

// Where the pod is refused there are other namespaces, and what a quota asks for.
func TestNodePodIsRefused(t *testing.T) {
	violates := func(pod *corev1.Pod) (*corev1.Pod, string) {
		if pod.Namespace == "debug" {
			return pod, ""
		}
		return nil, `pods "` + pod.Name + `" is forbidden: violates PodSecurity "baseline:latest": host namespaces (hostPID=true)`
	}
	levels := map[string]string{"default": "baseline", "kube-system": "", "debug": "privileged", "apps": "", "shop": "restricted"}
	for name, test := range map[string]struct {
		server  *admitting
		levels  map[string]string
		words   []string // of the remedies
		applied func(Request) bool
	}{
		"elsewhere": {
			&admitting{pods: violates}, levels, []string{"create it in namespace kube-system", "create it in namespace debug"},
			func(r Request) bool { return r.Own.Namespace == "kube-system" },
		},
		"in one alone": {
			&admitting{pods: violates}, map[string]string{"default": "baseline", "debug": "privileged", "apps": ""}, []string{"create it in namespace debug"},
			func(r Request) bool { return r.Own.Namespace == "debug" },
		},
		"nowhere":   {&admitting{pods: violates}, map[string]string{"default": "baseline", "shop": "restricted", "apps": ""}, nil, nil},
		"not known": {&admitting{pods: violates}, nil, nil, nil},
		"a quota": {
			&admitting{pods: unspecified}, levels, []string{"give it small requests and limits"}, func(r Request) bool { return r.Node.Limited },
		},
		"a quota that is not content": {
			&admitting{pods: neverContent}, map[string]string{"kube-system": ""}, []string{"create it in namespace kube-system"}, nil,
		},
		"no Jobs": {
			&admitting{jobs: `jobs.batch is forbidden: User "ann" cannot create resource "jobs" in API group "batch" in the namespace "default"`}, levels,
			[]string{"end the pod by its own deadline (activeDeadlineSeconds), without a Job: its entry stays"}, func(r Request) bool { return r.Own.NoTimer },
		},
	} {
		t.Run(name, func(t *testing.T) {
			cluster := kubetest.Serve(t, test.server)
			for _, r := range []Request{joins(), onItsNode()} {
				r.Node.Limited = name == "a quota that is not content"
				plan := mustPlan(t, cluster.NewPod(joinable().Object()), r)
				f := RunPreflight(t.Context(), cluster, plan)
				found := Check(plan, f.Facts(Facts{Pod: joinable(), Host: &NodeEnvironment{Levels: test.levels}}))
				if !f.Blocks() || len(found) == 0 || found[0].Severity != Blocking || found[0].Text != f.Problem.Message {
					t.Fatalf("it is %+v, found is %q", f.Problem, lines(found))
				}
				var words []string
				for _, remedy := range []*Remedy{found[0].Remedy, found[0].Or} {
					if remedy != nil {
						words = append(words, remedy.Words)
					}
				}
				if diff := cmp.Diff(test.words, words); diff != "" {
					t.Errorf("what helps (- want, + got):\n%s", diff)
				}
				if test.applied != nil && !test.applied(found[0].Remedy.Apply(r)) {
					t.Errorf("the remedy makes %+v", found[0].Remedy.Apply(r))
				}
			}
		})
	}
}

// neverContent refuses a pod as a quota does that wants what nobody sets.
func neverContent(pod *corev1.Pod) (*corev1.Pod, string) {
	return nil, `pods "` + pod.Name + `" is forbidden: failed quota: odd: must specify requests.example.com/gpu for: ` + pod.Spec.Containers[0].Name
}

// What helps makes it pass: the plan is another then, in another namespace, or with requests, or without its Job.
func TestNodePodRemediesHelp(t *testing.T) {
	for name, server := range map[string]*admitting{
		"a quota": {pods: unspecified},
		"no Jobs": {jobs: `jobs.batch is forbidden: User "ann" cannot create resource "jobs" in API group "batch" in the namespace "default"`},
		"a namespace": {pods: func(pod *corev1.Pod) (*corev1.Pod, string) {
			if pod.Namespace == "kube-system" {
				return pod, ""
			}
			return nil, `pods "x" is forbidden: violates PodSecurity "baseline:latest": privileged`
		}},
	} {
		cluster := kubetest.Serve(t, server)
		plan := mustPlan(t, cluster.NewPod(joinable().Object()), joins())
		around := &NodeEnvironment{Levels: map[string]string{"kube-system": ""}}
		found := Check(plan, RunPreflight(t.Context(), cluster, plan).Facts(Facts{Pod: joinable(), Host: around}))
		better := mustPlan(t, joinable(), found[0].Remedy.Apply(joins()).FitNode(&NodeEnvironment{Jobs: kube.Yes}))
		if f := RunPreflight(t.Context(), cluster, better); f.Blocks() {
			t.Errorf("%s: with the remedy %+v", name, f.Problem)
		}
		if name == "no Jobs" && (!strings.Contains(better.Adds, "activeDeadlineSeconds: 3600") || strings.Contains(better.Adds, "kind: Job")) {
			t.Errorf("%s: it adds\n%s", name, better.Adds)
		}
	}
}
