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
// of its own, come on its input, until an empty line. Names with a newline are not in that. Both wait for the end of their input: see holding. They end as tar
// does, which says with a code that a file could not be read, or has changed meanwhile, and goes on.
const (
	pack     = resolve + found + `cd "$F" || exit; tar -cf - .; E=$?; read -r L; exit $E`
	packRest = resolve + found + `cd "$F" && command -v grep >/dev/null && command -v sed >/dev/null && tar --no-recursion -cf /dev/null -T /dev/null 2>/dev/null || exit 44; ` +
		`sed -n "/^$/q;p" | { exec 3<&0; { find . ! -path "*` + newline + `*" || echo "not all folders could be read" >&2; } | grep -v -x -F -f /proc/self/fd/3 | tar --no-recursion -cf - -T -; }; E=$?; ` +
		`read -r L; exit $E`
)
