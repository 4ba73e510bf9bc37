# How the tests of signing in speak to the two endpoints of OAuth 2.0.
# shellcheck shell=bash disable=SC2034

# post PATH NAME=VALUE…: a form, as RFC 6749 sends it.
post() {
  local path=$1 fields=() pair
  shift
  for pair; do fields+=(--data-urlencode "$pair"); done
  as public POST "$path" -H 'Content-Type: application/x-www-form-urlencoded' "${fields[@]}"
}

# session WHO: signs in, and sets $access_token and $refresh_token.
session() {
  post /v1/auth/token grant_type=password "username=$1" "password=$(account_password "$1")"
  status 200 || return
  access_token=$(value .access_token)
  refresh_token=$(value .refresh_token)
}

# refused STATUS ERROR: as RFC 6749, section 5.2, and RFC 9457 have it, both in one.
refused() {
  status "$1" || return
  field .error "$2" || return
  holds '.error_description | test("^[ -~]+$")' || return
  header Cache-Control no-store || return
  holds '.code | length > 0'
}

# me TOKEN: who the token speaks for.
me() {
  as public GET /v1/me -H "Authorization: Bearer $1"
}
