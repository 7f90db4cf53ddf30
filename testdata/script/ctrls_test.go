package script

import (
	"bytes"
	"testing"
	"time"
)

// It begins among the first, by the name of its file, for it takes longer than any other.
//
// A person looks away behind Ctrl-S, which other clients do not outlive for longer than a minute: whether it is the terminal that takes
// nothing, or the program's.
func TestTwoMinutesBehindCtrlS(t *testing.T) {
	t.Parallel()
	const away = 2 * time.Minute
	p := debugs(t, webPod(t, "held"))
	p.runs("kept=alive")
	from := p.Written()
	// 600 KB a second: enough to fill all that is between within ten.
	p.types(`while :; do head -c 60000 /dev/zero | tr '\0' x; echo; usleep 100000; done` + "\r")
	_, err := p.WaitBytes(soon, from, "xxx")
	p.must(err)
	p.Mute(true) // an emulator is slower
	p.Hold(true)

	c := countsOn(t, "ctrl-s")
	c.presses("ctrl+s")
	began := time.Now()
	stopped := -1
	for stopped != c.Written() && time.Since(began) < soon { // what is on its way
		stopped = c.Written()
		<-time.After(2 * time.Second)
	}
	<-time.After(away - time.Since(began))
	if n := c.Written() - stopped; n > 0 {
		t.Errorf("behind Ctrl-S %d bytes were shown", n)
	}
	c.presses("ctrl+q")
	_, err = c.WaitBytes(soon, stopped, "\nc1 ")
	c.must(err)
	stopCounts(t, c.target)
	_, err = c.WaitBytes(soon, stopped, " of c1\r\n")
	c.must(err)
	v := visitIn(t, c.Output(0))
	if wrong := follows(0, v.numbers); wrong != "" || v.numbers[0] != 1 {
		t.Errorf("the numbers are not shown once each: %s", wrong)
	}

	p.Hold(false)
	at, err := p.WaitBytes(soon, from, "bytes are not shown")
	p.must(err)
	p.presses("ctrl+c")
	_, err = p.WaitBytes(soon, at, "^C") // the key has arrived: the container's terminal echoes it
	p.must(err)
	for range 4 { // a shell that is between two commands of a loop may miss the signal
		if _, err = p.WaitBytes(soon/4, at, "\n"+prompt); err == nil {
			break
		}
		p.presses("ctrl+c")
	}
	if err != nil {
		last := p.Output(at)
		t.Fatalf("Ctrl-C brings no prompt: %v; %d bytes have come, the last %q", err, len(last), last[max(0, len(last)-200):])
	}
	if out := p.runs("echo $kept"); out != "alive\n" {
		t.Errorf("the variable is %q", out)
	}
	p.Mute(false)
	for who, output := range map[string][]byte{"who was held": p.Output(from), "Ctrl-S": c.Output(0)} {
		if bytes.Contains(output, []byte(lostWords)) {
			t.Errorf("%s: the link was lost", who)
		}
	}
	c.getsShell()
	c.exits()
	p.types("exit 3\r")
	p.getsCard("✗ exit 3")
	p.leaves()
}
