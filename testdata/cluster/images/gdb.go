package images

import (
	"errors"
	"io/fs"
	"os"
	"strings"
)

// loadGdb reads a gdb, as bin/gdb, with its libraries; nil where there is none.
func loadGdb(path string) (Files, error) {
	if _, err := os.Stat(path); errors.Is(err, fs.ErrNotExist) {
		return nil, nil
	}
	files, err := loadLinked(path)
	if err != nil {
		return nil, err
	}
	name := strings.TrimPrefix(path, "/")
	files["bin/gdb"] = files[name]
	delete(files, name)
	return files, nil
}

// gcore does what the script of gdb does, which wants bash.
const gcore = `[ "$1" = -o ] || { echo "usage: gcore -o PREFIX PID" >&2; exit 2; }
exec gdb --nx --batch -ex "set pagination off" -ex "set height 0" -ex "attach $3" -ex "gcore $2.$3" -ex detach -ex quit </dev/null
`

// gdb is the package of that name; without a gdb it has no commands.
func (t Tools) gdb() Files {
	files := t.commands("")
	for name, file := range t.Gdb {
		files[name] = file
	}
	if t.Gdb != nil {
		files["bin/gcore"] = program([]byte("#!/" + storeBusybox + " sh\n" + gcore))
	}
	return files
}
