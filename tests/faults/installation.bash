# An installation that may be broken: its database is stopped and started, and so is its service.
# shellcheck shell=bash disable=SC2034

source "$(dirname "${BASH_SOURCE[0]}")/../../tools/dev/say.bash"
source "$(dirname "${BASH_SOURCE[0]}")/../../tools/dev/cluster.bash"
source "$(dirname "${BASH_SOURCE[0]}")/../../tools/dev/service.bash"

# ---- The database ---------------------------------------------------------------------------

make_installation() {
  export installation
  installation=$(mktemp -d /tmp/sciday-faults.XXXXXX)
  chmod 0711 "$installation"
  mkdir -m 0700 "$installation/data" "$installation/keys"
  cluster_start "$installation/data" -c fsync=off -c full_page_writes=off
  cluster_provision
  export SCIDAY_OWNER_URL SCIDAY_DATABASE_URL SCIDAY_KEY_DIRECTORY=$installation/keys SCIDAY_ACCOUNTS=$installation/accounts.json
  SCIDAY_OWNER_URL=$(database_url sciday_owner)
  SCIDAY_DATABASE_URL=$(database_url sciday_service)
  "$SCIDAY_BINARY" key generate >/dev/null
  "$SCIDAY_BINARY" migrate 2>/dev/null
  "$SCIDAY_BINARY" seed 2021 2>/dev/null
  make_accounts administrator:jiangsu submitter:320100
}

remove_installation() {
  cluster_stop immediate
  rm -rf "${installation:?}"
}

# make_accounts ROLE:ORGANIZATION…: each with its role for a name.
make_accounts() {
  local each password
  for each in "$@"; do
    password=$("$SCIDAY_BINARY" user add "${each%:*}" --role "${each%:*}" --organization "${each#*:}" --name 测试用户 2>/dev/null) || return
    printf '[{"username": "%s", "password": "%s"}]' "${each%:*}" "$password"
  done | jq --slurp add >"$SCIDAY_ACCOUNTS"
}

superuser() { psql --quiet --no-psqlrc --no-align --tuples-only --set=ON_ERROR_STOP=1 "$@"; }

# ---- The service ----------------------------------------------------------------------------

# serve [VARIABLE=VALUE…]: starts it, and returns when it listens. Its log is $SCIDAY_LOG, its
# addresses are $SCIDAY_URL and $admin_url. No request is too many, unless a test says so.
serve() {
  SCIDAY_LOG=$BATS_TEST_TMPDIR/service.log
  service_start "$SCIDAY_BINARY" "$SCIDAY_LOG" -u SCIDAY_LOG -u SCIDAY_URL "${service_of_tests[@]}" "$@"
  SCIDAY_URL=$service_url
  admin_url=http://127.0.0.1:$(logged listening .admin_port)
}

# logged EVENT FILTER: what the filter finds in the first such line of the log.
logged() {
  jq --raw-input --raw-output "first(fromjson? | select(.event == \"$1\") | $2)" "$SCIDAY_LOG"
}

# stop [SIGNAL]: asks the service to finish; $service_status is how it did.
stop() {
  kill -"${1:-TERM}" "$service_pid"
  ends_within 20
}

# ends_within SECONDS: the service has been told to end, and does, or is killed.
ends_within() {
  within "$1" over || kill -KILL "$service_pid"
  service_status=0
  wait "$service_pid" || service_status=$?
  service_pid=
}

# stop_well: and it does so in good order, with no complaint of a sanitizer's.
stop_well() {
  stop
  if ((service_status != 0)) || grep -Eq 'Sanitizer|runtime error:' "$SCIDAY_LOG"; then
    printf 'the service ended with the status %d; its last words:\n' "$service_status"
    tail -n 30 "$SCIDAY_LOG"
    return 1
  fi
}

alive() { kill -0 "$service_pid"; }
over() { ! alive; }

# answers STATUS URL [CURL ARGUMENT…]
answers() {
  [[ $(curl --silent --output /dev/null --write-out '%{http_code}' --max-time 10 "${@:3}" "$2") == "$1" ]]
}

started=() # what else a test has begun

# proxy PORT…: nginx in front of what listens there, at $proxied.
proxy() {
  local port=$((20000 + RANDOM % 10000)) servers
  servers=$(printf 'server 127.0.0.1:%d max_fails=3 fail_timeout=5s; ' "$@")
  sed "s/server sciday:8080[^;]*;/$servers/; s/listen 80 default_server/listen 127.0.0.1:$port/; s,/tmp/nginx.pid,$BATS_TEST_TMPDIR/nginx.pid,
    s/worker_processes auto/worker_processes 1; daemon off/" "$BATS_TEST_DIRNAME/../../docker/nginx.conf" >"$BATS_TEST_TMPDIR/nginx.conf"
  nginx -e stderr -c "$BATS_TEST_TMPDIR/nginx.conf" 2>"$BATS_TEST_TMPDIR/nginx.log" 3>&- &
  started+=("$!")
  proxied=http://127.0.0.1:$port
  within 10 listens "$port"
}

listens() { (exec 4<>"/dev/tcp/127.0.0.1/$1") 2>/dev/null; }

# Every test leaves the database as it found it: there. Whatever it left at work is ended.
leave_well() {
  ((${#started[@]} == 0)) || kill "${started[@]}" || true
  if [[ -n $service_pid ]]; then
    kill -KILL "$service_pid" 2>/dev/null || true
    ends_within 5
  fi
  cluster_is_up || cluster_up
}
