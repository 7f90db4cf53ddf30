package main

import (
	"crypto/sha256"
	"embed"
	"encoding/hex"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
)

// sources are all that decides how a cluster starts and what its images hold. Manifests are not among them: they are
// applied by every up.
//
//go:embed *.go web/*.go pause/*.go go.mod
var sources embed.FS

// fingerprint changes when the sources do, or those of the registry that composes images.
func fingerprint() (string, error) {
	root, err := findRoot()
	if err != nil {
		return "", err
	}
	sum := sha256.New()
	for _, files := range []fs.FS{sources, os.DirFS(filepath.Join(root, nixeryFolder))} {
		err := fs.WalkDir(files, ".", func(path string, entry fs.DirEntry, err error) error {
			if err != nil || entry.IsDir() || strings.HasSuffix(path, "_test.go") {
				return err
			}
			text, err := fs.ReadFile(files, path)
			fmt.Fprintf(sum, "%s %d\n%s", path, len(text), text)
			return err
		})
		if err != nil {
			return "", fmt.Errorf("fingerprint of the sources: %w", err)
		}
	}
	return hex.EncodeToString(sum.Sum(nil)), nil
}

func (p Place) writeFingerprint() error {
	print, err := fingerprint()
	if err != nil {
		return err
	}
	if err := os.WriteFile(p.Run("fingerprint"), []byte(print), 0o644); err != nil {
		return fmt.Errorf("fingerprint of the sources: %w", err)
	}
	return nil
}

// isOutdated reports whether the running cluster was started from other sources.
func (p Place) isOutdated() bool {
	print, err := fingerprint()
	started, readErr := os.ReadFile(p.Run("fingerprint"))
	return err == nil && readErr == nil && string(started) != print
}
