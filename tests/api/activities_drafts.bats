# 草稿的数量 · How many drafts of activities one organization may have in one campaign.

load library
load campaign
load service

setup_file() {
  serve SCIDAY_DRAFT_LIMIT=3
  create_city
  city=$created
  create_city
  other_city=$created
  create_account author submitter "$city" submitter "$other_city"
  start=$(today)
  draft_campaign "$start"
  add_recipients "$city" "$other_city"
  open_campaign
  remember SCIDAY_URL city other_city account start campaign
}

teardown_file() {
  serve_no_more
}

setup() {
  recall
}

another() { as "$1" POST "/v1/campaigns/$campaign/activities" -d "$(activity_form "$2" "${4:-highlight}" "${3:-{\}}")"; }

@test "到限为止；报送或删除以后又可以新建；别的单位不受影响" {
  local each
  for each in 1 2 3; do
    another "$account" "$city"
    status 201
  done
  local last
  last=$(value .id)
  another "$account" "$city"
  status 409
  problem too_many_drafts
  field .maximum 3
  another reviewer "$city" '{"on_behalf": true}'
  status 409
  problem too_many_drafts
  another suzhou "$city"
  status 403
  another "$account" "$other_city"
  status 201
  act "$account" "/v1/activities/$last" submit
  another "$account" "$city"
  status 201
  act "$account" "/v1/activities/$last" withdraw # one's own work is never refused for it
  as "$account" GET "/v1/activities/$last"
  as "$account" DELETE "/v1/activities/$last" -H "If-Match: $etag"
  status 409 # it was submitted once
  another "$account" "$city"
  status 409
}

@test "同时新建也不超出" {
  local each third_city
  create_city
  third_city=$created
  create_account author submitter "$third_city"
  draft_campaign "$start"
  add_recipients "$third_city"
  open_campaign
  activity_form "$third_city" highlight '{}' >"$BATS_TEST_TMPDIR/form"
  for each in {1..12}; do
    curl --silent --output /dev/null --write-out '%{http_code}\n' -H "Authorization: Bearer $(token "$account")" -H 'Content-Type: application/json' \
      --data-binary "@$BATS_TEST_TMPDIR/form" "$SCIDAY_URL/v1/campaigns/$campaign/activities" >"$BATS_TEST_TMPDIR/status-$each" &
  done
  wait
  [[ $(cat "$BATS_TEST_TMPDIR"/status-* | sort | uniq --count | xargs) == '3 201 9 409' ]]
}

@test "发文单位自己的活动也一样" {
  local each
  draft_campaign "$start"
  for each in 1 2 3; do
    another administrator "$(organization_id jiangsu)" '{}' programme
    status 201
  done
  another administrator "$(organization_id jiangsu)" '{}' event
  status 409
  problem too_many_drafts
}
