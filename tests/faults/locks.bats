# 锁 · Locks: whoever asks for what is locked is told to come again, however many they are; everybody else is served.

load ../api/library
load installation

setup() {
  serve SCIDAY_CHANGE_CONNECTIONS=1 SCIDAY_READ_CONNECTIONS=1 SCIDAY_REPORT_SLOTS=2 SCIDAY_DATABASE_WAIT=2000
  jiangsu=$(organization_id jiangsu)
  token administrator >/dev/null
}

teardown() {
  : >"$BATS_TEST_TMPDIR/ebb"
  leave_well
}

# flood CURL ARGUMENT…: forty at once, again and again until `ebb`; what each was answered is in $flood.
flood() {
  flood=$BATS_TEST_TMPDIR/flood
  : >"$flood"
  while [[ ! -e $BATS_TEST_TMPDIR/ebb ]]; do
    curl --silent --output /dev/null --write-out '%{http_code} %header{retry-after}\n' --max-time 20 \
      --parallel --parallel-immediate --parallel-max 40 "$@" >>"$flood" || true
  done 3>&- &
  flooding=$!
  within 10 waiting 1
}

ebb() {
  : >"$BATS_TEST_TMPDIR/ebb"
  wait "$flooding"
}

# served STATUS COMMAND…: within the wait that is promised, and none is refused for want of a connection.
served() {
  local expected=$1
  shift
  "$@" --max-time 4 || return
  status "$expected"
}

reads_are_served() {
  local path
  for path in /v1/labels /v1/organizations "/v1/organizations/$jiangsu" /v1/campaigns/2021 /v1/campaigns/2021/phases \
    /v1/campaigns/2021/modules /v1/workflows; do
    served 200 as public GET "$path" || return
  done
  served 200 as administrator GET /v1/me
  served 200 as administrator GET '/v1/users?limit=5'
}

@test "一张表锁住：问它的得到 503 和 Retry-After，别的照常答，登录、修改也一样" {
  hold 'LOCK TABLE activity'
  flood "$SCIDAY_URL/v1/campaigns/2021/activities?limit=[1-40]"
  local round
  for round in 1 2 3; do
    reads_are_served
    [[ $(sign_in administrator | jq --raw-output .token_type) == Bearer ]]
    served 201 as administrator POST /v1/organizations -d "{\"code\": \"$(unique lock)\", \"kind\": \"partner\", \"name\": \"不相干$round\", \"parent_id\": \"$jiangsu\"}"
  done
  as public GET /v1/campaigns/2021/activities
  status 503
  problem unavailable
  header Retry-After 1
  ebb
  [[ $(sort -u "$flood") == '503 1' ]]
  release
  as public GET /v1/campaigns/2021/activities
  status 200
  stop_well
}

@test "报表问的表锁住：别的报表、文件、读都照常" {
  hold 'LOCK TABLE obligation'
  flood -H "Authorization: Bearer $(token administrator)" "$SCIDAY_URL/v1/campaigns/2021/reports/compliance?format=csv#[1-40]"
  local round
  for round in 1 2 3; do
    reads_are_served
    served 200 as public GET '/v1/organizations?format=csv'
    served 200 as public GET '/v1/organizations?format=xlsx'
  done
  ebb
  [[ $(sort -u "$flood") =~ ^503\ [12]($'\n503 2')?$ ]]
  release
  served 200 as administrator GET '/v1/campaigns/2021/reports/compliance?format=csv'
  stop_well
}

@test "一行锁住：许多人改它，都得到 503；改别的、登录照常，等到锁的改成了" {
  local before
  as administrator GET "/v1/organizations/$jiangsu"
  before=$etag
  hold "SELECT FROM organization WHERE id = '$jiangsu' FOR UPDATE"
  flood -X PATCH -H "Authorization: Bearer $(token administrator)" -H "If-Match: $before" \
    -H 'Content-Type: application/merge-patch+json' -d '{"short_name": "抢"}' "$SCIDAY_URL/v1/organizations/$jiangsu#[1-40]"
  local round
  for round in 1 2 3; do
    reads_are_served
    [[ $(sign_in administrator | jq --raw-output .token_type) == Bearer ]]
  done
  as administrator PATCH "/v1/organizations/$jiangsu" -H "If-Match: $before" -d '{"short_name": "也抢"}'
  status 503
  problem unavailable
  header Retry-After 1
  ebb
  [[ $(sort -u "$flood") == '503 1' ]]
  # One that waits when the lock is given up has it.
  change() { as administrator PATCH "/v1/organizations/$jiangsu" -H "If-Match: $before" -d '{"short_name": "等到了"}'; }
  change 3>&- &
  local changing=$!
  within 10 waiting 1
  release
  wait "$changing"
  as public GET "/v1/organizations/$jiangsu"
  field .short_name 等到了
  stop_well
}
