# The words that the tests of the API are written in: bats, curl and jq, as a third party
# would use them. They run against any installation:
#
#   SCIDAY_URL=http://127.0.0.1:8080 SCIDAY_ACCOUNTS=.local/accounts.json bats tests/api
#
#   as nanjing  PATCH "/v1/plans/$plan" -H "If-Match: $etag" -d '{"title": "…"}'
#   status 200
#   field .status draft
#
# A word that finds something else than it was told prints the whole exchange and fails.
# Names are unique in each run, so the files can run in any order and again.
# shellcheck shell=bash disable=SC2034

bats_require_minimum_version 1.5.0

: "${SCIDAY_URL:=http://127.0.0.1:8080}"
: "${SCIDAY_ACCOUNTS:=$BATS_TEST_DIRNAME/../../.local/accounts.json}"

# The last exchange: what was asked, and what came.
request_line=
response_status=
response_headers=${BATS_TEST_TMPDIR:-$BATS_FILE_TMPDIR}/headers
response_body=${BATS_TEST_TMPDIR:-$BATS_FILE_TMPDIR}/body
etag= # its ETag, as If-Match takes it

# ---- Asking ---------------------------------------------------------------------------------

# as WHO METHOD PATH [CURL ARGUMENT…]: WHO is public or an account's username. A body (-d …) is
# JSON, or a merge patch for PATCH, unless a Content-Type is given.
as() {
  local who=$1 method=$2 path=$3 arguments=()
  shift 3
  if [[ $who != public ]]; then
    arguments+=(-H "Authorization: Bearer $(token "$who")")
  fi
  if [[ $method == HEAD ]]; then
    arguments+=(--head)
  else
    arguments+=(-X "$method")
  fi
  if [[ " $* " =~ \ (-d|--data[a-z-]*)\  && " ${*,,} " != *" content-type:"* ]]; then
    local media_type=application/json
    [[ $method != PATCH ]] || media_type=application/merge-patch+json
    arguments+=(-H "Content-Type: $media_type")
  fi
  request_line="as $who: $method $path $*"
  : >"$response_body"
  response_status=$(curl --silent --show-error --path-as-is --globoff --max-time 60 "${arguments[@]}" "$@" \
    --dump-header "$response_headers" --output "$response_body" --write-out '%{http_code}' "$SCIDAY_URL$path")
  etag=$(header_value ETag)
  [[ -z ${SCIDAY_TRAFFIC:-} ]] || record_traffic "$method" "$path"
}

# A line for tests/contract/traffic.py, which compares what was answered with the contract.
record_traffic() {
  [[ -z $(header_value Content-Encoding) ]] || return 0
  printf '%s\t%s\t%s\t%s\t%s\n' "$1" "$2" "$response_status" "$(header_value Content-Type)" "$(base64 -w 0 "$response_body")" >>"$SCIDAY_TRAFFIC"
}

# token WHO: an access token, kept for as long as the run lasts, but no longer than it is good for.
token() {
  local kept=$BATS_RUN_TMPDIR/token-$1 good_until=0 access_token=
  [[ ! -s $kept ]] || read -r good_until access_token <"$kept"
  if ((good_until <= EPOCHSECONDS)); then
    access_token=$(sign_in "$1" | jq --exit-status --raw-output .access_token)
    printf '%d %s\n' $((EPOCHSECONDS + 600)) "$access_token" >"$kept"
  fi
  printf '%s' "$access_token"
}

# sign_in WHO: the token endpoint's answer.
sign_in() {
  curl --silent --show-error --data-urlencode grant_type=password --data-urlencode "username=$1" \
    --data-urlencode "password=$(account_password "$1")" "$SCIDAY_URL/v1/auth/token"
}

account_password() {
  cat "$SCIDAY_ACCOUNTS" "$BATS_RUN_TMPDIR"/accounts-* 2>/dev/null |
    jq --slurp --exit-status --raw-output --arg username "$1" 'first(.[][] | select(.username == $username)) | .password'
}

# ---- What came ------------------------------------------------------------------------------

# value FILTER: what the jq filter finds in the body.
value() { jq --raw-output "$1" "$response_body"; }

