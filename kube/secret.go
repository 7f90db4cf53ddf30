package kube

import (
	"net/url"
	"regexp"
	"strings"

	"k8s.io/client-go/rest"
	clientcmdapi "k8s.io/client-go/tools/clientcmd/api"
)

// concealed takes out of a text what looks like a credential: errors of proxies, plugins and libraries repeat what they were given, and
// what is on a screen is in its scrollback, in recordings and in bug reports.
func concealed(text string) string {
	for _, pattern := range []string{
		`(?i)(\b(?:bearer|basic)\s+)[a-z0-9._~+/=-]{16,}`,                         // the value of an Authorization header
		`(?i)(\b[a-z][a-z0-9+.-]*://)[^/"']+(@)`,                                  // user and password in a URL
		`(?i)([?&][a-z_-]*(?:token|sig|signature|password|secret|key)=)[^&\s"']+`, // signed URLs
		`()\beyJ[A-Za-z0-9_-]{8,}(?:\.[A-Za-z0-9_-]*){1,4}`,                       // a JSON web token
		`(\bk8s-aws-v1\.)[A-Za-z0-9_-]+`,                                          // EKS
		`(?s)(decoding stdout: ).*`,                                               // what a credential plugin has printed may have its token in it
	} {
		text = regexp.MustCompile(pattern).ReplaceAllString(text, "$1…$2")
	}
	return text
}

// WithoutSecrets takes a kubeconfig's own credentials out of a text, whatever they look like.
func WithoutSecrets(text string, config *rest.Config) string {
	secrets := append([]string{config.BearerToken, config.Password, string(config.KeyData)}, execSecrets(config.ExecProvider)...)
	if config.AuthProvider != nil {
		for key, value := range config.AuthProvider.Config {
			if secretName(key) {
				secrets = append(secrets, value)
			}
		}
	}
	if u, err := url.Parse(config.Host); err == nil {
		password, _ := u.User.Password()
		secrets = append(secrets, password)
	}
	return hidden(text, secrets)
}

// hidden takes secrets out of a text, and what looks like one.
func hidden(text string, secrets []string) string {
	for _, secret := range secrets {
		if secret != "" {
			text = strings.ReplaceAll(text, secret, "…")
		}
	}
	return concealed(text)
}

// secretName reports whether a setting of this name is one not to be shown.
func secretName(name string) bool {
	return regexp.MustCompile(`(?i)token|secret|passw|key|credential`).MatchString(name)
}

// execSecrets are the secrets that a kubeconfig gives to a credential plugin, in its environment and its arguments.
func execSecrets(exec *clientcmdapi.ExecConfig) []string {
	if exec == nil {
		return nil
	}
	var all []string
	for _, e := range exec.Env {
		if secretName(e.Name) {
			all = append(all, e.Value)
		}
	}
	for i, arg := range exec.Args {
		name, value, assigned := strings.Cut(arg, "=")
		switch {
		case !strings.HasPrefix(name, "-") || !secretName(name):
		case assigned:
			all = append(all, value)
		case i+1 < len(exec.Args):
			all = append(all, exec.Args[i+1])
		}
	}
	return all
}
