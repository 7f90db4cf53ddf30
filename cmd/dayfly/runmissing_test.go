package main

import (
	"bytes"
	"strings"
	"testing"
)

// TestReportOfMissingOutput: programs are told by a field of its own that output may be missing.
func TestReportOfMissingOutput(t *testing.T) {
	for missing, want := range map[bool]int{true: 1, false: 0} {
		var out bytes.Buffer
		r := &report{runOptions: &runOptions{pod: "web"}, missing: missing}
		if err := r.writeJSON(&out, nil); err != nil || strings.Count(out.String(), `"outputMissing":true`) != want {
			t.Errorf("%v, %s", err, out.String())
		}
	}
}
