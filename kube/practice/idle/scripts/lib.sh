# From here on it is the practice cluster's.

# find_played is find_program for the programs of the image that the scene has.
find_played() {
	[ "$1" ] && [ -f "$dir/programs/$1" ] || return 1
	code= why= suspect= program=$dir/programs/$1
}

environment() { vars=$(quoted_pairs <"$dir/environ"); }
