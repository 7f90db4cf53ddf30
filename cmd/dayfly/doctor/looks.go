package doctor

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strconv"
	"strings"

	"golang.org/x/term"

	"github.com/dayfly-k8s/dayfly/kube"
)

// screen is the terminal that dayfly would be drawn on.
type screen struct {
	is         bool
	cols, rows int
	term       string
}

// screenOf is the terminal of two streams.
func screenOf(in, out any, env func(string) string) screen {
	s := screen{term: env("TERM")}
	a, okIn := in.(interface{ Fd() uintptr })
	b, okOut := out.(interface{ Fd() uintptr })
	if !okIn || !okOut || !term.IsTerminal(int(a.Fd())) || !term.IsTerminal(int(b.Fd())) {
		return s
	}
	s.is = true
	s.cols, s.rows, _ = term.GetSize(int(b.Fd()))
	return s
}

// The least that the screens are made for.
const leastCols, leastRows = 80, 24

// look looks at the terminal, its colours and the clipboard.
func (s screen) look(env func(string) string) []Finding {
	of := Finding{Name: "terminal", State: Well, Says: fmt.Sprintf("%s, %d×%d", s.term, s.cols, s.rows)}
	switch {
	case !s.is:
		of = Finding{"terminal", Warns, "stdin and stdout are not a terminal: the screens need one", "start dayfly in a terminal; in scripts use dayfly run or dayfly exec"}
	case s.term == "" || s.term == "dumb":
		of = Finding{"terminal", Broken, fmt.Sprintf("TERM is %q: such a terminal cannot be drawn on", s.term), "set TERM to what your terminal is, such as xterm-256color"}
	case s.cols < leastCols || s.rows < leastRows:
		of.State, of.Do = Warns, fmt.Sprintf("make it larger: the screens are made for %d×%d at least", leastCols, leastRows)
	}
	return []Finding{of, colours(env), clipboard(env)}
}

func colours(env func(string) string) Finding {
	switch {
	case env("NO_COLOR") != "":
		return Finding{"colours", Warns, "NO_COLOR is set: there are none", "unset NO_COLOR to have them"}
	case env("COLORTERM") == "truecolor", env("COLORTERM") == "24bit":
		return Finding{"colours", Well, "16 million", ""}
	case strings.Contains(env("TERM"), "256color"):
		return Finding{"colours", Well, "256", ""}
	}
	return Finding{"colours", Warns, "16, as TERM and COLORTERM say", "set COLORTERM=truecolor if your terminal has more"}
}

func clipboard(env func(string) string) Finding {
	switch {
	case env("TMUX") != "":
		return Finding{"clipboard", Warns, "in tmux it is filled only if that is allowed", "put into tmux.conf: set -g set-clipboard on"}
	case env("STY") != "":
		return Finding{"clipboard", Warns, "GNU screen does not pass it on", "use the terminal without screen, or tmux, to copy with y"}
	}
	return Finding{"clipboard", Well, "y copies by way of the terminal (OSC 52), also over SSH", ""}
}

// configuration looks at the user's files.
func (p Program) configuration() Finding {
	folder, mistakes := p.Mistakes()
	if len(mistakes) == 0 {
		return Finding{"configuration", Well, folder + " has no mistakes", ""}
	}
	return Finding{"configuration", Broken, strings.Join(mistakes, "; "), "fix it: dayfly help config and dayfly help presets have all keys"}
}

