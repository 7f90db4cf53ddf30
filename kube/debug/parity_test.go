package debug

import (
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/cli-runtime/pkg/genericclioptions"
	"k8s.io/cli-runtime/pkg/genericiooptions"
	"k8s.io/client-go/kubernetes/scheme"
	"k8s.io/kubectl/pkg/cmd/debug"
	cmdutil "k8s.io/kubectl/pkg/cmd/util"

	"github.com/dayfly-k8s/dayfly/kube"
	"github.com/dayfly-k8s/dayfly/kube/apitest"
	"github.com/dayfly-k8s/dayfly/kube/kubetest"
	"github.com/dayfly-k8s/dayfly/kube/leftovers"
)

// customs are partial containers as people write them; the empty one is no file at all.
func customs() map[string]string {
	return map[string]string{
		"none": "",
		"env": `
env:
- name: HTTPS_PROXY
  value: http://proxy:3128
- name: NODE
  valueFrom: {fieldRef: {fieldPath: spec.nodeName}}
`,
		"env over env": `
env:
- name: GREETING
  value: from the file
`,
		"security": `
securityContext:
  runAsUser: 0
  runAsNonRoot: false
  capabilities:
    add: [SYS_ADMIN]
    drop: [NET_RAW]
`,
		"escalation": `{"securityContext": {"allowPrivilegeEscalation": true, "privileged": false, "seccompProfile": {"type": "Unconfined"}}}`,
		"resources": `
resources:
  limits: {cpu: 200m, memory: 256Mi}
  requests: {cpu: 100m}
`,
		"mounts": `
workingDir: /data
volumeMounts:
- name: data
  mountPath: /data
  readOnly: true
terminationMessagePolicy: FallbackToLogsOnError
`,
		"args and pull policy": `
args: [-c, "sleep 1"]
imagePullPolicy: Never
envFrom:
- configMapRef: {name: settings}
`,
		"probe": `
livenessProbe:
  tcpSocket: {port: 80}
ports:
- containerPort: 80
`,
	}
}

// TestKubectlParity holds every profile, over everything else that a request can say, equal to what the real kubectl
// debug sends, and the command we show equal to the one that was run.
func TestKubectlParity(t *testing.T) {
	server := newPatchServer(t)
	kubectl := newKubectl(t, server.URL)
	cluster := kubetest.OpenAt(t, server.URL)
	folder := t.TempDir()

	commands := []Request{
		{},
		{Command: []string{"sh", "-c", "echo $HOME; sleep 1"}},
		{Command: []string{"-n", "-i", "any"}, ArgumentsOnly: true},
	}
	envs := [][]EnvVar{nil, {{"GREETING", "hello, world"}}, {{"A", "1"}, {"B", "x=y,z"}, {"C", `say "so"`}}}
	for _, profile := range kube.Profiles() {
		for name, text := range customs() {
			custom := Custom{}
			if text != "" {
				custom = writeCustom(t, filepath.Join(folder, strings.ReplaceAll(name, " ", "-")+".yaml"), text)
			}
			for i, command := range commands {
				for j, env := range envs {
					request := Request{
						Name: "debugger-x2", Image: "registry.example:5000/tools/busybox:1.37",
						Command: command.Command, ArgumentsOnly: command.ArgumentsOnly, Env: env,
						Profile: profile, Custom: custom,
						Target:     []string{"", "app"}[(i+j)%2],
						PullPolicy: []string{"", "Always", "IfNotPresent", "Never"}[(i+2*j)%4],
					}
					t.Run(fmt.Sprintf("%s/%s/command %d/env %d", profile, name, i, j), func(t *testing.T) {
						compareWithKubectl(t, cluster, kubectl, server, request)
					})
				}
			}
		}
	}
}

func compareWithKubectl(t *testing.T, cluster *kube.Cluster, kubectl *kubectl, server *patchServer, request Request) {
	t.Helper()
	plan, err := NewPlan(kube.NewPod(server.pod), request)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := plan.Change.Apply(t.Context(), cluster); err != nil {
		t.Fatal(err)
	}
	ours := server.container(t)
	arguments := kubectlArguments(plan.Request)
	kubectl.run(t, arguments)
	theirs := server.container(t)
	sortEnv(ours)
	sortEnv(theirs)
	mendEnv(theirs)
	if diff := cmp.Diff(theirs, ours); diff != "" {
		t.Errorf("kubectl debug %q sends something else (- kubectl, + dayfly):\n%s", arguments, diff)
	}
	if want := quoteAll(append([]string{"kubectl", "debug"}, arguments...)); plan.Command != want {
		t.Errorf("the command shown is\n%s, want\n%s", plan.Command, want)
	}
}

