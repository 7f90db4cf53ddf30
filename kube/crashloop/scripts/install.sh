# Puts a static busybox and the scripts of a session into a volume, with the commands of the tool image. Arguments: the folder of the volume, then
# the name and the text of each file. It may run again, over what it has left.
set -eu
umask 022 # whoever the other container runs as
dir=$1
shift

# loader prints the dynamic loader that a program asks for (the string of PT_INTERP, near the beginning): nothing for a static one.
loader() {
	dd if="$1" bs=8192 count=1 2>/dev/null | tr '\000' '\n' | grep '^/[^ ]*/ld[-6][^ ]*\.so' | head -n 1 || :
}

# static prints where a static program of that name is. "command -v" does not: in some shells busybox is built in.
static() {
	rest=$PATH:/bin:/usr/bin:/sbin:
	while [ "$rest" ]; do
		at=${rest%%:*}/$1 rest=${rest#*:}
		[ -f "$at" ] && [ -x "$at" ] || continue
		[ "$(loader "$at")" ] || { echo "$at" && return 0; }
		dynamic=$at
	done
	return 1
}

dynamic=
busybox=
for name in busybox.static busybox; do
	static "$name" >"$dir/found" || continue
	read -r busybox <"$dir/found"
	break
done
rm -f "$dir/found"
if [ -z "$busybox" ]; then
	if [ "$dynamic" ]; then
		echo "The busybox of the tool image, $dynamic, is not static: it needs $(loader "$dynamic")," >&2
	else
		echo "The tool image has no busybox in PATH ($PATH)," >&2
	fi
	echo "so it cannot run in another image. Choose a tool image with a static one, such as busybox:musl." >&2
	exit 1
fi

mkdir -p "$dir/bin" "$dir/run"
cp -Lf "$busybox" "$dir/busybox"
chmod 755 "$dir/busybox"
"$dir/busybox" --install -s "$dir/bin" 2>/dev/null || "$dir/busybox" --list | while read -r name; do
	ln -sf "$dir/busybox" "$dir/bin/$name" # built without an installer
done
for name in strace grpc_health_probe; do # which the session's commands use where there is one
	if static "$name" >"$dir/found"; then
		read -r at <"$dir/found"
		cp -Lf "$at" "$dir/bin/$name"
		chmod 755 "$dir/bin/$name"
	fi
done
rm -f "$dir/found"

while [ $# -gt 1 ]; do
	folder=$dir/$1
	folder=${folder%/*}
	[ -d "$folder" ] || mkdir "$folder"
	printf '%s\n' "$2" >"$dir/$1"
	shift 2
done
chmod -R a+rX,go-w "$dir"/[!r]* # not run, which belongs to the other container's user
chmod 755 "$dir"/cmd/*
chmod 1777 "$dir/run" # the other container's user writes there
