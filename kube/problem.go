package kube

import (
	"context"
	"errors"
	"net"
	"net/url"
	"strings"

	apierrors "k8s.io/apimachinery/pkg/api/errors"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
)

// Problem is an error a person can meet: one sentence of what happened to what, and one of what to do.
type Problem struct { //nolint:errname // it is the noun that screens show
	Message      string // "patch web-7d: you may not …"
	Hint         string // "ask for …"; may be empty; names no key and no flag
	Help         []Help // what a person can do about it with dayfly; what helps most comes first
	RequiredRBAC string // YAML to hand to whoever grants rights, when that is the remedy
	Err          error  // the cause, for errors.Is and errors.As; may be nil
}

// Error is Message: the hint is for screens that have room.
func (p *Problem) Error() string { return p.Message }

// Unwrap gives the cause.
func (p *Problem) Unwrap() error { return p.Err }

// Explain makes a Problem of any error: the one inside it, or its text, cleaned.
func Explain(err error) *Problem {
	var p *Problem
	if errors.As(err, &p) {
		return p
	}
	return &Problem{Message: Sanitize(concealed(err.Error())), Err: err}
}

// Answered reports whether an error is one that the API server itself has sent, and not one on the way to it.
func Answered(err error) bool {
	var status apierrors.APIStatus
	return errors.As(err, &status)
}

// IsNotFound reports whether the API server has said that the thing asked for does not exist. A 404 of something else does not count.
func IsNotFound(err error) bool {
	_, _, other := notStatus(err)
	return apierrors.IsNotFound(err) && !other
}

// notStatus reports whether an error stands for an answer that is not in the form of an API server, and its HTTP status and beginning.
func notStatus(err error) (code int, body string, ok bool) {
	var status apierrors.APIStatus
	if !errors.As(err, &status) || status.Status().Details == nil {
		return 0, "", false
	}
	for _, cause := range status.Status().Details.Causes {
		if cause.Type == metav1.CauseTypeUnexpectedServerResponse {
			return int(status.Status().Code), cause.Message, true
		}
	}
	return 0, "", false
}

// RootText drops the request's method and URL that net/http wraps around what went wrong, and what looks like a credential.
// Nobody reads more than a screen of it.
func RootText(err error) string {
	var u *url.Error
	text := err.Error()
	if errors.As(err, &u) {
		text = u.Err.Error()
	}
	const most = 4 << 10
	if len(text) > most {
		text = strings.ToValidUTF8(text[:most], "") + "…"
	}
	return concealed(text)
}

// IsTimeout reports whether an error is of something that was not answered in time.
func IsTimeout(err error) bool {
	var timeout net.Error
	return errors.Is(err, context.DeadlineExceeded) || errors.As(err, &timeout) && timeout.Timeout()
}

// Help is something a person can do about a [Problem] with dayfly itself. It says what, never how: screens name the key that does it, and
// the command line names the flag or the command. Neither belongs into a sentence of this package.
type Help int

// What can help.
const (
	Retry            Help = iota + 1 // send the request again
	SwitchContext                    // use another context of the kubeconfig
	SwitchNamespace                  // use another namespace
	AllNamespaces                    // list the pods of all namespaces
	SwitchKubeconfig                 // read another kubeconfig
	TryDemo                          // use the practice cluster
	ListPods                         // see which pods there are, to choose another one
	ClearFilter                      // drop the filter of the list of pods
	ChangeTimeout                    // wait longer for answers
	ChooseTool                       // use another preset, or a composed image
	ChooseImage                      // use another image
	ChooseProfile                    // use another security profile
	AdmittedProfile                  // use the strongest profile that the cluster admits
	ChooseTarget                     // look at another container of the pod, or at none
	ChooseWay                        // debug in another way: in a copy of the pod
	LimitTool                        // give the tool's container small requests and limits
	ConfirmPod                       // confirm the name of the pod
	Attach                           // attach to the container again
	CurrentLog                       // read the log of the present instance instead of the previous one's

	helps = iota // how many there are
)

// AllHelp is every Help, for tests of what puts them into words.
func AllHelp() []Help {
	all := make([]Help, 0, helps)
	for h := range Help(helps) {
		all = append(all, h+1)
	}
	return all
}

// Advice is the hint of a Problem followed by what helps, each in the words of say: "press r to retry", "choose another context with
// --context". What say has no words for is left out. It is empty when there is nothing to say.
func (p *Problem) Advice(say func(Help) string) string {
	var phrases []string
	for _, h := range p.Help {
		if words := say(h); words != "" {
			phrases = append(phrases, words)
		}
	}
	help := strings.Join(phrases, ", or ")
	switch {
	case p.Hint == "" || help == "":
		return p.Hint + help
	case strings.HasSuffix(p.Hint, "?"):
		return p.Hint + " " + strings.ToUpper(help[:1]) + help[1:]
	}
	return p.Hint + "; " + help
}
