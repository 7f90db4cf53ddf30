//go:build unix

package registry

import (
	"context"
	"errors"
	"io"
	"os"
	"path/filepath"
	"testing"
	"time"

	"github.com/google/go-containerregistry/pkg/authn"
	"github.com/google/go-containerregistry/pkg/name"
	"golang.org/x/sys/unix"

	"github.com/dayfly-k8s/dayfly/kube/background"
)

func TestMain(m *testing.M) {
	background.Main()
	os.Exit(m.Run())
}

// docker makes a home with a docker configuration and a credential helper named "test".
func docker(t *testing.T, config, helper string) {
	t.Helper()
	home := t.TempDir()
	for file, text := range map[string]string{".docker/config.json": config, "bin/docker-credential-test": "#!/bin/sh\n" + helper + "\n"} {
		file = filepath.Join(home, file)
		if err := os.MkdirAll(filepath.Dir(file), 0o700); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(file, []byte(text), 0o700); err != nil {
			t.Fatal(err)
		}
	}
	t.Setenv("HOME", home)
	t.Setenv("DOCKER_CONFIG", filepath.Join(home, ".docker"))
	t.Setenv("DOCKER_AUTH_CONFIG", "")
	t.Setenv("PATH", filepath.Join(home, "bin")+string(os.PathListSeparator)+os.Getenv("PATH"))
}

func TestDockerKeychain(t *testing.T) {
	const (
		store  = `{"credsStore": "test"}`
		answer = `read -r server || [ -n "$server" ] || exit 9; [ "$1" = get ] && echo "{\"Username\": \"ann\", \"Secret\": \"of $server\"}"`
	)
	for title, test := range map[string]struct {
		config, helper, image string
		want                  authn.AuthConfig
		fails                 bool
	}{
		"store":         {store, answer, "registry.corp/a", authn.AuthConfig{Username: "ann", Password: "of registry.corp/a"}, false},
		"docker's own":  {store, `read -r s; case $s in https:*) echo "{\"Username\":\"ann\",\"Secret\":\"x\"}";; *) echo credentials not found in native keychain; exit 1;; esac`, "busybox", authn.AuthConfig{Username: "ann", Password: "x"}, false},
		"token":         {store, `echo '{"Username": "<token>", "Secret": "t"}'`, "registry.corp/a", authn.AuthConfig{IdentityToken: "t"}, false},
		"of one host":   {`{"credHelpers": {"registry.corp": "test"}}`, answer, "registry.corp/a", authn.AuthConfig{Username: "ann", Password: "of registry.corp"}, false},
		"of another":    {`{"credHelpers": {"other.corp": "test"}}`, answer, "registry.corp/a", authn.AuthConfig{}, false},
		"none":          {store, `echo credentials not found in native keychain; exit 1`, "registry.corp/a", authn.AuthConfig{}, false},
		"in the file":   {`{"auths": {"registry.corp": {"auth": "YW5uOnM="}}}`, `exit 9`, "registry.corp/a", authn.AuthConfig{Username: "ann", Password: "s"}, false},
		"fails":         {store, `echo no; exit 3`, "registry.corp/a", authn.AuthConfig{}, true},
		"is not there":  {`{"credsStore": "nosuch"}`, ``, "registry.corp/a", authn.AuthConfig{}, true},
		"broken":        {`{"credsStore`, ``, "registry.corp/a", authn.AuthConfig{}, true},
		"no login here": {`{}`, ``, "registry.corp/a", authn.AuthConfig{}, false},
	} {
		t.Run(title, func(t *testing.T) {
			docker(t, test.config, test.helper)
			reference, err := name.ParseReference(test.image)
			if err != nil {
				t.Fatal(err)
			}
			who, err := dockerKeychain{}.ResolveContext(t.Context(), reference.Context())
			if (err != nil) != test.fails {
				t.Fatal(err)
			}
			if err != nil {
				return
			}
			got, err := who.Authorization()
			if err != nil || got.Username != test.want.Username || got.Password != test.want.Password || got.IdentityToken != test.want.IdentityToken {
				t.Errorf("%+v, %v", got, err)
			}
		})
	}
}

// A helper that waits for a person is ended when nobody waits for it any more, with what it has started.
func TestHelperThatNeverAnswers(t *testing.T) {
	fifo := filepath.Join(t.TempDir(), "fifo")
	if err := unix.Mkfifo(fifo, 0o600); err != nil {
		t.Fatal(err)
	}
	docker(t, `{"credsStore": "test"}`, `exec 9>`+fifo+`; sleep 1000 & echo up >&9; sleep 1000`)
	reference, err := name.ParseReference("registry.corp/a")
	if err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithCancel(t.Context())
	failed := make(chan error, 1)
	go func() {
		_, err := dockerKeychain{}.ResolveContext(ctx, reference.Context())
		failed <- err
	}()
	opened := make(chan *os.File, 1)
	go func() {
		if file, err := os.Open(fifo); err == nil {
			opened <- file
		}
	}()
	var running *os.File
	select {
	case running = <-opened:
	case err := <-failed:
		t.Fatal(err)
	}
	defer running.Close()
	if _, err := io.ReadFull(running, make([]byte, 3)); err != nil {
		t.Fatal(err)
	}
	cancel()
	if err := <-failed; err == nil {
		t.Error("it is no error")
	}
	gone := make(chan error, 1)
	go func() {
		_, err := io.Copy(io.Discard, running)
		gone <- err
	}()
	select {
	case err := <-gone:
		if err != nil && !errors.Is(err, io.EOF) {
			t.Error(err)
		}
	case <-time.After(time.Minute):
		t.Error("the helper still runs")
	}
}
