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
