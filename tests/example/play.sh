#!/usr/bin/env bash
# play.sh FOLDER: the example's tests, on a database and a service that have its resource. FOLDER is where lay.sh laid it,
# SCIDAY_BINARY what was built of it.
# shellcheck disable=SC2154 # what is loaded has set it
set -euo pipefail
example=$(dirname "${BASH_SOURCE[0]}")
# shellcheck source=../faults/installation.bash
source "$example/../faults/installation.bash"

leave() {
  service_stop
  remove_installation
}
trap leave EXIT
make_installation
service_start "$SCIDAY_BINARY" "$installation/service.log" "${service_of_tests[@]}"
SCIDAY_URL=$service_url EXAMPLE=$1 bats --tap "$example/touched.bats" "$1/tests/api/venues.bats"
