#!/usr/bin/env bash
# Builds build/static/leanspec-bridge: one fully static file for any Linux of this architecture, under 5,000,000 bytes.
#
#   packaging/static-bridge.sh [--jobs N] [--dependencies-only] [--no-verify]
#
# OpenSSL, SQLite, zstd and protobuf-lite are compiled small from Debian's source packages, security updates included. Sources and compiled libraries are
# cached under .cache/ by digest, so a second run compiles only what changed. Needs: g++ cmake ninja-build make perl patch pkg-config tcl dpkg-dev
# protobuf-compiler libboost1.81-dev rapidjson-dev, and for the checks openssl and iproute2.
set -euo pipefail

cd "$(dirname "$0")/.." || exit 1
root=$PWD
jobs=$(nproc)
dependencies_only=no verify=yes
bytes_max=5000000

while [ $# -gt 0 ]; do
  case $1 in
    --jobs) jobs=$2; shift ;;
    --dependencies-only) dependencies_only=yes ;;
    --no-verify) verify=no ;;
    *) sed -n '2,9s/^# \{0,1\}//p' "$0" >&2; exit 2 ;;
  esac
  shift
done

echo "static bridge: sources"
packaging/static/fetch-sources.sh .cache/sources .cache/static/sources openssl sqlite3 libzstd protobuf
sed 's/^/  /' .cache/static/sources/versions.txt

key=$({ cat .cache/static/sources/digests.txt packaging/static/build-dependencies.sh; g++ --version; } | sha256sum | cut -c1-16)
prefix=$root/.cache/static/$key
echo "static bridge: libraries, in .cache/static/$key"
packaging/static/build-dependencies.sh .cache/static/sources "$prefix" "$jobs"
[ "$dependencies_only" = no ] || exit 0

echo "static bridge: program"
export PKG_CONFIG_LIBDIR=$prefix/lib/pkgconfig LEANSPEC_STATIC_PREFIX=$prefix
if [ "$(cat build/static/.prefix 2> /dev/null)" != "$key" ]; then rm -rf build/static; fi
mkdir -p build
cmake -S . -B build/static -G Ninja -C packaging/static/initial-cache.cmake > build/static.log 2>&1 ||
  { tail -20 build/static.log; exit 1; }
echo "$key" > build/static/.prefix
ninja -C build/static -j"$jobs" leanspec-bridge > build/static/build.log || { tail -40 build/static/build.log; exit 1; }
strip --strip-all build/static/leanspec-bridge

bytes=$(stat -c %s build/static/leanspec-bridge)
printf 'static bridge: %s bytes of at most %s\n' "$bytes" "$bytes_max"
if [ "$bytes" -gt "$bytes_max" ]; then
  echo "static bridge: too large by $((bytes - bytes_max)) bytes" >&2
  exit 1
fi
if [ "$verify" = yes ]; then packaging/static/verify.sh build/static/leanspec-bridge; fi
