package kube

import (
	"testing"

	corev1 "k8s.io/api/core/v1"
	"k8s.io/apimachinery/pkg/util/intstr"
)

func TestServes(t *testing.T) {
	port := func(name string, number int32) corev1.ContainerPort {
		return corev1.ContainerPort{Name: name, ContainerPort: number}
	}
	get := func(port intstr.IntOrString, scheme corev1.URIScheme) *corev1.Probe {
		return &corev1.Probe{ProbeHandler: corev1.ProbeHandler{HTTPGet: &corev1.HTTPGetAction{Port: port, Scheme: scheme}}}
	}
	for name, c := range map[string]struct {
		container corev1.Container
		want      Serves
	}{
		"nothing":         {corev1.Container{}, Serves{}},
		"one port":        {corev1.Container{Ports: []corev1.ContainerPort{port("", 9999)}}, Serves{HTTP: 9999, TCP: 9999}},
		"a database":      {corev1.Container{Ports: []corev1.ContainerPort{port("db", 5433)}}, Serves{TCP: 5433}},
		"names":           {corev1.Container{Ports: []corev1.ContainerPort{port("metrics", 9090), port("http", 3000), port("https", 3443), port("grpc", 7000)}}, Serves{3000, 3443, 7000, 9090}},
		"only a probe":    {corev1.Container{ReadinessProbe: get(intstr.FromInt32(9999), "")}, Serves{HTTP: 9999}},
		"a probe's name":  {corev1.Container{Ports: []corev1.ContainerPort{port("metrics", 9090), port("api", 4000)}, LivenessProbe: get(intstr.FromString("api"), "HTTP")}, Serves{HTTP: 4000, TCP: 9090}},
		"a name of none":  {corev1.Container{LivenessProbe: get(intstr.FromString("api"), "HTTP")}, Serves{}},
		"HTTPS probe":     {corev1.Container{ReadinessProbe: get(intstr.FromInt32(6443), "HTTPS")}, Serves{TLS: 6443}},
		"UDP is no TCP":   {corev1.Container{Ports: []corev1.ContainerPort{{ContainerPort: 53, Protocol: corev1.ProtocolUDP}}}, Serves{}},
		"gRPC probe, TCP": {corev1.Container{ReadinessProbe: &corev1.Probe{ProbeHandler: corev1.ProbeHandler{GRPC: &corev1.GRPCAction{Port: 7}}}}, Serves{GRPC: 7}},
	} {
		if got := servesOf(&c.container); got != c.want {
			t.Errorf("%s: %+v, want %+v", name, got, c.want)
		}
	}
}
