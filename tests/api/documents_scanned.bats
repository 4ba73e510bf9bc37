# 查毒 · Documents where a scanner is set: nothing is handed out before it is found clean.

load library
load campaign
load documents
load service

setup_file() {
  serve "SCIDAY_CLAMD=$BATS_FILE_TMPDIR/clamd"
  setup_documents
  remember SCIDAY_URL
}

teardown_file() {
  clamd_stop
  serve_no_more
}

setup() {
  recall
}

clamd_start() {
  /usr/bin/python3 "$BATS_TEST_DIRNAME/clamd.py" "$BATS_FILE_TMPDIR/clamd" 3>&- &
  printf '%d\n' $! >"$BATS_FILE_TMPDIR/clamd.pid"
}

clamd_stop() {
  [[ -f $BATS_FILE_TMPDIR/clamd.pid ]] || return 0
  kill "$(<"$BATS_FILE_TMPDIR/clamd.pid")" 2>/dev/null || true
  rm -f "$BATS_FILE_TMPDIR"/clamd{,.pid}
}

# file_with TEXT: a PDF that contains the text; $file.
file_with() {
  file=$BATS_TEST_TMPDIR/$RANDOM.pdf
  { cat "$SCIDAY_FIXTURES/plain.pdf"; printf '%%%s %s\n%%%%EOF\n' "$1" "$SRANDOM"; } >"$file"
}

# becomes STATUS: the document $id, within the scanner's pause and a little more.
becomes() {
  local until=$((SECONDS + 15))
  while ((SECONDS < until)); do
    as nanjing GET "/v1/documents/$id"
    [[ $(value .status) != "$1" ]] || return 0
    sleep 0.1
  done
  unexpected "expected it to become $1"
}

not_handed_out() {
  download nanjing "$id"
  status 409 || return
  problem document_not_available || return
  field .current_status "$1" || return
  as nanjing POST "/v1/documents/$id/link"
  status 409
}

@test "查毒服务不在时一直待查，回来后查" {
  file_with clean
  attach nanjing "/v1/plans/$plan" other "$file"
  status 201
  field .status pending
  id=$(value .id)
  not_handed_out pending
  sleep 1
  not_handed_out pending
  clamd_start
  becomes available
  download nanjing "$id"
  status 200
  cmp "$response_body" "$file"
}

@test "干净的可以下载，大的分块送查" {
  file_with clean
  head -c 1000000 /dev/zero >>"$file"
  printf '%%%%EOF\n' >>"$file"
  attach nanjing "/v1/plans/$plan" other "$file"
  id=$(value .id)
  local tag=$etag
  becomes available
  # 查毒不算修改 · scanning is no change that a delete would have to know
  as nanjing DELETE "/v1/documents/$id" -H "If-Match: $tag"
  status 204
}

@test "染毒的、扫描器不肯查的隔离，不算附件" {
  local words
  create_activity nanjing "$nanjing" highlight
  for words in EICAR TOO-LARGE; do
    file_with $words
    attach nanjing "/v1/activities/$created" stamped_pdf "$file"
    status 201
    id=$(value .id)
    becomes quarantined
    not_handed_out quarantined
  done
  as nanjing POST "/v1/activities/$created/validate"
  field '.warnings | any(.code == "missing_document" and .params.kind == "stamped_pdf")' true
}

@test "查到一半没有答复，还是待查" {
  file_with HANG
  attach nanjing "/v1/plans/$plan" other "$file"
  id=$(value .id)
  sleep 1
  not_handed_out pending
}

@test "内容相同的也各查各的：先前的结果不透露别处有没有" {
  clamd_stop
  file_with clean
  attach nanjing "/v1/activities/$activity" other "$file"
  status 201
  attach nanjing "/v1/plans/$plan" other "$file"
  field .status pending
}
