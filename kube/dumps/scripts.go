package dumps

// where has in F the path of the file $1, which is the target's if $2 is @.
const where = `F=$1; [ "$2" != @ ] || F=$TARGET_ROOT$1; `

// makes runs a command that makes the file $1, and leaves its number in a file with the mark $2 while it runs. Nothing is done before a line has come: an exec whose
// link was lost at its beginning may have been begun twice.
const makes = `IFS= read -r L || exit 125; export "FILE=$1"; P=${TMPDIR:-/tmp}/.dayfly-$2; shift 2; ` +
	`"$@" </dev/null & C=$!; echo "$C" >"$P"; wait "$C"; R=$?; rm -f "$P"; exit "$R"`

// removes ends the command with the mark $3, if it still runs, with all that it has started, and deletes the file and what was made beside it under its name. What
// the target writes itself may be begun only afterwards.
const removes = `P=${TMPDIR:-/tmp}/.dayfly-$3
K() {
	for S in /proc/[0-9]*/status; do
		while read -r N V X; do
			[ "$N" != PPid: ] || [ "$V" != "$1" ] || (C=${S%/status}; K "${C#/proc/}" "$2")
		done <"$S"
	done
	kill -s "$2" "$1"
}
if read -r C <"$P"; then
	K "$C" TERM
	for N in 1 2 3 4 5 6; do
		kill -0 "$C" || break
		sleep 1
		[ "$N" != 3 ] || K "$C" KILL
	done
	rm -f "$P" "$F" "$F".*
	sleep 1
fi 2>/dev/null
rm -f "$F" "$F".*
[ ! -e "$F" ] || { echo "it is still there"; exit 1; }`
