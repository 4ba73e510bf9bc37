# 状态表 · Every cell of the table of states: each state, each action, each of the people. What must
# come of it is written out here from the domain's table, and /v1/workflows must say the same.

load library
load campaign

# Of what, from which state, which action, to which state, by whom.
transitions='
plan draft submit submitted submitter
plan returned submit submitted submitter
plan submitted withdraw draft submitter
plan submitted start_review under_review reviewer
plan submitted return returned reviewer
plan under_review return returned reviewer
plan accepted return returned reviewer
plan submitted accept accepted reviewer
plan under_review accept accepted reviewer
plan draft submit_on_behalf submitted reviewer
plan returned submit_on_behalf submitted reviewer
highlight draft submit submitted submitter
highlight returned submit submitted submitter
highlight submitted withdraw draft submitter
highlight submitted start_review under_review reviewer
highlight submitted return returned reviewer
highlight under_review return returned reviewer
highlight accepted return returned reviewer
highlight submitted accept accepted reviewer
highlight under_review accept accepted reviewer
highlight draft submit_on_behalf submitted reviewer
highlight returned submit_on_behalf submitted reviewer
highlight accepted nominate nominated reviewer
highlight nominated retract accepted reviewer
programme draft publish published administrator
programme published unpublish draft administrator
event draft publish published administrator
event published unpublish draft administrator
'

# The state that comes of it, by "KIND STATE ACTION".
declare -gA becomes
while read -r kind state action to _; do
  [[ -z $kind ]] || becomes[$kind $state $action]=$to
done <<<"$transitions"

# The people: who they are there. The first three have nothing to do with the thing.
declare -gA role=([public]=public [suzhou]=submitter [zhejiang]=reviewer
  [observer]=observer [reviewer]=reviewer [administrator]=administrator [author]=submitter)
people=(public suzhou zhejiang observer reviewer administrator author)

declare -gA actions=([plan]='submit withdraw start_review return accept submit_on_behalf'
  [highlight]='submit withdraw start_review return accept nominate retract publish unpublish submit_on_behalf'
  [programme]='submit withdraw start_review return accept nominate retract publish unpublish submit_on_behalf'
  [event]='submit withdraw start_review return accept nominate retract publish unpublish submit_on_behalf')

declare -gA role_of=([edit]=submitter [submit]=submitter [withdraw]=submitter
  [start_review]=reviewer [return]=reviewer [accept]=reviewer [nominate]=reviewer [retract]=reviewer [submit_on_behalf]=reviewer
  [publish]=administrator [unpublish]=administrator)

declare -gA body_of=([return]='{"comment": "请补充第三阶段的安排。"}' [nominate]='{"rank": 1, "reason": "主题突出，受众面广。"}'
  [submit_on_behalf]="{\"received_on\": \"$(today)\"}")

# How a thing comes into a state; `withdrawn` is a draft that its reviewers have seen.
declare -gA way_to=([draft]='' [withdrawn]='submit withdraw' [submitted]='submit' [under_review]='submit start_review'
  [returned]='submit return' [accepted]='submit accept' [nominated]='submit accept nominate' [published]='publish')

# And back, a step, to a draft.
declare -gA step_back=([submitted]=withdraw [under_review]=return [returned]=submit [accepted]=return [nominated]=retract
  [published]=unpublish)

# A campaign that lasts, and six districts with one author, because each has but one plan.
setup_file() {
  start=$(today)
  draft_campaign "$start"
  create_city
  local city=$created each
  districts=
  for each in 1 2 3 4 5 6; do
    create_district "$city" "第${each}区科学技术协会"
    districts+=" $created"
  done
  as administrator POST "/v1/campaigns/$campaign/recipients/select" -d "{\"kinds\": [\"district_association\"], \"within\": \"$city\"}"
  status 200
  # shellcheck disable=SC2046,SC2086
  create_account author $(printf 'submitter %s ' $districts)
  author=$account
  jiangsu=$(organization_id jiangsu)
  open_campaign
  remember start campaign districts author jiangsu
}

setup() { recall; }

