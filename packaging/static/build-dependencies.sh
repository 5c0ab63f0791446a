#!/usr/bin/env bash
# Compiles the libraries of the static bridge small, from the unpacked Debian sources, into PREFIX/include and PREFIX/lib.
#
#   build-dependencies.sh SOURCES PREFIX JOBS
#
# Why so small: the whole binary must stay under 5,000,000 bytes, and Debian's own archives give 8.8 MB. What is left out of OpenSSL is what a client that
# speaks TLS 1.2 and 1.3 to one hub never uses; assembler is left out for size (SHA-256 at 205 MB/s is ample for text files). Exception tables
# (.eh_frame) are left out of the C code, which no exception crosses.
set -euo pipefail

sources=$(cd "$1" && pwd) prefix=$2 jobs=$3
small=(-Oz -ffunction-sections -fdata-sections -fno-asynchronous-unwind-tables -fno-unwind-tables -fno-pic -fno-pie)
mkdir -p "$prefix/include" "$prefix/lib/pkgconfig"
prefix=$(cd "$prefix" && pwd)
desk=$(mktemp -d)
trap 'rm -rf "$desk"' EXIT

openssl_without=(
  shared dso engine legacy module async comp ct cms cmp srp srtp ts ssl3 tls1 tls1_1 dtls idea seed camellia aria bf cast des rc2 rc4 md4 mdc2
  whirlpool rmd160 sm2 sm3 sm4 blake2 siphash scrypt ocb gost dsa dh ec2m autoload-config ui-console afalgeng nextprotoneg rfc3779 ocsp dgram sctp
  tests deprecated siv multiblock psk cmac asm filenames
)

step() { # step NAME FUNCTION: runs it in a copy of its source, once, showing the end of its log if it fails.
  local name=$1 begun=$SECONDS
  [ -e "$prefix/.$name.done" ] && return 0
  printf '  compiling %s ...' "$name"
  cp -r "$sources/$name" "$desk/$name"
  if ! (cd "$desk/$name" && "build_$name") > "$prefix/$name.log" 2>&1; then
    echo " failed; the end of $prefix/$name.log:"
    tail -25 "$prefix/$name.log"
    exit 1
  fi
  touch "$prefix/.$name.done"
  rm -rf "${desk:?}/$name"
  echo " $((SECONDS - begun)) s"
}

# Functions called by `step` run with -e again, since a condition switches it off for everything below it.
build_openssl() {
  set -e
  ./Configure linux-x86_64 "${openssl_without[@]/#/no-}" --openssldir=/etc/ssl --prefix="$prefix" --libdir=lib "${small[@]}"
  make -j"$jobs" build_libs
  cp libcrypto.a libssl.a "$prefix/lib/"
  cp -r include/openssl "$prefix/include/"
}

build_sqlite3() {
  set -e
  ./configure --disable-tcl --disable-readline
  local parser=(-DSQLITE_OMIT_WINDOWFUNC)  # these change the grammar too, which is made here
  make sqlite3.c OPTS="${parser[*]}"
  gcc -c "${small[@]}" "${parser[@]}" -DSQLITE_THREADSAFE=1 -DSQLITE_DQS=0 -DSQLITE_DEFAULT_MEMSTATUS=0 -DSQLITE_LIKE_DOESNT_MATCH_BLOBS \
    -DSQLITE_OMIT_DEPRECATED -DSQLITE_OMIT_PROGRESS_CALLBACK -DSQLITE_OMIT_SHARED_CACHE -DSQLITE_OMIT_LOAD_EXTENSION \
    -DSQLITE_OMIT_JSON -DSQLITE_OMIT_DATETIME_FUNCS -DSQLITE_OMIT_UTF16 -DSQLITE_OMIT_TRACE -DSQLITE_OMIT_GET_TABLE -DSQLITE_OMIT_COMPLETE \
    -DSQLITE_OMIT_DECLTYPE -DSQLITE_OMIT_TCL_VARIABLE -DSQLITE_OMIT_AUTHORIZATION -DSQLITE_OMIT_INCRBLOB -DSQLITE_OMIT_COMPILEOPTION_DIAGS \
    -DSQLITE_OMIT_DESERIALIZE -DSQLITE_OMIT_INTROSPECTION_PRAGMAS -DSQLITE_UNTESTABLE -DSQLITE_USE_ALLOCA -DHAVE_USLEEP=1 -DHAVE_FDATASYNC=1 -o sqlite3.o sqlite3.c
  ar rcs "$prefix/lib/libsqlite3.a" sqlite3.o
  cp sqlite3.h "$prefix/include/"
}

build_libzstd() {
  set -e
  local file
  # One decoder of each kind and no forced inlining: 180 KB less, and still far faster than any network.
  local smaller=(-DHUF_FORCE_DECOMPRESS_X1 -DZSTD_FORCE_DECOMPRESS_SEQUENCES_SHORT -DZSTD_NO_INLINE -DZSTD_STRIP_ERROR_STRINGS=1)
  for file in lib/common/*.c lib/compress/*.c lib/decompress/*.c; do
    gcc -c "${small[@]}" "${smaller[@]}" -DZSTD_DISABLE_ASM -DZSTD_LEGACY_SUPPORT=0 -DXXH_NAMESPACE=ZSTD_ -o "$(basename "$file" .c).o" "$file"
  done
  ar rcs "$prefix/lib/libzstd.a" ./*.o
  cp lib/zstd.h lib/zstd_errors.h "$prefix/include/"
  cat > "$prefix/lib/pkgconfig/libzstd.pc" <<PC
Name: zstd
Description: zstd, compiled small for the static bridge
Version: $(sed -nE 's/^#define ZSTD_VERSION_(MAJOR|MINOR|RELEASE) +([0-9]+).*/\2/p' lib/zstd.h | paste -sd.)
Libs: -L$prefix/lib -lzstd
Cflags: -I$prefix/include
PC
}

build_protobuf() {
  set -e
  cmake -S . -B out -G Ninja -DCMAKE_BUILD_TYPE=MinSizeRel -Dprotobuf_BUILD_TESTS=OFF -Dprotobuf_BUILD_PROTOC_BINARIES=OFF -Dprotobuf_WITH_ZLIB=OFF \
    -DCMAKE_CXX_COMPILER=g++ -DCMAKE_CXX_FLAGS="-ffunction-sections -fdata-sections -fno-pic -fno-pie" -DCMAKE_CXX_FLAGS_MINSIZEREL="-Oz -DNDEBUG"
  ninja -C out -j"$jobs" libprotobuf-lite
  cp out/libprotobuf-lite.a "$prefix/lib/"
  (cd src && find google -name '*.h' -o -name '*.inc' | tar -cf - -T -) | tar -xf - -C "$prefix/include"
}

step openssl
step sqlite3
step libzstd
step protobuf
