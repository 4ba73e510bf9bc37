# A private PostgreSQL cluster. Sourced by ../../dev, and by the tests that stop and start one.
# shellcheck shell=bash

# It listens on a unix socket alone, in a directory that only its owner may enter (and root):
# that is the whole of its access control. The directory is new at each start and under /tmp,
# since a socket's path has at most 107 bytes. PostgreSQL never runs as root.

# Of the running cluster; exported, so that a test may stop and start what its suite began.
export cluster_data=${cluster_data:-}       # where its files are
export cluster_socket=${cluster_socket:-}   # the directory of its socket
export cluster_bin=${cluster_bin:-}         # its version's programs
export cluster_options=${cluster_options:-} # PostgreSQL's own, as it was started
as_database=()                              # what to run the programs with
if ((EUID == 0)); then
  as_database=(runuser -u postgres --)
fi

# As the cluster's owner, and from a directory that they may read.
# A server that it starts keeps neither dev's lock (9) nor the tests' output (3) open.
database_do() { (cd / && "${as_database[@]}" "$@" 3>&- 9>&-); }

give_to_database() {
  ((EUID != 0)) || chown postgres: "$1"
}

# cluster_find_programs DATA: those of the version that made it, else the newest.
cluster_find_programs() {
  local version
  version=$(cat "$1/PG_VERSION" 2>/dev/null || find /usr/lib/postgresql -mindepth 1 -maxdepth 1 -printf '%f\n' | sort -n | tail -n 1)
  cluster_bin=/usr/lib/postgresql/$version/bin
  [[ -x $cluster_bin/initdb ]] || fail "PostgreSQL $version is not installed, and the cluster in $1 needs it"
}

cluster_create() {
  local data=$1
  give_to_database "$data"
  chmod 0700 "$data"
  database_do "$cluster_bin/initdb" --pgdata="$data" --username=postgres --auth=trust \
    --encoding=UTF8 --locale=C.UTF-8 --no-instructions >/dev/null
}

# Whether a server is at work on these files: one that a killed dev left behind. A process that
# merely has its number is not: PostgreSQL works in its data directory.
cluster_is_left_behind() {
  local process
  process=$(head -n 1 "$1/postmaster.pid" 2>/dev/null) && [[ $(readlink "/proc/$process/cwd") == "$1" ]]
}

# cluster_start DATA [OPTION…]: options are PostgreSQL's own, as -c name=value.
cluster_start() {
  local data=$1
  shift
  unset "${!PG@}" # PGPORT, PGOPTIONS and so on are about other servers
  cluster_find_programs "$data"
  [[ -f $data/PG_VERSION ]] || cluster_create "$data"
  cluster_socket=$(mktemp -d /tmp/sciday.XXXXXX)
  give_to_database "$cluster_socket"
  cluster_data=$data
  cluster_options=$*
  if cluster_is_left_behind "$data"; then
    cluster_down >/dev/null 2>&1 || true
  fi
  cluster_up || fail "PostgreSQL did not start: $data/log says why"
}

cluster_up() {
  database_do "$cluster_bin/pg_ctl" start --wait --silent --pgdata="$cluster_data" --log="$cluster_data/log" \
    --options="-c listen_addresses= -c unix_socket_directories=$cluster_socket -c unix_socket_permissions=0700 $cluster_options"
}

# cluster_down [MODE]: fast, or immediate, as after the machine's failure.
cluster_down() {
  database_do "$cluster_bin/pg_ctl" stop --wait --silent --pgdata="$cluster_data" --mode="${1:-fast}"
}

cluster_is_up() {
  database_do "$cluster_bin/pg_ctl" status --pgdata="$cluster_data" >/dev/null
}

# cluster_stop [MODE]: and nothing is left of it but its files.
cluster_stop() {
  [[ -n $cluster_data ]] || return 0
  if [[ -f $cluster_data/postmaster.pid ]]; then
    cluster_down "$@" || true
  fi
  rm -rf "$cluster_socket"
  cluster_data=
}

database_url() { printf 'postgresql://%s@/%s?host=%s' "$1" "${2:-sciday}" "$cluster_socket"; }

database_sql() { psql --quiet --no-psqlrc --set=ON_ERROR_STOP=1 --no-align --tuples-only "$@"; }

# The two roles and the database, as an installation has them: one role owns and migrates, the other serves.
cluster_provision() {
  local exists
  exists=$(database_sql --dbname="$(database_url postgres postgres)" --command="SELECT 1 FROM pg_database WHERE datname = 'sciday'")
  [[ -z $exists ]] || return 0
  database_sql --dbname="$(database_url postgres postgres)" <<'SQL'
CREATE ROLE sciday_owner LOGIN CREATEROLE;
CREATE ROLE sciday_service LOGIN NOINHERIT ADMIN sciday_owner;
CREATE DATABASE sciday OWNER sciday_owner;
SQL
}

# migrate_cluster BINARY: and whoever looks into the database by psql, as tests do, finds this version's logic without
# asking. The service and its commands do ask.
migrate_cluster() {
  local logic
  "$1" migrate
  logic=$(database_sql --dbname="$(database_url postgres)" --command="SELECT nspname FROM pg_namespace WHERE nspname LIKE 'logic\_%' ORDER BY oid DESC LIMIT 1")
  database_sql --dbname="$(database_url postgres)" --command="
    ALTER ROLE sciday_owner SET search_path = $logic, public;
    ALTER ROLE postgres SET search_path = public, $logic"
}
