# A service of a test's own, with settings of its own, on the database of all: for what one setting changes.
# It needs SCIDAY_BINARY and the settings that `dev test` gives; elsewhere its tests are skipped.
# shellcheck shell=bash disable=SC2034

# serve NAME=VALUE…: starts it, and the tests ask it from now on.
serve() {
  [[ -n ${SCIDAY_BINARY:-} && -n ${SCIDAY_DATABASE_URL:-} ]] || skip 'there is no SCIDAY_BINARY'
  local log=$BATS_FILE_TMPDIR/service.log address='' deadline=$((SECONDS + 30))
  env -u SCIDAY_OWNER_URL SCIDAY_LISTEN=127.0.0.1:0 SCIDAY_ADMIN_LISTEN=127.0.0.1:0 SCIDAY_ADDRESS_RATE_LIMIT=0 \
    SCIDAY_PRINCIPAL_RATE_LIMIT=0 "$@" "$SCIDAY_BINARY" serve >/dev/null 2>"$log" 3>&- </dev/null &
  printf '%d\n' $! >"$BATS_FILE_TMPDIR/service.pid"
  until address=$(jq --raw-input --raw-output 'fromjson? | select(.event == "listening") | "\(.address):\(.port)"' "$log") && [[ -n $address ]]; do
    ((SECONDS < deadline)) || { cat "$log"; return 1; }
    sleep 0.1
  done
  export SCIDAY_URL=http://$address
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
