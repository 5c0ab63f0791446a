# shellcheck shell=bash disable=SC2034,SC2154
# Sourced by ./run, ./test and the packaging scripts: words and progress for the person who waits. Needs nothing but bash and coreutils.

if [ -t 1 ] && [ "${TERM:-dumb}" != dumb ] && [ -z "${NO_COLOR:-}" ]; then
  on_terminal=yes bold=$'\e[1m' dim=$'\e[2m' red=$'\e[31m' green=$'\e[32m' yellow=$'\e[33m' blue=$'\e[34m' violet=$'\e[35m' plain=$'\e[0m'
else
  on_terminal=no bold="" dim="" red="" green="" yellow="" blue="" violet="" plain=""
fi

say() { printf '%s\n' "$*"; }
warn() { printf '%s%s%s\n' "$yellow" "$*" "$plain" >&2; }
fail() { printf '%s%s%s\n' "$red" "$1" "$plain" >&2; shift; if [ $# -gt 0 ]; then printf '%s\n' "$@" >&2; fi; exit 1; }

# Seconds with one digit since a time that now_ms gave.
now_ms() { local t=$EPOCHREALTIME; t=${t/[.,]/}; echo $((t / 1000)); }
seconds_since() { local d=$(($(now_ms) - $1)); printf '%d.%d' $((d / 1000)) $((d % 1000 / 100)); }

# How far a build has come, from the last line of its log: ninja's [12/80].
progress_of() { tail -c 400 "$1" 2> /dev/null | tr '\r' '\n' | grep -oE '^\[[0-9]+/[0-9]+\]' | tail -1 || true; }

# step NAME LOG COMMAND...: runs the command with its output in LOG. Silent below a second; then a line that moves on a terminal, or two lines in a log.
# On failure it prints the end of the log and returns the command's status.
step() {
  local name=$1 log=$2 begun status=0 shown=no frames=('⠋' '⠙' '⠹' '⠸' '⠼' '⠴' '⠦' '⠧' '⠇' '⠏') turn=0
  shift 2
  begun=$(now_ms)
  mkdir -p "$(dirname "$log")"
  "$@" > "$log" 2>&1 < /dev/null &
  local pid=$!
  while kill -0 "$pid" 2> /dev/null; do
    if [ $(($(now_ms) - begun)) -ge 1000 ]; then
      if [ $on_terminal = yes ]; then
        printf '\r\e[K%s %s  %s%s s %s%s' "${frames[turn++ % 10]}" "$name" "$dim" "$((($(now_ms) - begun) / 1000))" "$(progress_of "$log")" "$plain"
      elif [ $shown = no ]; then
        say "… $name"
      fi
      shown=yes
    fi
    sleep 0.1
  done
  wait "$pid" || status=$?
  if [ $shown = yes ] && [ $on_terminal = yes ]; then printf '\r\e[K'; fi
  if [ $status -ne 0 ]; then
    printf '%s✗ %s failed after %s s; the end of %s:%s\n' "$red" "$name" "$(seconds_since "$begun")" "$log" "$plain" >&2
    tail -n 40 "$log" >&2
  elif [ $shown = yes ]; then
    printf '%s✓%s %s  %s%s s%s\n' "$green" "$plain" "$name" "$dim" "$(seconds_since "$begun")" "$plain"
  fi
  return $status
}
