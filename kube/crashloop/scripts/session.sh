# The shell of a session: it becomes an interactive one, with the image's PATH between two folders of ours.
dir=/.dayfly
if [ "${ENV+is set}" ]; then export DAYFLY_ENV="$ENV"; fi
export ENV="$dir/rc" DAYFLY_SHELL="$$" PATH="$dir/cmd:${PATH:-/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin}:$dir/bin"
exec "$dir/busybox" sh
