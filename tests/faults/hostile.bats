# 恶意的客户端 · A hostile client, alone with the service and behind nginx as docker/nginx.conf has it.

load ../api/library
load installation

setup() {
  # A sanitizer keeps what was freed for a while, which is no growth of the service's.
  serve SCIDAY_ADDRESS_RATE_LIMIT=6000 SCIDAY_PRINCIPAL_RATE_LIMIT=1200 SCIDAY_TRUSTED_PROXIES=127.0.0.1 \
    "ASAN_OPTIONS=${ASAN_OPTIONS:-}:quarantine_size_mb=1:thread_local_quarantine_size_kb=64"
}

teardown() {
  if [[ -n ${nginx_pid:-} ]]; then
    kill -QUIT "$nginx_pid" 2>/dev/null || true
    wait "$nginx_pid" || true
  fi
  leave_well
}

# front: nginx in front of the service, with docker's settings but for the addresses; the tests ask it from now on.
front() {
  local port
  port=$(/usr/bin/python3 -c 'import socket; s = socket.socket(); s.bind(("127.0.0.1", 0)); print(s.getsockname()[1])')
  sed -e "s|server sciday:8080;|server 127.0.0.1:${SCIDAY_URL##*:};|; s|listen 80 default_server;|listen 127.0.0.1:$port default_server;|
    s|^pid .*|pid $BATS_TEST_TMPDIR/nginx.pid;|; s|/dev/stderr|$BATS_TEST_TMPDIR/nginx.log|" "$BATS_TEST_DIRNAME/../../docker/nginx.conf" \
    >"$BATS_TEST_TMPDIR/nginx.conf"
  nginx -p "$BATS_TEST_TMPDIR" -c "$BATS_TEST_TMPDIR/nginx.conf" -g 'daemon off;' 3>&- &
  nginx_pid=$!
  within 10 answers 200 "http://127.0.0.1:$port/v1/labels"
  SCIDAY_URL=http://127.0.0.1:$port
}

attack() {
  SCIDAY_URL=$SCIDAY_URL SCIDAY_PID=$service_pid SCIDAY_LOG=$SCIDAY_LOG SCIDAY_METRICS=$admin_url/metrics \
    /usr/bin/python3 "$BATS_TEST_DIRNAME/hostile.py"
}

@test "恶意的客户端：服务照常，邻居照常，不留下什么" {
  attack
  stop_well
}

@test "在 nginx 之后的恶意客户端：同样" {
  front
  attack
  stop_well
}
