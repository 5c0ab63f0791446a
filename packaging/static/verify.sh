#!/usr/bin/env bash
# Checks a static bridge on this machine: that it is static, starts quickly, speaks TLS 1.3, refuses a certificate that it cannot verify, and finds a host by
# name, from the hosts file and over DNS, in an empty root that holds nothing but the program.
#
#   verify.sh PROGRAM
#
# Needs openssl and iproute2, and root for the empty root and its own network (without root those checks are named as skipped).
set -uo pipefail

program=$(realpath "$1")
desk=$(mktemp -d)
server_pid=""
trap '[ -z "$server_pid" ] || kill "$server_pid" 2> /dev/null; rm -rf "$desk"' EXIT
passed=0 failed=0 skipped=0

check() { # NAME COMMAND...
  local name=$1
  shift
  if "$@" > "$desk/output" 2>&1; then
    passed=$((passed + 1))
    echo "  ok      $name"
  else
    failed=$((failed + 1))
    echo "  FAILED  $name"
    tail -8 "$desk/output" | sed 's/^/          /'
  fi
}

is_static() { readelf -h "$program" > /dev/null && ! readelf -d "$program" | grep -q NEEDED && ! readelf -l "$program" | grep -q INTERP; }
tells_its_version() { "$program" --version | grep -qE '[0-9]+\.[0-9]+\.[0-9]+'; }
starts_quickly() {
  local begun total=0 times=()
  for _ in {1..15}; do
    begun=${EPOCHREALTIME/[.,]/}
    "$program" --version > /dev/null || return 1
    times+=($((${EPOCHREALTIME/[.,]/} - begun)))
  done
  mapfile -t times < <(printf '%s\n' "${times[@]}" | sort -n)
  total=${times[7]}
  echo "median of 15 starts: $total us"
  [ "$total" -lt 50000 ]
}

# A server that speaks TLS 1.3 only and answers with a web page. It is no hub, so the sign-in fails; but that it fails for the page proves the handshake.
answered='a web page answered instead of the hub'
make_certificate() {
  openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -keyout "$desk/key.pem" -out "$desk/certificate.pem" -days 2 -subj "/CN=hub.test" \
    -addext "subjectAltName=DNS:localhost,DNS:hub.hosts.test,DNS:hub.dns.test" > /dev/null 2>&1
}
start_server() { # PORT
  rm -f "$desk/server.log"  # the one before has said that it accepts
  openssl s_server -accept "$1" -cert "$desk/certificate.pem" -key "$desk/key.pem" -tls1_3 -www > "$desk/server.log" 2>&1 < /dev/null &
  server_pid=$!
  until grep -q ACCEPT "$desk/server.log" 2> /dev/null; do kill -0 "$server_pid" 2> /dev/null || return 1; sleep 0.02; done
}
stop_server() { kill "$server_pid" 2> /dev/null; wait "$server_pid" 2> /dev/null; server_pid=""; }

sign_in() { # URL STATE ARGUMENTS...
  local url=$1 state=$2
  shift 2
  timeout 20 "$program" --state-dir "$state" login "$url" --api-key-file "$desk/api-key" "$@" 2>&1
}

speaks_tls13() {
  start_server "$port" || return 1
  sign_in "https://localhost:$port" "$desk/state-a" --ca-file "$desk/certificate.pem" > "$desk/answer"
  stop_server
  cat "$desk/answer"
  grep -q "$answered" "$desk/answer"
}
refuses_unknown_authority() {
  start_server "$port" || return 1
  sign_in "https://localhost:$port" "$desk/state-b" > "$desk/refusal" && return 1
  stop_server
  cat "$desk/refusal"
  grep -qi 'certificate' "$desk/refusal"
}

