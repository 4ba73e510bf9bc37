# How dev, and the tests that use its parts, say what goes on and what went wrong.
# shellcheck shell=bash

say() { printf '%s\n' "$*" >&2; }

fail() {
  say "dev: $*"
  exit 1
}
