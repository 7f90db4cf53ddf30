package process

// Spec is what a container runs.
type Spec struct {
	Argv  []string // the command, looked up in the PATH of Env as a runtime does
	Argv0 string   // what the command finds as its own name; Argv[0] when empty
	Env   []string // all of it: nothing of dayfly's own environment is added
	Dir   string   // where it starts; the folder of the Host when empty

	// Beside is a running process whose container this one joins, as an exec does; nil: it is the first of a container of its own.
	Beside *Process

	// Mounts are what it finds at other places than this machine does: itself, and what is executed in its container. Where [Host.Isolated] is false
	// there are none.
	Mounts []Mount

	TTY       bool // a terminal of its own
	Stdin     bool // clients may type. What they type otherwise is dropped, and the input of a container without a TTY is empty
	StdinOnce bool // the input of a container without a TTY ends with that of the first client that gives some

	// Log is given all output, each chunk before any client gets it, and never two at once; the chunk is only valid during
	// the call. stream is "stdout" or "stderr". Before Done is closed it has been given everything. It may be nil.
	Log func(stream string, chunk []byte)
}
