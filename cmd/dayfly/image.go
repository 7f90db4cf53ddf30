package main

import (
	"cmp"
	"errors"
	"fmt"
	"io"
	"strings"
	"unicode/utf8"

	"github.com/spf13/cobra"

	"github.com/dayfly-k8s/dayfly/kube"
	"github.com/dayfly-k8s/dayfly/presets/nixery"
)

// composition is the command line of dayfly image.
type composition struct {
	kube    kube.Flags
	words   []string
	arch    string
	noShell bool
	host    string
	output  string
}

// composed is what dayfly image -o json prints.
type composed struct {
	Image    string            `json:"image"`
	From     string            `json:"from,omitempty"` // where it is taken from, when a mirror has it
	Arch     string            `json:"arch"`
	Packages []string          `json:"packages"`
	Resolved map[string]string `json:"resolved"` // commands to the packages that have them
	Command  []string          `json:"command"`
	Env      []variable        `json:"env"`
}

type variable struct {
	Name  string `json:"name"`
	Value string `json:"value"`
}

func newImageCommand() *cobra.Command {
	var c composition
	cmd := &cobra.Command{
		Use:   "image PACKAGE | COMMAND ...",
		Short: "Print the name of an image with these tools, for a Nixery registry",
		Long: `dayfly image prints the image name for which a Nixery registry (https://nixery.dev) builds an image
with these packages, in the form that caches best: dayfly image dig psql. A command stands for its
package (psql for postgresql); an unknown word is used as a nixpkgs package name. dayfly does not
check that it exists. The registry is that of config.yaml for the context, else nixery.dev. With
-o json it prints image, from (when a mirror of config.yaml has it), arch, packages, resolved (the
packages of commands), command, and env, a list of name and value.`,
		Args: func(_ *cobra.Command, args []string) error {
			c.words = args
			return nil
		},
		RunE: func(cmd *cobra.Command, _ []string) error { return c.run(cmd.OutOrStdout(), cmd.ErrOrStderr()) },
	}
	flags := cmd.Flags()
	flags.SortFlags = false
	flags.StringVar(&c.arch, "arch", "amd64", "Architecture of the node: amd64 or arm64")
	flags.BoolVar(&c.noShell, "no-shell", false, "Leave out the shell (bash and coreutils)")
	flags.StringVar(&c.host, "host", "", "Nixery registry (default that of config.yaml, else "+nixery.Host+")")
	addOutput(flags, &c.output)
	addContext(flags, &c.kube)
	return cmd
}

func (c *composition) run(stdout, stderr io.Writer) error {
	if err := checkOutput(c.output); err != nil {
		return err
	}
	catalogue, err := nixery.Shipped()
	if err != nil {
		return fmt.Errorf("read the catalogue: %w", err)
	}
	image, resolved, err := c.image(catalogue)
	if err != nil {
		return err
	}
	settings, notices := settingsNow(&c.kube)
	for _, notice := range notices {
		_, _ = fmt.Fprintln(stderr, "dayfly: "+kube.Sanitize(notice))
	}
	settings.Nixery = cmp.Or(c.host, settings.Nixery)
	image.Host = settings.Nixery
	if err := image.Check(); err != nil {
		return explainName(err)
	}
	if c.output == "json" {
		d := describe(image, resolved)
		if from, rule := settings.Rewrite(d.Image); rule != nil {
			d.From = from
		}
		return writeJSON(stdout, d)
	}
	_, err = fmt.Fprintln(stdout, image)
	return err
}

// image is what the words and flags ask for.
func (c *composition) image(catalogue *nixery.Catalogue) (nixery.Image, map[string]string, error) {
	image := nixery.Image{Host: c.host, Shell: !c.noShell, ARM64: c.arch == "arm64"}
	resolved := map[string]string{}
	switch {
	case len(c.words) == 0:
		return image, nil, usageError{errors.New("missing packages: name packages or commands, such as dayfly image dig psql")}
	case c.arch != "amd64" && c.arch != "arm64":
		return image, nil, usageError{fmt.Errorf("--arch %q: Nixery makes images for amd64 and arm64", c.arch)}
	}
	for _, word := range c.words {
		name, known := catalogue.Resolve(word)
		if !known {
			name = word
		}
		if err := nixery.CheckPackage(name); err != nil {
			return image, nil, explainName(err)
		}
		if name != word {
			resolved[word] = name
		}
		image.Packages = append(image.Packages, name)
	}
	return image, resolved, nil
}

func describe(image nixery.Image, resolved map[string]string) composed {
	image = image.Canonical()
	d := composed{Image: image.String(), Arch: "amd64", Packages: image.Packages, Resolved: resolved, Command: image.Command()}
	if image.ARM64 {
		d.Arch = "arm64"
	}
	if d.Command == nil {
		d.Command = []string{}
	}
	for _, v := range image.Env() {
		d.Env = append(d.Env, variable(v))
	}
	return d
}

// explainName puts a caret under what is wrong in a name.
func explainName(err error) error {
	var syntax *nixery.SyntaxError
	if !errors.As(err, &syntax) {
		return usageError{err}
	}
	const room = 70
	what, text := syntax.Error(), kube.Sanitize(syntax.Text)
	if at := utf8.RuneCountInString(kube.Sanitize(syntax.Text[:syntax.At])); utf8.RuneCountInString(text) <= room {
		what += "\n  " + text + "\n  " + strings.Repeat(" ", at) + "^"
	}
	return usageError{&kube.Problem{Message: what, Hint: syntax.Hint, Err: err}}
}
