package journal

import (
	"cmp"
	"fmt"
	"io"
	"path"
	"slices"
	"strconv"
	"strings"
	"text/tabwriter"
	"time"

	"github.com/dayfly-k8s/dayfly/kube"
)

// Table prints a line for each action. Entries are clean when they have been read.
func Table(out io.Writer, list []Entry, zone *time.Location) error {
	const gap = 2
	table := tabwriter.NewWriter(out, 0, 0, gap, ' ', 0)
	heads := "TIME\tCONTEXT\tPOD\tCONTAINER\tIMAGE\tPROFILE\tWHAT\tUSER"
	batches := slices.ContainsFunc(list, func(e Entry) bool { return e.Batch != "" })
	if batches {
		heads += "\tBATCH"
	}
	_, _ = fmt.Fprintln(table, heads)
	for _, e := range list {
		cells := []string{
			e.Time.In(zone).Format("2006-01-02 15:04:05"), e.Context, e.Namespace + "/" + e.Pod, e.Container, shortImage(e.Image), e.Profile,
			e.Words(), e.User,
		}
		if batches {
			cells = append(cells, e.Batch)
		}
		for i := range cells {
			cells[i] = cmp.Or(strings.Trim(cells[i], "/"), "-")
		}
		_, _ = fmt.Fprintln(table, strings.Join(cells, "\t"))
	}
	return table.Flush()
}

// Words are what happened, in a few words.
func (e *Entry) Words() string {
	switch {
	case e.Exit != nil:
		exit := kube.Exit{Code: *e.Exit, Reason: e.Why}
		return e.Action + ": exit " + strconv.Itoa(exit.Code) + ", " + exit.Words()
	case e.Why != "":
		return e.Action + ": " + e.Why
	}
	return e.Action
}

// shortImage is an image without its registry and folders, and its digest as people compare digests.
func shortImage(image string) string {
	const digits = 12
	name, digest, pinned := strings.Cut(image, "@")
	if name != "" {
		name = path.Base(name)
	}
	if !pinned {
		return name
	}
	algorithm, hash, _ := strings.Cut(digest, ":")
	return name + "@" + algorithm + ":" + hash[:min(digits, len(hash))]
}

// Sentence is all that a person asks of an entry but when it was: "added, container debugger-x2, image busybox, as ann".
func (e *Entry) Sentence() string {
	text := e.Words()
	for _, part := range []struct{ name, value string }{
		{"container ", e.Container}, {"image ", e.Image}, {"profile ", e.Profile}, {"as ", e.User}, {"because ", e.Reason},
	} {
		if part.value != "" {
			text += ", " + part.name + part.value
		}
	}
	return text
}
