#!/.dayfly/busybox sh
. /.dayfly/lib.sh

# Each probe is a file that sets: title, kind (http, tcp, grpc, exec), seconds, scheme, host, port, named, target, service, about, and the arguments:
# the lines of the request, or the command.
probes=$dir/probes
usage() {
	printf '%s\n' \
		'Usage: probe [ready|live|startup]' \
		'' \
		'Tries a probe of the container once, from inside, as the kubelet would. Without a' \
		'name it is the first of those that the pod has.' \
		'' \
		'The exit code is 0 for success, and 1 for failure.'
}

case ${1-} in
-h | --help) usage && exit ;;
ready | live | startup) names=$1 ;;
'') names='ready live startup' ;;
*)
	say "probe: there is no probe $1. See probe --help."
	exit 2
	;;
esac
file=
for name in $names; do
	[ -r "$probes/$name" ] && file=$probes/$name && break
done
if [ -z "$file" ]; then
	say "probe: the container has no such probe. It has:" $(b ls "$probes" 2>/dev/null | b grep . || echo none)
	exit 2
fi
. "$file"

out=$run/probe.$$
trap 'b rm -f "$out" "$out".*' EXIT
umask 077

fail() {
	say "Fails: $*"
	[ -z "$about" ] || say "$about"
	exit 1
}

succeed() {
	say "Succeeds: $*"
	[ -z "$about" ] || say "$about"
	exit 0
}

# within runs a command for as long as the probe may take, and sets $code; $late if it was not done by then.
within() {
	late=
	began=$(b date +%s)
	b timeout "$seconds" "$@"
	code=$?
	case $code in 124 | 137 | 143) [ $(($(b date +%s) - began)) -ge "$seconds" ] && late=yes ;; esac
}

# find_host sets $host to the pod's own address, as its /etc/hosts has it, unless the probe names a host.
find_host() {
	[ -z "$host" ] || return 0
	self=$(b cat /proc/sys/kernel/hostname)
	while read -r address aliases; do
		case $address in '' | '#'* | 127.* | ::1) continue ;; esac
		case " $aliases " in *" $self "*) host=$address && break ;; esac
	done </etc/hosts
	if [ -z "$host" ]; then
		host=127.0.0.1
		about="${about:+$about }The kubelet uses the pod's IP, which /etc/hosts does not have: 127.0.0.1 was tried."
	fi
}

# listening prints what listens in the pod, as the kernel has it in hexadecimal: one address a line.
listening() {
	b cat /proc/net/tcp /proc/net/tcp6 2>/dev/null | while read -r _ local _ state _; do
		[ "$state" = 0A ] || continue
		number=$((0x${local##*:}))
		case ${local%:*} in
		00000000) echo "0.0.0.0:$number" ;;
		00000000000000000000000000000000) echo "[::]:$number" ;;
		00000000000000000000000001000000) echo "[::1]:$number" ;;
		0000000000000000FFFF0000*) four "${local%:*}" 24 "$number" ;;
		????????) four "${local%:*}" 0 "$number" ;;
		*) echo "[${local%:*}]:$number" ;;
		esac
	done | b sort -u
}

# four prints an IPv4 address whose bytes stand in reverse, behind so many other digits.
four() {
	digits=$1
	[ "$2" = 0 ] || digits=${digits#????????????????????????}
	last=${digits#??????} third=${digits#????} second=${digits#??}
	echo "$((0x$last)).$((0x${third%??})).$((0x${second%????})).$((0x${digits%??????})):$3"
}

# unreachable explains why there is no connection.
unreachable() {
	[ -z "$late" ] || fail "no connection to $shown_host:$port within ${seconds}s."
	found=$(b cat "$out.err")
	case $found in
	*efused*) ;;
	*) fail "no connection to $shown_host:$port: ${found:-nc ended with code $code}" ;;
	esac
	open=$(listening)
	only=$(printf '%s\n' "$open" | b grep -E "^(127[.].*|\[::1\]):$port\$")
	if [ "$only" ]; then
		fail "connection refused: the program listens on" $only "only, and the kubelet uses $shown_host. Let it listen on 0.0.0.0 or [::]."
	fi
	if [ -z "$open" ]; then
		fail "connection refused: nothing listens in this pod. Is the program running? Start it: run-original &"
	fi
	fail "connection refused: nothing listens on port $port. What listens:" $open
}

# connected reports whether a TCP connection can be made. Which flag does no more than that depends on how busybox was built.
connected() {
	case $(b nc --help 2>&1) in
	*-z*) within "$bb" nc -z "$host" "$port" ;;
	*) within "$bb" nc "$host" "$port" -e "$dir/bin/true" ;;
	esac </dev/null >/dev/null 2>"$out.err"
	[ "$code" = 0 ]
}

