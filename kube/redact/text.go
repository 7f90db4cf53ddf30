package redact

import (
	"regexp"
	"slices"
	"strings"
)

// span is a part of a text that is taken out.
type span struct {
	from, to int
	what     string
}

// Text takes out of a text of any number of lines what looks like a secret, and the values that objects had for one. where is how the list of what
// was taken names the text. The time it needs is linear in the text.
func (r *Redactor) Text(where, text string) string {
	if r == nil {
		return text
	}
	spans := slices.Concat(r.knownIn(text), r.shapesIn(text), r.assignedIn(text))
	if len(spans) == 0 {
		return text
	}
	slices.SortStableFunc(spans, func(a, b span) int { return a.from - b.from })
	var b strings.Builder
	at := 0
	for i := 0; i < len(spans); {
		one := spans[i]
		for i++; i < len(spans) && spans[i].from < one.to; i++ { // what overlaps goes as one
			one.to = max(one.to, spans[i].to)
		}
		b.WriteString(text[at:one.from])
		b.WriteString(r.take(where, one.what))
		at = one.to
	}
	b.WriteString(text[at:])
	return b.String()
}

// knownIn are the values that objects had.
func (r *Redactor) knownIn(text string) []span {
	var spans []span
	for value, what := range r.known {
		for at := 0; ; {
			i := strings.Index(text[at:], value)
			if i < 0 {
				break
			}
			spans = append(spans, span{at + i, at + i + len(value), what})
			at += i + len(value)
		}
	}
	slices.SortFunc(spans, func(a, b span) int { // of those that begin at one place the longest names it
		if a.from != b.from {
			return a.from - b.from
		}
		return b.to - a.to
	})
	return spans
}

// shape is how one kind of secret looks. The first group of the expression is what is taken out.
type shape struct {
	what       string
	hints      []string // in lower case; one of them is in every text that has one: most have none, and need no more than a look
	expression *regexp.Regexp
}

// isIn reports whether a text may have such a secret, by the text in lower case.
func (s *shape) isIn(lower string) bool {
	return slices.ContainsFunc(s.hints, func(hint string) bool { return strings.Contains(lower, hint) })
}

// shapes are the secrets that are known by how they look.
func shapes() []shape {
	return []shape{
		{"private key", []string{"private key"}, regexp.MustCompile(`(?s)(-----BEGIN [A-Z0-9 ]*PRIVATE KEY(?: BLOCK)?-----.*?(?:-----END [A-Z0-9 ]*PRIVATE KEY(?: BLOCK)?-----|\z))`)},
		{"private key", []string{"private key"}, regexp.MustCompile(`((?:[^\n]*[A-Za-z0-9+/=]{40,}[ \t\r]*\n)+(?:[^\n]*\n)?[^\n]*-----END [A-Z0-9 ]*PRIVATE KEY-----)`)}, // its beginning was cut off
		{"user and password of a URL", []string{"://"}, regexp.MustCompile(`(?i)\b[a-z][a-z0-9+.-]*://([^\s/"'<>]+)@`)},
		{"user and password of a URL", []string{"://"}, regexp.MustCompile(`(?i)\b[a-z][a-z0-9+.-]*://([^\s/:"'<>@]*:[^\s"'<>]+)@`)}, // a password with a slash
		{"authorization", []string{"authorization"}, regexp.MustCompile(`(?i)\bauthorization["'\\]*\s*[:=]\s*["'\\]*((?:[a-z]+[ \t]+)?[^\s"'\\]+)`)},
		{"cookie", []string{"cookie"}, regexp.MustCompile(`(?i)\bcookie["'\\]*\s*[:=]\s*["'\\]*([^\n"']+)`)},
		{"bearer token", []string{"bearer"}, regexp.MustCompile(`(?i)\bbearer[ \t]+([a-z0-9._~+/=-]{16,}|[a-z._~+/=-]*[0-9][a-z0-9._~+/=-]{5,})`)},
		{"basic authentication", []string{"basic"}, regexp.MustCompile(`(?i)\bbasic[ \t]+([a-z0-9+/=_-]{16,}|[a-z0-9+/_-]{6,}=)`)},
		{"JSON web token", []string{"eyj"}, regexp.MustCompile(`(eyJ[A-Za-z0-9_-]{8,}(?:\.[A-Za-z0-9_-]*){1,4})`)},
		{"AWS access key", []string{"akia", "asia", "aroa", "aida"}, regexp.MustCompile(`\b((?:AKIA|ASIA|AROA|AIDA)[A-Z0-9]{16})`)},
		{"EKS token", []string{"k8s-aws"}, regexp.MustCompile(`(k8s-aws-v1\.[A-Za-z0-9_-]+)`)},
		{"access token", []string{"gh", "glpat", "xox", "npm_", "dckr", "hvs.", "hvb."}, regexp.MustCompile(`\b(gh[pousr]_[A-Za-z0-9]{20,}|github_pat_\w{20,}|glpat-[\w-]{16,}|xox[abeoprs]-[\w-]{10,}|npm_[A-Za-z0-9]{20,}|dckr_pat_[\w-]{16,}|hv[bs]\.[\w-]{16,})`)},
		{"API key", []string{"aiza", "sk-", "_live_", "_test_", "sg."}, regexp.MustCompile(`\b(AIza[\w-]{30,}|sk-[\w-]{20,}|[rs]k_(?:live|test)_\w{10,}|SG\.[\w-]{10,}\.[\w-]{10,})`)},
		{"password", []string{"-u", "--proxy-user"}, regexp.MustCompile(`(?:^|\s)(?:-u|--user|--proxy-user)(?:[ \t]+|=)["']?([^\s:"']+:\S+)`)},
	}
}

