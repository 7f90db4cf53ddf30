package config

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
	"unicode"
	"unicode/utf8"
)

// FuzzConfig: whatever stands in config.yaml, a mistake is told in one line that can be drawn, and what could be read can be asked for
// any context.
func FuzzConfig(f *testing.F) {
	for _, seed := range []string{
		"theme: dusk\ndetachKey: ctrl-p,ctrl-q\nmouse: false\n",
		"registries:\n  nixery: nixery.corp:8443\n  fallback: corp/busybox:1\n  ask: false\n  mirrors:\n  - {from: docker.io, to: corp/hub}\ncontexts:\n- match: prod-*\n  registries: {ask: true}\n",
		"contexts:\n- match: \"[\"\n", "contexts:\n- match: \"\\x1b[31m\"\n", "theme: \"\\x1b]52;c;?\\a\"", "detachKey: \"\\x9b\"", "registries: {nixery: \"\\u202e\"}",
		"registries: {mirrors: [{from: \"\\x1b\", to: \"\\n\"}]}", "them: x", "mouse: [", "&a theme: *a", "\xff", "--- 1\n--- 2", "\"\\x1b\": 1",
		"guard:\n  readOnly: true\n  refuseProfiles: [sysadmin]\n  images: [corp/*]\n", "guard: {images: [\"\\x1b\"]}", "guard: {hideNamespaces: [\"[\"]}",
	} {
		f.Add([]byte(seed))
	}
	file := filepath.Join(f.TempDir(), "config.yaml")
	f.Fuzz(func(t *testing.T, data []byte) {
		if err := os.WriteFile(file, data, 0o600); err != nil {
			t.Fatal(err)
		}
		c, err := Read(file)
		if err != nil {
			if text := err.Error(); !strings.Contains(text, file) || !utf8.ValidString(text) || strings.ContainsFunc(text, func(r rune) bool { return !unicode.IsGraphic(r) }) {
				t.Errorf("the mistake is told as %q", text)
			}
		}
		for _, context := range []string{"", "prod-eu", "\x1b[31m", strings.Repeat("a", 1000)} {
			c.RegistriesFor(context)
		}
		c.NoMouse()
	})
}
