#!/usr/bin/env bash
# Proves that a fresh Debian 12 needs nothing but a shell, git and root: makes a minimal root, clones this repository's HEAD into it and runs a command there.
#
#   packaging/fresh-machine-test.sh [options] run             ./run there, until /health/ready answers; then Ctrl-C, and a second, timed start
#   packaging/fresh-machine-test.sh [options] COMMAND...      any command, for example ./test unit
#
#   --root DIR      where the root is made, and kept for another look (default: a temporary folder, removed at the end)
#   --copy PATH     a file of this machine that its network needs there too, at the same path: a proxy setting of apt, an .npmrc,
#                   an authority's certificate in /usr/local/share/ca-certificates. Repeatable
#   --corpus DIR    real specs, put beside the clone as shared/corpus
#   --ccache DIR    this machine's compiler cache, for a quick look; the times then say nothing
#   --port P        port for `run` (default 28420)
#
# Needs root and mmdebstrap. The network is used as it is: resolv.conf and apt's sources are taken from this machine.
set -euo pipefail

source_tree=$(cd "$(dirname "$0")/.." && pwd)
source "$source_tree/packaging/shell/steps.sh"
source "$source_tree/packaging/shell/ports.sh"
root="" keep=no copies=() corpus="" ccache="" port=28420

while [ $# -gt 0 ]; do
  case $1 in
    --root) root=$2 keep=yes; shift ;;
    --copy) copies+=("$2"); shift ;;
    --corpus) corpus=$2; shift ;;
    --ccache) ccache=$(realpath "$2"); shift ;;
    --port) port=$2; shift ;;
    -h | --help) sed -n '2,15s/^# \{0,1\}//p' "$0"; exit 0 ;;
    *) break ;;
  esac
  shift
done
[ $# -gt 0 ] || fail "Say what to run there: run, or a command." "$(sed -n '2,15s/^# \{0,1\}//p' "$0")"
[ "$(id -u)" = 0 ] || fail "This needs root, for chroot."
command -v mmdebstrap > /dev/null || fail "mmdebstrap is missing: apt-get install mmdebstrap"

logs=$(mktemp -d)
[ -n "$root" ] || root=$(mktemp -d)/debian
inside_pid=""
clean_up() {
  if [ -n "$inside_pid" ] && kill -0 "$inside_pid" 2> /dev/null; then kill -KILL "$inside_pid" 2> /dev/null || true; fi
  wait 2> /dev/null || true
  [ $keep = yes ] || rm -rf --one-file-system "$(dirname "$root")"
  rm -rf "$logs"
}
trap clean_up EXIT

mkdir -p "$(dirname "$root")"
if [ ! -e "$root/etc/debian_version" ]; then
  apt-get indextargets --format 'deb $(REPO_URI) $(RELEASE) $(COMPONENT)' 'Origin: Debian' 'Created-By: Packages' | sort -u > "$logs/sources.list"
  [ -s "$logs/sources.list" ] || fail "This machine's apt knows no Debian mirror; run apt-get update first."
  step "making a minimal Debian 12 in $root" "$logs/mmdebstrap.log" \
    mmdebstrap --variant=minbase --include=git --aptopt='Acquire::Check-Valid-Until "false"' bookworm "$root" "$logs/sources.list"
fi
cp -L /etc/resolv.conf "$root/etc/resolv.conf"
for path in ${copies[@]+"${copies[@]}"}; do
  mkdir -p "$root$(dirname "$path")"
  cp -L "$path" "$root$path"
done
chroot "$root" sh -c 'command -v update-ca-certificates && update-ca-certificates' > "$logs/certificates.log" 2>&1 || true
rm -rf "$root/root/work" && mkdir -p "$root/root/work"
git -C "$source_tree" bundle create -q "$root/root/work/project.bundle" HEAD
chroot "$root" git -c advice.detachedHead=false clone -q /root/work/project.bundle /root/work/project
if [ -n "$corpus" ]; then mkdir -p "$root/root/work/shared" && cp -r "$corpus" "$root/root/work/shared/corpus"; fi

if [ -n "$ccache" ]; then
  chroot "$root" sh -c 'command -v ccache || { apt-get update && apt-get install -y --no-install-recommends ccache; }' > "$logs/ccache.log" 2>&1
  mkdir -p "$root/root/.cache/ccache"
fi

# A mount and process namespace of its own: whatever the command leaves behind ends with it, and this machine's mounts stay as they are. Its root is
# the root, not a chroot, in which nobody may make the namespaces that some tests need.
inside() {
  unshare --mount --pid --fork --kill-child bash -c '
    root=$1 ccache=$2; shift 2
    mount --make-rprivate / && mount --bind "$root" "$root" || exit 1
    if [ -n "$ccache" ]; then mount --bind "$ccache" "$root/root/.cache/ccache"; fi
    mount -t proc proc "$root/proc" && mount --rbind /dev "$root/dev" && mount -t tmpfs tmpfs "$root/run" && mkdir -p "$root/machine" && cd "$root" &&
      pivot_root . machine && umount -l /machine && rmdir /machine &&
      exec /usr/bin/env -i HOME=/root PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin LANG=C.UTF-8 TERM=dumb \
        CI="${CI:-}" LEANSPEC_REQUIRE_ALL="${LEANSPEC_REQUIRE_ALL:-}" bash -c "cd /root/work/project && exec \"\$@\"" inside "$@"' namespace "$root" "$ccache" "$@"
}

if [ "$1" != run ]; then
  begun=$(now_ms)
  inside "$@" && status=0 || status=$?
  say "on a fresh Debian 12: '$*' ended with status $status after $(seconds_since "$begun") s"
  exit $status
fi

# start_and_stop WORD SECONDS: ./run inside until the hub is ready, then Ctrl-C as a terminal would send it.
start_and_stop() {
  local begun pid
  begun=$(now_ms)
  : > "$logs/run.log"
  # Told to stop through a file: a signal from here would end the namespace, and ./run with it, at once.
  inside bash -c './run --port "$1" & pid=$!; while [ ! -e /root/work/stop ] && kill -0 $pid 2> /dev/null; do sleep 0.1; done
    kill -TERM $pid 2> /dev/null; wait $pid' inside "$port" > "$logs/run.log" 2>&1 &
  inside_pid=$!
  rm -f "$root/root/work/stop"
  until answers_ready 127.0.0.1 "$port" && grep -q 'LeanSpec is at' "$logs/run.log"; do
    kill -0 "$inside_pid" 2> /dev/null || { tail -60 "$logs/run.log"; fail "./run ended by itself on its $1 start"; }
    [ $(($(now_ms) - begun)) -lt $(($2 * 1000)) ] || { tail -60 "$logs/run.log"; fail "./run was not ready after $2 s on its $1 start"; }
    sleep 0.1
  done
  say "$1 start: ready after $(seconds_since "$begun") s"
  tail -25 "$logs/run.log" | sed 's/^/    /'
  begun=$(now_ms)
  touch "$root/root/work/stop"
  wait "$inside_pid" && pid=0 || pid=$?
  inside_pid=""
  say "stopped with status $pid after $(seconds_since "$begun") s"
  [ "$pid" = 0 ]
}

start_and_stop first 2400
start_and_stop second 60
say "${green}./run works on a fresh Debian 12${plain}"
