package main

import (
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"

	"github.com/dayfly-k8s/dayfly/tui"
)

// stateFolder is $XDG_STATE_HOME/dayfly, else ~/.local/state/dayfly, on every system; false: there is no place.
func stateFolder() (string, bool) {
	if base := os.Getenv("XDG_STATE_HOME"); filepath.IsAbs(base) {
		return filepath.Join(base, "dayfly"), true
	}
	home, err := os.UserHomeDir()
	return filepath.Join(home, ".local", "state", "dayfly"), err == nil
}

// recall reads what the interface remembers. It is a convenience: a file that is missing or broken is an empty memory.
func recall(file string) tui.Memory {
	var m tui.Memory
	data, err := os.ReadFile(file)
	if err != nil || json.Unmarshal(data, &m) != nil {
		return tui.Memory{}
	}
	return m
}

// remember writes it, whole or not at all, for another dayfly may be reading or writing it at the same time.
func remember(file string, m tui.Memory) error {
	data, err := json.MarshalIndent(m, "", "  ")
	if err != nil {
		return fmt.Errorf("remember the view: %w", err)
	}
	if err := os.MkdirAll(filepath.Dir(file), 0o700); err != nil {
		return fmt.Errorf("remember the view: %w", err)
	}
	temporary, err := os.CreateTemp(filepath.Dir(file), ".view-*") // 0600
	if err != nil {
		return fmt.Errorf("remember the view: %w", err)
	}
	_, err = temporary.Write(append(data, '\n'))
	if closing := temporary.Close(); err == nil {
		err = closing
	}
	if err == nil {
		err = os.Rename(temporary.Name(), file)
	}
	if err != nil {
		_ = os.Remove(temporary.Name())
		return fmt.Errorf("remember the view: %w", err)
	}
	return nil
}
