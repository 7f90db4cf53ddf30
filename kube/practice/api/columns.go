package api

import (
	appsv1 "k8s.io/api/apps/v1"
	batchv1 "k8s.io/api/batch/v1"
	coordinationv1 "k8s.io/api/coordination/v1"
	corev1 "k8s.io/api/core/v1"
	discoveryv1 "k8s.io/api/discovery/v1"
	networkingv1 "k8s.io/api/networking/v1"
	policyv1 "k8s.io/api/policy/v1"
	rbacv1 "k8s.io/api/rbac/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
)

type columns = []metav1.TableColumnDefinition

func column(name, kind, description string) metav1.TableColumnDefinition {
	return metav1.TableColumnDefinition{Name: name, Type: kind, Description: description}
}

func text(name, description string) metav1.TableColumnDefinition {
	return column(name, "string", description)
}

// wide is a column that is shown with -o wide only.
func wide(name, description string) metav1.TableColumnDefinition {
	c := text(name, description)
	c.Priority = 1
	return c
}

func nameColumn() metav1.TableColumnDefinition {
	c := text("Name", metav1.ObjectMeta{}.SwaggerDoc()["name"])
	c.Format = "name"
	return c
}

func ageColumn() metav1.TableColumnDefinition {
	return text("Age", metav1.ObjectMeta{}.SwaggerDoc()["creationTimestamp"])
}

func created() metav1.TableColumnDefinition {
	return column("Created At", "date", metav1.ObjectMeta{}.SwaggerDoc()["creationTimestamp"])
}

func podColumns() columns {
	spec, status := corev1.PodSpec{}.SwaggerDoc(), corev1.PodStatus{}.SwaggerDoc()
	return columns{
		nameColumn(),
		text("Ready", "The aggregate readiness state of this pod for accepting traffic."),
		text("Status", "The aggregate status of the containers in this pod."),
		text("Restarts", "The number of times the containers in this pod have been restarted and when the last container in this pod has restarted."),
		ageColumn(),
		wide("IP", status["podIP"]),
		wide("Node", spec["nodeName"]),
		wide("Nominated Node", status["nominatedNodeName"]),
		wide("Readiness Gates", spec["readinessGates"]),
	}
}

func nodeColumns() columns {
	info, status := corev1.NodeSystemInfo{}.SwaggerDoc(), corev1.NodeStatus{}.SwaggerDoc()
	return columns{
		nameColumn(),
		text("Status", "The status of the node"),
		text("Roles", "The roles of the node"),
		ageColumn(),
		text("Version", info["kubeletVersion"]),
		wide("Internal-IP", status["addresses"]),
		wide("External-IP", status["addresses"]),
		wide("OS-Image", info["osImage"]),
		wide("Kernel-Version", info["kernelVersion"]),
		wide("Container-Runtime", info["containerRuntimeVersion"]),
	}
}

func namespaceColumns() columns {
	return columns{nameColumn(), text("Status", "The status of the namespace"), ageColumn()}
}

func eventColumns() columns {
	doc := corev1.Event{}.SwaggerDoc()
	name := nameColumn()
	name.Priority = 1
	return columns{
		text("Last Seen", doc["lastTimestamp"]),
		text("Type", doc["type"]),
		text("Reason", doc["reason"]),
		text("Object", doc["involvedObject"]),
		wide("Subobject", corev1.ObjectReference{}.SwaggerDoc()["fieldPath"]),
		wide("Source", doc["source"]),
		text("Message", doc["message"]),
		wide("First Seen", doc["firstTimestamp"]),
		wide("Count", doc["count"]),
		name,
	}
}

func configMapColumns() columns {
	return columns{nameColumn(), text("Data", corev1.ConfigMap{}.SwaggerDoc()["data"]), ageColumn()}
}

func serviceAccountColumns() columns {
	return columns{nameColumn(), text("Secrets", corev1.ServiceAccount{}.SwaggerDoc()["secrets"]), ageColumn()}
}

func serviceColumns() columns {
	doc := corev1.ServiceSpec{}.SwaggerDoc()
	return columns{
		nameColumn(), text("Type", doc["type"]), text("Cluster-IP", doc["clusterIP"]), text("External-IP", doc["externalIPs"]),
		text("Port(s)", doc["ports"]), ageColumn(), wide("Selector", doc["selector"]),
	}
}

