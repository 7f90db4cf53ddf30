// Package runner carries plans out and keeps the sessions that come of them. It is the engine under the screens and under dayfly run, and
// knows neither of a screen nor of a command line.
//
// The life of a session:
//
//	r := runner.New(ctx, runner.Options{Journal: book})
//	s := r.Start(runner.Job{Cluster: cluster, Plan: &plan}) // returns at once; so do all but Show, Stream, Examine, Save and End
//	for range r.News() {                                    // something is new
//		now := s.Look()                                     // a copy: it does not change
//		events := r.Events()                                // what has happened since, each once
//	}
//	visit := s.Show(foreground, 0)                          // or s.Stream, for programs
//	s.Visited(visit)
//	left := r.Close()                                       // ends what ends with dayfly, leaves the rest running
//
// What is done goes into the journal, onto the pod and into recordings without anybody's asking: each session has a goroutine that watches it
// and does that. What cannot be written down is an [Event], and no reason to end a session.
//
// The state of all sessions belongs to the [Runner] and is behind its lock. Others get copies ([Session.Look]). All methods may be called from
// any goroutine.
package runner
