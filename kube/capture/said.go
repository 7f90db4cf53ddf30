package capture

import (
	"fmt"
	"regexp"
	"strconv"
	"strings"
	"sync"

	"github.com/dayfly-k8s/dayfly/kube"
)

// said keeps what tcpdump says beside the packets: the end of it.
type said struct {
	mu   sync.Mutex
	text []byte
}

// Write keeps it.
func (s *said) Write(p []byte) (int, error) {
	const most = 4 << 10
	s.mu.Lock()
	defer s.mu.Unlock()
	s.text = append(s.text, p...)
	if over := len(s.text) - most; over > 0 {
		s.text = append(s.text[:0], s.text[over:]...)
	}
	return len(p), nil
}

// String is all of it.
func (s *said) String() string {
	s.mu.Lock()
	defer s.mu.Unlock()
	return string(s.text)
}

// sentence is the last that tcpdump itself has to say against it.
func (s *said) sentence() string {
	words := ""
	for line := range strings.Lines(s.String()) {
		line = strings.TrimSpace(line)
		about, found := strings.CutPrefix(line, "tcpdump: ")
		if !found || strings.HasPrefix(about, "listening on") || strings.Contains(about, "data link type") || strings.HasPrefix(about, "WARNING") {
			continue
		}
		words = about
	}
	return kube.Brief(words)
}

// figures are what tcpdump counts at its end; known is false where it has not.
func (s *said) figures() (received, dropped uint64, known bool) {
	text := s.String()
	number := func(words string) (uint64, bool) {
		m := regexp.MustCompile(`(?m)^(\d+) packets? ` + words).FindStringSubmatch(text)
		if m == nil {
			return 0, false
		}
		n, err := strconv.ParseUint(m[1], 10, 64)
		return n, err == nil
	}
	received, ok := number("received by filter")
	dropped, also := number("dropped by kernel")
	return received, dropped, ok && also
}

// killed is what the exit code of what was ended by a signal is above.
const killed = 128

// problem is why nothing is captured, by the code of the script and tcpdump's own words.
func (o Options) problem(at kube.Target, name string, code int, words *said) *kube.Problem {
	sentence := words.sentence()
	lower := strings.ToLower(sentence)
	p := &kube.Problem{Message: fmt.Sprintf("capture in %s: tcpdump ended with code %d%s", name, code, kube.Colon(sentence)), Hint: "look whether tcpdump works in that container"}
	switch {
	case code > killed:
		p.Message = fmt.Sprintf("capture in %s: tcpdump was killed (code %d)", name, code)
		p.Hint = "the pod was deleted, or the debug container has ended; what was captured before is kept"
	case code == codeMissing:
		p.Message = fmt.Sprintf("capture in %s: container %s has no tcpdump", name, at.Container)
		p.Hint, p.Help = "preset tcpdump has it", []kube.Help{kube.ChooseTool}
	case strings.Contains(lower, "permi") || strings.Contains(lower, "not root"):
		p.Message = fmt.Sprintf("capture in %s: NET_RAW is missing: %s", name, sentence)
		p.Hint, p.Help = "it needs root and the profile netadmin or sysadmin, if the namespace allows that", []kube.Help{kube.ChooseProfile}
	case strings.Contains(lower, "no such device") || strings.Contains(lower, "doesn't exist") || strings.Contains(lower, "not found"):
		p.Message = fmt.Sprintf("capture in %s: there is no interface %s: %s", name, o.Interface, sentence)
		p.Hint = "interface any stands for all that there are"
	case strings.Contains(lower, "went down") || strings.Contains(lower, "network is down"):
		p.Message = fmt.Sprintf("capture in %s: interface %s has gone: %s", name, o.Interface, sentence)
		p.Hint = "what was captured before is kept"
	case code == codeFilter:
		p.Message = fmt.Sprintf("filter %q: %s", kube.Brief(o.Filter), sentence)
		p.Hint = "write it as for tcpdump, such as: tcp port 80 and host 10.0.0.1"
	}
	return p
}
