package scratch

import (
	"context"
	"fmt"

	"k8s.io/client-go/tools/clientcmd"
	clientcmdapi "k8s.io/client-go/tools/clientcmd/api"
	"sigs.k8s.io/yaml"
)

// The contexts of [Namespace.Kubeconfig].
const (
	Admin    = "e2e-admin"    // the current context of KUBECONFIG, under another name
	Debugger = "e2e-debugger" // another user: what [Namespace.Grant] gives to Debugger, and nothing else
	Poster   = "e2e-poster"   // …
	Viewer   = "e2e-viewer"   // …
	Adder    = "e2e-adder"    // …
	Expired  = "e2e-expired"  // the cluster does not know these credentials
	Nowhere  = "e2e-nowhere"  // nothing listens there
)

// Kubeconfig writes a kubeconfig with all contexts, which start in the namespace. Other users are played by impersonation, so that
// a foreign cluster needs no preparation.
func (n *Namespace) Kubeconfig(file string) error {
	from, ok := n.raw.Contexts[n.raw.CurrentContext]
	if !ok {
		return fmt.Errorf("the kubeconfig has no context %q", n.raw.CurrentContext)
	}
	c := clientcmdapi.NewConfig()
	c.Clusters["here"] = n.raw.Clusters[from.Cluster].DeepCopy()
	c.Clusters["nowhere"] = &clientcmdapi.Cluster{Server: "https://127.0.0.1:1"}
	c.AuthInfos[Admin] = n.raw.AuthInfos[from.AuthInfo].DeepCopy()
	c.AuthInfos[Expired] = &clientcmdapi.AuthInfo{Token: "this-was-valid-until-yesterday"}
	for _, user := range []string{Viewer, Debugger, Poster, Adder} {
		c.AuthInfos[user] = c.AuthInfos[Admin].DeepCopy()
		c.AuthInfos[user].Impersonate = n.User(user)
	}
	for user := range c.AuthInfos {
		c.Contexts[user] = &clientcmdapi.Context{Cluster: "here", AuthInfo: user, Namespace: n.Name}
	}
	c.Contexts[Nowhere] = &clientcmdapi.Context{Cluster: "nowhere", AuthInfo: Admin, Namespace: n.Name}
	c.CurrentContext = Admin
	if err := clientcmdapi.FlattenConfig(c); err != nil {
		return fmt.Errorf("put the kubeconfig's files into it: %w", err)
	}
	if err := clientcmd.WriteToFile(*c, file); err != nil {
		return fmt.Errorf("write a kubeconfig: %w", err)
	}
	return nil
}

// User is whom a context plays, as the API server knows them; not of Admin, who is nobody else.
func (n *Namespace) User(context string) string { return n.Name + ":" + context }

// Grant makes a Role, given as YAML, and binds it to the user of a context.
func (n *Namespace) Grant(ctx context.Context, context, role string) error {
	body, err := yaml.YAMLToJSON([]byte(role))
	if err != nil {
		return fmt.Errorf("read the Role for %s: %w", context, err)
	}
	var object struct{ Metadata struct{ Name string } }
	if err := yaml.Unmarshal(body, &object); err != nil {
		return fmt.Errorf("read the name of the Role for %s: %w", context, err)
	}
	binding := fmt.Sprintf(`{"apiVersion":"rbac.authorization.k8s.io/v1","kind":"RoleBinding","metadata":{"name":%q},
"roleRef":{"apiGroup":"rbac.authorization.k8s.io","kind":"Role","name":%q},
"subjects":[{"apiGroup":"rbac.authorization.k8s.io","kind":"User","name":%q}]}`, context, object.Metadata.Name, n.User(context))
	for resource, body := range map[string]string{"roles": string(body), "rolebindings": binding} {
		path := "/apis/rbac.authorization.k8s.io/v1/namespaces/" + n.Name + "/" + resource
		err := n.core.Post().AbsPath(path).SetHeader("Content-Type", "application/json").Body([]byte(body)).Do(ctx).Error()
		if err != nil {
			return fmt.Errorf("make %s for %s: %w", resource, context, err)
		}
	}
	return nil
}
