#!/usr/bin/env bash
# ./test's last line must be true: GoogleTest's reports are counted case by case, and a crash, a hidden failure or a forbidden skip is a failure.
set -uo pipefail

tree=$(cd "$(dirname "$0")/../.." && pwd)
desk=$(mktemp -d)
trap 'rm -rf "$desk"' EXIT
cd "$desk" || exit 1
source "$tree/packaging/shell/steps.sh"
source "$tree/packaging/shell/results.sh"

# A ctest that plays the programs' parts: writes the reports below and prints what ctest prints.
mkdir bin
cat > bin/ctest <<'FAKE'
#!/usr/bin/env bash
folder=${GTEST_OUTPUT#xml:}
report() { # NAME TESTS FAILURES CASES
  printf '<testsuites tests="%s" failures="%s" disabled="0" errors="0">\n%s\n</testsuites>\n' "$2" "$3" "$4" > "$folder/$1.xml"
}
report good_test 3 0 '<testcase name="a" result="completed" />
<testcase name="b" result="skipped">
<skipped message="x.cpp:2&#x0A;no corpus here"></skipped>
</testcase>'
report bad_test 4 1 '<testcase name="c" result="completed">
<failure message="x"></failure>
</testcase>'
report leaky_test 2 0 ''
cat <<OUT
1/5 Test #1: good_test ........   Passed    0.01 sec
2/5 Test #2: bad_test .........***Failed    0.01 sec
3/5 Test #3: leaky_test .......***Failed    0.01 sec
4/5 Test #4: crashing_test ....***Exception: SegFault  0.01 sec
5/5 Test #5: script ...........   Passed    0.01 sec
6/6 Test #6: absent_script ....***Skipped   0.01 sec
OUT
exit 8
FAKE
chmod +x bin/ctest
PATH=$desk/bin:$PATH

count() {
  passed=0 failed=0 skipped=0 failures=()
  run_ctest dev unit > output 2>&1
  echo "$passed passed, $failed failed, $skipped skipped"
}
expect() {
  [ "$1" = "$2" ] && return 0
  echo "expected: $1"
  echo "counted:  $2"
  cat output
  exit 1
}
# good 2 + bad 3 + leaky 1 + script 1; bad 1 + leaky 1 + crash 1; good's skip and the script's
expect "7 passed, 3 failed, 2 skipped" "$(LEANSPEC_REQUIRE_ALL=0 count)"
expect "7 passed, 4 failed, 1 skipped" "$(LEANSPEC_REQUIRE_ALL=1 count)"

counted() { passed=0 failed=0 skipped=0 failures=(); run_counted name log bash -c "$1" > output 2>&1; echo "$passed/$failed/$skipped"; }
expect "12/0/1" "$(counted 'echo "      Tests  12 passed | 1 skipped (13)"')"
expect "11/2/0" "$(counted 'echo " Test Files  1 failed | 3 passed (4)"; echo "      Tests  2 failed | 11 passed (13)"; exit 1')"
expect "5/1/2" "$(counted 'echo "5 passed, 1 failed, 2 skipped"; exit 1')"
expect "5/1/0" "$(counted 'echo "5 passed, 0 failed"; exit 1')"
expect "1/0/0" "$(counted 'echo fine')"
expect "0/1/0" "$(counted 'echo bad; exit 3')"
echo "result_counting: all as it should be"
