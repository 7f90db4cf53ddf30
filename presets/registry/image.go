package registry

// Platform is an operating system and an architecture, as Go and registries name them: linux and arm64.
type Platform struct{ OS, Arch string }

// String is linux/arm64.
func (p Platform) String() string { return p.OS + "/" + p.Arch }

// Image is what a registry says of an image. All text is cleaned: it is for the screen, not for running. Its lists are
// shared with whoever asked for the same image: do not change them.
type Image struct {
	Name       string // as it was asked for
	Digest     string // what the name stands for now: of the index, if there is one
	Platform   Platform
	Platforms  []Platform // all there are, as the registry lists them
	Size       int64      // bytes to download when the node has none of it
	User       string     // empty: root
	Entrypoint []string
	Command    []string
	Shell      string // path of a shell that is likely there; empty when unknown
}
