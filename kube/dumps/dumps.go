// Package dumps brings home what a command in a debug container has made of the process that it looks at: a heap, a core, a profile. [Cost] says beforehand
// what it may do to the pod; [Bring] runs the command by exec, copies the file, and deletes it there. Nothing of it is in the pod's log.
package dumps

import (
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path"
	"strconv"
	"strings"
	"time"

	"github.com/dayfly-k8s/dayfly/kube"
	"github.com/dayfly-k8s/dayfly/kube/debug"
	"github.com/dayfly-k8s/dayfly/kube/files"
	"github.com/dayfly-k8s/dayfly/kube/stream"
)

// Dump is what is made.
type Dump struct {
	Command  []string // ends with 0 when the file is whole. It has FILE, TARGET_PID and TARGET_ROOT
	File     string   // where it is then
	InTarget bool     // File is one of the target, and not of the debug container
	Memory   bool     // all memory that the target uses is in it
	Mapped   bool     // all that it has mapped is, used or not: gcore writes that, and the arenas of Go are many times what is used
	Pauses   bool     // the target stands still meanwhile
}

// Request is a dump that is brought home.
type Request struct {
	Dump
	Target kube.Target // the container whose process it is of
	Runs   kube.Target // the debug container beside it, which runs
	To     string      // the file of this machine, which is not there yet
	Force  bool        // it is tried though there is not enough room
	// Progress is called from one goroutine at a time; it may be nil.
	Progress func(Progress)
	Now      func() time.Time // by which it is told how long it took; nil: the real time
}

// Progress is how far it has come.
type Progress struct {
	Stage Stage
	Done  int64  // bytes that are copied
	Total int64  // of these
	Said  string // what the command has printed last, in a line
}

// Stage is a part of the work.
type Stage int

// The stages, in order.
const (
	Measuring Stage = iota
	Making
	Copying
	Deleting
)

// Words say what is done.
func (s Stage) Words() string {
	return []string{"measuring the process and the room", "making the dump", "copying it", "deleting it there"}[s]
}

// Result is a dump that is home.
type Result struct {
	File   string
	Bytes  int64
	SHA256 string
	Equal  bool          // that of the container was the same
	Why    string        // they were not compared; see [files.Verified]
	Took   time.Duration // to make it
	Said   string        // what the command has printed last, in a line; empty: nothing
	Left   *kube.Problem // why it is still there; nil: it is not
}

// Bring makes a dump and brings it home. When ctx ends, the command is ended. What was made is deleted there in any case; a part of the file here is deleted if the
// rest is missing. The error says what was not done; Left is in the result then, too.
func Bring(ctx context.Context, c *kube.Cluster, r Request) (result Result, err error) {
	b := bringer{Request: r, cluster: c, mark: rand.Text()}
	if r.Memory || r.Mapped {
		b.tell(Progress{Stage: Measuring})
		if err := b.room(ctx); err != nil {
			return result, err
		}
	}
	b.tell(Progress{Stage: Making})
	defer func() { result.Left = b.remove(ctx) }()
	clock := r.Now
	if clock == nil {
		clock = time.Now
	}
	began := clock()
	if result.Said, err = b.make(ctx); err != nil {
		return result, err
	}
	result.Took = clock().Sub(began)
	got, err := b.copy(ctx)
	if err != nil {
		return result, err
	}
	result.File, result.Bytes, result.SHA256, result.Equal, result.Why = r.To, got.Bytes, got.SHA256, got.Equal, got.Why
	return result, nil
}

// bringer brings one.
type bringer struct {
	Request
	cluster *kube.Cluster
	mark    string // by which the command is found there
}

func (b *bringer) tell(p Progress) {
	if b.Progress != nil {
		b.Progress(p)
	}
}

// run runs a script in the debug container; its arguments begin with $1.
func (b *bringer) run(ctx context.Context, script string, args []string, s stream.Streams) (int, error) {
	return stream.Exec(ctx, b.cluster, b.Runs, debug.Beside(append([]string{"sh", "-c", script, "sh"}, args...)), s)
}

func (b *bringer) place(name string) []string {
	if b.InTarget {
		return []string{name, "@"}
	}
	return []string{name, ""}
}

