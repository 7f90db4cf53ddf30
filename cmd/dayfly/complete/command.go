package complete

import (
	"fmt"
	"io"

	"github.com/spf13/cobra"
)

// kubectlScript is what kubectl starts to complete kubectl dayfly
// (https://kubernetes.io/docs/tasks/extend-kubectl/kubectl-plugins/#using-the-command-line-runtime-package).
const kubectlScript = "#!/bin/sh\nexec kubectl dayfly __complete \"$@\"\n"

const help = `dayfly completion prints a script with which a shell completes command lines of dayfly, with the
names that there are now: pods, workloads, namespaces, contexts, containers, presets and more. It
takes a second at most, writes nothing down, and asks for no credentials.

    source <(dayfly completion bash)    # in ~/.bashrc
    source <(dayfly completion zsh)     # in ~/.zshrc, behind compinit
    dayfly completion fish > ~/.config/fish/completions/dayfly.fish
    dayfly completion powershell | Out-String | Invoke-Expression  # in $PROFILE

kubectl completes kubectl dayfly when it finds this in PATH, executable:

    dayfly completion kubectl > kubectl_complete-dayfly

bash needs its package bash-completion.`

// New is dayfly completion. Usage makes a mistake on the command line of an error.
func New(usage func(error) error) *cobra.Command {
	shells := map[string]func(root *cobra.Command, out io.Writer) error{
		"bash":       func(root *cobra.Command, out io.Writer) error { return root.GenBashCompletionV2(out, true) },
		"zsh":        func(root *cobra.Command, out io.Writer) error { return root.GenZshCompletion(out) },
		"fish":       func(root *cobra.Command, out io.Writer) error { return root.GenFishCompletion(out, true) },
		"powershell": func(root *cobra.Command, out io.Writer) error { return root.GenPowerShellCompletionWithDesc(out) },
		"kubectl": func(_ *cobra.Command, out io.Writer) error {
			_, err := io.WriteString(out, kubectlScript)
			return err //nolint:wrapcheck // as stdout says it
		},
	}
	names := []string{"bash", "zsh", "fish", "powershell", "kubectl"}
	return &cobra.Command{
		Use:   "completion bash|zsh|fish|powershell|kubectl",
		Short: "Print a script that completes command lines in a shell",
		Long:  help,
		Args: func(_ *cobra.Command, args []string) error {
			if len(args) != 1 || shells[args[0]] == nil {
				return usage(fmt.Errorf("name one shell: %q", names))
			}
			return nil
		},
		ValidArgsFunction: func(_ *cobra.Command, args []string, word string) ([]cobra.Completion, cobra.ShellCompDirective) {
			if len(args) > 0 {
				return nil, cobra.ShellCompDirectiveNoFileComp
			}
			return words(plain(names), word), cobra.ShellCompDirectiveNoFileComp
		},
		RunE: func(cmd *cobra.Command, args []string) error { return shells[args[0]](cmd.Root(), cmd.OutOrStdout()) },
	}
}
