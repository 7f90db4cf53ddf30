package config

import (
	"embed"
	"fmt"
	"slices"
	"strings"
)

//go:embed schemas/*.json
var schemas embed.FS

// Schemas are the kinds of files that a person writes, and for which there is a [Schema].
func Schemas() []string { return []string{"config", "preset", "theme"} }

// Schema is the JSON Schema (https://json-schema.org/draft/2020-12) of a kind of file, for editors. It is made from the types that read the file.
func Schema(kind string) ([]byte, error) {
	if !slices.Contains(Schemas(), kind) {
		return nil, fmt.Errorf("there is no schema %q: there are %s", kind, strings.Join(Schemas(), ", "))
	}
	return schemas.ReadFile("schemas/" + kind + ".json") //nolint:wrapcheck // it is there
}
