package files

// codeMissing is the exit code of a script whose file is not there.
const codeMissing = 41

// root has the root of the files in R, from its first argument, and the target's process in O. In a debug container that is the first process it sees, or where
// all containers of the pod share their processes, the first one of the container whose ID it was told.
const root = `R=$1; O=/proc/self; if [ "$R" = @ ]; then R=${TARGET_ROOT:-}; ` +
	`if [ -z "$R" ] && [ -n "${TARGET_CONTAINER_ID:-}" ]; then Q=; for D in /proc/[0-9]*; do { ` +
	`while read -r L || [ -n "$L" ]; do case $L in *crio-conmon-*) ;; *"$TARGET_CONTAINER_ID"*) ` +
	`[ "${D##*/}" -lt "${Q:-999999999}" ] && Q=${D##*/};; esac; done <"$D/cgroup"; } 2>/dev/null; done; ` +
	`[ -n "$Q" ] || { echo "no process of the container is seen" >&2; exit 42; }; R=/proc/$Q/root; fi; ` +
	`R=${R:-/proc/1/root}; O=${R%/root}; fi; `

// resolve follows the symbolic links of path $2 below R, and leaves the file in F: an absolute link leads to R again, and .. not above it.
const resolve = root + `C=; T=$2; N=0; ` +
	`while T=${T#"${T%%[!/]*}"}; [ -n "$T" ]; do P=${T%%/*}; case $T in */*) T=${T#*/};; *) T=;; esac; ` +
	`case $P in .) continue;; ..) C=${C%/*}; continue;; esac; ` +
	`if [ -L "$R$C/$P" ]; then N=$((N+1)); [ "$N" -le 40 ] || { echo "too many symbolic links" >&2; exit 40; }; ` +
	`L=$(readlink "$R$C/$P" && echo x) || exit 41; L=${L%x}; L=${L%?}; case $L in /*) C=;; esac; T=$L/$T; ` +
	`else C=$C/$P; fi; done; F=$R$C; [ -n "$C" ] || F=$R/; `

// found ends a script for a file that is not there, or cannot be looked at.
const found = `[ -e "$F" ] || { M=$(stat -c %n "$F" 2>&1) || case $M in *[Pp]ermission*) echo "$M" >&2; exit 1;; esac; exit 41; }; `

// entry prints of each file of its arguments what is known of it, each beginning with the word $3: a link's target is in the words of stat.
const entry = `QUOTING_STYLE=literal; export QUOTING_STYLE; W="$3E %f %s %u %g %Y %n$3L%N"; `

// describe prints one file, and where it has led.
const describe = resolve + found + entry + `stat -c "$W" "$F"`

// list prints who is who and what is mounted, and then the entries of a folder, or one file.
const list = resolve + found + entry +
	`echo "$3P"; head -c 262144 "$R/etc/passwd" 2>/dev/null; echo "$3G"; head -c 262144 "$R/etc/group" 2>/dev/null; ` +
	`echo "$3M"; head -c 262144 "$O/mountinfo" 2>/dev/null; echo "$3F$C"; ` +
	`if [ -d "$F" ]; then find "$F/" -mindepth 1 -maxdepth 1 -exec stat -c "$W" {} + | head -c "$4"; else stat -c "$W" "$F"; fi`

// read prints a file from byte $3 on, which counts from 1. With a word $4 it says behind that how large the file is, on stderr, once all is printed, and
// waits for the end of its input: see holding.
const read = resolve + found + `if [ "$3" = 1 ]; then cat "$F"; else tail -c "+$3" "$F"; fi || exit; ` +
	`[ -n "$4" ] || exit 0; echo "$4$(stat -c %s "$F") " >&2; read -r L; exit 0`

// sum prints the SHA-256 of the first $3 bytes of a file, and nothing where no program can tell.
const sum = resolve + found + `type sha256sum >/dev/null 2>&1 || exit 0; ` +
	`if [ "$(stat -c %s "$F")" = "$3" ]; then sha256sum <"$F"; else head -c "$3" "$F" | sha256sum; fi`

