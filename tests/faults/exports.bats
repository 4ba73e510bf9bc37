# 写不下的文件 · Files for which there is no room: 503 that says when to come again, never half a file, and a log of nothing but
# lines of its own.

load ../api/library
load installation

teardown() {
  leave_well
}

# Every line of what the service wrote is one of its log's.
log_is_clean() {
  jq --raw-input --exit-status --slurp 'split("\n") | all(. == "" or (try fromjson catch null | type) == "object")' "$SCIDAY_LOG" >/dev/null ||
    { grep -v '^{' "$SCIDAY_LOG"; return 1; }
}

# whole FORMAT: what came is a whole file, as it is where there is room.
whole() {
  case $1 in
    csv) cmp "$response_body" "$BATS_TEST_TMPDIR/organizations.csv" ;;
    xlsx)
      unzip -qt "$response_body" >/dev/null
      unzip -p "$response_body" xl/worksheets/sheet1.xml | cmp - <(unzip -p "$BATS_TEST_TMPDIR/organizations.xlsx" xl/worksheets/sheet1.xml)
      ;;
    pdf) pdftotext "$response_body" - | cmp - <(pdftotext "$BATS_TEST_TMPDIR/form.pdf" -) ;;
    docx) unzip -qt "$response_body" >/dev/null ;;
  esac
}

# whole_or_unavailable FORMAT: the one or the other; $refused counts the other.
whole_or_unavailable() {
  if [[ $response_status == 503 ]]; then
    problem unavailable
    (($(header_value Retry-After) >= 1))
    refused=$((refused + 1))
    return
  fi
  status 200
  whole "$1" || unexpected "expected a whole $1"
}

keep_what_is_right() {
  local organization
  organization=$(organization_id 320100)
  form=/v1/campaigns/2021/organizations/$organization/form
  as public GET '/v1/organizations?format=xlsx'
  cp "$response_body" "$BATS_TEST_TMPDIR/organizations.xlsx"
  as public GET '/v1/organizations?format=csv'
  cp "$response_body" "$BATS_TEST_TMPDIR/organizations.csv"
  as submitter GET "$form?format=pdf"
  status 200
  cp "$response_body" "$BATS_TEST_TMPDIR/form.pdf"
}

@test "文件描述符将尽：503，不留半份文件；有了又照常" {
  local open spare refused=0
  serve
  keep_what_is_right
  open=$(find "/proc/$service_pid/fd" -mindepth 1 | wc -l)
  for spare in {2..48}; do
    prlimit --pid "$service_pid" --nofile=$((open + spare)):4096
    as public GET '/v1/organizations?format=xlsx'
    whole_or_unavailable xlsx
    as public GET '/v1/organizations?format=csv'
    whole_or_unavailable csv
    as submitter GET "$form?format=pdf"
    whole_or_unavailable pdf
    as submitter GET "$form?format=docx"
    whole_or_unavailable docx
  done
  ((refused > 0))
  prlimit --pid "$service_pid" --nofile=4096:4096
  as public GET '/v1/organizations?format=xlsx'
  status 200
  whole xlsx
  log_is_clean
  stop_well
}

# A service whose folder for temporary files is so many KiB large; in a namespace of its own.
serve_with_room() {
  local alone=(unshare --mount)
  ((EUID == 0)) || alone+=(--map-root-user)
  "${alone[@]}" mount -t tmpfs tmpfs /mnt 2>/dev/null || skip 'nothing may be mounted here'
  mkdir -p "$BATS_TEST_TMPDIR/small"
  cat >"$BATS_TEST_TMPDIR/sciday" <<TXT
#!/bin/sh
exec ${alone[*]} sh -c 'mount -t tmpfs -o size=$1k tmpfs "\$TMPDIR" && exec "\$0" "\$@"' "$SCIDAY_BINARY" "\$@"
TXT
  chmod +x "$BATS_TEST_TMPDIR/sciday"
  SCIDAY_BINARY="$BATS_TEST_TMPDIR/sciday" serve TMPDIR="$BATS_TEST_TMPDIR/small"
}

@test "TMPDIR满了：503，不留半份文件" {
  local room refused=0 size
  serve
  keep_what_is_right
  stop_well
  for room in 4 16 28 40 52 64 76 88 100; do
    serve_with_room "$room"
    as public GET '/v1/organizations?format=xlsx'
    whole_or_unavailable xlsx
    as public GET '/v1/organizations?format=csv'
    status 200
    as public GET /v1/organizations
    status 200
    log_is_clean
    stop_well
  done
  ((refused > 0))
}

@test "没有TMPDIR这个目录：503，别的照常" {
  serve TMPDIR=/nowhere
  as public GET '/v1/organizations?format=xlsx'
  status 503
  problem unavailable
  as public GET '/v1/organizations?format=csv'
  status 200
  log_is_clean
  stop_well
}
