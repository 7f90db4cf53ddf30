package redact_test

import (
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"testing"

	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"

	"github.com/dayfly-k8s/dayfly/kube/redact"
)

// planted are texts with a secret in them, in the place of %s.
func planted() map[string]string {
	return map[string]string{
		"assigned":         "connecting with password=%s to db",
		"upper case":       "DB_PASSWORD=%s",
		"JSON":             `{"user":"bob","api_key":"%s","n":1}`,
		"JSON in JSON":     `{"msg":"{\"token\":\"%s\",\"n\":1}"}`,
		"YAML":             "client_secret: %s",
		"single quotes":    "passwd = '%s'",
		"Go":               "{User:bob Password:%s Port:5}",
		"connection":       "Server=db;User Id=sa;Password=%s;Encrypt=true",
		"flag":             "mysql --password %s -h db",
		"flag with equals": "mysql --db-password=%s -h db",
		"URL":              "dial postgres://bob:%s@db:5432/shop",
		"URL without user": "redis://:%s@cache:6379",
		"query":            "GET /x?access_token=%s&y=1",
		"bearer":           "Authorization: Bearer %s",
		"bearer alone":     "sent bearer %s to it",
		"authorization":    `"authorization":"Basic %s"`,
		"cookie":           "Set-Cookie: session=%s; Path=/",
		"curl":             "curl -u bob:%s https://x",
		"private key":      "-----BEGIN RSA PRIVATE KEY-----\n%s\nAAAA\n-----END RSA PRIVATE KEY-----\n",
		"private key cut":  "-----BEGIN PRIVATE KEY-----\n%s",
	}
}

const secret = "hunter2Xk93dTq7vLmB0"

func TestText(t *testing.T) {
	for name, text := range planted() {
		t.Run(name, func(t *testing.T) {
			r := redact.New()
			got := r.Text("log of app", "before\n"+fmt.Sprintf(text, secret)+"\nafter")
			if strings.Contains(got, secret) || !strings.Contains(got, "‹redacted: ") {
				t.Errorf("the secret is in it:\n%s", got)
			}
			if !strings.HasPrefix(got, "before\n") {
				t.Errorf("more is gone than the secret:\n%s", got)
			}
			if taken := r.Taken(); len(taken) == 0 || taken[0].Where != "log of app" {
				t.Errorf("taken: %v", taken)
			}
		})
	}
	for _, shape := range []string{
		"eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIxIn0.c2lnbmF0dXJl", "AKIAIOSFODNN7EXAMPLE", "ghp_0123456789abcdefghijABCDEFGHIJ012345", "xoxb-1234567890-abcdefghij",
		"k8s-aws-v1.aHR0cHM6Ly9zdHM", "sk_live_0123456789abcdef", "glpat-0123456789abcdefghij",
	} {
		if got := redact.New().Text("x", "it is "+shape+", and more"); strings.Contains(got, shape) || !strings.HasSuffix(got, ", and more") {
			t.Errorf("%s: %s", shape, got)
		}
	}
}

// A log is still one to read: what is no secret stays.
func TestTextStays(t *testing.T) {
	const text = `level=info msg="listening" addr=0.0.0.0:8080
cannot reach the database at db:5432
GET https://shop.example.com/@scope/pkg?page=2 200 12ms
secret "db" not found; the token has expired, basic authentication failed
MountVolume.SetUp failed for volume "x": configmap "y" not found
image busybox@sha256:0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef`
	r := redact.New()
	if got := r.Text("log", text); got != text || len(r.Taken()) > 0 {
		t.Errorf("got\n%s\n%v", got, r.Taken())
	}
}

func pod() *corev1.Pod {
	return &corev1.Pod{
		TypeMeta: metav1.TypeMeta{APIVersion: "v1", Kind: "Pod"},
		ObjectMeta: metav1.ObjectMeta{
			Name: "web", Annotations: map[string]string{
				corev1.LastAppliedConfigAnnotation: `{"env":[{"name":"A","value":"planted-applied"}]}`, "example.com/api-token": "planted-annotation", "team": "shop",
			},
			ManagedFields: []metav1.ManagedFieldsEntry{{Manager: "kubectl"}},
		},
		Spec: corev1.PodSpec{Containers: []corev1.Container{{
			Name: "app", Image: "shop:1", Command: []string{"run", "--password", "planted-flag", "--port", "80"}, Args: []string{"--token=planted-argument"},
			Env: []corev1.EnvVar{
				{Name: "DB_PASSWORD", Value: "planted-env"}, {Name: "LEVEL", Value: "planted-level"},
				{Name: "REF", ValueFrom: &corev1.EnvVarSource{SecretKeyRef: &corev1.SecretKeySelector{LocalObjectReference: corev1.LocalObjectReference{Name: "db"}, Key: "url"}}},
			},
			LivenessProbe: &corev1.Probe{ProbeHandler: corev1.ProbeHandler{HTTPGet: &corev1.HTTPGetAction{HTTPHeaders: []corev1.HTTPHeader{{Name: "X-Auth", Value: "planted-header"}}}}},
		}}},
		Status: corev1.PodStatus{Message: "password=planted-message"},
	}
}