// codeAnew is the exit code of a script that cannot go on where another has ended.
const codeAnew = 44

// newline is one, for the scripts.
const newline = "\n"

// The scripts of a folder that is read. pack prints it as a tar archive, and packRest the same without the files whose names, each behind "./" and on a line
// of its own, come on its input, until an empty line. Names with a newline are not in that. Both wait for the end of their input: see holding.
const (
	pack     = resolve + found + `cd "$F" && tar -cf - . || exit; read -r L; exit 0`
	packRest = resolve + found + `cd "$F" && command -v grep >/dev/null && command -v sed >/dev/null && tar --no-recursion -cf /dev/null -T /dev/null 2>/dev/null || exit 44; ` +
		`sed -n "/^$/q;p" | { exec 3<&0; { find . ! -path "*` + newline + `*" || echo "not all folders could be read" >&2; } | grep -v -x -F -f /proc/self/fd/3 | tar --no-recursion -cf - -T -; } || exit; ` +
		`read -r L; exit 0`
)

// The scripts of an upload. place prints where path $2 leads: into a folder under the name $3. receive adds what comes to a file beside that ($2) under the name
// of the part $3, left prints how many bytes that has and ends whatever still writes to it, discardPart takes it away, and settle puts it there if it has $4
// bytes and the SHA-256 $5, with mode $6 unless that is empty, and owner $7.
const (
	place = resolve + `if [ -d "$F" ]; then C=${C%/}/$3; F=$R$C; [ ! -d "$F" ] || { echo "there is a folder of that name" >&2; exit 1; }; fi; ` +
		`[ ! -e "$F" ] || [ -f "$F" ] || { echo "it is not a regular file" >&2; exit 1; }; [ -d "${F%/*}/" ] || exit 41; printf %s "$C"`
	receive = root + `exec cat 3>&1 >>"$R${2%/*}/$3"` // containerd closes the input of a program that has closed its output
	left    = root + halt + `T=$R${2%/*}/$3; if [ -f "$T" ]; then wc -c <"$T"; else echo 0; fi`
	settle  = root + `F=$R$2; T=${F%/*}/$3; fail() { rm -f "$T"; exit 1; }; ` +
		`[ "$(wc -c <"$T" | tr -d " ")" = "$4" ] || { echo "not all has arrived" >&2; rm -f "$T"; exit 43; }; ` +
		`if [ -n "$5" ] && command -v sha256sum >/dev/null; then S=$(sha256sum <"$T"); [ "${S%% *}" = "$5" ] || { echo "SHA-256 differs" >&2; rm -f "$T"; exit 43; }; echo equal; fi; ` +
		owner + `{ [ -z "$U" ] || [ "$(id -u)" != 0 ] && [ -z "$7" ] || chown "$U" "$T"; } || fail; ` +
		`{ [ -z "$6" ] || chmod "$6" "$T"; } || fail; mv -f "$T" "$F" || fail`
	discardPart = root + `rm -f "$R${2%/*}/$3"`
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
// a folder under the name $3. unpack makes the folder $2 of a tar archive; a new folder gets the owner $3. The word $4 is for unpacked, which after a lost
// link ends what still unpacks, and prints of each file there its size, time and name behind the word $3.
const (
	placeTree = resolve + owner + `if [ -d "$F" ] && [ -n "$3" ]; then C=${C%/}/$3; fi; echo "${U:-$(id -u):$(id -g)}"; printf %s "$C"`
	unpack    = resolve + `X=xpf; [ "$(id -u)" = 0 ] || X=oxpf; ` +
		`[ -d "$F" ] || { mkdir -p "$F" && { [ "$X" = oxpf ] || chown "$3" "$F"; }; } || exit 1; ` +
		`DAYFLY_COPY=$4; export DAYFLY_COPY; exec tar "-$X" - -C "$F"`
	unpacked = resolve + halt + `cd "$F" 2>/dev/null || exit 0; find . -type f -exec stat -c "$3%s %Y %n" {} + | head -c "$4"`
)
