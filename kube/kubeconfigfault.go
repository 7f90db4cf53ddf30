package kube

import (
	"encoding/base64"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"reflect"
	"regexp"
	"strings"

	"go.yaml.in/yaml/v3"
	clientcmdv1 "k8s.io/client-go/tools/clientcmd/api/v1"
)

// kubeconfigFault says which of the files is wrong, and where. The errors of the libraries are not shown: those of a duplicate name or a
// wrong type have the whole entry in them, with its token.
func kubeconfigFault(files []string, err error) *Problem {
	p := &Problem{Message: "the kubeconfig cannot be read", Hint: "fix that file", Help: []Help{SwitchKubeconfig}, Err: errKubeconfig}
	for _, file := range files {
		if file == "" {
			continue
		}
		shown := Sanitize(file)
		text, readErr := os.ReadFile(file)
		var path *fs.PathError
		switch {
		case errors.As(readErr, &path) && errors.Is(readErr, fs.ErrNotExist):
			if errors.Is(err, fs.ErrNotExist) {
				p.Message = fmt.Sprintf("the kubeconfig %s does not exist", shown)
				p.Hint, p.Help = "check its path", []Help{SwitchKubeconfig, TryDemo}
				return p
			}
			continue
		case errors.As(readErr, &path):
			p.Message = fmt.Sprintf("the kubeconfig %s cannot be read: %v", shown, path.Err)
			return p
		}
		if fault := faultOf(text); fault != "" {
			p.Message = fmt.Sprintf("the kubeconfig %s %s", shown, fault)
			return p
		}
	}
	return p
}

// errKubeconfig stands for an error whose text may hold credentials.
var errKubeconfig = errors.New("the kubeconfig is not valid")

// faultOf says what is wrong with the text of a kubeconfig, without a value of it; empty when nothing is found.
func faultOf(text []byte) string {
	var document yaml.Node
	if err := yaml.Unmarshal(text, &document); err != nil {
		if match := regexp.MustCompile(`line (\d+)`).FindStringSubmatch(err.Error()); match != nil {
			return "is not valid YAML near line " + match[1]
		}
		return "is not valid YAML"
	}
	if len(document.Content) == 0 {
		return ""
	}
	c := faultFinder{}
	c.check(document.Content[0], reflect.TypeFor[clientcmdv1.Config](), "")
	return c.fault
}

// faultFinder holds a YAML tree against the types it is decoded into, and keeps the first fault.
type faultFinder struct {
	fault string
	depth int // an alias may lead to what it is in
}

func (c *faultFinder) found(node *yaml.Node, format string, args ...any) {
	if c.fault == "" {
		c.fault = fmt.Sprintf(format, args...) + fmt.Sprintf(" (line %d)", node.Line)
	}
}

// check looks at what is at path, which is the names of known fields and of entries.
func (c *faultFinder) check(node *yaml.Node, want reflect.Type, path string) {
	const deepest = 20
	if c.depth++; c.depth > deepest {
		return
	}
	defer func() { c.depth-- }()
	for node.Kind == yaml.AliasNode {
		node = node.Alias
	}
	if want.Kind() == reflect.Pointer {
		want = want.Elem()
	}
	if node.Tag == "!!null" {
		return
	}
	place := "has " + strings.TrimPrefix(path, ".")
	if path == "" {
		place = "has a document"
	}
	switch {
	case want == reflect.TypeFor[[]byte]():
		if node.Kind != yaml.ScalarNode {
			c.found(node, "%s that is not text", place)
		} else if _, err := base64.StdEncoding.DecodeString(strings.NewReplacer("\n", "", "\r", "").Replace(node.Value)); err != nil {
			c.found(node, "%s that is not base64", place)
		}
	case want.Kind() == reflect.Struct && want.Name() == "RawExtension", want.Kind() == reflect.Interface:
	case want.Kind() == reflect.Struct:
		if node.Kind != yaml.MappingNode {
			c.found(node, "%s that is not a set of keys and values", place)
			return
		}
		c.fields(node, want, path)
	case want.Kind() == reflect.Slice:
		if node.Kind != yaml.SequenceNode {
			c.found(node, "%s that is not a list", place)
			return
		}
		c.entries(node, want.Elem(), path)
	case want.Kind() == reflect.Map:
		if node.Kind != yaml.MappingNode {
			c.found(node, "%s that is not a set of keys and values", place)
			return
		}
		for i := 1; i < len(node.Content); i += 2 {
			c.check(node.Content[i], want.Elem(), path+" with a value")
		}
	case want.Kind() == reflect.String && (node.Kind != yaml.ScalarNode || node.Tag != "!!str" && node.Tag != "!!timestamp" && node.Tag != "!!binary"):
		c.found(node, "%s that is not text: put it in quotes", place)
	case want.Kind() == reflect.Bool && node.Tag != "!!bool":
		c.found(node, "%s that is neither true nor false", place)
	}
}

// fields checks what a struct has by its json tags; other keys are ignored, as client-go does.
func (c *faultFinder) fields(node *yaml.Node, want reflect.Type, path string) {
	for i := 0; i+1 < len(node.Content); i += 2 {
		for field := range want.NumField() {
			f := want.Field(field)
			name, _, _ := strings.Cut(f.Tag.Get("json"), ",")
			switch {
			case name == "" && f.Anonymous:
				c.fields(&yaml.Node{Content: node.Content[i : i+2]}, f.Type, path)
			case name != "" && name != "-" && strings.EqualFold(name, node.Content[i].Value):
				c.check(node.Content[i+1], f.Type, path+"."+name)
			}
		}
	}
}

// entries checks a list; what has a name must not have that of another.
func (c *faultFinder) entries(node *yaml.Node, want reflect.Type, path string) {
	seen := map[string]int{}
	for _, entry := range node.Content {
		at := path
		if name := nameOf(entry); name != nil && want.Kind() == reflect.Struct && strings.HasPrefix(want.Name(), "Named") {
			shown := fmt.Sprintf("%q", Brief(Sanitize(concealed(name.Value))))
			at = fmt.Sprintf("%s %s:", path, shown)
			if line, again := seen[name.Value]; again {
				c.found(name, "has two %s with the name %s, the first in line %d", strings.TrimPrefix(path, "."), shown, line)
			}
			seen[name.Value] = name.Line
		}
		c.check(entry, want, at)
	}
}

// nameOf is the value of the key "name" of an entry; nil when it has none.
func nameOf(entry *yaml.Node) *yaml.Node {
	if entry.Kind != yaml.MappingNode {
		return nil
	}
	for i := 0; i+1 < len(entry.Content); i += 2 {
		if value := entry.Content[i+1]; entry.Content[i].Value == "name" && value.Kind == yaml.ScalarNode {
			return value
		}
	}
	return nil
}
