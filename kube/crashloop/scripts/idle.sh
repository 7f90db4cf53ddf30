# Runs in the place of a container's program: notes what the container would have run, and waits for a signal. It is process 1 there, which ignores
# every signal that it has no trap for. Arguments: how many words the entrypoint has ("-": it is not known), yes if the container has an input, and
# the words, in which the kubelet has replaced $(VARIABLES).
end() {
	kill "$!" 2>/dev/null
	exit 0
}
trap end TERM INT QUIT HUP USR1 USR2 # those that images name as STOPSIGNAL
[ -t 0 ] || trap end WINCH           # httpd's, which a terminal sends too

. /.dayfly/lib.sh
umask 077
{
	where=$(pwd -P)
	quote "$where"
	printf '%s\n' "entrypoint=$1 input=$2 idle=$$ cwd=$quoted"
	shift 2
	words "$@"
	printf '%s\n' "set -- $line"
} >"$run/original.new" && b mv "$run/original.new" "$run/original"
say "idle (dayfly), in place of: ${readable:-the image's own program}"

while :; do
	b sleep 86400 &
	wait "$!"
done
