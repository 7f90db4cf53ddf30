package capture_test

import (
	"net/netip"
	"strings"
	"testing"
	"time"

	corev1 "k8s.io/api/core/v1"

	"github.com/dayfly-k8s/dayfly/kube"
	"github.com/dayfly-k8s/dayfly/kube/apitest"
	"github.com/dayfly-k8s/dayfly/kube/capture"
)

func TestCheck(t *testing.T) {
	if err := capture.Usual().Check(); err != nil {
		t.Error(err)
	}
	for want, change := range map[string]func(*capture.Options){
		`interface "": use`:                func(o *capture.Options) { o.Interface = "" },
		`interface "-w": use`:              func(o *capture.Options) { o.Interface = "-w" },
		`interface "eth0 x": use`:          func(o *capture.Options) { o.Interface = "eth0 x" },
		`filter "-w /etc/passwd" begins`:   func(o *capture.Options) { o.Filter = "-w /etc/passwd" },
		`0 bytes of each packet: use`:      func(o *capture.Options) { o.Snap = 0 },
		`300000 bytes of each packet: use`: func(o *capture.Options) { o.Snap = 300_000 },
		`a capture of 0s: use`:             func(o *capture.Options) { o.For = 0 },
		`a capture of 25h0m0s: use`:        func(o *capture.Options) { o.For = 25 * time.Hour },
		`-1 packets: use`:                  func(o *capture.Options) { o.Count = -1 },
		`a file of 10 bytes: use`:          func(o *capture.Options) { o.MaxSize = 10 },
	} {
		o := capture.Usual()
		change(&o)
		if err := o.Check(); err == nil || !strings.HasPrefix(err.Error(), want) {
			t.Errorf("%v, want %s…", err, want)
		}
	}
}

func TestParseSize(t *testing.T) {
	for text, want := range map[string]int64{
		"100M": 100_000_000, "1.5G": 1_500_000_000, "64k": 64_000, "1Mi": 1 << 20, "2MB": 2_000_000, "500": 500, "": 0, "x": 0, "-1M": 0, "1T": 0, "900G": 0, "NaN": 0, "Inf": 0,
	} {
		got, err := capture.ParseSize(text)
		if got != want || (err != nil) != (want == 0) {
			t.Errorf("%q is %d (%v), want %d", text, got, err, want)
		}
	}
}

// Of dayfly's own traffic a pod sees something only in the network of its node, and where dayfly runs in it.
func TestExcept(t *testing.T) {
	s := capture.Surroundings{API: []netip.AddrPort{netip.MustParseAddrPort("10.0.0.5:6443")}, Here: []netip.Addr{netip.MustParseAddr("10.1.0.77")}}
	unknown := capture.Surroundings{Here: s.Here}
	const api = "(host 10.0.0.5 and tcp port 6443)"
	for name, c := range map[string]struct {
		s      capture.Surroundings
		pod    func(*corev1.Pod)
		filter string
		why    string
	}{
		"a pod":        {s, func(p *corev1.Pod) { p.Status.PodIPs = []corev1.PodIP{{IP: "10.1.0.9"}} }, "", ""},
		"on its node":  {s, func(p *corev1.Pod) { p.Spec.HostNetwork = true }, api + " or (tcp port 10250) or (src net 127.0.0.0/8 and dst net 127.0.0.0/8) or (src host ::1 and dst host ::1)", "is in the network of its node"},
		"dayfly's own": {s, func(p *corev1.Pod) { p.Status.PodIPs = []corev1.PodIP{{IP: "10.1.0.77"}} }, api, "dayfly runs in pod"},
		"its own, and the API server is not known":     {unknown, func(p *corev1.Pod) { p.Status.PodIPs = []corev1.PodIP{{IP: "10.1.0.77"}} }, "", "has dayfly's own traffic"},
		"on its node, and the API server is not known": {unknown, func(p *corev1.Pod) { p.Spec.HostNetwork = true }, "(tcp port 10250) or (src net 127.0.0.0/8 and dst net 127.0.0.0/8) or (src host ::1 and dst host ::1)", "left out are the loopback and the kubelet's port"},
		"without an IP": {s, func(p *corev1.Pod) { p.Status.PodIPs = nil }, "", ""},
	} {
		filter, why := c.s.Except(kube.NewPod(apitest.RunningPod(c.pod)))
		if filter != c.filter || !strings.Contains(why, c.why) || (why == "") != (c.why == "") {
			t.Errorf("%s: %q, %q", name, filter, why)
		}
	}
}

// What is left out in any case is beside the filter, which tcpdump checks as it was written.
func TestCommand(t *testing.T) {
	o := capture.Usual()
	o.Filter, o.Count = "port 80 or port 443", 7
	got := o.Command("port 10250")
	if want := []string{"any", "262144", "7", "port 80 or port 443", "(port 80 or port 443) and not (port 10250)", "8192"}; strings.Join(got[4:], "|") != strings.Join(want, "|") {
		t.Errorf("%q", got)
	}
	if o.Filter = ""; o.Command("port 10250")[8] != "not (port 10250)" || o.Command("")[8] != "" {
		t.Errorf("%q", o.Command("port 10250"))
	}
}
