# 没有收完的请求 · Requests that end early: each is told why if it can be, counted once, logged once, and nothing of it stays.

load ../api/library
load installation

setup() {
  # The address sanitizer keeps what is freed, and this is about what is not.
  serve ASAN_OPTIONS="${ASAN_OPTIONS:-}:quarantine_size_mb=1" LSAN_OPTIONS="${LSAN_OPTIONS:-}"
}

teardown() {
  leave_well
}

@test "每一种半途而止的方式，各五百次：不增加内存，不丢描述符，每次有一行日志、一次计数" {
  SCIDAY_TOKEN=$(token administrator) /usr/bin/python3 "$BATS_TEST_DIRNAME/early_ends.py" "$SCIDAY_URL" \
    "$admin_url" "$service_pid" "$SCIDAY_LOG"
  served
  stop_well
}

served() { answers 200 "$SCIDAY_URL/v1/labels"; }
