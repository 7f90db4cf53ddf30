//go:build releasefiles

package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"time"

	"github.com/spf13/cobra"
	"github.com/spf13/cobra/doc"

	"github.com/dayfly-k8s/dayfly/cmd/dayfly/licences"
)

// Built with -tags releasefiles the program writes what a release has beside it into the folder that it is given, and ends: manual pages, completions, and
// licences. So the program itself has not what makes them. SOURCE_DATE_EPOCH, in seconds since 1970, is the date of the pages
// (https://reproducible-builds.org/specs/source-date-epoch/).
func init() {
	if len(os.Args) != 2 { //nolint:mnd // the program, and the folder
		fmt.Fprintln(os.Stderr, "name the folder for the files")
		os.Exit(exitUsage)
	}
	folder := os.Args[1]
	if err := errors.Join(manuals(filepath.Join(folder, "man")), completions(folder), licencesOf(filepath.Join(folder, "LICENSES.txt"))); err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(exitError)
	}
	os.Exit(0)
}

func manuals(folder string) error {
	root := newCommand()
	root.DisableAutoGenTag = true
	header := &doc.GenManHeader{Section: "1", Source: "dayfly", Manual: "dayfly"}
	var seconds int64
	if _, err := fmt.Sscan(os.Getenv("SOURCE_DATE_EPOCH"), &seconds); err == nil {
		date := time.Unix(seconds, 0).UTC()
		header.Date = &date
	}
	if err := os.MkdirAll(folder, 0o755); err != nil {
		return err
	}
	return doc.GenManTree(root, header, folder)
}

// completions are those of every shell, and the program by which kubectl completes the plugin.
func completions(folder string) error {
	files := map[string]string{"kubectl": "kubectl_complete-dayfly"}
	for _, shell := range []string{"bash", "zsh", "fish"} {
		files[shell] = filepath.Join("completions", "dayfly."+shell)
	}
	for shell, name := range files {
		file := filepath.Join(folder, name)
		if err := os.MkdirAll(filepath.Dir(file), 0o755); err != nil {
			return err
		}
		out, err := os.Create(file)
		if err != nil {
			return err
		}
		var root *cobra.Command = newCommand()
		root.SetArgs([]string{"completion", shell})
		root.SetOut(out)
		if err := errors.Join(root.Execute(), out.Close()); err != nil {
			return err
		}
	}
	return nil
}

func licencesOf(file string) error {
	out, err := os.Create(file)
	if err != nil {
		return err
	}
	return errors.Join(licences.Write(context.Background(), out, "github.com/dayfly-k8s/dayfly/cmd/dayfly"), out.Close())
}
