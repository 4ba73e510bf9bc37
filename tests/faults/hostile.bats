# 恶意的客户端 · A hostile client, alone with the service and behind nginx as docker/nginx.conf has it.

load ../api/library
load installation

setup() {
  # Rates are counted, and high: an attack that is refused for its rate would be none. A sanitizer keeps what was freed
  # for a while, which is no growth of the service's.
  serve SCIDAY_ADDRESS_RATE_LIMIT=100000 SCIDAY_PRINCIPAL_RATE_LIMIT=100000 SCIDAY_TRUSTED_PROXIES=127.0.0.1 \
    "ASAN_OPTIONS=${ASAN_OPTIONS:-}:quarantine_size_mb=1:thread_local_quarantine_size_kb=64"
}

teardown() {
  leave_well
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
  command -v nginx >/dev/null || skip 'nginx is not installed'
  proxy "${SCIDAY_URL##*:}"
  SCIDAY_URL=$proxied
  attack
  stop_well
}
