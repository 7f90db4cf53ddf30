package files

import (
	"bytes"
	"cmp"
	"context"
	"fmt"
	"io/fs"
	"path"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/dayfly-k8s/dayfly/kube"
	"github.com/dayfly-k8s/dayfly/kube/stream"
)

// listed is how many bytes of a folder's entries are read: some fifty thousand names.
const listed = 8 << 20

// Entry is one file of a container. Its texts are as they are there: whoever shows them cleans them.
type Entry struct {
	Name     string
	Mode     fs.FileMode // with its type
	Size     int64
	UID, GID int
	Owner    string // by the container's /etc/passwd; empty: it does not say
	Group    string
	Modified time.Time
	Link     string // where a symbolic link leads
	Mount    bool   // something is mounted there
}

// Listing is a folder, or one file.
type Listing struct {
	Path    string // without symbolic links
	Entries []Entry
	More    bool   // there are more entries than were read
	Note    string // what could not be read; empty: all could
}

// List reads a folder of a container, or one file. Of a folder with very many entries it reads the first fifty thousand or so, and says so.
func List(ctx context.Context, c *kube.Cluster, p Place, name string) (Listing, error) {
	op := fmt.Sprintf("list %q in %s", kube.Sanitize(name), p.Target)
	var out bytes.Buffer
	said, word := &tail{}, token()
	code, err := stream.Exec(ctx, c, p.Runs, p.command(list, name, word, strconv.Itoa(listed)), stream.Streams{Out: &out, Err: said})
	if err != nil {
		return Listing{}, err
	}
	l, entries := parseListing(out.String(), word)
	if entries == 0 && code != 0 {
		return Listing{}, failed(op, code, said)
	}
	l.Note = said.String()
	return l, nil
}

// parseListing reads what the script has printed, and how many bytes of it were entries.
func parseListing(text, word string) (l Listing, entries int) {
	sections := strings.Split(text, word)
	users, groups, mounts := map[int]string{}, map[int]string{}, map[string]bool{}
	for _, section := range sections[1:] {
		if section == "" {
			continue
		}
		kind, rest := section[0], section[1:]
		switch kind {
		case 'P':
			users = names(rest)
		case 'G':
			groups = names(rest)
		case 'M':
			mounts = mountPoints(rest)
		case 'F':
			l.Path = cmp.Or(strings.TrimSuffix(rest, "\n"), "/")
		case 'E':
			entries += len(word) + len(section)
			if e, ok := parseEntry(rest); ok {
				e.Owner, e.Group = users[e.UID], groups[e.GID]
				l.Entries = append(l.Entries, e)
			}
		case 'L':
			entries += len(word) + len(section)
			if n := len(l.Entries); n > 0 {
				l.Entries[n-1].Link = linkTarget(strings.TrimSuffix(rest, "\n"), l.Entries[n-1])
			}
		}
	}
	if l.More = entries >= listed; l.More && len(l.Entries) > 0 {
		l.Entries = l.Entries[:len(l.Entries)-1] // it may have been cut
	}
	for i := range l.Entries {
		e := &l.Entries[i]
		e.Name = e.Name[strings.LastIndexByte(e.Name, '/')+1:]
		e.Mount = mounts[path.Join(l.Path, e.Name)] || e.Name == "" && mounts[l.Path]
	}
	slices.SortFunc(l.Entries, func(a, b Entry) int { return strings.Compare(a.Name, b.Name) })
	return l, entries
}

// parseEntry reads " %f %s %u %g %Y %n"; the name is a path yet.
func parseEntry(text string) (e Entry, ok bool) {
	fields := strings.SplitN(text, " ", 7)
	if len(fields) != 7 || fields[6] == "" {
		return e, false
	}
	mode, err := strconv.ParseUint(fields[1], 16, 32)
	var numbers [4]int64
	for i := range numbers {
		n, bad := strconv.ParseInt(fields[2+i], 10, 64)
		err, numbers[i] = cmp.Or(err, bad), n
	}
	if err != nil {
		return e, false
	}
	return Entry{
		Name: fields[6], Mode: fileMode(uint32(mode)), Size: numbers[0], UID: int(numbers[1]), GID: int(numbers[2]), Modified: time.Unix(numbers[3], 0),
	}, true
}

// linkTarget is where a link leads, of what stat prints with %N: name -> target, with quotes or without.
func linkTarget(text string, e Entry) string {
	if e.Mode.Type() != fs.ModeSymlink {
		return ""
	}
	for _, quotes := range []struct{ open, end string }{{"", ""}, {"'", "'"}, {"`", "'"}} {
		if target, ok := strings.CutPrefix(text, quotes.open+e.Name+quotes.end+" -> "); ok {
			return strings.TrimSuffix(strings.TrimPrefix(target, quotes.open), quotes.end)
		}
	}
	return ""
}

// fileMode is the mode that Linux has in a number.
func fileMode(m uint32) fs.FileMode {
	const typeMask, setuid, setgid, sticky = 0o170000, 0o4000, 0o2000, 0o1000
	mode := fs.FileMode(m & 0o777)
	switch m & typeMask {
	case 0o040000:
		mode |= fs.ModeDir
	case 0o120000:
		mode |= fs.ModeSymlink
	case 0o020000:
		mode |= fs.ModeDevice | fs.ModeCharDevice
	case 0o060000:
		mode |= fs.ModeDevice
	case 0o010000:
		mode |= fs.ModeNamedPipe
	case 0o140000:
		mode |= fs.ModeSocket
	}
	for bit, flag := range map[uint32]fs.FileMode{setuid: fs.ModeSetuid, setgid: fs.ModeSetgid, sticky: fs.ModeSticky} {
		if m&bit != 0 {
			mode |= flag
		}
	}
	return mode
}

// names are those of /etc/passwd or /etc/group by their numbers.
func names(text string) map[int]string {
	all := map[int]string{}
	for line := range strings.Lines(text) {
		fields := strings.Split(line, ":")
		if len(fields) < 3 {
			continue
		}
		if id, err := strconv.Atoi(strings.TrimSpace(fields[2])); err == nil && all[id] == "" {
			all[id] = fields[0]
		}
	}
	return all
}

// mountPoints are those of /proc/PID/mountinfo, as that process sees them.
func mountPoints(text string) map[string]bool {
	const field = 4
	all := map[string]bool{}
	for line := range strings.Lines(text) {
		if fields := strings.Fields(line); len(fields) > field {
			all[unescaped(fields[field])] = true
		}
	}
	return all
}

// unescaped is a path of mountinfo, in which spaces and the like are octal.
func unescaped(text string) string {
	return strings.NewReplacer(`\040`, " ", `\011`, "\t", `\012`, "\n", `\134`, `\`).Replace(text)
}
