// Package build is dayfly version: what was built, of what, and for which machine. It asks no cluster.
package build

import (
	"fmt"
	"io"
	"runtime"
	"runtime/debug"

	"github.com/spf13/cobra"
)

// Version is what dayfly version -o json prints. What is not known is left out.
type Version struct {
	Version  string `json:"version"`
	Commit   string `json:"commit,omitempty"`   // of which it was built
	Time     string `json:"time,omitempty"`     // of that commit, RFC 3339
	Modified bool   `json:"modified,omitempty"` // there were changes that were not committed
	Go       string `json:"go"`
	Platform string `json:"platform"` // as linux/amd64
	ClientGo string `json:"clientGo,omitempty"`
}

// clientGo is the module by which dayfly speaks with clusters.
const clientGo = "k8s.io/client-go"

// Of is what is known of this binary, which calls itself so.
func Of(version string, info *debug.BuildInfo) Version {
	v := Version{Version: version, Go: runtime.Version(), Platform: runtime.GOOS + "/" + runtime.GOARCH}
	if info == nil {
		return v
	}
	for _, s := range info.Settings {
		switch s.Key {
		case "vcs.revision":
			v.Commit = s.Value
		case "vcs.time":
			v.Time = s.Value
		case "vcs.modified":
			v.Modified = s.Value == "true"
		}
	}
	for _, m := range info.Deps {
		if m.Path == clientGo {
			v.ClientGo = m.Version
		}
	}
	return v
}

// write prints it for people.
func (v Version) write(out io.Writer) error {
	commit := v.Commit
	if commit != "" && v.Modified {
		commit += ", with changes"
	}
	for _, row := range [][2]string{
		{"dayfly", v.Version}, {"commit", commit}, {"time", v.Time}, {"go", v.Go}, {"platform", v.Platform}, {"client-go", v.ClientGo},
	} {
		if row[1] == "" {
			continue
		}
		if _, err := fmt.Fprintf(out, "%-11s%s\n", row[0], row[1]); err != nil {
			return fmt.Errorf("print the version: %w", err)
		}
	}
	return nil
}

// New is dayfly version. Usage makes a mistake on the command line of an error, and json prints a value for programs.
func New(version string, usage func(error) error, json func(io.Writer, any) error) *cobra.Command {
	var output string
	cmd := &cobra.Command{
		Use:   "version",
		Short: "Print the version of dayfly, and what it was built of",
		Long: `dayfly version prints the version, the commit that it was built of, and the versions of Go and of
client-go. It asks no cluster. With -o json: version, commit, time, modified, go, platform and
clientGo; what is not known is left out.`,
		Args: func(_ *cobra.Command, args []string) error {
			if len(args) > 0 {
				return usage(fmt.Errorf("version takes no arguments, got %q", args))
			}
			if output != "" && output != "json" {
				return usage(fmt.Errorf("--output %q: use json, or leave it out", output))
			}
			return nil
		},
		RunE: func(cmd *cobra.Command, _ []string) error {
			info, _ := debug.ReadBuildInfo()
			v := Of(version, info)
			if output == "json" {
				return json(cmd.OutOrStdout(), v)
			}
			return v.write(cmd.OutOrStdout())
		},
	}
	cmd.Flags().StringVarP(&output, "output", "o", "", "Print for programs: json")
	return cmd
}
