package kube

import (
	"fmt"
	"strings"
	"unicode/utf8"
)

// Kubectl is a kubectl command about something in a namespace of a context, whatever context the shell is in that it is pasted
// into: one line, safe to draw, its words quoted for any shell. An empty context or namespace is left out.
func Kubectl(context, namespace string, words ...string) string {
	return ShellLine(contextual("kubectl", context, namespace, words))
}

// Dayfly is a dayfly command, in the same way.
func Dayfly(context, namespace string, words ...string) string {
	return ShellLine(contextual("dayfly", context, namespace, words))
}

// contextual are the words of a command about something in a namespace of a context.
func contextual(program, context, namespace string, words []string) []string {
	all := append([]string{program}, words...)
	if context != "" {
		all = append(all, "--context="+context)
	}
	if namespace != "" {
		all = append(all, "--namespace="+namespace)
	}
	return all
}

// KubectlExec is the kubectl command that runs a command in a container, in a terminal, in the same way.
func KubectlExec(context string, t Target, command []string) string {
	words := []string{"exec", "-it", t.Pod, "--container=" + t.Container}
	return ShellLine(append(contextual("kubectl", context, t.Namespace, words), append([]string{"--"}, command...)...))
}

// ShellLine is one line of words, each quoted if it needs it, for whatever shell it is pasted into: see [shellQuote].
func ShellLine(words []string) string {
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
// and safe to draw. A word must not end in a line end: that is [ShellLine]'s.
func shellQuote(word string) string {
	safe := func(r rune) bool {
		return r >= 'a' && r <= 'z' || r >= 'A' && r <= 'Z' || r >= '0' && r <= '9' || strings.ContainsRune("-_=./:,@%+", r)
	}
	switch {
	case word == "":
		return "''"
	case word != Sanitize(word):
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
		case strings.ContainsRune("'\"\\$`!", r), r == '-' && i == 0, Sanitize(char) != char:
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
