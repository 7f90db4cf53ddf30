package capture

import (
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/dayfly-k8s/dayfly/kube"
	"github.com/dayfly-k8s/dayfly/kube/batch"
	"github.com/dayfly-k8s/dayfly/kube/capture"
	"github.com/dayfly-k8s/dayfly/kube/debug"
	"github.com/dayfly-k8s/dayfly/kube/packets"
	"github.com/dayfly-k8s/dayfly/tui/capturerun"
)

// Result is what -o json prints.
type Result struct {
	Context    string      `json:"context,omitempty"` // of the kubeconfig
	File       string      `json:"file,omitempty"`
	Packets    int64       `json:"packets"`
	Bytes      int64       `json:"bytes"` // of the file
	Seconds    float64     `json:"seconds"`
	Ended      string      `json:"ended"` // why
	Interfaces []Interface `json:"interfaces"`
	Protocols  []Protocol  `json:"protocols,omitempty"`
	Resets     int         `json:"resets"`
	SentAgain  int         `json:"retransmissions"`
	DNS        []Question  `json:"dns,omitempty"`
	Requests   []Request   `json:"requests,omitempty"`
	Left       []string    `json:"left,omitempty"` // what could not be ended
}

// Interface is a pod of it.
type Interface struct {
	Name    string `json:"name"`
	Packets int64  `json:"packets"`
	Dropped uint64 `json:"dropped"` // that the kernel had no room for
	Error   string `json:"error,omitempty"`
	Hint    string `json:"hint,omitempty"`
}

// Protocol is how often one was seen.
type Protocol struct {
	Name    string `json:"name"`
	Packets int64  `json:"packets"`
}

// Question is one of DNS.
type Question struct {
	Name      string  `json:"name"`
	Type      string  `json:"type"`
	Asked     int     `json:"asked"`
	Answered  int     `json:"answered"`
	Failed    int     `json:"failed"`
	Answer    string  `json:"answer,omitempty"` // the last
	SlowestMS float64 `json:"slowestMs"`
}

// Request is one of HTTP, or a name that was asked for by TLS.
type Request struct {
	Protocol  string  `json:"protocol"`
	Request   string  `json:"request"`
	Server    string  `json:"server"`
	Count     int     `json:"count"`
	Failed    int     `json:"failed"`
	Answer    string  `json:"answer,omitempty"` // the last
	SlowestMS float64 `json:"slowestMs"`
}

// resultOf is the result of a capture that is over.
func resultOf(context string, l *capturerun.Live) Result {
	look, seen := l.Look(), l.Capture().Analysis().Look()
	r := Result{
		Context: context, File: l.File(), Packets: look.Packets, Bytes: look.Written, Seconds: look.Took.Round(time.Millisecond).Seconds(),
		Ended: look.Reason.Words(), Resets: seen.Resets, SentAgain: seen.Retransmissions,
	}
	for _, s := range look.Sources {
		i := Interface{Name: s.Name, Packets: s.Packets, Dropped: s.Dropped}
		if s.Problem != nil {
			i.Error, i.Hint = s.Problem.Message, s.Problem.Hint
		}
		r.Interfaces = append(r.Interfaces, i)
	}
	for _, p := range seen.Protocols {
		r.Protocols = append(r.Protocols, Protocol{p.Name, p.Packets})
	}
	for _, q := range seen.Questions {
		r.DNS = append(r.DNS, Question{q.Name, q.Type, q.Asked, q.Answered, q.Failed, q.Answer, inMS(q.Slowest)})
	}
	for _, q := range seen.Requests {
		r.Requests = append(r.Requests, Request{q.Protocol, q.Words, q.Server.String(), q.Count, q.Failed, q.Answer, inMS(q.Slowest)})
	}
	for _, p := range look.Left {
		r.Left = append(r.Left, p.Message)
	}
	return r
}

func inMS(d time.Duration) float64 { return float64(d.Microseconds()) / 1000 }

