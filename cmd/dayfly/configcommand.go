package main

import (
	"fmt"
	"io"
	"path/filepath"

	"github.com/spf13/cobra"

	"github.com/dayfly-k8s/dayfly/cmd/dayfly/config"
	"github.com/dayfly-k8s/dayfly/cmd/dayfly/folders"
	"github.com/dayfly-k8s/dayfly/cmd/dayfly/memory"
	"github.com/dayfly-k8s/dayfly/kube"
)

func newConfigCommand() *cobra.Command {
	var flags kube.Flags
	return config.New(config.Program{
		Usage: func(err error) error { return usageError{err} }, JSON: writeJSON, AddTo: flags.AddTo, Mistakes: mistakesOfAll, Told: errTold,
		Context: func() string {
			kubeconfig, err := flags.Load()
			if err != nil {
				return "" // the settings of no context in particular
			}
			return kubeconfig.Current()
		},
		Theme: func() (name string, chosen bool) {
			state, _, err := folders.State()
			if err != nil {
				return "", false
			}
			m, _ := memory.Recall(filepath.Join(state, "view.json")) // what is wrong with it is told where it counts
			return m.Theme, m.Theme != ""
		},
		Notices: func(w io.Writer, notices []string) error {
			for _, notice := range notices {
				if _, err := fmt.Fprintln(w, "dayfly: "+kube.Sanitize(notice)); err != nil {
					return err
				}
			}
			return nil
		},
	})
}
