package api

import (
	"fmt"
	"math"
	"slices"

	corev1 "k8s.io/api/core/v1"
	"k8s.io/apimachinery/pkg/api/equality"
	apivalidation "k8s.io/apimachinery/pkg/api/validation"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/util/diff"
	"k8s.io/apimachinery/pkg/util/validation"
	"k8s.io/apimachinery/pkg/util/validation/field"
)

// The rules and the words of validation are those of the real server, as far as they matter to pods for debugging:
// https://github.com/kubernetes/kubernetes/blob/v1.34.4/pkg/apis/core/validation/validation.go.

// validatePod tells what is wrong with a new pod.
func validatePod(pod *corev1.Pod) field.ErrorList {
	path := field.NewPath("spec")
	errs := append(validateMeta(pod), validateSpec(&pod.Spec, path)...)
	policies := []corev1.RestartPolicy{corev1.RestartPolicyAlways, corev1.RestartPolicyOnFailure, corev1.RestartPolicyNever}
	if !slices.Contains(policies, pod.Spec.RestartPolicy) {
		errs = append(errs, field.NotSupported(path.Child("restartPolicy"), pod.Spec.RestartPolicy, policies))
	}
	if len(pod.Spec.EphemeralContainers) > 0 {
		errs = append(errs, field.Forbidden(path.Child("ephemeralContainers"), "cannot be set on create"))
	}
	return errs
}

// validateSpec holds for pods and for templates.
func validateSpec(spec *corev1.PodSpec, path *field.Path) field.ErrorList {
	names := map[string]bool{}
	errs := validateContainers(spec, spec.InitContainers, path.Child("initContainers"), names)
	if len(spec.Containers) == 0 {
		errs = append(errs, field.Required(path.Child("containers"), ""))
	}
	errs = append(errs, validateContainers(spec, spec.Containers, path.Child("containers"), names)...)
	if grace := *spec.TerminationGracePeriodSeconds; grace < 0 {
		errs = append(errs, field.Invalid(path.Child("terminationGracePeriodSeconds"), grace, apivalidation.IsNegativeErrorMsg))
	}
	if deadline := spec.ActiveDeadlineSeconds; deadline != nil && (*deadline < 1 || *deadline > math.MaxInt32) {
		errs = append(errs, field.Invalid(path.Child("activeDeadlineSeconds"), *deadline, validation.InclusiveRangeError(1, math.MaxInt32)))
	}
	return errs
}

// validateDeadline tells what is wrong with another deadline for a pod: it can only come sooner.
func validateDeadline(before, after *int64) *field.Error {
	path := field.NewPath("spec", "activeDeadlineSeconds")
	switch {
	case after == nil && before != nil:
		return field.Invalid(path, after, "must not update from a positive integer to nil value")
	case after == nil:
		return nil
	case *after < 0 || *after > math.MaxInt32:
		return field.Invalid(path, *after, validation.InclusiveRangeError(0, math.MaxInt32))
	case before != nil && *before < *after:
		return field.Invalid(path, *after, "must be less than or equal to previous value")
	}
	return nil
}

func validateMeta(object metav1.Object) field.ErrorList {
	return apivalidation.ValidateObjectMetaAccessor(object, true, apivalidation.NameIsDNSSubdomain, field.NewPath("metadata"))
}

func validateContainers(spec *corev1.PodSpec, containers []corev1.Container, path *field.Path, names map[string]bool) field.ErrorList {
	var errs field.ErrorList
	for i := range containers {
		at := path.Index(i)
		errs = append(errs, validateContainer(spec, &containers[i], at)...)
		if names[containers[i].Name] {
			errs = append(errs, field.Duplicate(at.Child("name"), containers[i].Name))
		}
		names[containers[i].Name] = true
	}
	return errs
}

// validateContainer holds for containers of all kinds.
func validateContainer(spec *corev1.PodSpec, c *corev1.Container, at *field.Path) field.ErrorList {
	var errs field.ErrorList
	if c.Name == "" {
		errs = append(errs, field.Required(at.Child("name"), ""))
	} else {
		for _, message := range validation.IsDNS1123Label(c.Name) {
			errs = append(errs, field.Invalid(at.Child("name"), c.Name, message))
		}
	}
	if c.Image == "" {
		errs = append(errs, field.Required(at.Child("image"), ""))
	}
	messages := []corev1.TerminationMessagePolicy{corev1.TerminationMessageReadFile, corev1.TerminationMessageFallbackToLogsOnError}
	if !slices.Contains(messages, c.TerminationMessagePolicy) {
		errs = append(errs, field.NotSupported(at.Child("terminationMessagePolicy"), c.TerminationMessagePolicy, messages))
	}
	for i, env := range c.Env {
		errs = append(errs, validateEnv(env, at.Child("env").Index(i))...)
	}
	errs = append(errs, validateMounts(spec, c, at.Child("volumeMounts"))...)
	pulls := []corev1.PullPolicy{corev1.PullAlways, corev1.PullIfNotPresent, corev1.PullNever}
	if !slices.Contains(pulls, c.ImagePullPolicy) {
		errs = append(errs, field.NotSupported(at.Child("imagePullPolicy"), c.ImagePullPolicy, pulls))
	}
	return append(errs, validateSecurity(c.SecurityContext, at.Child("securityContext"))...)
}

func validateEnv(env corev1.EnvVar, at *field.Path) field.ErrorList {
	if env.Name == "" {
		return field.ErrorList{field.Required(at.Child("name"), "")}
	}
	var errs field.ErrorList
	for _, message := range validation.IsRelaxedEnvVarName(env.Name) {
		errs = append(errs, field.Invalid(at.Child("name"), env.Name, message))
	}
	return errs
}

