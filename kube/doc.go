// Package kube is the cluster as dayfly sees it: the only package that speaks to Kubernetes and the only one that
// imports k8s.io.
//
// Everything it returns is a plain value with the words already decided and already cleaned ([Clean]), so that a
// screen can draw it as it is. The way of a debugging session through this package:
//
//	flags.Load → Kubeconfig.Open → Cluster
//	Cluster.WatchPods → PodRow…           rows of the pods there are, and what changes; PodRow.Judge says how sick each is
//	Cluster.WatchLostNodes                the nodes that are not ready: rows do not tell
//	Cluster.Evidence                      why one pod is as it is: its containers, its events, the log that hurts
//	Cluster.PodLogs                       the log of containers, followed over breaks and restarts
//	Cluster.WatchPod                      one pod and its containers
//	NewPlan(pod, request) → Plan          pure: exactly what would be added
//	Cluster.CarryOut(plan) → Progress…    the patch, and what the kubelet makes of it
//	Cluster.Logs, Cluster.Attach          what was printed before, and the live streams
//	Cluster.AwaitExit → Exit              how it ended
//
// Errors a person can meet are a [*Problem]: what happened, to what, and what to do about it ([Explain]).
package kube
