package debug

// Note is a remark on a plan.
type Note struct {
	Warns bool // otherwise it only tells
	Text  string
}
