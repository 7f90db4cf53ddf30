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

// shellLine is one line of words, each quoted if it needs it, for whatever shell it is pasted into: see [shellQuote].
func shellLine(words []string) string {
	quoted := make([]string, len(words))
	for i, word := range words {
		if strings.HasSuffix(word, "\n") { // which no substitution keeps
			return "sh -c " + substitution(literalLine(words))
		}
		quoted[i] = shellQuote(word)
	}
	return strings.Join(quoted, " ")
}

// literalLine is a line of words for a POSIX shell, with every character as it is.
func literalLine(words []string) string {
	quoted := make([]string, len(words))
	for i, word := range words {
		quoted[i] = "'" + strings.ReplaceAll(word, "'", `'\''`) + "'"
	}
	return strings.Join(quoted, " ")
}

// shellQuote quotes a word if it needs it, in a way that sh, bash, dash, busybox, zsh and fish read alike: quotes and backslashes
// stand outside of quotes, since fish knows escapes inside of single ones, and what cannot be shown as it is (line ends, control characters) is
// written by printf, since dollar quotes are unknown to dash, which would end them at the first quote and run the rest. The command is one line
// and safe to draw. A word must not end in a line end: that is [shellLine]'s.
func shellQuote(word string) string {
	safe := func(r rune) bool {
		return r >= 'a' && r <= 'z' || r >= 'A' && r <= 'Z' || r >= '0' && r <= '9' || strings.ContainsRune("-_=./:,@%+", r)
	}
	switch {
	case word == "":
		return "''"
	case word != Clean(word):
		return substitution(word)
	case strings.TrimFunc(word, safe) == "" && !strings.ContainsRune("=%", rune(word[0])): // zsh and fish read those
		return word
	}
	var b strings.Builder
	for word != "" {
		plain := strings.IndexAny(word, `'\`)
		switch {
		case plain < 0:
			plain = len(word)
			fallthrough
		case plain > 0:
			b.WriteString("'" + word[:plain] + "'")
			word = word[plain:]
		default:
			b.WriteString(`\` + word[:1])
			word = word[1:]
		}
	}
	return b.String()
}

// substitution is a word that printf writes. Its format has no character that any shell could read in another way.
func substitution(word string) string {
	var b strings.Builder
	b.WriteString(`"$(printf '`)
	for i, r := range word {
		_, width := utf8.DecodeRuneInString(word[i:])
		switch char := word[i : i+width]; {
		case r == '\n':
			b.WriteString(`\n`)
		case r == '\t':
			b.WriteString(`\t`)
		case r == '%':
			b.WriteString("%%")
		case strings.ContainsRune("'\"\\$`!", r), r == '-' && i == 0, Clean(char) != char:
			for _, c := range []byte(char) {
				fmt.Fprintf(&b, `\%03o`, c)
			}
		default:
			b.WriteString(char)
		}
	}
	b.WriteString(`')"`)
	return b.String()
}
