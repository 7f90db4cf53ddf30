package main

import (
	"context"
	"fmt"
	"slices"
	"time"

	"github.com/dayfly-k8s/dayfly/testdata/script/terminal"
)

// sessions measures within two sessions, one of each program, which take turns key by key and stream by stream.
func (l *lab) sessions(context.Context) ([]row, error) {
	d, err := l.start(l.dayfly, "-n", l.Name, l.pod)
	if err != nil {
		return nil, err
	}
	defer d.Close()
	if err := l.toTools(d); err != nil {
		return nil, err
	}
	if err := d.Press("enter"); err != nil {
		return nil, err
	}
	k, err := l.startKubectl()
	if err != nil {
		return nil, err
	}
	defer k.Close()
	for _, t := range []*terminal.Terminal{d, k} {
		if err := waitPrompt(t); err != nil {
			return nil, err
		}
	}
	echo, err := echoes(d, k)
	if err != nil {
		return nil, err
	}
	stream, err := streams(d, k)
	if err != nil {
		return nil, err
	}
	memory, err := memoryAfter(d)
	return []row{echo, stream, memory}, err
}

// Lengths of output, in bytes.
const (
	shortStream = 20_000_000
	longStream  = 1_000_000_000
)

// memoryAfter measures what a session in the foreground holds after much output.
func memoryAfter(d *terminal.Terminal) (row, error) {
	const most = 60 // MB
	r := row{what: "memory after 1 GB of output (RSS)", unit: "MB", n: 1, bound: bound{kind: atMost, limit: most}}
	if _, err := stream(d, longStream); err != nil {
		return r, err
	}
	size, err := resident(d.PID())
	r.dayfly = []float64{size}
	return r, err
}

// side is one of the two that are compared, with what has been measured of it.
type side struct {
	t       *terminal.Terminal
	results *[]float64
}

// echoes measures from a key to its letter in the output.
func echoes(d, k *terminal.Terminal) (row, error) {
	const line = 40 // letters; a line must not wrap
	r := row{what: "echo of a key", unit: "ms", n: keyPresses, bound: bound{kind: atMost, limit: 1.2}}
	for i := range keyPresses {
		for _, s := range []side{{d, &r.dayfly}, {k, &r.kubectl}} {
			took, err := echo(s.t)
			if err != nil {
				return r, err
			}
			*s.results = append(*s.results, took)
			if (i+1)%line > 0 {
				continue
			}
			if err := s.t.Press("ctrl+c"); err != nil {
				return r, err
			}
			if err := waitPrompt(s.t); err != nil {
				return r, err
			}
		}
	}
	return r, nil
}

func echo(t *terminal.Terminal) (float64, error) {
	from := t.Written()
	begin := time.Now()
	if err := t.Type("x"); err != nil {
		return 0, err
	}
	if _, err := t.WaitBytes(patience, from, "x"); err != nil {
		return 0, err
	}
	return since(begin), nil
}

// streams measures 20 MB of output, from the key that starts it to its end in the terminal. Who is first changes.
func streams(d, k *terminal.Terminal) (row, error) {
	r := row{what: "20 MB of output", unit: "MB/s", n: streamRuns, bound: bound{kind: atLeast, limit: 0.95, noise: noise}}
	for i := range streamRuns {
		sides := []side{{d, &r.dayfly}, {k, &r.kubectl}}
		if i%2 == 1 {
			slices.Reverse(sides)
		}
		for _, s := range sides {
			speed, err := stream(s.t, shortStream)
			if err != nil {
				return r, err
			}
			*s.results = append(*s.results, speed)
		}
	}
	return r, nil
}

// stream is the speed at which so many bytes come.
func stream(t *terminal.Terminal, bytes int) (float64, error) {
	t.Reserve(bytes + bytes/8)
	t.Mute(true) // an emulator would be slower than all that is measured
	defer t.Mute(false)
	from := t.Written()
	if err := t.Type(fmt.Sprintf(`yes $(printf %%0200d)|head -c %d;echo;echo e"n"d`, bytes)); err != nil {
		return 0, err
	}
	if _, err := t.WaitBytes(patience, from, `e"n"d`); err != nil {
		return 0, err
	}
	from = t.Written()
	begin := time.Now()
	if err := t.Press("enter"); err != nil {
		return 0, err
	}
	end, err := t.WaitBytes(patience+time.Duration(bytes/1e6)*time.Second, from, "end\r\n") // no link is as slow as that
	if err != nil {
		return 0, err
	}
	took := time.Since(begin)
	if got := end - from; got < bytes {
		return 0, fmt.Errorf("only %d bytes came of %d", got, bytes)
	}
	_, err = t.WaitBytes(patience, end, prompt)
	return float64(bytes) / 1e6 / took.Seconds(), err
}