# http_plain sends the request, whose lines are the arguments, and keeps the answer in $out. The input stays open: a server may take its end for
# the client's.
http_plain() {
	b mkfifo "$out.in" || exit 1
	exec 3<>"$out.in"
	printf '%s\r\n' "$@" '' >&3
	within "$bb" nc "$host" "$port" <&3 2>"$out.err" >"$out"
	exec 3>&-
}

# http_tls has no more than wget has: it follows redirects, and of an answer that is no success it has only the status line.
http_tls() {
	method_line=$1
	shift
	target=${method_line#GET }
	for header; do
		shift
		[ "$header" = 'Connection: close' ] || set -- "$@" --header "$header" # which it sends itself
	done
	within "$bb" wget -q -S -O - --no-check-certificate "$@" "https://$shown_host:$port${target% HTTP/1.1}" >"$out.body" 2>"$out.err"
	b sed -n 's/^ *\(HTTP\/[0-9.]* [0-9].*\)/\1/p' "$out.err" >"$out"
	[ -s "$out" ] || b sed -n 's/.*server returned error: \(HTTP.*\)/\1/p' "$out.err" >"$out"
	[ ! -s "$out" ] || { echo && b cat "$out.body"; } >>"$out"
}

# complete reports whether an answer is whole, though its server has kept the connection.
complete() {
	head=$(b sed '/^\r*$/q' "$out" | b wc -c)
	length=$(b sed '/^\r*$/q' "$out" | b tr -d '\r' | b sed -n 's/^[Cc]ontent-[Ll]ength: *//p')
	[ "$length" ] && [ $(($(b wc -c <"$out") - head)) -ge "$length" ] || [ "$(b tail -c 5 "$out" | b tr -d '\r\n')" = 0 ]
}

judge_http() {
	status=$(b head -n 1 "$out" | b tr -d '\r')
	case $status in
	HTTP/*) say "$status" ;;
	*)
		[ ! -s "$out" ] || fail "the answer is not HTTP: $status"
		if [ "$late" ]; then
			connected || unreachable
			fail "no answer within ${seconds}s, though $shown_host:$port takes connections."
		fi
		if [ -s "$out.err" ]; then
			connected || unreachable
			fail "$(b cat "$out.err")"
		fi
		fail "the connection was closed without an answer."
		;;
	esac
	b sed '1,/^\r*$/d' "$out" | b tr -d '\r' | b grep -vE '^([0-9a-fA-F]*)$' | b head -n 5 | b cut -c 1-200 |
		b sed 's/^/    /' | b tr '\001-\010\013-\037\177' '?' >&2
	[ -z "$late" ] || complete || fail "the answer was not complete within ${seconds}s."
	number=${status#* }
	number=${number%% *}
	case $number in
	2?? | 3??) succeed "status $number (200 to 399 is success)." ;;
	esac
	fail "status $number; 200 to 399 is success."
}

case $kind in
http | tcp | grpc)
	[ "$port" ] || fail "the container has no port named $named."
	find_host
	shown_host=$host
	case $host in *:*) shown_host="[$host]" ;; esac
	;;
esac
case $kind in
http)
	say "$title: GET $scheme://$shown_host:$port$target, within ${seconds}s"
	for text; do
		shift
		[ "$text" != 'Host: ' ] || text="Host: $shown_host:$port"
		set -- "$@" "$text"
	done
	if [ "$scheme" = https ]; then http_tls "$@"; else http_plain "$@"; fi
	judge_http
	;;
tcp)
	say "$title: a TCP connection to $shown_host:$port, within ${seconds}s"
	connected || unreachable
	succeed "$shown_host:$port takes connections."
	;;
grpc)
	say "$title: gRPC health check of $shown_host:$port${service:+, service $service}, within ${seconds}s"
	if client=$(command -v grpc_health_probe); then
		within "$client" -addr="$shown_host:$port" -service="$service" -connect-timeout="${seconds}s" -rpc-timeout="${seconds}s"
		[ "$code" = 0 ] || fail "grpc_health_probe ended with code $code."
		succeed "grpc_health_probe ended with code 0."
	fi
	connected || unreachable
	say "$shown_host:$port takes connections. What the health check answers is not known: that needs grpc_health_probe,"
	say "which neither the image nor the tool image has."
	exit 1
	;;
exec)
	[ -r "$run/original" ] || fail "the container's variables could not be noted: is the volume at $dir full?"
	. "$run/original"
	. "$file" # whose arguments are the command
	words "$@"
	say "$title: $readable, within ${seconds}s"
	environment
	eval "path_of $vars"
	cd "$cwd" || exit 1
	find_program "${1-}" || fail "$why."
	shift
	eval "within \"\$bb\" env -i $vars \"\$program\" \"\$@\"" </dev/null
	[ -z "$late" ] || fail "it was not done after ${seconds}s."
	[ "$code" = 0 ] || fail "exit code $code."
	succeed "exit code 0."
	;;
esac
