# ./dev run: everything of one machine, until Ctrl-C. Sourced by ../../dev.
# shellcheck shell=bash

# .local/ is one person's, and one `dev run` at a time: descriptor 9 holds the lock.
claim_local() {
  mkdir -p .local
  [[ -O .local ]] || fail ".local belongs to $(stat --format=%U .local): run ./dev as that user, or move .local away"
  chmod 0755 .local
  exec 9>.local/lock
  flock --nonblock 9 || fail "another ./dev run is at work in this checkout; stop it first (Ctrl-C there)"
}

refuse_taken_address() {
  local listen=${SCIDAY_LISTEN:-127.0.0.1:8080}
  local host=${listen%:*} port=${listen##*:}
  host=$(reachable_address "$(tr -d '[]' <<<"$host")" | tr -d '[]')
  if [[ $port != 0 ]] && (exec 3<>"/dev/tcp/$host/$port") 2>/dev/null; then
    fail "something already listens on $listen; stop it, or take another: SCIDAY_LISTEN=127.0.0.1:8081 ./dev run"
  fi
}

# Where the cluster's files go: .local/postgres, or, when that is out of the postgres account's
# reach (a checkout in root's home), a folder in that account's home, to which .local/postgres is a link.
local_cluster_directory() {
  local place=$PWD/.local/postgres
  if [[ ! -e $place ]]; then
    rm -f "$place"
    mkdir "$place"
    give_to_database "$place"
    if ! database_do test -w "$place"; then
      rmdir "$place"
      ln -s "$(database_do mktemp -d /var/lib/postgresql/sciday.XXXXXX)" "$place"
    fi
  fi
  readlink -f "$place"
}

start_local_database() {
  local directory
  directory=$(local_cluster_directory)
  cluster_start "$directory"
  cluster_provision
  SCIDAY_OWNER_URL=$(database_url sciday_owner)
  SCIDAY_DATABASE_URL=$(database_url sciday_service)
  export SCIDAY_OWNER_URL SCIDAY_DATABASE_URL
}

demo_accounts() {
  local binary=$1 file=.local/accounts.json
  accounts_are_good $file && return 0
  accounts_create "$binary" $file <<'TXT'
administrator administrator jiangsu 省科协管理员（示例）
reviewer reviewer jiangsu 省科协审核员（示例）
observer observer jiangsu 省科协观察员（示例）
nanjing submitter 320100 南京市科协报送员（示例）
suzhou submitter 320500 苏州市科协报送员（示例）
wuxi submitter 320200 无锡市科协报送员（示例）
TXT
  say ''
  say "Demo accounts, shown this once:"
  jq --raw-output '.[] | "  \(.username)\t\(.password)\t\(.role) at \(.organization)"' $file | expand -t 18,46 >&2
}

print_tour() {
  local password='…'
  if accounts_are_good .local/accounts.json; then
    password=$(jq --raw-output '.[] | select(.username == "reviewer") | .password' .local/accounts.json)
  fi
  cat <<TXT

sciday answers at $service_url (its log: .local/sciday.log; accounts: .local/accounts.json). Try, in another shell:
  curl -s $service_url/v1/campaigns/2021 | jq
  token=\$(curl -s $service_url/v1/auth/token -d grant_type=password -d username=reviewer -d password=$password | jq -r .access_token)
  curl -s "$service_url/v1/campaigns/2021/obligations?kind=plan&verdict=overdue&limit=3" -H "Authorization: Bearer \$token" | jq
Ctrl-C stops everything.
TXT
}

dev_run() {
  need "${build_packages[@]}" "${run_packages[@]}"
  claim_local
  refuse_taken_address
  build release
  local binary=build/release/sciday

  export SCIDAY_KEY_DIRECTORY=${SCIDAY_KEY_DIRECTORY:-$PWD/.local/keys}
  # /livez, /readyz and /metrics: on a free port, so that two checkouts can run side by side.
  export SCIDAY_ADMIN_LISTEN=${SCIDAY_ADMIN_LISTEN:-127.0.0.1:0}
  [[ -n $(find "$SCIDAY_KEY_DIRECTORY" -name '*.pem' 2>/dev/null) ]] || $binary key generate >/dev/null

  [[ -n ${SCIDAY_DATABASE_URL:-} ]] || start_local_database
  if [[ -n ${SCIDAY_OWNER_URL:-} ]]; then
    $binary migrate >&2
    $binary seed 2021 demo >&2
  fi
  service_start $binary .local/sciday.log
  [[ -z ${SCIDAY_OWNER_URL:-} ]] || demo_accounts $binary
  print_tour

  local status=0
  wait "$service_pid" || status=$?
  service_pid=
  say "$(tail -n 5 "$service_log")"
  fail "the service ended by itself (status $status); its last words are above"
}
