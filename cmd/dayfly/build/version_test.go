package build

import (
	"bytes"
	"encoding/json"
	"errors"
	"io"
	"runtime"
	"runtime/debug"
	"strings"
	"testing"
)

func TestOf(t *testing.T) {
	info := &debug.BuildInfo{
		Settings: []debug.BuildSetting{{Key: "vcs.revision", Value: "abc"}, {Key: "vcs.time", Value: "2026-03-01T12:00:00Z"}, {Key: "vcs.modified", Value: "true"}},
		Deps:     []*debug.Module{{Path: "k8s.io/api", Version: "v1"}, {Path: clientGo, Version: "v0.36.0"}},
	}
	v := Of("1.2.3", info)
	if want := (Version{"1.2.3", "abc", "2026-03-01T12:00:00Z", true, runtime.Version(), runtime.GOOS + "/" + runtime.GOARCH, "v0.36.0"}); v != want {
		t.Errorf("it is %+v, want %+v", v, want)
	}
	var out bytes.Buffer
	if err := v.write(&out); err != nil || !strings.HasPrefix(out.String(), "dayfly     1.2.3\ncommit     abc, with changes\n") || !strings.HasSuffix(out.String(), "client-go  v0.36.0\n") {
		t.Errorf("%v: it prints\n%s", err, out.String())
	}
	out.Reset()
	if err := Of("dev", nil).write(&out); err != nil || strings.Contains(out.String(), "commit") {
		t.Errorf("%v: it prints\n%s", err, out.String())
	}
}

// The command prints for people and for programs, and says what it does not take.
func TestVersion(t *testing.T) {
	wrong := errors.New("wrong")
	run := func(args ...string) (string, error) {
		cmd := New("1.2.3", func(err error) error { return errors.Join(wrong, err) }, func(out io.Writer, v any) error { return json.NewEncoder(out).Encode(v) })
		var out bytes.Buffer
		cmd.SetArgs(args)
		cmd.SetOut(&out)
		cmd.SetErr(io.Discard)
		cmd.SilenceUsage = true
		err := cmd.Execute()
		return out.String(), err
	}
	if got, err := run(); err != nil || !strings.HasPrefix(got, "dayfly     1.2.3\n") {
		t.Errorf("%v: it prints %s", err, got)
	}
	var v Version
	if got, err := run("-o", "json"); err != nil || json.Unmarshal([]byte(got), &v) != nil || v.Version != "1.2.3" || v.Go == "" {
		t.Errorf("%v: it prints %s", err, got)
	}
	for _, args := range [][]string{{"x"}, {"-o", "yaml"}} {
		if _, err := run(args...); !errors.Is(err, wrong) {
			t.Errorf("%q: %v", args, err)
		}
	}
}
