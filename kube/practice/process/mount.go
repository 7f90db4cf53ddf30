package process

// Mount has a file or a folder of this machine be seen at a path, in the place of what is there, if anything is.
type Mount struct {
	Path, From string // both absolute, and clean
}
