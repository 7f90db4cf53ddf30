package lists

import (
	"strings"
	"time"
)

// Severity is how much a pod needs somebody. The worst is the greatest.
type Severity int

// The severities.
const (
	Finished    Severity = iota // ended, and meant to
	Healthy                     // runs, all containers ready
	Changing                    // on its way up or down, and not for long
	SlowEnd                     // terminating for too long
	Restarted                   // ready, but a container has ended a short while ago
	SlowStart                   // pending, or being created, for long
	Unready                     // running, not ready, for long
	ConfigError                 // a container cannot be made as the pod asks for it
	StuckInit                   // an init container does not come to its end
	NodeLost                    // its node does not respond: how its containers are is not known
	PodFailed                   // ended, and not meant to
	ImageError                  // an image cannot be pulled
	OutOfMemory                 // killed: out of memory
	CrashLoop                   // ends again and again
)

// Sick reports whether a person on call should look.
func (s Severity) Sick() bool { return s >= SlowEnd }

// Broken reports whether it is unlikely to recover by itself.
func (s Severity) Broken() bool { return s >= ConfigError }

// How long is long. Schedulers and image pulls have minutes, a container that has started has one for its probes.
const (
	LongUnready = time.Minute
	LongPending = 5 * time.Minute
	LongInit    = 5 * time.Minute
	LongEnd     = 2 * time.Minute // beside the usual grace of 30 s
	RecentExit  = 10 * time.Minute
)

// Judge concludes from the words of the API server's printer (printPod in kubernetes/pkg/printers/internalversion) how much a pod needs
// somebody, and why in a few words; the reason is empty when all is well. Since is when the row was first seen as it is
// now, zero when it has been so for longer than anybody looked. NodeLost tells that its node is one of [WatchLostNodes]: the
// printer repeats the last words of its kubelet, however long ago they were.
func (r *PodRow) Judge(nodeLost bool, since, now time.Time) (s Severity, reason string) {
	s, reason = r.judge(since, now)
	if nodeLost && !s.mayBeOver() {
		return NodeLost, "its node is not ready"
	}
	return s, reason
}

// mayBeOver reports whether a pod may have ended for good: then its node has nothing more to say of it.
func (s Severity) mayBeOver() bool { return s == Finished || s == PodFailed || s == OutOfMemory }

func (r *PodRow) judge(since, now time.Time) (s Severity, reason string) {
	if step, ok := strings.CutPrefix(r.Status, "Init:"); ok {
		return r.judgeInit(step, now)
	}
	switch r.Status {
	case "Completed", "Succeeded":
		return Finished, ""
	case "Running", "NotReady": // NotReady: one container has completed, another still runs
		return r.judgeRunning(since, now)
	case "Terminating":
		return r.judgeEnd(since, now)
	case "SchedulingGated":
		return Changing, "held by a scheduling gate"
	case "Pending":
		return r.judgeStart("not scheduled", now)
	case "ContainerCreating":
		return r.judgeStart("creating containers", now)
	case "PodInitializing":
		return r.judgeStart("starting containers", now)
	}
	return judgeWord(r.Status)
}

func (r *PodRow) judgeStart(reason string, now time.Time) (Severity, string) {
	if now.Sub(r.Created) >= LongPending {
		return SlowStart, reason + " for too long"
	}
	return Changing, reason
}

// judgeInit judges "Init:1/3" and "Init:CrashLoopBackOff".
func (r *PodRow) judgeInit(step string, now time.Time) (Severity, string) {
	if step != "" && (step[0] < '0' || step[0] > '9') {
		s, reason := judgeWord(step)
		return s, "init container: " + reason
	}
	// A restart of an init container begins its time anew.
	if now.Sub(latest(r.Created, r.LastExit)) >= LongInit {
		return StuckInit, "init container does not finish"
	}
	return Changing, "running init containers"
}

func (r *PodRow) judgeRunning(since, now time.Time) (Severity, string) {
	recent := !r.LastExit.IsZero() && now.Sub(r.LastExit) < RecentExit
	ready, all, ok := strings.Cut(r.Ready, "/")
	if ok && ready == all && !r.gated() && r.Status == "Running" {
		if recent {
			return Restarted, "restarted recently"
		}
		return Healthy, ""
	}
	if now.Sub(latest(r.Created, r.LastExit, since)) < LongUnready {
		return Changing, "not ready yet"
	}
	if r.gated() && ready == all {
		return Unready, "readiness gate not passed"
	}
	return Unready, "not ready"
}

// gated reports whether a readiness gate is not passed.
func (r *PodRow) gated() bool {
	open, all, ok := strings.Cut(r.Gates, "/")
	return ok && open != all
}

func (r *PodRow) judgeEnd(since, now time.Time) (Severity, string) {
	// The grace is part of an ordinary end.
	if begun := latest(since, r.Deleted); !begun.IsZero() && now.Sub(begun) >= LongEnd {
		return SlowEnd, "terminating for too long"
	}
	return Changing, "terminating"
}

// judgeWord judges a word that stands for trouble. A word that nobody knows is trouble too: the printer shows the kubelet's own
// reason only for what does not run.
func judgeWord(word string) (Severity, string) {
	switch word {
	case "CrashLoopBackOff":
		return CrashLoop, "crash loop"
	case "OOMKilled":
		return OutOfMemory, "out of memory"
	case "ErrImagePull", "ImagePullBackOff", "ErrImageNeverPull", "InvalidImageName", "ImageInspectError", "RegistryUnavailable",
		"SignatureValidationFailed":
		return ImageError, "image cannot be pulled"
	case "CreateContainerConfigError", "CreateContainerError", "RunContainerError", "StartError", "ContainerCannotRun",
		"PreStartHookError", "PostStartHookError", "CreatePodSandboxError", "ConfigPodSandboxError", "KillPodSandboxError", "PreCreateHookError":
		return ConfigError, "container cannot be started"
	case "Evicted":
		return PodFailed, "evicted from its node"
	case "NodeLost", "Unknown":
		return NodeLost, "its node is not responding"
	case "ContainerStatusUnknown":
		return PodFailed, "how it ended is unknown"
	case "DeadlineExceeded":
		return PodFailed, "exceeded its deadline"
	}
	return PodFailed, "ended with an error"
}

func latest(times ...time.Time) time.Time {
	last := times[0]
	for _, t := range times[1:] {
		if t.After(last) {
			last = t
		}
	}
	return last
}
