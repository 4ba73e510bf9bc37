# 公开内容的缓存 · Answers to anyone from memory: never older than the last change, never more than what anyone may see.

load library
load campaign
load service

setup_file() {
  serve SCIDAY_PUBLIC_MEMORY=4 SCIDAY_ADMIN_LISTEN=127.0.0.1:0
  start=$(today)
  jiangsu=$(organization_id jiangsu)
  create_city
  city=$created
  draft_campaign "$start"
  add_recipients "$city"
  open_campaign
  create_account city_submitter submitter "$city"
  submitter=$account
  create_activity administrator "$jiangsu" programme
  programme=/v1/activities/$created
  remember start jiangsu city campaign submitter programme
  printf '%s\n' "$SCIDAY_URL" >"$BATS_FILE_TMPDIR/url"
}

teardown_file() {
  serve_no_more
}

setup() {
  recall
  SCIDAY_URL=$(<"$BATS_FILE_TMPDIR/url")
}

# figure NAME: of /metrics.
figure() {
  local port
  port=$(jq --raw-input --raw-output 'first(fromjson? | select(.event == "listening") | .admin_port)' "$BATS_FILE_TMPDIR/service.log")
  curl --silent "http://127.0.0.1:$port/metrics" | sed -n "s/^sciday_memory_$1 //p"
}

found() { figure 'asked_total{outcome="found"}'; }

# kept PATH…: the next reading of each is from memory. (One path after the other: nothing is kept for longer than a minute.)
kept() {
  local path before
  for path in "$@"; do
    as public GET "$path" && status 200 || return
    before=$(found)
    as public GET "$path" && status 200 || return
    (($(found) == before + 1)) || unexpected "expected $path from memory" || return
  done
}

public_paths() {
  printf '%s\n' /v1/organizations "/v1/organizations/$city" /v1/campaigns "/v1/campaigns/$campaign" "/v1/campaigns/$campaign/phases" \
    "/v1/campaigns/$campaign/modules" "/v1/campaigns/$campaign/activities?kind=programme" "/v1/campaigns/$campaign/reports/headline" \
    /v1/labels /v1/workflows /openapi.json /.well-known/jwks.json
}

# sees PATH FILTER VALUE: the very next reading of this process does.
sees() {
  as public GET "$1" || return
  status 200 || return
  field "$2" "$3"
}

# changed PATH FILTER VALUE COMMAND…: it has been read, and is kept, before the change; what is read after it is what it is now.
changed() {
  local path=$1 filter=$2 expected=$3
  shift 3
  kept "$path" || return
  "$@" || return
  sees "$path" "$filter" "$expected"
}

patch() {
  as administrator GET "$1" || return
  as administrator PATCH "$1" -H "If-Match: $etag" -d "$2" || return
  status 200
}

