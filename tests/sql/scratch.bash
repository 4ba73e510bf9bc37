# For tests of the database that need committed rows or several sessions: a database of
# their own, a copy of the one that SCIDAY_SQL_TEST_URL (a superuser's) names; and TAP.
# shellcheck shell=bash

set -euo pipefail
: "${SCIDAY_SQL_TEST_URL:?must be the URL of a migrated database, as a superuser}"
here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
source_root=$(cd "$here/../.." && pwd)

sql() { psql --no-psqlrc --quiet --no-align --tuples-only --set=ON_ERROR_STOP=1 --dbname="$1" "${@:2}"; }

scratch_create() {
  local template
  template=$(sql "$SCIDAY_SQL_TEST_URL" --command='SELECT current_database()')
  scratch_name=$template-$1-$$
  sql "$SCIDAY_SQL_TEST_URL" --command="CREATE DATABASE \"$scratch_name\" TEMPLATE \"$template\""
  scratch_url=${SCIDAY_SQL_TEST_URL/"/$template"/"/$scratch_name"}
  scratch_folder=$(mktemp -d)
  trap scratch_drop EXIT
}

scratch_drop() {
  local name descriptor
  for name in "${sessions[@]}"; do
    descriptor=${session_in[$name]}
    exec {descriptor}>&-
  done
  wait
  sql "$SCIDAY_SQL_TEST_URL" --command="DROP DATABASE IF EXISTS \"$scratch_name\" WITH (FORCE)"
  rm -r "$scratch_folder"
}

# Sessions that stay open. `tell` sends and waits for the answer, `start` only sends, `hear` waits.
declare -A session_in=()
sessions=()

session_open() {
  local name=$1 descriptor
  mkfifo "$scratch_folder/$name.in"
  psql --no-psqlrc --quiet --no-align --tuples-only --dbname="$scratch_url" \
    <"$scratch_folder/$name.in" >"$scratch_folder/$name.out" 2>&1 &
  exec {descriptor}>"$scratch_folder/$name.in"
  session_in[$name]=$descriptor
  printf '0\n' >"$scratch_folder/$name.said"
  sessions+=("$name")
}

start() {
  local name=$1 number
  number=$(($(<"$scratch_folder/$name.said") + 1))
  printf '%d\n' "$number" >"$scratch_folder/$name.said" # a file, for most of this runs in subshells
  printf '%s;\n\\echo said %d\n' "$2" "$number" >&"${session_in[$name]}"
}

# What the session has answered to the last thing it was told, on one line.
hear() {
  local name=$1 last
  last=$(<"$scratch_folder/$1.said")
  for _ in {1..400}; do
    if grep -qx "said $last" "$scratch_folder/$name.out"; then
      awk -v from="said $((last - 1))" -v to="said $last" -v on="$((last == 1))" \
        '$0 == to { exit } on { line = line (line == "" ? "" : " ") $0 } $0 == from { on = 1 } END { print line }' "$scratch_folder/$name.out"
      return
    fi
    sleep 0.05
  done
  printf 'no answer\n'
}

tell() {
  start "$1" "$2"
  hear "$1"
}

# Until as many sessions as that wait for a lock.
wait_blocked() {
  local wanted=${1:-1}
  for _ in {1..400}; do
    [[ $(sql "$scratch_url" --command="SELECT count(*) FROM pg_stat_activity
      WHERE datname = current_database() AND wait_event_type = 'Lock'") -ge $wanted ]] && return
    sleep 0.05
  done
  printf '# nothing waits for a lock\n'
}

# turns ONE FIRST OTHER SECOND: one session is at FIRST while the other asks for SECOND, which waits until that is committed,
# and hears.
turns() {
  tell "$1" "BEGIN; $2" >/dev/null
  start "$3" "$4"
  wait_blocked >&2
  tell "$1" COMMIT >/dev/null
  hear "$3"
}

count=0
failures=0

is() {
  count=$((count + 1))
  if [[ $1 == "$2" ]]; then
    printf 'ok %d - %s\n' "$count" "$3"
  else
    printf 'not ok %d - %s\n#     have: %s\n#     want: %s\n' "$count" "$3" "$1" "$2"
    failures=$((failures + 1))
  fi
}

finish() {
  printf '1..%d\n' "$count"
  ((failures == 0))
}
