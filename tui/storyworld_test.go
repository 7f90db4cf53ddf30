package tui

import (
	"bytes"
	"context"
	"fmt"
	"io"
	"io/fs"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/spf13/pflag"
	"golang.org/x/tools/txtar"
	"k8s.io/client-go/rest"
	"k8s.io/client-go/tools/clientcmd"
	clientcmdapi "k8s.io/client-go/tools/clientcmd/api"

	"github.com/dayfly-k8s/dayfly/kube"
	"github.com/dayfly-k8s/dayfly/kube/practice"
	"github.com/dayfly-k8s/dayfly/presets"
	"github.com/dayfly-k8s/dayfly/presets/registry"
	"github.com/dayfly-k8s/dayfly/testdata/manifests"
	"github.com/dayfly-k8s/dayfly/themes"
	"github.com/dayfly-k8s/dayfly/tui/recording"
	"github.com/dayfly-k8s/dayfly/tui/runner"
	"github.com/dayfly-k8s/dayfly/tui/tools"
	"github.com/dayfly-k8s/dayfly/tui/vt"
)

// world is what a story plays in: a practice cluster whose time stands still, a wire to it that can be cut, and the user's files.
type world struct {
	cluster    *practice.Cluster
	wire       *wire
	admin      *rest.Config // past the wire
	kubeconfig string
	config     string            // the user's folder
	home       string            // the user's own, with dayfly's state
	files      map[string][]byte // of the story
	guard      func(context string) kube.Guard
	audit      audit
}

// newWorld starts the cluster. Beside the contexts of its own kubeconfig there are expired, whose token is none, and
// unreachable, where nothing listens.
func newWorld(ctx context.Context, t *testing.T, files []txtar.File, more []fs.FS) *world {
	t.Helper()
	w := &world{config: t.TempDir(), home: t.TempDir(), files: map[string][]byte{}}
	cluster, err := practice.Start(ctx, practice.Options{Scenes: manifests.FS, More: more, Manual: true, Dir: t.TempDir(), Audit: w.audit.note})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(cluster.Close)
	w.cluster, w.wire = cluster, newWire(t, cluster.Server)
	config, err := clientcmd.LoadFromFile(cluster.Kubeconfig)
	if err != nil {
		t.Fatal(err)
	}
	if w.admin, err = clientcmd.NewDefaultClientConfig(*config, nil).ClientConfig(); err != nil {
		t.Fatal(err)
	}
	for _, c := range config.Clusters {
		c.Server = w.wire.url()
	}
	config.AuthInfos["expired"] = &clientcmdapi.AuthInfo{Token: "expired"}
	config.Contexts["expired"] = &clientcmdapi.Context{Cluster: config.Contexts[config.CurrentContext].Cluster, AuthInfo: "expired", Namespace: "shop"}
	config.Clusters["nowhere"] = &clientcmdapi.Cluster{Server: "https://127.0.0.1:1"}
	config.Contexts["unreachable"] = &clientcmdapi.Context{Cluster: "nowhere", AuthInfo: "expired", Namespace: "shop"}
	w.kubeconfig = filepath.Join(t.TempDir(), "kubeconfig")
	if err := clientcmd.WriteToFile(*config, w.kubeconfig); err != nil {
		t.Fatal(err)
	}
	for _, f := range files {
		w.files[f.Name] = f.Data
		if strings.HasPrefix(f.Name, "presets/") || strings.HasPrefix(f.Name, "themes/") {
			w.write(t, f)
		}
	}
	return w
}

func (w *world) write(t *testing.T, f txtar.File) {
	t.Helper()
	file := filepath.Join(w.config, filepath.FromSlash(f.Name))
	if err := os.MkdirAll(filepath.Dir(file), 0o700); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(file, f.Data, 0o600); err != nil {
		t.Fatal(err)
	}
}

