#!/usr/bin/env bash
# Everything that CI runs, stage by stage. A stage that fails does not hide the
# next one. The last line counts the tests, and each stage that is no test as one.
set -uo pipefail
cd "$(dirname "$0")/.." || exit 1

export CI=1
rm -rf .test
mkdir .test

passed=0 failed=0 summary=()

# attribute NAME FILE gives the number in a JUnit report's root element.
attribute() {
  local number
  number=$(grep -o -m1 '<testsuites [^>]*>' "$2" | grep -o " $1=\"[0-9]*\"" | grep -o '[0-9]*')
  echo "${number:-0}"
}

# stage NAME REPORT COMMAND…: runs the command and counts what its JUnit report
# says; without a report the stage itself counts as one.
stage() {
  local name=$1 report=$2 begun=$SECONDS verdict=ok good=0 bad=0
  shift 2
  printf '\n== %s\n' "$name"
  "$@" || verdict=FAILED
  if [ -s "$report" ]; then
    bad=$(($(attribute failures "$report") + $(attribute errors "$report")))
    good=$(($(attribute tests "$report") - bad - $(grep -c '<skipped' "$report")))
  elif [ $verdict = ok ]; then
    good=1
  fi
  [ $verdict = ok ] || [ "$bad" -gt 0 ] || bad=1
  passed=$((passed + good)) failed=$((failed + bad))
  summary+=("$(printf '%-24s %-6s %4d s  %5d passed, %d failed' "$name" "$verdict" $((SECONDS - begun)) "$good" "$bad")")
}

scripts/system.sh || exit 1
stage 'build' '' make build
stage 'lint Go' '' make lint-go
stage 'lint the page' '' make lint-page
stage 'Go, both databases' .test/go.xml make test-go
stage 'the page' .test/page.xml make test-page
stage 'the budget of the page' '' make budget
stage 'in the browser' .test/e2e.xml make e2e

printf '\n'
printf '%s\n' "${summary[@]}"
printf '%d passed, %d failed\n' "$passed" "$failed"
[ "$failed" -eq 0 ]
