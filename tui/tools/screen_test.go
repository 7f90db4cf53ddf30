package tools

import (
	"slices"
	"strings"
	"testing"
	"time"
	"unicode"

	tea "charm.land/bubbletea/v2"
	"github.com/charmbracelet/x/ansi"

	"github.com/dayfly-k8s/dayfly/kube"
	"github.com/dayfly-k8s/dayfly/kube/debug"
	"github.com/dayfly-k8s/dayfly/kube/leftovers"
	"github.com/dayfly-k8s/dayfly/presets"
	"github.com/dayfly-k8s/dayfly/presets/choice"
	"github.com/dayfly-k8s/dayfly/presets/nixery"
	"github.com/dayfly-k8s/dayfly/presets/registry"
	"github.com/dayfly-k8s/dayfly/tui/kit"
	"github.com/dayfly-k8s/dayfly/tui/kittest"
	"github.com/dayfly-k8s/dayfly/tui/pod"
)

// desk is a host with what the choice of a tool works with.
type desk struct {
	*kittest.Host
	presets    []presets.Preset
	newName    func() string
	registries func(context string) registry.Settings
	registry   choice.Looker
	images     []string
}

func (d *desk) catalogue() (*nixery.Catalogue, error) { return nixery.Shipped() }

func (d *desk) EarlierImages() []string        { return d.images }
func (d *desk) EarlierPresets(string) []string { return nil }
func (d *desk) UseImage(image string)          { d.images = append([]string{image}, d.images...) }
func (d *desk) UsePreset(string, string)       {}

func newDesk(t testing.TB) *desk {
	t.Helper()
	list, errs := presets.Load("none")
	if len(errs) > 0 {
		t.Fatal(errs)
	}
	host := kittest.NewHost(t)
	host.Requests = func(msg tea.Msg) bool { _, ok := msg.(Start); return ok }
	return &desk{Host: host, presets: list, newName: func() string { return "debugger-fixed" }}
}

// onePodDesk is one on an API server that has one pod.
func onePodDesk(t *testing.T, state string) *desk {
	t.Helper()
	return deskOf(t, strings.Replace(kittest.WebPod, "STATE", state, 1))
}

func deskOf(t *testing.T, pod string) *desk {
	t.Helper()
	d := newDesk(t)
	d.Cluster = kittest.Cluster(t, kittest.ServeWeb(t, pod))
	d.Width, d.Height = 120, 40
	return d
}

func (d *desk) options() Options {
	return Options{
		Presets: func() []presets.Preset { return d.presets }, Mistakes: func() []string { return nil }, Catalogue: d.catalogue,
		Registries: d.registries, Registry: d.registry, NewName: func() string { return d.newName() },
		Mode: func(*kube.Cluster) Mode { return Mode{} }, Memory: d,
	}
}

// toolsOn opens the tools for the pod's default container and waits for the pod.
func toolsOn(t *testing.T, d *desk) *Screen {
	t.Helper()
	s := New(t.Context(), d.Kit, kit.OpenTools{Cluster: d.Cluster, Pod: kube.PodKey{Namespace: "shop", Name: "web"}}, d.options())
	t.Cleanup(s.Close)
	d.Stack = append(d.Stack, s)
	for s.Pod == nil {
		d.Do(t, s.Init()())
		if s.Trouble != nil {
			t.Fatal(s.Trouble)
		}
	}
	d.Do(t, environmentMsg{s, debug.ReadPodEnvironment(t.Context(), d.Cluster, s.Pod)})
	return s
}

// started reports whether a session has been asked for.
func (d *desk) started() bool {
	return slices.ContainsFunc(d.Asked, func(msg tea.Msg) bool { _, ok := msg.(Start); return ok })
}

func (d *desk) typeIn(t *testing.T, text string) {
	t.Helper()
	for _, r := range text {
		d.Do(t, kittest.Press(strings.Replace(string(r), " ", "space", 1)))
	}
}