func validateMounts(spec *corev1.PodSpec, c *corev1.Container, path *field.Path) field.ErrorList {
	var errs field.ErrorList
	places := map[string]bool{}
	for i, mount := range c.VolumeMounts {
		at := path.Index(i)
		if mount.Name == "" {
			errs = append(errs, field.Required(at.Child("name"), ""))
		}
		if !slices.ContainsFunc(spec.Volumes, func(v corev1.Volume) bool { return v.Name == mount.Name }) {
			errs = append(errs, field.NotFound(at.Child("name"), mount.Name))
		}
		if mount.MountPath == "" {
			errs = append(errs, field.Required(at.Child("mountPath"), ""))
		}
		if places[mount.MountPath] {
			errs = append(errs, field.Invalid(at.Child("mountPath"), mount.MountPath, "must be unique"))
		}
		places[mount.MountPath] = true
	}
	return errs
}

func validateSecurity(c *corev1.SecurityContext, at *field.Path) field.ErrorList {
	if c == nil {
		return nil
	}
	var errs field.ErrorList
	if user := c.RunAsUser; user != nil {
		for _, message := range validation.IsValidUserID(*user) {
			errs = append(errs, field.Invalid(at.Child("runAsUser"), *user, message))
		}
	}
	if escalation := c.AllowPrivilegeEscalation; escalation != nil && !*escalation {
		if c.Privileged != nil && *c.Privileged {
			errs = append(errs, field.Invalid(at, c, "cannot set `allowPrivilegeEscalation` to false and `privileged` to true"))
		}
		if c.Capabilities != nil && slices.Contains(c.Capabilities.Add, "CAP_SYS_ADMIN") {
			errs = append(errs, field.Invalid(at, c, "cannot set `allowPrivilegeEscalation` to false and `capabilities.Add` CAP_SYS_ADMIN"))
		}
	}
	return errs
}

// validateEphemeralChange tells what is wrong with a pod whose ephemeral containers were changed.
func validateEphemeralChange(before, after *corev1.Pod) field.ErrorList {
	if _, static := before.Annotations[corev1.MirrorPodAnnotationKey]; static {
		return field.ErrorList{field.Forbidden(field.NewPath(""), "static pods do not support ephemeral containers")}
	}
	path := field.NewPath("spec", "ephemeralContainers")
	errs := validateEphemeral(after, path)
	for _, old := range before.Spec.EphemeralContainers {
		i := slices.IndexFunc(after.Spec.EphemeralContainers, func(c corev1.EphemeralContainer) bool { return c.Name == old.Name })
		if i < 0 {
			errs = append(errs, field.Forbidden(path, fmt.Sprintf("existing ephemeral containers %q may not be removed\n", old.Name)))
		} else if now := after.Spec.EphemeralContainers[i]; !equality.Semantic.DeepEqual(old, now) {
			errs = append(errs, field.Forbidden(path,
				fmt.Sprintf("existing ephemeral containers %q may not be changed\n%v", old.Name, diff.Diff(old, now))))
		}
	}
	return errs
}

func validateEphemeral(pod *corev1.Pod, path *field.Path) field.ErrorList {
	var errs field.ErrorList
	others, all := map[string]bool{}, map[string]bool{}
	for _, c := range slices.Concat(pod.Spec.Containers, pod.Spec.InitContainers) {
		others[c.Name], all[c.Name] = true, true
	}
	for i := range pod.Spec.EphemeralContainers {
		e, at := &pod.Spec.EphemeralContainers[i], path.Index(i)
		c := corev1.Container(e.EphemeralContainerCommon)
		errs = append(errs, validateContainer(&pod.Spec, &c, at)...)
		if all[e.Name] {
			errs = append(errs, field.Duplicate(at.Child("name"), e.Name))
		}
		all[e.Name] = true
		if e.TargetContainerName != "" && !others[e.TargetContainerName] {
			errs = append(errs, field.NotFound(at.Child("targetContainerName"), e.TargetContainerName))
		}
		errs = append(errs, validateEphemeralFields(&c, at)...)
	}
	return errs
}

// validateEphemeralFields refuses what an ephemeral container may not have although its type does.
func validateEphemeralFields(c *corev1.Container, at *field.Path) field.ErrorList {
	var errs field.ErrorList
	forbid := func(is bool, path *field.Path) {
		if is {
			errs = append(errs, field.Forbidden(path, "cannot be set for an Ephemeral Container"))
		}
	}
	forbid(c.Ports != nil, at.Child("ports"))
	forbid(c.Resources.Limits != nil || c.Resources.Requests != nil || c.Resources.Claims != nil, at.Child("resources"))
	forbid(c.ResizePolicy != nil, at.Child("resizePolicy"))
	forbid(c.RestartPolicy != nil, at.Child("restartPolicy"))
	forbid(c.RestartPolicyRules != nil, at.Child("restartPolicyRules"))
	forbid(c.LivenessProbe != nil, at.Child("livenessProbe"))
	forbid(c.ReadinessProbe != nil, at.Child("readinessProbe"))
	forbid(c.StartupProbe != nil, at.Child("startupProbe"))
	forbid(c.Lifecycle != nil, at.Child("lifecycle"))
	for i, mount := range c.VolumeMounts {
		at := at.Child("volumeMounts").Index(i)
		forbid(mount.SubPath != "", at.Child("subPath"))
		forbid(mount.SubPathExpr != "", at.Child("subPathExpr"))
	}
	return errs
}
