# shellcheck shell=bash disable=SC2034,SC2154
# Sourced by ./test: runs test programs and counts what they themselves report. Nothing is counted twice, and nothing that crashed is counted as silent.

passed=0 failed=0 skipped=0 failures=()

add_result() { # PASSED FAILED SKIPPED
  passed=$((passed + $1)) failed=$((failed + $2)) skipped=$((skipped + $3))
}

# A skip that says a corpus, browser, tmpfs or namespace is missing is a failure where everything is required (LEANSPEC_REQUIRE_ALL=1, set in CI).
required_skip='corpus|browser|chromium|tmpfs|namespace|leanspec cli'

# "tests failures skipped required" of one GoogleTest report; `required` counts the skips that may not happen where everything is required.
counts_of_report() {
  awk -v required="$required_skip" '
    /<testsuites / { match($0, / tests="[0-9]+"/); tests = substr($0, RSTART + 8, RLENGTH - 9)
                     match($0, / failures="[0-9]+"/); failures = substr($0, RSTART + 11, RLENGTH - 12) }
    /<testcase / && (/result="skipped"/ || /result="suppressed"/) { skipped++ }
    /<skipped message=/ && tolower($0) ~ required { missing++ }
    END { print tests + 0, failures + 0, skipped + 0, missing + 0 }' "$1"
}

# The end of what the first failed tests printed, for readers who have no access to the log.
what_failed_tests_said() {
  awk '/^\[ RUN      \]/ { count = 0 }
       { said[count++] = $0 }
       /^\[  FAILED  \] .*\([0-9]+ ms\)$/ && failures++ < 3 {
         for (line = count > 80 ? count - 80 : 0; line < count; line++) print "  " substr(said[line], 1, 400)
         count = 0
       }' "$1"
}

# The end of what an entry of CTest printed that is a script and writes no report.
what_entry_said() { # NAME LOG
  awk -v name="$1" '/^ +Start +[0-9]+: / { next }
       /^ *[0-9]+\/[0-9]+ Test +#[0-9]+: / { inside = index($0, ": " name " ") > 0 }
       inside { said[count++] = $0 }
       END { for (line = count > 60 ? count - 60 : 0; line < count; line++) print "  " substr(said[line], 1, 400) }' "$2"
}

# run_ctest PRESET LABELS [CTEST ARGUMENTS...]: every CTest entry of the preset whose label matches, counted from the reports that the programs write.
# An entry that writes no report (a script) counts as one test; one that dies without finishing its report counts as one failure.
run_ctest() {
  local preset=$1 labels=$2 folder=$PWD/build/$1 log name status=0 broken tests failing skips missing before_failed=$failed
  shift 2
  log=.tools/log/test-$preset-${labels//[^a-z]/-}.log
  rm -rf "$folder/reports"
  mkdir -p "$folder/reports"
  step "running $preset: ${labels//|/, }" "$log" env GTEST_OUTPUT="xml:$folder/reports/" \
    ctest --test-dir "$folder" -L "^($labels)\$" -j2 --timeout "${LEANSPEC_TEST_TIMEOUT:-900}" --output-on-failure "$@" 2> /dev/null || status=$?
  broken=$(sed -nE 's/^ *[0-9]+\/[0-9]+ Test +#[0-9]+: ([^ ]+) .*(\*\*\*|Not Run).*/\1/p' "$log")
  while read -r name; do
    if [ ! -s "$folder/reports/$name.xml" ]; then
      if grep -qE "Test +#[0-9]+: $name [ .]*\*\*\*Skipped" "$log"; then
        add_result 0 0 1
      elif grep -qx "$name" <<< "$broken"; then
        add_result 0 1 0
        failures+=("$preset: $name did not finish")
        what_entry_said "$name" "$log"
      else
        add_result 1 0 0
      fi
      continue
    fi
    read -r tests failing skips missing < <(counts_of_report "$folder/reports/$name.xml")
    if [ "${LEANSPEC_REQUIRE_ALL:-0}" = 1 ] && [ "$missing" -gt 0 ]; then
      failing=$((failing + missing)) skips=$((skips - missing))
      failures+=("$preset: $name skipped $missing tests for something that must be there: $(grep -m1 -oiE "[^;>]*($required_skip)[^<\"]*" "$folder/reports/$name.xml" | head -1)")
    fi
    if [ "$failing" -eq 0 ] && grep -qx "$name" <<< "$broken"; then
      failing=1
      failures+=("$preset: $name ended badly after its tests")
    elif [ "$failing" -gt 0 ]; then
      failures+=("$preset: $name: $(grep -B1 '<failure' "$folder/reports/$name.xml" | grep -oE 'testcase name="[^"]*"' | cut -d'"' -f2 | sort -u | paste -sd' ')")
    fi
    add_result $((tests - failing - skips)) "$failing" "$skips"
  done < <(sed -nE 's/^ *[0-9]+\/[0-9]+ Test +#[0-9]+: ([^ ]+) .*/\1/p' "$log")
  if [ "$failed" -gt "$before_failed" ] || { [ $status -ne 0 ] && [ -z "$broken" ]; }; then
    grep -E 'Failure$|^  [A-Z][a-z]+|\[  FAILED  \]|ERROR: |SUMMARY: |runtime error|WARNING: ThreadSanitizer|terminate called|Timeout' "$log" | head -60 || true
    what_failed_tests_said "$log"
    say "${red}✗ $preset: ${labels//|/, }; the whole log is $log${plain}"
  fi
  if [ $status -ne 0 ] && [ "$failed" -eq "$before_failed" ]; then
    add_result 0 1 0
    failures+=("$preset: ctest itself failed, see $log")
  fi
}

# run_counted NAME LOG COMMAND...: a command that ends with "N passed, N failed" or writes vitest's summary; without either its status is one test.
run_counted() {
  local name=$1 log=$2 status=0 line
  shift 2
  step "$name" "$log" "$@" || status=$?
  line=$(sed 's/\x1b\[[0-9;]*m//g' "$log" | grep -E '^ *(Tests +|[a-z]*:? *)?[0-9]+ (passed|failed)' | tail -1 || true)
  local p f s
  p=$(grep -oE '[0-9]+ passed' <<< "$line" | head -1 | cut -d' ' -f1) f=$(grep -oE '[0-9]+ failed' <<< "$line" | head -1 | cut -d' ' -f1)
  s=$(grep -oE '[0-9]+ skipped' <<< "$line" | head -1 | cut -d' ' -f1)
  if [ -z "$p$f" ]; then p=$((status == 0)) f=$((status != 0)); fi
  if [ $status -ne 0 ] && [ "${f:-0}" = 0 ]; then f=1; fi
  if [ "${LEANSPEC_REQUIRE_ALL:-0}" = 1 ] && [ "${s:-0}" -gt 0 ] && grep -iE 'skip' "$log" | grep -qiE "$required_skip"; then
    f=$((${f:-0} + s)) s=0
  fi
  if [ "${f:-0}" -gt 0 ]; then failures+=("$name, see $log"); fi
  add_result "${p:-0}" "${f:-0}" "${s:-0}"
}

print_results() {
  local failure
  if [ ${#failures[@]} -gt 0 ]; then
    say "${red}failed:${plain}"
    for failure in "${failures[@]}"; do say "  $failure"; done
  fi
  say "$passed passed, $failed failed, $skipped skipped"
  [ "$failed" -eq 0 ] && [ "$passed" -gt 0 ]
}
