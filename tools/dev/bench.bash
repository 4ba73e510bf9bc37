# ./dev bench: a release build on a database and a service of its own, with the durability that an installation has.
# shellcheck shell=bash

dev_bench() {
  need "${build_packages[@]}" "${run_packages[@]}" wrk
  unset "${!SCIDAY_@}"
  build release
  local binary=build/release/sciday
  make_scratch
  start_scratch_database
  SCIDAY_SUPERUSER_URL=$(database_url postgres)
  export SCIDAY_SUPERUSER_URL
  $binary key generate >/dev/null
  migrate_cluster $binary >&2
  $binary seed 2021 >&2
  accounts_create $binary "$SCIDAY_ACCOUNTS" <<'TXT'
reviewer reviewer jiangsu 省科协审核员
observer observer jiangsu 省科协观察员
administrator administrator jiangsu 省科协管理员
TXT
  local limits=()
  [[ ${1:-} != neighbours ]] || limits=(SCIDAY_ADDRESS_RATE_LIMIT= SCIDAY_PRINCIPAL_RATE_LIMIT=) # those of an installation
  start_scratch_service $binary "${limits[@]}"
  if [[ ${1:-} == documents ]]; then
    SCIDAY_PID=$service_pid /usr/bin/python3 tests/bench/documents.py
  elif [[ ${1:-} == exports ]]; then
    SCIDAY_PID=$service_pid /usr/bin/python3 tests/bench/exports.py "${@:2}"
  elif [[ ${1:-} == reports ]]; then
    SCIDAY_BINARY=$PWD/$binary /usr/bin/python3 tests/bench/reports.py "${@:2}"
  elif [[ ${1:-} == neighbours ]]; then
    /usr/bin/python3 tests/bench/neighbours.py "${@:2}"
  else
    SCIDAY_PID=$service_pid /usr/bin/python3 tests/bench/bench.py "$@"
  fi
}
