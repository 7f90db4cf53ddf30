package kube

import (
	"fmt"
	"strings"
	"unicode/utf8"
)

// kubectl is the command that does the same, in whatever context the shell is that it is pasted into.
func (r Request) kubectl(context string, pod Target) string {
	words := []string{"kubectl", "debug"}
	switch {
	case r.Private:
	case r.NoStdin:
		words = append(words, "--attach") // for a terminal without an input it has no flags
	case r.NoTTY:
		words = append(words, "-i")
	default:
		words = append(words, "-it")
	}
	words = append(words, pod.Pod)
	if context != "" {
		words = append(words, "--context="+context)
	}
	words = append(words, "--namespace="+pod.Namespace, "--container="+r.Name, "--image="+r.Image)
	if r.Target != "" {
		words = append(words, "--target="+r.Target)
	}
	words = append(words, "--profile="+string(r.Profile), "--image-pull-policy="+r.PullPolicy)
	for _, v := range r.Env {
		words = append(words, "--env="+envFlag(v))
	}
	if source := r.Custom.Source(); source != "" {
		words = append(words, "--custom="+source)
	}
	if r.ArgumentsOnly {
		words = append(words, "--arguments-only")
	}
	if len(r.Command) > 0 {
		words = append(append(words, "--"), r.Command...)
	}
	return shellLine(words)
}

// kubectlExec is the rest of the command for a session that is run by exec; empty for one that is attached.
func (r Request) kubectlExec(context string, pod Target, command []string) string {
	if len(command) == 0 {
		return ""
	}
	words := []string{"kubectl", "exec", "-it", pod.Pod}
	if context != "" {
		words = append(words, "--context="+context)
	}
	words = append(words, "--namespace="+pod.Namespace, "--container="+r.Name, "--")
	return " && " + shellLine(append(words, command...))
}

// envFlag spells a variable as kubectl parses it: as it is when it has no "=" but the first; otherwise as CSV, which is
// also the only way to keep a quotation mark at an end.
func envFlag(v EnvVar) string {
	pair := v.Name + "=" + v.Value
	csv := `"` + strings.ReplaceAll(pair, `"`, `""`) + `"`
	switch {
	case strings.Contains(v.Value, "="):
		return csv
	case strings.HasSuffix(v.Value, `"`):
		return v.Name + "=," + csv // two pairs, the last counts: with a single "=" it would not be read as CSV
	}
	return pair
}

// shellLine is one line of words, each quoted for a POSIX shell if it needs it.
func shellLine(words []string) string {
	quoted := make([]string, len(words))
	for i, word := range words {
		quoted[i] = shellQuote(word)
	}
	return strings.Join(quoted, " ")
}

// shellQuote quotes a word for a POSIX shell if it needs it. Line ends and other characters that could not be shown as
// they are become escapes in dollar quotes (POSIX.1-2024), so that the command is one line and safe to draw.
func shellQuote(word string) string {
	safe := func(r rune) bool {
		return r >= 'a' && r <= 'z' || r >= 'A' && r <= 'Z' || r >= '0' && r <= '9' || strings.ContainsRune("-_=./:,@%+", r)
	}
	switch {
	case word != Clean(word):
		return dollarQuote(word)
	case word != "" && strings.TrimFunc(word, safe) == "":
		return word
	}
	return "'" + strings.ReplaceAll(word, "'", `'\''`) + "'"
}

func dollarQuote(word string) string {
	var b strings.Builder
	b.WriteString("$'")
	for i, r := range word {
		_, width := utf8.DecodeRuneInString(word[i:])
		switch char := word[i : i+width]; {
		case r == '\n':
			b.WriteString(`\n`)
		case r == '\t':
			b.WriteString(`\t`)
		case r == '\'', r == '\\':
			b.WriteString(`\` + char)
		case Clean(char) != char:
			for _, c := range []byte(char) {
				fmt.Fprintf(&b, `\%03o`, c)
			}
		default:
			b.WriteString(char)
		}
	}
	b.WriteString("'")
	return b.String()
}
