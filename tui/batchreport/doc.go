// Package batchreport prints what dayfly run does in many pods: before, whom it is about and what is changed for good; then what they print, line by line
// behind their names (Lines), folded at the end (WriteFold), or for programs (Member, Whole).
package batchreport

import (
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/dayfly-k8s/dayfly/kube"
	"github.com/dayfly-k8s/dayfly/kube/batch"
	"github.com/dayfly-k8s/dayfly/tui/batchrun"
)

// mostReasons is how many different reasons are told.
const mostReasons = 12

// Before is what a person should know before anything is sent, in lines: what runs, what is changed for good, who is skipped and why, and what may go
// wrong.
func Before(b batch.Batch) []string {
	lines := []string{runs(b)}
	if n := b.Changed(); n > 0 {
		lines = append(lines, fmt.Sprintf("%s changed for good: a debug container stays in the list of its pod until the pod is deleted", are(n)))
	}
	if n := b.Created(); n > 0 {
		lines = append(lines, fmt.Sprintf("%s created for it, and deleted when the command has ended", are(n)))
	}
	if names := joined(b); len(names) > 0 {
		lines = append(lines, "not run again, since it runs there already, or has ended meanwhile: "+kube.List(names))
	}
	lines = append(lines, told("skipped, ", b.Reasons())...)
	return append(lines, told("", b.Notes())...)
}

// runs is how many there are, and on how many nodes.
func runs(b batch.Batch) string {
	list, nodes := b.Runs(), map[string]bool{}
	for _, i := range list {
		nodes[i.OnNode] = true
	}
	words := fmt.Sprintf("%d of %s", len(list), count(len(b.Items), noun(b.Items)))
	if len(list) > 0 && list[0].Node == "" && !nodes[""] {
		words += ", on " + count(len(nodes), "node")
	}
	if n := len(b.Items) - len(list); n > 0 {
		words += fmt.Sprintf("; %d skipped", n)
	}
	return "runs in " + words
}

// joined are those in which the command runs already, or has ended meanwhile.
func joined(b batch.Batch) []string {
	var names []string
	for _, i := range b.Runs() {
		if i.Joins {
			names = append(names, i.Name())
		}
	}
	return names
}

func noun(list []batch.Item) string {
	if len(list) > 0 && (list[0].Node != "" || strings.HasPrefix(list[0].Missing, "node/")) {
		return "node"
	}
	return "pod"
}

func are(pods int) string {
	if pods == 1 {
		return "1 pod is"
	}
	return fmt.Sprintf("%d pods are", pods)
}

func count(n int, what string) string {
	if n == 1 {
		return "1 " + what
	}
	return fmt.Sprintf("%d %ss", n, what)
}

// told are groups as lines: "skipped, has completed: shop/a and shop/b".
func told(prefix string, groups []batch.Group) []string {
	var lines []string
	for i, g := range groups {
		if i == mostReasons {
			return append(lines, fmt.Sprintf("%sand for %d more reasons: -o json has them all", prefix, len(groups)-i))
		}
		lines = append(lines, prefix+g.Words+": "+kube.List(g.Names))
	}
	return lines
}

// Summary is how it went, in a line: "12 of 14 succeeded, 1 exit 1, 1 timed out".
func Summary(results []batchrun.Result) string {
	succeeded := 0
	var order []string
	others := map[string]int{}
	for _, r := range results {
		if r.OK() {
			succeeded++
			continue
		}
		kind := kindOf(r)
		if others[kind]++; others[kind] == 1 {
			order = append(order, kind)
		}
	}
	words := []string{fmt.Sprintf("%d of %d succeeded", succeeded, len(results))}
	for _, kind := range order {
		words = append(words, fmt.Sprintf("%d %s", others[kind], kind))
	}
	return strings.Join(words, ", ")
}

// kindOf is how one has not succeeded, in a word or two.
func kindOf(r batchrun.Result) string {
	switch {
	case r.Exit != nil:
		return fmt.Sprintf("with exit code %d", r.Exit.Code)
	case r.NotBegun:
		return "not begun"
	case r.Problem != nil && errors.Is(r.Problem.Err, batchrun.ErrLate):
		return "timed out"
	}
	return "without an exit code"
}

// After are lines about what a person may have to do: what runs on, what stays, and whose output may be incomplete.
func After(results []batchrun.Result, context string) []string {
	var lines []string
	var on []string
	attach := ""
	for _, r := range results {
		name := r.Item.Name()
		if r.RunsOn && (r.Added || r.Item.Joins) {
			on = append(on, name)
			attach = kube.Dayfly(context, r.Item.Target.Namespace, "attach", r.Item.Target.Pod, r.Item.Target.Container)
		}
		if r.Stays != "" {
			lines = append(lines, name+": "+r.Stays)
		}
		if r.Missing != "" {
			lines = append(lines, name+": output may be missing: "+r.Missing)
		}
	}
	if len(on) > 0 {
		lines = append(lines, fmt.Sprintf("the command may still be running in %s. To attach, e.g.: %s", kube.List(on), attach))
	}
	return lines
}

// Resume is how to run only what is missing of a batch; empty: nothing is, or nobody knows the batch.
func Resume(id string, results []batchrun.Result) string {
	if id == "" || !slices.ContainsFunc(results, func(r batchrun.Result) bool { return !r.OK() }) {
		return ""
	}
	return "to run only what is missing, add --resume " + id + " to the same command"
}

// Progress is how far it has come, in a line.
func Progress(p batchrun.Progress) string {
	words := fmt.Sprintf("%d of %d done", p.Done, p.All)
	if p.Failed > 0 {
		words += fmt.Sprintf(", %d failed", p.Failed)
	}
	if p.Left >= time.Second {
		words += ", about " + p.Left.Round(time.Second).String() + " left"
	}
	return words
}
