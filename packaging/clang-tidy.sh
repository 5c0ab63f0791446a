#!/usr/bin/env bash
# clang-tidy over the product and its tests, from the dev preset's compile commands; with arguments, over those files only.
#
#   packaging/clang-tidy.sh [FILE...]
#
# A file that came out clean is not read again until it, a header of ours that it includes, a .proto or the checks change; every clone on the machine
# knows of it (as with ccache).
set -uo pipefail
cd "$(dirname "$0")/.." || exit 1

[ -f build/dev/compile_commands.json ] || cmake --preset dev > /dev/null
# Generated headers must exist before a file that includes them can be read.
ninja -C build/dev -t targets all | sed 's/: .*//' | grep -E '^[^/].*\.(pb\.h|inc)$' | xargs -r ninja -C build/dev > /dev/null || true

mapfile -t files < <(if [ $# -gt 0 ]; then realpath "$@"; else grep -oE '"file": "[^"]+"' build/dev/compile_commands.json | cut -d'"' -f4 | grep -vE '\.pb\.cc$|/build/'; fi)
mkdir -p build/dev/tidy
clean=${XDG_CACHE_HOME:-$HOME/.cache}/leanspec-clang-tidy
mkdir -p "$clean"
house=$({ cat .clang-tidy; git ls-files -z '*.proto' | sort -z | xargs -0 -r cat; clang-tidy-16 --version; } | sha256sum | cut -c1-24)
export house clean
check() {
  local file=${1#"$PWD"/} key log less
  key=$({ echo "$house $file"; clang++-16 -std=c++20 -Isrc -I. -MM -MG "$file" 2> /dev/null | tr -d '\\' | tr -s ' ' '\n' | grep -E '\.(cpp|h)$' | sort -u | xargs sha256sum 2> /dev/null; } | sha256sum | cut -c1-40)
  if [ -e "$clean/$key" ]; then return 0; fi
  log=build/dev/tidy/${file//\//-}.log
  # Tests need not be fast, and GoogleTest's fixtures have protected destructors.
  if [[ $file == tests/* || $file == *_test.cpp ]]; then less=(--checks=-performance-*,-cppcoreguidelines-virtual-class-destructor); else less=(); fi
  clang-tidy-16 --quiet "${less[@]}" -p build/dev "$file" > "$log" 2> /dev/null || { grep -E 'warning:|error:' "$log"; return 1; }
  touch "$clean/$key"
}
export -f check
failed=0
printf '%s\n' "${files[@]}" | xargs -P "$(nproc)" -I FILE bash -c 'check "$1"' check FILE || failed=1
if [ $failed = 0 ]; then echo "${#files[@]} passed, 0 failed"; else echo "clang-tidy found something above"; fi
exit $failed
