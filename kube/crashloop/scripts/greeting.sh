# Prints what is known, above the first prompt: behind what a shell of busybox says of itself.
. /.dayfly/lib.sh
if [ -r "$run/original" ]; then . "$run/original"; else say "The container's command could not be noted: is the volume at $dir full?"; fi
while IFS= read -r text; do
	case $text in
	USER) say "User     $(b id -u):$(b id -g) in ${cwd:-$PWD}" ;;
	*) printf '%s\n' "$text" >&2 ;;
	esac
done <"$dir/banner"
