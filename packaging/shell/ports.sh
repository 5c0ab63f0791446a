# shellcheck shell=bash disable=SC2034,SC2154
# Sourced after steps.sh: who holds a port, which is free, and whether a hub answers there. Reads /proc and speaks through bash's own sockets, so that
# nothing needs to be installed for it.

# The program that listens on a port of this machine, as "name (pid 123)", "another program" when it cannot be seen, or nothing when the port is free.
holder_of_port() { # HOST PORT
  local hex inode process
  printf -v hex '%04X' "$2"
  inode=$(awk -v port=":$hex" 'toupper($2) ~ port "$" && $4 == "0A" { print $10; exit }' /proc/net/tcp /proc/net/tcp6 2> /dev/null || true)
  [ -n "$inode" ] || return 0
  for process in /proc/[0-9]*; do
    if ls -l "$process/fd" 2> /dev/null | grep -qF "socket:[$inode]"; then
      echo "$(cat "$process/comm") (pid ${process#/proc/})"
      return 0
    fi
  done
  echo "another program"
}

next_free_port() { # HOST PORT
  local candidate
  for ((candidate = $2 + 1; candidate <= $2 + 100 && candidate <= 65535; candidate++)); do
    if [ -z "$(holder_of_port "$1" "$candidate")" ]; then
      echo "$candidate"
      return 0
    fi
  done
  return 1
}

answers_ready() { # HOST PORT
  local line=""
  {
    exec {hub_socket}<> "/dev/tcp/${1//[\[\]]/}/$2" || return 1
  } 2> /dev/null
  printf 'GET /health/ready HTTP/1.1\r\nHost: %s:%s\r\nConnection: close\r\n\r\n' "$1" "$2" >&"$hub_socket"
  read -r -t 2 line <&"$hub_socket" || true
  timeout 1 cat <&"$hub_socket" > /dev/null 2>&1 || true  # the whole answer, so that the hub does not log a broken connection
  exec {hub_socket}>&-
  [[ $line == HTTP/1.?" 200"* ]]
}