// row is the row of the screen that has some words; 0 is its first.
func (d *desk) row(t *testing.T, words string) int {
	t.Helper()
	return slices.IndexFunc(strings.Split(d.Text(), "\n"), func(row string) bool { return strings.Contains(row, words) })
}

func TestToolsShowExactlyWhatWouldBeAdded(t *testing.T) {
	a := onePodDesk(t, kittest.Running)
	s := toolsOn(t, a)
	if s.target != "app" {
		t.Errorf("the target is %q, want the pod's default container", s.target)
	}
	frame := ansi.Strip(a.Draw())
	for _, want := range []string{"targetContainerName: app", "SYS_PTRACE", "name: debugger-fixed", "kubectl debug", "--target=app"} {
		if !strings.Contains(frame, want) {
			t.Errorf("no %q in\n%s", want, frame)
		}
	}
	a.Do(t, kittest.Press("t"))
	if frame := ansi.Strip(a.Draw()); strings.Contains(frame, "targetContainerName") || !strings.Contains(frame, "none: shares the pod's network") {
		t.Errorf("without a target:\n%s", frame)
	}
	a.Do(t, kittest.Press("p"))
	if s.plan.Profile != kube.Netadmin {
		t.Errorf("the profile after general is %q", s.plan.Profile)
	}
	a.Do(t, kittest.Press("down"))
	if s.plan.Image != a.presets[1].Image || string(s.plan.Profile) != a.presets[1].Profile {
		t.Errorf("the next tool is planned with %s and profile %s", s.plan.Image, s.plan.Profile)
	}
}

func TestCrashLoopingTargetIsNotATarget(t *testing.T) {
	a := onePodDesk(t, `{"waiting": {"reason": "CrashLoopBackOff"}}`)
	s := toolsOn(t, a)
	if s.plan.Target.Container != "" {
		t.Errorf("the plan targets %q", s.plan.Target.Container)
	}
	if frame := ansi.Strip(a.Draw()); !strings.Contains(frame, "app is not running (waiting: CrashLoopBackOff)") {
		t.Errorf("frame:\n%s", frame)
	}
}

// The composer goes on with what was composed, whatever tool is under the cursor by then.
func TestComposingGoesOn(t *testing.T) {
	a := onePodDesk(t, kittest.Running)
	s := toolsOn(t, a)
	catalogue, err := a.catalogue()
	if err != nil {
		t.Fatal(err)
	}
	s.takeOwn(composedTool(nixery.Image{Shell: true, Packages: []string{"jq"}}, catalogue))
	s.takeOwn(typedTool("busybox:1"))
	a.Do(t, kittest.Press("c"))
	if c, ok := a.Top().(*composer); !ok || c.image.String() != "nixery.dev/shell/jq" {
		t.Errorf("the composer begins with %v", a.Top())
	}
}

// refusal is what the cluster says of a plan that it would not take.
func refusal() debug.Preflight {
	return debug.Preflight{Admission: kube.No, Problem: &kube.Problem{Message: "add it: you may not", Hint: "ask for this Role", RequiredRBAC: "kind: Role"}}
}

// What the cluster is known to refuse is not sent; what it has not said yet is.
func TestLaunchKnowsWhatTheClusterSays(t *testing.T) {
	for name, c := range map[string]struct {
		say  func(*preflight)
		goes bool
	}{
		"not asked yet": {func(*preflight) {}, true},
		"it would":      {func(p *preflight) { p.known, p.asking, p.answer = true, false, debug.Preflight{Admission: kube.Yes} }, true},
		"not known": {func(p *preflight) {
			p.known, p.asking, p.answer = true, false, debug.Preflight{Problem: &kube.Problem{Message: "a webhook does not say"}}
		}, true},
		"refused": {func(p *preflight) { p.known, p.asking, p.answer = true, false, refusal() }, false},
	} {
		t.Run(name, func(t *testing.T) {
			a := onePodDesk(t, kittest.Running)
			s := toolsOn(t, a)
			c.say(s.preflight)
			a.Do(t, kittest.Press("enter"))
			if gone := a.started(); gone != c.goes {
				t.Errorf("the top is a %T", a.Top())
			}
			defer func() { // an opinion may be wrong: the cluster has the last word
				a.Do(t, kittest.Press("enter"))
				if gone := a.started(); !gone {
					t.Errorf("after another ↵ the top is a %T", a.Top())
				}
			}()
			if c.goes {
				a.Asked = nil
			}
			if frame := a.Text(); !c.goes && !strings.Contains(frame, "you may not") {
				t.Errorf("the screen says\n%s", frame)
			}
		})
	}
}