# header_value NAME: the header's value; several of one name, one a line. Without a loop over the
# lines: bats looks at every command that is run, and this is asked more often than anything else.
header_value() {
  local rest
  IFS= read -r -d '' rest <"$response_headers" || true
  rest=$'\n'$rest
  shopt -s nocasematch
  while [[ $rest =~ $'\n'"$1":[[:blank:]]*([^$'\r']*)$'\r'(.*) ]]; do
    printf '%s\n' "${BASH_REMATCH[1]}"
    rest=${BASH_REMATCH[2]}
  done
  shopt -u nocasematch
}

# ---- Expecting ------------------------------------------------------------------------------

# Prints what was expected and the whole exchange, and fails.
unexpected() {
  printf '%s\n' "$@" "> $request_line" "< $response_status"
  sed 's/^/< /' "$response_headers"
  head -c 4000 "$response_body"
  printf '\n'
  return 1
}

status() {
  [[ $response_status == "$1" ]] || unexpected "expected the status $1"
}

# field FILTER VALUE: what the jq filter finds in the body, as text.
field() {
  local found
  found=$(value "$1" 2>&1) || true
  [[ $found == "$2" ]] || unexpected "expected $1 to be: $2" "but it is: $found"
}

# holds FILTER: the jq filter finds true.
holds() { field "$1" true; }

# header NAME VALUE; `no_header NAME`.
header() {
  local found
  found=$(header_value "$1")
  [[ $found == "$2" ]] || unexpected "expected the header $1 to be: $2" "but it is: $found"
}

no_header() {
  [[ -z $(header_value "$1") ]] || unexpected "expected no header $1"
}

# problem CODE: a whole problem (RFC 9457) with this code.
problem() {
  header Content-Type application/problem+json || return
  jq --exit-status --arg code "$1" --arg status "$response_status" --arg request_id "$(header_value X-Request-Id)" '
    .code == $code and .status == ($status | tonumber) and .request_id == $request_id and
    (.type | type) == "string" and (.title | length) > 0 and (.instance | type) == "string"' "$response_body" >/dev/null ||
    unexpected "expected the problem $1"
}

# finding PLACE CODE: one of the problem's (or validate's) errors is this; PLACE is a JSON
# Pointer into the body, or the name of a parameter or header.
finding() {
  jq --exit-status --arg place "$1" --arg code "$2" \
    'any(.errors[]?; (.pointer // .parameter) == $place and .code == $code and (.detail | length) > 0)' "$response_body" >/dev/null ||
    unexpected "expected the finding $2 at $1"
}

# no_finding PLACE
no_finding() {
  jq --exit-status --arg place "$1" 'any(.errors[]?; (.pointer // .parameter) == $place) | not' "$response_body" >/dev/null ||
    unexpected "expected nothing at $1"
}

# ---- Making ---------------------------------------------------------------------------------

# unique PREFIX: a name that no other test has.
unique() { printf '%s-%08x' "$1" "$SRANDOM"; }

# create WHO PATH JSON: creates it and sets $created to its id.
create() {
  as "$1" POST "$2" -d "$3" || return
  status 201 || return
  created=$(value .id)
}

