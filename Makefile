# dayfly. `make` lists what can be made.

VERSION       ?= $(shell git describe --tags --always --dirty 2>/dev/null || echo dev)
GOLANGCI_LINT := github.com/golangci/golangci-lint/v2/cmd/golangci-lint@v2.15.0
GORELEASER    := github.com/goreleaser/goreleaser/v2@v2.17.0
ACTIONLINT    := github.com/rhysd/actionlint/cmd/actionlint@v1.7.12
GOVULNCHECK   := golang.org/x/vuln/cmd/govulncheck@v1.8.0
VULNDB        ?= https://vuln.go.dev
FUZZTIME      ?= 60s
PLATFORMS     := linux/amd64 linux/arm64 darwin/amd64 darwin/arm64 windows/amd64 windows/arm64
BUILD         := CGO_ENABLED=0 go build -trimpath -ldflags '-s -w -X main.version=$(VERSION)'

# The cluster for e2e and bench: the one of KUBECONFIG when it is given, else our own.
OWN_CLUSTER   := $(abspath .cluster)
ifeq ($(KUBECONFIG),)
CLUSTER_NEEDED := cluster
ON_CLUSTER     := KUBECONFIG=$(OWN_CLUSTER)/run/kubeconfig KUBECTL=$(OWN_CLUSTER)/bin/kubectl
endif

.DEFAULT_GOAL := help
.PHONY: help build demo install test fuzz e2e cluster cluster-down scale bench lint vuln fmt docs screens snapshot release-files release-check release outdated

help: ## List the targets
	@awk -F ':.*## ' '/^[a-z0-9-]+:.*## / {printf "  %-14s %s\n", $$1, $$2}' $(MAKEFILE_LIST)

build: ## Build bin/dayfly
	$(BUILD) -o bin/dayfly ./cmd/dayfly

demo: build ## Practise on a cluster inside dayfly; needs nothing else
	@bin/dayfly demo

install: ## Install dayfly into $GOBIN, or $GOPATH/bin
	CGO_ENABLED=0 go install -trimpath -ldflags '-s -w -X main.version=$(VERSION)' ./cmd/dayfly

test: ## Run the tests that need nothing but Go
	go test -parallel 4 ./... ./testdata/nixery/... ./testdata/structure

fuzz: ## Fuzz each target there is for FUZZTIME (60s), one after the other; FUZZ=Clean: those whose name has that
	@set -e; for folder in $$(grep -rl --include='*_test.go' '^func Fuzz' cmd kube presets themes tui | xargs -n1 dirname | sort -u); do \
		for target in $$(go test -list 'Fuzz.*$(FUZZ)' ./$$folder | grep '^Fuzz'); do \
			echo "=== $$folder $$target"; \
			go test -run '^$$' -fuzz "^$$target\$$" -fuzztime $(FUZZTIME) ./$$folder; \
		done; \
	done

e2e: build $(CLUSTER_NEEDED) ## Run the binary in a terminal against a real Kubernetes (ours, or the one of KUBECONFIG)
	$(ON_CLUSTER) DAYFLY_BIN=$(abspath bin/dayfly) go test -count=1 -parallel 6 -timeout 20m ./testdata/script/

bench: build $(CLUSTER_NEEDED) ## Measure dayfly beside kubectl on a real Kubernetes, with 50,000 pods when it is ours
	$(ON_CLUSTER) $(if $(CLUSTER_NEEDED),DAYFLY_CLUSTER_DIR=$(OWN_CLUSTER)) DAYFLY_BIN=$(abspath bin/dayfly) \
		go run ./testdata/script/bench $(BENCH)

cluster: ## Bring up a real Kubernetes on this machine (as root; Debian)
	@cd testdata/cluster && DAYFLY_CLUSTER_DIR=$(OWN_CLUSTER) go run . up --wait

scale: cluster ## Have PODS pods (10000) on fake nodes there; 0 takes them away
	@cd testdata/cluster && DAYFLY_CLUSTER_DIR=$(OWN_CLUSTER) go run . scale $(or $(PODS),10000)

cluster-down: ## Take that Kubernetes down
	@cd testdata/cluster && DAYFLY_CLUSTER_DIR=$(OWN_CLUSTER) go run . down

lint: vuln ## Lint, vet, look for known vulnerabilities, and build for every platform
	go run $(GOLANGCI_LINT) run ./... ./testdata/busybox ./testdata/nixery/... ./testdata/proxy/... ./testdata/screens ./testdata/script/... ./testdata/servers/... ./testdata/structure
	go run $(ACTIONLINT) .github/workflows/*.yaml
	cd testdata/cluster && go vet ./... && go test ./...
	@for platform in $(PLATFORMS); do \
		echo "build $$platform"; \
		CGO_ENABLED=0 GOOS=$${platform%/*} GOARCH=$${platform#*/} go build -o /dev/null ./cmd/dayfly || exit 1; \
	done

# govulncheck needs its database. Where that is out of reach, it is said that nothing has been checked, and that is no failure: a machine
# without the internet can still lint. Everything else that goes wrong is one.
vuln: ## Look for known vulnerabilities in what dayfly uses; VULNDB=file:///FOLDER for a copy of the database
	@code=0; report=$$($(if $(shell command -v timeout),timeout 300) go run $(GOVULNCHECK) -db $(VULNDB) ./... 2>&1) || code=$$?; \
	echo "$$report"; \
	case "$$code $$report" in \
	"0 "*) ;; \
	*"fetching vulnerabilities: "*|"124 "*) echo "NOT CHECKED for known vulnerabilities: $(VULNDB) cannot be reached" ;; \
	*) exit 1 ;; \
	esac

fmt: ## Format the sources
	gofmt -w cmd kube presets themes tui testdata

docs: ## Rewrite the schemas, and the generated parts of the READMEs and of CONTRIBUTING.md
	go test ./cmd/dayfly -run TestReadme -update
	go test ./cmd/dayfly/config -run TestSchemas -update
	go test ./testdata/structure -run TestContributing -update

screens: build ## Take the pictures of the README, in the practice cluster, and a tour of them
	go run ./testdata/screens bin/dayfly testdata/screens

# What a release has beside the program. The date of the pages is that of the commit, so that two builds are equal.
RELEASE := bin/release
export SOURCE_DATE_EPOCH ?= $(shell git log -1 --format=%ct 2>/dev/null || echo 0)
release-files: ## Make the manual pages, the completions and the list of licences
	@rm -rf $(RELEASE) && mkdir -p $(RELEASE)
	@go run -tags releasefiles ./cmd/dayfly $(RELEASE)

snapshot: ## Build everything that a release has, without releasing it, and list it with its sizes
	go run $(GORELEASER) release --snapshot --clean --skip=sbom,sign,docker,publish
	@cd dist && find . -maxdepth 2 -type f \( -name 'dayfly_*' -o -name '*.rb' -o -name '*.nix' -o -name 'dayfly.yaml' -o -name checksums.txt \) -exec du -h --apparent-size {} + | sort -k2

release-check: ## Build the packages for this machine twice, compare them, and install and remove one (as root; Debian)
	testdata/release/check.sh $(GORELEASER)

release: ## Release the tag that is checked out: only the workflow does that
	go run $(GORELEASER) release --clean

outdated: ## List the direct dependencies of which there is a newer version
	@list=$$(go list -e -m -u -f '{{if not .Indirect}}{{with .Error}}{{.Err}}{{end}}{{with .Update}}{{$$.Path}} {{$$.Version}} → {{.Version}}{{end}}{{end}}' all) || exit 1; \
	echo "$$list" | grep . || echo "none"