@test "公开的读取第二次来自内存，与第一次一样" {
  local path paths headers
  mapfile -t paths < <(public_paths)
  kept "${paths[@]}"
  for path in "${paths[@]}"; do
    as public GET "$path"
    local body before=$etag
    body=$(<"$response_body")
    header Cache-Control 'public, max-age=60, stale-while-revalidate=300'
    [[ -n $(header_value X-Request-Id) && -n $before ]]
    [[ $(header_value Content-Type) == application/* ]]
    as public GET "$path"
    [[ $(<"$response_body") == "$body" && $etag == "$before" ]]
    as public HEAD "$path"
    status 200
    header ETag "$before"
    # What the client has already is not sent again.
    as public GET "$path" -H "If-None-Match: $before"
    status 304
    header ETag "$before"
    [[ ! -s $response_body ]]
  done
}

@test "压缩的和不压缩的是同一份；两种语言各是各的" {
  local path
  for path in /openapi.json /v1/organizations; do
    kept "$path"
    as public GET "$path"
    no_header Content-Encoding
    as public GET "$path" -H 'Accept-Encoding: gzip'
    header Content-Encoding gzip
    cp "$response_body" "$BATS_TEST_TMPDIR/gzipped"
    as public GET "$path"
    cmp "$response_body" <(gzip --decompress --stdout "$BATS_TEST_TMPDIR/gzipped")
  done
}

@test "同样的问题，写法不同，是同一个答复；不同的问题不是" {
  kept '/v1/organizations?kind=city_association,district_association&limit=3'
  local before
  before=$(found)
  as public GET '/v1/organizations?limit=3&kind=city_association%2Cdistrict_association'
  status 200
  (($(found) == before + 1))
  as public GET '/v1/organizations?limit=4&kind=city_association,district_association'
  (($(found) == before + 1))
}

@test "错的问题照样说错，不存在的照样不存在" {
  kept /v1/organizations
  as public GET '/v1/organizations?limit=0'
  status 400
  as public GET '/v1/organizations?nothing=1'
  status 400
  as public GET /v1/campaigns/nothing
  status 404
  as public GET /v1/campaigns/nothing
  status 404
  as public GET /v1/organizations -H 'Authorization: Bearer nonsense'
  status 401
  as public GET /v1/organizations -H 'Accept: image/png'
  status 406
}

@test "登录的人看到的是自己的，不是内存里公众的" {
  kept "/v1/organizations/$city" "/v1/campaigns/$campaign"
  local before
  before=$(found)
  as administrator GET "/v1/organizations/$city"
  field '.redacted | length' 0
  as administrator GET "/v1/campaigns/$campaign"
  header Cache-Control 'private, no-cache'
  (($(found) == before))
  as public GET "/v1/organizations/$city"
  field '.redacted | join(",")' mailing_address
}

@test "词汇和契约人人一样：登录的人也从内存得到，一个字节不差" {
  local path before
  for path in /v1/labels /openapi.json; do
    kept "$path"
    cp "$response_body" "$BATS_TEST_TMPDIR/public"
    before=$(found)
    as administrator GET "$path"
    status 200
    header Cache-Control 'private, no-cache'
    cmp "$response_body" "$BATS_TEST_TMPDIR/public"
    as "$submitter" GET "$path" -H 'Accept-Encoding: gzip'
    header Content-Encoding gzip || [[ $path == /v1/labels ]]
    (($(found) == before + 2))
  done
}

@test "单位改了，下一次就看到：本身、列表、下级、活动里的名称" {
  changed "/v1/organizations/$city" .short_name 新简称 patch "/v1/organizations/$city" '{"short_name": "新简称"}'
  changed "/v1/organizations?q=$(encode 新名称)" '.items | length' 1 patch "/v1/organizations/$city" "{\"name\": \"$(unique 新名称)\"}"
  changed "/v1/organizations?within=$city" '.items | length' 2 create_district "$city" 新来的区
  changed "/v1/organizations/$created" .parent.name 又改了 patch "/v1/organizations/$city" '{"name": "又改了"}'
}

@test "届次、阶段、模块、主送单位改了，下一次就看到" {
  changed "/v1/campaigns/$campaign" .theme 新主题 patch "/v1/campaigns/$campaign" '{"theme": "新主题"}'
  as public GET "/v1/campaigns?status=open"
  local newest phase
  newest=$(value '.items[0].code')
  changed "/v1/campaigns?status=open" '.items[0].theme' 再新 patch "/v1/campaigns/$newest" '{"theme": "再新"}'
  as public GET "/v1/campaigns/$campaign/phases"
  phase=$(value '.items[0].id')
  changed "/v1/campaigns/$campaign/phases" '.items[0].name' 新阶段 patch "/v1/phases/$phase" '{"name": "新阶段"}'
  changed "/v1/phases/$phase" .name 又新 patch "/v1/phases/$phase" '{"name": "又新"}'
  changed "/v1/campaigns/$campaign/modules" '.items | length' 6 add_module 6 sixth 第六
  changed "/v1/modules/$created" .name 改名 patch "/v1/modules/$created" '{"name": "改名"}'
  create_city
  changed "/v1/campaigns/$campaign" .recipient_count 2 add_recipients "$created"
  changed "/v1/campaigns/$campaign/reports/headline" .title 新题 patch "/v1/campaigns/$campaign" '{"title": "新题"}'
}

@test "活动公布、改期、撤回，下一次就看到" {
  local list="/v1/campaigns/$campaign/activities?kind=programme" headline="/v1/campaigns/$campaign/reports/headline"
  kept "$headline"
  changed "$list" '.items | length' 1 act administrator "$programme" publish
  sees "$headline" .programme.count 1
  changed "$list" '.items[0].execution' postponed act administrator "$programme" postpone \
    "{\"reason\": \"下雨\", \"starts_on\": \"$(later "$start" 3)\"}"
  kept "$headline"
  changed "$list" '.items | length' 0 act administrator "$programme" unpublish
  sees "$headline" .programme.count 0
}

@test "报送了，公开的数字下一次就是新的" {
  local headline="/v1/campaigns/$campaign/reports/headline"
  create_plan "$submitter" "$city"
  changed "$headline" .plans_received 1 act "$submitter" "/v1/plans/$created" submit
  create_activity "$submitter" "$city" highlight
  local highlight=/v1/activities/$created
  act "$submitter" "$highlight" submit
  create_account city_reviewer reviewer "$jiangsu"
  changed "$headline" .highlights.count 1 act "$account" "$highlight" accept
  sees "/v1/campaigns/$campaign/activities?kind=highlight" '.items | length' 1
  changed "/v1/campaigns/$campaign/activities?kind=highlight" '.items | length' 0 act "$account" "$highlight" return '{"comment": "请补充"}'
}

@test "草稿里的改动，什么也不丢，什么也不露" {
  local paths before open=$campaign draft activity
  draft_campaign "$(later "$start" 400)"
  draft=$campaign campaign=$open
  create_activity administrator "$jiangsu" programme
  activity=/v1/activities/$created
  mapfile -t paths < <(public_paths)
  kept "${paths[@]}"
  before=$(found)

  patch "$activity" '{"title": "还没公布"}'
  patch "/v1/campaigns/$draft" '{"theme": "还没印发"}'
  campaign=$draft
  add_module 9 ninth 第九
  patch "/v1/modules/$created" '{"name": "第九改名"}'
  add_recipients "$city"
  create_activity administrator "$jiangsu" programme
  campaign=$open
  create_plan administrator "$city" || true
  # Not one of them was dropped, and none of it shows.
  for path in "${paths[@]}"; do
    as public GET "$path"
    status 200
    [[ $(<"$response_body") != *还没公布* && $(<"$response_body") != *还没印发* && $(<"$response_body") != *"$draft"* ]]
  done
  (($(found) == before + ${#paths[@]}))
  as public GET "/v1/campaigns/$draft"
  status 404
  as public GET "/v1/campaigns/$draft/activities"
  status 404
  as public GET "$activity"
  status 404
  # Issued, it is there at once.
  changed /v1/campaigns "any(.items[]; .code == \"$draft\")" true issue "$draft"
  sees "/v1/campaigns/$draft" .theme 还没印发
}

issue() {
  local campaign=$1
  open_campaign
}

refused_changes_drop_nothing() {
  local paths before
  mapfile -t paths < <(public_paths)
  kept "${paths[@]}" || return
  before=$(found)
  as administrator PATCH "/v1/organizations/$city" -H 'If-Match: "999999-0"' -d '{"short_name": "旧的"}' && status 412 || return
  as "$submitter" PATCH "/v1/organizations/$city" -H 'If-Match: "1-0"' -d '{"short_name": "无权"}' && status 403 || return
  as administrator POST /v1/organizations \
    -d "{\"code\": \"jiangsu\", \"kind\": \"partner\", \"name\": \"重了\", \"parent_id\": \"$jiangsu\"}" && status 409 || return
  kept "${paths[@]}" || return
  (($(found) == before + 2 * ${#paths[@]}))
}

@test "被拒绝的修改什么也不丢" {
  # What was kept by earlier tests may have come to the end of its minute meanwhile; the second time all of it is new.
  refused_changes_drop_nothing || refused_changes_drop_nothing
}

@test "别的进程改的，一秒之内看到" {
  local other=$SCIDAY_URL first second round
  first=$other
  service_start "$SCIDAY_BINARY" "$BATS_TEST_TMPDIR/second.log" "${service_of_tests[@]}"
  second=$service_url
  for round in 1 2 3; do
    SCIDAY_URL=$second
    as public GET "/v1/organizations/$city"
    as public GET "/v1/organizations/$city"
    SCIDAY_URL=$first
    kept "/v1/organizations/$city"
    SCIDAY_URL=$second
    patch "/v1/organizations/$city" "{\"short_name\": \"第$round次\"}"
    sees "/v1/organizations/$city" .short_name "第$round次"
    SCIDAY_URL=$first
    within 1 sees "/v1/organizations/$city" .short_name "第$round次"
  done
  # Past the service, by the owner, too.
  kept "/v1/organizations/$city"
  database "UPDATE organization SET short_name = '直接改的' WHERE id = '$city'"
  within 1 sees "/v1/organizations/$city" .short_name 直接改的
  service_stop
  run ! grep -E 'Sanitizer|runtime error:' "$BATS_TEST_TMPDIR/second.log"
}

@test "很多人同时读、同时改，谁读到的都不比已经答复的旧" {
  local number last=0 readers=() reader
  for reader in 1 2 3; do
    while [[ ! -e $BATS_TEST_TMPDIR/enough ]]; do
      curl --silent --output /dev/null "$SCIDAY_URL/v1/organizations/$city" || true
    done 3>&- &
    readers+=($!)
  done
  for number in {1..30}; do
    patch "/v1/organizations/$city" "{\"short_name\": \"第${number}稿\"}" && sees "/v1/organizations/$city" .short_name "第${number}稿" || last=1
  done
  : >"$BATS_TEST_TMPDIR/enough"
  wait "${readers[@]}"
  ((last == 0))
}

@test "各种各样的问题很多，内存仍在限度之内" {
  # Each is another question, and a page of what the installation has.
  local query statuses=$BATS_TEST_TMPDIR/statuses
  for query in 'limit=[20-100]&sort={code,-code,ordinal}&is_active=true' 'limit=[20-100]&sort={code,-code,ordinal}'; do
    curl --silent --output /dev/null --write-out '%{http_code}\n' --parallel --parallel-max 8 "$SCIDAY_URL/v1/organizations?$query"
  done >"$statuses"
  (($(grep -c '^200$' "$statuses") == 486))
  (($(figure replies) > 1 && $(figure replies) < 486))
  (($(figure bytes) <= 4194304))
  # There is room again for whatever is asked for.
  kept /v1/labels /openapi.json
}

@test "不要内存的装置也一样答复" {
  local first=$SCIDAY_URL
  service_start "$SCIDAY_BINARY" "$BATS_TEST_TMPDIR/none.log" "${service_of_tests[@]}" SCIDAY_PUBLIC_MEMORY=0
  SCIDAY_URL=$service_url
  as public GET "/v1/organizations/$city"
  status 200
  patch "/v1/organizations/$city" '{"short_name": "没有内存"}'
  sees "/v1/organizations/$city" .short_name 没有内存
  service_stop
  SCIDAY_URL=$first
}
