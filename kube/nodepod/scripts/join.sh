# Finds a container among the processes of its node, joins namespaces of it, and becomes a command in them.
# sh -c THIS dayfly /proc ID [OTHER-SPELLING] "net ipc uts pid mnt" [USER:GROUP or target] COMMAND...
PROC=$1 ID=$2 ALT=$3 JOIN=$4 AS=$5
shift 5
fail() { echo "dayfly: $*" >&2; exit 125; }
joins() { case " $JOIN " in *" $1 "*) return 0 ;; esac; return 1; }
# of reports whether a process is the container's. What watches a container for CRI-O has its ID too.
of() {
  while read -r LINE || [ -n "$LINE" ]; do
    case $LINE in *crio-conmon-*) ;; *"$ID"* | *"${ALT:-$ID}"*) return 0 ;; esac
  done <"$1/cgroup"
  return 1
}
# look reads a process: its parent, its start, its number in its own process namespace, and its user.
look() {
  STAT= INNER= RUNS=
  while read -r LINE || [ -n "$LINE" ]; do STAT="$STAT $LINE"; done <"$1/stat" || return
  while read -r KEY REST; do
    case $KEY in NSpid:) INNER=${REST##*[!0-9]} ;; Uid:) RUNS=${REST%%[!0-9]*} ;; Gid:) RUNS=$RUNS:${REST%%[!0-9]*} ;; esac
  done <"$1/status"
  set -- ${STAT##*) }
  PARENT=$2 START=${20}
  [ -n "$START" ]
}
# choose finds the container's first process: number 1 of a process namespace; where the pod shares one, the oldest. No other of the container's
# processes has started it, as it has those of containers inside. Of a sandbox it is the oldest that is not in the node's own network.
choose() {
  ALL=' ' PID= RANK= SINCE= NUMBER=
  if command -v grep >/dev/null 2>&1; then
    set -- $(grep -lsF -e "$ID" -e "${ALT:-$ID}" "$PROC"/[0-9]*/cgroup)
  else
    set -- "$PROC"/[0-9]*/cgroup
  fi
  for P; do P=${P%/cgroup} && of "$P" && ALL="$ALL${P##*/} "; done 2>/dev/null
  for P in $ALL; do
    look "$PROC/$P" 2>/dev/null || continue
    THIS=1
    if [ -n "$ALT" ]; then
      [ "$PROC/$P/ns/net" -ef "$PROC/1/ns/net" ] && continue
    else
      case $ALL in *" $PARENT "*) continue ;; esac
      [ "$INNER" = 1 ] && THIS=0
    fi
    if [ -z "$PID" ] || [ "$THIS" -lt "$RANK" ]; then :; elif [ "$THIS" = "$RANK" ] && [ "$START" -lt "$SINCE" ]; then :; else continue; fi
    PID=$P RANK=$THIS SINCE=$START NUMBER=${INNER:-$P} USER_OF=$RUNS
  done
  [ -n "$PID" ]
}
choose || fail "no process of the container runs on this node: it has ended, or the node does not show which processes are its own"
# Numbers are used again: what is open from here on is this process, or none.
{ command exec 9<"$PROC/$PID" && of /proc/self/fd/9; } 2>/dev/null || fail "the container ended while it was joined: try again"
NEEDS=${AS:+nsenter} ENTER=
for N in $JOIN; do
  NEEDS="nsenter unshare mount setsid"
  case $N in net) F=n ;; ipc) F=i ;; uts) F=u ;; pid) F=p ;; mnt) F=m ;; esac
  ENTER="$ENTER -$F/proc/self/fd/9/ns/$N"
done
for TOOL in $NEEDS; do
  command -v $TOOL >/dev/null 2>&1 || fail "this image has no $TOOL: choose one that has it, such as busybox"
done
TARGET_PID=$PID
joins pid && TARGET_PID=$NUMBER
export TARGET_PID TARGET_ROOT="/proc/$TARGET_PID/root"
# Ctrl-C is for the command, and not for nsenter, which waits for it: so it gets the terminal to itself.
TERMINAL=
joins pid && [ -t 0 ] && TERMINAL='setsid -c'
if [ "$AS" = target ]; then
  AS=$USER_OF
  [ -n "$AS" ] || fail "whom the container runs as is not known: its first process does not tell"
fi
AS=${AS:+-S${AS%:*} -G${AS#*:}}
has() {
  for F in bin sbin usr/bin usr/sbin; do
    F=/proc/self/fd/9/root/$F/$1
    if [ -e "$F" ] || [ -L "$F" ]; then return 0; fi
  done
  return 1
}
if joins mnt; then
  TARGET_ROOT=/
  joins pid || unset TARGET_PID
  has setsid && [ -z "$AS" ] || TERMINAL= # it would be the container's own, and takes a right that its user has not
  has sh && set -- sh -c 'exec 9<&-; exec "$@"' dayfly "$@"
  exec nsenter $ENTER $AS -- $TERMINAL "$@"
fi
# In the files of the tools: with the processes that are joined, and the names that the container knows.
INSIDE='for F in resolv.conf hosts; do
  FROM=/proc/self/fd/9/root/etc/$F N=0
  [ -z "$2" ] || ! [ -f "$FROM" ] || while [ $((N += 1)) -lt 1000 ] && { read -r LINE || [ -n "$LINE" ]; }; do
    printf "%s\n" "$LINE"
  done <"$FROM" >"/etc/$F"
done 2>/dev/null
exec 9<&-
[ -z "$1" ] || mount -t proc proc /proc || { echo "dayfly: the processes cannot be shown: /proc cannot be mounted" >&2; exit 125; }
AS=$3
shift 3
[ -z "$AS" ] || exec nsenter $AS -- "$@"
exec "$@"'
OWN= NAMES=
joins pid && OWN=1
joins net && NAMES=1
[ -n "$ENTER" ] || exec sh -c "$INSIDE" dayfly "" "" "$AS" "$@"
exec nsenter $ENTER -- $TERMINAL unshare -m -- sh -c "$INSIDE" dayfly "$OWN" "$NAMES" "$AS" "$@"
