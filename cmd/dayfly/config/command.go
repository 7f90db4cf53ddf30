package config

import (
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"

	"github.com/dayfly-k8s/dayfly/cmd/dayfly/folders"
	"github.com/dayfly-k8s/dayfly/kube"
)

// Program is what dayfly config needs of the program that it belongs to.
type Program struct {
	Usage    func(error) error // makes a mistake on the command line of an error
	JSON     func(io.Writer, any) error
	AddTo    func(*pflag.FlagSet)                      // the flags that choose a context
	Context  func() string                             // the one that they choose
	Mistakes func() (folder string, all []string)      // in the configuration, the presets and the themes
	Theme    func() (name string, chosen bool)         // that was chosen in dayfly
	Told     error                                     // the end of a command that has told what is wrong
	Notices  func(w io.Writer, notices []string) error // tells what is wrong with the folders
}

const help = `dayfly config prints the settings that count in a context, and where each comes from: config.yaml,
or dayfly itself. It asks no cluster. With -o json it prints file, exists, context, mistakes, and
values as a list of key, value and from.

    dayfly config path            prints where config.yaml is, or would be
    dayfly config check           finds mistakes in config.yaml, the presets and the themes
    dayfly config init            writes a config.yaml with every key, each commented out
    dayfly config init --k9s      writes a plugin for k9s, which starts dayfly with Shift-D
    dayfly config schema [KIND]   prints the JSON Schema of config (default), preset or theme

See dayfly help config for the keys.`

// New is dayfly config.
func New(p Program) *cobra.Command {
	var output string
	cmd := &cobra.Command{
		Use: "config", Short: "Show the settings, and where they come from", Long: help,
		Args: p.none("config", "To open a pod of that name: dayfly -- config"),
		RunE: func(cmd *cobra.Command, _ []string) error { return p.show(cmd, output) },
	}
	cmd.Flags().SortFlags = false
	cmd.Flags().StringVarP(&output, "output", "o", "", "Print for programs: json")
	p.AddTo(cmd.Flags())
	cmd.AddCommand(&cobra.Command{
		Use: "path", Short: "Print where config.yaml is, or would be", Args: p.none("config path", ""),
		RunE: func(cmd *cobra.Command, _ []string) error {
			folder, _, err := folders.Config()
			if err != nil {
				return nowhere(err)
			}
			return say(cmd.OutOrStdout(), filepath.Join(folder, "config.yaml"))
		},
	}, &cobra.Command{
		Use: "check", Short: "Find mistakes in config.yaml, the presets and the themes", Args: p.none("config check", ""),
		RunE: func(cmd *cobra.Command, _ []string) error { return p.check(cmd.OutOrStdout(), cmd.ErrOrStderr()) },
	}, p.newInit(), &cobra.Command{
		Use: "schema [KIND]", Short: "Print the JSON Schema of a file: config, preset or theme", ValidArgs: Schemas(),
		Args: func(_ *cobra.Command, args []string) error {
			if len(args) > 1 {
				return p.Usage(fmt.Errorf("config schema takes one kind of file, got %q", args))
			}
			return nil
		},
		RunE: func(cmd *cobra.Command, args []string) error {
			text, err := Schema(append(args, "config")[0])
			if err != nil {
				return p.Usage(err)
			}
			return say(cmd.OutOrStdout(), strings.TrimSuffix(string(text), "\n"))
		},
	})
	return cmd
}

func (p Program) none(command, hint string) cobra.PositionalArgs {
	return func(_ *cobra.Command, args []string) error {
		if len(args) == 0 {
			return nil
		}
		text := fmt.Sprintf("dayfly %s takes no arguments, got %q", command, args)
		if hint != "" {
			text += ". " + hint
		}
		return p.Usage(errors.New(text))
	}
}

