//go:build linux || darwin

package process

import (
	"fmt"
	"os"
	"os/signal"
	"strconv"
	"strings"
	"syscall"
	"testing"
)

// The environment that makes this test program a dayfly that is going to die: its folder, and what its containers run.
const (
	doomedFolder  = "PRACTICE_DOOMED_FOLDER"
	doomedCommand = "PRACTICE_DOOMED_COMMAND"
)

func TestMain(m *testing.M) {
	Main()
	if dir := os.Getenv(doomedFolder); dir != "" {
		doomed(dir, os.Getenv(doomedCommand))
	}
	os.Exit(m.Run())
}

// dieAllTheSame undoes what nohup and a shell's & have done to signals: they are ignored in what is started so.
func dieAllTheSame() {
	died := make(chan os.Signal, 1)
	for _, sig := range []os.Signal{syscall.SIGHUP, syscall.SIGINT} {
		if signal.Ignored(sig) {
			signal.Notify(died, sig)
		}
	}
	go func() {
		<-died
		os.Exit(1)
	}()
}

// doomed is a dayfly with two containers, one with a terminal, that waits for its end.
func doomed(dir, command string) {
	dieAllTheSame()
	h, err := NewHost(dir)
	if err != nil {
		panic(err)
	}
	for _, tty := range []bool{false, true} {
		spec := shell(command)
		spec.TTY = tty
		up := make(chan bool, 1)
		spec.Log = func(_ string, chunk []byte) {
			if strings.Contains(string(chunk), "up") {
				up <- true
			}
		}
		if _, err := h.Start(spec); err != nil {
			panic(err)
		}
		<-up
	}
	pids := []string{strconv.Itoa(h.warden.pid)}
	for pid, parent := range parents() {
		if parent == h.warden.pid { // a shim: whatever else has lost its parent is a child of one
			pids = append(pids, strconv.Itoa(pid))
		}
	}
	fmt.Println(strings.Join(pids, " "))
	if _, err := os.Stdin.Read(make([]byte, 1)); err == nil {
		panic("a crash")
	}
	os.Exit(0)
}
