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
	var pids []string
	for _, tty := range []bool{false, true} {
		spec := shell(command)
		spec.TTY = tty
		up := make(chan bool, 1)
		spec.Log = func(_ string, chunk []byte) {
			if strings.Contains(string(chunk), "up") {
				up <- true
			}
		}
		p, err := h.Start(spec)
		if err != nil {
			panic(err)
		}
		<-up
		pids = append(pids, strconv.Itoa(parents()[p.PID()]))
	}
	fmt.Println(h.warden.pid, strings.Join(pids, " "))
	if _, err := os.Stdin.Read(make([]byte, 1)); err == nil {
		panic("a crash")
	}
	os.Exit(0)
}
