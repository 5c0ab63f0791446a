#!/usr/bin/env bash
# ./run as a person uses it, on programs that are built: it comes up on a port that is free, says so, prints a link, refuses a second start on the same state,
# stops both programs on SIGTERM, keeps its key private, and comes up again. Ends with 77 (skipped) where the programs are not built.
#
#   run_command_test.sh BUILD_FOLDER
set -uo pipefail

build=$(realpath "$1")
tree=$(cd "$(dirname "$0")/../.." && pwd)
[ -x "$build/leanspec-hub" ] && [ -x "$build/leanspec-bridge" ] || { echo "skipped: the programs are not built in $build"; exit 77; }
source "$tree/packaging/shell/steps.sh"
source "$tree/packaging/shell/ports.sh"

desk=$(mktemp -d)
run_pid="" blocker_pid=""
clean_up() {
  [ -z "$run_pid" ] || { kill -TERM "$run_pid" 2> /dev/null; wait "$run_pid" 2> /dev/null; }
  [ -z "$blocker_pid" ] || kill "$blocker_pid" 2> /dev/null
  rm -rf "$desk"
}
trap clean_up EXIT
expect() { # WHAT COMMAND...
  local what=$1
  shift
  "$@" && return 0
  echo "not so: $what"
  echo "what the programs said:"
  cat "$desk/output" "$desk"/state/log/*.log 2> /dev/null | tail -60
  exit 1
}

# A copy of what ./run needs, so that neither the tree's own state nor its examples are touched.
mkdir -p "$desk/tree/build"
cp -r "$tree/run" "$tree/packaging" "$tree/examples" "$desk/tree/"
ln -s "$build" "$desk/tree/build/release"

# Below the ports that the system hands out by itself (32768 and up), which a test beside this one may be given the moment that ours is free.
first_port=$(next_free_port 127.0.0.1 $((21000 + RANDOM % 10000)))
perl -MIO::Socket::INET -e '$s = IO::Socket::INET->new(LocalAddr => "127.0.0.1", LocalPort => $ARGV[0], Listen => 1) or die; sleep' "$first_port" &
blocker_pid=$!
until [ -n "$(holder_of_port 127.0.0.1 "$first_port")" ]; do kill -0 $blocker_pid || exit 1; sleep 0.02; done

start() {
  : > "$desk/output"  # the program would empty it too, but only once it runs: until then the words of the start before stand there
  "$desk/tree/run" --no-build --state "$desk/state" --port "$first_port" --name "machine under test" "$desk/tree/examples" > "$desk/output" 2>&1 &
  run_pid=$!
  until grep -q 'LeanSpec is at' "$desk/output"; do
    kill -0 "$run_pid" 2> /dev/null || { run_pid=""; expect "./run stays up" false; }
    sleep 0.05
  done
}
stop() {
  kill -TERM "$run_pid"
  wait "$run_pid"
  status=$?
  run_pid=""
}

start
expect "the taken port is named with its holder" grep -q "Port $first_port is taken by perl (pid $blocker_pid)" "$desk/output"
url=$(sed 's/\x1b\[[0-9;]*m//g' "$desk/output" | grep -oE 'LeanSpec is at [^ ]+' | cut -d' ' -f4)
port=${url##*:}
expect "the hub is ready where ./run says" answers_ready 127.0.0.1 "$port"
expect "a one-time link for the first owner is printed" grep -qE "$url/setup#token=[A-Za-z0-9_-]{20,}" "$desk/output"
expect "the bridge's key is readable by its owner alone" test "$(stat -c %a "$desk/state/bridge.key")" = 600
expect "the key stands in no log" bash -c '! grep -rqF "$(cat "$1/state/bridge.key")" "$1/state/log" "$1/output"' expect "$desk"
expect "a second start on the same state is refused and says where the first one is" \
  bash -c '"$1/tree/run" --no-build --state "$1/state" 2>&1 | grep -q "already runs.*$2"' expect "$desk" "$url"
until [ "$(find "$desk/state/bridge" -type f -size +0 | wc -l)" -gt 0 ]; do expect "./run stays up" kill -0 "$run_pid"; sleep 0.05; done
stop
expect "Ctrl-C or SIGTERM ends it with status 0" test "$status" = 0
expect "nothing listens any more" test -z "$(holder_of_port 127.0.0.1 "$port")"
expect "neither program is left behind" bash -c '! pgrep -f -- "$1/state" > /dev/null' expect "$desk"

begun=$(now_ms)
start
took=$(($(now_ms) - begun))
stop
# Two folders, both ways.
"$desk/tree/run" --no-build --demo --state "$desk/demo" --port "$first_port" > "$desk/output" 2>&1 &
run_pid=$!
arrives() { # FILE CONTENT
  for _ in $(seq 600); do
    [ "$(cat "$1" 2> /dev/null)" = "$2" ] && return 0
    kill -0 "$run_pid" || return 1
    sleep 0.05
  done
  return 1
}
example=$(cd "$tree/examples/specs" && find . -name README.md | head -1)
expect "the demo's laptop gets what the desk has" arrives "$desk/demo/laptop/specs/$example" "$(cat "$tree/examples/specs/$example")"
mkdir "$desk/demo/laptop/specs/900-from-the-laptop"
echo "# From the laptop" > "$desk/demo/laptop/specs/900-from-the-laptop/README.md"
expect "and the desk what the laptop has" arrives "$desk/demo/desk/specs/900-from-the-laptop/README.md" "# From the laptop"
stop
expect "the demo ends with status 0" test "$status" = 0
expect "no program of the demo is left behind" bash -c '! pgrep -f -- "$1/demo" > /dev/null' expect "$desk"
echo "run_command: all as it should be; second start $took ms"
