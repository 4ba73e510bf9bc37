# 同时 · Races: whoever comes at the same moment, one is first, the others are told clearly, and nothing is done twice or lost.

load library
load campaign

setup_file() {
  start=2021-05-10
  draft_campaign $start
  jiangsu=$(organization_id jiangsu)
  add_recipients "$(organization_id 320500)"
  open_campaign
  remember campaign start jiangsu
}

setup() {
  recall
}

# new_recipient: one more city that the notice goes to, $city, and its submitter, $account.
new_recipient() {
  create_city "$jiangsu"
  city=$created
  add_recipients "$city"
  create_account racer submitter "$city"
}

# new_plan: a complete draft of a new recipient's: $plan, $etag.
new_plan() {
  new_recipient
  create_plan "$account" "$city"
  plan=$created
}

# at_once COUNT WHO METHOD PATH [CURL ARGUMENT…]: the same request so many times at once. For each
# answer a line in $answers: its status, its problem's code, and whether it was replayed.
at_once() {
  local count=$1 who=$2 method=$3 path=$4
  shift 4
  rm -rf "$BATS_TEST_TMPDIR/answers"
  mkdir "$BATS_TEST_TMPDIR/answers"
  curl --silent --show-error --parallel --parallel-immediate --parallel-max "$count" --max-time 60 -X "$method" \
    -H "Authorization: Bearer $(token "$who")" -H 'Content-Type: application/json' "$@" --output "$BATS_TEST_TMPDIR/answers/#1" \
    --write-out '%{filename_effective} %{http_code} %header{idempotency-replayed}\n' "$SCIDAY_URL$path#[1-$count]" |
    sort >"$BATS_TEST_TMPDIR/statuses"
  # Only a problem has a request's id.
  jq --raw-output '[input_filename, if .request_id then .code else "" end] | join(" ")' "$BATS_TEST_TMPDIR"/answers/* | sort >"$BATS_TEST_TMPDIR/codes"
  answers=$(join -t ' ' -o 1.2,2.2,1.3 "$BATS_TEST_TMPDIR/statuses" "$BATS_TEST_TMPDIR/codes")
}

# together ARGUMENT… [-- ARGUMENT…]…: a request for each group of curl's arguments, all at once;
# $answers has a line with the status of each, in their order, and answers/1, … their bodies.
together() {
  local groups=() number=1
  rm -rf "$BATS_TEST_TMPDIR/answers"
  mkdir "$BATS_TEST_TMPDIR/answers"
  while (($#)); do
    ((number == 1)) || groups+=(--next)
    groups+=(--silent --show-error --max-time 60 --output "$BATS_TEST_TMPDIR/answers/$number" --write-out "$number %{http_code}\n")
    while (($#)) && [[ $1 != -- ]]; do
      groups+=("$1")
      shift
    done
    shift || true
    ((number++))
  done
  answers=$(curl --parallel --parallel-immediate "${groups[@]}" | sort -n | cut -d' ' -f2)
}

# as_curl WHO METHOD PATH: the arguments of that request, in the array $asked.
as_curl() {
  asked=(-X "$2" -H "Authorization: Bearer $(token "$1")" -H 'Content-Type: application/json' "$SCIDAY_URL$3")
}

# answered COUNT PATTERN: so many of the answers are like this.
answered() {
  local found
  found=$(grep -cxE "$2" <<<"$answers") || true
  if [[ $found != "$1" ]]; then
    printf 'expected %s answers like %s, but these came:\n%s\n' "$1" "$2" "$(sort <<<"$answers" | uniq -c)"
    return 1
  fi
}

# submitted_once: the plan was, and its history says so.
submitted_once() {
  as "$account" GET "/v1/plans/$plan"
  field .status submitted || return
  field .submission_count 1 || return
  as "$account" GET "/v1/plans/$plan/submissions?count=exact"
  field .total_count 1 || return
  as "$account" GET "/v1/plans/$plan/reviews?count=exact"
  field .total_count 1
}

# ---- Submitting -----------------------------------------------------------------------------

@test "同一工作方案同时报送一百次：报送一次，九十九个明确的答复" {
  new_plan
  at_once 100 "$account" POST "/v1/plans/$plan/submit" -H "If-Match: $etag"
  answered 1 '200  '
  answered 99 '(412 version_mismatch|409 (transition_not_allowed|concurrent_change)) '
  submitted_once
}

@test "同一编号同时报送一百次：报送一次，其余重放或说正在处理" {
  new_plan
  at_once 100 "$account" POST "/v1/plans/$plan/submit" -H "If-Match: $etag" -H "Idempotency-Key: $(unique key)"
  answered 1 '200  '
  answered 99 '(200  true|409 idempotency_in_progress )'
  [[ $(grep -lE '"status" ?: ?"submitted"' "$BATS_TEST_TMPDIR"/answers/* | xargs sha256sum | cut -d' ' -f1 | sort -u | wc -l) == 1 ]]
  submitted_once
}

@test "同时修改和报送：只有一个成功，报送的内容是成功者的" {
  new_plan
  as_curl "$account" PATCH "/v1/plans/$plan"
  local patch=("${asked[@]}")
  as_curl "$account" POST "/v1/plans/$plan/submit"
  together "${patch[@]}" -H "If-Match: $etag" -d '{"title": "改过的标题"}' -- "${asked[@]}" -H "If-Match: $etag"
  answered 1 200
  answered 1 '412|409'
  as "$account" GET "/v1/plans/$plan"
  field .version 2
  if [[ $(value .status) == submitted ]]; then
    field .title '“全国科技工作者日”活动工作方案'
  else
    field .title 改过的标题
    field .status draft
  fi
}

@test "同一单位的工作方案同时新建十次，只有一份" {
  new_recipient
  at_once 10 "$account" POST "/v1/campaigns/$campaign/plans" -d "{\"organization_id\": \"$city\", \"title\": \"工作方案\"}"
  answered 1 '201  '
  answered 9 '409 already_exists '
  as "$account" GET "/v1/campaigns/$campaign/plans?count=exact&organization_id=$city"
  field .total_count 1
}

# ---- Administrators -------------------------------------------------------------------------

# administrator_of TREE: a new administrator there, by the database: $account, $created.
administrator_of() {
  create_account rival observer "$jiangsu"
  database "DELETE FROM membership WHERE account_id = '$created'; INSERT INTO membership (account_id, organization_id, role) VALUES ('$created', '$1', 'administrator')"
}

@test "两名管理员同时停用对方、取消对方的角色、删除对方：总有一名留下" {
  local tree way first second first_id second_id requests
  for way in '-X PATCH -d {"is_active":false}' '-X PATCH -d {"memberships":[]}' '-X DELETE'; do
    tree=$(database "INSERT INTO organization (id, code, kind, name) VALUES (uuid_v7(), '$(unique t)', 'provincial_association', '独立省科协') RETURNING id")
    administrator_of "$tree"
    first=$account first_id=$created
    administrator_of "$tree"
    second=$account second_id=$created
    read -ra requests <<<"$way"
    as "$first" GET "/v1/users/$second_id"
    local etag_of_second=$etag
    as "$second" GET "/v1/users/$first_id"
    local etag_of_first=$etag
    hold "SELECT FROM account WHERE id IN ('$first_id', '$second_id') FOR UPDATE"
    together "${requests[@]}" -H "Authorization: Bearer $(token "$first")" -H 'Content-Type: application/json' -H "If-Match: $etag_of_second" "$SCIDAY_URL/v1/users/$second_id" \
      -- "${requests[@]}" -H "Authorization: Bearer $(token "$second")" -H 'Content-Type: application/json' -H "If-Match: $etag_of_first" "$SCIDAY_URL/v1/users/$first_id" 3>&- &
    local both=$!
    within 10 waiting 2
    release
    wait "$both"
    [[ $(database "SELECT count(*) FROM membership m JOIN account a ON a.id = m.account_id WHERE m.organization_id = '$tree' AND m.role = 'administrator' AND a.is_active") == 1 ]]
    [[ $(jq --raw-output 'select(.code) | .code' "$BATS_TEST_TMPDIR"/answers/*) == last_administrator ]]
  done
}

# ---- Changing -------------------------------------------------------------------------------

@test "两人据同一版本修改：一个 200，一个 412，先到的没有被覆盖" {
  new_plan
  as_curl "$account" PATCH "/v1/plans/$plan"
  asked+=(-H "If-Match: $etag")
  # Both are in the database, and neither has changed anything yet.
  hold "SELECT FROM plan WHERE id = '$plan' FOR UPDATE"
  together "${asked[@]}" -d '{"title": "甲的标题"}' -- "${asked[@]}" -d '{"text": "乙的正文"}' 3>&- &
  local both=$!
  within 10 waiting 2
  release
  wait "$both"
  as "$account" GET "/v1/plans/$plan"
  field .version 2
  field '[.title == "甲的标题", .text == "乙的正文"] | map(select(.)) | length' 1
  [[ $(jq --raw-output '.code // "changed"' "$BATS_TEST_TMPDIR"/answers/* | sort | paste --serial) == $'changed\tversion_mismatch' ]]
}

@test "二十人据同一版本修改：一个成功，留下的是他的" {
  new_plan
  local each requests=()
  as_curl "$account" PATCH "/v1/plans/$plan"
  for each in {1..20}; do
    ((each == 1)) || requests+=(--)
    requests+=("${asked[@]}" -H "If-Match: $etag" -d "{\"title\": \"第${each}人\"}")
  done
  together "${requests[@]}"
  answered 1 200
  answered 19 412
  local winner
  winner=$(grep -nx 200 <<<"$answers" | cut -d: -f1)
  as "$account" GET "/v1/plans/$plan"
  field .version 2
  field .title "第${winner}人"
}

# add_one TIMES PATH: reads the ordinal and writes the next one, and reads again whenever it came too late.
add_one() {
  local times=$1 path=$2 headers=$BATS_TEST_TMPDIR/headers-$BASHPID body=$BATS_TEST_TMPDIR/body-$BASHPID code
  while ((times > 0)); do
    curl --silent --dump-header "$headers" --output "$body" "$SCIDAY_URL$path"
    code=$(curl --silent --output /dev/null --write-out '%{http_code}' -X PATCH -H "Authorization: Bearer $(token administrator)" \
      -H "If-Match: $(sed -n 's/^etag: \(.*\)\r$/\1/Ip' "$headers")" -H 'Content-Type: application/json' \
      -d "{\"ordinal\": $(($(jq .ordinal "$body") + 1))}" "$SCIDAY_URL$path")
    case $code in
      200) ((times--)) ;;
      412) ;;
      *) return 1 ;;
    esac
  done
}

@test "四人各加三次，一次也不少" {
  create_city "$jiangsu"
  local path=/v1/organizations/$created before each pids=()
  before=$(value .ordinal)
  token administrator >/dev/null
  for each in 1 2 3 4; do
    add_one 3 "$path" 3>&- &
    pids+=($!)
  done
  for each in "${pids[@]}"; do
    wait "$each"
  done
  as public GET "$path"
  field .ordinal $((before + 12))
  field .version 13
}

# crowd TASK PEOPLE TIMES: at the plan, of which $account is not the only author; $acknowledged is what they were told,
# in the order of the versions.
crowd() {
  local first=$account
  create_account colleague submitter "$city"
  SCIDAY_TOKENS="{\"first\": \"$(token "$first")\", \"second\": \"$(token "$account")\"}" \
    /usr/bin/python3 "$BATS_TEST_DIRNAME/crowd.py" "$@" "$plan" >"$BATS_TEST_TMPDIR/acknowledged"
  acknowledged=$(jq --slurp --raw-output 'sort_by(.version)[] | "\(.version) \(.asked)"' "$BATS_TEST_TMPDIR/acknowledged")
}

# trail: how often each operation changed the plan, by the audit trail.
trail() {
  all_pages administrator "/v1/audit?resource=plan&resource_id=$plan&limit=100" '.items[].operation' | sort | uniq -c | tr -s ' '
}

@test "十二人同时写一份草稿，各写六行，谁晚了谁重读：每一行都在，一行不多" {
  new_plan
  crowd write 12 6
  [[ $(wc -l <<<"$acknowledged") == 72 ]]
  # The versions are 2 to 73, each acknowledged to one person alone.
  [[ $(cut -d' ' -f1 <<<"$acknowledged" | paste --serial --delimiters=' ') == $(seq --separator=' ' 2 73) ]]
  as "$account" GET "/v1/plans/$plan"
  field .version 73
  # What is written is what was acknowledged, in the order of the versions, after the one line that was there.
  [[ $(value .text | tail -n +2) == $(cut -d' ' -f2 <<<"$acknowledged") ]]
  [[ $(trail) == $' 1 create_plan\n 72 patch_plan' ]]
}

@test "十二人同时报送、撤回一份方案，各做六次：历次报送、过程和记录与得到的答复一一相符" {
  new_plan
  crowd submit 12 6
  # One did what the next one undid: 36 of each, in turn.
  [[ $(cut -d' ' -f2 <<<"$acknowledged" | uniq -c | tr -s ' ' | sort | uniq -c | tr -s ' ') == $' 36 1 submit\n 36 1 withdraw' ]]
  [[ $(cut -d' ' -f1 <<<"$acknowledged" | paste --serial --delimiters=' ') == $(seq --separator=' ' 2 73) ]]
  as "$account" GET "/v1/plans/$plan"
  field '.status, .version, .submission_count' $'draft\n73\n36'
  [[ $(all_pages "$account" "/v1/plans/$plan/reviews?limit=100" '.items[].action') == $(cut -d' ' -f2 <<<"$acknowledged") ]]
  [[ $(all_pages "$account" "/v1/plans/$plan/submissions?limit=100" '.items[] | select(.withdrawn_at) | .number') == $(seq 36) ]]
  as "$account" GET "/v1/campaigns/$campaign/obligations?kind=plan"
  field '.items[0] | .verdict, .received_at' $'overdue\nnull'
  [[ $(trail) == $' 1 create_plan\n 36 submit_plan\n 36 withdraw_plan' ]]
}

# ---- Creating -------------------------------------------------------------------------------

@test "同一代码的单位同时新建二十次：一个 201，其余 409" {
  local code
  code=$(unique society)
  at_once 20 administrator POST /v1/organizations \
    -d "{\"code\": \"$code\", \"kind\": \"society\", \"name\": \"江苏省同时学会\", \"parent_id\": \"$jiangsu\"}"
  answered 1 '201  '
  answered 19 '409 already_exists '
  as public GET "/v1/organizations?code=$code&count=exact"
  field .total_count 1
}

@test "互相移到对方之下：从不成环" {
  local left_upper left_lower right_upper right_lower round each
  create_city "$jiangsu" && left_upper=$created
  create_city "$left_upper" && left_lower=$created
  create_city "$jiangsu" && right_upper=$created
  create_city "$right_upper" && right_lower=$created
  as_curl administrator PATCH "/v1/organizations/$left_upper"
  local left=("${asked[@]}")
  as_curl administrator PATCH "/v1/organizations/$right_upper"
  local right=("${asked[@]}") left_etag right_etag
  for round in 1 2 3 4 5; do
    as public GET "/v1/organizations/$left_upper"
    left_etag=$etag
    as public GET "/v1/organizations/$right_upper"
    right_etag=$etag
    together "${left[@]}" -H "If-Match: $left_etag" -d "{\"parent_id\": \"$right_lower\"}" -- \
      "${right[@]}" -H "If-Match: $right_etag" -d "{\"parent_id\": \"$left_lower\"}"
    answered 1 200
    answered 1 409
    [[ $(jq --raw-output '.code | select(test("^organization"))' "$BATS_TEST_TMPDIR"/answers/*) == organization_cycle ]]
    # Each of the four is still below Jiangsu, and found there.
    as public GET "/v1/organizations?within=$jiangsu&limit=100&kind=city_association"
    holds "[.items[].id] | contains([\"$left_upper\", \"$left_lower\", \"$right_upper\", \"$right_lower\"])"
    for each in "$left_upper" "$right_upper"; do
      as public GET "/v1/organizations/$each"
      [[ $(value .parent.code) == jiangsu ]] || as administrator PATCH "/v1/organizations/$each" -H "If-Match: $etag" -d "{\"parent_id\": \"$jiangsu\"}"
    done
  done
}

@test "三个单位同时各移到下一个之下，至多两个成功" {
  local cities=() each asking=() next
  for each in 0 1 2; do
    create_city "$jiangsu"
    cities+=("$created")
  done
  for each in 0 1 2; do
    next=${cities[(each + 1) % 3]}
    as public GET "/v1/organizations/${cities[each]}"
    as_curl administrator PATCH "/v1/organizations/${cities[each]}"
    ((each == 0)) || asking+=(--)
    asking+=("${asked[@]}" -H "If-Match: $etag" -d "{\"parent_id\": \"$next\"}")
  done
  # All three are in the database, and none has moved yet.
  hold "SELECT FROM organization WHERE id IN ('${cities[0]}', '${cities[1]}', '${cities[2]}') FOR UPDATE"
  {
    together "${asking[@]}"
    printf '%s\n' "$answers" >"$BATS_TEST_TMPDIR/statuses"
  } 3>&- &
  local all=$!
  within 10 waiting 3
  release
  wait "$all"
  answers=$(<"$BATS_TEST_TMPDIR/statuses")
  answered 2 200
  answered 1 409
  as public GET "/v1/organizations?within=$jiangsu&limit=100&kind=city_association"
  holds "[.items[].id] | contains([\"${cities[0]}\", \"${cities[1]}\", \"${cities[2]}\"])"
}

# ---- Idempotency keys -----------------------------------------------------------------------

# highlights COUNT: the city has so many.
highlights() {
  as "$account" GET "/v1/campaigns/$campaign/activities?count=exact&organization_id=$city"
  field .total_count "$1"
}

@test "同一编号同时新建二十次，只有一行" {
  new_recipient
  at_once 20 "$account" POST "/v1/campaigns/$campaign/activities" -H "Idempotency-Key: $(unique key)" -d "$(activity_form "$city" highlight '{}')"
  answered 1 '201  '
  answered 19 '(201  true|409 idempotency_in_progress )'
  [[ $(jq --raw-output '.id // empty' "$BATS_TEST_TMPDIR"/answers/* | sort -u | wc -l) == 1 ]]
  highlights 1
}

@test "同一编号、不同内容同时来：只有一个新建" {
  new_recipient
  local key
  key=$(unique key)
  as_curl "$account" POST "/v1/campaigns/$campaign/activities"
  together "${asked[@]}" -H "Idempotency-Key: $key" -d "$(activity_form "$city" highlight '{"title": "甲"}')" -- \
    "${asked[@]}" -H "Idempotency-Key: $key" -d "$(activity_form "$city" highlight '{"title": "乙"}')"
  answered 1 201
  answered 1 '409|422'
  highlights 1
}

# lost SECONDS KEY: sends the creation of a highlight, and is gone so long after.
lost() {
  activity_form "$city" highlight '{}' >"$BATS_TEST_TMPDIR/form"
  {
    printf '%s\r\n' "POST /v1/campaigns/$campaign/activities HTTP/1.1" 'Host: sciday' "Authorization: Bearer $(token "$account")" \
      'Content-Type: application/json' "Idempotency-Key: $2" "Content-Length: $(stat --format=%s "$BATS_TEST_TMPDIR/form")" ''
    cat "$BATS_TEST_TMPDIR/form"
  } | /usr/bin/python3 "$BATS_TEST_DIRNAME/wire.py" --reset "$1" "$SCIDAY_URL"
}

# ask_again KEY: for the same once more.
ask_again() {
  as "$account" POST "/v1/campaigns/$campaign/activities" -H "Idempotency-Key: $1" --data-binary "@$BATS_TEST_TMPDIR/form"
}

created_again() {
  ask_again "$1"
  status 201
}

@test "答复丢失：再来一次得到第一次的结果，只有一行" {
  new_recipient
  local key seconds count=0
  for seconds in 0 0.001 0.003 0.01 0.03 0.1; do
    key=$(unique key)
    lost $seconds "$key"
    within 10 created_again "$key"
    highlights $((++count))
  done
  # By now it is a replay, whoever was first.
  created_again "$key"
  header Idempotency-Replayed true
}

@test "客户端在数据库正忙时走了：做完的算数，再来一次是重放" {
  new_recipient
  local key
  key=$(unique key)
  hold "SELECT FROM organization WHERE id = '$city' FOR UPDATE"
  lost 1 "$key" # one that is gone at once may never be read
  within 10 waiting 1
  ask_again "$key"
  status 409
  problem idempotency_in_progress
  release
  within 10 created_again "$key"
  header Idempotency-Replayed true
  highlights 1
}
