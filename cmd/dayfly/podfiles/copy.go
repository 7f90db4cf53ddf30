package podfiles

import (
	"errors"
	"fmt"

	"github.com/spf13/cobra"
)

const retries = 5

func newCopy(p Program) *cobra.Command {
	var c copier
	cmd := &cobra.Command{
		Use:   "cp POD:PATH LOCAL | cp LOCAL POD:PATH",
		Short: "Copy files out of a pod or into it, also where its image has no tar",
		Long: `dayfly cp copies a file, or a folder with everything in it, out of a container or into it. Paths
begin at the root of the container. What exists is replaced; in an existing folder the copy gets the
name of the original. - stands for stdin or stdout, for a single file.

    dayfly cp web-0:/var/log/app.log .
    dayfly cp shop/web-0:/data ./data -c app
    dayfly cp ./fix.conf web-0:/etc/app/
    dayfly cp web-0:/heap.hprof - | gzip > heap.gz

A container with a shell and tar does its part itself. Otherwise a running debug container of
dayfly does it, or one is added for that, as dayfly run adds one, and ended afterwards. Nothing of
the files is in the pod's log. Files out of a pod never leave LOCAL: links that lead out of it,
devices and the like are skipped, and the exit code is 1 then. A file is compared by SHA-256, and
after a lost link a download goes on where it was. See dayfly help files.`,
		Args: func(_ *cobra.Command, args []string) error {
			if len(args) != 2 { //nolint:mnd // from and to
				return p.Usage(fmt.Errorf("expected a source and a destination, got %d arguments: %q", len(args), args))
			}
			return nil
		},
		RunE: func(cmd *cobra.Command, args []string) error { return c.run(cmd, p, args[0], args[1]) },
	}
	cmd.Flags().IntVar(&c.retries, "retries", retries, "Try again so often in a row after a lost link")
	cmd.Flags().BoolVar(&c.noPreserve, "no-preserve", false, "Do not keep the mode of what is copied into a pod")
	cmd.Flags().StringVar(&c.owner, "chown", "", "Owner `UID:GID` of what is copied into a pod (default: the user of the container)")
	c.addTo(cmd.Flags())
	return cmd
}

func (c *copier) run(cmd *cobra.Command, p Program, from, to string) error {
	source, out, err := parse(from)
	if err != nil {
		return p.Usage(err)
	}
	destination, in, err := parse(to)
	switch {
	case err != nil:
		return p.Usage(err)
	case in == out:
		return p.Usage(errors.New("one of both is a file of a pod, POD:PATH, and the other a file of this machine"))
	case c.retries < 0:
		return p.Usage(fmt.Errorf("--retries %d: use a number from 0 on", c.retries))
	case out && (c.noPreserve || c.owner != ""):
		return p.Usage(errors.New("--no-preserve and --chown are about copying into a pod"))
	}
	file := source
	if in {
		file = destination
	}
	if err := c.ask(cmd, file); err != nil {
		return p.Usage(err)
	}
	if c.opened, err = p.Open(cmd.Context(), c.Ask); err != nil {
		return err
	}
	defer c.opened.Close()
	c.progress = newProgress(c.Stderr, c.Quiet)
	defer c.progress.clear()
	if in {
		err = c.upload(c.opened.Context, cmd.InOrStdin(), from, destination)
	} else {
		err = c.download(c.opened.Context, source, to)
	}
	return caused(c.opened.Context, err)
}