// The rights to ask for are on the screen behind v, and y copies them.
func TestMissingRightsCanBeCopied(t *testing.T) {
	a := onePodDesk(t, kittest.Running)
	s := toolsOn(t, a)
	s.preflight.known, s.preflight.answer = true, refusal()
	a.Do(t, kittest.Press("v"))
	whole, ok := a.Top().(kit.Copier)
	if text := a.Text(); !ok || !strings.Contains(text, "kind: Role") || whole.CopyName() != "kind: Role" || !strings.Contains(text, "+    - ") {
		t.Errorf("the top is %+v", a.Top())
	}
}

// What comes late for a plan that is not on the screen any more is dropped.
func TestPreflightOfAnotherPlanIsDropped(t *testing.T) {
	a := onePodDesk(t, kittest.Running)
	s := toolsOn(t, a)
	old := preflightMsg{s.preflight, s.preflight.id, refusal()}
	a.Do(t, kittest.Press("down"), old)
	if s.preflight.known || s.preflight.refusal() != nil {
		t.Errorf("the word on another plan is taken: %+v", s.preflight.answer)
	}
	a.Do(t, preflightMsg{s.preflight, s.preflight.id, refusal()})
	if s.preflight.refusal() == nil {
		t.Error("the word on this plan is not taken")
	}
}

// An answer does not stand for ever: rights are granted meanwhile.
func TestPreflightIsAskedAgain(t *testing.T) {
	a := onePodDesk(t, kittest.Running)
	now := kittest.Noon()
	a.Now = func() time.Time { return now }
	s := toolsOn(t, a)
	a.Do(t, preflightMsg{s.preflight, s.preflight.id, refusal()})
	before := s.preflight.id
	a.Do(t, kit.Tick{})
	if s.preflight.id != before {
		t.Error("it is asked again at once")
	}
	now = now.Add(time.Minute)
	a.Do(t, kit.Tick{})
	if s.preflight.id == before || s.preflight.refusal() == nil {
		t.Errorf("it is not asked again, or what is known is forgotten meanwhile: %+v", s.preflight.answer)
	}
	a.Do(t, preflightMsg{s.preflight, s.preflight.id, debug.Preflight{Admission: kube.Yes}})
	if s.preflight.refusal() != nil {
		t.Error("what is said now does not count")
	}
}

// An image that its registry knows to be for other nodes only is a reason to stop, which a person may override.
func TestAnotherPlatformStops(t *testing.T) {
	for name, c := range map[string]struct {
		os, arch string // of the node
		stops    bool
	}{
		"the node's is known": {"linux", "amd64", true},
		"it is assumed":       {"", "", false},
	} {
		t.Run(name, func(t *testing.T) {
			a := onePodDesk(t, kittest.Running)
			s := toolsOn(t, a)
			s.around = &debug.PodEnvironment{OS: c.os, Arch: c.arch, Node: &kube.Node{Name: "n-1", OS: c.os, Arch: c.arch, Ready: true}}
			s.look.image = s.plan.Image
			s.look.take(lookNews{over: true, err: &registry.Problem{
				Kind: registry.WrongPlatform, Problem: kube.Problem{Message: "it is for linux/arm64", Hint: "use another image"},
				Platforms: []registry.Platform{{OS: "linux", Arch: "arm64"}},
			}})
			var said []string
			for _, r := range s.remarks() {
				said = append(said, r.symbol+" "+r.text)
			}
			for line, want := range map[string]bool{
				"✗ the image is made for linux/arm64, and the node is linux/amd64: it will not start there": c.stops,
				"! it is for linux/arm64": !c.stops, "→ use another image": true,
			} {
				if slices.Contains(said, line) != want {
					t.Errorf("that %q is said: %t\n%q", line, !want, said)
				}
			}
			a.Do(t, kittest.Press("enter"))
			if gone := a.started(); gone == c.stops {
				t.Fatalf("the top is a %T", a.Top())
			}
			if c.stops {
				a.Do(t, kittest.Press("enter"))
			}
			if gone := a.started(); !gone {
				t.Errorf("after another ↵ the top is a %T", a.Top())
			}
		})
	}
}

