package report

import (
	"cmp"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"github.com/dayfly-k8s/dayfly/kube"
	kubereport "github.com/dayfly-k8s/dayfly/kube/report"
	"github.com/dayfly-k8s/dayfly/tui/kit"
	"github.com/dayfly-k8s/dayfly/tui/recording"
)

// Options is what the screen is made of.
type Options struct {
	Cluster *kube.Cluster
	Pod     kube.PodKey
	State   string // the folder of dayfly's state; empty: there is none
	Home    string // the person's own, for which ~ is shown
}

// choices are what a person wants of a report. The zero value is all, without secrets and recordings, as a zip in the folder of dayfly's state.
type choices struct {
	without    []kubereport.Part
	recordings []string // names of the files of those that go into it
	secrets    bool     // they stay in
	folder     bool     // one is written beside the zip
	place      string   // that was typed; empty: the usual one
}

// option is one line of what can be chosen.
type option struct {
	kit.CheckItem
	turn func(*choices) // nil: it is typed
}

// options are all that can be chosen: of these recordings, and of a place, in words.
func (c *choices) options(recordings []recording.Entry, place string) []option {
	var list []option
	for _, p := range kubereport.Parts() {
		on := !slices.Contains(c.without, p)
		list = append(list, option{kit.CheckItem{Group: "beside the pod and its events", Words: string(p), Means: p.Words(), On: on, Box: true}, func(c *choices) { c.without = toggled(c.without, p) }})
	}
	for _, r := range recordings {
		words := r.Time.UTC().Format("2006-01-02 15:04:05")
		_, container, _ := strings.Cut(r.Title, " · ")
		container, _, _ = strings.Cut(container, " · ")
		means := container
		if took := time.Duration(r.Seconds * float64(time.Second)); took > 0 {
			means += ", " + kit.Span(took)
		}
		list = append(list, option{kit.CheckItem{Group: "recorded sessions, as text", Words: words, Means: means, On: slices.Contains(c.recordings, r.Name), Box: true}, func(c *choices) { c.recordings = toggled(c.recordings, r.Name) }})
	}
	means := "values of env, tokens, passwords, keys; report.md lists which"
	if c.secrets {
		means = "they stay in: give it to nobody who may not know them"
	}
	return append(list,
		option{kit.CheckItem{Group: "secrets", Words: "take out", Means: means, On: !c.secrets, Box: true}, func(c *choices) { c.secrets = !c.secrets }},
		option{CheckItem: kit.CheckItem{Group: "where", Words: "file", Means: place}},
		option{kit.CheckItem{Group: "where", Words: "folder", Means: "beside the file, with the same in it", On: c.folder, Box: true}, func(c *choices) { c.folder = !c.folder }},
	)
}

// toggled is a list with a thing in it, if it was not, or without it.
func toggled[T comparable](list []T, one T) []T {
	if at := slices.Index(list, one); at >= 0 {
		return slices.Delete(slices.Clone(list), at, at+1)
	}
	return append(slices.Clone(list), one)
}

// where is the file that is written for a report of a name; an empty name is one that is not known yet.
func (c *choices) where(o *Options, name string) string {
	if c.place != "" {
		return c.place
	}
	if name == "" {
		name = "dayfly-" + o.Pod.Name
	}
	return filepath.Join(o.folder(), name+zipped)
}

// whereWords say where it is written.
func (c *choices) whereWords(o *Options) string {
	if c.place != "" {
		return o.short(c.place)
	}
	return "in " + o.short(o.folder()) + ", by pod and time"
}

// request is what the choices ask for.
func (c *choices) request(o *Options, e *Evidence) kubereport.Options {
	q := kubereport.Options{Pod: o.Pod, Secrets: c.secrets, Actions: e.Actions, Without: c.without}
	for i := range e.Recordings {
		if slices.Contains(c.recordings, e.Recordings[i].Name) {
			q.Recordings = append(q.Recordings, Recording(e.Recordings[i]))
		}
	}
	return q
}

// folder is where reports are written if nothing else is wanted.
func (o *Options) folder() string { return filepath.Join(cmp.Or(o.State, "."), "reports") }

// short is a file as a person writes it.
func (o *Options) short(file string) string {
	if rest, ok := strings.CutPrefix(file, o.Home+string(filepath.Separator)); ok && o.Home != "" {
		return filepath.Join("~", rest)
	}
	return kube.Sanitize(file)
}

// long is the file that a person has written.
func (o *Options) long(text string) string {
	if rest, ok := strings.CutPrefix(text, "~"+string(filepath.Separator)); ok && o.Home != "" {
		return filepath.Join(o.Home, rest)
	}
	return text
}
