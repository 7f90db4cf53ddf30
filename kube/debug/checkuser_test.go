package debug

import (
	"strings"
	"testing"

	corev1 "k8s.io/api/core/v1"

	"github.com/dayfly-k8s/dayfly/kube"
	"github.com/dayfly-k8s/dayfly/kube/apitest"
)

// What weakens a debug container, or keeps it from starting, without a word from anybody.
func TestCheckUser(t *testing.T) {
	const (
		noCaps   = "warns: it will run as user 1000: added capabilities have no effect for it | run as root anyway"
		noRoot   = "warns: it will run as user 1000: privileged, but without the rights of root | run as root anyway"
		podAsks  = "warns: the pod asks for a non-root user: an image that runs as root will not start in it | run as user 65532 | run as root anyway"
		mustHave = "warns: it has to run as a non-root user: an image that runs as root will not start | run as user 65532"
		asRoot   = "securityContext: {runAsUser: 0, runAsNonRoot: false}"
	)
	user := func(uid int64) *corev1.PodSecurityContext { return &corev1.PodSecurityContext{RunAsUser: &uid} }
	nonRoot := &corev1.PodSecurityContext{RunAsNonRoot: new(true)}
	image := func(user string) *ImageFacts { return &ImageFacts{User: user} }
	tests := []struct {
		name    string
		pod     *corev1.PodSecurityContext
		profile kube.Profile
		custom  string
		image   *ImageFacts // nil: not known
		want    string
	}{
		{"plain", nil, kube.General, "", nil, ""},
		{"root", user(0), kube.General, "", nil, ""},
		{"user, general", user(1000), kube.General, "", nil, noCaps},
		{"user, netadmin", user(1000), kube.Netadmin, "", nil, noCaps},
		{"user, sysadmin", user(1000), kube.Sysadmin, "", nil, noRoot},
		{"user, baseline", user(1000), kube.Baseline, "", nil, ""},
		{"user, restricted", user(1000), kube.Restricted, "", nil, ""},
		{"user, general as root", user(1000), kube.General, asRoot, nil, ""},
		{"user of the file", nil, kube.General, "securityContext: {runAsUser: 1000}", nil, noCaps},
		{"user before the image's", user(1000), kube.General, "", image("root"), noCaps},
		{"user of the image", nil, kube.General, "", image("1000:2000"), noCaps},
		{"name in the image", nil, kube.Sysadmin, "", image("app\x1b[2J:app"), strings.Replace(noRoot, "1000", "app␛[2J", 1)},
		{"root of the image", nil, kube.General, "", image("root:root"), ""},
		{"none in the image", nil, kube.General, "", image(""), ""},
		{"non-root", nonRoot, kube.General, "", nil, podAsks},
		{"non-root, as root", nonRoot, kube.General, asRoot, nil, ""},
		{"non-root allowed to be root", nonRoot, kube.General, "securityContext: {runAsNonRoot: false}", nil, ""},
		{"restricted", nil, kube.Restricted, "", nil, mustHave},
		{"non-root, restricted", nonRoot, kube.Restricted, "", nil, mustHave},
		{
			"non-root, root of the image", nonRoot, kube.Baseline, "", image("0"),
			"stops: the pod asks for a non-root user, and the image runs as root: it will not start | run as user 65532 | run as root anyway",
		},
		{
			"restricted, none in the image", nil, kube.Restricted, "", image(""),
			"stops: it has to run as a non-root user, and the image runs as root: it will not start | run as user 65532",
		},
		{
			"restricted, name in the image", nil, kube.Restricted, "", image("nobody"),
			`stops: it has to run as a non-root user, and the image only names its user, "nobody", so that the node cannot tell: it will not start | run as user 65532`,
		},
		{"restricted, number in the image", nil, kube.Restricted, "", image("65532"), ""},
		{
			"restricted in a pod of root", user(0), kube.Restricted, "", nil,
			"stops: it has to run as a non-root user, and its user is set to root: it will not start | run as user 65532",
		},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			custom, err := ParseCustom("file", []byte(tt.custom))
			if err != nil {
				t.Fatal(err)
			}
			pod := kube.NewPod(apitest.RunningPod(func(p *corev1.Pod) { p.Spec.SecurityContext = tt.pod }))
			plan, found := checked(t, pod, request(func(r *Request) { r.Profile, r.Custom = tt.profile, custom }), Facts{Image: tt.image})
			if tt.want == "" {
				wantFindings(t, found)
			} else {
				wantFindings(t, found, tt.want)
			}
			if len(plan.Notes) > 0 {
				t.Errorf("it is said in the plan too: %v", plan.Notes)
			}
		})
	}
}

