package images

import "strings"

// storeBusybox is where packages have their busybox: not where an image's programs are looked for, so that each image has the
// commands of its packages only.
const storeBusybox = "nix/store/busybox/bin/busybox"

// packages is every package that images of NixeryHost can be composed of. To add one, add a line to one of the lists below.
func (t Tools) packages() map[string]Files {
	all := map[string]Files{
		"cacert":  {"etc/ssl/certs/ca-bundle.crt": text("# a stand-in: no certificates\n"), "tmp": folder(0o1777)},
		"bash":    t.bash(),
		"gdb":     t.gdb(),
		"busybox": t.commands(strings.Join(t.appletNames(), " ")),
	}
	for name, commands := range appletPackages() {
		all[name] = t.commands(commands)
	}
	for name, script := range scriptPackages() {
		files := t.commands("")
		files["bin/"+name] = program([]byte("#!/" + storeBusybox + " sh\n" + script))
		all[name] = files
	}
	return all
}

// appletPackages are packages whose commands busybox has too.
func appletPackages() map[string]string {
	return map[string]string{
		"coreutils":  coreutils,
		"diffutils":  "cmp diff",
		"findutils":  "find xargs",
		"gawk":       "awk",
		"gnugrep":    "egrep fgrep grep",
		"gnused":     "sed",
		"gnutar":     "tar",
		"gzip":       "gunzip gzip zcat",
		"iproute2":   "ip",
		"iputils":    "arping ping",
		"less":       "less",
		"lsof":       "lsof",
		"moreutils":  "ts",
		"netcat":     "nc",
		"net-tools":  "arp ifconfig netstat route",
		"procps":     "free kill ps sysctl top uptime w watch",
		"traceroute": "traceroute",
		"vim":        "vi",
		"wget":       "wget",
		"which":      "which",
		// These two play a part.
		BrokenPackage: "",
		SlowPackage:   "yes",
	}
}

// scriptPackages are packages with one command, of the same name, that stands for a program which Debian has not as a static one.
func scriptPackages() map[string]string {
	return map[string]string{
		"curl": `[ "$1" = --version ] && echo "curl 8 (a stand-in: wget of busybox)" && exit
for url; do :; done
exec /` + storeBusybox + ` wget -qO- "$url"
`,
		"dig": `[ "$1" = -v ] && echo "DiG 9.20 (a stand-in)" && exit
echo "; <<>> DiG 9.20 (a stand-in) <<>> $*"
echo ";; no servers could be reached"
exit 9
`,
		"htop": `[ "$1" = --version ] && echo "htop 3 (a stand-in: top of busybox)" && exit
exec /` + storeBusybox + ` top
`,
		"nano": `echo "nano: a stand-in that edits nothing" >&2
exit 1
`,
		"strace": `echo "strace: a stand-in that traces nothing" >&2
exit 1
`,
		"tcpdump": `[ "$1" = --version ] && echo "tcpdump version 4.99 (a stand-in)" && exit
echo "tcpdump: a stand-in that captures nothing, called as: tcpdump $*" >&2
echo "listening on any, link-type LINUX_SLL2 (Linux cooked v2), snapshot length 262144 bytes" >&2
trap 'echo "0 packets captured" >&2; exit 0' INT TERM
while :; do /` + storeBusybox + ` sleep 1; done
`,
	}
}

// bash is busybox's shell under its name where Debian's bash-static is not installed.
func (t Tools) bash() Files {
	if t.Bash == nil {
		files := t.commands("sh")
		files["bin/bash"] = program([]byte("#!/" + storeBusybox + " sh\nexec /" + storeBusybox + " sh \"$@\"\n"))
		return files
	}
	return Files{"bin/bash": program(t.Bash), "bin/sh": link("bash")}
}

// commands are those of the names that busybox has.
func (t Tools) commands(names string) Files {
	files := Files{storeBusybox: program(t.Busybox)}
	wanted := map[string]bool{}
	for _, name := range strings.Fields(names) {
		wanted[name] = true
	}
	for _, name := range t.appletNames() {
		if wanted[name] {
			files["bin/"+name] = link("/" + storeBusybox)
		}
	}
	return files
}

func (t Tools) appletNames() (names []string) {
	for _, applet := range t.Applets {
		names = append(names, applet[strings.LastIndexByte(applet, '/')+1:])
	}
	return names
}

// coreutils are the programs of GNU coreutils that busybox has too.
const coreutils = `[ arch basename cat chgrp chmod chown chroot cksum comm cp cut date dd df dirname du echo env expand expr
factor false fold head hostid id install link ln logname ls md5sum mkdir mkfifo mknod mktemp mv nice nl nohup nproc od paste
printenv printf pwd readlink realpath rm rmdir seq sha1sum sha256sum sha512sum shred shuf sleep sort split stat stty sum sync
tac tail tee test timeout touch tr true truncate tsort tty uname unexpand uniq unlink wc who whoami yes`
