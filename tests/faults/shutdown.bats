# 停止 · Stopping: what has begun is finished, what is new is refused, and it is over soon; and killed, nothing is half done.

load ../api/library
load installation

setup() {
  serve
  jiangsu=$(organization_id jiangsu)
  as administrator GET "/v1/organizations/$jiangsu"
}

teardown() {
  leave_well
}

# rename_in_background NAME: a change that waits for a lock, as soon as this returns; `wait` for $asking.
rename_in_background() {
  hold "SELECT FROM organization WHERE id = '$jiangsu' FOR UPDATE"
  curl --silent --max-time 30 --dump-header "$BATS_TEST_TMPDIR/asked-headers" --output "$BATS_TEST_TMPDIR/asked" --write-out '%{http_code}' -X PATCH \
    -H "Authorization: Bearer $(token administrator)" -H "If-Match: $etag" -H 'Content-Type: application/json' -d "{\"short_name\": \"$1\"}" \
    "$SCIDAY_URL/v1/organizations/$jiangsu" >"$BATS_TEST_TMPDIR/asked-status" 3>&- &
  asking=$!
  within 10 waiting 1
}

refuses_connections() { ! (exec 4<>"/dev/tcp/127.0.0.1/${SCIDAY_URL##*:}") 2>/dev/null; }

@test "SIGTERM：正在处理的请求得到答复，新的连接不再接受，然后以 0 结束" {
  rename_in_background 停止前
  kill -TERM "$service_pid"
  within 5 refuses_connections
  within 5 answers 503 "$admin_url/readyz"
  [[ $(curl --silent "$admin_url/readyz") == stopping ]]
  answers 200 "$admin_url/livez"
  alive
  release
  wait "$asking"
  [[ $(<"$BATS_TEST_TMPDIR/asked-status") == 200 ]]
  [[ $(jq --raw-output .short_name "$BATS_TEST_TMPDIR/asked") == 停止前 ]]
  grep -qi '^connection: close' "$BATS_TEST_TMPDIR/asked-headers"
  ends_within 10
  [[ $service_status == 0 ]]
  [[ -n $(logged stopping .signal) && -n $(logged stopped .time) ]]
  run ! grep -E 'Sanitizer|runtime error:' "$SCIDAY_LOG"
}

@test "SIGINT 与 SIGTERM 一样" {
  stop INT
  [[ $service_status == 0 ]]
  [[ -n $(logged stopped .time) ]]
}

@test "空闲的连接不拖延停止" {
  local connection connections=()
  for _ in {1..20}; do
    exec {connection}<>"/dev/tcp/127.0.0.1/${SCIDAY_URL##*:}"
    connections+=("$connection")
  done
  # One of them in the middle of a request that never comes.
  printf 'POST /v1/auth/token HTTP/1.1\r\nContent-Le' >&"${connections[0]}"
  answers 200 "$SCIDAY_URL/v1/labels"
  kill -TERM "$service_pid"
  ends_within 5
  [[ $service_status == 0 ]]
  for connection in "${connections[@]}"; do
    exec {connection}>&-
  done
}

@test "等不完的请求有期限：过了 SCIDAY_SHUTDOWN_SECONDS 也会停" {
  stop_well
  serve SCIDAY_SHUTDOWN_SECONDS=1 SCIDAY_DATABASE_WAIT=4000
  as administrator GET "/v1/organizations/$jiangsu"
  rename_in_background 等不到
  kill -TERM "$service_pid"
  # After the bound itself, its connection to the database has one more: half of the wait, for a lock.
  ends_within 8
  [[ $service_status == 0 ]]
  release
  wait "$asking" || true
}

# new_society KEY: asks for one; the same each time.
new_society() {
  as administrator POST /v1/organizations -H "Idempotency-Key: $1" \
    -d "{\"code\": \"$1\", \"kind\": \"partner\", \"name\": \"重启$1\", \"parent_id\": \"$jiangsu\"}"
}

@test "重启之后，同一 Idempotency-Key 仍得到第一次的答复；令牌仍有效" {
  local key first location
  key=$(unique key)
  new_society "$key"
  status 201
  first=$(value .id)
  location=$(header_value Location)
  local before=$etag
  stop_well
  serve
  new_society "$key"
  status 201
  field .id "$first"
  header Idempotency-Replayed true
  header Location "$location"
  header ETag "$before"
  as public GET "/v1/organizations?code=$key&count=exact"
  field .total_count 1
  stop_well
}

@test "处理到一半被杀：再来一次恰好做了一次" {
  local key
  key=$(unique key)
  token administrator >/dev/null
  hold "SELECT pg_advisory_xact_lock(hashtext('sciday'), hashtext('hierarchy'))"
  new_society "$key" >/dev/null 2>&1 3>&- &
  local asking=$!
  within 10 waiting 1
  kill -KILL "$service_pid"
  ends_within 5
  [[ $service_status == 137 ]]
  wait "$asking" || true
  release
  serve
  created() {
    new_society "$key"
    status 201
  }
  within 10 created
  as public GET "/v1/organizations?code=$key&count=exact"
  field .total_count 1
  stop_well
}
