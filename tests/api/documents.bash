# What the tests of documents share: a campaign that is open, with a plan and a highlight of Nanjing's.
# shellcheck shell=bash disable=SC2034

: "${SCIDAY_FIXTURES:=$BATS_TEST_DIRNAME/../../build/fixtures}"

setup_documents() {
  nanjing=$(organization_id 320100)
  suzhou=$(organization_id 320500)
  start=$(today)
  draft_campaign "$start" "${1:-{\}}"
  add_recipients "$nanjing" "$suzhou"
  open_campaign
  create_plan nanjing "$nanjing"
  plan=$created
  create_activity nanjing "$nanjing" highlight
  activity=$created
  remember nanjing suzhou start campaign plan activity
}

# attach WHO OWNER KIND FILE [NAME [CURL ARGUMENT…]]: attaches the file, as wx.uploadFile would: the fields, then the file.
attach() {
  local who=$1 owner=$2 kind=$3 file=$4 name=${5:-}
  shift $(($# < 5 ? $# : 5))
  as "$who" POST "$owner/documents" --form-string "kind=$kind" ${name:+--form-string "name=$name"} -F "file=@$file" "$@"
}

# download WHO ID [CURL ARGUMENT…]
download() {
  local who=$1 id=$2
  shift 2
  as "$who" GET "/v1/documents/$id/content" "$@"
}

# act_on WHO PATH ACTION: as `act`, whatever comes of it.
try_act() {
  as "$1" GET "$2"
  as "$1" POST "$2/$3" -H "If-Match: $etag" -d '{}'
}

# refused_file FILE STATUS CODE [PLACE FINDING]: the file is not taken, and nothing of it is kept.
refused_file() {
  local file=$1
  attach nanjing "/v1/plans/$plan" other "$SCIDAY_FIXTURES/$file"
  expect "${@:2}" || return
  nothing_left
}

# expect STATUS CODE [PLACE FINDING]
expect() {
  status "$1" || return
  problem "$2" || return
  [[ -z ${3:-} ]] || finding "${3/#-/}" "$4"
}

# Nothing is attached to the plan, and no bytes are on their way.
nothing_left() {
  [[ -z ${SCIDAY_OWNER_URL:-} ]] || within 2 nothing_coming_in || return
  as nanjing GET "/v1/plans/$plan/documents"
  field '.items | length' 0
}

nothing_coming_in() {
  [[ $(database "SELECT count(*) FROM document_content WHERE sha256 IS NULL") == 0 ]]
}

# wire REQUEST [OPTION…]: sends the bytes just as they are; the answer's status and body are the last ones.
wire() {
  request_line="$1"
  printf '%b' "$1" | /usr/bin/python3 "$BATS_TEST_DIRNAME/wire.py" "${@:2}" "$SCIDAY_URL" >"$BATS_TEST_TMPDIR/answer" || true
  response_status=$(sed -n '1s/^HTTP[^ ]* \([0-9]*\).*/\1/p' "$BATS_TEST_TMPDIR/answer")
  sed '/^\r$/q' "$BATS_TEST_TMPDIR/answer" >"$response_headers"
  sed '1,/^\r$/d' "$BATS_TEST_TMPDIR/answer" >"$response_body"
}

# wire_upload CONTENT_TYPE BODY [OPTION…]: a request for attaching something to the plan, whose body is BODY.
wire_upload() {
  local body
  body=$(printf '%b.' "$2")
  LC_ALL=C wire "POST /v1/plans/$plan/documents HTTP/1.1\r\nHost: x\r\nConnection: close\r\nAuthorization: Bearer $(token nanjing)\r\nContent-Type: $1\r\nContent-Length: ${length:-$(printf '%s' "${body%.}" | wc -c)}\r\n\r\n$2" "${@:3}"
}

# part NAME CONTENT [FILE_NAME]: one part of a body whose boundary is xYz.
part() {
  printf -- '--xYz\\r\\nContent-Disposition: form-data; name="%s"%s\\r\\n\\r\\n%s\\r\\n' "$1" "${3:+; filename=\"$3\"}" "$2"
}

# forget_documents OWNER: deletes all that is attached there.
forget_documents() {
  local id
  as nanjing GET "$1/documents?limit=100"
  for id in $(value '.items[].id'); do
    as nanjing GET "/v1/documents/$id"
    as nanjing DELETE "/v1/documents/$id" -H "If-Match: $etag"
    status 204 || return
  done
}