// open is what the command line does.
func (w *world) open(ctx context.Context, args []string, hold func(*services), host terminalHost) (*App, error) {
	var flags kube.Flags
	set := pflag.NewFlagSet("dayfly", pflag.ContinueOnError)
	all := set.BoolP("all-namespaces", "A", false, "")
	nodes := set.Bool("nodes", false, "as dayfly nodes")
	guide := set.Bool("guide", false, "as dayfly demo")
	filter := set.String("filter", "", "what the command line makes of TYPE/NAME and -l")
	rule := set.String("guard", "", "what config.yaml says: protected or read-only")
	usual := set.String("life", "", "what config.yaml says of sessions: leave, private, record or recordInput")
	flags.AddTo(set)
	if err := set.Parse(append([]string{"--kubeconfig", w.kubeconfig}, args...)); err != nil {
		return nil, err
	}
	kubeconfig, err := flags.Load()
	if err != nil {
		return nil, err
	}
	kubeconfig.Now, kubeconfig.Guard = w.cluster.Clock.Now, w.guard
	if *rule != "" && w.guard == nil {
		g := kube.Guard{Protected: *rule == "protected", ReadOnly: *rule == "read-only", Why: "config.yaml: contexts prac*"}
		kubeconfig.Guard = func(string) kube.Guard { return g }
	}
	cluster, err := kubeconfig.Open("")
	if err != nil {
		return nil, err
	}
	o := Options{Kubeconfig: kubeconfig, Cluster: cluster, Namespace: cluster.Namespace, Pod: set.Arg(0), Filter: strings.ReplaceAll(*filter, "_", " "), Guide: *guide, Nodes: *nodes} // words of a script have no spaces
	if *all {
		o.Namespace = ""
	}
	o.Kit.Home, o.Kit.State, o.Kit.Folder = w.home, w.state(), w.home
	o.Kit.Sessions = func(string) SessionSettings {
		return SessionSettings{
			Settings: runner.Settings{Record: strings.HasPrefix(*usual, "record"), RecordInput: *usual == "recordInput"},
			Life:     tools.Life{Leave: *usual == "leave"}, Private: *usual == "private",
		}
	}
	list, mistakes := presets.Load(filepath.Join(w.config, "presets"))
	o.Kit.Presets = list
	o.Kit.Registry = registry.New(registry.Options{Transport: w.cluster.Registry(), Now: w.cluster.Clock.Now})
	o.Kit.Registries = func(string) registry.Settings { return registry.Settings{Fallback: "busybox:1.37"} }
	o.Kit.SavePreset = func(p presets.Preset) (string, error) {
		file, err := presets.Save(filepath.Join(w.config, "presets"), p)
		return strings.ReplaceAll(file, w.config, "~/.config/dayfly"), err
	}
	themed, wrong := themes.Load(filepath.Join(w.config, "themes"))
	o.Themes = themed
	for _, mistake := range append(mistakes, wrong...) {
		o.Kit.Notices = append(o.Kit.Notices, strings.ReplaceAll(mistake.Error(), w.config, "~/.config/dayfly"))
	}
	if o.Kit.DetachKey, err = vt.ParseDetachKey(""); err != nil {
		return nil, err
	}
	k := o.Kit.services()
	hold(k)
	return newApp(ctx, k, o, host), nil
}

// editor is the person's: a script of the story that is given the file, or none.
func (w *world) editor() string {
	text, ok := w.files["editor.sh"]
	if !ok {
		return "false"
	}
	file := filepath.Join(w.config, "editor.sh")
	if err := os.WriteFile(file, text, 0o600); err != nil {
		return "false"
	}
	return "sh " + file
}

// state is the folder of dayfly's state.
func (w *world) state() string { return filepath.Join(w.home, ".local", "state", "dayfly") }

// recorded reads the text of the newest recording.
func (w *world) recorded() (string, error) {
	list, err := recording.List(w.state())
	if err != nil || len(list) == 0 {
		return "", fmt.Errorf("there is no recording: %w", err)
	}
	f, err := os.Open(list[len(list)-1].File)
	if err != nil {
		return "", err
	}
	defer func() { _ = f.Close() }()
	var text strings.Builder
	err = recording.Transcript(f, &text)
	return text.String(), err
}

// steady is a frame without what differs from run to run: the port.
func (w *world) steady(frame string) string {
	return strings.ReplaceAll(frame, w.wire.url(), "https://127.0.0.1:16443")
}

// request is what another person does in the cluster meanwhile: METHOD PATH, and the file of the body.
func (w *world) request(arg string) error {
	fields := strings.Fields(arg)
	if len(fields) < 2 {
		return fmt.Errorf("want a method and a path")
	}
	var body []byte
	if len(fields) > 2 {
		body = w.files[fields[2]]
		if body == nil {
			return fmt.Errorf("there is no file %q in the story", fields[2])
		}
	}
	client, err := rest.HTTPClientFor(w.admin)
	if err != nil {
		return err
	}
	request, err := http.NewRequest(fields[0], w.admin.Host+fields[1], bytes.NewReader(body))
	if err != nil {
		return err
	}
	request.Header.Set("Content-Type", "application/yaml")
	response, err := client.Do(request)
	if err != nil {
		return err
	}
	defer func() { _ = response.Body.Close() }()
	answer, err := io.ReadAll(response.Body)
	if err != nil || response.StatusCode >= http.StatusMultipleChoices {
		return fmt.Errorf("%s: %s: %w", response.Status, answer, err)
	}
	return nil
}
