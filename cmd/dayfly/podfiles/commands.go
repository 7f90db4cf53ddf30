package podfiles

import "github.com/spf13/cobra"

// Commands are dayfly cp and dayfly ls.
func Commands(p Program) []*cobra.Command { return []*cobra.Command{newCopy(p), newList(p)} }
