# ./dev test: a build with sanitizers, a database and a service of their own, and every part of the tests.
# shellcheck shell=bash

tested=build/debug # where what is tested was built
passed=0
failed=0
skipped=0

and_skipped() { (($1 == 0)) || printf ', %d skipped' "$1"; }

# run_tap NAME COMMAND…: runs it, adds up its TAP lines, and shows what is not "ok". A plan
# that was not kept, or a failure without a failing line, counts as one failure.
run_tap() {
  local name=$1 output=$scratch/output status=0 started=$SECONDS counts
  shift
  "$@" >"$output" 2>&1 </dev/null || status=$?
  read -ra counts < <(awk -v status="$status" '
    tolower($0) ~ /^ok.*# *(skip|todo)|^not ok.*# *todo/ { skipped++; next }
    /^ok/ { passed++ }
    /^not ok/ { failed++ }
    /^1\.\.[0-9]+/ { planned = substr($1, 4) + 0; has_plan = 1 }
    END {
      seen = passed + failed + skipped
      if (has_plan && planned == 0 && status == 0) skipped++
      else if (!has_plan || planned != seen || (status != 0 && failed == 0)) failed++
      print passed + 0, failed + 0, skipped + 0
    }' "$output")
  passed=$((passed + counts[0]))
  failed=$((failed + counts[1]))
  skipped=$((skipped + counts[2]))
  printf '%-32s %4d s %5d passed, %d failed%s\n' "$name" $((SECONDS - started)) "${counts[0]}" "${counts[1]}" "$(and_skipped "${counts[2]}")"
  if ((counts[1] > 0)); then
    grep -Ev '^(ok|1\.\.|$)' "$output" | sed 's/^/    /' || true
    ((status == 0)) || say "    (exit status $status)"
  fi
}

# test_files FILTER PATTERN…: those that there are, and whose name contains FILTER.
test_files() {
  local filter=$1 file
  shift
  for file in "$@"; do
    if [[ -f $file && ${file##*/} == *"$filter"* ]]; then
      printf '%s\n' "$file"
    fi
  done
}

test_unit() {
  local program
  for program in $(test_files "$1" "$tested"/unit/*); do
    run_tap "unit/${program##*/unit_}" env CMOCKA_MESSAGE_OUTPUT=TAP "$program"
  done
}

# Whatever a fuzzer was ever broken by, and what it begins with, without libFuzzer.
test_fuzz() {
  local program name folders
  fuzz_seeds
  for program in $(test_files "$1" "$tested"/fuzz/fuzz_*); do
    name=${program##*/fuzz_}
    mapfile -t folders < <(fuzz_folders "$name")
    run_tap "fuzz/$name" "$program" "${folders[@]}"
  done
}

# unittest_as_tap DIRECTORY PATTERN: Python's unittest says "name ... ok"; here that becomes TAP.
unittest_as_tap() {
  /usr/bin/python3 -B -m unittest discover --verbose --start-directory "$1" --pattern "$2" 2>&1 | awk '
    / \.\.\. ok$/ { print "ok " ++count " - " $0; next }
    / \.\.\. skipped/ { print "ok " ++count " - " $0 " # SKIP"; next }
    / \.\.\. (FAIL|ERROR)$/ { print "not ok " ++count " - " $0; next }
    { print "# " $0 }
    END { print "1.." count + 0 }'
}

test_tools() { run_tap tools unittest_as_tap tests/tools "*test*$1*.py"; }

test_sql() {
  local file
  for file in $(test_files "$1" tests/sql/*.sql tests/sql/*.sh); do
    if [[ $file == *.sh ]]; then
      run_tap "${file#tests/}" bash "$file"
    else
      run_tap "${file#tests/}" database_sql --dbname="$SCIDAY_SQL_TEST_URL" --file="$file"
    fi
  done
}

test_api() {
  local file
  export SCIDAY_TRAFFIC=$scratch/traffic
  for file in $(test_files "$1" tests/api/*.bats); do
    run_tap "${file#tests/}" bats --tap "$file"
  done
  # Every answer seen against the contract, and every operation seen: only the whole can say.
  [[ -n $1 ]] || run_tap api/contract /usr/bin/python3 tests/contract/traffic.py "$tested/generated/openapi.json" "$SCIDAY_TRAFFIC"
}

# Every figure of every report, computed again from the rows and followed to its list: for the seeded campaign and for a
# generated one of 1,000 organizations, as callers who see more and less. The nation comes above Jiangsu after the
# seeded notice was issued, so that what was counted then is not the nation's.
test_reports() {
  database_sql --dbname="$SCIDAY_OWNER_URL" --command="
    INSERT INTO organization (id, code, kind, name, short_name)
    VALUES (uuid_v7(), 'cast', 'national_association', '中国科学技术协会', '中国科协');
    UPDATE organization SET parent_id = (SELECT id FROM organization WHERE code = 'cast') WHERE code = 'jiangsu'"
  database_sql --dbname="$(database_url postgres)" --set=issuer=jiangsu --file=tests/generate.sql
  accounts_create "$SCIDAY_BINARY" "$scratch/reports.json" <<'TXT'
nation observer cast 中国科协观察员
city reviewer generated-c1 第1市科协审核员
author submitter generated-c2 第2市科协报送员
TXT
  jq --slurp add "$SCIDAY_ACCOUNTS" "$scratch/reports.json" >"$scratch/all.json"
  local file
  for file in $(test_files "$1" tests/reports/test_*.py); do
    SCIDAY_ACCOUNTS=$scratch/all.json run_tap "${file#tests/}" unittest_as_tap tests/reports "${file##*/}"
  done
}

# The tests of faults break what they run on, so they start their own.
test_faults() {
  local files=()
  mapfile -t files < <(test_files "$1" tests/faults/*.bats)
  ((${#files[@]} == 0)) || run_tap faults bats --tap "${files[@]}"
}

# One resource more, made as the README says, on a database and a service of its own.
test_example() {
  [[ -n $1 && example != *"$1"* ]] || SCIDAY_BINARY=$PWD/$tested/sciday_example run_tap example tests/example/play.sh
}

# After all of it the service must still stop in good order, and have no line in its log but its own: no sanitizer's, no library's.
judge_service() {
  service_stop
  printf '1..1\n'
  if ((service_status == 0)) && ! grep -q '^[^{]' "$service_log"; then
    printf 'ok 1 - it stopped in good order\n'
  else
    printf 'not ok 1 - it stopped with status %d\n' "$service_status"
    grep '^[^{]' "$service_log" | head -n 60 || tail -n 20 "$service_log"
  fi
}

# After all that was done through the API, what obligations keep is what a count from scratch finds.
judge_counts() {
  local found
  printf '1..1\n'
  if found=$("$SCIDAY_BINARY" recount 2>&1); then
    printf 'ok 1 - nothing is miscounted\n'
  else
    printf 'not ok 1 - what is kept is not what is there\n%s\n' "$found"
  fi
}

# The tests in SQL begin with an empty database of their own, as a superuser and with pgTAP.
# The others have the seeds, and a second province that the first one's people have nothing to do with.
fill_test_databases() {
  local binary=$1
  migrate_cluster "$binary"
  database_sql --dbname="$(database_url postgres postgres)" --command='CREATE DATABASE sciday_sql_test OWNER sciday_owner TEMPLATE sciday'
  SCIDAY_SQL_TEST_URL=$(database_url postgres sciday_sql_test)
  export SCIDAY_SQL_TEST_URL
  database_sql --dbname="$SCIDAY_SQL_TEST_URL" --command='CREATE EXTENSION pgtap'

  $binary seed 2021 demo
  database_sql --dbname="$SCIDAY_OWNER_URL" --command="
    INSERT INTO organization (id, code, kind, name, short_name)
    VALUES (uuid_v7(), 'zhejiang', 'provincial_association', '浙江省科学技术协会', '浙江省科协')"
  accounts_create "$binary" "$SCIDAY_ACCOUNTS" <<'TXT'
administrator administrator jiangsu 省科协管理员
reviewer reviewer jiangsu 省科协审核员
observer observer jiangsu 省科协观察员
nanjing submitter 320100 南京市科协报送员
suzhou submitter 320500 苏州市科协报送员
zhejiang reviewer zhejiang 浙江省科协审核员
TXT
}

set_sanitizers() {
  export LSAN_OPTIONS=suppressions=$PWD/tests/leaks.supp:print_suppressions=0
  export ASAN_OPTIONS=detect_stack_use_after_return=1 UBSAN_OPTIONS=print_stacktrace=1:halt_on_error=1
  export TSAN_OPTIONS=suppressions=$PWD/tests/races.supp:print_suppressions=0:second_deadlock_stack=1
}

# test_lane PARTS FILTER: the parts of which the expression PARTS is true, on a database and a service of their own, and
# then what they came to in $counts_file.
test_lane() {
  local parts="^($1)$" filter=$2 each
  make_scratch
  if [[ ! $1 =~ ^(fuzz|tools|example)$ ]]; then
    # What asks as the superuser has none of the service's role's settings, and compiling its statements takes minutes.
    start_scratch_database -c fsync=off -c synchronous_commit=off -c full_page_writes=off -c jit=off
    # tests/unit/db.c asks by these names, so that it is never run on a database in use.
    export SCIDAY_TEST_OWNER_URL=$SCIDAY_OWNER_URL SCIDAY_TEST_DATABASE_URL=$SCIDAY_DATABASE_URL
    "$SCIDAY_BINARY" key generate >/dev/null
    fill_test_databases "$SCIDAY_BINARY" >&2
  fi
  if [[ api =~ $parts || reports =~ $parts ]]; then
    start_scratch_service "$SCIDAY_BINARY"
  fi

  for each in unit fuzz tools sql api reports faults example; do
    if [[ $each =~ $parts ]]; then
      "test_$each" "$filter"
    fi
  done
  if [[ -n $service_pid ]]; then
    run_tap service judge_service
    run_tap recount judge_counts
  fi
  printf '%d %d %d\n' "$passed" "$failed" "$skipped" >"$counts_file"
}

# test_parts PRESET FILTER PARTS…: each PARTS in a lane, side by side: while one waits, for curl, for a clock, the other has
# the machine. A lane that ended without its counts is a failure.
test_parts() {
  local preset=$1 filter=$2 parts folder counts_file lane_counts
  shift 2
  tested=build/$preset
  need "${build_packages[@]}" "${run_packages[@]}" "${test_packages[@]}"
  # The tests' settings are their own, whatever the shell has.
  unset "${!SCIDAY_@}"
  build "$preset"

  set_sanitizers
  export SCIDAY_BINARY=$PWD/$tested/sciday SCIDAY_FIXTURES=$PWD/build/fixtures
  if [[ "$*" =~ unit|api ]]; then
    bash tests/fixtures.sh "$SCIDAY_FIXTURES" # documents by LibreOffice, made once
  fi
  make_scratch
  folder=$scratch
  set -m # each lane is a process group, which Ctrl-C reaches by stop_everything
  for parts in "$@"; do
    counts_file=$folder/${parts//|/_}
    (
      stop_what_it_started
      test_lane "$parts" "$filter"
    ) &
    lanes+=($!)
  done
  set +m
  wait "${lanes[@]}" || true
  lanes=()
  for parts in "$@"; do
    read -ra lane_counts 2>/dev/null <"$folder/${parts//|/_}" || lane_counts=(0 1 0)
    passed=$((passed + lane_counts[0]))
    failed=$((failed + lane_counts[1]))
    skipped=$((skipped + lane_counts[2]))
  done
  printf '%d passed, %d failed%s\n' "$passed" "$failed" "$(and_skipped "$skipped")"
  ((failed == 0 && passed > 0))
}

dev_test() {
  local part=${1:-}
  [[ -z $part || $part =~ ^(unit|fuzz|tools|sql|api|reports|faults|example)$ ]] ||
    fail "there is no part '$part': unit, fuzz, tools, sql, api, reports, faults or example"
  if [[ -n $part ]]; then
    test_parts debug "${2:-}" "$part"
  else
    test_parts debug "${2:-}" api 'unit|fuzz|tools|sql|reports|faults|example'
  fi
}

# The tests in which threads meet.
dev_tsan() { test_parts tsan "${1:-}" api unit; }
