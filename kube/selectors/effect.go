package selectors

// Effect is what a change of a pod means to what selects it, or to who depends on that, in words. Text is safe to draw.
type Effect struct {
	Warns bool // somebody may lose something by it
	Text  string
}
