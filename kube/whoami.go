package kube

import (
	"cmp"
	"context"
	"encoding/json"
	"errors"

	apierrors "k8s.io/apimachinery/pkg/api/errors"
)

// WhoAmI is the name of the user as the API server knows it, which is the one in its audit log and in its refusals. It is asked
// once. A server older than Kubernetes 1.28, and one that does not say, give an empty name and a [*Problem] that tells so;
// [Cluster.UserHint] is what is left then.
func (c *Cluster) WhoAmI(ctx context.Context) (string, error) {
	if user, err, known := c.identity.get(); known {
		return user, err
	}
	user, err := c.askWhoAmI(ctx)
	if err == nil || Answered(err) {
		return c.identity.keep(user, err)
	}
	return "", err // who could not be asked is asked again
}

func (c *Cluster) askWhoAmI(ctx context.Context) (string, error) {
	const (
		op   = "ask the cluster for your user name"
		hint = "the journal records the kubeconfig's user instead, marked as such"
		// https://kubernetes.io/docs/reference/access-authn-authz/authentication/#self-subject-review
		path     = "/apis/authentication.k8s.io/v1/selfsubjectreviews"
		question = `{"apiVersion":"authentication.k8s.io/v1","kind":"SelfSubjectReview"}`
	)
	ctx, cancel := c.Unary(ctx)
	defer cancel()
	body, err := BodyOf(c.core.Post().AbsPath(path).SetHeader("Content-Type", "application/json").Body([]byte(question)).Do(ctx))
	switch {
	case apierrors.IsNotFound(err):
		return "", &Problem{Message: op + ": not supported before Kubernetes 1.28", Hint: hint, Err: err}
	case apierrors.IsForbidden(err):
		return "", &Problem{Message: op + ": " + Sanitize(RootText(err)), Hint: hint, Err: err}
	case err != nil:
		return "", c.Problem(op, err)
	}
	var review struct {
		Status struct {
			UserInfo struct {
				Username string `json:"username"`
			} `json:"userInfo"`
		} `json:"status"`
	}
	if err := json.Unmarshal(body, &review); err != nil {
		return "", c.Problem(op, err)
	}
	user := Sanitize(review.Status.UserInfo.Username)
	if user == "" {
		return "", &Problem{Message: op + ": its answer has no name", Hint: hint, Err: errors.New("empty username")}
	}
	return user, nil
}

// Who is what the journal calls the person: who they are to the API server; where it does not say, what the kubeconfig calls them, with
// a mark; empty when nobody says.
func (c *Cluster) Who(ctx context.Context) string {
	if user, err := c.WhoAmI(ctx); err == nil {
		return user
	}
	if hint := c.UserHint(); hint != "" {
		return hint + " (kubeconfig)"
	}
	return ""
}

// UserHint is who we are by our own account: the user of --as, else the name that the kubeconfig has for its credentials; empty in a
// pod without a kubeconfig. The API server may know another name: [Cluster.WhoAmI] asks it.
func (c *Cluster) UserHint() string {
	return cmp.Or(Sanitize(c.config.Impersonate.UserName), c.userHint)
}
