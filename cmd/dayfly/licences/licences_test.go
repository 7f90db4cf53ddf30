package licences

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// All that goes into dayfly may.
func TestLicencesOfDayfly(t *testing.T) {
	var out strings.Builder
	if err := Write(t.Context(), &out, "github.com/dayfly-k8s/dayfly/cmd/dayfly"); err != nil {
		t.Fatal(err)
	}
	for _, module := range []string{"\nGo go", "\nk8s.io/client-go v", "\ncharm.land/bubbletea/v2 v", "\ngithub.com/creack/pty v"} {
		if !strings.Contains(out.String(), module) {
			t.Errorf("it has nothing of %q", module)
		}
	}
}

func TestLicencesThatAreNot(t *testing.T) {
	gpl := "This program is free software: you can redistribute it and/or modify\nit under the terms of the GNU General Public License as published by\nthe Free Software Foundation, either version 3 of the License, or\n(at your option) any later version.\n"
	for name, test := range map[string]struct{ file, text, want string }{
		"another": {"COPYING", gpl, "is under GPL-3.0-or-later (COPYING)"},
		"none":    {"README", "Free for all.", "has no licence that is known"},
		"unknown": {"LICENSE", "Do what you like.", "has no licence that is known"},
	} {
		t.Run(name, func(t *testing.T) {
			folder := t.TempDir()
			if err := os.WriteFile(filepath.Join(folder, test.file), []byte(test.text), 0o600); err != nil {
				t.Fatal(err)
			}
			if _, err := (module{"some/module", "v1", folder}).texts(); err == nil || !strings.Contains(err.Error(), test.want) {
				t.Errorf("%v, want %s", err, test.want)
			}
		})
	}
}
