# ./dev bench: a release build on a database and a service of its own.
# shellcheck shell=bash

# bench_database BINARY [OPTION…]: migrated and seeded; options are PostgreSQL's own.
bench_database() {
  local binary=$1
  make_scratch
  start_scratch_database "${@:2}"
  SCIDAY_SUPERUSER_URL=$(database_url postgres) SCIDAY_BINARY=$PWD/$binary
  export SCIDAY_SUPERUSER_URL SCIDAY_BINARY
  $binary key generate >/dev/null
  migrate_cluster "$binary" >&2
  $binary seed 2021 >&2
}

# bench_service BINARY [NAME=VALUE…]: on that database, and who asks it.
bench_service() {
  local binary=$1
  accounts_create "$binary" "$SCIDAY_ACCOUNTS" <<'TXT'
reviewer reviewer jiangsu 省科协审核员
administrator administrator jiangsu 省科协管理员
TXT
  start_scratch_service "$@"
  export SCIDAY_PID=$service_pid
}

dev_bench() {
  local binary=build/release/sciday what=${1:-}
  [[ $what =~ ^(|quick|nation|documents|exports|neighbours)$ ]] || fail "there is no bench '$what': see ./dev"
  need "${build_packages[@]}" "${run_packages[@]}" wrk nginx-light
  command -v npm >/dev/null || need nodejs npm
  unset "${!SCIDAY_@}"
  build release
  case $what in
    documents | exports)
      bench_database "$binary"
      bench_service "$binary"
      /usr/bin/python3 "tests/bench/$what.py" "${@:2}"
      ;;
    neighbours) # with the limits of an installation
      bench_database "$binary"
      bench_service "$binary" SCIDAY_ADDRESS_RATE_LIMIT= SCIDAY_PRINCIPAL_RATE_LIMIT=
      /usr/bin/python3 tests/bench/neighbours.py "${@:2}"
      ;;
    *) # What a change takes where an fsync takes none; and room for whoever else asks the database.
      build release bench_token
      bench_database "$binary" -c fsync=off -c max_connections=300 -c shared_buffers=1GB -c max_wal_size=8GB
      /usr/bin/python3 tests/bench/bench.py "$@"
      ;;
  esac
}