// kubectlArguments are written out here once more, by the rules of kubectl's flags, and not taken from the plan.
func kubectlArguments(r Request) []string {
	words := []string{"-it", "web", "--namespace=shop", "--container=" + r.Name, "--image=" + r.Image}
	if r.Target != "" {
		words = append(words, "--target="+r.Target)
	}
	words = append(words, "--profile="+string(r.Profile), "--image-pull-policy="+r.PullPolicy)
	for _, v := range r.Env {
		pair := map[string]string{"B": `"B=x=y,z"`, "C": `C=,"C=say ""so"""`}[v.Name]
		if pair == "" {
			pair = v.Name + "=" + v.Value
		}
		words = append(words, "--env="+pair)
	}
	if r.Custom.Source() != "" {
		words = append(words, "--custom="+r.Custom.Source())
	}
	if r.ArgumentsOnly {
		words = append(words, "--arguments-only")
	}
	if len(r.Command) > 0 {
		words = append(append(words, "--"), r.Command...)
	}
	return words
}

func quoteAll(words []string) string {
	quoted := make([]string, len(words))
	for i, w := range words {
		quoted[i] = w
		if strings.ContainsAny(w, ` "'$;*`) {
			quoted[i] = "'" + w + "'"
		}
	}
	return strings.Join(quoted, " ")
}

// sortEnv takes away the order that kubectl draws by lot: its --env is a map.
func sortEnv(container map[string]any) {
	env, _ := container["env"].([]any)
	slices.SortFunc(env, func(a, b any) int { return strings.Compare(fmt.Sprint(a), fmt.Sprint(b)) })
}

// mendEnv takes away a slip of kubectl: it decodes the merged container into the one before the merge, so that a variable with
// a valueFrom keeps the value of the variable that was in its place. The API server refuses the two together.
func mendEnv(container map[string]any) {
	env, _ := container["env"].([]any)
	for _, v := range env {
		if variable, ok := v.(map[string]any); ok && variable["valueFrom"] != nil {
			delete(variable, "value")
		}
	}
}

