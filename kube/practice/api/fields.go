package api

import (
	"cmp"
	"strconv"

	corev1 "k8s.io/api/core/v1"
	"k8s.io/apimachinery/pkg/fields"
)

func podFields(pod *corev1.Pod) fields.Set {
	ip := ""
	if len(pod.Status.PodIPs) > 0 {
		ip = pod.Status.PodIPs[0].IP
	}
	return fields.Set{
		"spec.nodeName":            pod.Spec.NodeName,
		"spec.restartPolicy":       string(pod.Spec.RestartPolicy),
		"spec.schedulerName":       pod.Spec.SchedulerName,
		"spec.serviceAccountName":  pod.Spec.ServiceAccountName,
		"spec.hostNetwork":         strconv.FormatBool(pod.Spec.HostNetwork),
		"status.phase":             string(pod.Status.Phase),
		"status.podIP":             ip,
		"status.nominatedNodeName": pod.Status.NominatedNodeName,
	}
}

func nodeFields(node *corev1.Node) fields.Set {
	return fields.Set{"spec.unschedulable": strconv.FormatBool(node.Spec.Unschedulable)}
}

func namespaceFields(namespace *corev1.Namespace) fields.Set {
	return fields.Set{"status.phase": string(namespace.Status.Phase)}
}

func eventFields(e *corev1.Event) fields.Set {
	object := e.InvolvedObject
	return fields.Set{
		"involvedObject.kind":            object.Kind,
		"involvedObject.namespace":       object.Namespace,
		"involvedObject.name":            object.Name,
		"involvedObject.uid":             string(object.UID),
		"involvedObject.apiVersion":      object.APIVersion,
		"involvedObject.resourceVersion": object.ResourceVersion,
		"involvedObject.fieldPath":       object.FieldPath,
		"reason":                         e.Reason,
		"reportingComponent":             e.ReportingController,
		"source":                         cmp.Or(e.Source.Component, e.ReportingController),
		"type":                           e.Type,
	}
}
