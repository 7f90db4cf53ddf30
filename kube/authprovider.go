package kube

import (
	"fmt"
	"net/url"
	"regexp"
	"strings"

	_ "k8s.io/client-go/plugin/pkg/client/auth/oidc" // it registers itself; gcp and azure exist no longer, in kubectl either
	clientcmdapi "k8s.io/client-go/tools/clientcmd/api"
)

// checkAuthProvider says what to use instead of an auth-provider that client-go has no longer; nil when there is one.
func checkAuthProvider(user string, provider *clientcmdapi.AuthProviderConfig) *Problem {
	if provider == nil {
		return nil
	}
	p := &Problem{Message: fmt.Sprintf("user %s uses the auth-provider %q, which Kubernetes clients no longer support", user, Brief(Sanitize(provider.Name)))}
	switch provider.Name {
	case "oidc":
		for _, key := range []string{"idp-issuer-url", "client-id"} {
			if provider.Config[key] == "" {
				return &Problem{
					Message: fmt.Sprintf("user %s uses the auth-provider oidc without %s", user, key),
					Hint:    "add it to the kubeconfig",
				}
			}
		}
		return nil
	case "gcp":
		p.Hint = `use the credential plugin gke-gcloud-auth-plugin instead: install it, then run "gcloud container clusters get-credentials CLUSTER"`
	case "azure":
		p.Hint = `use the credential plugin kubelogin instead: install it, then run "kubelogin convert-kubeconfig"`
	default:
		p.Hint = "only oidc works as an auth-provider; ask whoever runs the cluster for a kubeconfig with a credential plugin (exec)"
	}
	return p
}

// explainProvider says why an OpenID Connect login could not be renewed, of which client-go has said text. An identity provider may
// repeat tokens in its answers, so that of text only known words are shown.
func (c *Cluster) explainProvider(text string, late bool) (why, hint string) {
	issuer := c.config.AuthProvider.Config["idp-issuer-url"]
	if u, err := url.Parse(issuer); err == nil {
		u.User = nil
		issuer = u.String()
	}
	issuer = Brief(Sanitize(concealed(issuer)))
	login := "log in again with the tool that wrote the kubeconfig"
	kind := ""
	if match := regexp.MustCompile(`"error"\s*:\s*"([a-z_]{1,40})"|oauth2: "([a-z_]{1,40})"`).FindStringSubmatch(text); match != nil {
		kind = " (" + match[1] + match[2] + ")"
	}
	switch {
	case late:
		return "the identity provider " + issuer + " did not answer within " + c.credentialLimit.String(), "check that it is up and reachable from here"
	case strings.Contains(text, "cannot refresh without refresh-token"):
		return "your OpenID Connect login has expired, and the kubeconfig has no refresh-token to renew it", login
	case strings.Contains(text, "could not persist new tokens"):
		return "the renewed OpenID Connect login cannot be written to the kubeconfig", "make the file and its folder writable: the old login may no longer be valid"
	case strings.Contains(text, "did not contain an id_token"):
		return "the identity provider " + issuer + " renewed your login without an id_token", login
	case strings.Contains(text, "oauth2: cannot fetch token"), kind != "":
		return "the identity provider " + issuer + " refused to renew your login" + kind, login
	case strings.Contains(text, "x509:"):
		return "the certificate of the identity provider " + issuer + " is not trusted", "check idp-certificate-authority in the kubeconfig"
	case strings.Contains(text, "oidc: "), strings.Contains(text, "dial tcp"), strings.Contains(text, "EOF"), strings.Contains(text, "lookup "):
		return "the identity provider " + issuer + " could not be asked to renew your login", "check idp-issuer-url in the kubeconfig, and that the provider is reachable from here"
	case strings.Contains(text, "not a valid JWT"), strings.Contains(text, "parsing claims"), strings.Contains(text, "illegal base64"):
		return "the id-token in the kubeconfig cannot be read", login
	}
	return "your OpenID Connect login could not be renewed at " + issuer, login
}
