# 前面的 nginx · nginx in front, as docker/nginx.conf has it: what was sent to one process is not sent to another.

load ../api/library
load installation

setup() {
  command -v nginx >/dev/null || skip 'nginx is not installed'
  started=()
}

teardown() {
  ((${#started[@]} == 0)) || kill "${started[@]}"
  leave_well
}

# hang_up NAME: a process that is ended by each request; its port is $hanging, its requests are in the file NAME.
hang_up() {
  /usr/bin/python3 "$BATS_TEST_DIRNAME/hang_up.py" >"$BATS_TEST_TMPDIR/$1" 3>&- &
  started+=("$!")
  within 10 test -s "$BATS_TEST_TMPDIR/$1"
  hanging=$(head -n 1 "$BATS_TEST_TMPDIR/$1")
}

sent_to() { tail -n +2 "$BATS_TEST_TMPDIR/$1" | wc -l; }

# proxy PORT…: nginx in front of what listens there, at $proxied.
proxy() {
  local port=$((20000 + RANDOM % 10000)) servers
  servers=$(printf 'server 127.0.0.1:%d max_fails=3 fail_timeout=5s; ' "$@")
  sed "s/server sciday:8080[^;]*;/$servers/; s/listen 80 default_server/listen 127.0.0.1:$port/; s,/tmp/nginx.pid,$BATS_TEST_TMPDIR/nginx.pid,
    s/worker_processes auto/worker_processes 1; daemon off/" "$BATS_TEST_DIRNAME/../../docker/nginx.conf" >"$BATS_TEST_TMPDIR/nginx.conf"
  nginx -e stderr -c "$BATS_TEST_TMPDIR/nginx.conf" 2>"$BATS_TEST_TMPDIR/nginx.log" 3>&- &
  started+=("$!")
  proxied=http://127.0.0.1:$port
  within 10 listens "$port"
}

listens() { (exec 4<>"/dev/tcp/127.0.0.1/$1") 2>/dev/null; }

@test "使一个进程中断的请求，不会再发给别的进程" {
  hang_up first
  local ports=("$hanging") method
  hang_up second
  proxy "${ports[0]}" "$hanging"
  for method in GET POST PUT PATCH DELETE; do
    answers 502 "$proxied/v1/labels" -X "$method"
  done
  (($(sent_to first) + $(sent_to second) == 5))
}

@test "连不上一个进程：请求还没有发出，改由别的进程回答" {
  serve
  proxy 1 "${SCIDAY_URL##*:}"
  for _ in {1..6}; do
    answers 200 "$proxied/v1/labels"
    answers 400 "$proxied/v1/auth/token" -H 'Content-Type: application/json' -d '{}'
  done
  stop_well
}
