package tools

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"time"

	tea "charm.land/bubbletea/v2"

	"github.com/dayfly-k8s/dayfly/kube"
	"github.com/dayfly-k8s/dayfly/kube/debug"
	"github.com/dayfly-k8s/dayfly/presets/choice"
	"github.com/dayfly-k8s/dayfly/presets/registry"
	"github.com/dayfly-k8s/dayfly/tui/kit"
)

// lookDelay is how long the cursor rests on a tool before its image is asked for: registries count what they are asked.
const lookDelay = 400 * time.Millisecond

// look is what a registry says of one image. It is advice: nothing waits for it, and the next image takes its place.
type look struct {
	*kit.Kit
	registry choice.Looker   // nil: nothing is asked for
	ctx      context.Context //nolint:containedctx // of the screen's life: commands run in it
	id       int             // of the present image: what comes late for another is dropped
	stop     context.CancelFunc
	news     <-chan lookNews

	image    string
	platform registry.Platform
	asking   string // what is being done; empty: not yet, or it is over
	since    time.Time
	turned   int // how often the spinner has
	answer   registry.Image
	problem  *registry.Problem
}

// lookNews is a step on the way to an answer, or the answer.
type lookNews struct {
	stage  string
	over   bool
	answer registry.Image
	err    error
}

type (
	lookDueMsg struct {
		look *look
		id   int
	}
	lookSpinMsg struct {
		look *look
		id   int
	}
	lookNewsMsg struct {
		look *look
		id   int
		news kit.Batch[lookNews]
	}
)

func newLook(ctx context.Context, k *kit.Kit, registry choice.Looker) *look {
	return &look{Kit: k, registry: registry, ctx: ctx, stop: func() {}}
}

// at turns to another image; an empty one is none. The same one is not asked for again.
func (l *look) at(image string, p registry.Platform) tea.Cmd {
	if l.registry == nil || image == l.image && p == l.platform {
		return nil
	}
	l.Close()
	l.id++
	l.image, l.platform, l.asking, l.answer, l.problem = image, p, "", registry.Image{}, nil
	if image == "" {
		return nil
	}
	return l.After(lookDelay, lookDueMsg{l, l.id})
}

// Close stops asking.
func (l *look) Close() {
	l.stop()
	l.stop = func() {}
}

// update takes what is addressed to this look.
func (l *look) update(msg tea.Msg) tea.Cmd {
	switch msg := msg.(type) {
	case lookDueMsg:
		if msg.look != l || msg.id != l.id || l.image == "" {
			return nil
		}
		return l.begin()
	case lookSpinMsg:
		if msg.look != l || msg.id != l.id || l.asking == "" {
			return nil
		}
		l.turned++
		return l.spin()
	case lookNewsMsg:
		if msg.look != l || msg.id != l.id {
			return nil
		}
		for _, n := range msg.news.Items {
			l.take(n)
		}
		if msg.news.Ended {
			return nil
		}
		return l.listen()
	}
	return nil
}

func (l *look) begin() tea.Cmd {
	ctx, stop := context.WithCancel(l.ctx)
	l.stop, l.asking, l.since = stop, "asking the registry", l.Now()
	news := make(chan lookNews, 8)
	l.news = news
	looker, image, platform := l.registry, l.image, l.platform
	go func() {
		defer close(news)
		tell := func(n lookNews) {
			select {
			case news <- n:
			case <-ctx.Done():
			}
		}
		answer, err := looker.Look(ctx, image, platform, func(stage string) { tell(lookNews{stage: stage}) })
		tell(lookNews{over: true, answer: answer, err: err})
	}()
	return tea.Batch(l.listen(), l.spin())
}

// spin turns the spinner after a while.
func (l *look) spin() tea.Cmd {
	const pace = 120 * time.Millisecond
	return l.After(pace, lookSpinMsg{l, l.id})
}

func (l *look) listen() tea.Cmd {
	id := l.id
	return kit.Listen(l.news, func(b kit.Batch[lookNews]) tea.Msg { return lookNewsMsg{l, id, b} })
}

func (l *look) take(n lookNews) {
	if !n.over {
		l.asking = n.stage
		return
	}
	l.asking, l.answer = "", n.answer
	if n.err == nil || errors.Is(n.err, context.Canceled) {
		return
	}
	if !errors.As(n.err, &l.problem) {
		l.problem = &registry.Problem{Problem: *kube.Explain(n.err)}
	}
}

// facts are what is known of the image; nil: nothing.
func (l *look) facts() *debug.ImageFacts {
	if l.problem != nil {
		return registry.Facts(registry.Image{}, l.problem)
	}
	return registry.Facts(l.answer, nil)
}

// words are what there is to say of the image: a mark, its words, and what to do.
func (l *look) words() (mark, words, hint string) {
	switch {
	case l.asking != "":
		words := l.asking
		if waited := l.Now().Sub(l.since); waited >= 2*time.Second {
			words += " (" + kit.Span(waited) + ")"
		}
		return string(spinner[l.turned%len(spinner)]), words + " (you need not wait)", ""
	case l.problem != nil:
		return "!", strings.TrimPrefix(kube.Sanitize(l.problem.Message), "look at "+l.image+": "), kube.Sanitize(l.problem.Hint)
	case l.answer.Digest != "":
		return "✓", imageWords(l.answer), ""
	}
	return "", "", ""
}

const spinner = "|/-\\"

// imageWords is what a registry has said, in a line.
func imageWords(i registry.Image) string {
	parts := []string{"image found in registry: " + sizeOf(i.Size) + " for " + i.Platform.String()}
	if i.User == "" || i.User == "0" || i.User == "root" {
		parts = append(parts, "runs as root")
	} else {
		parts = append(parts, "runs as "+i.User)
	}
	switch starts := strings.Join(append(append([]string{}, i.Entrypoint...), i.Command...), " "); {
	case i.Shell != "":
		parts = append(parts, "has "+i.Shell)
	case starts != "":
		parts = append(parts, "starts "+starts)
	default:
		parts = append(parts, "has no command of its own")
	}
	return strings.Join(parts, ", ")
}

// sizeOf is a number of bytes for reading, as registries count: 38 MB.
func sizeOf(bytes int64) string {
	const kilo, mega, giga = 1e3, 1e6, 1e9
	switch n := float64(bytes); {
	case n >= giga:
		return fmt.Sprintf("%.1f GB", n/giga)
	case n >= 10*mega:
		return fmt.Sprintf("%.0f MB", n/mega)
	case n >= mega:
		return fmt.Sprintf("%.1f MB", n/mega)
	}
	return fmt.Sprintf("%.0f kB", max(float64(bytes)/kilo, 1))
}