func claimColumns() columns {
	spec, status := corev1.PersistentVolumeClaimSpec{}.SwaggerDoc(), corev1.PersistentVolumeClaimStatus{}.SwaggerDoc()
	return columns{
		nameColumn(), text("Status", status["phase"]), text("Volume", spec["volumeName"]), text("Capacity", status["capacity"]),
		text("Access Modes", status["accessModes"]), text("StorageClass", spec["storageClassName"]),
		text("VolumeAttributesClass", spec["volumeAttributesClassName"]), ageColumn(), wide("VolumeMode", spec["volumeMode"]),
	}
}

func networkPolicyColumns() columns {
	return columns{nameColumn(), text("Pod-Selector", networkingv1.NetworkPolicySpec{}.SwaggerDoc()["podSelector"]), ageColumn()}
}

func disruptionColumns() columns {
	spec, status := policyv1.PodDisruptionBudgetSpec{}.SwaggerDoc(), policyv1.PodDisruptionBudgetStatus{}.SwaggerDoc()
	return columns{
		nameColumn(), text("Min Available", spec["minAvailable"]), text("Max Unavailable", spec["maxUnavailable"]),
		column("Allowed Disruptions", "integer", status["disruptionsAllowed"]), ageColumn(),
	}
}

func workloadColumns(selector string) columns {
	return columns{
		wide("Containers", "Names of each container in the template."),
		wide("Images", "Images referenced by each container in the template."),
		wide("Selector", selector),
	}
}

func deploymentColumns() columns {
	status := appsv1.DeploymentStatus{}.SwaggerDoc()
	return append(columns{
		nameColumn(), text("Ready", "Number of the pod with ready state"), text("Up-to-date", status["updatedReplicas"]),
		text("Available", status["availableReplicas"]), ageColumn(),
	}, workloadColumns(appsv1.DeploymentSpec{}.SwaggerDoc()["selector"])...)
}

func replicaSetColumns() columns {
	spec, status := appsv1.ReplicaSetSpec{}.SwaggerDoc(), appsv1.ReplicaSetStatus{}.SwaggerDoc()
	return append(columns{
		nameColumn(), column("Desired", "integer", spec["replicas"]), column("Current", "integer", status["replicas"]),
		column("Ready", "integer", status["readyReplicas"]), ageColumn(),
	}, workloadColumns(spec["selector"])...)
}

func daemonSetColumns() columns {
	status := appsv1.DaemonSetStatus{}.SwaggerDoc()
	return append(columns{
		nameColumn(), column("Desired", "integer", status["desiredNumberScheduled"]),
		column("Current", "integer", status["currentNumberScheduled"]), column("Ready", "integer", status["numberReady"]),
		column("Up-to-date", "integer", status["updatedNumberScheduled"]), column("Available", "integer", status["numberAvailable"]),
		text("Node Selector", corev1.PodSpec{}.SwaggerDoc()["nodeSelector"]), ageColumn(),
	}, workloadColumns(appsv1.DaemonSetSpec{}.SwaggerDoc()["selector"])...)
}

func statefulSetColumns() columns {
	return append(columns{nameColumn(), text("Ready", "Number of the pod with ready state"), ageColumn()}, workloadColumns("")[:2]...)
}

func jobColumns() columns {
	return append(columns{
		nameColumn(), text("Status", "Status of the job."), text("Completions", batchv1.JobStatus{}.SwaggerDoc()["succeeded"]),
		text("Duration", "Time required to complete the job."), ageColumn(),
	}, workloadColumns(batchv1.JobSpec{}.SwaggerDoc()["selector"])...)
}

// createdColumns are those of roles, and of what has no printer of its own.
func endpointSliceColumns() columns {
	doc := discoveryv1.EndpointSlice{}.SwaggerDoc()
	return columns{nameColumn(), text("AddressType", doc["addressType"]), text("Ports", doc["ports"]), text("Endpoints", doc["endpoints"]), ageColumn()}
}

func createdColumns() columns { return columns{nameColumn(), created()} }

func leaseColumns() columns {
	return columns{nameColumn(), text("Holder", coordinationv1.LeaseSpec{}.SwaggerDoc()["holderIdentity"]), ageColumn()}
}

func bindingColumns() columns {
	return columns{
		nameColumn(), text("Role", rbacv1.RoleBinding{}.SwaggerDoc()["roleRef"]), ageColumn(),
		wide("Users", "Users in the roleBinding"), wide("Groups", "Groups in the roleBinding"),
		wide("ServiceAccounts", "ServiceAccounts in the roleBinding"),
	}
}
