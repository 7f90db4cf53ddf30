package api

import (
	"fmt"
	"hash/fnv"
	"strings"
	"time"

	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/util/intstr"
	"k8s.io/apimachinery/pkg/util/rand"
	"k8s.io/utils/ptr"
)

const (
	accountPath = "/var/run/secrets/kubernetes.io/serviceaccount"
	tokenPrefix = "kube-api-access-" // the beginning of the name of its volume
)

// Default fills in what the real server and its admission fill in for a new pod. A pod with a generateName gets a name
// from Name first, if it has none. What the pod has already, stays.
func Default(pod *corev1.Pod, now time.Time) {
	Name(pod)
	defaultMeta(pod, now)
	if pod.Generation == 0 {
		pod.Generation = 1
	}
	defaultSpec(&pod.Spec)
	mountToken(pod)
	for i := range pod.Spec.Volumes {
		defaultVolume(&pod.Spec.Volumes[i])
	}
	if pod.Status.Phase == "" {
		pod.Status.Phase = corev1.PodPending
	}
	if pod.Status.QOSClass == "" {
		pod.Status.QOSClass = qosClass(&pod.Spec)
	}
}

// Name gives an object without a name one that begins with its generateName.
func Name(object metav1.Object) {
	const longest = 63 - 5
	if base := object.GetGenerateName(); object.GetName() == "" && base != "" {
		object.SetName(base[:min(len(base), longest)] + rand.String(5))
	}
}

// defaultSpec fills in what a pod gets; with what a template gets, too, that is what the pods made of it are.
func defaultSpec(spec *corev1.PodSpec) {
	defaultTemplate(spec)
	set(&spec.ServiceAccountName, "default")
	spec.DeprecatedServiceAccount = spec.ServiceAccountName
	set(&spec.EnableServiceLinks, ptr.To(true))
	set(&spec.Priority, ptr.To(int32(0)))
	set(&spec.PreemptionPolicy, ptr.To(corev1.PreemptLowerPriority))
	for _, key := range []string{corev1.TaintNodeNotReady, corev1.TaintNodeUnreachable} {
		defaultToleration(spec, key)
	}
}

// defaultTemplate fills in what the spec of a template gets.
func defaultTemplate(spec *corev1.PodSpec) {
	set(&spec.RestartPolicy, corev1.RestartPolicyAlways)
	set(&spec.DNSPolicy, corev1.DNSClusterFirst)
	set(&spec.SchedulerName, corev1.DefaultSchedulerName)
	set(&spec.TerminationGracePeriodSeconds, ptr.To(int64(corev1.DefaultTerminationGracePeriodSeconds)))
	set(&spec.SecurityContext, &corev1.PodSecurityContext{})
	for i := range spec.InitContainers {
		defaultContainer(&spec.InitContainers[i])
	}
	for i := range spec.Containers {
		defaultContainer(&spec.Containers[i])
	}
	defaultEphemeral(spec)
}

func defaultEphemeral(spec *corev1.PodSpec) {
	for i := range spec.EphemeralContainers {
		common := corev1.Container(spec.EphemeralContainers[i].EphemeralContainerCommon)
		defaultContainer(&common)
		spec.EphemeralContainers[i].EphemeralContainerCommon = corev1.EphemeralContainerCommon(common)
	}
}

// defaultToleration lets a pod stay for five minutes on a node that has gone.
func defaultToleration(spec *corev1.PodSpec, key string) {
	for _, t := range spec.Tolerations {
		if (t.Key == key || t.Key == "" && t.Operator == corev1.TolerationOpExists) &&
			(t.Effect == corev1.TaintEffectNoExecute || t.Effect == "") {
			return
		}
	}
	spec.Tolerations = append(spec.Tolerations, corev1.Toleration{
		Key: key, Operator: corev1.TolerationOpExists, Effect: corev1.TaintEffectNoExecute, TolerationSeconds: ptr.To(int64(300)),
	})
}

func defaultContainer(c *corev1.Container) {
	set(&c.TerminationMessagePath, corev1.TerminationMessagePathDefault)
	set(&c.TerminationMessagePolicy, corev1.TerminationMessageReadFile)
	set(&c.ImagePullPolicy, pullPolicy(c.Image))
	for i := range c.Ports {
		set(&c.Ports[i].Protocol, corev1.ProtocolTCP)
	}
	for i := range c.Env {
		if from := c.Env[i].ValueFrom; from != nil && from.FieldRef != nil {
			set(&from.FieldRef.APIVersion, "v1")
		}
	}
	for _, probe := range []*corev1.Probe{c.LivenessProbe, c.ReadinessProbe, c.StartupProbe} {
		if probe != nil {
			defaultProbe(probe)
		}
	}
	for name, limit := range c.Resources.Limits {
		if _, ok := c.Resources.Requests[name]; !ok {
			if c.Resources.Requests == nil {
				c.Resources.Requests = corev1.ResourceList{}
			}
			c.Resources.Requests[name] = limit
		}
	}
}

