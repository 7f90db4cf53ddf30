package journal

import (
	"fmt"
	"testing"
)

// TestBatches: the newest first, each with those that it is about, once, however often it was resumed.
func TestBatches(t *testing.T) {
	code := func(n int) *int { return &n }
	list := Batches([]Entry{
		{Time: at(1), Batch: "old", Action: Added, Namespace: "shop", Pod: "a"},
		{Time: at(2), Batch: "old", Action: Ended, Namespace: "shop", Pod: "a", Exit: code(1)},
		{Time: at(2), Action: Added, Namespace: "shop", Pod: "alone"},
		{Time: at(3), Batch: "new", Action: Added, Node: "n-1", Namespace: "default", Pod: "node-debugger-x"},
		{Time: at(4), Batch: "new", Action: Ended, Node: "n-1", Namespace: "default", Pod: "node-debugger-x", Exit: code(0)},
		{Time: at(4), Batch: "new", Action: Added, CopyOf: "a", Namespace: "shop", Pod: "a-copy"},
		{Time: at(4), Batch: "new", Action: Added, Joins: "shop/b", Namespace: "default", Pod: "b-node"},
		{Time: at(5), Batch: "old", Action: Ended, Namespace: "shop", Pod: "a", Exit: code(0)},
		{Time: at(6), Batch: "old", Action: Ended, Namespace: "shop", Pod: "a", Exit: code(0)},
		{Time: at(6), Batch: "none", Action: Refused, Namespace: "shop"},
	})
	want := fmt.Sprint([]Batch{{"new", at(3), 3, 1}, {"old", at(1), 1, 1}})
	if got := fmt.Sprint(list); got != want {
		t.Errorf("got  %s\nwant %s", got, want)
	}
}
