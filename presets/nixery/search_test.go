package nixery

import (
	"slices"
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/google/go-cmp/cmp"
)

func catalogue(t testing.TB) *Catalogue {
	t.Helper()
	c, err := Shipped()
	if err != nil {
		t.Fatal(err)
	}
	return c
}

func TestShippedCatalogue(t *testing.T) {
	c := catalogue(t)
	var groups []string
	count := 0
	for _, g := range c.Groups {
		groups = append(groups, g.Name)
		count += len(g.Packages)
		for _, p := range g.Packages {
			checkEntry(t, g.Name, p)
			if got, ok := c.Find(p.Name); !ok || got != p {
				t.Errorf("%s is not found by its name", p.Name)
			}
		}
	}
	want := []string{"network", "DNS", "HTTP/TLS", "processes", "tracing", "files", "databases", "messaging", "languages", "Kubernetes", "comfort"}
	if diff := cmp.Diff(want, groups); diff != "" {
		t.Error(diff)
	}
	if count < 170 {
		t.Errorf("only %d packages", count)
	}
	if diff := cmp.Diff([]string{"gnugrep", "gnused", "gawk", "findutils", "procps", "less"}, c.Comfort()); diff != "" {
		t.Error(diff)
	}
	if err := (Image{Shell: true, ARM64: true, Packages: c.Comfort()}).Check(); err != nil {
		t.Error(err)
	}
}

func checkEntry(t *testing.T, group string, p *Package) {
	t.Helper()
	if err := (Image{Packages: []string{p.Name}}).Check(); err != nil {
		t.Error(err)
	}
	if n := utf8.RuneCountInString(p.Purpose); n == 0 || n > 60 || strings.HasSuffix(p.Purpose, ".") || strings.TrimSpace(p.Purpose) != p.Purpose {
		t.Errorf("%s: purpose %q", p.Name, p.Purpose)
	}
	if p.Group != group || len(p.Commands) == 0 {
		t.Errorf("%s: group %q, commands %q", p.Name, p.Group, p.Commands)
	}
	for i, command := range p.Commands {
		if command == "" || strings.ContainsAny(command, " /\t") || slices.Contains(p.Commands[:i], command) {
			t.Errorf("%s: command %q", p.Name, command)
		}
	}
}

func TestCommandsLeadToTheirPackage(t *testing.T) {
	c := catalogue(t)
	for command, want := range map[string]string{
		"dig": "dig", "nslookup": "dnsutils", "host": "host", "ip": "iproute2", "ss": "iproute2", "ping": "iputils",
		"tracepath": "iputils", "traceroute": "traceroute", "mtr": "mtr", "ps": "procps", "top": "procps", "free": "procps",
		"htop": "htop", "netstat": "net-tools", "ifconfig": "net-tools", "nc": "netcat", "socat": "socat", "curl": "curl",
		"wget": "wget", "tcpdump": "tcpdump", "tshark": "tshark", "ngrep": "ngrep", "nmap": "nmap", "iperf3": "iperf3",
		"strace": "strace", "ltrace": "ltrace", "gdb": "gdb", "lsof": "lsof", "perf": "perf", "bpftrace": "bpftrace",
		"psql": "postgresql", "mysql": "mariadb", "redis-cli": "redis", "mongosh": "mongosh", "sqlite3": "sqlite",
		"sqlite": "sqlite", "grpcurl": "grpcurl", "openssl": "openssl", "jq": "jq", "yq": "yq", "vim": "vim", "git": "git",
		"grep": "gnugrep", "sed": "gnused", "awk": "gawk", "find": "findutils", "less": "less", "tar": "gnutar", "file": "file",
		"tree": "tree", "rg": "ripgrep", "ripgrep": "ripgrep", "fd": "fd", "python3": "python3", "node": "nodejs",
		"nodejs": "nodejs", "kubectl": "kubectl", "http": "httpie", "websocat": "websocat", "kcat": "kcat",
		"etcdctl": "etcd", "stress-ng": "stress-ng", "iostat": "sysstat", "iotop": "iotop", "fio": "fio", "PSQL": "postgresql",
		"pg_dump": "postgresql", "pg_isready": "postgresql", "jstack": "jdk", "erl": "beampackages.erlang", "helm": "kubernetes-helm", "nsenter": "util-linux",
		"kafka-topics.sh": "apachekafka", "g++": "gcc", "vi": "vim", "sh": "bash", "redis": "redis", "zkcli.sh": "zookeeper",
	} {
		if got, ok := c.Resolve(command); !ok || got != want {
			t.Errorf("%s is in %q, %v, instead of %s", command, got, ok, want)
		}
		if hits := c.Search(command); len(hits) == 0 || hits[0].Package.Name != want {
			t.Errorf("%s does not find %s first", command, want)
		}
	}
	for _, word := range []string{"", "nonsense", "psq", " psql"} {
		if got, ok := c.Resolve(word); ok || got != "" {
			t.Errorf("%q is taken for %q", word, got)
		}
	}
}

