# A service of a test's own, with settings of its own, on the database of all: for what one setting changes.
# It needs SCIDAY_BINARY and the settings that `dev test` gives; elsewhere its tests are skipped.
# shellcheck shell=bash disable=SC2034

source "$(dirname "${BASH_SOURCE[0]}")/../../tools/dev/say.bash"
source "$(dirname "${BASH_SOURCE[0]}")/../../tools/dev/service.bash"

# serve NAME=VALUE…: starts it, and the tests ask it from now on.
serve() {
  [[ -n ${SCIDAY_BINARY:-} && -n ${SCIDAY_DATABASE_URL:-} ]] || skip 'there is no SCIDAY_BINARY'
  service_start "$SCIDAY_BINARY" "$BATS_FILE_TMPDIR/service.log" "${service_of_tests[@]}" "$@"
  printf '%d\n' "$service_pid" >"$BATS_FILE_TMPDIR/service.pid"
  export SCIDAY_URL=$service_url
}

# serve_no_more: stops it; in good order, and with no sanitizer's complaint.
serve_no_more() {
  [[ -f $BATS_FILE_TMPDIR/service.pid ]] || return 0
  local pid log=$BATS_FILE_TMPDIR/service.log
  pid=$(<"$BATS_FILE_TMPDIR/service.pid")
  kill -TERM "$pid" 2>/dev/null || true
  for _ in {1..300}; do
    kill -0 "$pid" 2>/dev/null || break
    sleep 0.1
  done
  if grep -Eq 'Sanitizer|runtime error:' "$log" || ! grep -q '"event":"stopped"' "$log"; then
    tail -n 40 "$log"
    return 1
  fi
}
