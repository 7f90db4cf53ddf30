package podcopy

// Severity is what a finding means for a copy that is about to be made.
type Severity int

// The severities, the least first.
const (
	Info     Severity = iota // good to know
	Warning                  // it disturbs others, or is not what it is made for
	Blocking                 // it will not start
)

// Finding is something that is known about a copy before it is made: whom it disturbs, and whether it starts. Text is safe to draw.
type Finding struct {
	Severity Severity
	Text     string
	Remedies []Remedy // each makes the finding go away, or weaker; the best first
}

// Remedy changes choices. It leaves those that it is given as they are.
type Remedy struct {
	Words string // "leave out label app"
	Apply func(Choices) Choices
}
