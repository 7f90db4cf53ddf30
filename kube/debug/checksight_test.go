package debug

import (
	"testing"

	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"

	"github.com/dayfly-k8s/dayfly/kube"
	"github.com/dayfly-k8s/dayfly/kube/apitest"
)

// What is foretold of the target's files, for all that decides it. "yes" and "no" are certain; anything else is what it depends on. The rows
// marked with seen were held against Kubernetes 1.34 with containerd.
func TestSightOf(t *testing.T) {
	const yes, no = "yes", "no"
	as := func(uid int64) *corev1.SecurityContext { return &corev1.SecurityContext{RunAsUser: &uid} }
	in := func(uid, gid int64) *corev1.SecurityContext {
		return &corev1.SecurityContext{RunAsUser: &uid, RunAsGroup: &gid}
	}
	adds := func(names ...corev1.Capability) *corev1.SecurityContext {
		return &corev1.SecurityContext{RunAsUser: new(int64(0)), Capabilities: &corev1.Capabilities{Add: names}}
	}
	drops := &corev1.SecurityContext{RunAsUser: new(int64(0)), Capabilities: &corev1.Capabilities{Drop: []corev1.Capability{"ALL"}}}
	super := &corev1.SecurityContext{RunAsUser: new(int64(0)), Privileged: new(true)}
	reported := func(uid, gid int64) func(*corev1.Pod) {
		return func(p *corev1.Pod) {
			p.Status.ContainerStatuses[0].User = &corev1.ContainerUser{Linux: &corev1.LinuxContainerUser{UID: uid, GID: gid}}
		}
	}
	for name, c := range map[string]struct {
		theirs  *corev1.SecurityContext
		change  func(*corev1.Pod)
		profile kube.Profile
		request func(*Request)
		image   *ImageFacts
		want    string
	}{
		"target 65532, baseline, image unknown":          {theirs: as(65532), profile: kube.Baseline, want: "the image runs as user 65532"},
		"target 65532, general, image unknown":           {theirs: as(65532), profile: kube.General, want: "the image runs as root or as user 65532"},
		"target 65532, general, root image (seen)":       {theirs: as(65532), profile: kube.General, image: &ImageFacts{}, want: yes},
		"target 65532, baseline, root image (seen)":      {theirs: as(65532), profile: kube.Baseline, image: &ImageFacts{}, want: no},
		"target 65532, restricted, image unknown":        {theirs: as(65532), profile: kube.Restricted, want: "the image runs as user 65532"},
		"target 65532, sysadmin, root image":             {theirs: as(65532), profile: kube.Sysadmin, image: &ImageFacts{}, want: yes},
		"target 65532, netadmin, root image":             {theirs: as(65532), profile: kube.Netadmin, image: &ImageFacts{}, want: no},
		"target 65532, general, image of another user":   {theirs: as(65532), profile: kube.General, image: &ImageFacts{User: "1000"}, want: no},
		"target 65532, general, image that names a user": {theirs: as(65532), profile: kube.General, image: &ImageFacts{User: "nginx"}, want: "the image runs as root or as user 65532"},
		"the same user, groups unknown":                  {theirs: as(65532), profile: kube.Baseline, image: &ImageFacts{User: "65532"}, want: "both are in the same group"},
		"the same user and group":                        {theirs: in(65532, 3000), profile: kube.Baseline, request: func(r *Request) { *r = r.asUser(65532, new(int64(3000))) }, want: yes},
		"the same user, another group":                   {theirs: in(1000, 3000), profile: kube.Baseline, request: func(r *Request) { *r = r.asUser(1000, new(int64(0))) }, want: no},
		"the image's group":                              {theirs: in(65532, 65532), profile: kube.Baseline, image: &ImageFacts{User: "65532:65532"}, want: yes},
		"target unknown, general, image unknown":         {profile: kube.General, want: "the image runs as root"},
		"target unknown, general, root image":            {profile: kube.General, image: &ImageFacts{}, want: yes},
		"target unknown, baseline, image unknown":        {profile: kube.Baseline, want: "the image runs as the target's user"},
		"target unknown, baseline, root image":           {profile: kube.Baseline, image: &ImageFacts{}, want: "app runs as user root too"},
		"target reported, baseline, root image":          {change: reported(101, 101), profile: kube.Baseline, image: &ImageFacts{}, want: no},
		"target reported, the same":                      {change: reported(101, 101), profile: kube.Baseline, image: &ImageFacts{User: "101:101"}, want: yes},
		"root and root (seen)":                           {theirs: as(0), profile: kube.Baseline, image: &ImageFacts{}, want: yes},
		"root, image unknown":                            {theirs: as(0), profile: kube.Baseline, want: "the image runs as user 0"},
		"root, general, image unknown":                   {theirs: as(0), profile: kube.General, want: "the image runs as root"},
		"root, image of a user":                          {theirs: as(0), profile: kube.Baseline, image: &ImageFacts{User: "1000"}, want: no},
		"root with more capabilities (seen)":             {theirs: adds("NET_ADMIN"), profile: kube.Baseline, image: &ImageFacts{}, want: no},
		"root with the same capabilities":                {theirs: adds("NET_ADMIN", "NET_RAW"), profile: kube.Netadmin, image: &ImageFacts{}, want: yes},
		"root with fewer capabilities":                   {theirs: drops, profile: kube.Baseline, image: &ImageFacts{}, want: yes},
		"privileged, baseline":                           {theirs: super, profile: kube.Baseline, image: &ImageFacts{}, want: no},
		"privileged, general":                            {theirs: super, profile: kube.General, image: &ImageFacts{}, want: yes},
		"on purpose as root, where it may not trace":     {theirs: as(65532), profile: kube.Baseline, request: func(r *Request) { *r = r.asRoot() }, want: no},
		"the pod's user counts for both": {change: func(p *corev1.Pod) {
			p.Spec.SecurityContext = &corev1.PodSecurityContext{RunAsUser: new(int64(1000)), RunAsGroup: new(int64(1000))}
		}, profile: kube.Baseline, want: yes},
		"shared processes change nothing": {theirs: as(65532), change: func(p *corev1.Pod) { p.Spec.ShareProcessNamespace = new(true) }, profile: kube.Baseline, image: &ImageFacts{}, want: no},
		"nor do the node's":               {theirs: as(65532), change: func(p *corev1.Pod) { p.Spec.HostPID = true }, profile: kube.General, image: &ImageFacts{}, want: yes},
		"a read-only root is read": {theirs: &corev1.SecurityContext{RunAsUser: new(int64(0)), ReadOnlyRootFilesystem: new(true)},
			profile: kube.Baseline, image: &ImageFacts{}, want: yes},
	} {
		pod := kube.NewPod(apitest.RunningPod(func(p *corev1.Pod) {
			p.Spec.Containers[0].SecurityContext = c.theirs
			if c.change != nil {
				c.change(p)
			}
		}))
		plan, err := NewPlan(pod, request(func(r *Request) {
			r.Profile, r.Target = c.profile, "app"
			if c.request != nil {
				c.request(r)
			}
		}))
		if err != nil {
			t.Fatal(err)
		}
		f := Facts{Pod: pod, Image: c.image}
		got := SightOf(plan, f)
		words := map[bool]string{true: yes, false: no}[got.Opens]
		if got.If != "" {
			words = got.If
		}
		if words != c.want {
			t.Errorf("%s: %s, want %s", name, words, c.want)
		}
		// What would make it work does.
		for _, found := range checkSight(plan, f) {
			if found.Remedy == nil {
				continue
			}
			mended, err := NewPlan(pod, found.Remedy.Apply(plan.Request))
			if err != nil {
				t.Fatal(err)
			}
			if after := SightOf(mended, f); !after.Opens && after.If != "both are in the same group" {
				t.Errorf("%s: after %q it is %+v", name, found.Remedy.Words, after)
			}
		}
	}
}