// shapesIn are the secrets that look like one.
func (r *Redactor) shapesIn(text string) []span {
	var spans []span
	lower := strings.ToLower(text)
	for i := range r.shapes {
		s := &r.shapes[i]
		if !s.isIn(lower) {
			continue
		}
		for _, at := range s.expression.FindAllStringSubmatchIndex(text, -1) {
			if from, to := at[2], at[3]; !strings.HasPrefix(text[from:to], placeholderStart) {
				spans = append(spans, span{from, to, s.what})
			}
		}
	}
	return spans
}

// secretWords are in the names of secrets.
const secretWords = `(?:passw(?:or)?d|passphrase|pwd|secret|token|api[_-]?key|access[_-]?key|account[_-]?key|private[_-]?key|encryption[_-]?key|signing[_-]?key|credentials?)` //nolint:gosec // their names, and none of them

// secretNames matches what is likely to be the name of a secret.
func secretNames() *regexp.Regexp {
	return regexp.MustCompile(`(?i)` + secretWords + `|(?:^|[_.-])(?:pass|auth|dsn|key|salt|cert)(?:$|[_.-])|_(?:url|uri)$|connection[_-]?string`)
}

// assignments matches the name of a secret and what is between it and its value.
func assignments() *regexp.Regexp {
	return regexp.MustCompile(`(?i)` + secretWords + `[a-z0-9_.-]{0,40}(?:["'\\]*[ \t]*(?:=>|:=|=|:)[ \t]*|[ \t]+)`)
}

// flags matches the beginning of a flag at the end of a text.
func flags() *regexp.Regexp { return regexp.MustCompile(`(?:^|[\s"'])--?[A-Za-z0-9-]*$`) }

// assignedIn are the values behind the name of a secret: password=…, "token": "…", --api-key …
func (r *Redactor) assignedIn(text string) []span {
	var spans []span
	bareEnd := 0 // where the value without quotes ends that was found last
	for _, at := range r.assigned.FindAllStringIndex(text, -1) {
		from := at[1]
		if !strings.ContainsAny(text[at[0]:from], "=:") && !r.flag.MatchString(text[max(at[0]-flagMost, 0):at[0]]) {
			continue // words behind each other are an assignment only to a flag
		}
		if from == len(text) || strings.HasPrefix(text[from:], placeholderStart) {
			continue
		}
		start, to := quoted(text, from)
		if start == from {
			if from >= bareEnd {
				bareEnd = from + bare(text[from:])
			}
			to = bareEnd
		}
		if to > start {
			spans = append(spans, span{start, to, "value of a secret's name"})
		}
	}
	return spans
}

// flagMost is how much of a flag's name is looked at before the word that makes it a secret's.
const flagMost = 40

// bare is how long a value without quotes is.
func bare(text string) int {
	if i := strings.IndexAny(text, " \t\r\n\"'`"); i >= 0 {
		return i
	}
	return len(text)
}

// quoted is where the value is that begins with a quotation mark at from, which may have backslashes before it; start is from when it begins with none.
// It ends with the line, if not before.
func quoted(text string, from int) (start, end int) {
	i := from
	for i < len(text) && text[i] == '\\' {
		i++
	}
	if i == len(text) || !strings.ContainsRune("\"'`", rune(text[i])) {
		return from, from
	}
	mark, slashes := text[i], i-from
	start = i + 1
	for i = start; i < len(text) && text[i] != '\n'; i++ {
		run := i
		for i < len(text) && text[i] == '\\' {
			i++
		}
		if i < len(text) && text[i] == mark && i-run <= slashes {
			return start, run
		}
		if i == len(text) || text[i] == '\n' {
			break
		}
	}
	return start, min(i, len(text))
}
