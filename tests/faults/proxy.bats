# 前面的 nginx · nginx in front, as docker/nginx.conf has it: what was sent to one process is not sent to another.

load ../api/library
load installation

setup() {
  command -v nginx >/dev/null || skip 'nginx is not installed'
}

teardown() {
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
