# shellcheck shell=bash disable=SC2034,SC2154
# Sourced by ./test: one function for each part. A part that cannot be built is a failure and the other parts still run.

could_not_build() { add_result 0 1 0; failures+=("$1 could not be built, see .tools/log/build-$2.log"); }

# The CTest entries of a preset with one of these labels; leanspec_test gives an entry the name of its build target.
entries_with_labels() { ctest --test-dir "build/$1" -N -L "^($2)\$" 2> /dev/null | sed -nE 's/^ *Test +#[0-9]+: (.*)$/\1/p'; }

configure() { # PRESET
  [ -f "build/$1/build.ninja" ] || step "configuring $1" ".tools/log/configure-$1.log" cmake --preset "$1"
}

# Those entries of a preset that are build targets (scripts are not).
targets_of() { # PRESET LABELS
  local known entry
  known=$(ninja -C "build/$1" -t targets all 2> /dev/null | sed 's/: .*//')
  while read -r entry; do if grep -qx "$entry" <<< "$known"; then echo "$entry"; fi; done < <(entries_with_labels "$1" "$2")
}

build_and_run() { # PRESET LABELS [REGEX [WITHOUT]], the regular expressions choosing among the tests by name
  local targets which=${3:-.} without=${4:-^$}
  configure "$1" || { could_not_build "$1" "$1"; return; }
  mapfile -t targets < <(targets_of "$1" "$2" | grep -E "$which" | grep -vE "$without")
  [ ${#targets[@]} -gt 0 ] || return 0
  step "building $1: ${2//|/, }" ".tools/log/build-$1.log" ninja -C "build/$1" "${targets[@]}" || { could_not_build "$1: $2" "$1"; return; }
  run_ctest "$1" "$2" -R "$which" -E "$without"
}

part_unit() { build_and_run release unit; }
part_contract() { build_and_run release contract; }
part_simulation() { LEANSPEC_SIMULATION_SEEDS=${LEANSPEC_SIMULATION_SEEDS:-2000} build_and_run release simulation; }

build_programs() {
  build_web
  configure release && step "building the programs" .tools/log/build-release.log ninja -C build/release leanspec-hub leanspec-bridge ||
    { could_not_build "the programs" release; return 1; }
}

part_e2e() {
  build_programs || return
  install_leanspec_cli
  build_and_run release e2e
}

part_web() {
  [ -f web/package.json ] || return 0
  install_web_packages
  run_counted "checking the web app's types" .tools/log/web-check.log npm run --prefix web check
  run_counted "running the web app's tests" .tools/log/web-test.log npm run --prefix web test
  if grep -q '"e2e"' web/package.json; then
    build_programs || return
    step "building the forge of the tests" .tools/log/build-release.log ninja -C build/release github_forge || { could_not_build "the forge of the tests" release; return; }
    run_counted "weighing the web app" .tools/log/web-size.log npm run --prefix web size
    run_counted "driving the web app in Chromium" .tools/log/web-e2e.log npm run --prefix web e2e
  fi
}

# What speaks HTTP takes as long to compile with the address sanitizer as all the rest together: it has the thread sanitizer in each run, and this one in
# ./test sanitizers and ./test full.
http_programs='^(hub_api|hub_serve|bridge_run|github)_'

part_sanitizers() { # [WITHOUT]
  LEANSPEC_SIMULATION_SEEDS=40 build_and_run asan-ubsan 'unit|contract|simulation' . "${1:-}"
  # The engine and the disk of the bridge have one owner and one thread.
  build_and_run tsan 'unit|contract' '^(host|net|store|hub|bridge_run|bridge_link)_'
}

part_fuzz() { run_fuzzers "${LEANSPEC_FUZZ_SECONDS:-20}"; }

# Each fuzzer for so many seconds from its seed corpus and with its dictionary if it has them, two at a time; what it finds is kept in build/fuzz/found/NAME for the next run.
run_fuzzers() {
  local seconds=$1 name source names=()
  compgen -G 'tests/fuzz/*_fuzz.cpp' > /dev/null || return 0
  configure fuzz && step "building the fuzzers" .tools/log/build-fuzz.log ninja -C build/fuzz fuzzers || { could_not_build "the fuzzers" fuzz; return; }
  for source in tests/fuzz/*_fuzz.cpp; do names+=("$(basename "$source" .cpp)"); done
  mkdir -p build/fuzz/found build/fuzz/status
  rm -f build/fuzz/status/*
  fuzz_all "$seconds" "${names[@]}"
  for name in "${names[@]}"; do
    if [ "$(cat "build/fuzz/status/$name" 2> /dev/null)" = 0 ]; then
      add_result 1 0 0
    else
      add_result 0 1 0
      failures+=("$name found something: build/fuzz/$name.log")
      grep -E 'ERROR|SUMMARY|runtime error|Test unit written' "build/fuzz/$name.log" | head -5
    fi
  done
}

fuzz_all() { # SECONDS NAME...
  local seconds=$1
  shift
  step "fuzzing $# parsers, $seconds s each" .tools/log/fuzz.log fuzz_in_pairs "$seconds" "$@" || true
}

fuzz_in_pairs() {
  local seconds=$1 name
  shift
  for name in "$@"; do
    while [ "$(jobs -rp | wc -l)" -ge 2 ]; do wait -n || true; done
    fuzz_one "$name" "$seconds" &
  done
  wait
}

fuzz_one() { # NAME SECONDS
  local status=0 seeds=() words=() folder
  for folder in "tests/fuzz/corpus/${1%_fuzz}" "tests/fuzz/corpus/$1"; do if [ -d "$folder" ]; then seeds+=("$folder"); fi; done
  if [ -f "tests/fuzz/${1%_fuzz}.dict" ]; then words=("-dict=tests/fuzz/${1%_fuzz}.dict"); fi
  mkdir -p "build/fuzz/found/$1"
  "build/fuzz/tests/fuzz/$1" -max_total_time="$2" -timeout=10 -rss_limit_mb=2048 -print_final_stats=1 "${words[@]}" -artifact_prefix="build/fuzz/$1-" \
    "build/fuzz/found/$1" "${seeds[@]}" > "build/fuzz/$1.log" 2>&1 || status=$?
  echo $status > "build/fuzz/status/$1"
}

part_default() {
  build_web
  install_leanspec_cli
  # Everything at once first: ninja then overlaps the long compiles of net with the short ones.
  if configure release && step "building everything with g++" .tools/log/build-release.log ninja -C build/release; then
    LEANSPEC_SIMULATION_SEEDS=${LEANSPEC_SIMULATION_SEEDS:-200} run_ctest release 'unit|contract|simulation|e2e'
  else
    could_not_build release release
  fi
  part_web
  part_sanitizers "$http_programs"
  part_fuzz
}

part_full() {
  install_packages build test full
  part_default
  # Where g++ compiles coroutines: src/net/server, and what runs on it.
  build_and_run asan-ubsan 'unit|contract' "$http_programs"
  build_and_run gcc-asan 'unit|contract' '^(net|net_server|bridge_link|hub_api|hub_serve)_'
  run_counted "building the static bridge" .tools/log/static-bridge.log packaging/static-bridge.sh
  run_counted "clang-tidy on everything" .tools/log/clang-tidy.log packaging/clang-tidy.sh
  run_counted "compiling the pure folders for Windows" .tools/log/windows.log packaging/windows-compile.sh
  run_long_tests
}

run_long_tests() { LEANSPEC_LONG_TESTS=1 build_and_run release long; }

part_soak() {
  local minutes=${LEANSPEC_SOAK_MINUTES:-30}
  LEANSPEC_SIMULATION_MINUTES=$minutes LEANSPEC_TEST_TIMEOUT=$((minutes * 60 + 600)) build_and_run release simulation
  run_fuzzers $((minutes * 60))
  # Another storm each time; a failure prints its seed.
  build_programs && LEANSPEC_STORM_SEED=${LEANSPEC_STORM_SEED:-$RANDOM} build_and_run release long '^storm_'
  LEANSPEC_SOAK_MINUTES=${LEANSPEC_SOAK_MINUTES:-60} LEANSPEC_TEST_TIMEOUT=$((${LEANSPEC_SOAK_MINUTES:-60} * 60 + 600)) build_and_run release soak
}
