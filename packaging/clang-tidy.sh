#!/usr/bin/env bash
# clang-tidy over the product and its tests, from the dev preset's compile commands; with arguments, over those files only.
#
#   packaging/clang-tidy.sh [FILE...]
#
# A file that came out clean is not read again until it or any header changes.
set -uo pipefail
cd "$(dirname "$0")/.." || exit 1

[ -f build/dev/compile_commands.json ] || cmake --preset dev > /dev/null
# Generated headers must exist before a file that includes them can be read.
ninja -C build/dev -t inputs all 2> /dev/null | grep -E '\.(pb\.h|inc)$' | xargs -r ninja -C build/dev > /dev/null || true

mapfile -t files < <(if [ $# -gt 0 ]; then realpath "$@"; else grep -oE '"file": "[^"]+"' build/dev/compile_commands.json | cut -d'"' -f4 | grep -vE '\.pb\.cc$|/build/'; fi)
mkdir -p build/dev/tidy
# Any changed header makes every file be read again: simple, and never wrong.
house=$({ cat .clang-tidy; git ls-files -z '*.h' '*.proto' | sort -z | xargs -0 -r cat; clang-tidy-16 --version; } | sha256sum | cut -c1-24)
export house
check() {
  local file=$1 mark key
  key="$house $(sha256sum < "$file" | cut -c1-24)"
  mark=build/dev/tidy/$(sha256sum <<< "$file" | cut -c1-24)
  if [ "$(cat "$mark" 2> /dev/null)" = "$key" ]; then return 0; fi
  clang-tidy-16 --quiet -p build/dev "$file" > "$mark.log" 2> /dev/null || { grep -E 'warning:|error:' "$mark.log"; return 1; }
  echo "$key" > "$mark"
}
export -f check
failed=0
printf '%s\n' "${files[@]}" | xargs -P "$(nproc)" -I FILE bash -c 'check "$1"' check FILE || failed=1
if [ $failed = 0 ]; then echo "${#files[@]} passed, 0 failed"; else echo "clang-tidy found something above"; fi
exit $failed
