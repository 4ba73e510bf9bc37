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

# Deletes all that is attached to the plan.
empty_plan() {
  local each
  as "$account" GET "/v1/plans/$plan/documents"
  for each in $(value '.items[].id'); do
    as "$account" GET "/v1/documents/$each"
    as "$account" DELETE "/v1/documents/$each" -H "If-Match: $etag"
    status 204 || return
  done
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
  empty_plan
  for each in {1..6}; do
    curl --silent --output /dev/null --write-out '%{http_code}\n' -H "Authorization: Bearer $(token "$account")" -F kind=other \
      -F "file=@$BATS_FILE_TMPDIR/half.pdf" "$SCIDAY_URL/v1/plans/$plan/documents" >"$BATS_TEST_TMPDIR/status-$each" &
  done
  wait
  [[ $(cat "$BATS_TEST_TMPDIR"/status-* | sort | uniq --count | xargs) == '2 201 4 409' ]]
}

# How many uploads of the city's are coming in, and whether each has brought three whole pieces.
coming_in() {
  database "SELECT count(*), coalesce(bool_and(n = 3), true) FROM (
    SELECT count(p) AS n FROM document_content c LEFT JOIN document_piece p ON p.content_id = c.id WHERE c.organization_id = '$city' GROUP BY c.id) u"
}

# shellcheck disable=SC2053 # what is expected is a pattern
settled() { [[ $(coming_in) == $1 ]]; }

# What is stored of them is within the quota, now and until it has come to this.
never_more_until_settled() {
  (($(database "SELECT coalesce(sum(octet_length(p.bytes)), 0) FROM document_piece p JOIN document_content c ON c.id = p.content_id
    WHERE c.organization_id = '$city'") <= 1048576)) || exit 1
  settled "$1"
}

# thirty [--chunked]: unfinished uploads, half of them to each service; they have sent what they will.
thirty() {
  local line
  coproc unfinished {
    SCIDAY_TOKEN=$(token "$account") exec /usr/bin/python3 "$BATS_TEST_DIRNAME/unfinished.py" "$@" 30 400000 "/v1/plans/$plan/documents" \
      "$SCIDAY_URL" "$other" 3>&-
  }
  read -r -t 20 line <&"${unfinished[0]}"
  [[ $line == sent ]]
}

@test "正在传来的也算：两个服务，三十个传到一半的，加在一起不超出；断开之后全部归还" {
  other=$(BATS_FILE_TMPDIR=$BATS_TEST_TMPDIR && serve SCIDAY_DOCUMENT_QUOTA=1 SCIDAY_DOCUMENT_LIMIT=600000 && printf '%s' "$SCIDAY_URL")
  empty_plan
  thirty
  within 20 settled '2|t'
  attach "$account" "/v1/plans/$plan" other "$BATS_FILE_TMPDIR/half.pdf"
  status 409
  problem document_quota_exceeded
  field .used 800200
  kill "$unfinished_PID"
  within 20 nothing_coming_in

  thirty --chunked
  within 20 never_more_until_settled '[012]|t'
  kill "$unfinished_PID"
  within 20 nothing_coming_in
  attach "$account" "/v1/plans/$plan" other "$BATS_FILE_TMPDIR/half.pdf"
  status 201
  BATS_FILE_TMPDIR=$BATS_TEST_TMPDIR serve_no_more
}

@test "单个附件的上限是设定的" {
  empty_plan
  head -c 700000 /dev/zero >"$BATS_TEST_TMPDIR/zero"
  cat "$SCIDAY_FIXTURES/plain.pdf" "$BATS_TEST_TMPDIR/zero" >"$BATS_TEST_TMPDIR/large.pdf"
  attach "$account" "/v1/plans/$plan" other "$BATS_TEST_TMPDIR/large.pdf"
  status 413
  field .maximum 600000
}