func writeCustom(t *testing.T, file, text string) Custom {
	t.Helper()
	if err := os.WriteFile(file, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	custom, err := ParseCustom(file, []byte(text))
	if err != nil {
		t.Fatal(err)
	}
	return custom
}

// patchServer is an API server that knows one pod and keeps the last patch of its ephemeral containers.
type patchServer struct {
	*httptest.Server
	pod     *corev1.Pod
	patches chan []byte
	pods    chan *corev1.Pod // that were created
	deletes chan *metav1.DeleteOptions
}

func newPatchServer(t *testing.T) *patchServer {
	t.Helper()
	s := &patchServer{pod: apitest.RunningPod(), patches: make(chan []byte, 1), pods: make(chan *corev1.Pod, 1), deletes: make(chan *metav1.DeleteOptions, 2)}
	api := http.NewServeMux()
	api.HandleFunc("GET /api", func(w http.ResponseWriter, _ *http.Request) {
		apitest.Answer(w, http.StatusOK, metav1.APIVersions{TypeMeta: metav1.TypeMeta{Kind: "APIVersions"}, Versions: []string{"v1"}})
	})
	api.HandleFunc("GET /apis", func(w http.ResponseWriter, _ *http.Request) {
		apitest.Answer(w, http.StatusOK, metav1.APIGroupList{TypeMeta: metav1.TypeMeta{Kind: "APIGroupList", APIVersion: "v1"}})
	})
	api.HandleFunc("GET /api/v1", func(w http.ResponseWriter, _ *http.Request) {
		apitest.Answer(w, http.StatusOK, metav1.APIResourceList{
			TypeMeta: metav1.TypeMeta{Kind: "APIResourceList", APIVersion: "v1"}, GroupVersion: "v1",
			APIResources: []metav1.APIResource{{Name: "pods", SingularName: "pod", Namespaced: true, Kind: "Pod", ShortNames: []string{"po"}}, {Name: "nodes", SingularName: "node", Kind: "Node"}},
		})
	})
	api.HandleFunc("GET /api/v1/namespaces/shop/pods/web", func(w http.ResponseWriter, _ *http.Request) {
		apitest.Answer(w, http.StatusOK, s.pod)
	})
	api.HandleFunc("PATCH /api/v1/namespaces/shop/pods/web/ephemeralcontainers", func(w http.ResponseWriter, r *http.Request) {
		if kind := r.Header.Get("Content-Type"); kind != "application/strategic-merge-patch+json" {
			apitest.Refuse(w, http.StatusUnsupportedMediaType, metav1.StatusReasonUnsupportedMediaType, kind, nil)
			return
		}
		patch, err := io.ReadAll(r.Body)
		if err != nil {
			apitest.Refuse(w, http.StatusBadRequest, metav1.StatusReasonBadRequest, err.Error(), nil)
			return
		}
		s.patches <- patch
		apitest.Answer(w, http.StatusOK, s.pod)
	})
	api.HandleFunc("GET /api/v1/nodes/one.example", func(w http.ResponseWriter, _ *http.Request) {
		apitest.Answer(w, http.StatusOK, &corev1.Node{TypeMeta: metav1.TypeMeta{APIVersion: "v1", Kind: "Node"}, ObjectMeta: metav1.ObjectMeta{Name: "one.example"}})
	})
	api.HandleFunc("POST /api/v1/namespaces/shop/pods", func(w http.ResponseWriter, r *http.Request) {
		body, err := io.ReadAll(r.Body)
		if err != nil {
			apitest.Refuse(w, http.StatusBadRequest, metav1.StatusReasonBadRequest, err.Error(), nil)
			return
		}
		var pod corev1.Pod // kubectl sends protobuf
		if _, _, err := scheme.Codecs.UniversalDeserializer().Decode(body, nil, &pod); err != nil {
			apitest.Refuse(w, http.StatusBadRequest, metav1.StatusReasonBadRequest, err.Error(), nil)
			return
		}
		s.pods <- &pod
		apitest.Answer(w, http.StatusCreated, &pod)
	})
	api.HandleFunc("DELETE /api/v1/namespaces/shop/pods/web", func(w http.ResponseWriter, r *http.Request) {
		body, err := io.ReadAll(r.Body)
		if err != nil {
			apitest.Refuse(w, http.StatusBadRequest, metav1.StatusReasonBadRequest, err.Error(), nil)
			return
		}
		var options metav1.DeleteOptions // kubectl sends protobuf
		if _, _, err := scheme.Codecs.UniversalDeserializer().Decode(body, nil, &options); err != nil {
			apitest.Refuse(w, http.StatusBadRequest, metav1.StatusReasonBadRequest, err.Error(), nil)
			return
		}
		s.deletes <- &options
		apitest.Answer(w, http.StatusOK, s.pod)
	})
	s.Server = httptest.NewServer(api)
	t.Cleanup(s.Close)
	return s
}

// container is the one ephemeral container of the last patch, as it was sent.
func (s *patchServer) container(t *testing.T) map[string]any {
	t.Helper()
	var patch struct {
		Spec struct {
			EphemeralContainers []map[string]any
		}
	}
	if err := json.Unmarshal(apitest.Receive(t, s.patches, "the patch"), &patch); err != nil {
		t.Fatal(err)
	}
	if n := len(patch.Spec.EphemeralContainers); n != 1 {
		t.Fatalf("the patch has %d containers, want 1", n)
	}
	return patch.Spec.EphemeralContainers[0]
}

// kubectl is the real command.
type kubectl struct {
	factory cmdutil.Factory
}

func newKubectl(t *testing.T, server string) *kubectl {
	t.Helper()
	flags := genericclioptions.NewConfigFlags(false)
	empty, cache := filepath.Join(t.TempDir(), "config"), t.TempDir()
	if err := os.WriteFile(empty, nil, 0o600); err != nil {
		t.Fatal(err)
	}
	namespace := "shop"
	flags.KubeConfig, flags.CacheDir, flags.APIServer, flags.Namespace = &empty, &cache, &server, &namespace
	k := &kubectl{factory: cmdutil.NewFactory(flags)}
	cmdutil.BehaviorOnFatal(func(message string, _ int) { panic(kubectlError(message)) })
	t.Cleanup(cmdutil.DefaultBehaviorOnFatal)
	return k
}

type kubectlError string

// run runs kubectl debug with a terminal and an input asked for, but without attaching.
func (k *kubectl) run(t *testing.T, arguments []string) {
	t.Helper()
	defer func() {
		if death := recover(); death != nil {
			t.Fatalf("kubectl debug %q: %v", arguments, death)
		}
	}()
	cmd := debug.NewCmdDebug(k.factory, genericiooptions.NewTestIOStreamsDiscard())
	cmd.Flags().String("namespace", "", "") // the parent command's
	cmd.SetArgs(append([]string{"--attach=false"}, arguments...))
	if err := cmd.ExecuteContext(t.Context()); err != nil {
		t.Fatalf("kubectl debug %q: %v", arguments, err)
	}
}

// TestKubectlNodeParity holds the pods of all profiles on a node equal to those that the real kubectl debug creates, and the command shown to the
// one that was run.
func TestKubectlNodeParity(t *testing.T) {
	server := newPatchServer(t)
	kubectl := newKubectl(t, server.URL)
	cluster := kubetest.OpenAt(t, server.URL)
	pod := kube.NewPod(&corev1.Pod{Spec: corev1.PodSpec{NodeName: "one.example"}})
	folder := t.TempDir()
	for _, profile := range kube.Profiles() {
		for name, text := range map[string]string{"none": "", "security": customs()["security"], "mounts": customs()["env"]} {
			for i, command := range []Request{{}, {Command: []string{"sh", "-c", "echo $HOME"}}, {Command: []string{"-n"}, ArgumentsOnly: true}} {
				custom := Custom{}
				if text != "" {
					custom = writeCustom(t, filepath.Join(folder, name+".yaml"), text)
				}
				request := Request{
					Way: Node, Name: "debugger-x2", Image: "registry.example:5000/tools/busybox:1.37", Profile: profile, Custom: custom, Own: OwnPod{Namespace: "shop"},
					Command: command.Command, ArgumentsOnly: command.ArgumentsOnly, PullPolicy: []string{"", "Always", "Never"}[i], Env: []EnvVar{{"A", "1"}}[:i%2],
				}
				t.Run(fmt.Sprintf("%s/%s/%d", profile, name, i), func(t *testing.T) {
					plan, err := NewPlan(pod, request)
					if err != nil {
						t.Fatal(err)
					}
					if _, err := plan.Change.Apply(t.Context(), cluster); err != nil {
						t.Fatal(err)
					}
					ours := apitest.Receive(t, server.pods, "our pod")
					arguments := kubectlArguments(plan.Request)
					arguments[1] = "node/one.example"
					kubectl.run(t, arguments)
					theirs := apitest.Receive(t, server.pods, "kubectl's pod")
					if *ours.Spec.TerminationGracePeriodSeconds != 1 || ours.Labels[leftovers.ManagedByLabel] != "dayfly" || ours.Annotations[leftovers.NodeAnnotation] != "one.example" {
						t.Errorf("it is marked with %v %v, and ends in %d s", ours.Labels, ours.Annotations, *ours.Spec.TerminationGracePeriodSeconds)
					}
					ours.Spec.TerminationGracePeriodSeconds = nil
					if c := theirs.Spec.Containers[0]; c.Env != nil && custom.Source() != "" { // see mendEnv
						for j := range c.Env {
							if c.Env[j].ValueFrom != nil {
								c.Env[j].Value = ""
							}
						}
					}
					if diff := cmp.Diff(theirs.Spec, ours.Spec); diff != "" {
						t.Errorf("kubectl debug %q creates something else (- kubectl, + dayfly):\n%s", arguments, diff)
					}
					if want := quoteAll(append([]string{"kubectl", "debug"}, arguments...)); plan.Command != want {
						t.Errorf("the command shown is\n%s, want\n%s", plan.Command, want)
					}
				})
			}
		}
	}
}
