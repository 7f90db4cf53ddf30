package report

// Part is something that a report can be made without.
type Part string

// The parts. The pod, its events and its conditions are always in it.
const (
	Around   Part = "around"
	Logs     Part = "logs"
	Replicas Part = "replicas"
	Did      Part = "journal"
)

// Words say what a part has.
func (p Part) Words() string {
	switch p {
	case Around:
		return "owners, node, Services, endpoints and quota"
	case Logs:
		return "of all containers, now and before the last restart"
	case Replicas:
		return "in what the pod differs from one that is well"
	case Did:
		return "what you did to the pod with dayfly"
	}
	return ""
}

// Parts are all of them, in the order of the report.
func Parts() []Part { return []Part{Around, Logs, Replicas, Did} }

// Recording is a recorded session that is put into the report: its text, since what is drawn on a terminal cannot be searched for secrets.
type Recording struct {
	Name string // of the file, without its folder
	Text func() (string, error)
}
