package nodes

import (
	"fmt"
	"strconv"
	"strings"
)

// Version is the minor version of a kubelet or an API server. Its zero value is of none that is known.
type Version struct{ Major, Minor int }

func (v Version) String() string { return fmt.Sprintf("v%d.%d", v.Major, v.Minor) }

// ParseVersion reads "v1.34.4", "v1.34" and "v1.32.1-eks-5d632ec"; anything else is no version.
func ParseVersion(s string) Version {
	s, ok := strings.CutPrefix(s, "v")
	parts := strings.SplitN(s, ".", 3)
	if !ok || len(parts) < 2 {
		return Version{}
	}
	major, err := strconv.Atoi(parts[0])
	minor, err2 := strconv.Atoi(strings.TrimRight(parts[1], "+")) // some providers' servers have v1.34+
	if err != nil || err2 != nil || major < 0 || minor < 0 {
		return Version{}
	}
	return Version{major, minor}
}

// olderMost is how many minor versions a kubelet may be older than its API server. https://kubernetes.io/releases/version-skew-policy/#kubelet
const olderMost = 3

// skew says what is wrong with the version of a kubelet beside that of its API server; empty: nothing, or one of them is not known.
func skew(kubelet, server Version) string {
	if kubelet == (Version{}) || server == (Version{}) || kubelet.Major != server.Major {
		return ""
	}
	switch older := server.Minor - kubelet.Minor; {
	case older < 0:
		return fmt.Sprintf("kubelet %s is newer than the API server (%s), which is not supported", kubelet, server)
	case older > olderMost:
		return fmt.Sprintf("kubelet %s is %d minor versions older than the API server (%s): at most %d are supported", kubelet, older, server, olderMost)
	}
	return ""
}
