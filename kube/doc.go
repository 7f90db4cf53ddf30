// Package kube is the cluster as dayfly sees it: the only package that speaks to Kubernetes and the only one that
// imports k8s.io, with its own packages.
//
// Everything it returns is a plain value with the words already decided and already cleaned ([Sanitize]), so that a
// screen can draw it as it is. The way of a debugging session through this package and those below it:
//
//	flags.Load → Kubeconfig.Open → Cluster
//	lists.WatchPods → lists.PodRow…       rows of the pods there are, and what changes; PodRow.Judge says how sick each is
//	lists.WatchLostNodes                  the nodes that are not ready: rows do not tell
//	detail.Gather                         why one pod is as it is: its containers, its events, the log that hurts
//	logs.Stream                           the log of containers, followed over breaks and restarts
//	Cluster.WatchPod                      one pod and its containers
//	debug.NewPlan(pod, request) → Plan    pure: exactly what would be changed
//	launch.CarryOut(plan) → Progress…     the change, and what the kubelet makes of it
//	logs.Open, stream.Attach              what was printed before, and the live streams
//	Cluster.AwaitExit → Exit              how it ended
//
// Errors a person can meet are a [*Problem]: what happened, to what, and what to do about it ([Explain]).
package kube
