# 难缠的客户端 · Difficult clients: slow, idle, many, endless, or gone; the others do not notice, and the service lives.

load ../api/library
load installation

setup() {
  serve
}

teardown() {
  leave_well
}

# connect COUNT: so many connections, their descriptors in $connections.
connect() {
  local connection
  connections=()
  while ((${#connections[@]} < $1)); do
    exec {connection}<>"/dev/tcp/127.0.0.1/${SCIDAY_URL##*:}"
    connections+=("$connection")
  done
}

disconnect() {
  local connection
  for connection in "$@"; do
    exec {connection}>&-
  done
}

# turned_away: a connection is closed without an answer.
turned_away() {
  local status=0
  curl --silent --output /dev/null --max-time 10 "$SCIDAY_URL/v1/labels" || status=$?
  ((status == 52 || status == 56))
}

# served_well: twenty requests at once are answered, each within two seconds.
served_well() {
  local answers
  answers=$(curl --silent --output /dev/null --write-out '%{http_code} %{time_total}\n' --max-time 10 --parallel --parallel-immediate \
    "$SCIDAY_URL/v1/organizations?limit=5#[1-20]")
  [[ $(grep -c '^200 [01]\.' <<<"$answers") == 20 ]] || { printf '%s\n' "$answers"; return 1; }
}

@test "一秒一字节的客户端不妨碍别人" {
  connect 20
  local connection feeder
  for connection in "${connections[@]}"; do
    printf 'GET /v1/labels HTTP/1.1\r\nX-Slow: ' >&"$connection"
  done
  while sleep 1; do
    for connection in "${connections[@]}"; do
      printf a >&"$connection"
    done
  done 3>&- &
  feeder=$!
  served_well
  # And one that is slow with its body.
  printf 'POST /v1/auth/token HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\nContent-Length: 8000\r\n\r\n{' >&"${connections[0]}"
  served_well
  kill "$feeder"
  wait "$feeder" || true
  disconnect "${connections[@]}"
  stop_well
}

@test "五百个空闲的连接不妨碍别人" {
  ulimit -n 1024
  connect 500
  served_well
  disconnect "${connections[@]}"
  served_well
  stop_well
}

@test "连接到了上限：再来的断开，空出来就轮到；空闲的到时即断" {
  stop_well
  serve SCIDAY_CONNECTION_LIMIT=20 SCIDAY_CONNECTION_TIMEOUT=600
  connect 20
  within 5 turned_away
  # The other door has connections of its own.
  answers 200 "$admin_url/livez"
  disconnect "${connections[0]}"
  within 5 answers 200 "$SCIDAY_URL/v1/labels"
  disconnect "${connections[@]:1}"
  stop_well

  serve SCIDAY_CONNECTION_LIMIT=20 SCIDAY_CONNECTION_TIMEOUT=1
  connect 20
  within 5 answers 200 "$SCIDAY_URL/v1/labels"
  disconnect "${connections[@]}"
  stop_well
}

@test "没完没了的首部：431，断开" {
  # The end of it never comes. The answer may be lost to the reset that follows it, but not the end.
  {
    printf 'GET /v1/labels HTTP/1.1\r\n'
    seq --format 'X-%g: aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa' 100000 | sed 's/$/\r/'
  } >"$BATS_TEST_TMPDIR/flood"
  local ended=0
  timeout 10 /usr/bin/python3 "$BATS_TEST_DIRNAME/../api/wire.py" "$SCIDAY_URL" <"$BATS_TEST_TMPDIR/flood" >"$BATS_TEST_TMPDIR/answer" || ended=$?
  ((ended != 124))
  [[ ! -s $BATS_TEST_TMPDIR/answer || $(head -n 1 "$BATS_TEST_TMPDIR/answer") == *431* ]]
  served_well
  stop_well
}

@test "没完没了的正文：413，不占内存" {
  local before after
  stop_well
  # The address sanitizer keeps what is freed, and this is about what is not.
  serve ASAN_OPTIONS="${ASAN_OPTIONS:-}:quarantine_size_mb=1"
  # Signing in hashes, which takes memory of its own.
  as administrator GET /v1/me
  before=$(awk '/^VmHWM/ { print $2 }' "/proc/$service_pid/status")
  head -c 60000000 /dev/zero >"$BATS_TEST_TMPDIR/endless"
  as administrator POST /v1/organizations --data-binary "@$BATS_TEST_TMPDIR/endless"
  status 413
  problem body_too_large
  after=$(awk '/^VmHWM/ { print $2 }' "/proc/$service_pid/status")
  ((after - before < 20000)) || { printf '%d kB before, %d kB after\n' "$before" "$after"; return 1; }
  stop_well
}

@test "没有权限的大正文，收了也不留：一百个连接，内存不随之增长" {
  stop_well
  serve ASAN_OPTIONS="${ASAN_OPTIONS:-}:quarantine_size_mb=1"
  local path grown
  # No right; a body of 8 KiB at most; no such address.
  for path in /v1/organizations/batch /v1/auth/token /v1/nothing; do
    grown=$(/usr/bin/python3 "$BATS_TEST_DIRNAME/held_bodies.py" "$SCIDAY_URL" "$service_pid" "$path")
    ((grown < 40000000)) || { printf '%s: %d bytes\n' "$path" "$grown"; return 1; }
  done
  served_well
  stop_well
}

@test "路径里有格式符，然后断开：服务不会崩溃（见 libmicrohttpd 的 URI 日志）" {
  local path cut
  for path in '/x%25s%25s%25s' '/%25n%25n%25n%25n' '/v1/organizations/%25s%25n?q=%25s%25n'; do
    for cut in 'GET %s HTTP/1.1\r\nHost: x\r\n\r\n' 'POST %s HTTP/1.1\r\nHost: x\r\nContent-Length: 100\r\n\r\n{' 'GET %s HTTP/1.1\r\nHo' \
      'POST %s HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n'; do
      # shellcheck disable=SC2059
      printf "$cut" "$path" | /usr/bin/python3 "$BATS_TEST_DIRNAME/../api/wire.py" --reset 0 "$SCIDAY_URL"
    done
  done
  alive
  served_well
  stop_well
}

@test "走了的客户端：断在任何一处，服务都照常" {
  local request length at
  request=$'POST /v1/auth/token HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\nContent-Length: 24\r\n\r\n{"grant_type":"password"}'
  length=${#request}
  for ((at = 1; at < length; at += 12)); do
    printf '%s' "${request:0:at}" | /usr/bin/python3 "$BATS_TEST_DIRNAME/../api/wire.py" --reset 0 "$SCIDAY_URL"
  done
  alive
  served_well
  stop_well
}

@test "分界线不合规的 multipart：断开，不崩溃，也不留下什么" {
  local type
  for type in multipart/form-data 'multipart/form-data; boundary=' 'multipart/form-data; boundary=x' multipart/form-dataX; do
    for _ in {1..5}; do
      curl --silent --output /dev/null --max-time 10 -H "Content-Type: $type" -d x "$SCIDAY_URL/v1/auth/token" || true
    done
  done
  served_well
  stop_well
}

@test "请求太多：429，说何时再来；别的地址不受影响" {
  stop_well
  serve SCIDAY_ADDRESS_RATE_LIMIT=5
  local address=127.9.8.7 statuses wait
  statuses=$(curl --silent --output /dev/null --write-out '%{http_code}\n' --parallel --parallel-immediate --interface "$address" "$SCIDAY_URL/v1/labels#[1-30]")
  # A new minute may begin in between.
  (($(grep -c 200 <<<"$statuses") >= 5 && $(grep -c 200 <<<"$statuses") <= 10 && $(grep -c 429 <<<"$statuses") >= 20))
  limited() {
    as public GET /v1/labels --interface "$address"
    status 429
  }
  within 2 limited
  problem rate_limited
  wait=$(header_value Retry-After)
  ((wait >= 1 && wait <= 60))
  [[ $(header_value RateLimit-Policy) == '"default";q=5;w=60' && $(header_value RateLimit) == '"default";r=0;t='* ]]
  as public GET /v1/labels --interface "$address" -H 'X-Forwarded-For: 192.0.2.1'
  status 429
  as public POST /v1/auth/token --interface "$address" -d '{"grant_type": "password"}'
  status 429
  field .error temporarily_unavailable
  as public GET /v1/labels --interface 127.9.8.6
  status 200
  stop_well
}
