# What the tests of faults have of their own: a PostgreSQL cluster that may be stopped, with the 2021
# campaign in it, keys, and accounts. Each test starts the services that it needs.
# shellcheck shell=bash

source "$BATS_TEST_DIRNAME/installation.bash"

setup_suite() {
  if [[ ! -x ${SCIDAY_BINARY:-} ]]; then
    printf '# SCIDAY_BINARY must be the service that is tried, as a whole path\n' >&3
    return 1
  fi
  # The service's settings are each test's own, whatever the shell has.
  local name
  for name in "${!SCIDAY_@}"; do
    [[ $name == SCIDAY_BINARY ]] || unset "$name"
  done
  make_installation
}

teardown_suite() {
  remove_installation
}
