package presets

import (
	"slices"
	"testing"

	"github.com/google/go-cmp/cmp"
)

func TestRecommend(t *testing.T) {
	own := []Preset{{Name: "ours", Profile: "restricted"}, {Name: "arms", Profile: "general", Platforms: []string{"linux/arm64"}}}
	tests := []struct {
		name  string
		facts Facts
		want  []Advice
	}{
		{"nothing is known", Facts{}, nil},
		{"nothing speaks for one", Facts{Image: "registry.example/shop/web:1", PodSecurity: "privileged", Arch: "amd64", Ports: []int{8080}}, nil},
		{"by image", Facts{Image: "postgres:16"}, []Advice{{"postgres", "the target runs postgres:16"}}},
		{
			"by image with everything", Facts{Image: "registry.corp:5000/db/postgres:16-alpine@sha256:0123"},
			[]Advice{{"postgres", "the target runs postgres:16-alpine"}},
		},
		{"by a hostile image", Facts{Image: "redis:\x1b[2J"}, []Advice{{"redis", "the target runs redis:␛[2J"}}},
		{"by a word of the image", Facts{Image: "bitnami/mongodb-sharded"}, []Advice{{"mongodb", "the target runs mongodb-sharded"}}},
		{"by a versioned word", Facts{Image: "gcr.io/distroless/java21-debian12"}, []Advice{{"jvm", "the target runs java21-debian12"}}},
		{"an exporter is something else", Facts{Image: "prom/node-exporter:v1.8.0"}, nil},
		{"part of a word is nothing", Facts{Image: "ghcr.io/corp/gopher-nodes"}, nil},
		{"the registry's name is nothing", Facts{Image: "go.corp/python/web"}, nil},
		{"kafka before java", Facts{Image: "corp/kafka-java:1"}, []Advice{{"kafka", "the target runs kafka-java:1"}}},
		{"by command", Facts{Image: "corp/web", Command: []string{"/usr/bin/python3.12", "app.py"}}, []Advice{{"python", "the target starts python3.12"}}},
		{
			"by port", Facts{Image: "corp/db", Ports: []int{9187, 5432, 6060}},
			[]Advice{{"postgres", "the target has port 5432, as PostgreSQL"}, {"go", "the target has port 6060, as pprof"}},
		},
		{
			"used here", Facts{Image: "redis:7", LastUsed: []string{"tcpdump", "gone", "busybox"}},
			[]Advice{{"redis", "the target runs redis:7"}, {"tcpdump", "used here last"}},
		},
		{
			"at most three, each once", Facts{Image: "redis:7", LastUsed: []string{"redis", "tcpdump"}, Ports: []int{6379, 6060, 5432}},
			[]Advice{{"redis", "the target runs redis:7"}, {"postgres", "the target has port 5432, as PostgreSQL"}, {"go", "the target has port 6060, as pprof"}},
		},
		{"crash loop", Facts{CrashLooping: true, Image: "postgres:16", Ports: []int{5432}}, []Advice{{"volumes", "the target keeps crashing: its volumes can still be read"}}},
		{"crash loop by its word", Facts{Words: []string{"CrashLoopBackOff"}}, []Advice{{"volumes", "the target keeps crashing: its volumes can still be read"}}},
		{
			"crash loop in baseline", Facts{CrashLooping: true, PodSecurity: "baseline"}, []Advice{
				{"volumes", "the target keeps crashing: its volumes can still be read"}, {"alpine", "the namespace admits only baseline"}, {"kubectl", "the namespace admits only baseline"},
			},
		},
		{
			"crash loop in restricted", Facts{CrashLooping: true, PodSecurity: "restricted"},
			[]Advice{{"nonroot", "the target keeps crashing: its volumes can still be read"}, {"ours", "the namespace admits only restricted"}},
		},
		{"no image", Facts{Words: []string{"ImagePullBackOff"}, Image: "postgres:16"}, []Advice{{"busybox", "the target's image is not there: this one is small"}}},
		{
			"out of memory", Facts{Words: []string{"OOMKilled"}, Image: "openjdk:21"},
			[]Advice{{"busybox", "the target was out of memory: top shows what grows"}, {"jvm", "the target runs openjdk:21"}},
		},
		{
			"restricted", Facts{PodSecurity: "restricted", Image: "postgres:16", LastUsed: []string{"tcpdump"}},
			[]Advice{{"nonroot", "the namespace admits only restricted"}, {"ours", "the namespace admits only restricted"}},
		},
		{
			"baseline", Facts{PodSecurity: "baseline", Image: "postgres:16", LastUsed: []string{"strace"}},
			[]Advice{{"postgres", "the target runs postgres:16"}, {"alpine", "the namespace admits only baseline"}, {"volumes", "the namespace admits only baseline"}},
		},
		{"not for the node", Facts{Arch: "amd64", LastUsed: []string{"arms", "tcpdump"}}, []Advice{{"tcpdump", "used here before"}}},
		{"for the node", Facts{Arch: "arm64", LastUsed: []string{"arms", "strace"}}, []Advice{{"arms", "used here last"}, {"strace", "used here before"}}},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			list, errs := Load(t.TempDir())
			if len(errs) > 0 {
				t.Fatal(errs)
			}
			if diff := cmp.Diff(tt.want, Recommend(append(list, own...), tt.facts)); diff != "" {
				t.Errorf("advice (- want, + got):\n%s", diff)
			}
		})
	}
}

