#!/bin/sh
# Builds the packages for this machine twice, in two folders and the second time with nothing cached, and holds them against each other byte for byte. Then it
# installs the Debian package, uses it, and removes it without a trace. As root, on Debian.
#
#   check.sh GORELEASER
set -eu
goreleaser=$1
cd "$(dirname "$0")/../.."
die() { echo "$*" >&2; exit 1; }
work=$(mktemp -d)
trap 'chmod -R u+w "$work"; rm -rf "$work"' EXIT

# Without the internet nothing of this can be built, as it is with govulncheck: that is said, and is no failure.
GOBIN="$work/bin" go install "$goreleaser" >"$work/log" 2>&1 || { cat "$work/log" >&2; echo "NOT CHECKED what a release has: $goreleaser cannot be had"; exit 0; }

copy() { # what is here, as one commit that is the same wherever it is made
	mkdir -p "$1"
	tar --exclude=./.git --exclude=./.cluster --exclude=./bin --exclude=./dist -cf - . | tar -xf - -C "$1"
	(
		cd "$1"
		export GIT_AUTHOR_NAME=check GIT_AUTHOR_EMAIL=check@localhost GIT_COMMITTER_NAME=check GIT_COMMITTER_EMAIL=check@localhost
		export GIT_AUTHOR_DATE='2026-01-01T00:00:00Z' GIT_COMMITTER_DATE='2026-01-01T00:00:00Z' GIT_CONFIG_GLOBAL=/dev/null
		git init -q -b main && git remote add origin https://github.com/dayfly-k8s/dayfly.git && git add -A && git commit -q -m check # goreleaser wants to know from where
	)
}

packages() { # of the checkout in the current folder
	sed -e 's/^    goos: .*/    goos: [linux]/' -e "s/^    goarch: .*/    goarch: [$(go env GOARCH)]/" .goreleaser.yaml >"$work/here.yaml"
	"$work/bin/goreleaser" release --config "$work/here.yaml" --snapshot --clean --skip=sbom,sign,docker,publish,winget,homebrew,aur,nix >"$work/log" 2>&1 || { cat "$work/log" >&2; exit 1; }
	(cd dist && sha256sum dayfly_*.tar.gz dayfly_*.deb dayfly_*.rpm dayfly_*.apk)
}

copy "$work/first"
copy "$work/the second one"
(cd "$work/first" && packages) >"$work/first.sums"
(cd "$work/the second one" && GOCACHE="$work/cache" packages) >"$work/second.sums"
cmp "$work/first.sums" "$work/second.sums" || { diff "$work/first.sums" "$work/second.sums"; die "two builds of one commit differ"; }
echo "two builds are equal:"
cat "$work/first.sums"

go run sigs.k8s.io/krew/cmd/validate-krew-manifest@v0.4.3 -manifest "$work/first/dist/krew/dayfly.yaml" -skip-install 2>"$work/log" || { cat "$work/log" >&2; die "krew does not take its manifest"; }
echo "krew takes its manifest"

list() { find /usr /etc /var/lib/dpkg/info ! -path '*/__pycache__*' | sort; }
list >"$work/before"
dpkg -i "$work"/first/dist/dayfly_*.deb
trap 'dpkg -P dayfly >/dev/null 2>&1 || :; chmod -R u+w "$work"; rm -rf "$work"' EXIT
[ "$(dayfly version | head -n 1)" = "dayfly     $(cd "$work/first/dist" && sed -n 's/.*"version":"\([^"]*\)".*/\1/p' metadata.json)" ] || die "it has another version: $(dayfly version)"
kubectl-dayfly --help | grep -q '^  kubectl dayfly \[' || die "as a plugin it has another name"
kubectl_complete-dayfly __complete theme 2>/dev/null | head -n 1 >/dev/null || die "kubectl cannot complete it"
bash -c '. /usr/share/bash-completion/completions/dayfly && complete -p dayfly' | grep -q dayfly || die "bash does not complete it"
dayfly presets | head -n 1 | grep -q . || die "it lists no presets"
dpkg-deb -c "$work"/first/dist/dayfly_*.deb | grep -q /man1/dayfly-run.1 || die "there is no manual" # a machine may leave manuals out
dpkg -P dayfly
list >"$work/after"
cmp -s "$work/before" "$work/after" || { diff "$work/before" "$work/after"; die "something was left"; }
echo "the Debian package was installed, used, and removed without a trace"
