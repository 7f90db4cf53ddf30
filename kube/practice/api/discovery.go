package api

import (
	"encoding/json"
	"io"
	"net/http"
	"runtime"
	"slices"
	"strings"

	authenticationv1 "k8s.io/api/authentication/v1"
	authorizationv1 "k8s.io/api/authorization/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/runtime/schema"
	"k8s.io/apimachinery/pkg/version"
)

// serveOther answers what is no request for a resource: health, version and discovery.
func (s *Server) serveOther(w http.ResponseWriter, r *http.Request) {
	path := strings.Trim(r.URL.Path, "/")
	if r.Method != http.MethodGet && r.Method != http.MethodHead {
		http.NotFound(w, r)
		return
	}
	groups := s.groups()
	switch {
	case path == "healthz", path == "livez", path == "readyz":
		w.Header().Set("Content-Type", "text/plain; charset=utf-8")
		_, _ = io.WriteString(w, "ok") // a client that has gone needs no answer
	case path == "version":
		writeJSON(w, versionInfo())
	case path == "api":
		s.write(w, r, http.StatusOK, &metav1.APIVersions{
			Versions:                   []string{"v1"},
			ServerAddressByClientCIDRs: []metav1.ServerAddressByClientCIDR{{ClientCIDR: "0.0.0.0/0", ServerAddress: r.Host}},
		})
	case path == "apis":
		s.write(w, r, http.StatusOK, &metav1.APIGroupList{Groups: groups})
	case path == "api/v1":
		s.write(w, r, http.StatusOK, s.resourceList(schema.GroupVersion{Version: "v1"}))
	case path == "openapi/v3", strings.HasPrefix(path, "openapi/v3/"):
		s.openAPI(w, r, strings.TrimPrefix(strings.TrimPrefix(path, "openapi/v3"), "/"))
	default:
		for _, group := range groups {
			switch path {
			case "apis/" + group.Name:
				s.write(w, r, http.StatusOK, &group)
				return
			case "apis/" + group.PreferredVersion.GroupVersion:
				s.write(w, r, http.StatusOK, s.resourceList(schema.GroupVersion{Group: group.Name, Version: group.PreferredVersion.Version}))
				return
			}
		}
		http.NotFound(w, r)
	}
}

func versionInfo() version.Info {
	return version.Info{
		Major: "1", Minor: "34", GitVersion: gitVersion, GitTreeState: "clean", BuildDate: "1970-01-01T00:00:00Z",
		GoVersion: runtime.Version(), Compiler: runtime.Compiler, Platform: runtime.GOOS + "/" + runtime.GOARCH,
	}
}

func writeJSON(w http.ResponseWriter, value any) {
	data, err := json.Marshal(value)
	if err != nil {
		http.Error(w, "encode the answer: "+err.Error(), http.StatusInternalServerError)
		return
	}
	w.Header().Set("Content-Type", "application/json")
	_, _ = w.Write(data) // a client that has gone needs no answer
}

// groups are the API groups besides the core one, in the order of the table.
func (s *Server) groups() []metav1.APIGroup {
	versions := []schema.GroupVersion{authenticationv1.SchemeGroupVersion, authorizationv1.SchemeGroupVersion}
	for _, r := range s.resources {
		if r.version.Group != "" && !slices.Contains(versions, r.version) {
			versions = append(versions, r.version)
		}
	}
	var groups []metav1.APIGroup
	for _, v := range versions {
		this := metav1.GroupVersionForDiscovery{GroupVersion: v.String(), Version: v.Version}
		groups = append(groups, metav1.APIGroup{Name: v.Group, Versions: []metav1.GroupVersionForDiscovery{this}, PreferredVersion: this})
	}
	return groups
}

func (s *Server) resourceList(version schema.GroupVersion) *metav1.APIResourceList {
	list := &metav1.APIResourceList{GroupVersion: version.String()}
	for _, name := range reviews() {
		if kind := reviewKind(name); kind.GroupVersion() == version {
			list.APIResources = append(list.APIResources, metav1.APIResource{
				Name: name, SingularName: strings.ToLower(kind.Kind), Kind: kind.Kind, Verbs: []string{"create"},
			})
		}
	}
	for _, r := range s.resources {
		if r.version != version {
			continue
		}
		entry := metav1.APIResource{
			Name: r.name, SingularName: r.singular, Namespaced: !r.cluster, Kind: r.kind, Verbs: r.verbs(), ShortNames: r.short,
		}
		if r.inAll {
			entry.Categories = []string{"all"}
		}
		list.APIResources = append(list.APIResources, entry)
		for _, sub := range r.subresources {
			list.APIResources = append(list.APIResources, metav1.APIResource{
				Name: r.name + "/" + sub.name, Namespaced: !r.cluster, Kind: sub.kind, Verbs: sub.verbs,
			})
		}
	}
	return list
}
