// Package kuberc reads what a person has said of credential plugins in kubectl's preferences, which holds for dayfly, too: a kubeconfig from elsewhere may name any
// program (https://kubernetes.io/docs/reference/kubectl/kuberc).
package kuberc

import (
	"cmp"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"strings"

	"go.yaml.in/yaml/v3"
)

// The policies. Nothing is the same as AllowAll.
const (
	allowAll  = "AllowAll"
	denyAll   = "DenyAll"
	allowlist = "Allowlist"
)

// Policy says which credential plugins may be started.
type Policy struct {
	file    string
	of      string
	allowed []string
	broken  error // why it cannot be read: none may be started then
}

// DeniedError is that a plugin may not be started.
type DeniedError struct {
	Command, File string
	why           string
}

// Error says why.
func (d *DeniedError) Error() string {
	return fmt.Sprintf("credential plugin %s is not started: %s", filepath.Base(d.Command), d.why)
}

// preferences is what is read of the file: https://kubernetes.io/docs/reference/config-api/kuberc.v1beta1
type preferences struct {
	Kind   string `yaml:"kind"`
	Policy string `yaml:"credentialPluginPolicy"`
	List   []struct {
		Name    string `yaml:"name"` // as Command; of before 1.37
		Command string `yaml:"command"`
	} `yaml:"credentialPluginAllowlist"`
}

// Read reads the policy of a person. The file is $KUBERC, else ~/.kube/kuberc; KUBERC=off and KUBECTL_KUBERC=false turn it off, as for kubectl. Where there is no
// file, all plugins may be started; where it cannot be read, none.
func Read(getenv func(string) string) Policy {
	file := getenv("KUBERC")
	if file == "off" || strings.EqualFold(getenv("KUBECTL_KUBERC"), "false") {
		return Policy{}
	}
	asked := file != ""
	if !asked {
		home, err := os.UserHomeDir()
		if err != nil {
			return Policy{}
		}
		file = filepath.Join(home, ".kube", "kuberc")
	}
	text, err := os.ReadFile(file)
	if errors.Is(err, fs.ErrNotExist) && !asked {
		return Policy{}
	}
	p := Policy{file: file, broken: err}
	if err == nil {
		p.broken = p.parse(text)
	}
	return p
}

// parse takes what the file says.
func (p *Policy) parse(text []byte) error {
	var read preferences
	if err := yaml.Unmarshal(text, &read); err != nil {
		return err //nolint:wrapcheck // the caller says of what
	}
	p.of = read.Policy
	for _, entry := range read.List {
		if entry.Name == "" && entry.Command == "" || entry.Name != "" && entry.Command != "" && entry.Name != entry.Command {
			return errors.New("each entry of credentialPluginAllowlist needs one command")
		}
		p.allowed = append(p.allowed, cmp.Or(entry.Command, entry.Name))
	}
	switch {
	case p.of != "" && p.of != allowAll && p.of != denyAll && p.of != allowlist:
		return fmt.Errorf("credentialPluginPolicy %q is none of %s, %s and %s", p.of, allowAll, denyAll, allowlist)
	case p.of != allowlist && len(p.allowed) > 0:
		return errors.New("credentialPluginAllowlist needs credentialPluginPolicy: " + allowlist)
	}
	return nil
}

// Check reports whether a plugin may be started; the error is a [*DeniedError]. A name of the list is the program that it is in PATH.
func (p Policy) Check(command string) error {
	denied := &DeniedError{Command: command, File: p.file}
	switch {
	case p.broken != nil:
		denied.why = fmt.Sprintf("what %s allows cannot be read: %v", p.file, p.broken)
		return denied
	case p.of == "", p.of == allowAll:
		return nil
	case p.of == denyAll:
		denied.why = "credentialPluginPolicy is " + denyAll + " in " + p.file
		return denied
	}
	path, err := exec.LookPath(command)
	for _, name := range p.allowed {
		if known, unknown := exec.LookPath(name); err == nil && unknown == nil && known == path {
			return nil
		}
	}
	denied.why = "it is not in credentialPluginAllowlist of " + p.file
	return denied
}
