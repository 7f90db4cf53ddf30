// Package capture has the command dayfly capture, over tui/capturerun.
package capture

import (
	"errors"
	"fmt"
	"strings"

	"github.com/spf13/pflag"

	"github.com/dayfly-k8s/dayfly/kube/capture"
)

// help is what dayfly capture --help begins with.
const help = `dayfly capture captures the packets of one pod or of several, and writes them into one pcapng file
that Wireshark reads: an interface for each pod, called by its name, and the names of pods and
Services beside their addresses. It ends after --for, at --max-size, at --count, or with ^C, and the
file is whole in any case.

    dayfly capture web-0
    dayfly capture web-0 web-1 db-0 --for 5m -- port 5432
    dayfly capture -l app=web -- 'tcp[tcpflags] & tcp-rst != 0'
    dayfly capture web-0 --wireshark
    dayfly capture web-0 -w - | tshark -r - -Y http

The filter goes behind two dashes, in the language of tcpdump (man pcap-filter); tcpdump checks it
before anything is captured. tcpdump runs in a debug container that is added as dayfly run adds one,
by default preset tcpdump, and ended afterwards; a debug container of dayfly that is there and has
tcpdump is used instead. With --from-node, it joins the pod from a pod on its node, which is deleted
afterwards. Nothing of the packets is in the pod's log.

dayfly's own traffic does not pass the pod's network. Where it does, because the pod is in the
network of its node, it is left out. A pod that ends or fails does not stop the capture of the
others; the exit code is 1 then. See dayfly help capture.`

// Flags are the command line.
type Flags struct {
	options   capture.Options
	size      string
	out       string // a file, or - for stdout; empty: in the folder of dayfly's state
	wireshark bool
	exec      string // a command that gets the capture on stdin
	fromNode  bool
	json      string
}

// addTo adds the flags.
func (f *Flags) addTo(flags *pflag.FlagSet) {
	f.options = capture.Usual()
	flags.DurationVar(&f.options.For, "for", f.options.For, "Capture for this long, once all pods are captured")
	flags.StringVar(&f.size, "max-size", "100M", "Stop when the file has this `SIZE`")
	flags.Int64Var(&f.options.Count, "count", 0, "Stop after this many packets (0: no limit)")
	flags.StringVarP(&f.options.Interface, "interface", "i", f.options.Interface, "Capture on this interface of each pod")
	flags.IntVar(&f.options.Snap, "snaplen", f.options.Snap, "Capture at most so many bytes of each packet")
	flags.StringVarP(&f.out, "out", "w", "", "Write to this `FILE`, - for stdout (default: one in dayfly's state folder)")
	flags.BoolVar(&f.wireshark, "wireshark", false, "Show the packets in Wireshark as they come, too")
	flags.StringVar(&f.exec, "exec", "", "Send the packets to this `COMMAND` as they come, too")
	flags.BoolVar(&f.fromNode, "from-node", false, "Capture from a pod on the node of each pod; nothing is added to the pods")
	flags.StringVarP(&f.json, "output", "o", "", "Print the result for programs: json")
}

// read is what is captured, with a filter. The error is a mistake on the command line.
func (f *Flags) read(filter []string) (capture.Options, error) {
	o := f.options
	o.Filter = strings.Join(filter, " ")
	size, err := capture.ParseSize(f.size)
	if err != nil {
		return o, fmt.Errorf("--max-size: %w", err)
	}
	o.MaxSize = size
	switch {
	case f.wireshark && f.exec != "":
		return o, errors.New("--wireshark cannot be used with --exec: one program gets the packets")
	case f.out == "-" && (f.wireshark || f.exec != ""):
		return o, errors.New("--out - cannot be used with --wireshark or --exec: pipe it there yourself")
	case f.json != "" && f.json != "json":
		return o, fmt.Errorf("--output %q: use json, or leave it out", f.json)
	case f.json != "" && f.out == "-":
		return o, errors.New("--output json cannot be used with --out -, which has the packets")
	}
	return o, o.Check() //nolint:wrapcheck // a sentence
}

// split tells pods from a filter that is given as one word with spaces, and not behind two dashes: no pod has such a name.
func split(args []string) (pods, filter []string) {
	for i, arg := range args {
		if i > 0 && strings.ContainsAny(arg, " ()[]") {
			return args[:i], args[i:]
		}
	}
	return args, nil
}
