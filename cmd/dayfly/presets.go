package main

import (
	"errors"
	"fmt"
	"io"
	"path/filepath"
	"strings"
	"text/tabwriter"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"

	"github.com/dayfly-k8s/dayfly/cmd/dayfly/config"
	"github.com/dayfly-k8s/dayfly/kube"
	"github.com/dayfly-k8s/dayfly/presets"
	"github.com/dayfly-k8s/dayfly/presets/registry"
)

// errTold is an end with an error that has been printed already.
var errTold = errors.New("the mistakes have been told")

func newPresetsCommand() *cobra.Command {
	var output string
	var flags kube.Flags
	cmd := &cobra.Command{
		Use:   "presets",
		Short: "List the tools that you can add to a pod",
		Long: `dayfly presets lists the tools that dayfly offers: the shipped ones, and your own from
$XDG_CONFIG_HOME/dayfly/presets (else ~/.config/dayfly/presets). With -o json it prints all
fields (dayfly help presets), as origin the file or "shipped", and as uses the image that the
registries in config.yaml use instead of a preset's own. If a file has a mistake, it is reported,
the rest is listed, and the exit code is 1.`,
		Args: func(_ *cobra.Command, args []string) error {
			if len(args) > 0 {
				return usageError{fmt.Errorf("dayfly presets takes no arguments (got %q). To open a pod of that name: dayfly -- presets", args)}
			}
			return nil
		},
		RunE: func(cmd *cobra.Command, _ []string) error {
			if err := checkOutput(output); err != nil {
				return err
			}
			return listPresets(cmd.OutOrStdout(), cmd.ErrOrStderr(), output, &flags)
		},
	}
	addOutput(cmd.Flags(), &output)
	addContext(cmd.Flags(), &flags)
	return cmd
}

// addOutput declares -o.
func addOutput(flags *pflag.FlagSet, output *string) {
	flags.StringVarP(output, "output", "o", "", "Print for programs: json")
}

func checkOutput(output string) error {
	if output != "" && output != "json" {
		return usageError{fmt.Errorf("--output %q: use json, or leave it out", output)}
	}
	return nil
}

// presetUse is a preset, and the image that is used where the registries put another in its place.
type presetUse struct {
	presets.Preset
	Uses string `json:"uses,omitempty"`
}

func uses(list []presets.Preset, s registry.Settings) []presetUse {
	all := make([]presetUse, len(list))
	for i, p := range list {
		all[i].Preset = p
		if image, rule := s.Rewrite(p.Image); rule != nil {
			all[i].Uses = image
		}
	}
	return all
}

func listPresets(stdout, stderr io.Writer, output string, flags *kube.Flags) error {
	_, folder, _ := config.Own()
	settings, notices := settingsNow(flags)
	list, mistakes := presets.Load(filepath.Join(folder, "presets"))
	for _, notice := range notices {
		_, _ = fmt.Fprintln(stderr, "dayfly: "+kube.Sanitize(notice))
	}
	write := presetTable
	if output == "json" {
		write = func(out io.Writer, list []presets.Preset) error { return writeJSON(out, uses(list, settings)) }
	}
	if err := write(stdout, list); err != nil {
		return fmt.Errorf("list the presets: %w", err)
	}
	for _, mistake := range mistakes {
		_, _ = fmt.Fprintln(stderr, "dayfly: "+kube.Sanitize(mistake.Error()))
	}
	if len(mistakes) > 0 {
		return errTold
	}
	return nil
}

// presetTable prints a line for each preset.
func presetTable(out io.Writer, list []presets.Preset) error {
	const gap = 2
	table := tabwriter.NewWriter(out, 0, 0, gap, ' ', 0)
	_, _ = fmt.Fprintln(table, "NAME\tPURPOSE\tIMAGE\tPROFILE\tORIGIN")
	for _, p := range list {
		cells := []string{p.Name, p.Purpose, p.Image, p.Profile, p.Origin}
		for i, cell := range cells {
			cells[i] = kube.Sanitize(cell)
		}
		_, _ = fmt.Fprintln(table, strings.Join(cells, "\t"))
	}
	return table.Flush()
}
