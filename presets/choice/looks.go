package choice

import (
	"cmp"
	"context"
	"errors"
	"time"

	"github.com/dayfly-k8s/dayfly/kube/batch"
	"github.com/dayfly-k8s/dayfly/presets"
	"github.com/dayfly-k8s/dayfly/presets/registry"
)

// Looker asks a registry what an image is; [registry.Registry] is the real one.
type Looker interface {
	Look(ctx context.Context, image string, p registry.Platform, news func(string)) (registry.Image, error)
}

// patience is how long a registry may take.
const patience = 3 * time.Second

// Looks asks a registry about the image of a preset that is used many times, as far as that could tell something: of a shipped one the usual platform is
// known, and what its image runs as. No function: nobody is to be asked.
func Looks(looker Looker, settings registry.Settings, tool presets.Preset) func(ctx context.Context, image, os, arch string) batch.Looked {
	if settings.Silent || looker == nil {
		return nil
	}
	return func(ctx context.Context, image, os, arch string) batch.Looked {
		on := Platform(os, arch)
		if tool.Origin == presets.Shipped && tool.User != "" && on == Platform("", "") {
			return batch.Looked{}
		}
		ctx, cancel := context.WithTimeout(ctx, patience)
		defer cancel()
		found, err := looker.Look(ctx, image, on, nil)
		if ctx.Err() != nil {
			return batch.Looked{}
		}
		looked := batch.Looked{Facts: registry.Facts(found, err)}
		var p *registry.Problem
		if errors.As(err, &p) && p.Kind != registry.WrongPlatform {
			looked.Warning = p.Message
		}
		return looked
	}
}

// Platform is what an image has to be made for; what is not known of it is assumed to be usual.
func Platform(os, arch string) registry.Platform {
	return registry.Platform{OS: cmp.Or(os, "linux"), Arch: cmp.Or(arch, "amd64")}
}
