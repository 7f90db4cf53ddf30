package dump

import (
	"fmt"
	"path/filepath"
	"strings"

	"charm.land/bubbles/v2/key"

	"github.com/dayfly-k8s/dayfly/kube"
	"github.com/dayfly-k8s/dayfly/kube/dumps"
	"github.com/dayfly-k8s/dayfly/kube/launch"
	"github.com/dayfly-k8s/dayfly/tui/kit"
)

type keyMap struct {
	kit.KeyMap
	Cancel, Leave key.Binding
}

func newKeyMap(common kit.KeyMap) keyMap {
	return keyMap{KeyMap: common, Cancel: kit.Bind("esc", "cancel", "esc", "ctrl+c"), Leave: kit.Bind("↵", "back", "enter")}
}

// View draws how far it is, or where what was brought is.
func (s *Screen) View(width, height int) string {
	st := &s.Styles
	out := []string{""}
	put := func(mark string, style kit.Style, text string) {
		out = append(out, kit.Indent(style.Render(mark)+" "+kit.Hang(kit.WrapStyled(text, max(width-6, 8), st.Text), 2), 2))
	}
	switch {
	case s.done != nil:
		s.result(put)
	case s.failed != nil:
		out = append(out, kit.ProblemText(st, s.Advised(s, s.failed), width))
	case s.over && s.file != nil:
		put("·", st.Muted, "Cancelled: nothing was brought.")
	case s.over:
		put("·", st.Muted, "Cancelled: nothing was brought, and what was made there was deleted.")
	default:
		s.underWay(put)
	}
	if s.file != nil {
		put("!", st.Warn, "What was made may still be in the pod: "+s.file.Message)
	}
	switch {
	case s.over && s.left != nil:
		put("!", st.Warn, "The debug container may still run: "+s.left.Message)
	case s.over:
		put("·", st.Muted, "The debug container has ended.")
	case s.done != nil || s.failed != nil:
		put("…", st.Warn, "ending the debug container")
	}
	return kit.Box(kit.Join(out), width, height)
}

func (s *Screen) underWay(put func(mark string, style kit.Style, text string)) {
	st := &s.Styles
	if len(s.stages) == 0 {
		words := "starting the debug container"
		now := s.session.Look()
		if s.leaving {
			words = "cancelling"
		} else if now.Cause != nil {
			words += ": " + now.Cause.Message
		} else if n := len(now.Steps); n > 0 {
			words += ": " + stepWords(now.Steps[n-1].Step)
		}
		put("…", st.Warn, words+"  "+kit.Lasted(s.Now().Sub(s.began)))
		return
	}
	put("✓", st.Good, "the debug container runs")
	for i, stage := range s.stages {
		words := stage.Words()
		if i < len(s.stages)-1 {
			put("✓", st.Good, words)
			continue
		}
		if s.leaving {
			words = "cancelling"
		}
		if stage == dumps.Copying {
			words += s.rate()
		}
		put("…", st.Warn, words)
		if s.now.Said != "" && stage == dumps.Making {
			put(" ", st.Muted, s.now.Said)
		}
	}
}

// stepWords say how far a container is on its way.
func stepWords(step launch.Step) string {
	switch step { //nolint:exhaustive // then it runs
	case launch.Accepted:
		return "accepted by the API server"
	case launch.Pulling:
		return "pulling the image"
	case launch.Pulled:
		return "the image is present"
	}
	return "sent"
}

// rate is how much is copied, and how fast.
func (s *Screen) rate() string {
	words := ": " + size(s.now.Done)
	if s.now.Total > 0 {
		const whole = 100
		words += fmt.Sprintf(" of %s, %d %%", size(s.now.Total), s.now.Done*whole/s.now.Total)
	}
	if seconds := s.Now().Sub(s.copied).Seconds(); seconds > 1 {
		words += ", " + size(int64(float64(s.now.Done)/seconds)) + "/s"
	}
	return words
}

func (s *Screen) result(put func(mark string, style kit.Style, text string)) {
	st, d := &s.Styles, s.done
	put("✓", st.Good, s.with.Brings.Name+" is here: "+s.short(d.File))
	equal := "not compared: " + d.Why
	if d.Equal {
		equal = "SHA-256 equal to that in the pod"
	}
	put("·", st.Muted, fmt.Sprintf("%s, %s; only you can read it", size(d.Bytes), equal))
	if s.with.Brings.Pauses {
		put("·", st.Muted, "The process stood still for at most "+kit.Lasted(d.Took)+".")
	} else {
		put("·", st.Muted, "Making it took "+kit.Lasted(d.Took)+".")
	}
	if d.Said != "" {
		put("·", st.Muted, "The command said: "+d.Said)
	}
	if d.Left != nil {
		put("!", st.Warn, "It is still in the pod, too: "+d.Left.Message)
	}
	if how := opens(d.File); how != "" {
		put("$", st.Muted, strings.ReplaceAll(how, d.File, s.short(d.File)))
	}
}

// short is a file as a person writes it.
func (s *Screen) short(file string) string {
	if rest, ok := strings.CutPrefix(file, s.with.Home+string(filepath.Separator)); ok && s.with.Home != "" {
		return filepath.Join("~", rest)
	}
	return kube.Sanitize(file)
}

// opens is the command that opens a file of a known kind; empty: it is not known.
func opens(file string) string {
	switch {
	case strings.HasSuffix(file, ".pprof"):
		return kube.ShellLine([]string{"go", "tool", "pprof", file})
	case strings.HasSuffix(file, "-trace.out"):
		return kube.ShellLine([]string{"go", "tool", "trace", file})
	case strings.HasSuffix(file, "-core"):
		return kube.ShellLine([]string{"gdb", "--core", file})
	case strings.HasSuffix(file, ".txt"):
		return kube.ShellLine([]string{"less", file})
	}
	return ""
}

// size is a number of bytes for people.
func size(n int64) string {
	const step = 1000
	if n < step {
		return fmt.Sprintf("%d B", n)
	}
	value, units := float64(n), []string{"kB", "MB", "GB", "TB"}
	for i, unit := range units {
		if value /= step; value < step || i == len(units)-1 {
			return fmt.Sprintf("%.1f %s", value, unit)
		}
	}
	return ""
}
