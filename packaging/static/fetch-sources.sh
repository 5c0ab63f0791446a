#!/usr/bin/env bash
# Brings Debian source packages into a cache that is keyed by the digest of each file, and unpacks them.
#
#   fetch-sources.sh CACHE OUT PACKAGE...
#
# The mirrors are the ones that this machine's apt already uses. Its lists stay untouched: the deb-src lines live in CACHE. The security suite is
# required, because a statically linked library gets no update from the system that it runs on. OUT/PACKAGE holds the unpacked tree with Debian's
# patches applied, OUT/versions.txt what was taken, OUT/digests.txt the digests of all files (the key of everything built from them).
# Every file is checked against the digest in apt's signed index. Where a mirror lists a version and has its upstream archive but not Debian's patches
# to it (seen for a few days after a security upload), the upstream archive of that version is taken alone, with a warning, and tried again next time.
# Without a network the versions of the last successful look-up are used again.
set -euo pipefail

cache=$1 out=$2
shift 2
packages=("$@")
mkdir -p "$cache/files" "$cache/apt/lists/partial" "$cache/apt/archives/partial" "$out"
cache=$(cd "$cache" && pwd)
desk=$(mktemp -d)
trap 'rm -rf "$desk"' EXIT

fail() { printf 'static bridge: %s\n' "$@" >&2; exit 1; }

write_source_list() {
  local site release component origin keyring
  : > "$cache/apt/sources.list"
  while read -r origin site release component; do
    keyring=""
    case $origin in
      Debian) [ -r /usr/share/keyrings/debian-archive-keyring.gpg ] && keyring="[signed-by=/usr/share/keyrings/debian-archive-keyring.gpg] " ;;
      Ubuntu) ;;
      *) continue ;;
    esac
    echo "deb-src $keyring$site $release $component" >> "$cache/apt/sources.list"
  done < <(apt-get indextargets --format '$(ORIGIN) $(REPO_URI) $(RELEASE) $(COMPONENT)' 'Created-By: Packages' | sort -u)
  grep -q -- '-security ' "$cache/apt/sources.list" ||
    fail "this machine's apt has no security suite, and a static binary must contain the security updates." \
      "Add the suite to /etc/apt, run 'apt-get update', and start again."
}

private_apt() {
  apt-get -q -o Dir::Etc::sourcelist="$cache/apt/sources.list" -o Dir::Etc::sourceparts=/dev/null \
    -o Dir::State::lists="$cache/apt/lists" -o Dir::Cache::archives="$cache/apt/archives" \
    -o Dir::Cache::pkgcache= -o Dir::Cache::srcpkgcache= -o APT::Sandbox::User=root -o Debug::NoLocking=1 "$@"
}

# Writes one line for each file of the newest source packages: PACKAGE NAME SHA256.
look_up() {
  local package
  private_apt update > "$cache/apt/update.log" 2>&1 || return 1
  ! grep -q '^\(W\|Err\)' "$cache/apt/update.log" || return 1
  for package in "${packages[@]}"; do
    private_apt source --print-uris "$package" 2> /dev/null | sed -nE "s/^'[^']+' ([^ ]+) [0-9]+ SHA256:([0-9a-f]{64}).*/$package \1 \2/p"
  done > "$cache/wanted.new"
  [ -s "$cache/wanted.new" ] && mv "$cache/wanted.new" "$cache/wanted.txt"
}

# Lays the files that the cache has under their names on the desk, lets apt fetch the others of one package, and checks and keeps those.
fetch_package() {
  local package=$1 name digest got missing=""
  while read -r _ name digest; do
    if [ -e "$cache/files/$digest" ]; then ln -sf "$cache/files/$digest" "$desk/$name"; else missing="$missing $name"; fi
  done < <(grep "^$package " "$cache/wanted.txt")
  [ -n "$missing" ] || return 0
  echo "  fetching$missing"
  (cd "$desk" && private_apt source --download-only "$package") > "$cache/apt/download.log" 2>&1 || true
  while read -r _ name digest; do
    [ ! -e "$cache/files/$digest" ] && [ -e "$desk/$name" ] || continue
    got=$(sha256sum "$desk/$name" | cut -d' ' -f1)
    [ "$got" = "$digest" ] || fail "$name has digest $got, expected $digest"
    mv "$desk/$name" "$cache/files/$digest"
    ln -s "$cache/files/$digest" "$desk/$name"
  done < <(grep "^$package " "$cache/wanted.txt")
}

unpack_package() {
  local package=$1 dsc archive version
  dsc=$(grep -ls "^Source: $package\$" "$desk"/*.dsc | head -1 || true)
  if [ -n "$dsc" ] && dpkg-source --no-check --no-copy -q -x "$dsc" "$out/$package" > "$cache/apt/unpack.log" 2>&1; then
    sed -n 's/^Version: //p' "$dsc" | tail -1 | sed "s/^/$package /" >> "$out/versions.txt"
    return
  fi
  archive=$(grep "^$package " "$cache/wanted.txt" | awk '{print $2}' | grep '\.orig\.tar\.[a-z0-9]*$' | head -1)
  [ -e "$desk/$archive" ] || { cat "$cache/apt/download.log" >&2; fail "the source of $package could not be fetched"; }
  version=$(grep "^$package .*\.dsc " "$cache/wanted.txt" | sed -E 's/^[^_]*_([^ ]*)\.dsc .*/\1/')
  echo "  WARNING: the mirror lists $package $version but has only its upstream archive; Debian's own patches to it are missing from this build"
  rm -rf "${out:?}/$package" && mkdir "$out/$package"
  tar -xf "$desk/$archive" -C "$out/$package" --strip-components=1
  echo "$package $version (upstream archive only)" >> "$out/versions.txt"
}

write_source_list
if ! look_up; then
  [ -s "$cache/wanted.txt" ] || { tail -3 "$cache/apt/update.log" >&2; fail "the package lists could not be fetched"; }
  echo "  the package lists could not be fetched; using the versions of the last look-up, $(date -r "$cache/wanted.txt" '+%F %H:%M')"
fi
for package in "${packages[@]}"; do fetch_package "$package"; done
present=$(while read -r _ name digest; do if [ -e "$desk/$name" ]; then echo "$name $digest"; fi; done < "$cache/wanted.txt")
if [ "$(cat "$out/digests.txt" 2> /dev/null)" != "$present" ]; then
  rm -f "$out/digests.txt" "$out/versions.txt"
  for package in "${packages[@]}"; do
    rm -rf "${out:?}/$package"
    unpack_package "$package"
  done
  echo "$present" > "$out/digests.txt"
fi
