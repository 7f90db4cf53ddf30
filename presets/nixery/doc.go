// Package nixery knows how images of a Nixery registry are named, and which packages are worth asking one for.
//
// Such a registry builds the image while it is pulled: the name is the list of what shall be in it.
//
//	nixery.dev/shell/arm64/curl/python3packages.requests:24.05
//	└ Host ──┘ └ metas ──┘ └ packages of nixpkgs ──────┘ └ Tag
//
// The metas come first or not at all: shell puts in bash, coreutils, moreutils and nano (no grep, no ps, no less), arm64
// builds for that machine instead of amd64. Behind a package they are looked up as packages, and are not found.
//
// A package is an attribute of nixpkgs in lower case; Nixery finds the one with capitals. Letters and digits, and between
// them one dot (a set and its package), one or two underscores, or dashes. Registries allow no other character.
//
// The order of the packages does not matter to Nixery but does to the cache of a node, so names are written in one
// canonical form: shell before arm64, then packages sorted, each once. The whole name, the host included, has at most
// [MaxName] characters. The tag names a commit of nixpkgs where the instance is set up for it; nixery.dev ignores it.
//
// Nothing here asks a network. See https://nixery.dev and https://github.com/tazjin/nixery.
package nixery