# begin KIND STATE [DISTRICT]: a new thing in that state: $kind, $state, $thing.
begin() {
  kind=$1 state=$2
  local district
  district=$(cut -d ' ' -f "$((${3:-1} + 1))" <<<"$districts")
  case $kind in
    plan) create_plan "$author" "$district" && thing=/v1/plans/$created ;;
    highlight) create_activity "$author" "$district" highlight && thing=/v1/activities/$created ;;
    *) create_activity administrator "$jiangsu" "$kind" && thing=/v1/activities/$created ;;
  esac || return
  # shellcheck disable=SC2086
  walk ${way_to[$state]}
}

# walk ACTION…: by those whose they are, from what $etag says.
walk() {
  local action
  for action in "$@"; do
    as "$(person_for "$action")" POST "$thing/$action" -H "If-Match: $etag" -d "${body_of[$action]:-{\}}" && status 200 || return
  done
}

person_for() {
  case ${role_of[$1]} in
    submitter) echo "$author" ;;
    *) echo "${role_of[$1]}" ;;
  esac
}

# bring_back: from whatever state it is in now, to $state. No state is more than four steps from a draft.
bring_back() {
  local now steps=0
  while now=$(value .status) && [[ $now != draft ]]; do
    ((++steps <= 4)) && walk "${step_back[$now]}" || return
  done
  # shellcheck disable=SC2086
  walk ${way_to[$state]}
}

# may_see PERSON: drafts are their author's and the administrators'; what was once submitted, the
# reviewers' and observers' there; what is accepted or published, everyone's but for plans.
may_see() {
  case $1 in
    administrator) return 0 ;;
    author) [[ $kind =~ ^(plan|highlight)$ || $state == published ]] ;;
    reviewer | observer) [[ $state != draft ]] ;;
    *) [[ $kind != plan && $state =~ ^(accepted|nominated|published)$ ]] ;;
  esac
}

# Whether the person's role counts there: the issuer's own things have but administrators above them.
is_there() { [[ $1 == administrator || ($1 =~ ^(author|reviewer)$ && $kind =~ ^(plan|highlight)$) ]]; }

# is_possible STATE ACTION: a row of the table; but a draft that its author began, as all here, nobody submits on behalf.
is_possible() { [[ -n ${becomes[$kind $1 $2]:-} && ($2 != submit_on_behalf || $1 == returned) ]]; }

# What must come: in the contract's order of refusal for an action, and for looking at it.
expect_of_action() {
  local to=
  if is_possible "${state/withdrawn/draft}" "$2"; then
    to=${becomes[$kind ${state/withdrawn/draft} $2]}
  fi
  if [[ $1 == public ]]; then
    expected='401 unauthenticated'
  elif [[ ${role[$1]} != "${role_of[$2]}" ]]; then
    expected='403 forbidden'
  elif ! may_see "$1"; then
    expected='404 not_found'
  elif [[ -z $to ]]; then
    expected="409 transition_not_allowed ${state/withdrawn/draft}"
  elif ! is_there "$1"; then
    expected='403 role_not_held_here'
  else
    expect_what_is_named "$1" "$to"
  fi
}

expect_of_look() {
  if [[ $1 == public && $kind == plan ]]; then
    expected='401 unauthenticated'
  elif ! may_see "$1"; then
    expected='404 not_found'
  else
    expect_what_is_named "$1" "${state/withdrawn/draft}"
  fi
}

# Changing it: a draft and what was returned, by those whose it is; what was returned, by its reviewer too, from paper.
expect_of_edit() {
  if [[ $1 == public ]]; then
    expected='401 unauthenticated'
  elif [[ ! ${role[$1]} =~ ^(submitter|reviewer)$ && ($kind == plan || ${role[$1]} != administrator) ]]; then
    expected='403 forbidden'
  elif ! may_see "$1"; then
    expected='404 not_found'
  elif [[ ! $state =~ ^(draft|withdrawn|returned)$ ]]; then
    expected="409 not_editable $state"
  elif ! is_author "$1" && ! { [[ $1 == reviewer && $state == returned ]] && is_there "$1"; }; then
    expected='403 role_not_held_here'
  else
    expect_what_is_named "$1" "${state/withdrawn/draft}"
  fi
}

is_author() {
  case $kind in
    plan | highlight) [[ $1 == author ]] ;;
    *) [[ $1 == administrator ]] ;;
  esac
}

# expect_what_is_named PERSON STATE: the state, and the actions that are allowed to them.
expect_what_is_named() {
  local action named=
  for action in ${actions[$kind]}; do
    if is_possible "$2" "$action" && [[ ${role[$1]} == "${role_of[$action]}" ]] && is_there "$1"; then
      named+=${named:+,}$action
    fi
  done
  expected="200 $2${named:+ }$named"
}

