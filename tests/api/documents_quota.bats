# 附件空间 · What the documents of one organization may take together.

load library
load campaign
load documents
load service

setup_file() {
  serve SCIDAY_DOCUMENT_QUOTA=1 SCIDAY_DOCUMENT_LIMIT=600000
  create_city
  city=$created
  create_account city submitter "$city"
  start=$(today)
  draft_campaign "$start"
  add_recipients "$city"
  open_campaign
  create_plan "$account" "$city"
  plan=$created
  remember SCIDAY_URL city account plan
  { head -c -6 "$SCIDAY_FIXTURES/plain.pdf"; head -c 500000 /dev/zero; printf '\n%%%%EOF\n'; } >"$BATS_FILE_TMPDIR/half.pdf"
}

teardown_file() {
  serve_no_more
}

setup() {
  recall
}

@test "占满为止；同样的内容各算各的，删除后又有空间" {
  local first
  attach "$account" "/v1/plans/$plan" other "$BATS_FILE_TMPDIR/half.pdf"
  status 201
  first=$(value .id)
  attach "$account" "/v1/plans/$plan" other "$BATS_FILE_TMPDIR/half.pdf"
  status 201
  attach "$account" "/v1/plans/$plan" other "$BATS_FILE_TMPDIR/half.pdf"
  status 409
  problem document_quota_exceeded
  field .quota 1048576
  attach "$account" "/v1/plans/$plan" other "$SCIDAY_FIXTURES/plain.pdf"
  status 201
  as "$account" GET "/v1/documents/$first"
  as "$account" DELETE "/v1/documents/$first" -H "If-Match: $etag"
  status 204
  attach "$account" "/v1/plans/$plan" other "$BATS_FILE_TMPDIR/half.pdf"
  status 201
}

@test "同时上传也不超出" {
  local each
  as "$account" GET "/v1/plans/$plan/documents"
  for each in $(value '.items[].id'); do
    as "$account" GET "/v1/documents/$each"
    as "$account" DELETE "/v1/documents/$each" -H "If-Match: $etag"
    status 204
  done
  for each in {1..6}; do
    curl --silent --output /dev/null --write-out '%{http_code}\n' -H "Authorization: Bearer $(token "$account")" -F kind=other \
      -F "file=@$BATS_FILE_TMPDIR/half.pdf" "$SCIDAY_URL/v1/plans/$plan/documents" >"$BATS_TEST_TMPDIR/status-$each" &
  done
  wait
  [[ $(cat "$BATS_TEST_TMPDIR"/status-* | sort | uniq --count | xargs) == '2 201 4 409' ]]
}

@test "单个附件的上限是设定的" {
  head -c 700000 /dev/zero >"$BATS_TEST_TMPDIR/zero"
  cat "$SCIDAY_FIXTURES/plain.pdf" "$BATS_TEST_TMPDIR/zero" >"$BATS_TEST_TMPDIR/large.pdf"
  attach "$account" "/v1/plans/$plan" other "$BATS_TEST_TMPDIR/large.pdf"
  status 413
  field .maximum 600000
}
