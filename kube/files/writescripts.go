package files

// The scripts of an upload. place prints where path $2 leads: into a folder under the name $3. receive adds what comes to a file beside that ($2) under the name
// of the part $3, which only its owner can read, left prints how many bytes that has and ends whatever still writes to it, discardPart takes it away, and settle
// puts it there if it has $4 bytes and the SHA-256 $5, with mode $6, or where that is empty as new files have it, and owner $7. With a word $8 what is there
// stays the same file where it has other names, or the owner cannot be given to another: it is written to then.
const (
	place = resolve + `if [ -d "$F" ]; then C=${C%/}/$3; F=$R$C; [ ! -d "$F" ] || { echo "there is a folder of that name" >&2; exit 1; }; ` +
		`else case $2 in */) echo "there is no such folder" >&2; exit 1;; esac; fi; ` +
		`[ ! -e "$F" ] || [ -f "$F" ] || { echo "it is not a regular file" >&2; exit 1; }; [ -d "${F%/*}/" ] || exit 41; ` +
		mountedFiles + `[ "$M" != "$C" ] || ` + refuseMount + `; done || exit; printf %s "$C"`
	receive = root + `umask 077; exec cat 3>&1 >>"$R${2%/*}/$3"` // containerd closes the input of a program that has closed its output
	left    = root + halt + `T=$R${2%/*}/$3; if [ -f "$T" ]; then wc -c <"$T"; else echo 0; fi`
	settle  = root + `F=$R$2; T=${F%/*}/$3; fail() { rm -f "$T"; exit 1; }; ` +
		`[ "$(wc -c <"$T" | tr -d " ")" = "$4" ] || { echo "not all has arrived" >&2; rm -f "$T"; exit 43; }; ` +
		`if [ -n "$5" ] && command -v sha256sum >/dev/null; then S=$(sha256sum <"$T"); [ "${S%% *}" = "$5" ] || { echo "SHA-256 differs" >&2; rm -f "$T"; exit 43; }; echo equal; fi; ` +
		owner + `over() { cat "$T" >"$F" && rm -f "$T" || fail; exit 0; }; ` +
		`[ -z "$8" ] || [ "$(stat -c %h "$F" 2>/dev/null || echo 1)" = 1 ] || over; ` +
		`{ [ -z "$U" ] || [ "$(id -u)" != 0 ] && [ -z "$7" ] || { if [ -n "$8" ]; then chown "$U" "$T" 2>/dev/null || over; else chown "$U" "$T"; fi; }; } || fail; ` +
		`chmod "${6:-$(printf %o $((0666 & ~$(umask))))}" "$T" && mv -f "$T" "$F" || fail`
	discardPart = root + halt + `rm -f "$R${2%/*}/$3"`
)

// The exit codes of a script for what cannot be written over: a file that is mounted, and what is something else, or leads elsewhere.
const (
	codeMounted = 45
	codeTaken   = 46
)

// mountedFiles begins a loop over where something is mounted, in M. To put a file in the place of one that is mounted there would take the mount away, or fail.
const (
	mountedFiles = `{ cat "$O/mountinfo" || :; } 2>/dev/null | while read -r _ _ _ _ M _; do `
	refuseMount  = `{ echo "${M##*/} is a file that is mounted there" >&2; exit 45; }`
)

// halt ends the processes of an exec whose link was lost, and waits until they are gone: those that have the word $3 in their arguments or environment, or have
// opened a file of that name.
const halt = `[ "${#3}" -ge 20 ] || exit 1; N=0; while [ "$N" -lt 50 ]; do L=; for D in /proc/[0-9]*; do [ "$D" != "/proc/$$" ] || continue; ` +
	`case $(cat "$D/environ" "$D/cmdline"; readlink "$D/fd/1") in *"$3"*) L=1; kill -9 "${D##*/}";; esac; done 2>/dev/null; ` +
	`[ -n "$L" ] || break; N=$((N+1)); done; `

// owner has in U who gets what is written, as UID:GID: $7, or the user of the target's process.
const owner = `U=$7; if [ -z "$U" ]; then A=; B=; while read -r K _ V _; do case $K in Uid:) A=$V;; Gid:) B=$V;; esac; done 2>/dev/null <"$O/status"; ` +
	`[ -z "$A" ] || U=$A:$B; fi; `

