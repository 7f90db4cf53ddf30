// Package licences knows under which licences the modules are that go into a program. Releases have the list; the program itself has not this package.
package licences

import (
	"context"
	"encoding/json"
	"fmt"
	"io"
	"maps"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strings"

	"github.com/google/licensecheck"
)

// allowed are the licences that may be in a program under the MIT licence, by their names of SPDX (https://spdx.org/licenses).
func allowed() []string {
	return []string{"0BSD", "Apache-2.0", "BSD-2-Clause", "BSD-3-Clause", "ISC", "MIT", "Unlicense"}
}

// systems are those for which the program is built.
func systems() []string { return []string{"linux", "darwin", "windows"} }

// module is one that goes into the program.
type module struct{ path, version, folder string }

// Write prints the licences and notices of all that goes into the program of a package, Go itself with it. An error is that one is missing, or not allowed.
func Write(ctx context.Context, out io.Writer, program string) error {
	modules, err := linked(ctx, program)
	if err != nil {
		return err
	}
	const width = 79
	for _, m := range modules {
		texts, err := m.texts()
		if err != nil {
			return err
		}
		if _, err = fmt.Fprintf(out, "%s\n%s %s\n\n%s\n", strings.Repeat("=", width), m.path, m.version, strings.Join(texts, "\n\n")); err != nil {
			return fmt.Errorf("print the licences: %w", err)
		}
	}
	return nil
}

// linked are the modules with a package in a program, on every system, by their names.
func linked(ctx context.Context, program string) ([]module, error) {
	all := map[string]module{}
	for _, system := range systems() {
		cmd := exec.CommandContext(ctx, "go", "list", "-deps", "-f", "{{with .Module}}{{if not .Main}}{{.Path}}\t{{.Version}}\t{{.Dir}}{{end}}{{end}}", program)
		cmd.Env = append(os.Environ(), "GOOS="+system, "CGO_ENABLED=0")
		text, err := cmd.Output()
		if err != nil {
			return nil, fmt.Errorf("list what is in %s: %w", program, err)
		}
		for line := range strings.Lines(string(text)) {
			path, rest, _ := strings.Cut(strings.TrimSpace(line), "\t")
			if version, folder, ok := strings.Cut(rest, "\t"); ok {
				all[path] = module{path, version, folder}
			}
		}
	}
	var env struct{ GOROOT, GOVERSION string }
	text, err := exec.CommandContext(ctx, "go", "env", "-json", "GOROOT", "GOVERSION").Output()
	if err == nil {
		err = json.Unmarshal(text, &env)
	}
	if err != nil {
		return nil, fmt.Errorf("ask for the folder of Go: %w", err)
	}
	all["Go"] = module{"Go", env.GOVERSION, env.GOROOT}
	return slices.SortedFunc(maps.Values(all), func(a, b module) int { return strings.Compare(a.path, b.path) }), nil
}

// texts are the licences and notices of a module.
func (m module) texts() ([]string, error) {
	entries, err := os.ReadDir(m.folder)
	if err != nil {
		return nil, fmt.Errorf("%s: %w", m.path, err)
	}
	isLicence := regexp.MustCompile(`(?i)^(licen[cs]e|copying|unlicense)([.-].*)?$`)
	isNotice := regexp.MustCompile(`(?i)^notice([.].*)?$`)
	var texts []string
	known := false
	for _, e := range entries {
		licence := isLicence.MatchString(e.Name()) && !strings.HasSuffix(e.Name(), ".docs") // that of texts which do not go into a program
		if e.IsDir() || !licence && !isNotice.MatchString(e.Name()) {
			continue
		}
		text, err := os.ReadFile(filepath.Join(m.folder, e.Name()))
		if err != nil {
			return nil, fmt.Errorf("%s: %w", m.path, err)
		}
		texts = append(texts, strings.TrimSpace(string(text)))
		if !licence {
			continue
		}
		for _, match := range licensecheck.Scan(text).Match {
			if !slices.Contains(allowed(), match.ID) {
				return nil, fmt.Errorf("%s is under %s (%s), which is not among %s", m.path, match.ID, e.Name(), strings.Join(allowed(), ", "))
			}
			known = true
		}
	}
	if !known {
		return nil, fmt.Errorf("%s has no licence that is known, in %s", m.path, m.folder)
	}
	return texts, nil
}
