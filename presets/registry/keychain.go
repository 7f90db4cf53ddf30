package registry

import (
	"bytes"
	"context"
	"errors"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"syscall"

	"github.com/docker/cli/cli/config"
	"github.com/docker/cli/cli/config/configfile"
	"github.com/docker/cli/cli/config/types"
	"github.com/docker/docker-credential-helpers/client"
	"github.com/docker/docker-credential-helpers/credentials"
	"github.com/google/go-containerregistry/pkg/authn"
	"github.com/google/go-containerregistry/pkg/name"

	"github.com/dayfly-k8s/dayfly/kube/background"
)

// dockerKeychain is the person's docker credentials, found where authn.DefaultKeychain finds them. That one starts credential
// helpers with the terminal of this process and waits for them without end; here they run in the background.
type dockerKeychain struct{}

// Resolve gives the credentials of a registry or repository.
func (k dockerKeychain) Resolve(target authn.Resource) (authn.Authenticator, error) {
	return k.ResolveContext(context.TODO(), target) //nolint:forbidigo // the interface has none; ours always calls the other
}

// ResolveContext gives the credentials of a registry or repository; an end of ctx ends the helper.
func (dockerKeychain) ResolveContext(ctx context.Context, target authn.Resource) (authn.Authenticator, error) {
	file, err := dockerConfig()
	if err != nil || file == nil {
		return authn.Anonymous, err
	}
	for _, key := range []string{target.String(), target.RegistryStr()} {
		if key == name.DefaultRegistry {
			key = authn.DefaultAuthKey
		}
		login, err := loginOf(ctx, file, key)
		if err != nil {
			return nil, err
		}
		login.ServerAddress = "" // it is always set
		if login != (types.AuthConfig{}) {
			return authn.FromConfig(authn.AuthConfig{
				Username: login.Username, Password: login.Password, Auth: login.Auth,
				IdentityToken: login.IdentityToken, RegistryToken: login.RegistryToken,
			}), nil
		}
	}
	return authn.Anonymous, nil
}

// loginOf is what the configuration has for a registry: from the helper that it names, else what is in itself.
func loginOf(ctx context.Context, file *configfile.ConfigFile, key string) (types.AuthConfig, error) {
	helper, named := file.CredentialHelpers[key]
	if !named {
		helper = file.CredentialsStore
	}
	plain := *file
	plain.CredentialHelpers, plain.CredentialsStore = nil, ""
	if helper == "" {
		return plain.GetAuthConfig(key)
	}
	plain.AuthConfigs = nil
	if login, err := plain.GetAuthConfig(key); err == nil && login.Username+login.IdentityToken+login.RegistryToken != "" {
		return login, nil // of the variable DOCKER_AUTH_CONFIG, which goes before helpers
	}
	got, err := client.Get(func(args ...string) client.Program {
		return &helperProgram{ctx: ctx, name: "docker-credential-" + helper, args: args}
	}, key)
	switch {
	case credentials.IsErrCredentialsNotFound(err):
		return types.AuthConfig{}, nil
	case err != nil:
		return types.AuthConfig{}, err
	case got.Username == "<token>":
		return types.AuthConfig{IdentityToken: got.Secret}, nil
	}
	return types.AuthConfig{Username: got.Username, Password: got.Secret}, nil
}

// helperProgram is one call of a credential helper.
type helperProgram struct {
	ctx   context.Context //nolint:containedctx // client.Program has no room for it
	name  string
	args  []string
	input io.Reader
}

// Input is what the program reads.
func (p *helperProgram) Input(in io.Reader) { p.input = in }

// Output runs the program. What it writes to standard error is not shown: it would be across the screen.
func (p *helperProgram) Output() ([]byte, error) {
	path, args, err := background.Command(patienceOfHelper, p.name, p.args...)
	if err != nil {
		return nil, err
	}
	cmd := exec.CommandContext(p.ctx, path, args...)
	cmd.Stdin = p.input
	cmd.Cancel = func() error { // the supervisor ends the helper
		if cmd.Process.Signal(syscall.SIGTERM) == nil {
			return nil
		}
		return cmd.Process.Kill()
	}
	out, err := cmd.Output()
	var exit *exec.ExitError
	if errors.As(err, &exit) && exit.ExitCode() == background.ExitTimedOut {
		err = errSlowHelper
	}
	return bytes.Clone(out), err
}

// dockerConfig is the configuration of docker, else the one of podman; nil when there is none.
func dockerConfig() (*configfile.ConfigFile, error) {
	home, _ := os.UserHomeDir() // without one the other places count
	if home != "" && isFile(filepath.Join(home, ".docker/config.json")) || isFile(filepath.Join(os.Getenv("DOCKER_CONFIG"), "config.json")) && os.Getenv("DOCKER_CONFIG") != "" {
		return config.Load(os.Getenv("DOCKER_CONFIG"))
	}
	settings := os.Getenv("XDG_CONFIG_HOME")
	if settings == "" && home != "" {
		settings = filepath.Join(home, ".config")
	}
	places := []string{os.Getenv("REGISTRY_AUTH_FILE")}
	for _, folder := range []string{os.Getenv("XDG_RUNTIME_DIR"), settings} {
		if folder != "" {
			places = append(places, filepath.Join(folder, "containers/auth.json"))
		}
	}
	for _, place := range places {
		if place != "" && isFile(place) {
			file, err := os.Open(place) //nolint:gosec // the person names it by the environment
			if err != nil {
				return nil, err
			}
			defer file.Close() //nolint:errcheck // it has been read
			return config.LoadFromReader(file)
		}
	}
	return nil, nil //nolint:nilnil // there is none
}

func isFile(path string) bool {
	info, err := os.Stat(path) //nolint:gosec // the person names it by the environment
	return err == nil && !info.IsDir()
}