// room reports as an error that what has all memory of the process in it does not fit where it is written. Where it cannot be measured, nothing is known.
func (b *bringer) room(ctx context.Context) error {
	what := "VmRSS:"
	if b.Mapped {
		what = "VmSize:"
	}
	var out strings.Builder
	script := where + `W=$3; while read -r N V X; do [ "$N" != "$W" ] || echo "$V"; done <"/proc/$TARGET_PID/status"; df -Pk "$F" | while read -r D S U A X; do echo "$A"; done`
	code, err := b.run(ctx, script, append(b.place(path.Dir(b.File)), what), stream.Streams{Out: &limited{to: &out}, Err: &last{}})
	if err != nil {
		return err
	}
	words := strings.Fields(out.String())
	if code != 0 || len(words) == 0 {
		return nil
	}
	used, free := number(words[0]), number(words[len(words)-1])
	if used < 0 || free < 0 || free >= used || b.Force {
		return nil
	}
	return &kube.Problem{
		Message: fmt.Sprintf("the process of %s has %s in memory, and where the dump is written only %s are free", b.Target, amount(used<<10), amount(free<<10)),
		Hint:    "make room there, or mount a volume with room at " + path.Dir(b.File),
	}
}

// number is what a word says; below 0: nothing.
func number(word string) int64 {
	n, err := strconv.ParseInt(word, 10, 64)
	if err != nil {
		return -1
	}
	return n
}

// make runs the command, and returns what it has said last.
func (b *bringer) make(ctx context.Context) (words string, err error) {
	said := &last{tell: func(line string) { b.tell(Progress{Stage: Making, Said: line}) }}
	args := append([]string{b.File, b.mark}, b.Command...)
	code, err := b.run(ctx, makes, args, stream.Streams{In: strings.NewReader("go\n"), Out: said, Err: said})
	if err != nil {
		return "", err
	}
	words = said.String()
	if code != 0 {
		if words == "" {
			words = "it printed nothing"
		}
		problem := &kube.Problem{Message: fmt.Sprintf("make a dump of %s: the command ended with code %d: %s", b.Target, code, words), Hint: "its last words say why"}
		if denied(words) {
			problem.Hint, problem.Help = "it may not look into the process: another profile may give it the right, or the user of the process", []kube.Help{kube.ChooseProfile}
		}
		return words, problem
	}
	return words, nil
}

// denied reports whether a program has said that it lacks a right.
func denied(words string) bool {
	words = strings.ToLower(words)
	return strings.Contains(words, "permission denied") || strings.Contains(words, "not permitted") || strings.Contains(words, "ptrace")
}

// copy brings the file home.
func (b *bringer) copy(ctx context.Context) (files.Verified, error) {
	const mode, again = 0o600, 5
	place := files.Place{Target: b.Runs, Runs: b.Runs}
	if b.InTarget {
		place.Target = b.Target
	}
	e, err := files.Describe(ctx, b.cluster, place, b.File)
	if err != nil {
		return files.Verified{}, err
	}
	f, err := os.OpenFile(b.To, os.O_WRONLY|os.O_CREATE|os.O_EXCL, mode)
	if errors.Is(err, fs.ErrExist) {
		return files.Verified{}, &kube.Problem{Message: fmt.Sprintf("%q is there already", kube.Sanitize(b.To)), Hint: "choose another name: dayfly overwrites nothing", Err: err}
	}
	if err != nil {
		return files.Verified{}, err
	}
	b.tell(Progress{Stage: Copying, Total: e.Size})
	got, err := files.Download(ctx, b.cluster, files.Request{
		Place: place, Path: b.File, Retries: again, Progress: func(done int64) { b.tell(Progress{Stage: Copying, Done: done, Total: e.Size}) },
	}, e, f)
	if err = errors.Join(err, f.Close()); err != nil {
		_ = os.Remove(b.To)
		if ctx.Err() != nil {
			err = ctx.Err()
		}
	}
	return got, err
}

// remove ends the command, if it still runs, and deletes what it has made.
func (b *bringer) remove(ctx context.Context) *kube.Problem {
	const patience = 30 * time.Second
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), patience)
	defer cancel()
	b.tell(Progress{Stage: Deleting})
	said := &last{}
	code, err := b.run(ctx, where+removes, append(b.place(b.File), b.mark), stream.Streams{Out: said, Err: said})
	switch {
	case err != nil:
		p := *kube.Explain(err)
		p.Message = fmt.Sprintf("whether %q is still in %s is not known: %s", kube.Sanitize(b.File), b.holder(), p.Message)
		return &p
	case code != 0:
		return &kube.Problem{Message: fmt.Sprintf("%q could not be deleted in %s: %s", kube.Sanitize(b.File), b.holder(), said), Hint: "delete it by hand: it takes room there"}
	}
	return nil
}

// holder is the container that has the file.
func (b *bringer) holder() kube.Target {
	if b.InTarget {
		return b.Target
	}
	return b.Runs
}
