package journal

// hasModes: what others may do with a file is decided by the folder that it is in, the user's own.
const hasModes = false

// noFollow: there is no such flag; what was opened is compared with what is there.
const noFollow = 0

// lock always gives the right: two that put files aside in the same moment do it twice, and the oldest entries go earlier.
func lock(string) (unlock func(), err error) {
	return func() {}, nil
}
