# The service, its accounts, and what lasts as long as one command. Sourced by ../../dev.
# shellcheck shell=bash

service_pid=
service_status=0
service_log=
service_url=
# On free ports that the kernel picks, without limits on how often one may ask, and patient with a machine that does much else.
service_of_tests=(SCIDAY_LISTEN=127.0.0.1:0 SCIDAY_ADMIN_LISTEN=127.0.0.1:0 SCIDAY_ADDRESS_RATE_LIMIT=0 SCIDAY_PRINCIPAL_RATE_LIMIT=0
  SCIDAY_DATABASE_WAIT=10000)

# What the service logged about its address, once it listens: "host port".
service_address() {
  jq --raw-input --raw-output 'fromjson? | select(.event == "listening") | "\(.address) \(.port)"' "$service_log" | head -n 1
}

# Where one finds what listens at this address.
reachable_address() {
  case $1 in
    0.0.0.0) echo 127.0.0.1 ;;
    ::) echo '[::1]' ;;
    *:*) echo "[$1]" ;;
    *) echo "$1" ;;
  esac
}

# service_start BINARY LOG [NAME=VALUE…]: returns when it listens. The settings, env's arguments, go before those of the
# environment.
# It gets a session of its own, so that Ctrl-C reaches dev alone and the service is stopped in its turn; and neither
# dev's lock (9) nor the tests' output (3).
service_start() {
  local binary=$1 address='' deadline=$((SECONDS + 30))
  service_log=$2
  shift 2
  : >"$service_log"
  setsid env -u SCIDAY_OWNER_URL "$@" "$binary" serve >/dev/null 2>>"$service_log" </dev/null 3>&- 9>&- &
  service_pid=$!

  until address=$(service_address) && [[ -n $address ]]; do
    if ! kill -0 "$service_pid" 2>/dev/null || ((SECONDS > deadline)); then
      service_stop
      say "$(tail -n 5 "$service_log")"
      fail "the service did not start; its last words are above"
    fi
    sleep 0.1
  done
  service_url=http://$(reachable_address "${address% *}"):${address#* }
}

# Asks it to finish, waits until it has, and keeps its exit status.
service_stop() {
  [[ -n $service_pid ]] || return 0
  kill -TERM "$service_pid" 2>/dev/null || true
  service_status=0
  wait "$service_pid" || service_status=$?
  service_pid=
}

# ---- Accounts -------------------------------------------------------------------------------

# accounts_create BINARY FILE < lines of "username role organization name": makes each with a
# random password (one that is there already gets a new one) and keeps them all in FILE, which
# only its owner may read.
accounts_create() {
  local binary=$1 file=$2 username role organization name password accounts='[]'
  while read -r username role organization name; do
    password=$("$binary" user add "$username" --role "$role" --organization "$organization" --name "$name" 2>/dev/null) ||
      password=$("$binary" user password "$username")
    accounts=$(jq --arg username "$username" --arg password "$password" --arg role "$role" --arg organization "$organization" \
      '. + [{$username, $password, $role, $organization}]' <<<"$accounts")
  done
  (umask 077 && printf '%s\n' "$accounts" >"$file")
}

# Whether the first of the accounts kept in FILE can sign in: they belong to this database.
accounts_are_good() {
  [[ -f $1 ]] && jq --raw-output '.[0] | "username=\(.username)&password=\(.password)&grant_type=password"' "$1" |
    curl --silent --fail --output /dev/null --data @- "$service_url/v1/auth/token"
}

# ---- A database and a service that last as long as one command --------------------------------

scratch= # a temporary folder

make_scratch() {
  scratch=$(mktemp -d /tmp/sciday-scratch.XXXXXX)
  chmod 0711 "$scratch"
  export SCIDAY_ACCOUNTS=$scratch/accounts.json SCIDAY_KEY_DIRECTORY=$scratch/keys
}

# start_scratch_database [OPTION…]
start_scratch_database() {
  mkdir "$scratch/postgres"
  cluster_start "$scratch/postgres" "$@"
  cluster_provision
  SCIDAY_OWNER_URL=$(database_url sciday_owner)
  SCIDAY_DATABASE_URL=$(database_url sciday_service)
  export SCIDAY_OWNER_URL SCIDAY_DATABASE_URL
}

# start_scratch_service BINARY [NAME=VALUE…]
start_scratch_service() {
  service_start "$1" "$scratch/sciday.log" "${service_of_tests[@]}" "${@:2}"
  export SCIDAY_URL=$service_url SCIDAY_LOG=$service_log
}
