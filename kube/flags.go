package kube

import (
	"errors"
	"fmt"
	"os"
	"slices"
	"strings"
	"time"

	"github.com/spf13/pflag"
	"k8s.io/client-go/tools/clientcmd"
	clientcmdapi "k8s.io/client-go/tools/clientcmd/api"
)

// Flags are the connection flags of kubectl, spelled as kubectl spells them: --kubeconfig, --context, -n, --as,
// --request-timeout and the rest.
type Flags struct {
	kubeconfig string
	overrides  clientcmd.ConfigOverrides
}

// AddTo declares the flags.
func (f *Flags) AddTo(flags *pflag.FlagSet) {
	flags.StringVar(&f.kubeconfig, clientcmd.RecommendedConfigPathFlag, "", "Path to the kubeconfig file to use")
	clientcmd.BindOverrideFlags(&f.overrides, flags, clientcmd.RecommendedConfigOverrideFlags(""))
}

// Load reads the kubeconfig files (--kubeconfig, else the KUBECONFIG list, else ~/.kube/config; else the service
// account when running in a pod). It does not connect.
func (f *Flags) Load() (*Kubeconfig, error) {
	rules := clientcmd.NewDefaultClientConfigLoadingRules()
	rules.ExplicitPath = f.kubeconfig
	rules.WarnIfAllMissing = false
	raw, err := rules.Load()
	if err != nil {
		return nil, kubeconfigFault(rules.GetLoadingPrecedence(), err)
	}
	return &Kubeconfig{rules: rules, overrides: f.overrides, raw: raw}, nil
}

// Kubeconfig is the merged kubeconfig and the flags laid over it.
type Kubeconfig struct {
	// Now is the clock of the clusters that are opened from here on: their ages are counted back from it. Nil means time.Now.
	Now func() time.Time
	// Guard says what is not to be done in the context of a name, as the kubeconfig spells it; it is asked by Open. Nil allows everything.
	Guard func(context string) Guard
	// Spoken is what credential plugins write to standard error, for those who wait for them and for the error that follows. Nil: nobody
	// listens.
	Spoken PluginOutput
	// Supervise runs credential plugins; nil lets client-go run them itself, with the terminal of this process and without a limit.
	Supervise Supervise

	rules     *clientcmd.ClientConfigLoadingRules
	overrides clientcmd.ConfigOverrides
	raw       *clientcmdapi.Config
}

// Context is one entry of the kubeconfig.
type Context struct {
	Name      string
	Cluster   string
	User      string
	Namespace string
	Current   bool
}

// Contexts lists the contexts by name.
func (k *Kubeconfig) Contexts() []Context {
	list := make([]Context, 0, len(k.raw.Contexts))
	for name, c := range k.raw.Contexts {
		list = append(list, Context{
			Name:      Sanitize(name),
			Cluster:   Sanitize(c.Cluster),
			User:      Sanitize(c.AuthInfo),
			Namespace: Sanitize(c.Namespace),
			Current:   name == k.Current(),
		})
	}
	slices.SortFunc(list, func(a, b Context) int { return strings.Compare(a.Name, b.Name) })
	return list
}

// Current is the name of the context that --context or else the kubeconfig chooses; empty when there is none.
func (k *Kubeconfig) Current() string {
	if k.overrides.CurrentContext != "" {
		return k.overrides.CurrentContext
	}
	return k.raw.CurrentContext
}

// user is the name of the credentials that a context uses, under the flags that count for it.
func (k *Kubeconfig) user(context string, overrides clientcmd.ConfigOverrides) string {
	user := overrides.Context.AuthInfo
	if c := k.raw.Contexts[context]; user == "" && c != nil {
		user = c.AuthInfo
	}
	return Sanitize(user)
}

func (k *Kubeconfig) check(name string) error {
	if name == "" || k.raw.Contexts[name] != nil {
		return nil
	}
	hint := "the kubeconfig has no contexts at all" + k.missingFiles()
	if known := k.known(); known != "" {
		hint = "its contexts are " + known
	}
	return &Problem{Message: fmt.Sprintf("there is no context %q in the kubeconfig", Sanitize(name)), Hint: hint, Help: []Help{SwitchContext}}
}

// known lists the names of the contexts for a hint.
func (k *Kubeconfig) known() string {
	contexts := k.Contexts()
	names := make([]string, len(contexts))
	for i, c := range contexts {
		names[i] = c.Name
	}
	return strings.Join(names, ", ")
}

func (k *Kubeconfig) unusable(name string, err error) error {
	why := Sanitize(hidden(err.Error(), k.secrets()))
	if clientcmd.IsEmptyConfig(err) { // no server could be found; that has several causes
		known, context := k.known(), k.raw.Contexts[name]
		switch {
		case context != nil:
			why = fmt.Sprintf("there is no server for its cluster %q", Sanitize(context.Cluster))
		case known != "":
			return &Problem{Message: "the kubeconfig has no current context", Hint: "its contexts are " + known, Help: []Help{SwitchContext}, Err: err}
		default:
			return &Problem{Message: "no cluster is configured" + k.missingFiles(), Help: []Help{SwitchKubeconfig, TryDemo}, Err: err}
		}
	}
	return &Problem{
		Message: fmt.Sprintf("context %q cannot be used: %s", Sanitize(name), why),
		Hint:    "fix it in the kubeconfig",
		Help:    []Help{SwitchContext},
		Err:     err,
	}
}

// missingFiles says which of the files that should hold the configuration do not exist.
func (k *Kubeconfig) missingFiles() string {
	var missing []string
	for _, file := range k.rules.GetLoadingPrecedence() {
		if _, err := os.Stat(file); errors.Is(err, os.ErrNotExist) {
			missing = append(missing, Sanitize(file))
		}
	}
	switch len(missing) {
	case 0:
		return ""
	case 1:
		return ": " + missing[0] + " does not exist"
	}
	return ": none of " + strings.Join(missing, ", ") + " exists"
}
