#!/.dayfly/busybox sh
. /.dayfly/lib.sh

usage() {
	printf '%s\n' \
		'Usage: run-original [-e NAME=VALUE]... [-i] [-n] [--strace] [-- ARGS...]' \
		'       run-original [OPTIONS] --command -- PROGRAM ARGS...' \
		'' \
		'Runs what the kubelet would have run in this container, in this terminal: the' \
		'same command, variables, user and directory. It is not process 1, and it goes on' \
		'until it ends or you press Ctrl-C.' \
		'' \
		'  -e NAME=VALUE  set a variable; those that you export in this shell count too' \
		'  -i             give it this terminal as input, even if the pod gives it none' \
		'  -n             print the command, and do not run it' \
		'  --strace       print its system calls, by strace' \
		"  -- ARGS        instead of the pod's args, or of the image's CMD" \
		'  --command -- PROGRAM ARGS' \
		'                 instead of the whole command' \
		'' \
		"The exit code is the program's."
}

refuse() {
	say "run-original: $1. See run-original --help."
	exit 2
}

# meaning prints what an exit code means, by the conventions of shells: 128+n is the end by signal n.
meaning() {
	case $1 in
	0) echo success ;;
	126) echo "${suspect:-a command that it ran could not be executed}" ;;
	127) echo "${suspect:-command not found: not the program itself, but what it, its loader or its script asked for}" ;;
	130) echo 'interrupted by SIGINT (Ctrl-C)' ;;
	132) echo 'illegal instruction (SIGILL): the node'"'"'s CPU may lack what it was built for' ;;
	134) echo 'it aborted itself (SIGABRT)' ;;
	137)
		if [ -z "$after" ] || [ -z "$before" ]; then
			echo 'killed by SIGKILL, probably out of memory; the counter of that cannot be read'
		elif [ "$after" -gt "$before" ]; then
			echo 'out of memory: killed by the kernel (SIGKILL) at a memory limit'
		else
			echo 'killed by SIGKILL; not out of memory, as the kernel counts'
		fi
		;;
	139) echo 'segmentation fault (SIGSEGV)' ;;
	143) echo 'ended by SIGTERM' ;;
	129 | 13? | 14? | 15? | 16? | 17? | 18? | 190 | 191 | 192)
		name=$(kill -l "$1" 2>/dev/null)
		echo "ended by signal $(($1 - 128))${name:+ (SIG${name#SIG})}"
		;;
	*) echo "the program's own code" ;;
	esac
}

extra= print= trace= whole= terminal= given= replaced=
while [ $# -gt 0 ]; do
	case $1 in
	-e)
		case ${2-} in '' | =*) refuse '-e needs NAME=VALUE' ;; *=*) ;; *) refuse '-e needs NAME=VALUE' ;; esac
		quote "$2"
		extra="$extra$quoted "
		shift
		;;
	-i) terminal=yes ;;
	-n) print=yes ;;
	--strace) trace=yes ;;
	--command) whole=yes ;;
	-h | --help) usage && exit ;;
	--)
		shift
		words "$@"
		given=$line replaced=yes
		break
		;;
	*) refuse "unknown word $1; words for the program stand behind --" ;;
	esac
	shift
done
[ "$whole" ] && [ -z "$given" ] && refuse '--command needs -- and a program'

if [ ! -r "$run/original" ]; then
	say "run-original: $run/original is not there: the container has not started, or could not write it."
	exit 1
fi
. "$run/original" # which sets the arguments
if [ "$entrypoint" = - ] && [ -z "$given" ]; then
	say "The command is not known: the pod has none, and the image's entrypoint could not be read."
	words "$@"
	say "Give it: run-original -- /path/to/program ${readable:-ARGS}"
	exit 2
fi
case $replaced:$whole:$entrypoint in
yes:yes:* | yes::- | yes::0) eval "set -- $given" ;;
yes::*)
	kept= count=$entrypoint
	for word; do
		[ "$count" -gt 0 ] || break
		count=$((count - 1))
		quote "$word"
		kept="$kept$quoted "
	done
	eval "set -- $kept$given"
	;;
esac

exported=$(added | quoted_pairs)
if [ "$print" ]; then
	words "$@"
	command=$readable
	eval "words $exported $extra"
	[ "$readable" ] && command="env $readable $command"
	[ ! -t 1 ] || command=$(printf '%s\n' "$command" | b tr '\001-\010\013-\037\177' '?')
	printf '%s\n' "$command"
	exit
fi

environment
eval "path_of $vars $exported $extra"
cd "$cwd" || exit 1
if ! find_program "${1-}"; then
	say "run-original: exit code $code: $why."
	exit "$code"
fi
[ $# -eq 0 ] || shift
tracer=
if [ "$trace" ]; then
	tracer=$(command -v strace) || refuse "strace is in neither image: choose a tool image with a static one"
	tracer="$tracer -f --"
fi
group=/sys/fs/cgroup/memory.oom.group
if [ -r "$group" ] && [ "$(b cat "$group")" = 1 ] && [ "$(b cat /sys/fs/cgroup/memory.max)" != max ]; then
	say "If it exceeds the container's memory limit, the kernel ends this session with it."
fi

before=$(oom_kills)
began=$(b date +%s)
trap : INT QUIT # are the program's: what it ends with is still to be told
if [ "$terminal" ] || [ "$input" = yes ]; then
	eval "b env -i $vars $exported $extra $tracer \"\$program\" \"\$@\""
else
	eval "b env -i $vars $exported $extra $tracer \"\$program\" \"\$@\"" </dev/null
fi
code=$?
after=$(oom_kills)
case ${suspect:+$code} in 2 | 127) code=126 ;; esac # a C library has handed it to sh

say "run-original: exit code $code after $(($(b date +%s) - began)) s: $(meaning "$code")."
exit "$code"
