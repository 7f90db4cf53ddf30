package presets

import (
	"errors"
	"fmt"
	"path"
	"strings"

	"github.com/dayfly-k8s/dayfly/kube"
	"github.com/dayfly-k8s/dayfly/kube/dumps"
)

// Brings says that a preset brings a file home: its container waits, the command runs in it by exec and writes the file, and the file is copied to this
// machine and deleted there.
type Brings struct {
	Command []string `yaml:"command,flow" json:"command"`              // ends with 0 when the file is whole; its way to the file is in $FILE
	File    string   `yaml:"file" json:"file"`                         // where it is then, in the debug container, or below {root} in the target; {id} is a word of its own
	Name    string   `yaml:"name" json:"name"`                         // what it is called at home, behind the pod and the time
	Size    string   `yaml:"size,omitempty" json:"size,omitempty"`     // memory: as large as the memory that the process uses; mapped: as all that it has mapped; empty: small
	Pauses  bool     `yaml:"pauses,omitempty" json:"pauses,omitempty"` // the process stands still meanwhile
}

// The sizes of what has all memory of the target in it: that which is used, or all that is mapped.
const (
	SizeMemory = "memory"
	SizeMapped = "mapped"
)

// inTarget begins the path of a file that is the target's.
const inTarget = "{root}"

// InTarget is the path of the file as the target sees it; false: it is in the debug container.
func (b *Brings) InTarget() (string, bool) {
	rest, ok := strings.CutPrefix(b.File, inTarget)
	return rest, ok
}

// Dump is what is brought home; id is a word that no other dump has.
func (b *Brings) Dump(id string) dumps.Dump {
	file, in := b.InTarget()
	if !in {
		file = b.File
	}
	return dumps.Dump{Command: b.Command, File: strings.ReplaceAll(file, "{id}", id), InTarget: in, Memory: b.Size == SizeMemory, Mapped: b.Size == SizeMapped, Pauses: b.Pauses}
}

// Usual is the argument that a preset takes if it is given none: what stands behind the sign of [PORT=6060].
func (p Preset) Usual() string {
	_, usual, _ := strings.Cut(strings.Trim(p.Takes, "[]"), "=")
	return usual
}

// Optional reports whether a preset may be used without the arguments that it takes: they stand in brackets then.
func (p Preset) Optional() bool {
	return strings.HasPrefix(p.Takes, "[") && strings.HasSuffix(p.Takes, "]")
}

// waits is the command of the container of a preset that brings something: so long is longer than any copy takes, and if dayfly dies, it ends by itself.
func waits() []string { return []string{"sh", "-c", "exec sleep 14400"} }

func (p Preset) checkBrings() error {
	b := p.Brings
	if b == nil {
		return nil
	}
	file := strings.TrimPrefix(b.File, inTarget)
	switch {
	case p.Many || p.Node != "" || p.NoTarget:
		return at(errors.New("brings does not go with many, node or noTarget: it is about the processes of one pod"), "brings")
	case len(p.Command) > 0 || p.ArgumentsOnly:
		return at(errors.New("brings and command do not go together: the container waits, and the command of brings runs in it"), "command")
	case len(b.Command) == 0:
		return at(errors.New("brings: command is missing: write the command that makes the file"), "brings")
	case b.File == "":
		return at(errors.New("brings: file is missing: write the path of the file that the command makes"), "brings")
	case !path.IsAbs(file) || path.Clean(file) != file || file == "/" || b.File != kube.Sanitize(b.File):
		return at(fmt.Errorf("brings: file %q: write a path from the root, such as /tmp/dump or {root}/tmp/dump", b.File), "brings", "file")
	case b.Name == "" || path.Base(b.Name) != b.Name || strings.HasPrefix(b.Name, ".") || strings.Trim(b.Name, nameRunes) != "":
		return at(fmt.Errorf("brings: name %q: write the name of a file, of letters, digits, dots, dashes and underscores, such as heap.pprof", b.Name), "brings", "name")
	case b.Size != "" && b.Size != SizeMemory && b.Size != SizeMapped:
		return at(fmt.Errorf("brings: size %q: write memory for a file that has the memory of the process in it, or mapped for all that it has mapped, or leave it out", b.Size), "brings", "size")
	}
	return nil
}

const nameRunes = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789.-_"
