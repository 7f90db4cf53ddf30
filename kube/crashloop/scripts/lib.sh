# What the scripts of a session have in common. Their commands are busybox's, whatever the image has; the image's programs are called by their path
# only, since a shell of busybox may prefer its own.
dir=/.dayfly
run=$dir/run
bb=$dir/busybox

b() { LC_ALL=C "$bb" "$@"; }

# say prints a sentence with words from elsewhere in it, which may hold what a terminal would obey.
say() { printf '%s\n' "$*" | b tr '\001-\010\013-\037\177' '?' >&2; }

# quote sets $quoted to one word for a shell.
quote() {
	quoted= rest=$1
	while :; do
		case $rest in
		*\'*) quoted="$quoted${rest%%\'*}'\\''" rest=${rest#*\'} ;;
		*) break ;;
		esac
	done
	quoted="'$quoted$rest'"
}

# words sets $line to all of its arguments for a shell, and readable to the same with as few quotes as can be.
words() {
	line= readable=
	for word; do
		quote "$word"
		line="$line$quoted "
		case $word in
		'' | *[!A-Za-z0-9_./:=,@%+-]*) ;;
		*) quoted=$word ;;
		esac
		readable="$readable$quoted "
	done
	readable=${readable% }
}

# pairs prints the variables that a process has begun with, one a line, with line ends in them as \001.
pairs() { b tr '\000\n' '\n\001' <"/proc/$1/environ"; }

# quoted_pairs makes one line of words for a shell of them.
quoted_pairs() { b sed "s/'/'\\\\''/g; s/^/'/; s/\$/'/" | b tr '\n\001' ' \n'; }

# environment sets $vars to the container's own variables, as words. They are those of the process that idles: a shell loses names with dots in
# them, and a session has a PATH and a TERM of its own.
environment() {
	if [ -r "/proc/$idle/environ" ]; then
		vars=$(pairs "$idle" | quoted_pairs)
	else
		say "The variables of process $idle cannot be read: those of this shell are used, with its PATH."
		vars=$(pairs "$$" | quoted_pairs)
	fi
}

# added prints the variables that a person has set or changed since the session's shell began, as pairs does.
added() {
	[ -r "/proc/${DAYFLY_SHELL:-none}/environ" ] || return 0
	(umask 077 && pairs "$DAYFLY_SHELL" >"$run/began.$$")
	pairs "$$" | b grep -vxFf "$run/began.$$" |
		b grep -vE '^(PATH|PWD|OLDPWD|SHLVL|_|TERM|LINES|COLUMNS|ENV|DAYFLY_SHELL)='
	b rm -f "$run/began.$$"
}

# oom_kills prints how many processes of this container the kernel has killed for their memory; nothing if that cannot be read.
oom_kills() {
	for file in /sys/fs/cgroup/memory.events /sys/fs/cgroup/memory/memory.oom_control; do
		[ -r "$file" ] && b sed -n 's/^oom_kill //p' "$file" && return
	done
}

# loader prints the dynamic loader that a program asks for: nothing for a static one.
loader() { b dd if="$1" bs=8192 count=1 2>/dev/null | b tr '\000' '\n' | b grep '^/[^ ]*/ld[-6][^ ]*\.so' | b head -n 1; }

# path_of sets $path to the value of PATH among variables.
path_of() {
	path=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin
	for pair; do
		case $pair in PATH=*) path=${pair#PATH=} ;; esac
	done
}

