package api_test

import (
	"fmt"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"testing"
	"time"

	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/runtime"
	"k8s.io/apimachinery/pkg/runtime/serializer/protobuf"
)

// TestCreatedBy notes who has made a pod, and what of it, but not what the server has added.
func TestCreatedBy(t *testing.T) {
	c := serve(t)
	c.clock.Advance(time.Minute)
	var pod corev1.Pod
	body := `{"kind":"Pod","apiVersion":"v1","metadata":{"name":"web","labels":{"app":"web"},"managedFields":[{"manager":"somebody else"}]},
"spec":{"hostPID":true,"containers":[{"name":"app","image":"a","volumeMounts":[{"name":"host","mountPath":"/host"}]},{"name":"b","image":"b"}],
"volumes":[{"name":"host","hostPath":{"path":"/"}}]}}`
	c.ask(t, call{method: "POST", path: "/api/v1/namespaces/shop/pods?fieldManager=kubectl-debug", body: body}).into(t, http.StatusCreated, &pod)
	if len(pod.ManagedFields) != 1 {
		t.Fatalf("the notes are %+v", pod.ManagedFields)
	}
	note := pod.ManagedFields[0]
	if note.Manager != "kubectl-debug" || note.Operation != "Update" || note.APIVersion != "v1" || !note.Time.Time.Equal(start.Add(time.Minute)) {
		t.Errorf("the note is %+v", note)
	}
	raw := string(note.FieldsV1.GetRawBytes())
	for _, part := range []string{
		`"f:metadata":{"f:labels":{"f:app":{}}}`, `"f:hostPID":{}`, `"k:{\"name\":\"app\"}":{`, `"k:{\"mountPath\":\"/host\"}":{`,
		`"f:hostPath":{"f:path":{}`, `"k:{\"name\":\"b\"}":{"f:image":{}`,
	} {
		if !strings.Contains(raw, part) {
			t.Errorf("the fields are %s, without %s", raw, part)
		}
	}
	for _, part := range []string{"kube-api-access", "f:tolerations", "f:serviceAccount", "f:status", "serviceaccount", `"f:volumeMounts":{}`} {
		if strings.Contains(raw, part) {
			t.Errorf("the fields are %s, with %s, which the server has added", raw, part)
		}
	}
}

// TestMetadataPages reads the metadata of pods and Jobs page by page, as JSON and as protobuf, with the notes of who has entered a pod.
func TestMetadataPages(t *testing.T) {
	c := serve(t, pod("p1", "app"), pod("p2", "app"), pod("p3", "app"))
	c.job(t)
	enter := call{
		method: "PATCH", path: "/api/v1/namespaces/shop/pods/p2/ephemeralcontainers?fieldManager=kubectl-debug",
		content: "application/strategic-merge-patch+json", body: `{"spec":{"ephemeralContainers":[{"name":"debugger-x2","image":"busybox:1.37"}]}}`,
	}
	if a := c.ask(t, enter); a.code != http.StatusOK {
		t.Fatalf("%d %s", a.code, a.body)
	}
	for _, media := range []string{"application/json", "application/vnd.kubernetes.protobuf"} {
		for path, want := range map[string]string{"/api/v1/pods": "p1 p2 p3 entered [p2]", "/apis/batch/v1/jobs": "timer entered []"} {
			var names, entered []string
			for token, rest := "", int64(-1); ; {
				page := c.metadata(t, path+"?limit=2&continue="+url.QueryEscape(token), media)
				for i := range page.Items {
					names = append(names, page.Items[i].Name)
					if slices.ContainsFunc(page.Items[i].ManagedFields, notedAsEntry) {
						entered = append(entered, page.Items[i].Name)
					}
				}
				if rest >= 0 && int64(len(page.Items)) != rest {
					t.Errorf("%s as %s: %d came, %d were said to remain", path, media, len(page.Items), rest)
				}
				if token = page.Continue; token == "" {
					break
				}
				rest = *page.RemainingItemCount
			}
			if got := fmt.Sprintf("%s entered %s", strings.Join(names, " "), entered); got != want {
				t.Errorf("%s as %s: %s, want %s", path, media, got, want)
			}
		}
	}
}

func notedAsEntry(e metav1.ManagedFieldsEntry) bool {
	return e.Manager == "kubectl-debug" && e.Subresource == "ephemeralcontainers" &&
		strings.Contains(string(e.FieldsV1.GetRawBytes()), `"f:spec":{"f:ephemeralContainers":{"k:{\"name\":\"debugger-x2\"}"`)
}

// metadata is a page of the metadata of objects, in a form.
func (c *cluster) metadata(t *testing.T, path, media string) (page metav1.PartialObjectMetadataList) {
	t.Helper()
	a := c.ask(t, call{path: path, accept: media + ";as=PartialObjectMetadataList;g=meta.k8s.io;v=v1"})
	if got := a.header.Get("Content-Type"); got != media {
		t.Fatalf("%d %s, want %s", a.code, got, media)
	}
	if media == "application/json" {
		a.into(t, http.StatusOK, &page)
		return page
	}
	scheme := runtime.NewScheme()
	if err := metav1.AddMetaToScheme(scheme); err != nil {
		t.Fatal(err)
	}
	if _, _, err := protobuf.NewSerializer(scheme, scheme).Decode(a.body, nil, &page); err != nil {
		t.Fatalf("%s: %v: %q", path, err, a.body)
	}
	return page
}
