# An installation that may be broken: its database is stopped and started, and so is its service.
# shellcheck shell=bash disable=SC2034

# ---- The database ---------------------------------------------------------------------------
# On a unix socket in a folder that only its owner may enter, and root; PostgreSQL never runs as root.

as_database() {
  if ((EUID == 0)); then
    (cd / && runuser -u postgres -- "$@" 3>&-)
  else
    (cd / && "$@" 3>&-)
  fi
}

# the programs of the newest PostgreSQL that there is
find_postgresql() {
  find /usr/lib/postgresql -mindepth 1 -maxdepth 1 | sort --version-sort | tail -n 1
}

make_installation() {
  installation=$(mktemp -d /tmp/sciday-faults.XXXXXX)
  postgresql=$(find_postgresql)/bin
  export installation postgresql
  chmod 0711 "$installation"
  mkdir -m 0700 "$installation/data" "$installation/socket" "$installation/keys"
  ((EUID != 0)) || chown postgres: "$installation/data" "$installation/socket"
  as_database "$postgresql/initdb" --pgdata="$installation/data" --username=postgres --auth=trust --encoding=UTF8 --locale=C.UTF-8 \
    --no-instructions --no-sync >/dev/null
  database_up
  superuser --dbname="$(url_of postgres postgres)" <<'SQL'
CREATE ROLE sciday_owner LOGIN CREATEROLE;
CREATE ROLE sciday_service LOGIN NOINHERIT ADMIN sciday_owner;
CREATE DATABASE sciday OWNER sciday_owner;
SQL
  export SCIDAY_OWNER_URL SCIDAY_DATABASE_URL SCIDAY_KEY_DIRECTORY=$installation/keys SCIDAY_ACCOUNTS=$installation/accounts.json
  SCIDAY_OWNER_URL=$(url_of sciday_owner)
  SCIDAY_DATABASE_URL=$(url_of sciday_service)
  "$SCIDAY_BINARY" key generate >/dev/null
  "$SCIDAY_BINARY" migrate 2>/dev/null
  "$SCIDAY_BINARY" seed 2021 2>/dev/null
  make_accounts administrator:jiangsu submitter:320100
}

remove_installation() {
  database_down immediate || true
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

# url_of ROLE [DATABASE]
url_of() { printf 'postgresql://%s@/%s?host=%s/socket' "$1" "${2:-sciday}" "$installation"; }

superuser() { psql --quiet --no-psqlrc --no-align --tuples-only --set=ON_ERROR_STOP=1 "$@"; }

database_up() {
  as_database "$postgresql/pg_ctl" start --wait --silent --pgdata="$installation/data" --log="$installation/data/log" --options="-c listen_addresses= \
    -c unix_socket_directories=$installation/socket -c unix_socket_permissions=0700 -c fsync=off -c full_page_writes=off" >/dev/null
}

# database_down [MODE]: fast, or immediate, as after the machine's failure.
database_down() {
  as_database "$postgresql/pg_ctl" stop --wait --silent --pgdata="$installation/data" --mode="${1:-fast}" >/dev/null
}

database_is_up() {
  as_database "$postgresql/pg_ctl" status --pgdata="$installation/data" >/dev/null
}

# ---- The service ----------------------------------------------------------------------------

service_pid=

# serve [VARIABLE=VALUE…]: starts it, and returns when it listens. Its log is $SCIDAY_LOG, its
# addresses are $SCIDAY_URL and $admin_url. No request is too many, unless a test says so.
serve() {
  SCIDAY_LOG=$BATS_TEST_TMPDIR/service.log
  : >"$SCIDAY_LOG"
  env -u SCIDAY_OWNER_URL -u SCIDAY_LOG -u SCIDAY_URL SCIDAY_LISTEN=127.0.0.1:0 SCIDAY_ADMIN_LISTEN=127.0.0.1:0 \
    SCIDAY_ADDRESS_RATE_LIMIT=0 SCIDAY_PRINCIPAL_RATE_LIMIT=0 "$@" "$SCIDAY_BINARY" serve >/dev/null 2>>"$SCIDAY_LOG" </dev/null 3>&- &
  service_pid=$!
  within 20 listening || { cat "$SCIDAY_LOG"; return 1; }
  SCIDAY_URL=http://127.0.0.1:$(logged listening .port)
  admin_url=http://127.0.0.1:$(logged listening .admin_port)
}

# logged EVENT FILTER: what the filter finds in the first such line of the log.
logged() {
  jq --raw-input --raw-output "first(fromjson? | select(.event == \"$1\") | $2)" "$SCIDAY_LOG"
}

listening() { [[ -n $(logged listening .port) ]]; }

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

# Every test leaves the database as it found it: there. Whatever service it left is ended.
leave_well() {
  if [[ -n $service_pid ]]; then
    kill -KILL "$service_pid" 2>/dev/null || true
    ends_within 5
  fi
  database_is_up || database_up
}
