package debug

import (
	"context"
	"errors"

	corev1 "k8s.io/api/core/v1"

	"github.com/dayfly-k8s/dayfly/kube"
)

// attempt makes a change of which the answer may be lost. What it makes has a name that was made up for it, so that it can be found, and sending
// it twice makes it once.
type attempt struct {
	send func(ctx context.Context) (*corev1.Pod, error) // returns the pod as it is then
	// find returns the pod if the change has been made; nil: it has not. The error says why nobody can tell.
	find func(ctx context.Context) (*corev1.Pod, error)
	op   string // names the change in errors
	may  string // what may have happened, for a person: "x may have been created: look for it before you try again"
}

// attempts is how often a change is sent of which the answer is lost again and again.
const attempts = 3

// carry sends the change until it is known whether it has been made. When ctx ends meanwhile, it is not sent again, and looked for once more. The
// error is an unsureError where nobody can tell.
func (a attempt) carry(ctx context.Context) (*corev1.Pod, error) {
	if err := ctx.Err(); err != nil {
		return nil, err
	}
	made, err := a.send(ctx)
	for try := 1; kube.AnswerLost(err); try++ {
		found, unread := a.find(context.WithoutCancel(ctx))
		switch {
		case found != nil:
			return found, nil
		case try == attempts || ctx.Err() != nil:
			return nil, a.unsure(err)
		case unread == nil: // it is not there
			made, err = a.send(ctx)
		}
	}
	return made, err
}

// unsureError is the error of a change that may have been made all the same, now or in a moment.
type unsureError struct{ error }

func (u unsureError) Unwrap() error { return u.error }

func isUnsure(err error) bool {
	var unsure unsureError
	return errors.As(err, &unsure)
}

// unsure is the problem of a change whose answer is lost for good.
func (a attempt) unsure(err error) error {
	told := kube.Problem{Message: a.op + ": " + kube.Sanitize(kube.RootText(err))}
	var problem *kube.Problem
	switch {
	case errors.As(err, &problem):
		told = *problem
	case errors.Is(err, context.Canceled):
		told.Message = a.op + ": stopped waiting before the cluster answered"
	}
	told.Err = unsureError{err}
	if told.Hint != "" {
		told.Hint += "; "
	}
	told.Hint += a.may
	return &told
}
