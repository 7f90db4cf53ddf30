package presets

import "github.com/dayfly-k8s/dayfly/presets/nixery"

// For is the preset for a node of an architecture. A composed image is for one only, and its name says which: it becomes the
// one for the node, be it of the public Nixery or of another host (empty: none). Any other preset, and any other
// architecture than Nixery's two, leave it as it is.
func (p Preset) For(arch, host string) Preset {
	if arch != "amd64" && arch != "arm64" {
		return p
	}
	for _, host := range []string{nixery.Host, host} {
		image, err := nixery.Parse(host, p.Image)
		if host == "" || err != nil {
			continue
		}
		image.ARM64 = arch == "arm64"
		p.Image, p.Platforms = image.String(), []string{"linux/" + arch}
		break
	}
	return p
}