// TestTargetsProgram names the preset for what a target runs, and none rather than a wrong one.
func TestTargetsProgram(t *testing.T) {
	list, _ := Load(t.TempDir())
	for image, want := range map[string]string{
		"node": "node", "node:22-slim": "node", "docker.io/library/node:22": "node", "registry.corp:5000/node": "node", "registry.corp/hub/library/node@sha256:01": "node",
		"bitnami/node:22": "node", "corp/nodejs": "node", "gcr.io/distroless/nodejs22-debian12": "node", "registry.access.redhat.com/ubi9/nodejs-22": "node",
		"calico/node:v3.29": "", "quay.io/calico/node": "", "kindest/node:v1.34.0": "", "registry.k8s.io/sig-storage/csi-node-driver-registrar:v2": "",
		"registry.k8s.io/node-problem-detector/node-problem-detector": "", "registry.k8s.io/dns/k8s-dns-node-cache": "", "prom/node-exporter": "", "rancher/mirrored-calico-node": "",
		"golang:1.26": "go", "library/golang": "go", "corp/golang": "go", "registry.k8s.io/build-image/go-runner": "", "corp/go": "", "corp/golang-migrate": "",
		"mongo:8": "mongodb", "mongo-express": "", "percona/mongodb_exporter": "", "bitnami/mongodb-sharded": "mongodb",
		"corp/redis-commander": "", "oliver006/redis_exporter": "", "redis/redis-stack": "redis", "envoyproxy/redis-proxy": "",
		"provectuslabs/kafka-ui": "", "corp/kafka-manager": "", "bitnami/kafka": "kafka", "strimzi/kafka-operator": "", "corp/operator-for-kafka": "",
		"prodrigestivill/postgres-backup-local": "", "corp/postgres-admin": "", "corp/admin-postgres": "postgres",
	} {
		got := ""
		if advice := Recommend(list, Facts{Image: image}); len(advice) > 0 {
			got = advice[0].Preset
		}
		if got != want {
			t.Errorf("%s: %q, want %q", image, got, want)
		}
	}
	for program, want := range map[string]string{
		"node": "node", "/usr/local/bin/node": "node", "npm": "node", "go": "go", "/usr/sbin/mysqld": "mysql", "python3.12": "python", "redis-server": "redis",
		"/go-runner": "", "/bin/calico-node": "", "/csi-node-driver-registrar": "", "/node-cache": "", "/bin/mysqld_exporter": "", "kafka-proxy": "",
	} {
		got := ""
		if advice := Recommend(list, Facts{Command: []string{program}}); len(advice) > 0 {
			got = advice[0].Preset
		}
		if got != want {
			t.Errorf("%s: %q, want %q", program, got, want)
		}
	}
}

func TestRunsOn(t *testing.T) {
	for _, tt := range []struct {
		platforms []string
		arch      string
		want      bool
	}{
		{nil, "arm64", true},
		{[]string{"linux/amd64"}, "", true},
		{[]string{"linux/amd64"}, "amd64", true},
		{[]string{"linux/amd64"}, "arm64", false},
		{[]string{"linux/arm/v7"}, "arm", true},
		{[]string{"linux/arm64"}, "arm", false},
		{[]string{"windows/amd64"}, "amd64", false},
	} {
		if got := (Preset{Platforms: tt.platforms}).RunsOn(tt.arch); got != tt.want {
			t.Errorf("%q on %q: %v, want %v", tt.platforms, tt.arch, got, tt.want)
		}
	}
}

// A preset of each name that is recommended is there.
func TestKnownProgramsHavePresets(t *testing.T) {
	list, _ := Load(t.TempDir())
	has := names(list)
	for _, k := range known() {
		if !slices.Contains(has, k.preset) {
			t.Errorf("there is no preset %s", k.preset)
		}
	}
}