func (p Program) newInit() *cobra.Command {
	var k9s bool
	cmd := &cobra.Command{
		Use: "init", Short: "Write a config.yaml with every key, each commented out", Args: p.none("config init", ""),
		Long: `dayfly config init writes config.yaml with every key that there is, commented out, and beside it
its JSON Schema, with which editors complete and check it. With --k9s it writes a plugin for k9s
instead, by which Shift-D starts dayfly on the pod, the container, the workload or the node under
the cursor. Nothing that is there is replaced.`,
		RunE: func(cmd *cobra.Command, _ []string) error {
			var files []string
			if k9s {
				file, err := InitK9s()
				if err != nil {
					return err
				}
				return say(cmd.OutOrStdout(), file)
			}
			folder, _, err := folders.Config()
			if err != nil {
				return nowhere(err)
			}
			files, err = Init(folder)
			for _, file := range files {
				if err := say(cmd.OutOrStdout(), file); err != nil {
					return err
				}
			}
			return err
		},
	}
	cmd.Flags().BoolVar(&k9s, "k9s", false, "Write a plugin for k9s")
	return cmd
}

// nowhere is the problem of a person without a folder.
func nowhere(err error) error {
	return &kube.Problem{Message: err.Error() + ", so there is no folder for config.yaml", Hint: "set HOME or XDG_CONFIG_HOME to an absolute path", Err: err}
}

// report is what dayfly config -o json prints.
type report struct {
	File     string   `json:"file"`
	Exists   bool     `json:"exists"`
	Context  string   `json:"context"` // empty: there is none
	Mistakes []string `json:"mistakes"`
	Values   []Value  `json:"values"`
}

// show prints the settings.
func (p Program) show(cmd *cobra.Command, output string) error {
	if output != "" && output != "json" {
		return p.Usage(fmt.Errorf("--output %q: use json, or leave it out", output))
	}
	c, folder, mistakes := Own()
	r := report{File: filepath.Join(folder, "config.yaml"), Context: p.Context(), Mistakes: append([]string{}, mistakes...)}
	_, err := os.Lstat(r.File)
	r.Exists = err == nil
	r.Values = c.Effective(r.Context)
	if name, chosen := p.Theme(); chosen {
		for i, v := range r.Values {
			if v.Key == "theme" {
				r.Values[i].Value, r.Values[i].From = name, "chosen in dayfly"
			}
		}
	}
	if output == "json" {
		return p.JSON(cmd.OutOrStdout(), r)
	}
	if err := p.Notices(cmd.ErrOrStderr(), mistakes); err != nil {
		return err
	}
	return say(cmd.OutOrStdout(), r.text())
}

// text is a report for people.
func (r report) text() string {
	var b strings.Builder
	state := ""
	if !r.Exists {
		state = " (there is none: dayfly config init writes one)"
	}
	fmt.Fprintf(&b, "file     %s%s\n", kube.Sanitize(r.File), state)
	if r.Context != "" {
		fmt.Fprintf(&b, "context  %s\n", kube.Sanitize(r.Context))
	}
	key, value := 0, 0
	const widest = 40
	for _, v := range r.Values {
		key, value = max(key, len(v.Key)), max(value, min(len(v.Value), widest))
	}
	section := ""
	for _, v := range r.Values {
		if now, _, inside := strings.Cut(v.Key, "."); section == "" || inside && now != section {
			b.WriteString("\n")
			section = now
		}
		fmt.Fprintf(&b, "%-*s  %-*s  %s\n", key, v.Key, value, kube.Sanitize(v.Value), kube.Sanitize(v.From))
	}
	return strings.TrimSuffix(b.String(), "\n")
}

// check tells the mistakes.
func (p Program) check(stdout, stderr io.Writer) error {
	folder, mistakes := p.Mistakes()
	if len(mistakes) == 0 {
		return say(stdout, "no mistakes in "+kube.Sanitize(folder))
	}
	if err := p.Notices(stderr, mistakes); err != nil {
		return err
	}
	return p.Told
}

func say(out io.Writer, text string) error {
	if _, err := fmt.Fprintln(out, text); err != nil {
		return fmt.Errorf("print it: %w", err)
	}
	return nil
}
