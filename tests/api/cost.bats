# 用量 · What requests weigh, and what waits for a slot.

load library
load service

setup_file() {
  unlimited=$SCIDAY_URL
  serve SCIDAY_ADDRESS_RATE_LIMIT=100 SCIDAY_PRINCIPAL_RATE_LIMIT=40 SCIDAY_REPORT_SLOTS=2 SCIDAY_REPORT_QUEUE=4 SCIDAY_DATABASE_WAIT=20000
  admin_url=http://127.0.0.1:$(jq --raw-input --raw-output 'fromjson? | select(.event == "listening") | .admin_port' "$BATS_FILE_TMPDIR/service.log")
  remember SCIDAY_URL unlimited admin_url
}

teardown_file() {
  serve_no_more
}

setup() {
  recall
  printf -v here '127.%d.%d.%d' $((SRANDOM % 200 + 20)) $((SRANDOM % 256)) $((SRANDOM % 254 + 1)) # whom nobody has counted yet
}

# left COUNT: so much is left of the rate.
left() {
  [[ $(header_value RateLimit) == "\"default\";r=$1;t="* ]] || unexpected "expected $1 to be left"
}

@test "没有的路径、不接受的方法，也计入该地址的次数" {
  as public GET /nowhere --interface "$here"
  status 404
  left 99
  as public DELETE /v1/labels --interface "$here"
  status 405
  left 98
}

# asked QUERY COUNT: of a new address's 100.
asked() {
  as public GET "/v1/organizations$1" --interface "$here"
  status 200
  left "$2"
}

@test "普通读取计1，检索和总数计10" {
  asked '' 99
  asked '?limit=100' 98
  asked '?q=南京' 88
  asked '?q=南京&count=exact' 78
  asked '?count=exact' 68
}

@test "CSV计30，Excel计50，不论是参数还是Accept说的；几样都有时只按最重的一样计" {
  asked '?format=csv' 70
  as public GET /v1/organizations --interface "$here" -H 'Accept: application/vnd.openxmlformats-officedocument.spreadsheetml.sheet'
  status 200
  left 20
  as public HEAD '/v1/organizations?q=南京&limit=1' --interface "$here"
  status 200
  left 10
}

@test "几样都有时只按最重的一样计" {
  asked '?format=csv&q=南京' 70
  asked '?format=csv&q=南京&limit=1&headings=names' 40
}

@test "被拒的请求只计1" {
  as public GET '/v1/organizations?format=csv&limit=0' --interface "$here"
  status 400
  left 99
  as public GET '/v1/organizations?format=pdf' --interface "$here"
  status 406
  left 98
  as public GET '/v1/campaigns/2021/reports/compliance?format=xlsx' --interface "$here"
  status 401
  left 97
}

@test "余量不足的请求答429，不扣余量之外的份额；轻的还能继续" {
  local spent
  spent() {
    as public GET '/v1/organizations?format=csv' --interface "$here"
    status 429
  }
  within 5 spent
  problem rate_limited
  (($(header_value Retry-After) >= 1))
  left 9
  as public GET /v1/organizations --interface "$here"
  status 200
  left 8
}

@test "登录计10" {
  as public POST /v1/auth/token --interface "$here" -d '{"grant_type": "password", "username": "nobody", "password": "wrong"}'
  status 400
  left 90
}

@test "登录后按账号计；比整个限额还重的请求占去整个限额，仍然可用" {
  local fresh
  create_account weigher observer "$(organization_id jiangsu)"
  as "$account" GET '/v1/organizations?format=xlsx' --interface "$here"
  status 200
  left 0
  as "$account" GET /v1/organizations --interface "$here"
  status 429
  asked '' 97
}

# slots STATE COUNT: so many slots are taken, or wait.
slots() {
  curl --silent --fail "$admin_url/metrics" | grep -qx "sciday_slots_$1{gate=\"report\"} $2"
}

# Somebody holds the labels that a workbook needs, and a page does not.
@test "同一地址占一个位置、排一个队，再来即答503；别人还有位置，普通读取不受影响" {
  local first second
  hold 'LOCK TABLE label'
  curl --silent --output /dev/null --interface "$here" "$SCIDAY_URL/v1/organizations?format=csv" 3>&- &
  first=$!
  within 1 slots taken 1
  curl --silent --output /dev/null --interface "$here" "$SCIDAY_URL/v1/organizations?format=csv" 3>&- &
  second=$!
  within 1 slots waiting 1
  as public GET '/v1/organizations?format=csv' --interface "$here"
  status 503
  problem overloaded
  (($(header_value Retry-After) >= 1))
  as public GET '/v1/organizations?q=南京' --interface 127.9.9.9
  status 200
  as public GET /v1/organizations --interface 127.9.9.9
  status 200
  release
  wait "$first" "$second"
  within 5 slots taken 0
}

@test "同一地址的登录一拥而上：等不了的答503，别人照常登录" {
  local form statuses
  export SCIDAY_URL=$unlimited
  form="grant_type=password&username=observer&password=$(encode "$(account_password observer)")"
  statuses=$(curl --silent --output "$BATS_TEST_TMPDIR/#1" --write-out '%{http_code} %header{retry-after}\n' --parallel --parallel-immediate --parallel-max 200 \
    --interface "$here" -d "$form" "$SCIDAY_URL/v1/auth/token?#[1-200]")
  [[ $(sort -u <<<"$statuses") == $'200 \n503 '[1-9]* ]]
  cat "$BATS_TEST_TMPDIR"/[0-9]* | jq --slurp --exit-status 'all(.access_token or (.code == "overloaded" and .error == "temporarily_unavailable"))'
  curl --silent --output /dev/null --parallel --parallel-immediate --parallel-max 200 --interface "$here" -d "$form" \
    "$SCIDAY_URL/v1/auth/token?#[1-200]" 3>&- &
  as public POST /v1/auth/token -H 'Content-Type: application/x-www-form-urlencoded' -d "$form"
  status 200
  wait
}
