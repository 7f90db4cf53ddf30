package tools

import (
	"slices"
	"testing"

	"github.com/dayfly-k8s/dayfly/kube"
	"github.com/dayfly-k8s/dayfly/presets"
	"github.com/dayfly-k8s/dayfly/presets/nixery"
)

func TestToolbox(t *testing.T) {
	preset := func(name string) presets.Preset { return presets.Preset{Name: name, Image: name + ":1"} }
	list := []presets.Preset{preset("busybox"), preset("tcpdump"), preset("postgres"), preset("mine")}
	for i := range list[:3] {
		list[i].Origin = presets.Shipped
	}
	earlier := []tool{typedTool("a:1"), typedTool("b:1"), typedTool("c:1"), typedTool("d:1")}
	tools := toolbox([]tool{typedTool("b:1")}, list, []presets.Advice{{Preset: "postgres", Reason: "it is one"}, {Preset: "gone"}}, earlier)
	var names []string
	for _, t := range tools {
		names = append(names, t.Name+" "+t.Image)
	}
	want := []string{"image b:1", "postgres postgres:1", "image a:1", "image c:1", "mine mine:1", "busybox busybox:1", "tcpdump tcpdump:1"}
	if !slices.Equal(names, want) {
		t.Errorf("they are %q, want %q", names, want)
	}
	if tools[1].reason != "it is one" || tools[4].reason != "" {
		t.Errorf("the reasons are %q and %q", tools[1].reason, tools[4].reason)
	}
}

func TestComposedToolAsksForTheProfileItNeeds(t *testing.T) {
	c, err := nixery.Shipped()
	if err != nil {
		t.Fatal(err)
	}
	for profile, packages := range map[kube.Profile][]string{
		kube.General:  {"dig", "curl", "unknown-one"},
		kube.Netadmin: {"dig", "tcpdump"},
		kube.Sysadmin: {"tcpdump", "bpftrace", "iptables"},
	} {
		if p := composedTool(nixery.Image{Shell: true, Packages: packages}, c); p.Profile != string(profile) {
			t.Errorf("%v: the profile is %s, want %s", packages, p.Profile, profile)
		}
	}
	bare := composedTool(nixery.Image{Packages: []string{"busybox"}}, c)
	if len(bare.Command) != 0 {
		t.Errorf("without a shell it starts %v", bare.Command)
	}
}
