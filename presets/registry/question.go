package registry

import (
	"time"
)

// How long to wait. Nixery gives up a build after a minute, and then there are the layers.
const (
	patience         = 20 * time.Second
	patienceOfNixery = 120 * time.Second
	buildsAfter      = 3 * time.Second
)

// question is what is asked: looks with the same one share the answer.
type question struct {
	image    string // as typed
	host     string
	platform Platform
	nixery   string // what is before the packages in the name of an image that Nixery builds; otherwise empty
}

func (q question) builds() bool { return q.nixery != "" }

func (q question) patience() time.Duration {
	if q.builds() {
		return patienceOfNixery
	}
	return patience
}
