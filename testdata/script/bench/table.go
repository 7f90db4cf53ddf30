package main

import (
	"fmt"
	"math"
	"slices"
	"strings"
)

// row is one measured thing.
type row struct {
	what    string
	unit    string
	n       int
	dayfly  []float64
	kubectl []float64 // empty: dayfly alone
	bound   bound
	part    float64 // of the values that are not above what the row says; 0: the median
}

// bound is what must hold: of the ratio dayfly to kubectl when there is one, else of dayfly's median.
type bound struct {
	kind  boundKind
	limit float64
	noise float64 // allowed on top, as a part of limit
}

type boundKind int

const (
	none boundKind = iota
	atMost
	atLeast
)

func median(values []float64) float64 {
	if len(values) == 0 {
		return 0
	}
	sorted := slices.Sorted(slices.Values(values))
	middle := len(sorted) / 2
	if len(sorted)%2 == 1 {
		return sorted[middle]
	}
	return (sorted[middle-1] + sorted[middle]) / 2
}

// quantile is the smallest value that a part of all does not exceed.
func quantile(values []float64, part float64) float64 {
	if len(values) == 0 {
		return 0
	}
	sorted := slices.Sorted(slices.Values(values))
	return sorted[max(int(math.Ceil(part*float64(len(sorted))))-1, 0)]
}

// figure is one number for all runs.
func (r row) figure(values []float64) float64 {
	if r.part > 0 {
		return quantile(values, r.part)
	}
	return median(values)
}

// value is what the bound is about.
func (r row) value() float64 {
	if len(r.kubectl) == 0 {
		return r.figure(r.dayfly)
	}
	return r.figure(r.dayfly) / r.figure(r.kubectl)
}

func (r row) holds() bool {
	switch r.bound.kind {
	case atMost:
		return r.value() <= r.bound.limit*(1+r.bound.noise)
	case atLeast:
		return r.value() >= r.bound.limit*(1-r.bound.noise)
	case none:
	}
	return true
}

// words is the bound as a person reads it.
func (b bound) words(unit string) string {
	if b.kind == none {
		return ""
	}
	sign := map[boundKind]string{atMost: "≤", atLeast: "≥"}[b.kind]
	text := strings.TrimSpace(fmt.Sprintf("%s %.4g %s", sign, b.limit, unit))
	if b.noise > 0 {
		text += fmt.Sprintf(" (±%.0f %% noise)", b.noise*100)
	}
	return text
}

func (r row) boundWords() string {
	if len(r.kubectl) == 0 {
		return r.bound.words(r.unit)
	}
	return r.bound.words("")
}

// broken says in one line what does not hold; empty when all is well.
func (r row) broken() string {
	if r.holds() {
		return ""
	}
	return fmt.Sprintf("%s: %.4g, but it must be %s", r.what, r.value(), r.boundWords())
}

func table(rows []row) string {
	var b strings.Builder
	b.WriteString("| median of | n | dayfly | kubectl | ratio | bound | |\n|---|---:|---:|---:|---:|---|---|\n")
	for _, r := range rows {
		mark := "✓"
		switch {
		case r.bound.kind == none:
			mark = ""
		case !r.holds():
			mark = "✗"
		}
		other, ratio := "", ""
		if len(r.kubectl) > 0 {
			other, ratio = amount(r.figure(r.kubectl), r.unit), fmt.Sprintf("%.2f", r.value())
		}
		fmt.Fprintf(&b, "| %s | %d | %s | %s | %s | %s | %s |\n",
			r.what, r.n, amount(r.figure(r.dayfly), r.unit), other, ratio, r.boundWords(), mark)
	}
	return b.String()
}

func amount(v float64, unit string) string {
	if v < 10 {
		return fmt.Sprintf("%.2f %s", v, unit)
	}
	return fmt.Sprintf("%.0f %s", v, unit)
}
