package podcopy_test

import (
	"reflect"
	"testing"

	"github.com/google/go-cmp/cmp"
	corev1 "k8s.io/api/core/v1"

	"github.com/dayfly-k8s/dayfly/kube/podcopy"
)

// sources are all that a volume can be, by the names of the fields: whether pod and copy write to the same data in it.
func sources() map[string]bool {
	return map[string]bool{
		"HostPath": true, "PersistentVolumeClaim": true, "NFS": true, "ISCSI": true, "FC": true, "RBD": true, "CephFS": true, "Cinder": true,
		"Glusterfs": true, "FlexVolume": true, "Flocker": true, "GCEPersistentDisk": true, "AWSElasticBlockStore": true, "AzureFile": true,
		"AzureDisk": true, "VsphereVolume": true, "Quobyte": true, "PhotonPersistentDisk": true, "PortworxVolume": true, "ScaleIO": true,
		"StorageOS": true,

		"EmptyDir": false, "ConfigMap": false, "Secret": false, "DownwardAPI": false, "Projected": false, "Ephemeral": false, "GitRepo": false,
		"Image": false, "CSI": false,
	}
}

// A source that a later API brings has to be decided on: until then this test fails.
func TestEverySourceOfAVolume(t *testing.T) {
	decided := sources()
	all := reflect.TypeFor[corev1.VolumeSource]()
	for i := range all.NumField() {
		field := all.Field(i)
		shared, ok := decided[field.Name]
		if !ok {
			t.Errorf("nobody has decided whether a pod shares a volume of %s with its copy: see podcopy.Shared", field.Name)
			continue
		}
		delete(decided, field.Name)
		volume := corev1.Volume{Name: "data"}
		source := reflect.New(field.Type.Elem())
		reflect.ValueOf(&volume.VolumeSource).Elem().Field(i).Set(source)
		if got := podcopy.Shared(&volume); got != shared {
			t.Errorf("%s is shared: %t, want %t", field.Name, got, shared)
		}
		spec := &corev1.PodSpec{Volumes: []corev1.Volume{volume}, Containers: []corev1.Container{mounting("data", false)}}
		if got := len(podcopy.Written(spec)) > 0; got != shared {
			t.Errorf("%s is written to: %t, want %t", field.Name, got, shared)
		}
		protected := spec.DeepCopy()
		podcopy.Protect(protected)
		if got := protected.Containers[0].VolumeMounts[0].ReadOnly; got != shared {
			t.Errorf("%s is mounted read-only: %t, want %t", field.Name, got, shared)
		}
		if readOnly := source.Elem().FieldByName("ReadOnly"); shared && readOnly.IsValid() {
			if readOnly.Kind() == reflect.Pointer {
				readOnly.Set(reflect.New(readOnly.Type().Elem()))
				readOnly = readOnly.Elem()
			}
			readOnly.SetBool(true)
			if got := podcopy.Written(spec); len(got) > 0 {
				t.Errorf("%s is written to, but is read-only itself", field.Name)
			}
		}
	}
	for name := range decided {
		t.Errorf("a volume has no source %s any more", name)
	}
	if podcopy.Shared(&corev1.Volume{Name: "empty"}) {
		t.Error("a volume of nothing, which is an emptyDir, is shared")
	}
}

func mounting(volume string, readOnly bool) corev1.Container {
	return corev1.Container{Name: "app", VolumeMounts: []corev1.VolumeMount{{Name: volume, MountPath: "/data", ReadOnly: readOnly}}}
}

func TestWrittenAndProtect(t *testing.T) {
	device := corev1.Container{Name: "app", VolumeDevices: []corev1.VolumeDevice{{Name: "data", DevicePath: "/dev/data"}}}
	readOnlyClaim := claim("data")
	readOnlyClaim.PersistentVolumeClaim.ReadOnly = true
	path := corev1.VolumeSource{HostPath: &corev1.HostPathVolumeSource{Path: "/var/lib"}}
	for name, tt := range map[string]struct {
		spec corev1.PodSpec
		want []string
	}{
		"nothing":            {corev1.PodSpec{Containers: []corev1.Container{{Name: "app"}}}, nil},
		"not mounted":        {corev1.PodSpec{Volumes: volumes(claim("data")), Containers: []corev1.Container{{Name: "app"}}}, nil},
		"mounted":            {corev1.PodSpec{Volumes: volumes(claim("data")), Containers: []corev1.Container{mounting("data", false)}}, []string{"data"}},
		"mounted read-only":  {corev1.PodSpec{Volumes: volumes(claim("data")), Containers: []corev1.Container{mounting("data", true)}}, nil},
		"one of two mounts":  {corev1.PodSpec{Volumes: volumes(path), Containers: []corev1.Container{mounting("data", true), mounting("data", false)}}, []string{"data"}},
		"by init containers": {corev1.PodSpec{Volumes: volumes(path), InitContainers: []corev1.Container{mounting("data", false)}}, []string{"data"}},
		"read-only claim":    {corev1.PodSpec{Volumes: volumes(readOnlyClaim), Containers: []corev1.Container{mounting("data", false)}}, nil},
		"device":             {corev1.PodSpec{Volumes: volumes(claim("data")), Containers: []corev1.Container{device}}, []string{"data"}},
		"read-only device":   {corev1.PodSpec{Volumes: volumes(readOnlyClaim), Containers: []corev1.Container{device}}, nil},
		"device of init":     {corev1.PodSpec{Volumes: volumes(claim("data")), InitContainers: []corev1.Container{device}}, []string{"data"}},
		"each once, in order": {corev1.PodSpec{
			Volumes: []corev1.Volume{{Name: "b", VolumeSource: path}, {Name: "a", VolumeSource: claim("a")}, {Name: "c", VolumeSource: claim("c")}},
			Containers: []corev1.Container{
				mounting("a", false), mounting("b", false), mounting("a", false), mounting("no such volume", false),
			},
		}, []string{"b", "a"}},
	} {
		t.Run(name, func(t *testing.T) {
			spec := tt.spec.DeepCopy()
			if diff := cmp.Diff(tt.want, podcopy.Written(spec)); diff != "" {
				t.Errorf("written are (- want, + got):\n%s", diff)
			}
			podcopy.Protect(spec)
			if left := podcopy.Written(spec); len(left) > 0 {
				t.Errorf("written to although they are protected: %q", left)
			}
			again := spec.DeepCopy()
			podcopy.Protect(again)
			if diff := cmp.Diff(spec, again); diff != "" {
				t.Errorf("to protect twice is not the same:\n%s", diff)
			}
		})
	}
}

func volumes(source corev1.VolumeSource) []corev1.Volume {
	return []corev1.Volume{{Name: "data", VolumeSource: source}}
}

// Of many containers each is protected, and nothing else in them changes.
func TestProtectFortyContainers(t *testing.T) {
	spec := &corev1.PodSpec{Volumes: []corev1.Volume{{Name: "data", VolumeSource: claim("data")}, {Name: "scratch"}}}
	for range 40 {
		c := mounting("data", false)
		c.VolumeMounts = append(c.VolumeMounts, corev1.VolumeMount{Name: "scratch", MountPath: "/tmp"})
		spec.Containers = append(spec.Containers, c)
	}
	want := spec.DeepCopy()
	for i := range want.Containers {
		want.Containers[i].VolumeMounts[0].ReadOnly = true
	}
	podcopy.Protect(spec)
	if diff := cmp.Diff(want, spec); diff != "" {
		t.Errorf("they are (- want, + got):\n%s", diff)
	}
}
