// Package memory keeps what the interface remembers, in a file of the folder of dayfly's state that several dayflys write.
package memory

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"reflect"
	"strings"
	"time"

	"github.com/dayfly-k8s/dayfly/tui"
)

// Recall reads what the interface remembers. It is a convenience: a file that is missing is an empty memory, and so is one that cannot be read,
// which is told.
func Recall(file string) (tui.Memory, error) {
	var m tui.Memory
	data, err := os.ReadFile(file)
	if err == nil && len(bytes.TrimSpace(data)) > 0 {
		err = json.Unmarshal(data, &m)
	}
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		return tui.Memory{}, fmt.Errorf("cannot read %s, so your last view and theme are not restored: %w", file, ReasonOf(err))
	}
	return m, nil
}

// ReasonOf drops the call and the path that package os wraps around what went wrong.
func ReasonOf(err error) error {
	var path *fs.PathError
	var link *os.LinkError
	switch {
	case errors.As(err, &path):
		return path.Err
	case errors.As(err, &link):
		return link.Err
	}
	return err
}

// Remember writes what has been chosen since the memory was read onto what the file says now: another dayfly may have written it meanwhile. The
// file is replaced as a whole or not at all. What it says beside, of a newer dayfly, stays.
func Remember(file string, m tui.Memory) error {
	err := os.MkdirAll(filepath.Dir(file), 0o700)
	if err == nil {
		unlock := lockFile(file + ".lock")
		defer unlock()
		latest, _ := Recall(file) // one that is broken is replaced
		err = replaceFile(file, m.Onto(latest))
	}
	if err != nil {
		return fmt.Errorf("your view and theme were not saved to %s: %w", file, ReasonOf(err))
	}
	return nil
}

// replaceFile writes a memory in the place of the one that a file has.
func replaceFile(file string, m tui.Memory) error {
	data, err := withUnknown(file, m)
	if err != nil {
		return err
	}
	temporary, err := os.CreateTemp(filepath.Dir(file), ".view-*") // 0600
	if err != nil {
		return err
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
	}
	return err
}

// withUnknown is a memory as JSON, with the keys of a file that this dayfly does not know.
func withUnknown(file string, m tui.Memory) ([]byte, error) {
	all := map[string]json.RawMessage{}
	if data, err := os.ReadFile(file); err == nil && json.Unmarshal(data, &all) != nil {
		all = map[string]json.RawMessage{}
	}
	for field := range reflect.TypeFor[tui.Memory]().Fields() {
		name, _, _ := strings.Cut(field.Tag.Get("json"), ",")
		delete(all, name)
	}
	data, err := json.Marshal(m)
	if err != nil {
		return nil, err
	}
	if err := json.Unmarshal(data, &all); err != nil {
		return nil, err
	}
	return json.MarshalIndent(all, "", "  ")
}

// lockPatience is how long another dayfly is waited for that is writing. It takes milliseconds, unless it was stopped halfway.
const lockPatience = 2 * time.Second

// lockFile keeps other dayflys from writing until unlock is called. Where there can be no lock, or another does not give it back, it goes on
// without: the last one to write is then the one that counts.
func lockFile(file string) (unlock func()) {
	f, err := os.OpenFile(file, os.O_RDWR|os.O_CREATE, 0o600)
	if err != nil {
		return func() {}
	}
	locked := make(chan struct{})
	go func() {
		lock(f)
		close(locked)
	}()
	select {
	case <-locked:
		return func() { _ = f.Close() }
	case <-time.After(lockPatience):
		return func() {} // the file is in use
	}
}
