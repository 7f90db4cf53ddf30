package write

import (
	"context"
	"errors"

	apierrors "k8s.io/apimachinery/pkg/api/errors"

	"github.com/dayfly-k8s/dayfly/kube"
)

// Attempt makes a change of which the answer may be lost. What it makes has a name that was made up for it, so that it can be found, and sending
// it twice makes it once.
type Attempt[T any] struct {
	Send func(ctx context.Context) (*T, error) // returns what is changed or created as it is then
	// Find returns it if the change has been made; nil: it has not. The error says why nobody can tell.
	Find func(ctx context.Context) (*T, error)
	Op   string // names the change in errors
	May  string // what may have happened, for a person: "x may have been created: look for it before you try again"
}

// attempts is how often a change is sent of which the answer is lost again and again.
const attempts = 3

// Carry sends the change until it is known whether it has been made. When ctx ends meanwhile, it is not sent again, and looked for once more. Of
// its error [IsUnsure] reports whether nobody can tell.
func (a Attempt[T]) Carry(ctx context.Context) (*T, error) {
	if err := ctx.Err(); err != nil {
		return nil, err
	}
	made, err := a.Send(ctx)
	for try := 1; kube.AnswerLost(err); try++ {
		found, unread := a.Find(context.WithoutCancel(ctx))
		switch {
		case found != nil:
			return found, nil
		case try == attempts || ctx.Err() != nil:
			return nil, a.unsure(err)
		case unread == nil: // it is not there
			made, err = a.Send(ctx)
		}
	}
	return made, err
}

// Create is [Attempt.Carry] for what creates something: that something of its name is there may be by a request whose answer was lost.
func (a Attempt[T]) Create(ctx context.Context) (*T, error) {
	send := a.Send
	a.Send = func(ctx context.Context) (*T, error) {
		made, err := send(ctx)
		if !apierrors.IsAlreadyExists(err) {
			return made, err
		}
		switch found, unread := a.Find(ctx); {
		case found != nil:
			return found, nil
		case unread != nil:
			return nil, a.unsure(err)
		}
		return nil, err
	}
	return a.Carry(ctx)
}

// unsureError is the error of a change that may have been made all the same, now or in a moment.
type unsureError struct{ error }

func (u unsureError) Unwrap() error { return u.error }

// Unsure is the error of a change that may have been made all the same: [IsUnsure] reports so.
func Unsure(err error) error { return unsureError{err} }

// IsUnsure reports whether nobody can tell whether a change has been made.
func IsUnsure(err error) bool {
	var unsure unsureError
	return errors.As(err, &unsure)
}

// unsure is the problem of a change whose answer is lost for good.
func (a Attempt[T]) unsure(err error) error {
	told := kube.Problem{Message: a.Op + ": " + kube.Sanitize(kube.RootText(err))}
	var problem *kube.Problem
	switch {
	case errors.As(err, &problem):
		told = *problem
	case errors.Is(err, context.Canceled):
		told.Message = a.Op + ": stopped waiting before the cluster answered"
	}
	told.Err = unsureError{err}
	if told.Hint != "" {
		told.Hint += "; "
	}
	told.Hint += a.May
	return &told
}
