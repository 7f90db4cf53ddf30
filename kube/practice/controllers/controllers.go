// Package controllers ends what has had its time in the practice cluster: Jobs at their deadline, Jobs that have finished, and pods whose owners have
// gone. The controllers that make pods of Deployments are in package kubelet.
//
// [Controllers.Changed] hears of what was written, and makes appointments on the cluster's clock. All else happens in these, one after another.
package controllers

import (
	"time"

	"github.com/dayfly-k8s/dayfly/kube/practice/api"
	"github.com/dayfly-k8s/dayfly/kube/practice/clock"
	"github.com/dayfly-k8s/dayfly/kube/practice/store"
)

// Kubelet is what runs the pods.
type Kubelet interface {
	// Changed tells that a pod was made, or its deletion asked for. It only makes appointments.
	Changed(key store.Key)
}

// Options are what controllers are made of. All are required.
type Options struct {
	Store   *store.Store
	Clock   *clock.Clock
	Kubelet Kubelet
}

// Controllers are all of them. Make them with [New].
type Controllers struct {
	store   *store.Store
	clock   *clock.Clock
	kubelet Kubelet
}

// New are controllers that have heard of nothing yet.
func New(o Options) *Controllers {
	return &Controllers{store: o.Store, clock: o.Clock, kubelet: o.Kubelet}
}

// How long controllers take.
const (
	hearTime    = 20 * time.Millisecond  // from a write to the API until one knows of it
	controlTime = 100 * time.Millisecond // until one acts on what another has done
)

// Changed hears of an object that somebody else has written or deleted. It may be called from any goroutine.
func (c *Controllers) Changed(key store.Key) {
	switch key.Resource {
	case api.Jobs():
		c.clock.After(hearTime, func() { c.lookJob(key) })
	case api.Pods():
	default:
		return
	}
	c.clock.After(controlTime, func() { c.collect(key.Namespace) })
}

// span is a number of seconds that a client has chosen, or so long that nobody sees the end of it.
func span(seconds int64) time.Duration {
	const most = int64(100 * 365 * 24 * time.Hour / time.Second)
	return time.Duration(min(seconds, most)) * time.Second
}