// The scripts of a folder that is written. placeTree prints the owner that files get, as UID:GID, $7 or that of the target's process, and where path $2 leads: into
// a folder under the name $3; and behind a zero byte that folder, or where it is not there the first one above it that is. In this ($4) the files arrive, in a folder of
// the name $3 into which only its owner can look. unpack unpacks there, unpacked ends what still does after a lost link and prints of each file there its
// size, time and name behind the word $5, and discardTree takes all of it away.
const (
	placeTree = resolve + owner + `if [ -d "$F" ] && [ -n "$3" ]; then C=${C%/}/$3; fi; echo "${U:-$(id -u):$(id -g)}"; ` +
		`B=$R$C; while [ ! -d "$B/" ]; do B=${B%/*}; done; printf "%s\\0%s" "$C" "${B#"$R"}"`
	stage  = root + `F=$R$2; S=$R$4/$3; `
	unpack = stage + `X=$F; while [ "$X" != "$R$4" ] && [ -n "$X" ]; do { [ ! -e "$X" ] && [ ! -L "$X" ]; } || { echo "${X##*/} is no folder" >&2; exit 1; }; X=${X%/*}; done; ` +
		`[ -d "$S" ] || (umask 077; mkdir "$S") || exit; X=xpf; [ "$(id -u)" = 0 ] || X=oxpf; DAYFLY_COPY=$3; export DAYFLY_COPY; exec tar "-$X" - -C "$S"`
	unpacked = stage + halt + `cd "$S" 2>/dev/null || exit 0; find . -type f -exec stat -c "$5%s %Y %n" {} + | head -c "$6"`

	discardTree = stage + halt + `[ ! -d "$S" ] || { chmod -R u+rwx "$S" 2>/dev/null; rm -rf "$S"; }`
)

// merge puts a folder that has been unpacked where path $2 leads: all at once if nothing is there, and otherwise with the files of the folders that are, which
// stay as they are. Nothing is put through a symbolic link of the container, for that might lead elsewhere, nor over a mount; that is looked at before anything is
// put. A new folder has mode $5 and owner $6. It can be run again, also when it has not ended.
const merge = stage + halt + `[ -d "$S" ] || exit 0; ` +
	`if [ ! -d "$F/" ]; then chmod "$5" "$S" && { [ "$(id -u)" != 0 ] || chown "$6" "$S"; } && mkdir -p "${F%/*}/" && mv "$S" "$F"; exit; fi; ` +
	`no() { [ -z "$1" ] || { echo "$1 there: nothing is put in its place" >&2; exit 46; }; }; ` +
	`no "$(find "$S" -mindepth 1 -type d -exec sh -c 'S=$1; shift; for D; do E=${D#"$S"}; if [ -L "$0$E" ]; then echo "$E is a symbolic link"; exit; fi; ` +
	`if [ -e "$0$E" ] && [ ! -d "$0$E" ]; then echo "$E is no folder"; exit; fi; done' "$F" "$S" {} + | head -n 1)"; ` +
	`no "$(find "$S" ! -type d -exec sh -c 'S=$1; shift; for D; do E=${D#"$S"}; if [ -d "$0$E" ] && [ ! -L "$0$E" ]; then echo "$E is a folder"; exit; fi; done' "$F" "$S" {} + | head -n 1)"; ` +
	mountedFiles + `case $M in "$2"/*) P=$S${M#"$2"}; [ ! -e "$P" ] && [ ! -L "$P" ] || [ -d "$P" ] || ` + refuseMount + `;; esac; done || exit; ` +
	`put() { find "$S$1" -mindepth 1 -maxdepth 1 ! -type d -exec sh -c 'mv -f "$@" "$0"' "$F$1/" {} +; ` +
	`for D in "$S$1"/* "$S$1"/.[!.]* "$S$1"/..?*; do [ -d "$D" ] && [ ! -L "$D" ] || continue; E=${D#"$S"}; ` +
	`if [ -d "$F$E/" ]; then (put "$E"); else mv "$D" "$F$E"; fi; done; }; ` +
	`put ""; [ -z "$(find "$S" ! -type d | head -n 1)" ] || { echo "not all of it could be put in its place" >&2; exit 1; }; rm -rf "$S"`