# look_up sets $at to the file of a command that is in $path, as container runtimes look for it.
look_up() {
	rest=$path:
	while [ "$rest" ]; do
		at=${rest%%:*} rest=${rest#*:}
		at=${at:-.}/$1
		[ -f "$at" ] && [ -x "$at" ] && return 0
	done
	at=
	return 1
}

# find_program sets $program to the file of a command, or $code and $why: it cannot run. $suspect says why it may fail all the same.
find_program() {
	code= why= suspect= program=$1
	case $1 in
	'') code=127 why='the command is empty' ;;
	*/*) check_file "$1" ;;
	*)
		if look_up "$1"; then
			program=$at
			check_file "$at"
		else
			code=127 why="command not found: there is no program $1 in PATH ($path)"
		fi
		;;
	esac
	[ -z "$code" ]
}

who() { echo "user $(b id -u):$(b id -g)"; }

check_file() {
	if [ ! -e "$1" ]; then
		code=127
		parent=${1%/*}
		while [ "$parent" ] && [ ! -d "$parent" ] && [ "$parent" != "${parent%/*}" ]; do parent=${parent%/*}; done
		if [ -L "$1" ]; then
			why="command not found: $1 is a link to $(b readlink "$1"), which does not exist"
		elif [ "$parent" ] && [ -d "$parent" ] && [ ! -x "$parent" ]; then
			code=126 why="permission denied: $(who) may not look into $parent"
		else
			why="command not found: there is no file $1"
		fi
	elif [ -d "$1" ]; then
		code=126 why="not executable: $1 is a directory"
	elif [ ! -x "$1" ]; then
		code=126 why="permission denied: $(who) may not execute $1 ($(b ls -ldL "$1" | b cut -d ' ' -f 1))"
	elif [ -r "$1" ]; then
		check_format "$1" $(b od -An -v -tu1 -N20 "$1")
	fi
}

# check_format has the file, and its first 20 bytes as numbers.
check_format() {
	case "${2-} ${3-} ${4-} ${5-}" in
	'35 33 '*) check_script "$1" ;;
	'127 69 76 70') check_elf "$1" "${7-}" "${20-}" "${21-}" ;;
	' '*) code=126 why="not executable: $1 is empty" ;;
	*) code=126 why="not executable (exec format error): $1 has no #! line and is no program for Linux" ;;
	esac
}

check_script() {
	first=$(b head -n 1 "$1" | b tr '\r\t' '\001 ')
	first=${first#??}
	first=${first#"${first%%[! ]*}"}
	interpreter=${first%% *}
	asked=${first#"$interpreter"}
	asked=${asked#"${asked%%[! ]*}"}
	return_char=$(printf '\001')
	case $first in
	*"$return_char")
		code=127 why="interpreter not found: line 1 of $1 ends in a carriage return, as on Windows. Save it with Unix line ends"
		return
		;;
	esac
	case $interpreter in
	*/env)
		case $asked in '' | -* | *=* | *' '*) ;; *)
			look_up "$asked" || { code=127 why="interpreter not found: line 1 of $1 asks for $asked, which is not in PATH ($path)"; }
			;;
		esac
		;;
	esac
	[ -e "$interpreter" ] || { code=127 why="interpreter not found: line 1 of $1 asks for $interpreter, which this image does not have"; }
}

check_elf() {
	needed=$(loader "$1")
	case $2 in
	2) made=$(($3 * 256 + $4)) ;;
	*) made=$(($4 * 256 + $3)) ;;
	esac
	node=$(b uname -m)
	case $made:$node in
	62:x86_64 | 3:x86_64 | 3:i?86 | 183:aarch64 | 40:aarch64 | 40:arm* | 243:riscv64 | 21:ppc64* | 22:s390x | 258:loongarch64) ;;
	*)
		case $made in
		62) made=x86_64 ;; 3) made=i386 ;; 183) made=aarch64 ;; 40) made=arm ;; 243) made=riscv64 ;; 21) made=ppc64 ;; 22) made=s390x ;;
		*) made="another machine (ELF $made)" ;;
		esac
		suspect="wrong architecture (exec format error): $1 is made for $made, and this node is $node"
		return
		;;
	esac
	if [ "$needed" ] && [ ! -e "$needed" ]; then
		code=127
		why="loader not found: $1 asks for $needed, which this image does not have. It was built for another C library (glibc, musl)"
	fi
}