func TestSearchOrder(t *testing.T) {
	c := catalogue(t)
	for query, want := range map[string][]string{ // the first ones
		"dig":              {"dig", "dnsutils"},
		"redis-c":          {"redis"},
		"post":             {"postgresql"},
		"pgsql":            {"postgresql"}, // scattered letters
		"kctl":             {"kubectl"},
		"requests to disk": {},
		"packets":          {"tcpdump"}, // a word of the purpose
		"postgres client":  {"postgresql"},
		"MYSQL dump":       {"mariadb", "mysql84"}, // two words, one command
		"messaging":        {"kcat", "apachekafka", "kaf"},
		"certificates":     {"openssl"},
		"tls":              {"gnutls", "knot-dns"}, // the name, the purpose; not "tools"
		"java":             {"jdk", "jbang"},       // a whole word before JavaScript
		"  psql\t":         {"postgresql"},
		"zzzz":             {},
		"\x00\xff":         {},
		"curl ( .*":        {},
	} {
		hits := c.Search(query)
		var got []string
		for _, h := range hits[:min(len(hits), len(want))] {
			got = append(got, h.Package.Name)
		}
		if !slices.Equal(got, want) || len(want) == 0 && len(hits) > 0 {
			t.Errorf("%q finds %q (of %d) instead of %q", query, got, len(hits), want)
		}
	}
}

func TestMarks(t *testing.T) {
	c := catalogue(t)
	for query, want := range map[string]Hit{
		"psql":  {Command: "psql", Marks: []int{0, 1, 2, 3}},
		"dig":   {Marks: []int{0, 1, 2}},
		"tgres": {Marks: []int{3, 4, 5, 6, 7}},
		"kctl":  {Marks: []int{0, 4, 5, 6}}, // kubectl
		"zkcli": {Command: "zkCli.sh", Marks: []int{0, 1, 2, 3, 4}},
	} {
		got := c.Search(query)[0]
		got.Package = nil
		if diff := cmp.Diff(want, got); diff != "" {
			t.Errorf("%s:\n%s", query, diff)
		}
	}
	if got := c.Search("payload")[0]; got.Command != "" || got.Marks != nil || got.Package.Name != "ngrep" {
		t.Errorf("a word of the purpose marks %+v", got)
	}
}

// Whatever is typed, the marks are the letters that were typed, each hit is there once, and a longer word finds no more.
func TestSearchOfAnything(t *testing.T) {
	c := catalogue(t)
	if got := c.Search(" "); len(got) != len(c.entries) || got[0].Package != c.Groups[0].Packages[0] {
		t.Errorf("without a word there are %d hits", len(got))
	}
	for _, query := range typed() {
		seen := map[*Package]bool{}
		for _, h := range c.Search(query) {
			text := h.Package.Name
			if h.Command != "" {
				text = strings.ToLower(h.Command)
			}
			var letters []byte
			for _, m := range h.Marks {
				letters = append(letters, text[m])
			}
			if h.Marks != nil && !slices.Contains(strings.Fields(query), string(letters)) || seen[h.Package] {
				t.Errorf("%q finds %s with marks %q of %q", query, h.Package.Name, letters, text)
			}
			seen[h.Package] = true
		}
	}
}

func TestBadCatalogues(t *testing.T) {
	for text, want := range map[string]string{
		"groups: [{name: a, packages: [{name: curl}, {name: curl}]}]":                        `f.yaml: group "a": package curl is in group "a" already: keep one of the two`,
		"groups: [{name: a, packages: [{name: curl}]}, {name: b, packages: [{name: curl}]}]": `f.yaml: group "b": package curl is in group "a" already: keep one of the two`,
		"groups: [{name: a, packages: [{name: curl}]}, {name: a, packages: [{name: jq}]}]":   `f.yaml: group "a" is there twice: put its packages together`,
		"groups: [{name: a, packages: []}]":                                                  `f.yaml: group 1 has no name or no packages: write both`,
		"groups: [{packages: [{name: curl}]}]":                                               `f.yaml: group 1 has no name or no packages: write both`,
		"groups: [{name: a, packages: [{name: Curl}]}]":                                      `f.yaml: group "a": "Curl": the letter 'C' is upper case`,
		"groups: [{name: a, packages: [{purpose: x}]}]":                                      `f.yaml: group "a": a package without a name: write name: and how nixpkgs calls it`,
		"groups: [{name: a, packages: [~]}]":                                                 `f.yaml: group "a": a package without a name: write name: and how nixpkgs calls it`,
		"groups:\n- name: a\n  packages:\n  - name: curl\n    comands: [curl]":               `f.yaml: line 5: unknown key "comands": did you mean "commands"?`,
	} {
		if _, err := parseCatalogue("f.yaml", []byte(text)); err == nil || err.Error() != want {
			t.Errorf("%s:\n got %v\nwant %s", text, err, want)
		}
	}
}

// typed is what a person has typed after each key.
func typed() []string {
	var states []string
	for _, query := range []string{"psql", "dig", "tcpdump", "pg_isready", "redis-cli", "postgres client", "kubectl", "certificates", "what uses the disk", "pgsql", "nonsense"} {
		for n := range len(query) {
			states = append(states, query[:n+1])
		}
	}
	return states
}

// One operation is one key.
func BenchmarkSearch(b *testing.B) {
	c := catalogue(b)
	states := typed()
	b.ReportAllocs()
	for i := 0; b.Loop(); i++ {
		c.Search(states[i%len(states)])
	}
}

func BenchmarkShipped(b *testing.B) {
	for b.Loop() {
		if _, err := Shipped(); err != nil {
			b.Fatal(err)
		}
	}
}
