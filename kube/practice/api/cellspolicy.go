package api

import (
	"fmt"
	"strconv"
	"strings"
	"time"

	corev1 "k8s.io/api/core/v1"
	discoveryv1 "k8s.io/api/discovery/v1"
	networkingv1 "k8s.io/api/networking/v1"
	policyv1 "k8s.io/api/policy/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/util/intstr"
	"k8s.io/utils/ptr"
)

func claimCells(c *corev1.PersistentVolumeClaim, now time.Time) []any {
	phase, capacity, modes := string(c.Status.Phase), "", ""
	if c.DeletionTimestamp != nil {
		phase = "Terminating"
	}
	if c.Spec.VolumeName != "" {
		modes = accessModes(c.Status.AccessModes)
		storage := c.Status.Capacity[corev1.ResourceStorage]
		capacity = storage.String()
	}
	return []any{
		c.Name, phase, c.Spec.VolumeName, capacity, modes, ptr.Deref(c.Spec.StorageClassName, ""),
		ptr.Deref(c.Spec.VolumeAttributesClassName, "<unset>"), age(c, now), string(ptr.Deref(c.Spec.VolumeMode, "<unset>")),
	}
}

// accessModes is the modes as kubectl abbreviates them.
func accessModes(modes []corev1.PersistentVolumeAccessMode) string {
	short := map[corev1.PersistentVolumeAccessMode]string{
		corev1.ReadWriteOnce: "RWO", corev1.ReadOnlyMany: "ROX", corev1.ReadWriteMany: "RWX", corev1.ReadWriteOncePod: "RWOP",
	}
	var names []string
	for _, mode := range modes {
		names = append(names, short[mode])
	}
	return strings.Join(names, ",")
}

func networkPolicyCells(p *networkingv1.NetworkPolicy, now time.Time) []any {
	return []any{p.Name, metav1.FormatLabelSelector(&p.Spec.PodSelector), age(p, now)}
}

func disruptionCells(b *policyv1.PodDisruptionBudget, now time.Time) []any {
	limit := func(value *intstr.IntOrString) string {
		if value == nil {
			return "N/A"
		}
		return value.String()
	}
	return []any{b.Name, limit(b.Spec.MinAvailable), limit(b.Spec.MaxUnavailable), int64(b.Status.DisruptionsAllowed), age(b, now)}
}

func endpointSliceCells(e *discoveryv1.EndpointSlice, now time.Time) []any {
	var ports, addresses []string
	for _, port := range e.Ports {
		ports = append(ports, strconv.Itoa(int(ptr.Deref(port.Port, 0))))
	}
	for _, endpoint := range e.Endpoints {
		addresses = append(addresses, endpoint.Addresses...)
	}
	return []any{e.Name, string(e.AddressType), fewOf(ports), fewOf(addresses), age(e, now)}
}

// fewOf is the first three of a list, and how many there are besides.
func fewOf(list []string) string {
	const most = 3
	switch {
	case len(list) == 0:
		return "<unset>"
	case len(list) > most:
		return fmt.Sprintf("%s + %d more...", strings.Join(list[:most], ","), len(list)-most)
	}
	return strings.Join(list, ",")
}