// A remedy changes the plan, stays while the pod changes, and is gone with another tool.
func TestRemedyIsAppliedToThePlan(t *testing.T) {
	a := onePodDesk(t, kittest.Running)
	s := toolsOn(t, a)
	uid := int64(1234)
	s.fix(&debug.Remedy{Words: "run as 1234", Apply: func(r debug.Request) debug.Request {
		r.RunAsUser = &uid
		return r
	}})
	if !strings.Contains(s.plan.Adds, "runAsUser: 1234") {
		t.Errorf("the plan is\n%s", s.plan.Adds)
	}
	s.replan()
	if !strings.Contains(s.plan.Adds, "runAsUser: 1234") {
		t.Error("the remedy is lost when the pod changes")
	}
	a.Do(t, kittest.Press("down"))
	if strings.Contains(s.plan.Adds, "runAsUser") {
		t.Error("the remedy is kept for another tool")
	}
}

// An image for Linux is not sent to a Windows node because the cluster admits its profile: w turns that only.
func TestAllowedProfileIsNoLeaveForWindows(t *testing.T) {
	a := deskOf(t, strings.Replace(strings.Replace(kittest.WebPod, "STATE", kittest.Running, 1), `"spec": {`, `"spec": {"os": {"name": "windows"}, `, 1))
	s := toolsOn(t, a)
	a.Do(t, admittedMsg{screen: s, plan: s.plan, admitted: debug.AdmittedProfile{Profile: kube.Baseline}})
	if s.plan.Profile != kube.Baseline {
		t.Fatalf("the profile is %s", s.plan.Profile)
	}
	a.Do(t, preflightMsg{s.preflight, s.preflight.id, debug.Preflight{Admission: kube.Yes}})
	a.Do(t, kittest.Press("enter"))
	if text := a.Text(); a.Top() != kit.Screen(s) || !strings.Contains(text, "this is known to fail") || !strings.Contains(text, "runs Windows") {
		t.Errorf("on top is a %T\n%s", a.Top(), text)
	}
}

// What was agreed to is what is sent: a plan that has changed while the name was typed is to be read first.
func TestPlanThatChangesWhileTheNameIsTyped(t *testing.T) {
	a := onePodDesk(t, kittest.Running)
	a.Cluster = kittest.Guarded(t, a.Cluster, kube.Guard{Protected: true, Why: "prod"})
	s := toolsOn(t, a)
	a.Do(t, kittest.Press("enter"))
	p, ok := a.Top().(*kit.Prompt)
	if !ok {
		t.Fatalf("the top is a %T", a.Top())
	}
	s.profile, s.profileChosen = next(kube.Profiles(), s.profile), true
	p.Init()
	a.typeIn(t, "web")
	a.Do(t, kittest.Press("enter"))
	if a.Top() != kit.Screen(s) || !strings.Contains(a.Text(), "the plan has changed") {
		t.Errorf("on top is a %T\n%s", a.Top(), a.Text())
	}
}

// Who confirms a plan that is known to fail has not confirmed another.
func TestInsistingIsForOnePlan(t *testing.T) {
	a := onePodDesk(t, kittest.Running)
	s := toolsOn(t, a)
	for _, key := range []string{"enter", "p", "enter"} {
		a.Do(t, preflightMsg{s.preflight, s.preflight.id, refusal()})
		a.Do(t, kittest.Press(key))
	}
	if a.Top() != kit.Screen(s) || !strings.Contains(a.Text(), "this is known to fail") {
		t.Errorf("on top is a %T\n%s", a.Top(), a.Text())
	}
}