// A remedy that is applied takes the finding away, and shows in what is added.
func TestRemediesOfTheUser(t *testing.T) {
	asApp := func(p *corev1.Pod) {
		p.Spec.Containers[0].SecurityContext = &corev1.SecurityContext{RunAsUser: new(int64(1000)), RunAsGroup: new(int64(3000))}
	}
	reported := func(p *corev1.Pod) {
		p.Status.ContainerStatuses[0].User = &corev1.ContainerUser{Linux: &corev1.LinuxContainerUser{UID: 4711, GID: 815}}
	}
	nonRoot := func(p *corev1.Pod) { p.Spec.SecurityContext.RunAsNonRoot = new(true) }
	plain := func(*corev1.Pod) {}
	tests := []struct {
		name    string
		change  func(*corev1.Pod)
		target  string
		profile kube.Profile
		words   string
		or      bool
		adds    []string
	}{
		{"the target's", asApp, "app", kube.Restricted, "run as the target's user 1000", false, []string{"runAsUser: 1000", "runAsGroup: 3000", "runAsNonRoot: true"}},
		{"the target's as reported", reported, "app", kube.Restricted, "run as the target's user 4711", false, []string{"runAsUser: 4711", "runAsGroup: 815"}},
		{"the pod's", asApp, "", kube.Restricted, "run as the pod's user 1000", false, []string{"runAsUser: 1000"}},
		{"nobody's", plain, "app", kube.Restricted, "run as user 65532", false, []string{"runAsUser: 65532"}},
		{"root", plain, "app", kube.Baseline, "run as root anyway", true, []string{"runAsUser: 0", "runAsNonRoot: false"}},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			pod := kube.NewPod(apitest.RunningPod(nonRoot, tt.change))
			facts := Facts{Image: &ImageFacts{}}
			plan, found := checked(t, pod, request(func(r *Request) { r.Target, r.Profile = tt.target, tt.profile }), facts)
			if len(found) == 0 || found[0].Severity != Blocking {
				t.Fatalf("the findings are %v", lines(found))
			}
			remedy := found[0].Remedy
			if tt.or {
				remedy = found[0].Or
			}
			if remedy.Words != tt.words {
				t.Errorf("the remedy is %q, want %q", remedy.Words, tt.words)
			}
			mended, after := checked(t, pod, remedy.Apply(plan.Request), facts)
			for _, f := range after {
				if f.Severity == Blocking {
					t.Errorf("it is still said: %s", f.line())
				}
			}
			for _, line := range tt.adds {
				if !strings.Contains(mended.Adds, line) {
					t.Errorf("%s is not in\n%s", line, mended.Adds)
				}
			}
			if len(mended.Notes) != 1 || mended.Notes[0].Warns || !strings.HasPrefix(mended.Notes[0].Text, "the kubectl command omits the user") {
				t.Errorf("the notes are %+v", mended.Notes)
			}
		})
	}
}

// Root is not offered where it is forbidden, and a user takes root back.
func TestRootIsNotOfferedAgainstTheRules(t *testing.T) {
	pod := kube.NewPod(apitest.RunningPod(func(p *corev1.Pod) { p.Spec.SecurityContext.RunAsUser = new(int64(1000)) }))
	_, found := checked(t, pod, request(), Facts{PodSecurity: "restricted"})
	for _, f := range found {
		if f.Remedy != nil || f.Or != nil {
			t.Errorf("offered: %s", f.line())
		}
	}
	again := request().asRoot().asUser(7, nil)
	if again.Root || *again.RunAsUser != 7 {
		t.Errorf("the request is %+v", again)
	}
	if root := again.asRoot(); !root.Root || root.RunAsUser != nil {
		t.Errorf("the request is %+v", root)
	}
}

// What a person chooses on the screen counts before a file's partial container.
func TestChosenUserCountsBeforeTheFile(t *testing.T) {
	custom, err := ParseCustom("file", []byte("securityContext: {runAsUser: 5, runAsNonRoot: true}"))
	if err != nil {
		t.Fatal(err)
	}
	plan, found := checked(t, kube.NewPod(apitest.RunningPod()), request(func(r *Request) { r.Custom = custom }).asRoot(), Facts{})
	wantFindings(t, found)
	if !strings.Contains(plan.Adds, "runAsUser: 0") || !strings.Contains(plan.Adds, "runAsNonRoot: false") {
		t.Errorf("it adds\n%s", plan.Adds)
	}
}

func TestCheckSight(t *testing.T) {
	const closed = "and app runs as user 1000: it cannot read the target's files and environment in /proc"
	tests := []struct {
		name    string
		profile kube.Profile
		target  string
		image   *ImageFacts
		owner   int64
		want    []string
	}{
		{"general", kube.General, "app", &ImageFacts{}, 1000, nil},
		{"sysadmin", kube.Sysadmin, "app", &ImageFacts{}, 1000, nil},
		{"no target", kube.Baseline, "", &ImageFacts{}, 1000, nil},
		{"image not known", kube.Baseline, "app", nil, 1000, []string{
			"warns: it can read the target's files and environment in /proc only if the image runs as user 1000 | run as the target's user 1000",
		}},
		{"image not known, may trace", kube.General, "app", nil, 1000, nil},
		{"root without rights", kube.Baseline, "app", &ImageFacts{}, 1000, []string{"warns: it will run as user root " + closed + " | run as the target's user 1000"}},
		{"there for the network", kube.Netadmin, "app", &ImageFacts{}, 1000, []string{"tells: it will run as user root " + closed}},
		{"the same user", kube.Restricted, "app", &ImageFacts{User: "1000"}, 1000, nil},
		{"another user", kube.Restricted, "app", &ImageFacts{User: "65532"}, 1000, []string{"warns: it will run as user 65532 " + closed + " | run as the target's user 1000"}},
		{
			"rights that have no effect", kube.General, "app", &ImageFacts{User: "65532"}, 1000, []string{
				"warns: it will run as user 65532: added capabilities have no effect for it | run as root anyway",
				"warns: it will run as user 65532 " + closed + " | run as the target's user 1000",
			},
		},
		{
			"target is root", kube.Legacy, "app", &ImageFacts{User: "65532"}, 0,
			[]string{"warns: it will run as user 65532 " + strings.Replace(closed, "1000", "0", 1) + " | run as root anyway"},
		},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			pod := kube.NewPod(apitest.RunningPod(func(p *corev1.Pod) {
				p.Spec.Containers[0].SecurityContext = &corev1.SecurityContext{RunAsUser: &tt.owner}
			}))
			_, found := checked(t, pod, request(func(r *Request) { r.Profile, r.Target = tt.profile, tt.target }), Facts{Image: tt.image})
			wantFindings(t, found, tt.want...)
		})
	}
}
