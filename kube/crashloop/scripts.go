package crashloop

import (
	"embed"
	"path"
	"strings"
)

// mountPath is where the volume is in both containers, unless the container has something mounted there: links in it lead to busybox by this path.
const mountPath = "/.dayfly"

// file is one that the init container writes into the volume.
type file struct{ name, text string }

//go:embed scripts/*.sh
var scripts embed.FS

// script is one of the scripts, for a volume that is mounted at dir.
func script(name, dir string) string {
	text, err := scripts.ReadFile(path.Join("scripts", name+".sh"))
	if err != nil {
		panic(err) // it is part of the program
	}
	return strings.ReplaceAll(strings.TrimRight(string(text), "\n"), mountPath, dir)
}

// word is a text as one word for a POSIX shell, every character as it is.
func word(text string) string { return "'" + strings.ReplaceAll(text, "'", `'\''`) + "'" }

// literal are words for a specification that the kubelet gives a program as they are here: it takes $(NAME) for a variable, and $$ for a dollar.
func literal(words []string) []string {
	doubled := make([]string, len(words))
	for i, word := range words {
		doubled[i] = strings.ReplaceAll(word, "$", "$$")
	}
	return doubled
}