func TestLifeTimesGoRound(t *testing.T) {
	usual := Life{After: 90 * time.Minute}
	var words []string
	life := Life{}
	for range 6 {
		words = append(words, life.words())
		life = life.next(usual)
	}
	want := "stays until its program ends|dayfly ends it on exit|ends 1h after its start, with or without you|" +
		"ends 8h after its start, with or without you|ends 1h30m after its start, with or without you|stays until its program ends"
	if got := strings.Join(words, "|"); got != want {
		t.Errorf("%s", got)
	}
}

// The image that cannot be had is not offered instead of itself.
func TestFallbackIsAnotherImage(t *testing.T) {
	a := newDesk(t)
	a.registries = func(string) registry.Settings { return registry.Settings{Fallback: "busybox:1.37"} }
	s := &Screen{Kit: a.Kit, with: a.options(), Watch: pod.NewWatch(t.Context(), a.Cluster, kube.PodKey{Namespace: "shop", Name: "web"})}
	for image, want := range map[string]string{"busybox:1.37": "", "netshoot": "busybox:1.37"} {
		s.plan.Image = image
		if got := s.fallback(); got != want {
			t.Errorf("%s: %q", image, got)
		}
	}
}

// A preset that is written anew under the cursor is the new one, with its profile; one that a person has chosen stays.
func TestReloadedPresetIsTheNewOne(t *testing.T) {
	for _, chosen := range []bool{false, true} {
		a := onePodDesk(t, kittest.Running)
		own := presets.Preset{Name: "own", Purpose: "mine", Image: "own:1", Profile: "general"}
		a.presets = append([]presets.Preset{own}, a.presets...)
		s := toolsOn(t, a)
		want := "sysadmin"
		if chosen {
			a.Do(t, kittest.Press("p"))
			want = string(s.profile)
		}
		own.Image, own.Profile, own.Try = "own:2", "sysadmin", []string{"hello"}
		a.presets = append([]presets.Preset{own}, a.presets[1:]...)
		a.Do(t, PresetsChanged{})
		if s.plan.Image != "own:2" || string(s.plan.Profile) != want || s.chosen.Image != "own:2" || !strings.Contains(a.Text(), "hello") {
			t.Errorf("chosen %t: the plan has %s and %s, want own:2 and %s", chosen, s.plan.Image, s.plan.Profile, want)
		}
	}
}

// With a filter too, the cursor stays where a person has put it; a tool that goes from under it is told.
func TestReloadDoesNotMoveTheCursorInAFilteredList(t *testing.T) {
	a := onePodDesk(t, kittest.Running)
	s := toolsOn(t, a)
	a.Do(t, kittest.Press("/"))
	a.typeIn(t, "node")
	a.Do(t, kittest.Press("enter"), kittest.Press("down"))
	before := s.chosen.Name
	a.Do(t, PresetsChanged{})
	if s.chosen.Name != before || s.plan.Image != s.chosen.Image {
		t.Errorf("the cursor is on %s, was on %s", s.chosen.Name, before)
	}
	left := slices.DeleteFunc(slices.Clone(a.presets), func(p presets.Preset) bool { return p.Name == before })
	a.presets = left
	a.Do(t, PresetsChanged{})
	if s.chosen.Name == before || !strings.Contains(a.Text(), before+" is no longer available") {
		t.Errorf("%s has gone, and the screen says\n%s", before, a.Text())
	}
}

