package tui

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"sync"
	"time"

	tea "charm.land/bubbletea/v2"

	"github.com/dayfly-k8s/dayfly/kube"
	"github.com/dayfly-k8s/dayfly/tui/journal"
	"github.com/dayfly-k8s/dayfly/tui/kit"
	"github.com/dayfly-k8s/dayfly/tui/session"
)

// ownSession is a session of this dayfly, and what it is about. It goes on while other screens are looked at.
type ownSession struct {
	*session.Session
	number  int // by which it is called
	cluster *kube.Cluster
	plan    *kube.Plan // that made its container; nil: it was there
	about   kit.About
	tty     bool
	began   time.Time
	exec    []string         // what it runs in its container; empty: it is attached to what the container runs
	private bool             // the container runs nothing but a sleep
	shell   []string         // what one more shell in the container runs
	leaves  bool             // the container is ended when its person leaves dayfly
	beside  []kube.Container // of its pod when it began; nil: not known
	tape    *tape            // nil: it is not recorded

	last  outcome // of the last time that it had the terminal
	noted int     // so many of its steps are in the journal
	over  bool    // and its end
	gone  bool    // its container is known to have ended
	stuck bool    // its container would not be ended
}

// sessions are all of this dayfly, in the order in which they began. Sessions notify, they do not carry: a wake-up says that something
// about one of them is new, and who is interested looks at it.
type sessions struct {
	ctx   context.Context //nolint:containedctx // of the program's life: a session outlives the screen it was begun on
	news  chan struct{}   // has an item when there is something new
	list  []*ownSession
	count int // that there have been
	last  *ownSession
	tapes sync.WaitGroup // that are not on the disk yet
}

// sessionsMsg is the wake-up.
type sessionsMsg struct{}

func newSessions() *sessions { return &sessions{news: make(chan struct{}, 1)} }

// wake may be called from any goroutine.
func (s *sessions) wake() {
	select {
	case s.news <- struct{}{}:
	default:
	}
}

// listen waits for the next wake-up.
func (s *sessions) listen() tea.Msg {
	select {
	case <-s.news:
		return sessionsMsg{}
	case <-s.ctx.Done():
		return nil
	}
}

// begin adds a session, which has not begun to attach yet.
func (s *sessions) begin(k *services, m attachMsg) *ownSession {
	s.count++
	r := &ownSession{
		number: s.count, cluster: m.cluster, plan: m.plan, about: m.about, tty: m.tty, began: k.Now(), exec: m.exec, private: m.private, shell: m.shellOf(),
	}
	settings := k.settingsOf(m.cluster)
	o := session.Options{TTY: m.tty || len(m.exec) > 0, ReadOnly: m.readOnly, Expected: true, News: s.wake, Ring: settings.Ring, Exec: m.exec, DenyClipboard: settings.DenyClipboard}
	record := settings.Record
	if m.plan != nil {
		r.leaves, r.beside, record = m.plan.Request.StdinOnce, m.plan.Beside, m.about.Record
	}
	if record {
		r.tape = k.newTape(m, settings.RecordInput)
	}
	if r.tape != nil {
		o.Record = r.tape
	}
	if m.again {
		const screenful = 50
		o.Tail = screenful
	}
	r.Session = session.New(m.cluster, m.target, o)
	s.list = append(s.list, r)
	s.keepTape(r)
	k.keys.NextSession.SetEnabled(true)
	k.keys.PrevSession.SetEnabled(true)
	return r
}

// launch begins the session of a plan, which it carries out.
func (s *sessions) launch(k *services, cluster *kube.Cluster, p kube.Plan, about kit.About) *ownSession {
	r := s.begin(k, attachMsg{
		cluster: cluster, target: p.Debug, plan: &p, tty: p.TTY, about: about, exec: p.Exec, private: p.Request.Private,
	})
	r.Follow(s.ctx, cluster.CarryOut(s.ctx, p))
	return r
}

// of is the session with what a container runs that can be gone on with, or nil.
func (s *sessions) of(cluster *kube.Cluster, t kube.Target) *ownSession {
	i := slices.IndexFunc(s.list, func(r *ownSession) bool {
		now := r.Look()
		return r.isIn(cluster, t) && len(r.exec) == 0 && !now.State.Over() && !now.Left
	})
	if i < 0 {
		return nil
	}
	return s.list[i]
}

// has tells whether a container is one of the sessions' that are not left.
func (s *sessions) has(cluster *kube.Cluster, t kube.Target) bool {
	return slices.ContainsFunc(s.list, func(r *ownSession) bool {
		return r.Target() == t && r.cluster != nil && r.cluster.Context == cluster.Context && !r.Look().Left
	})
}

// live are those whose program runs, as far as is known.
func (s *sessions) live() []*ownSession {
	return slices.DeleteFunc(slices.Clone(s.list), func(r *ownSession) bool {
		now := r.Look()
		return now.State.Over() || now.Left
	})
}

