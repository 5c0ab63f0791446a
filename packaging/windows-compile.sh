#!/usr/bin/env bash
# Checks that the pure folders and the engines compile for Windows, with mingw (g++-mingw-w64-x86-64-posix): syntax and types, nothing is linked or run.
# The bridge will run there; this keeps its core free of what only Linux has.
set -uo pipefail
cd "$(dirname "$0")/.." || exit 1

# spec stays out: it runs in the hub, on Linux, and takes memmem and the assembler's .incbin for granted.
folders=(vocabulary digest merge sync wire hub/engine bridge/engine)
compiler=x86_64-w64-mingw32-g++-posix
command -v "$compiler" > /dev/null || { echo "$compiler is missing: apt-get install g++-mingw-w64-x86-64-posix" >&2; exit 1; }

# Linux's own system headers must stay out of sight, so only the portable libraries are shown to the compiler.
view=build/windows/include
rm -rf build/windows
mkdir -p "$view/openssl"
ln -s /usr/include/boost /usr/include/google /usr/include/zstd.h /usr/include/zstd_errors.h "$view/"
ln -s /usr/include/openssl/* /usr/include/*-linux-gnu/openssl/* "$view/openssl/"
mkdir -p build/windows/proto
find proto -name '*.proto' -print0 | xargs -0 -r protoc --proto_path=proto --cpp_out=build/windows/proto || exit 1

compile() {
  "$compiler" -std=c++20 -fsyntax-only -Wall -Wextra -Werror -Wno-maybe-uninitialized -Wno-deprecated-declarations -D_WIN32_WINNT=0x0A00 -DNOMINMAX \
    -I src -I build/windows/proto -isystem build/windows/include "$1" 2> "build/windows/$(tr / - <<< "$1").log" && return 0
  echo "$1:"
  head -20 "build/windows/$(tr / - <<< "$1").log"
  return 1
}
export -f compile
export compiler

mapfile -t files < <(for folder in "${folders[@]}"; do find "src/$folder" -maxdepth 1 -name '*.cpp' ! -name '*_test.cpp' ! -name main.cpp 2> /dev/null; done | sort)
failed=$(printf '%s\n' "${files[@]}" | xargs -P "$(nproc)" -I FILE bash -c 'compile "$1" || echo "failed: $1"' compile FILE | tee build/windows/output | grep -c '^failed: ')
cat build/windows/output
echo "$((${#files[@]} - failed)) passed, $failed failed"
[ "$failed" = 0 ]
