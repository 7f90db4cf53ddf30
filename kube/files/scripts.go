package files

// The exit codes of the scripts.
const (
	codeLoop    = 40
	codeMissing = 41
)

// root has the root of the files in R, from its first argument, and the target's process in O.
const root = `R=$1; O=/proc/self; [ "$R" != @ ] || { R=${TARGET_ROOT:-/proc/1/root}; O=${R%/root}; }; `

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

// read prints a file from byte $3 on, which counts from 1.
const read = resolve + found + `if [ "$3" = 1 ]; then exec cat "$F"; fi; exec tail -c "+$3" "$F"`

// sum prints the SHA-256 of the first $3 bytes of a file, and nothing where no program can tell.
const sum = resolve + found + `command -v sha256sum >/dev/null || exit 0; ` +
	`if [ "$(stat -c %s "$F")" = "$3" ]; then sha256sum <"$F"; else head -c "$3" "$F" | sha256sum; fi`

// pack prints a folder as a tar archive.
const pack = resolve + found + `cd "$F" && exec tar -cf - .`
