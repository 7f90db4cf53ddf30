package api

import (
	"net/http"

	"k8s.io/apimachinery/pkg/runtime/schema"
)

// openAPI answers with as much of the schema as kubectl asks before it writes: that the server validates fields itself,
// so that kubectl needs no schema to do so. version is the path of a group's version, or "" for the list of them.
func (s *Server) openAPI(w http.ResponseWriter, r *http.Request, version string) {
	paths := map[string]any{}
	for _, resource := range s.resources {
		at := versionPath(resource.version)
		switch version {
		case "":
			paths[at] = map[string]string{"serverRelativeURL": "/openapi/v3/" + at}
		case at:
			paths["/"+at+"/"+resource.name+"/{name}"] = map[string]any{"patch": map[string]any{
				"parameters":                      []any{map[string]string{"name": "fieldValidation", "in": "query"}},
				"responses":                       map[string]any{},
				"x-kubernetes-group-version-kind": map[string]string{"group": resource.version.Group, "version": resource.version.Version, "kind": resource.kind},
			}}
		}
	}
	switch {
	case version == "":
		writeJSON(w, map[string]any{"paths": paths})
	case len(paths) == 0:
		http.NotFound(w, r)
	default:
		writeJSON(w, map[string]any{
			"openapi": "3.0.0", "info": map[string]string{"title": "Kubernetes", "version": gitVersion}, "paths": paths,
		})
	}
}

func versionPath(version schema.GroupVersion) string {
	if version.Group == "" {
		return "api/" + version.Version
	}
	return "apis/" + version.String()
}