// Where pods are plain processes of their node, the node tells.
func TestPlaceOnABareNode(t *testing.T) {
	pod := kube.NewPod(apitest.RunningPod())
	plan, err := NewPlan(pod, request(func(r *Request) { r.Target = "app" }))
	if err != nil {
		t.Fatal(err)
	}
	node := kube.NodeOf(&corev1.Node{ObjectMeta: metav1.ObjectMeta{Labels: map[string]string{kube.BareLabel: "true"}}})
	if got := plan.Place(Facts{Pod: pod, Node: node}); got.Root != "$TARGET_ROOT" {
		t.Errorf("%+v", got)
	}
}

// PID 1 is taken for the target only where it is.
func TestPlace(t *testing.T) {
	known := func(p *corev1.Pod) { p.Status.ContainerStatuses[0].ContainerID = "containerd://abc123" }
	hostPID := func(p *corev1.Pod) { p.Spec.HostPID = true }
	shared := func(p *corev1.Pod) { p.Spec.ShareProcessNamespace = new(true) }
	for name, c := range map[string]struct {
		changes []func(*corev1.Pod)
		target  string
		command []string
		want    Place
	}{
		"its own":              {nil, "app", []string{"htop"}, Place{"1", "/proc/1/root"}},
		"no target":            {nil, "", []string{"sh"}, Place{}},
		"shared":               {[]func(*corev1.Pod){known, shared}, "app", []string{"sh"}, Place{"$TARGET_PID", "$TARGET_ROOT"}},
		"the node's":           {[]func(*corev1.Pod){known, hostPID}, "app", []string{"bash"}, Place{"$TARGET_PID", "$TARGET_ROOT"}},
		"the node's, no shell": {[]func(*corev1.Pod){known, hostPID}, "app", []string{"htop"}, Place{}},
		"ID not known":         {[]func(*corev1.Pod){hostPID}, "app", []string{"sh"}, Place{}},
	} {
		pod := kube.NewPod(apitest.RunningPod(c.changes...))
		plan, err := NewPlan(pod, request(func(r *Request) { r.Target, r.Command = c.target, c.command }))
		if err != nil {
			t.Fatal(err)
		}
		if got := plan.Place(Facts{Pod: pod}); got != c.want {
			t.Errorf("%s: %+v, want %+v", name, got, c.want)
		}
	}
}