// lines say how a capture went, for people; the last is where the file is.
func lines(l *capturerun.Live) []string {
	look, seen := l.Look(), l.Capture().Analysis().Look()
	said := []string{fmt.Sprintf("%s: %s in %s", look.Reason.Words(), count(int(look.Packets), "packet"), look.Took.Round(time.Second/10))}
	if len(look.Sources) > 1 {
		var each []string
		for _, s := range look.Sources {
			each = append(each, fmt.Sprintf("%s %d", s.Name, s.Packets))
		}
		said = append(said, kube.List(each))
	}
	if what := protocols(seen); what != "" {
		said = append(said, what)
	}
	if n := look.Dropped(); n > 0 {
		said = append(said, fmt.Sprintf("%s not captured: the kernel had no room for them; a filter or a smaller snaplen helps", count(int(n), "packet")))
	}
	said = append(said, look.Notes...)
	if look.Problem != nil {
		said = append(said, look.Problem.Message+"; what was written before is whole")
	}
	if f := l.File(); f != "" {
		said = append(said, fmt.Sprintf("%s (%s)", f, size(look.Written)))
	}
	return said
}

// protocols are what was seen, in a line.
func protocols(s packets.Snapshot) string {
	var parts []string
	for _, p := range s.Protocols {
		parts = append(parts, fmt.Sprintf("%s %d", p.Name, p.Packets))
	}
	if s.Resets > 0 {
		parts = append(parts, count(s.Resets, "reset"))
	}
	if s.Retransmissions > 0 {
		parts = append(parts, fmt.Sprintf("%d sent again", s.Retransmissions))
	}
	return strings.Join(parts, ", ")
}

// failures are why nothing came, or not all, of some pods: each reason once; nil: all came.
func failures(look capture.Look) (p *kube.Problem, failed int) {
	var messages []string
	for _, s := range look.Sources {
		if s.Problem == nil {
			continue
		}
		if failed++; p == nil {
			first := *s.Problem
			p = &first
		}
		if !slices.Contains(messages, s.Problem.Message) {
			messages = append(messages, s.Problem.Message)
		}
	}
	if p != nil {
		p.Message = strings.Join(messages, "; ")
	}
	return p, failed
}

// commands are kubectl's that do the same for a pod.
func commands(p *debug.Plan, o capture.Options) string {
	adds, _, _ := strings.Cut(p.Command, " && ")
	words := []string{"tcpdump", "-i", o.Interface, "-s", strconv.Itoa(o.Snap), "-U", "-w", "-"}
	if o.Filter != "" {
		words = append(words, o.Filter)
	}
	return adds + ", and there: " + kube.ShellLine(words)
}

// before says what a capture does, before anything is done.
func before(b batch.Batch, o capture.Options) []string {
	runs := b.Runs()
	var lines []string
	if len(runs) == 1 && runs[0].Plan != nil && runs[0].Plan.Command != "" {
		lines = append(lines, commands(runs[0].Plan, o))
	}
	what := "all packets"
	if o.Filter != "" {
		what = fmt.Sprintf("packets of %q", kube.Brief(o.Filter))
	}
	lines = append(lines, fmt.Sprintf("captures %s of %s, for %s or up to %s", what, count(len(runs), "pod"), o.For, size(o.MaxSize)))
	if n := b.Changed(); n > 0 {
		lines = append(lines, fmt.Sprintf("adds a debug container to %s, which stays in the list of its pod until the pod is deleted", count(n, "pod")))
	}
	if n := b.Created(); n > 0 {
		lines = append(lines, fmt.Sprintf("creates %s on the nodes, deleted afterwards", count(n, "pod")))
	}
	for _, i := range runs {
		if i.Joins {
			lines = append(lines, fmt.Sprintf("uses debug container %s of %s, which has tcpdump", i.Target.Container, i.Name()))
		}
	}
	for _, g := range b.Reasons() {
		lines = append(lines, "skipped, "+g.Words+": "+kube.List(g.Names))
	}
	for _, g := range b.Notes() {
		lines = append(lines, g.Words+": "+kube.List(g.Names))
	}
	return lines
}