# create_account NAME ROLE ORGANIZATION_ID [ROLE ORGANIZATION_ID…]: a person with these roles, and a
# username that begins with NAME; `as "$account"` acts as them.
create_account() {
  account=$(unique "$1")
  local password memberships=()
  password=$(head -c 15 /dev/urandom | base64)
  shift
  while (($# > 1)); do
    memberships+=("{\"role\": \"$1\", \"organization_id\": \"$2\"}")
    shift 2
  done
  create administrator /v1/users "{\"username\": \"$account\", \"name\": \"测试用户\", \"password\": \"$password\",
    \"memberships\": [$(IFS=,; printf '%s' "${memberships[*]}")]}" || return
  printf '[{"username": "%s", "password": "%s"}]\n' "$account" "$password" >"$BATS_RUN_TMPDIR/accounts-$account"
}

# remember NAME…: keeps these variables for the tests of the file that come later, which `recall` them.
remember() {
  local name
  for name in "$@"; do
    printf '%s=%q\n' "$name" "${!name}"
  done >>"$BATS_FILE_TMPDIR/remembered"
}

recall() {
  # shellcheck source=/dev/null
  source "$BATS_FILE_TMPDIR/remembered"
}

# ---- From the other side --------------------------------------------------------------------

# database STATEMENT: by the owner of the database, past the service and its rules; only for what
# has no other way to happen, such as another process's doing, or an hour's passing.
database() {
  [[ -n ${SCIDAY_OWNER_URL:-} ]] || skip 'SCIDAY_OWNER_URL is not set'
  psql --quiet --no-psqlrc --no-align --tuples-only --set=ON_ERROR_STOP=1 --dbname="$SCIDAY_OWNER_URL" --command="$1"
}

# within SECONDS COMMAND…: it succeeds, at once or when tried again until so many seconds are over.
within() {
  local until=$((${EPOCHREALTIME//[!0-9]/} + $1 * 1000000))
  shift
  until "$@" >/dev/null 2>&1; do
    if ((${EPOCHREALTIME//[!0-9]/} > until)); then
      "$@"
      return
    fi
    sleep 0.02
  done
}

# hold STATEMENT: runs it in a transaction that stays open, with every lock that it took, until
# `release`. In between, `waiting COUNT` says whether so many wait for a lock.
hold() {
  [[ -n ${SCIDAY_OWNER_URL:-} ]] || skip 'SCIDAY_OWNER_URL is not set'
  local line
  coproc holder { exec psql --quiet --no-psqlrc --no-align --tuples-only --set=ON_ERROR_STOP=1 --dbname="$SCIDAY_OWNER_URL" 2>&1 3>&-; }
  printf 'BEGIN;\n%s;\n\\echo held\n' "$1" >&"${holder[1]}"
  until [[ ${line:-} == held ]]; do
    read -r -t 10 line <&"${holder[0]}" || return
  done
}

release() {
  local pid=$holder_PID
  printf 'COMMIT;\n\\q\n' >&"${holder[1]}"
  wait "$pid"
}

waiting() {
  (($(database 'SELECT count(*) FROM pg_locks WHERE NOT granted') >= $1))
}

# ---- Small things ---------------------------------------------------------------------------

# encode TEXT: as a query takes it.
encode() { jq --null-input --raw-output --arg text "$1" '$text | @uri'; }

# organization_id CODE
organization_id() {
  curl --silent --show-error --get --data-urlencode "code=$1" "$SCIDAY_URL/v1/organizations" | jq --exit-status --raw-output '.items[0].id'
}

# all_pages WHO PATH FILTER: what the filter finds in every page, from the first to the last,
# by next_cursor; PATH has a query already.
all_pages() {
  local who=$1 path=$2 filter=$3 cursor='' pages=0
  while ((pages++ < 200)); do
    as "$who" GET "$path${cursor:+&cursor=$cursor}" || return
    status 200 >&2 || return
    value "$filter"
    cursor=$(value '.next_cursor // empty')
    [[ -n $cursor ]] || return 0
  done
  unexpected 'expected the pages to end'
}

# same_in_pages WHO PATH FILTER [LIMIT]: in pages of LIMIT (2) the filter finds the same as in pages of
# 100, no item twice, and as many as count=exact says; PATH has a query already. $found is what it finds.
same_in_pages() {
  local limit=${4:-2} total pieces
  found=$(all_pages "$1" "$2&limit=100" ".items[] | $3") || return
  as "$1" GET "$2&limit=$limit&count=exact"
  total=$(value .total_count)
  pieces=$(all_pages "$1" "$2&limit=$limit" ".items[] | $3")
  [[ $pieces == "$found" ]] || unexpected 'expected the same, page by page:' "$found" 'but it is:' "$pieces" || return
  [[ -z $(sort <<<"$found" | uniq -d) ]] || unexpected 'expected no item twice' || return
  [[ $(wc -l <<<"$found") == "$total" ]] || unexpected "expected $total items" || return
  ((total > limit)) || unexpected "expected more than $limit items to page through"
}
