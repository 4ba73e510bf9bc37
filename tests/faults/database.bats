# 数据库不在 · The database away: the service says so, stays alive, and is back by itself.

load ../api/library
load installation

setup() {
  serve
}

teardown() {
  leave_well
}

# away PATH…: each is a 503 that says when to come again.
away() {
  local path
  for path in "$@"; do
    as public GET "$path"
    status 503 || return
    problem unavailable || return
    ((10#$(header_value Retry-After) >= 1)) || return
  done
}

back() { answers 200 "$SCIDAY_URL/v1/organizations"; }

@test "数据库停了：读、写、登录都是 503，/readyz 是 503，/livez 是 200；来了自己恢复" {
  local jiangsu etag_before
  jiangsu=$(organization_id jiangsu)
  as administrator GET "/v1/organizations/$jiangsu"
  etag_before=$etag
  answers 200 "$admin_url/readyz"
  answers 200 "$admin_url/livez"

  cluster_down
  away /v1/organizations "/v1/organizations/$jiangsu" /v1/campaigns/2021 /v1/labels
  as administrator PATCH "/v1/organizations/$jiangsu" -H "If-Match: $etag_before" -d '{"short_name": "断电"}'
  status 503
  problem unavailable
  header Retry-After 1
  as public POST /v1/auth/token -d '{"grant_type": "password", "username": "administrator", "password": "x"}'
  status 503
  field .error temporarily_unavailable
  [[ -n $(header_value Retry-After) ]]
  # Not one of them tells what is behind it.
  [[ $(<"$response_body") != *"$installation"* && $(<"$response_body") != *socket* ]]
  answers 503 "$admin_url/readyz"
  answers 200 "$admin_url/livez"
  answers 200 "$admin_url/metrics"
  as public GET /openapi.json
  status 200
  as public GET /nowhere
  status 404
  # In English too, and a wrong request is still told that it is wrong.
  as public GET /v1/labels -H 'Accept-Language: en'
  field .title 'Unavailable for now'
  as public GET '/v1/organizations?limit=0'
  status 400
  alive

  cluster_up
  within 10 back
  within 10 answers 200 "$admin_url/readyz"
  as administrator GET "/v1/organizations/$jiangsu"
  header ETag "$etag_before"
  as administrator PATCH "/v1/organizations/$jiangsu" -H "If-Match: $etag_before" -d '{"short_name": "来电"}'
  status 200
  stop_well
}

@test "数据库不在时，503 来得快，不等到最后" {
  cluster_down
  away /v1/labels
  local seconds
  seconds=$(curl --silent --output /dev/null --write-out '%{time_total}' "$SCIDAY_URL/v1/labels")
  [[ ${seconds%.*} -lt 2 ]]
  # Nor do many at once keep one another waiting.
  local statuses
  statuses=$(curl --silent --output /dev/null --write-out '%{http_code} %{time_total}\n' --parallel --parallel-immediate --parallel-max 50 \
    "$SCIDAY_URL/v1/labels#[1-50]")
  [[ $(grep -c '^503 [0-2]\.' <<<"$statuses") == 50 ]]
}

@test "数据库重启，正在读的不出错，至多是几个 503" {
  local statuses=$BATS_TEST_TMPDIR/statuses reader readers=()
  for reader in 1 2 3 4; do
    while [[ ! -e $BATS_TEST_TMPDIR/enough ]]; do
      curl --silent --output /dev/null --write-out '%{http_code}\n' --max-time 10 "$SCIDAY_URL/v1/organizations?limit=5" >>"$statuses-$reader" || true
    done 3>&- &
    readers+=($!)
  done
  enough() { (($(cat "$statuses"-* | grep -c 200) >= $1)); }
  within 10 enough 20
  cluster_down
  cluster_up
  local before
  before=$(cat "$statuses"-* | grep -c 200)
  within 10 enough $((before + 20))
  : >"$BATS_TEST_TMPDIR/enough"
  wait "${readers[@]}"
  run ! grep --no-filename -vE '^(200|503)$' "$statuses"-*
  stop_well
}

@test "修改时连接断了：503，什么也没写；再来一次就做了，只做一次" {
  local jiangsu key body
  jiangsu=$(organization_id jiangsu)
  key=$(unique key)
  body="{\"code\": \"$(unique society)\", \"kind\": \"society\", \"name\": \"断线学会\", \"parent_id\": \"$jiangsu\"}"
  token administrator >/dev/null
  hold "SELECT pg_advisory_xact_lock(hashtext('sciday'), hashtext('hierarchy'))"
  {
    as administrator POST /v1/organizations -H "Idempotency-Key: $key" -d "$body"
    status 503 && problem unavailable && [[ -n $(header_value Retry-After) ]]
  } 3>&- &
  local asking=$!
  within 10 waiting 1
  superuser --dbname="$(database_url postgres)" --command="SELECT pg_terminate_backend(pid) FROM pg_locks WHERE NOT granted" >/dev/null
  wait "$asking"
  release
  as administrator GET "/v1/organizations?q=$(encode 断线学会)&count=exact"
  field .total_count 0
  as administrator POST /v1/organizations -H "Idempotency-Key: $key" -d "$body"
  status 201
  no_header Idempotency-Replayed
  as administrator POST /v1/organizations -H "Idempotency-Key: $key" -d "$body"
  status 201
  header Idempotency-Replayed true
  stop_well
}

@test "数据库回来以后，别处取消的角色仍会立即知道" {
  cluster_down
  cluster_up
  within 10 back
  as administrator GET /v1/me
  status 200
  listens() { [[ $(superuser --dbname="$(database_url postgres)" --command="SELECT count(*) FROM pg_stat_activity WHERE query LIKE 'LISTEN%'") -ge 1 ]]; }
  within 10 listens
  local session
  session=$(superuser --dbname="$(database_url postgres)" --command="UPDATE session SET ended_at = now() WHERE id = (SELECT id FROM session ORDER BY created_at DESC LIMIT 1) RETURNING id")
  [[ -n $session ]]
  refused() {
    as administrator GET /v1/me
    status 401
  }
  within 1 refused
  # The next test signs in anew.
  rm -f "$BATS_RUN_TMPDIR"/token-administrator
}

# remembered: how many answers were from memory.
remembered() { curl --silent "$admin_url/metrics" | sed -n 's/^sciday_memory_asked_total{outcome="found"} //p'; }

@test "听通知的连接断了：断开时改的马上看到，断开期间什么也不从内存答，回来以后照旧" {
  local jiangsu path before
  jiangsu=$(organization_id jiangsu)
  path=/v1/organizations/$jiangsu
  database() { superuser --dbname="$(database_url postgres)" --command="$1"; }
  sees() {
    as public GET "$path"
    field .short_name "$1"
  }
  from_memory() {
    before=$(remembered)
    as public GET "$path" && (($(remembered) == before + 1))
  }
  as public GET "$path"
  within 10 from_memory

  # It cannot come back, and what changes meanwhile is told to nobody.
  database "ALTER ROLE sciday_service CONNECTION LIMIT 0"
  database "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE query LIKE 'LISTEN%' OR query = 'SELECT'" >/dev/null
  database "UPDATE organization SET short_name = '断开时改的' WHERE id = '$jiangsu'"
  within 1 sees 断开时改的
  before=$(remembered)
  database "UPDATE organization SET short_name = '又改了' WHERE id = '$jiangsu'"
  sees 又改了
  sees 又改了
  (($(remembered) == before))

  database "ALTER ROLE sciday_service CONNECTION LIMIT -1"
  within 10 from_memory
  sees 又改了
  database "UPDATE organization SET short_name = '回来以后' WHERE id = '$jiangsu'"
  within 1 sees 回来以后
  stop_well
}

@test "启动时数据库还没来：服务先起来，来了就好" {
  stop_well
  cluster_down
  serve
  away /v1/labels
  answers 503 "$admin_url/readyz"
  answers 200 "$admin_url/livez"
  cluster_up
  within 10 back
  within 10 answers 200 "$admin_url/readyz"
  stop_well
}

@test "文件发到一半数据库断了：连接断开，不像发完了的；日志记下，再来一次就完整" {
  superuser --dbname="$(database_url postgres)" --command="
    INSERT INTO organization (id, code, kind, name, parent_id, ordinal)
    SELECT uuid_v7(), 'half-' || n, 'society', repeat('科', 96) || n, o.id, n
      FROM organization o, generate_series(1000, 5999) n WHERE o.code = 'jiangsu'"
  local half=$BATS_TEST_TMPDIR/half.csv whole=$BATS_TEST_TMPDIR/whole.csv ended=0
  # Who takes in little at a time is sent little at a time.
  curl --silent --show-error --limit-rate 100k --output "$half" --max-time 60 -H 'X-Request-Id: half' \
    "$SCIDAY_URL/v1/organizations?format=csv" 2>"$BATS_TEST_TMPDIR/error" 3>&- &
  local reading=$!
  within 10 test -s "$half"
  cluster_down
  wait "$reading" || ended=$?
  cat "$BATS_TEST_TMPDIR/error"
  ((ended == 18))
  [[ $(wc -l <"$half") -lt 5000 ]]
  [[ $(logged answer_broken_off '[.request_id, .operation] | join(" ")') == 'half list_organizations' ]]
  (($(logged answer_broken_off .bytes) > 0))
  cluster_up
  within 10 back
  curl --silent --output "$whole" --max-time 60 "$SCIDAY_URL/v1/organizations?format=csv"
  (($(grep -c '科科科' "$whole") == 5000))
  stop_well
}
