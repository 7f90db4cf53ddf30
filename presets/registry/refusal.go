package registry

import (
	"encoding/json"
	"errors"
	"regexp"
	"strings"

	"github.com/google/go-containerregistry/pkg/v1/remote/transport"
)

// inHandshake tells the refusals of a handshake from those of the image, and makes one error of all the ways in which
// what answers may not be a registry.
func (c *conversation) inHandshake(err error) error {
	var answered *transport.Error
	switch {
	case isOfNetwork(err):
		return err
	case !errors.As(err, &answered) && isPlain(err):
		return errPlain
	case !errors.As(err, &answered):
		return errNoAnswer // the text of err may hold a token
	}
	said, err := json.Marshal(answered.Errors)
	if err != nil {
		return errNoAnswer
	}
	refusal := c.refusal(answered.StatusCode, []byte(`{"errors":`+string(said)+`}`))
	refusal.handshake = true
	return refusal
}

// refusal understands what a registry says when it says no.
func (c *conversation) refusal(status int, body []byte) *refusalError {
	e := &refusalError{status: status, webPage: isWebPage(body)}
	var said struct {
		Errors []struct{ Code, Message string }
	}
	words := string(body)
	if json.Unmarshal(body, &said) == nil {
		words = ""
		for _, one := range said.Errors {
			words += "; " + one.Message
			e.codes += " " + one.Code
		}
	}
	if e.webPage {
		words = ""
	}
	e.missing = missingPackages(words)
	e.words = c.guard.words(strings.TrimPrefix(words, "; "))
	return e
}

// missingPackages finds the names in Nixery's sentence: Could not find Nix packages: [x y].
func missingPackages(words string) []string {
	const many = 20
	sentence := regexp.MustCompile(`(?is)could not find (?:the )?(?:nix )?packages?:?\s*\[?([^\]]*)`)
	match := sentence.FindStringSubmatch(words)
	if match == nil {
		return nil
	}
	var names []string
	for _, name := range strings.FieldsFunc(match[1], func(r rune) bool { return strings.ContainsRune(" \t\n,;\"'`", r) }) {
		if name = brief(name); name != "" && len(names) < many {
			names = append(names, name)
		}
	}
	return names
}
