package podfiles

import (
	"cmp"
	"encoding/json"
	"fmt"
	"io"
	"io/fs"
	"strconv"
	"text/tabwriter"
	"time"

	"github.com/spf13/cobra"

	"github.com/dayfly-k8s/dayfly/kube"
	"github.com/dayfly-k8s/dayfly/kube/files"
)

// lister is the command line of dayfly ls.
type lister struct {
	Ask
	long   bool
	output string
}

func newList(p Program) *cobra.Command {
	var l lister
	cmd := &cobra.Command{
		Use:   "ls POD:PATH",
		Short: "List files of a pod, also where its image has no shell",
		Long: `dayfly ls lists a folder of a container, or one file. Paths begin at the root of the container.
A container with a shell, tar, find and stat lists them itself; otherwise a running debug container
of dayfly does, or one is added for that, as dayfly run adds one: see dayfly help files.

    dayfly ls web-0:/etc
    dayfly ls shop/web-0:/var/log -l -c app

-o json prints name, type, mode, size, uid, gid, owner, group, modified, link and mount.`,
		Args: func(_ *cobra.Command, args []string) error {
			if len(args) != 1 {
				return p.Usage(fmt.Errorf("expected one POD:PATH, got %d arguments: %q", len(args), args))
			}
			return nil
		},
		RunE: func(cmd *cobra.Command, args []string) error { return l.run(cmd, p, args[0]) },
	}
	cmd.Flags().BoolVarP(&l.long, "long", "l", false, "Print type, mode, owner, size and time too")
	cmd.Flags().StringVarP(&l.output, "output", "o", "", "Print for programs: json")
	l.addTo(cmd.Flags())
	return cmd
}

func (l *lister) run(cmd *cobra.Command, p Program, word string) error {
	if l.output != "" && l.output != "json" {
		return p.Usage(fmt.Errorf("--output %q: there is only json", l.output))
	}
	file, ok, err := parse(word)
	if err != nil || !ok {
		return p.Usage(cmp.Or(err, fmt.Errorf("%q: write POD:PATH", word)))
	}
	if err := l.ask(cmd, file); err != nil {
		return p.Usage(err)
	}
	opened, err := p.Open(cmd.Context(), l.Ask)
	if err != nil {
		return err
	}
	defer opened.Close()
	listing, err := files.List(opened.Context, opened.Cluster, opened.Place, file.path)
	if err != nil {
		return caused(opened.Context, err)
	}
	if listing.Note != "" {
		l.say("not all could be read: " + listing.Note)
	}
	if listing.More {
		l.say(fmt.Sprintf("there are more entries than these %d", len(listing.Entries)))
	}
	return l.print(opened.Stdout, listing.Entries)
}

// entry is one file for programs.
type entry struct {
	Name     string    `json:"name"`
	Type     string    `json:"type"` // file, folder, link, or what else it is
	Mode     string    `json:"mode"` // in octal
	Size     int64     `json:"size"`
	UID      int       `json:"uid"`
	GID      int       `json:"gid"`
	Owner    string    `json:"owner,omitempty"`
	Group    string    `json:"group,omitempty"`
	Modified time.Time `json:"modified"`
	Link     string    `json:"link,omitempty"`
	Mount    bool      `json:"mount,omitempty"`
}

func (l *lister) print(out io.Writer, list []files.Entry) error {
	if l.output == "json" {
		all := make([]entry, len(list))
		for i, e := range list {
			all[i] = entry{e.Name, files.KindWords(e.Mode), fmt.Sprintf("%04o", octal(e.Mode)), e.Size, e.UID, e.GID, e.Owner, e.Group, e.Modified.UTC(), e.Link, e.Mount}
		}
		encoder := json.NewEncoder(out)
		encoder.SetIndent("", "  ")
		encoder.SetEscapeHTML(false)
		return encoder.Encode(all) //nolint:wrapcheck // of the program's own stdout
	}
	const gap = 2
	table := tabwriter.NewWriter(out, 0, 0, gap, ' ', 0)
	for _, e := range list {
		name := shown(e)
		if !l.long {
			_, _ = fmt.Fprintln(table, name)
			continue
		}
		if e.Link != "" {
			name += " -> " + kube.Sanitize(e.Link)
		}
		if e.Mount {
			name += "  (mount)"
		}
		_, _ = fmt.Fprintf(table, "%s\t%s\t%s\t%d\t%s\t%s\n", e.Mode, cmp.Or(kube.Sanitize(e.Owner), strconv.Itoa(e.UID)), cmp.Or(kube.Sanitize(e.Group), strconv.Itoa(e.GID)), e.Size,
			e.Modified.Format("2006-01-02 15:04"), name)
	}
	return table.Flush() //nolint:wrapcheck // of the program's own stdout
}

// shown is the name of a file; folders end with a slash.
func shown(e files.Entry) string {
	name := files.ShownName(e.Name)
	if e.Mode.IsDir() {
		name += "/"
	}
	return name
}

// octal is a mode as chmod has it.
func octal(m fs.FileMode) uint32 {
	const setuid, setgid, sticky = 0o4000, 0o2000, 0o1000
	bits := uint32(m.Perm())
	for flag, bit := range map[fs.FileMode]uint32{fs.ModeSetuid: setuid, fs.ModeSetgid: setgid, fs.ModeSticky: sticky} {
		if m&flag != 0 {
			bits |= bit
		}
	}
	return bits
}
