// Package script drives the real dayfly in a real terminal on a real Kubernetes, key by key, as a person would.
//
//	make e2e                                   on the cluster of testdata/cluster
//	KUBECONFIG=… go test ./testdata/script/    on another one, where the current context may do everything
//
// DAYFLY_BIN names the binary; without it one is built. On a cluster that cannot pull the images of testdata/cluster,
// DAYFLY_E2E_WEB, DAYFLY_E2E_LINES, DAYFLY_E2E_SLOW, DAYFLY_E2E_MISSING and DAYFLY_E2E_DUMP name others: see images. Tests of captures want tshark here.
//
// On the cluster of testdata/cluster dayfly asks that cluster's registry about images, whatever their host: see internet.
//
// Everything happens in a namespace of its own, which is removed at the end.
package script

import (
	"context"
	"fmt"
	"log/slog"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/dayfly-k8s/dayfly/kube"
	"github.com/dayfly-k8s/dayfly/testdata/script/scratch"
)

// world is what all tests share.
type world struct {
	*scratch.Namespace
	binary     string
	kubeconfig string
	internet   *internet // nil: the real one, on a cluster that is not ours
}

// here is set once, before the first test.
var here world

func TestMain(m *testing.M) {
	code, err := run(m)
	if err != nil {
		fmt.Fprintln(os.Stderr, "e2e:", err)
		code = 1
	}
	os.Exit(code)
}

func run(m *testing.M) (code int, err error) {
	ctx := context.Background()
	kube.RouteLogs(slog.New(slog.DiscardHandler))
	folder, err := os.MkdirTemp("", "dayfly-e2e-")
	if err != nil {
		return 1, fmt.Errorf("make a folder: %w", err)
	}
	defer os.RemoveAll(folder)
	if here.Namespace, err = scratch.New(ctx); err != nil {
		return 1, err
	}
	defer func() {
		if gone := here.Delete(ctx); gone != nil {
			code, err = 1, gone
		}
	}()
	here.binary = os.Getenv("DAYFLY_BIN")
	if here.binary == "" {
		if here.binary, err = build(folder); err != nil {
			return 1, err
		}
	}
	here.kubeconfig = filepath.Join(folder, "kubeconfig")
	if err := here.Kubeconfig(here.kubeconfig); err != nil {
		return 1, err
	}
	if registry, err := os.ReadFile(filepath.Join(filepath.Dir(os.Getenv("KUBECONFIG")), "registry")); err == nil {
		if here.internet, err = newInternet(folder, strings.TrimSpace(string(registry))); err != nil {
			return 1, fmt.Errorf("play the internet: %w", err)
		}
		defer here.internet.close()
	}
	role := fmt.Sprintf(kube.DebugRole, here.Name)
	for user, role := range map[string]string{
		scratch.Debugger: role,
		scratch.Poster:   strings.NewReplacer("name: dayfly", "name: poster", "[get, create]", "[create]").Replace(role),
		scratch.Viewer:   viewerRole,
		scratch.Adder:    adderRole(role),
	} {
		if err := here.Grant(ctx, user, role); err != nil {
			return 1, err
		}
	}
	return m.Run(), nil
}

// viewerRole lets one see pods, and nothing else.
const viewerRole = `
apiVersion: rbac.authorization.k8s.io/v1
kind: Role
metadata:
  name: viewer
rules:
- apiGroups: [""]
  resources: [pods]
  verbs: [get, list, watch]
`

// adderRole is another role without its last rule, the one about attaching.
func adderRole(role string) string {
	all := strings.Replace(role, "name: dayfly", "name: adder", 1)
	return all[:strings.LastIndex(all, "- apiGroups:")]
}

func build(folder string) (string, error) {
	binary := filepath.Join(folder, "dayfly")
	cmd := exec.Command("go", "build", "-trimpath", "-ldflags", "-s -w", "-o", binary, "github.com/dayfly-k8s/dayfly/cmd/dayfly")
	cmd.Env = append(os.Environ(), "CGO_ENABLED=0")
	if out, err := cmd.CombinedOutput(); err != nil {
		return "", fmt.Errorf("build dayfly: %w\n%s", err, out)
	}
	return binary, nil
}

// images are what the tests put into pods. The defaults are those of testdata/cluster.
type images struct {
	web     string // distroless; serves on 8080 and has no shell
	lines   string // prints line-001 to line-200 at once and stays as a shell
	slow    string // is not on the node, and takes a second or more to pull
	missing string // does not exist
	shell   string // has sh
	dump    string // has tcpdump and sh
}

func pictures() images {
	or := func(variable, image string) string {
		if value := os.Getenv(variable); value != "" {
			return value
		}
		return image
	}
	return images{
		web:     or("DAYFLY_E2E_WEB", "registry.example/demo/web:1"),
		lines:   or("DAYFLY_E2E_LINES", "registry.example/demo/lines:1"),
		slow:    or("DAYFLY_E2E_SLOW", "registry.example/slow/busybox:"+here.Name),
		missing: or("DAYFLY_E2E_MISSING", "registry.example/demo/no-such-tool:1"),
		shell:   or("DAYFLY_E2E_SHELL", "busybox:1.37"),
		dump:    or("DAYFLY_E2E_DUMP", "nicolaka/netshoot:latest"),
	}
}
