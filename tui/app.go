// Package tui is what is on the screen. The rules of the interface:
//
//   - App is the only [tea.Model]. Screens form a stack; the top one gets keys and pastes, App gets sizes, colours,
//     navigation and its own clock, everything else goes to every screen, each dropping what is not addressed to it.
//   - Update never blocks. A command captures values, makes one call and returns one message; it changes nothing.
//   - A stream is a channel and a command that is issued again for each batch. What comes late is dropped by identity.
//   - A broken cluster is a value on the screen with a hint. No error stops Update.
//   - Nothing is done to a cluster that the screen has not shown first.
//   - Letters are commands, unless the screen is taking text; then only esc and ↵ are.
//   - Symbols carry the meaning, colours repeat it.
package tui

import (
	"context"
	"time"

	tea "charm.land/bubbletea/v2"

	"github.com/dayfly-k8s/dayfly/kube"
	"github.com/dayfly-k8s/dayfly/presets"
	"github.com/dayfly-k8s/dayfly/tui/kit"
	"github.com/dayfly-k8s/dayfly/tui/paint"
)

// App is the root of the interface: the stack of screens and what is around them.
type App struct {
	*services
	ctx        context.Context //nolint:containedctx // of the program's life: screens and commands run in it
	kubeconfig *kube.Kubeconfig
	cluster    *kube.Cluster
	namespace  string
	themes     *themeState
	host       terminalHost
	painter    *paint.Painter // nil: nobody looks
	reloaded   <-chan presets.Loaded

	stack         []kit.Screen
	width, height int
	flash         string
	flashMore     string // where the rest of a flash is that has no room; empty: there is no more
	flashUntil    time.Time
	link          link
	earlier       earlier
	batches       batches
	under         underWay
	typedFilters  []string // for captures, the latest first
	guide         bool     // a line leads a newcomer through their first session
	ahead         ahead
	handover
	unwritten bool    // it has been told that something could not be written down
	first     tea.Cmd // is run once, when everything else has begun
	exit      error   // why the program ends, when it is not at a person's request
}

type quitMsg struct{}

func (a *App) tick() tea.Cmd { return a.After(time.Second, kit.Tick{}) }

func (a *App) top() kit.Screen { return a.stack[len(a.stack)-1] }

// launching reports whether what is typed belongs to the session that is about to begin.
func (a *App) launching() bool {
	s, ok := a.top().(typeaheadHolder)
	return ok && s.Lends()
}