func defaultProbe(probe *corev1.Probe) {
	set(&probe.TimeoutSeconds, 1)
	set(&probe.PeriodSeconds, 10)
	set(&probe.SuccessThreshold, 1)
	set(&probe.FailureThreshold, 3)
	if probe.HTTPGet != nil {
		set(&probe.HTTPGet.Path, "/")
		set(&probe.HTTPGet.Scheme, corev1.URISchemeHTTP)
	}
}

func defaultVolume(v *corev1.Volume) {
	switch mode := ptr.To(int32(0o644)); {
	case v.ConfigMap != nil:
		set(&v.ConfigMap.DefaultMode, mode)
	case v.Secret != nil:
		set(&v.Secret.DefaultMode, mode)
	case v.DownwardAPI != nil:
		set(&v.DownwardAPI.DefaultMode, mode)
	case v.Projected != nil:
		set(&v.Projected.DefaultMode, mode)
	case v.HostPath != nil:
		set(&v.HostPath.Type, ptr.To(corev1.HostPathUnset))
	case v.VolumeSource == (corev1.VolumeSource{}):
		v.EmptyDir = &corev1.EmptyDirVolumeSource{}
	}
}

// defaultService fills in what a new Service gets. Its address is made from its name here, so that two starts of the cluster have the same.
func defaultService(service *corev1.Service) {
	spec := &service.Spec
	set(&spec.Type, corev1.ServiceTypeClusterIP)
	set(&spec.SessionAffinity, corev1.ServiceAffinityNone)
	if spec.ClusterIP == "" && spec.Type != corev1.ServiceTypeExternalName {
		hash := fnv.New32a()
		_, _ = hash.Write([]byte(service.Namespace + "/" + service.Name))
		spec.ClusterIP = fmt.Sprintf("10.96.%d.%d", hash.Sum32()>>8%256, 1+hash.Sum32()%254)
	}
	if spec.ClusterIP != "" && len(spec.ClusterIPs) == 0 {
		spec.ClusterIPs = []string{spec.ClusterIP}
	}
	for i := range spec.Ports {
		set(&spec.Ports[i].Protocol, corev1.ProtocolTCP)
		set(&spec.Ports[i].TargetPort, intstr.FromInt32(spec.Ports[i].Port))
	}
}

// mountToken gives containers the token of the service account, as admission does. The volume's suffix is random there and
// made from the pod's name here, so that two starts of the cluster have the same pods.
func mountToken(pod *corev1.Pod) {
	if !ptr.Deref(pod.Spec.AutomountServiceAccountToken, true) || mountsToken(&pod.Spec) {
		return
	}
	hash := fnv.New32a()
	_, _ = hash.Write([]byte(pod.Namespace + "/" + pod.Name))
	name := tokenPrefix + rand.SafeEncodeString(fmt.Sprintf("%05d", hash.Sum32()%100000))
	pod.Spec.Volumes = append(pod.Spec.Volumes, corev1.Volume{
		Name: name, VolumeSource: corev1.VolumeSource{Projected: tokenVolume()},
	})
	mount := corev1.VolumeMount{Name: name, MountPath: accountPath, ReadOnly: true}
	for i := range pod.Spec.InitContainers {
		pod.Spec.InitContainers[i].VolumeMounts = append(pod.Spec.InitContainers[i].VolumeMounts, mount)
	}
	for i := range pod.Spec.Containers {
		pod.Spec.Containers[i].VolumeMounts = append(pod.Spec.Containers[i].VolumeMounts, mount)
	}
}

func mountsToken(spec *corev1.PodSpec) bool {
	for _, v := range spec.Volumes {
		if strings.HasPrefix(v.Name, tokenPrefix) {
			return true
		}
	}
	return false
}

func tokenVolume() *corev1.ProjectedVolumeSource {
	return &corev1.ProjectedVolumeSource{Sources: []corev1.VolumeProjection{
		{ServiceAccountToken: &corev1.ServiceAccountTokenProjection{ExpirationSeconds: ptr.To(int64(3607)), Path: "token"}},
		{ConfigMap: &corev1.ConfigMapProjection{
			LocalObjectReference: corev1.LocalObjectReference{Name: "kube-root-ca.crt"},
			Items:                []corev1.KeyToPath{{Key: "ca.crt", Path: "ca.crt"}},
		}},
		{DownwardAPI: &corev1.DownwardAPIProjection{Items: []corev1.DownwardAPIVolumeFile{{
			Path:     "namespace",
			FieldRef: &corev1.ObjectFieldSelector{APIVersion: "v1", FieldPath: "metadata.namespace"},
		}}}},
	}}
}

// pullPolicy is Always for an image whose tag is latest, or which has neither tag nor digest.
func pullPolicy(image string) corev1.PullPolicy {
	if strings.Contains(image, "@") {
		return corev1.PullIfNotPresent
	}
	last := image[strings.LastIndex(image, "/")+1:]
	if _, tag, ok := strings.Cut(last, ":"); ok && tag != "latest" {
		return corev1.PullIfNotPresent
	}
	return corev1.PullAlways
}

// set gives a field its default.
func set[T comparable](field *T, value T) {
	var zero T
	if *field == zero {
		*field = value
	}
}
