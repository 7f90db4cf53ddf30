package main

import (
	"embed"
	"fmt"
	"io"
	"path/filepath"
	"reflect"
	"strings"

	"github.com/spf13/cobra"

	cmdcapture "github.com/dayfly-k8s/dayfly/cmd/dayfly/capture"
	"github.com/dayfly-k8s/dayfly/cmd/dayfly/config"
	"github.com/dayfly-k8s/dayfly/cmd/dayfly/leftoverreport"
	"github.com/dayfly-k8s/dayfly/kube"
	"github.com/dayfly-k8s/dayfly/presets"
	"github.com/dayfly-k8s/dayfly/tui"
	"github.com/dayfly-k8s/dayfly/tui/batchreport"
)

//go:embed topics help
var topicFiles embed.FS

// longHelp is what the help of a command begins with, where that is long; each has a file.
func longHelp(command string) string {
	page, err := topicFiles.ReadFile("help/" + command + ".txt")
	if err != nil {
		panic(err) // it is named where it is used
	}
	return strings.TrimSuffix(string(page), "\n")
}

// topic is a page of the reference: dayfly help NAME prints it.
type topic struct {
	name, about string
	made        map[string]func() string // what the program itself has to say, by the name that stands for it in the page
}

func topics() []topic {
	return []topic{
		{name: "keys", about: "all keys, screen by screen", made: map[string]func() string{"keys": keyList}},
		{name: "filter", about: "the syntax of the pod list filter"},
		{name: "nodes", about: "the screen of nodes, and debugging them and from them"},
		{name: "quarantine", about: "taking a pod out of its Services, and evicting it"},
		{name: "leftovers", about: "what debugging leaves in a cluster, and how to remove it", made: map[string]func() string{"fields": func() string { return fieldsOf(reflect.TypeFor[leftoverreport.Leftover]()) }}},
		{name: "config", about: "config.yaml, with all its keys", made: map[string]func() string{"sample": func() string { return indented(config.Sample()) }}},
		{name: "presets", about: "the tools you can choose, and how to add your own", made: map[string]func() string{"presets": presetList}},
		{name: "copies", about: "copies of pods, and shells inside images that crash"},
		{name: "registries", about: "mirrors, fallback images, and what registries are asked"},
		{name: "rights", about: "the permissions that dayfly needs", made: map[string]func() string{"role": role}},
		{name: "scripts", about: "exit codes, and the JSON of dayfly run", made: map[string]func() string{"fields": func() string { return fieldsOf(reflect.TypeFor[reported]()) }}},
		{name: "many", about: "one command in many pods or on many nodes at once", made: map[string]func() string{"fields": func() string { return fieldsOf(reflect.TypeFor[batchreport.Member]()) }}},
		{name: "capture", about: "capturing packets of pods", made: map[string]func() string{"fields": func() string { return fieldsOf(reflect.TypeFor[cmdcapture.Result]()) }}},
		{name: "coming", about: "coming from kubectl, k9s, lfk or Lens: what you are used to, and what it is here"},
		{name: "systems", about: "macOS and Windows: what differs, and what is tested"},
		{name: "report", about: "a report on a pod for a ticket, and what is taken out of it"},
		{name: "files", about: "copying files of pods, and the files that dayfly reads and writes"},
	}
}

// text is the page.
func (t topic) text() (string, error) {
	page, err := topicFiles.ReadFile("topics/" + t.name + ".txt")
	if err != nil {
		return "", fmt.Errorf("read the page on %s: %w", t.name, err)
	}
	whole := string(page)
	for name, text := range t.made {
		whole = strings.ReplaceAll(whole, "{{"+name+"}}\n", text())
	}
	return whole, nil
}

// newHelpCommand takes the place of cobra's: it knows topics besides commands. Topics are no commands, since a pod may have the name of one.
func newHelpCommand() *cobra.Command {
	return &cobra.Command{
		Use:   "help [COMMAND | TOPIC]",
		Short: "Help about a command or a topic",
		RunE: func(cmd *cobra.Command, args []string) error {
			out := cmd.OutOrStdout()
			if len(args) == 1 {
				for _, t := range topics() {
					if t.name == args[0] {
						text, err := t.text()
						if err == nil {
							_, err = io.WriteString(out, text)
						}
						return err
					}
				}
			}
			about, rest, err := cmd.Root().Find(args)
			if err != nil || len(rest) > 0 {
				return usageError{fmt.Errorf("there is no command or topic %q; dayfly help lists them", strings.Join(args, " "))}
			}
			about.SetOut(out)
			if err := about.Help(); err != nil || about != cmd.Root() {
				return err
			}
			_, err = io.WriteString(out, topicList())
			return err
		},
	}
}

// topicList is what dayfly help says of topics.
func topicList() string {
	var b strings.Builder
	b.WriteString("\nTopics (dayfly help TOPIC):\n")
	for _, t := range topics() {
		fmt.Fprintf(&b, "  %-12s%s\n", t.name, t.about)
	}
	return b.String()
}

// keyList is every key, screen by screen.
func keyList() string {
	var b strings.Builder
	for i, group := range tui.KeyGroups() {
		if i > 0 {
			b.WriteString("\n")
		}
		b.WriteString(group.Where + "\n")
		for _, k := range group.Keys {
			fmt.Fprintf(&b, "  %-10s%s\n", k.Name, k.Does)
		}
	}
	return b.String()
}

// presetList are the shipped presets.
func presetList() string {
	var b strings.Builder
	list, _ := presets.Load(filepath.Join("nowhere", "presets")) // only those that are shipped
	for _, p := range list {
		fmt.Fprintf(&b, "  %-10s %-12s %s\n  %-10s %-12s %s\n", p.Name, p.Profile, p.Purpose, "", "", p.Image)
	}
	return b.String() + "\n"
}

func role() string {
	return indented(fmt.Sprintf(kube.DebugRole, "shop")) + "\n"
}

// fieldsOf are the keys of an object that is printed with -o json.
func fieldsOf(object reflect.Type) string {
	const width = 80
	var b strings.Builder
	line := " "
	for field := range object.Fields() {
		name, _, _ := strings.Cut(field.Tag.Get("json"), ",")
		if len(line)+1+len(name) > width {
			b.WriteString(line + "\n")
			line = " "
		}
		line += " " + name
	}
	return b.String() + line + "\n"
}

func indented(text string) string {
	return strings.ReplaceAll("  "+strings.ReplaceAll(strings.TrimSuffix(text, "\n"), "\n", "\n  ")+"\n", "\n  \n", "\n\n")
}