func TestObject(t *testing.T) {
	r := redact.New()
	object, err := r.Object("pod.yaml", pod())
	if err != nil {
		t.Fatal(err)
	}
	data, err := json.Marshal(object)
	if err != nil {
		t.Fatal(err)
	}
	text := string(data)
	if strings.Contains(text, "planted") || strings.Contains(text, "managedFields") {
		t.Errorf("a secret is in it:\n%s", text)
	}
	for _, want := range []string{`"‹redacted: env DB_PASSWORD›"`, `"key":"url"`, `"name":"db"`, `"--port","80"`, `"team":"shop"`, `"shop:1"`} {
		if !strings.Contains(text, want) {
			t.Errorf("without %s:\n%s", want, text)
		}
	}
	if got := r.Text("log of app", "I am planted-env, planted-level"); got != "I am ‹redacted: env DB_PASSWORD›, planted-level" {
		t.Errorf("the log says %q", got)
	}
	if !slices.Contains(r.Taken(), redact.Taken{Where: "log of app", What: "env DB_PASSWORD", Count: 1}) {
		t.Errorf("taken: %v", r.Taken())
	}
	for _, kind := range []string{"Secret", "ConfigMap"} {
		object, err := redact.New().Object("x", map[string]any{"kind": kind, "data": map[string]any{"a": "planted"}})
		if err != nil || strings.Contains(fmt.Sprint(object), "planted") {
			t.Errorf("%v: %v", err, object)
		}
	}
}

// What an object has as a secret is one wherever else it stands, in the object and in others.
func TestObjectOfOneSecretInManyPlaces(t *testing.T) {
	twice := pod()
	twice.Annotations["about"] = "started with planted-env"
	twice.Spec.Containers[0].Args = []string{"planted-env", "x=planted-flag"}
	twice.Spec.Containers[0].Command = append(twice.Spec.Containers[0].Command, "planted-annotation")
	other := &corev1.Pod{Spec: corev1.PodSpec{Containers: []corev1.Container{{Name: "app", Args: []string{"planted-env", "from-a-secret", "ZnJvbS1hLXNlY3JldA=="}}}}}
	secret := &corev1.Secret{TypeMeta: metav1.TypeMeta{Kind: "Secret"}, Data: map[string][]byte{"word": []byte("from-a-secret")}}
	for range 20 { // maps have no order
		r := redact.New()
		if err := r.Learn(secret, twice); err != nil {
			t.Fatal(err)
		}
		for name, of := range map[string]*corev1.Pod{"twice": twice, "other": other} {
			object, err := r.Object(name, of)
			if err != nil {
				t.Fatal(err)
			}
			for _, planted := range []string{"planted", "from-a-secret", "ZnJvbS1h"} {
				if text := fmt.Sprint(object); strings.Contains(text, planted) {
					t.Fatalf("%q is in %s:\n%s", planted, name, text)
				}
			}
		}
		if object, err := redact.New().Object("twice", twice); err != nil || strings.Contains(fmt.Sprint(object), "planted") {
			t.Fatalf("alone: %v: %v", err, object)
		}
	}
}

func FuzzText(f *testing.F) {
	for _, s := range []string{"", `token=`, `token="`, "token='x", `password=\"`, "-----BEGIN", `a\`, "://", "‹redacted: ", "cookie=\""} {
		f.Add(s, s)
	}
	f.Fuzz(func(t *testing.T, before, after string) {
		if strings.Contains(before+after, secret) {
			t.Skip()
		}
		for name, text := range planted() {
			text = before + " " + fmt.Sprintf(text, secret) + "\n" + after
			if got := redact.New().Text("x", text); strings.Contains(got, secret) {
				t.Errorf("%s: the secret of %q comes out: %q", name, text, got)
			}
		}
	})
}

func BenchmarkText(b *testing.B) {
	for name, line := range map[string]string{"log": "level=info msg=\"request served\" path=/x status=200 took=12ms\n", "names": `token=token="\"password:`, "keys": "-----BEGIN PRIVATE KEY-----"} {
		for _, size := range []int{64 << 10, 256 << 10} {
			text := strings.Repeat(line, size/len(line))
			b.Run(fmt.Sprintf("%s/%dk", name, size>>10), func(b *testing.B) {
				b.SetBytes(int64(len(text)))
				for b.Loop() {
					redact.New().Text("x", text)
				}
			})
		}
	}
}
