# What the interactive shell of a session reads first. The container's own ENV is not for it, but for the programs that it starts.
if [ "${DAYFLY_ENV+is set}" ]; then ENV=$DAYFLY_ENV; else unset ENV; fi
unset DAYFLY_ENV
/.dayfly/busybox sh /.dayfly/greeting
. /.dayfly/container # name
PS1="[idle copy of $name] \\w \\\$ "
