package kube

import (
	"fmt"
	"slices"
	"strings"

	corev1 "k8s.io/api/core/v1"
)

// checkProfile looks at what is sent, not only at its name: a partial container can give what a profile gives.
func (g Guard) checkProfile(p Plan) *Problem {
	if slices.Contains(g.Profiles, p.Profile) {
		return g.problem(fmt.Sprintf("profile %s is not allowed %s", p.Profile, g.where()), "", ChooseProfile)
	}
	if p.deed == nil {
		return nil
	}
	for _, gain := range gains(p.deed.adds().SecurityContext) {
		if refused, ok := g.refuses(gain); ok {
			return g.problem(fmt.Sprintf("the container would have %s, as with profile %s, which is not allowed %s", gain.words, refused, g.where()),
				"use a profile that grants less, or take it out of the partial container (custom)", ChooseProfile)
		}
	}
	return nil
}

// refuses finds the refused profile that gives no more than a gain: what sysadmin gives includes what all others do.
func (g Guard) refuses(gain gain) (Profile, bool) {
	if slices.Contains(g.Profiles, gain.profile) {
		return gain.profile, true
	}
	if gain.profile != Sysadmin {
		return "", false
	}
	for _, weaker := range []Profile{Netadmin, General} {
		if slices.Contains(g.Profiles, weaker) {
			return weaker, true
		}
	}
	return "", false
}

// gain is something that a container may do, with the weakest profile that gives as much.
type gain struct {
	profile Profile
	words   string
}

func gains(s *corev1.SecurityContext) []gain {
	if s == nil {
		return nil
	}
	var all []gain
	if s.Privileged != nil && *s.Privileged {
		all = append(all, gain{Sysadmin, "all rights (privileged)"})
	}
	if s.ProcMount != nil && *s.ProcMount == corev1.UnmaskedProcMount {
		all = append(all, gain{Sysadmin, "the whole of /proc (procMount)"})
	}
	if w := s.WindowsOptions; w != nil && w.HostProcess != nil && *w.HostProcess {
		all = append(all, gain{Sysadmin, "the node's processes (hostProcess)"})
	}
	if s.Capabilities == nil {
		return all
	}
	for _, capability := range s.Capabilities.Add {
		profile := Sysadmin
		switch strings.TrimPrefix(strings.ToUpper(string(capability)), "CAP_") {
		case "SYS_PTRACE":
			profile = General
		case "NET_ADMIN", "NET_RAW":
			profile = Netadmin
		}
		all = append(all, gain{profile, "capability " + Clean(string(capability))})
	}
	return all
}
