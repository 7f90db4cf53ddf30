#!/bin/sh
# Plays a program of an image, as the scenes of the practice cluster have it.
run=FOLDER/run
events=FOLDER/cgroup/memory.events

line() { printf '%s\n' "$1"; }

# pause waits for so many seconds, and not when there is a signal.
pause() {
	PATH=MACHINE sleep "$1" &
	wait "$!"
}

# leave ends the program at a signal, with a code and a last line.
leave() {
	kill "$!" 2>/dev/null
	rm -f "$run/serving"
	[ -z "$2" ] || line "$2"
	exit "$1"
}
at_signal() {
	farewell=$2
	trap "leave $1 \"\$farewell\"" TERM INT
}
trap 'leave 143 ""' TERM
trap 'leave 130 ""' INT

# serve notes what the program answers until it ends.
serve() { printf '%s\n' "$$" "$1" >"$run/serving"; }

# count_oom_kill counts the end of a program for its memory, as the kernel does for a container.
count_oom_kill() {
	read -r _ kills <"$events"
	echo "oom_kill $((kills + 1))" >"$events"
}

