package runner

import (
	"cmp"
	"errors"

	"github.com/dayfly-k8s/dayfly/kube"
	"github.com/dayfly-k8s/dayfly/kube/launch"
	"github.com/dayfly-k8s/dayfly/tui/journal"
	"github.com/dayfly-k8s/dayfly/tui/session"
)

// observe writes down what is new about the session, until it is over.
func (s *Session) observe() {
	defer s.runner.release()
	defer close(s.observed)
	for {
		select {
		case <-s.poked:
			s.note()
		case <-s.link.Done():
			s.note()
			return
		}
	}
}

// note writes down what is new about the session, and tells it. Only observe calls it.
func (s *Session) note() {
	now := s.Look()
	for _, step := range now.Steps[s.noted:] {
		s.noteStep(now.Job, step.Progress)
	}
	s.noted = len(now.Steps)
	switch {
	case s.ended:
	case now.State == session.Ended:
		s.noteEnd(now)
	case now.State == session.Failed && now.OwnShell() && now.WasAttached():
		s.runner.tell(Event{Kind: Lost, Session: s})
		if now.Job.Own {
			go s.endLostShell(s.runner.ctx)
		}
	default:
		s.runner.wake()
		return
	}
	if !s.ended && now.OwnShell() && now.Job.Cluster != nil {
		go s.askContainer(s.runner.ctx, shellPatience, containerPatience-shellPatience)
	}
	s.ended = true
	s.runner.wake()
}

func (s *Session) noteStep(j Job, p launch.Progress) {
	entry := j.entry("")
	switch p.Step {
	case launch.Started, launch.Ended:
		s.runner.tell(Event{Kind: Started, Session: s})
		if p.Step == launch.Started && j.Plan.Joins() != "" {
			go s.followJoined(s.runner.ctx)
		}
		entry.Action, entry.ImageID = journal.Started, p.ImageID
	case launch.Failed:
		s.runner.tell(Event{Kind: Failed, Session: s, Err: p.Err})
		entry.Action, entry.Why = journal.Failed, kube.Reason(p.Err)
		if errors.Is(p.Err, kube.ErrGuarded) {
			entry.Action = journal.Refused
		}
	case launch.Asked, launch.Accepted, launch.Pulling, launch.Pulled, launch.Created:
		return
	}
	s.runner.record(s.writes, j.Cluster, entry)
}

func (s *Session) noteEnd(now Snapshot) {
	if !now.OwnShell() {
		s.runner.change(func() { s.state.Gone = true })
	}
	s.runner.tell(Event{Kind: Ended, Session: s})
	exit := now.Ending.Exit
	if exit == nil {
		return
	}
	e, code := now.Job.entry(journal.Ended), exit.Code
	e.Exit, e.Why, e.ImageID = &code, exit.Word(), now.Ending.ImageID
	if !now.OwnShell() {
		e.ImageID = cmp.Or(e.ImageID, now.ImageID)
	}
	s.runner.record(s.writes, now.Job.Cluster, e)
}
