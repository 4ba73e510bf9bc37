#!/usr/bin/env bash
# play.sh: the example's tests, on a database and a service that have its resource. SCIDAY_BINARY is what was built of it.
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
export EXAMPLE=$installation/example
"$example/lay.sh" "$EXAMPLE"
service_start "$SCIDAY_BINARY" "$installation/service.log" "${service_of_tests[@]}"
SCIDAY_URL=$service_url bats --tap "$example/touched.bats" "$EXAMPLE/tests/api/venues.bats"
service_stop
((service_status == 0)) # in good order, and with no sanitizer's complaint