// The choice of a tool and the composer are drawn in every state at every size.
func TestToolsAtEverySize(t *testing.T) {
	d := onePodDesk(t, kittest.Running)
	k := d.Kit
	problem := &kube.Problem{Message: "list pods in shop: " + strings.Repeat("it is so. ", 30), Hint: "do this", RequiredRBAC: kube.DebugRole}
	plan := debug.Plan{
		Debug: kube.Target{Namespace: "shop", Pod: "web", Container: "debugger-fixed"}, Image: "busybox", Profile: kube.General,
		Adds: "image: busybox\n", Command: "kubectl debug", Notes: []debug.Note{{Warns: true, Text: "mind the gap"}},
	}
	read, err := d.Cluster.Pod(t.Context(), "shop", "web")
	if err != nil {
		t.Fatal(err)
	}
	toolsWith := func(l look) *Screen {
		l.Kit = k
		s := New(t.Context(), k, kit.OpenTools{Cluster: d.Cluster, Pod: kube.PodKey{Namespace: "shop", Name: "web"}}, d.options())
		s.Update(s.Brings(kube.PodNews{Pod: read}))
		s.around, s.look = &debug.PodEnvironment{OS: "linux", Arch: "arm64", PodSecurity: "restricted"}, &l
		s.restock()
		s.plan = plan
		return s
	}
	tools := toolsWith(look{problem: &registry.Problem{Problem: *problem}})
	asking := toolsWith(look{asking: "building…"})
	answered := toolsWith(look{answer: registry.Image{Digest: "sha256:0", Size: 38e6, Platform: registry.Platform{OS: "linux", Arch: "arm64"}, Shell: "/bin/sh"}})
	denied := toolsWith(look{})
	denied.preflight.known, denied.preflight.answer = true, debug.Preflight{Admission: kube.No, Problem: problem}
	catalogue, err := d.catalogue()
	if err != nil {
		t.Fatal(err)
	}
	composing := newComposer(k, compose{catalogue: d.catalogue, image: plainImage("", catalogue), arm: "the pod's node has amd64", recent: []nixery.Image{{Packages: []string{"jq"}}}, missing: []string{"dig"}}, nil)
	tooLong := newComposer(k, compose{catalogue: d.catalogue, image: nixery.Image{Packages: []string{strings.Repeat("x", 300)}}}, nil)
	searching := newComposer(k, compose{catalogue: d.catalogue, image: plainImage("", catalogue)}, nil)
	nothing := newComposer(k, compose{catalogue: d.catalogue, image: plainImage("", catalogue)}, nil)
	for _, letter := range "psql" {
		searching.Update(kittest.Press(string(letter)))
		nothing.Update(kittest.Press(string(unicode.ToUpper(letter))))
	}
	for name, s := range map[string]kit.Screen{
		"tools": tools, "asking": asking, "answered": answered, "denied": denied,
		"composer": composing, "composer, too long": tooLong, "composer, searching": searching, "composer, nothing": nothing,
	} {
		t.Run(name, func(t *testing.T) { kittest.CheckEverySize(t, s) })
	}
}

func TestPresses(t *testing.T) {
	kittest.CheckPresses(t, newToolsKeys(kit.NewKeyMap()))
	kittest.CheckPresses(t, newComposerKeys(kit.NewKeyMap()))
}

// The keys of a session's manner are beside it as far as there is room, since the footer of a narrow terminal has none for them.
func TestLifeNamesItsKeys(t *testing.T) {
	s := &Screen{keys: newToolsKeys(kit.NewKeyMap())}
	for room, want := range map[int]string{60: "  l lifetime · P private · R record", 20: "  l P R change it", 16: ""} {
		if got := s.lifeHint(room); got != want {
			t.Errorf("%d: %q", room, got)
		}
	}
	copied := debug.Plan{Leftovers: []leftovers.Leftover{{Removable: true}}}
	for keeps, want := range map[bool]string{false: "dayfly deletes it on exit", true: "stays: you may not delete it"} {
		if got := (Mode{}).words(copied, keeps); got != want {
			t.Errorf("a copy, which must not be deleted: %t: %q", keeps, got)
		}
	}
	denied := debug.Preflight{Access: []kube.Access{{Right: kube.RightToDelete(), Verdict: kube.No}}}
	if !denied.Keeps() || (debug.Preflight{}).Keeps() {
		t.Error("only who must not delete keeps the copy")
	}
	if got := (Mode{Private: true}).words(debug.Plan{}, false); got != "stays until it is ended · private" {
		t.Errorf("%q: what it runs only sleeps", got)
	}
}