# everyone METHOD PATH BODY PERSON…: each asks the same with the version $known, one after the other
# and over one connection: that is a tenth of the time. $etag and $response_status are the last one's.
everyone() {
  local method=$1 path=$2 body=$3 person config=
  shift 3
  for person in "$@"; do
    config+="${config:+next}
url = \"$SCIDAY_URL$path\"
request = $method
output = \"$BATS_TEST_TMPDIR/answer-$person\"
dump-header = \"$response_headers\"
header = \"If-Match: ${known//\"/\\\"}\"
write-out = \"%{http_code}\n\"
"
    [[ -z $body ]] || config+="header = \"Content-Type: application/json\"
data = \"${body//\"/\\\"}\"
"
    [[ $person == public ]] || config+="header = \"Authorization: Bearer $(token "${person/#author/$author}")\"
"
  done
  curl --silent --show-error --max-time 60 --config - <<<"$config" >"$BATS_TEST_TMPDIR/statuses"
  etag=$(header_value ETag)
}

# note WHAT EXPECT PERSON…: keeps what came, and what must, which EXPECT says, for `agree`.
note() {
  local what=$1 expect=$2 person
  shift 2
  for person in "$@"; do
    "$expect" "$person" "$what"
    printf '%-13s %-13s %s\n' "$person" "$what" "$expected" >>"$BATS_TEST_TMPDIR/expected"
    read -r response_status
    printf '%-13s %-13s %s\n' "$person" "$what" "$response_status" >>"$BATS_TEST_TMPDIR/asked"
    printf '%s\n' "$(<"$BATS_TEST_TMPDIR/answer-$person")" >>"$BATS_TEST_TMPDIR/answers"
  done <"$BATS_TEST_TMPDIR/statuses"
  cp "$BATS_TEST_TMPDIR/answer-$person" "$response_body"
}

agree() {
  jq --raw-output 'if has("type") then [.code, .current_status] else [.status, (.allowed_actions | join(","))] end | join(" ")' \
    "$BATS_TEST_TMPDIR/answers" | paste -d ' ' "$BATS_TEST_TMPDIR/asked" - | sed 's/ *$//' >"$BATS_TEST_TMPDIR/came"
  diff -U 0 --label expected --label came "$BATS_TEST_TMPDIR/expected" "$BATS_TEST_TMPDIR/came"
}

# Everyone looks at it and tries to change it, and everyone tries every action with the version of
# the beginning. The one who may comes last: that this still works says that all the refused have
# written nothing.
try_everything() {
  local action order known=$etag
  everyone GET "$thing" '' "${people[@]}"
  note look expect_of_look "${people[@]}"

  # What was returned is the reviewer's to change too, from paper; then all the others, with the version that this makes.
  mapfile -t order < <(last_is_allowed edit)
  if [[ $state == returned ]]; then
    everyone PATCH "$thing" '{"title": "纸面更正的标题"}' reviewer
    note edit expect_of_edit reviewer
    known=$etag
    mapfile -t order < <(last_is_allowed edit | grep -vx reviewer)
  fi
  everyone PATCH "$thing" '{"title": "改过的标题"}' "${order[@]}"
  note edit expect_of_edit "${order[@]}"
  [[ $response_status != 200 ]] || known=$etag

  for action in $(last_is_possible); do
    mapfile -t order < <(last_is_allowed "$action")
    everyone POST "$thing/$action" "${body_of[$action]:-{\}}" "${order[@]}"
    note "$action" expect_of_action "${order[@]}"
    if [[ $response_status == 200 && $state != draft ]]; then
      bring_back && known=$etag
    fi
  done
  agree
}

# There is no way back to a draft that nobody has seen.
last_is_possible() {
  local action possible=()
  for action in ${actions[$kind]}; do
    if is_possible "${state/withdrawn/draft}" "$action"; then
      possible+=("$action")
    else
      echo "$action"
    fi
  done
  echo "${possible[*]}"
}

last_is_allowed() {
  local person last=${role_of[$1]/submitter/author}
  if [[ $1 == edit && ! $kind =~ ^(plan|highlight)$ ]]; then
    last=administrator
  fi
  for person in "${people[@]}"; do
    [[ $person == "$last" ]] || echo "$person"
  done
  echo "$last"
}

# ---- The table ------------------------------------------------------------------------------

@test "状态表与规定一致，一行不多，一行不少" {
  as public GET /v1/workflows
  status 200
  # shellcheck disable=SC2016
  value '.workflows[] | select(.resource == "plan" or .resource == "activity") | (.kind // .resource) as $kind | .transitions[] |
    "\($kind) \(.from_status) \(.action) \(.to_status) \(.role)"' | sort >"$BATS_TEST_TMPDIR/published"
  diff <(sed '/^$/d' <<<"$transitions" | sort) "$BATS_TEST_TMPDIR/published"
}

@test "特色亮点活动的总结报告，状态与工作方案相同" {
  as public GET /v1/workflows
  holds '[.workflows[] | select(.resource == "summary_report" and .kind == "highlight" or .resource == "plan") | .transitions] |
    length == 2 and .[0] == .[1]'
}

# ---- The cells ------------------------------------------------------------------------------

@test "工作方案·草稿：每一操作、每一角色" {
  begin plan draft 1
  try_everything
}

@test "工作方案·撤回后的草稿：每一操作、每一角色" {
  begin plan withdrawn 2
  try_everything
}

@test "工作方案·已报送：每一操作、每一角色" {
  begin plan submitted 3
  try_everything
}

@test "工作方案·审核中：每一操作、每一角色" {
  begin plan under_review 4
  try_everything
}

@test "工作方案·已退回：每一操作、每一角色" {
  begin plan returned 5
  try_everything
}

@test "工作方案·审核通过：每一操作、每一角色" {
  begin plan accepted 6
  try_everything
}

@test "特色亮点活动·草稿：每一操作、每一角色" {
  begin highlight draft
  try_everything
}

@test "特色亮点活动·撤回后的草稿：每一操作、每一角色" {
  begin highlight withdrawn
  try_everything
}

@test "特色亮点活动·已报送：每一操作、每一角色" {
  begin highlight submitted
  try_everything
}

@test "特色亮点活动·审核中：每一操作、每一角色" {
  begin highlight under_review
  try_everything
}

@test "特色亮点活动·已退回：每一操作、每一角色" {
  begin highlight returned
  try_everything
}

@test "特色亮点活动·审核通过：每一操作、每一角色" {
  begin highlight accepted
  try_everything
}

@test "特色亮点活动·已择优报送：每一操作、每一角色" {
  begin highlight nominated
  try_everything
}

@test "通知安排的活动·草稿：每一操作、每一角色" {
  begin programme draft
  try_everything
}

@test "通知安排的活动·已发布：每一操作、每一角色" {
  begin programme published
  try_everything
}

@test "启动仪式和主场活动·草稿：每一操作、每一角色" {
  begin event draft
  try_everything
}

@test "启动仪式和主场活动·已发布：每一操作、每一角色" {
  begin event published
  try_everything
}

# ---- A campaign that is over ----------------------------------------------------------------

# refused_in_closed PERSON ACTION
refused_in_closed() {
  as "$1" GET "$thing"
  field '.allowed_actions - ["start_review", "return", "accept", "nominate", "retract"] | length' 0
  local known=$etag
  as "$1" POST "$thing/$2" -H "If-Match: $known" -d '{}'
  status 409
  problem campaign_closed
  as "$1" PATCH "$thing" -H "If-Match: $known" -d '{"title": "结束之后"}'
  status 409
}

@test "活动结束后：报送、撤回、修改、发布都不再受理，审核、择优报送照常" {
  local drafted highlight planned published district
  draft_campaign "$start"
  district=$(cut -d ' ' -f 2 <<<"$districts")
  add_recipients "$district"
  open_campaign
  begin plan draft && drafted=$thing
  begin highlight submitted && highlight=$thing
  begin programme draft && planned=$thing
  begin event published && published=$thing
  close_campaign

  thing=$drafted
  refused_in_closed "$author" submit
  thing=$planned
  refused_in_closed administrator publish
  thing=$published
  refused_in_closed administrator unpublish
  thing=$highlight
  refused_in_closed "$author" withdraw

  as reviewer GET "$thing"
  walk start_review accept nominate retract return
  field .status returned
  refused_in_closed "$author" submit
}