// state looks whether the journal can be written.
func (p Program) state() Finding {
	folder, err := p.State()
	if err != nil {
		return Finding{"journal", Broken, err.Error(), "set HOME or XDG_STATE_HOME to an absolute path"}
	}
	at := folder
	for {
		info, err := os.Stat(at)
		if err == nil && !info.IsDir() {
			return Finding{"journal", Broken, at + " is no folder", "move it away"}
		}
		if err == nil {
			break
		}
		if above := filepath.Dir(at); !errors.Is(err, fs.ErrNotExist) || above == at {
			return Finding{"journal", Broken, err.Error(), "make the folder yours: journal, recordings and captures are there"}
		}
		at = filepath.Dir(at)
	}
	probe, err := os.CreateTemp(at, ".dayfly-*")
	if err != nil {
		return Finding{"journal", Broken, "nothing can be written to " + at + ": " + err.Error(), "make the folder yours: journal, recordings and captures are there"}
	}
	if err := errors.Join(probe.Close(), os.Remove(probe.Name())); err != nil {
		return Finding{"journal", Warns, err.Error(), ""}
	}
	return Finding{"journal", Well, folder + " can be written", ""}
}

// cluster looks at the kubeconfig, the cluster of its context, and the rights there.
func (p Program) cluster(ctx context.Context) []Finding {
	broken := func(name string, err error) []Finding {
		problem := kube.Explain(err)
		return []Finding{{name, Broken, problem.Message, cmp.Or(problem.Hint, "fix the kubeconfig, or name another with --kubeconfig; dayfly demo needs none")}}
	}
	k, err := p.Kubeconfig()
	if err != nil {
		return broken("kubeconfig", err)
	}
	c, err := k.Open("")
	if err != nil {
		return broken("kubeconfig", err)
	}
	list := []Finding{{"kubeconfig", Well, fmt.Sprintf("context %s, namespace %s, of %d contexts", c.Context, c.Namespace, len(k.Contexts())), ""}}
	health, err := c.Ping(ctx)
	if err != nil {
		return append(list, broken("cluster", err)...)
	}
	const millisecond = 1e6
	list = append(list, Finding{"cluster", Well, fmt.Sprintf("%s, %s answers in %d ms", c.Server, health.Version, int(health.Took/millisecond)), ""})
	if old(health.Version) {
		of := &list[len(list)-1]
		of.State, of.Do = Warns, "ephemeral containers came with v1.25: copies, nodes and dayfly exec work"
	}
	if who, err := c.WhoAmI(ctx); err == nil {
		list = append(list, Finding{"you", Well, who, ""})
	}
	return append(list, rights(ctx, c))
}

// old reports whether a version has no ephemeral containers.
func old(version string) bool {
	const first = 25
	minor := strings.TrimRight(version[strings.LastIndexByte(version, '.')+1:], "+")
	n, err := strconv.Atoi(minor)
	return err == nil && strings.HasPrefix(version, "v1.") && n < first
}

// rights looks at what may be done in the namespace.
func rights(ctx context.Context, c *kube.Cluster) Finding {
	var missing, unknown []string
	for _, a := range c.Access(ctx, c.Namespace, append(kube.DebugRights(), kube.ExecRights()...)) {
		switch a.Verdict {
		case kube.No:
			missing = append(missing, a.Right.String())
		case kube.Unknown:
			unknown = append(unknown, a.Right.String())
		}
	}
	switch {
	case len(missing) > 0:
		return Finding{"rights", Warns, fmt.Sprintf("in namespace %s you may not: %s", c.Namespace, strings.Join(missing, ", ")), "ask for them: dayfly help rights has the Role"}
	case len(unknown) > 0:
		return Finding{"rights", Warns, "the cluster does not say whether you may: " + strings.Join(unknown, ", "), ""}
	}
	return Finding{"rights", Well, "in namespace " + c.Namespace + " you may debug", ""}
}

// registry looks whether it can be asked what images are.
func (p Program) registry(ctx context.Context) Finding {
	image, silent, err := p.Ask(ctx)
	switch {
	case silent:
		return Finding{"registry", Well, "registries are not asked, as config.yaml says", ""}
	case err != nil:
		problem := kube.Explain(err)
		return Finding{"registry", Warns, "image " + image + ": " + problem.Message, "nodes may reach it all the same; for images of your own see dayfly help registries"}
	}
	return Finding{"registry", Well, "image " + image + " is there", ""}
}
