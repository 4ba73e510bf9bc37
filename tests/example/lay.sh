#!/usr/bin/env bash
# lay.sh FOLDER: there, a copy of what a resource is made of, with the example's laid over it. A file here stands at its
# own path; PATH.sed changes the file that is there already.
set -euo pipefail
example=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
mkdir -p "${1:?}/tests"
cd "$1"
for part in openapi.yaml openapi sql src tests/api; do
  rm -rf "$part"
  cp -r "$example/../../$part" "$part"
done
(cd "$example" && find -- */ *.sed -type f) | while read -r path; do
  if [[ $path == *.sed ]]; then
    sed --in-place --file="$example/$path" "${path%.sed}"
  else
    cp "$example/$path" "$path"
  fi
done
