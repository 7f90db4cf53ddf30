package tui

import (
	"strings"
	"testing"

	"github.com/charmbracelet/x/ansi"

	"github.com/dayfly-k8s/dayfly/tui/kit"
)

// However long the names are, the namespace and the ends of the names are seen, and nothing is wider than the screen.
func TestLongNamesAreCutInTheMiddle(t *testing.T) {
	const arn = "arn:aws:eks:eu-central-1:000000000000:cluster/payments-prod"
	for _, test := range []struct {
		context, title string
		width          int
		want           string
	}{
		{"kind", "shop › pods", 80, "kind › shop › pods"},
		{arn, "shop › pods", 80, arn + " › shop › pods"},
		{arn, "shop › pods", 50, "arn:aws:eks…00:cluster/payments-prod › shop › pods"},
		{"", "shop › pods", 80, "shop › pods"},
		{arn, "", 20, "arn:aw…payments-prod"},
	} {
		got := placeWords(test.context, test.title, test.width)
		if kit.Width(got) > test.width || test.want != "" && got != test.want {
			t.Errorf("%s, %s in %d cells: %q, want %q", test.context, test.title, test.width, got, test.want)
		}
	}
	long := strings.Repeat("x", 240) + "-7d9f-end"
	for _, context := range []string{arn, "gke_my-project-with-a-long-name_europe-west1-b_payments-prod", strings.Repeat("漢", 120) + "prod", "kind"} {
		for _, title := range []string{"shop › pods", "shop › " + long, "shop › " + long + " › " + long, strings.Repeat("n", 63) + " › pods"} {
			for width := 1; width <= 160; width++ {
				if got := placeWords(context, title, width); kit.Width(got) > width {
					t.Fatalf("%d cells are %q", width, got)
				}
			}
			got := placeWords(context, title, 70)
			namespace, _, _ := strings.Cut(title, " › ")
			if !strings.Contains(got, namespace[len(namespace)-4:]+" › ") || !strings.HasSuffix(got, title[len(title)-4:]) ||
				!strings.Contains(got, context[len(context)-4:]+" › ") {
				t.Errorf("%s, %s: %q", context, title, got)
			}
		}
	}
}

// The header of each width shows where one is beside what else it has to tell.
func TestHeaderWithALongContext(t *testing.T) {
	a := testApp(t)
	a.cluster.Context = "arn:aws:eks:eu-central-1:000000000000:cluster/payments-prod"
	a.height = 24
	for width := leastWidth; width <= 160; width++ {
		a.width = width
		header := ansi.Strip(a.header())
		if kit.Width(header) != width {
			t.Fatalf("%d cells: %q has %d", width, header, kit.Width(header))
		}
		if width >= 60 && (!strings.Contains(header, "-prod › shop › pods")) {
			t.Errorf("%d cells: %q", width, header)
		}
	}
}
