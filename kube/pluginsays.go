package kube

import (
	"errors"
	"fmt"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"time"
)

// CredentialWait is that requests wait for the credentials of a plugin.
type CredentialWait struct {
	Plugin string        // its name, without its folder
	Waited time.Duration // so far
	Says   []string      // the last lines that it has printed for a person, such as the code to log in with
}

// WaitsForCredentials tells what requests wait for now; false: no plugin has been running for longer than it takes without a person.
func (c *Cluster) WaitsForCredentials() (CredentialWait, bool) {
	const (
		usual = 3 * time.Second
		most  = 12 // lines
	)
	if c.plugin == nil || c.credentials.age() < usual {
		return CredentialWait{}, false
	}
	w := CredentialWait{Plugin: c.plugin.name(), Waited: c.credentials.age()}
	if c.spoken == nil {
		return w, true
	}
	for line := range strings.Lines(c.plain(c.spoken.Text())) {
		if line = strings.TrimSpace(Sanitize(line)); line != "" {
			w.Says = append(w.Says, line)
		}
	}
	w.Says = w.Says[max(len(w.Says)-most, 0):]
	return w, true
}

// plain is what a plugin says, without its colours and without what is secret in the kubeconfig.
func (c *Cluster) plain(text string) string {
	return WithoutSecrets(regexp.MustCompile(`\x1b\[[0-?]*[ -/]*[@-~]`).ReplaceAllString(text, ""), c.config)
}

// pluginSays is the end of what a credential plugin has said, as the beginning of a hint; it often says how to log in. Empty: nothing.
func (c *Cluster) pluginSays() string {
	if c.spoken == nil {
		return ""
	}
	const most = 300 // characters

	// A screen has colours of its own.
	words := []rune(strings.Join(strings.Fields(Sanitize(c.plain(c.spoken.Take()))), " "))
	switch {
	case len(words) == 0:
		return ""
	case len(words) > most:
		words = append([]rune("…"), words[len(words)-most:]...)
	}
	return "it says: " + string(words) + "; "
}

// diagnoseCredentials explains why there are no credentials; ok is false for another error.
func (c *Cluster) diagnoseCredentials(err error) (why, hint string, ok bool) {
	var missing *credentialError
	text := RootText(err)
	if !errors.As(err, &missing) && !strings.Contains(text, "getting credentials: ") { // a stream has no credentialWait
		return "", "", false
	}
	late := missing != nil && missing.late
	switch {
	case c.plugin != nil:
		why, hint = c.plugin.explain(c, text, late)
	case c.config.AuthProvider != nil:
		why, hint = c.explainProvider(text, late)
	default:
		return "", "", false
	}
	return why, hint, true
}

// explain says what is wrong with a plugin, of which client-go has said text. What the plugin has printed is not repeated, since
// its token may be in it; what it has said on standard error is.
func (p *plugin) explain(c *Cluster, text string, late bool) (why, hint string) {
	name := "the credential plugin " + p.name()
	login := "log in first from a shell with: " + c.loginCommand()
	code := -1
	if match := regexp.MustCompile(`failed with exit code (-?\d+)`).FindStringSubmatch(text); match != nil {
		_, _ = fmt.Sscan(match[1], &code)
	}
	switch {
	case late, p.supervise != nil && code == exitTimedOut:
		return fmt.Sprintf("%s did not answer within %v and was stopped", name, p.limit),
			c.pluginSays() + "it may be waiting for you: " + login + "; or give it more time"
	case strings.Contains(text, "cannot support interactive mode"):
		return name + " wants to ask you something, which it cannot do inside dayfly (interactiveMode: Always)", login
	case (code < 0 || code == exitNotFound) && p.missing():
		hint = "install it, or correct its path in the kubeconfig"
		if said := strings.Join(strings.Fields(Sanitize(concealed(p.config.InstallHint))), " "); said != "" {
			hint = Brief(said)
		}
		return name + " is not installed or not in PATH", hint
	case code >= 0:
		return fmt.Sprintf("%s failed with exit code %d", name, code), c.pluginSays() + login
	case strings.Contains(text, "decoding stdout"):
		return name + " printed something that is not a credential", c.pluginSays() + "run it in a shell to see what it prints"
	}
	_, text, _ = strings.Cut(text, "getting credentials: ")
	text = strings.TrimPrefix(strings.TrimPrefix(text, "exec: "), "exec plugin ")
	return name + " gave no credentials: " + Sanitize(Brief(WithoutSecrets(text, c.config))), c.pluginSays() + login
}

// The exit codes that a supervised plugin has when it was stopped, and when it is not there: those of timeout and env.
const (
	exitTimedOut = 124
	exitNotFound = 127
)

// missing reports whether the plugin cannot be found now.
func (p *plugin) missing() bool {
	_, err := exec.LookPath(filepath.Clean(p.config.Command))
	return err != nil
}

// loginCommand is what logs a person in, by the tool that the kubeconfig uses.
func (c *Cluster) loginCommand() string {
	known := map[string]string{
		"aws": "aws sso login", "aws-iam-authenticator": "aws sso login", "gke-gcloud-auth-plugin": "gcloud auth login", "gcloud": "gcloud auth login",
		"kubelogin": "az login", "doctl": "doctl auth init", "tsh": "tsh login", "oci": "oci session authenticate", "ibmcloud": "ibmcloud login",
	}
	if c.plugin != nil {
		name := strings.TrimSuffix(filepath.Base(c.plugin.config.Command), ".exe")
		args := c.plugin.config.Args
		// Two programs are called kubelogin; the one of Azure has a subcommand get-token with a server, the other is for any OpenID Connect provider.
		oidc := name == "kubelogin" && strings.Contains(strings.Join(args, " "), "--oidc-")
		if command := known[name]; command != "" && !oidc {
			for i, arg := range args {
				if name == "aws" && arg == "--profile" && i+1 < len(args) {
					command += " --profile " + shellQuote(args[i+1])
				}
			}
			return Sanitize(command)
		}
	}
	if c.Context == "" {
		return "kubectl auth whoami"
	}
	return "kubectl --context " + shellQuote(c.Context) + " auth whoami"
}