// beside is the session n places behind the last that had the terminal, around the end, among those that can be shown; nil: there is none.
func (s *sessions) beside(n int) *ownSession {
	live := s.live()
	if len(live) == 0 {
		return nil
	}
	at := slices.Index(live, s.last)
	if at < 0 && n > 0 {
		at = -1
	}
	return live[((at+n)%len(live)+len(live))%len(live)]
}

// forget takes one that is over off the list.
func (s *sessions) forget(r *ownSession) {
	s.list = slices.DeleteFunc(s.list, func(other *ownSession) bool { return other == r })
}

// leave ends our part of all of them; their programs run on. It does not wait long.
func (s *sessions) leave() {
	const patience = 3 * time.Second
	for _, r := range s.list {
		r.Leave()
	}
	late := time.After(patience)
	for _, r := range s.list {
		if r.Look().Begun.IsZero() {
			continue
		}
		select {
		case <-r.Done():
		case <-late:
			return
		}
	}
	select {
	case <-s.taped():
	case <-late:
	}
}

// remember keeps how it went. Nothing is kept of a session that has never begun.
func (r *ownSession) remember(o outcome) {
	if r != nil {
		r.last = o
	}
}

// observe writes down what is new about the sessions, and tells what happens to those that nobody looks at.
func (a *App) observe() tea.Cmd {
	cmds := []tea.Cmd{a.sessions.listen}
	for _, r := range a.sessions.list {
		now := r.Look()
		for _, step := range now.Steps[r.noted:] {
			cmds = append(cmds, a.noteStep(r, step.Progress))
		}
		r.noted = len(now.Steps)
		if err := r.tape.trouble(); err != nil {
			a.Kit.Flash(kube.Explain(err).What)
		}
		if now.State == session.Ended && !r.over {
			r.over = true
			cmds = append(cmds, a.noteEnd(r, now), r.askContainer(a.ctx))
		}
		if now.State == session.Failed && len(r.exec) > 0 && wasAttached(now.Life) && !r.over {
			r.over = true
			cmds = append(cmds, a.noteLoss(r), r.askContainer(a.ctx))
		}
	}
	return tea.Batch(cmds...)
}

func (a *App) noteStep(r *ownSession, p kube.Progress) tea.Cmd {
	entry := r.entry("")
	switch p.Step {
	case kube.Accepted:
		entry.Action = journal.Added
		return tea.Batch(a.record(r.cluster, entry), a.say(r.cluster, *r.plan))
	case kube.Started, kube.Ended:
		if !a.looksAt(r) {
			a.Kit.Flash(r.Target().Container + " has started: s lists the sessions")
		}
		entry.Action, entry.ImageID = journal.Started, p.ImageID
		return a.record(r.cluster, entry)
	case kube.Failed:
		entry.Action, entry.Why = journal.Failed, kube.Reason(p.Err)
		if errors.Is(p.Err, kube.ErrGuarded) {
			entry.Action = journal.Refused
		}
		if !a.looksAt(r) {
			a.Kit.Flash(r.Target().Container + " will not start: " + kube.Explain(p.Err).What)
		}
		return a.record(r.cluster, entry)
	case kube.Asked, kube.Pulling, kube.Pulled, kube.Created:
	}
	return nil
}

func (a *App) noteEnd(r *ownSession, now session.Snapshot) tea.Cmd {
	exit := now.Ending.Exit
	if !a.looksAt(r) {
		words := "the pod was deleted"
		if exit != nil {
			words = fmt.Sprintf("exit %d, %s", exit.Code, exit.Words())
		}
		a.Kit.Flash(r.Target().Container + " has ended: " + words)
	}
	if len(r.exec) == 0 {
		r.gone = true
	}
	if exit == nil {
		return nil
	}
	e := r.entry(journal.Ended)
	code := exit.Code
	e.Exit, e.Why, e.ImageID = &code, exit.Word(), now.Ending.ImageID
	return a.record(r.cluster, e)
}

// looksAt tells whether a session has the terminal, or a screen of its own.
func (a *App) looksAt(r *ownSession) bool {
	if a.playing && a.sessions.last == r {
		return true
	}
	s, ok := a.top().(sessionShower)
	return ok && s.Shows(r)
}

// entry is what the journal says of it.
func (r *ownSession) entry(action string) journal.Entry {
	return r.again().entry(action)
}

// outcome is how it went while a session had the terminal.
type outcome struct {
	Detached bool  // the program runs on
	Err      error // why there is no session, or no link just now
	LogErr   error // why output may be missing

	BytesIn, BytesOut int64 // since it began
	Started, Ended    time.Time
}

// outcomeOf is how a session is left.
func outcomeOf(r *ownSession, cause error) outcome {
	now := r.Look()
	o := outcome{
		Detached: errors.Is(cause, session.ErrDetached), LogErr: now.LogErr, BytesIn: now.BytesIn, BytesOut: now.BytesOut, Err: now.Err,
	}
	if now.State == session.Lost || now.State == session.Reattaching {
		o.Err = now.Trouble
	}
	return o
}