# An empty root with a hosts file and a resolver on loopback that knows one name; both in a network of their own.
finds_by_name() { # NAME
  local name=$1 root=$desk/root
  mkdir -p "$root/etc" "$root/tmp" "$root/dev"
  cp "$program" "$root/bridge"
  cp "$desk/api-key" "$desk/certificate.pem" "$root/"
  echo "127.0.0.1 localhost hub.hosts.test" > "$root/etc/hosts"
  echo "nameserver 127.0.0.1" > "$root/etc/resolv.conf"
  echo "hosts: mymachines resolve files mdns4_minimal [NOTFOUND=return] dns" > "$root/etc/nsswitch.conf"
  [ "$name" != hub.dns.test ] || echo "hosts: files dns" > "$root/etc/nsswitch.conf"
  : > "$root/dev/null"
  unshare --net --pid --fork --kill-child bash -c '
    ip link set lo up
    perl "$1/resolver.pl" &
    cd "$1" && openssl s_server -accept 8443 -cert certificate.pem -key key.pem -tls1_3 -www > named.log 2>&1 < /dev/null &
    until grep -q ACCEPT "$1/named.log" 2> /dev/null; do sleep 0.02; done
    timeout 20 chroot "$1/root" /bridge --state-dir "/tmp/$2" login "https://$2:8443" --api-key-file /api-key --ca-file /certificate.pem
    true' net "$desk" "$name" > "$desk/answer" 2>&1
  rm -f "$desk/named.log"
  cat "$desk/answer"
  grep -q "$answered" "$desk/answer"
}
# Answers every A question for hub.dns.test with 127.0.0.1 and any other question with "no such name" or "no such record".
cat > "$desk/resolver.pl" <<'PERL'
use strict; use warnings; use Socket;
socket(my $socket, PF_INET, SOCK_DGRAM, 17) or die; setsockopt($socket, SOL_SOCKET, SO_REUSEADDR, 1);
bind($socket, sockaddr_in(53, inet_aton("127.0.0.1"))) or die "bind: $!";
while (my $from = recv($socket, my $question, 1024, 0)) {
  my ($id) = unpack("n", $question);
  my ($at, @labels) = (12);
  while (my $length = ord(substr($question, $at, 1))) { push @labels, substr($question, $at + 1, $length); $at += $length + 1; }
  my ($type) = unpack("n", substr($question, $at + 1, 2));
  my $known = lc(join(".", @labels)) eq "hub.dns.test";
  my $answers = ($known && $type == 1) ? 1 : 0;
  my $reply = pack("nnnnnn", $id, $known ? 0x8180 : 0x8183, 1, $answers, 0, 0) . substr($question, 12, $at + 5 - 12);
  $reply .= pack("nnnNn", 0xC00C, 1, 1, 60, 4) . inet_aton("127.0.0.1") if $answers;
  send($socket, $reply, 0, $from);
}
PERL

# The key is well formed and known to nobody.
(umask 077 && echo "lsk_0000000000000000000000000000000000000000" > "$desk/api-key")
make_certificate || { echo "openssl could not make a certificate" >&2; exit 1; }
source "$(dirname "$0")/../shell/steps.sh"
source "$(dirname "$0")/../shell/ports.sh"
port=$(next_free_port 127.0.0.1 $((24000 + RANDOM % 4000)))

check "is one static file" is_static
check "tells its version" tells_its_version
check "starts in under 50 ms" starts_quickly
grep 'median' "$desk/output" | sed 's/^/          /'
check "speaks TLS 1.3" speaks_tls13
check "refuses a certificate of an unknown authority, and says so" refuses_unknown_authority
if [ "$(id -u)" = 0 ] && unshare --net true 2> /dev/null; then
  check "finds a host by the hosts file in an empty root" finds_by_name hub.hosts.test
  check "finds a host over DNS in an empty root" finds_by_name hub.dns.test
else
  skipped=2
  echo "  skipped name resolution in an empty root: it needs root and namespaces"
fi
echo "$passed passed, $failed failed, $skipped skipped"
[ "$failed" = 0 ]
