# 报送情况 · Who has handed in what, who is late and what is missing: summed, organization by organization, at a glance, and
# for everyone. Every figure of a seeded and of a generated campaign is computed again in tests/reports.

load library
load campaign

# A campaign of 2021, taken late, with two highlights to be submitted. 东区 has handed in its plan and three highlights, 西区
# one highlight that has come back, with a correction that is overdue; 省天文学会 nothing, and 省茶叶学会 is excused from all.
setup_file() {
  start=2021-05-10
  draft_campaign "$start" '{"minimum_highlights": 2}'
  create_city && city=$created
  create_district "$city" 东区科学技术协会 && east=$created
  create_district "$city" 西区科学技术协会 && west=$created
  create_society 省天文学会 && astronomy=$created
  create_society 省茶叶学会 && tea=$created
  jiangsu=$(organization_id jiangsu)
  add_recipients "$east" "$west" "$astronomy" "$tea"
  open_campaign
  create_account author submitter "$east" submitter "$west" && author=$account
  create_account city_reviewer reviewer "$city" && city_reviewer=$account

  create_plan "$author" "$east" && plan=$created
  act "$author" "/v1/plans/$plan" submit
  act reviewer "/v1/plans/$plan" accept
  local days
  for days in 0 1 20; do
    create_activity "$author" "$east" highlight "{\"starts_on\": \"$(later "$start" "$days")\"}"
    act "$author" "/v1/activities/$created" submit
  done
  create_activity "$author" "$west" highlight && returned=$created
  act "$author" "/v1/activities/$returned" submit
  act reviewer "/v1/activities/$returned" return '{"comment": "请补充安排。", "correction_due_at": "2099-05-20T00:00:00Z"}'
  database "UPDATE activity SET correction_due_at = now() - interval '1 day' WHERE id = '$returned'"
  waive_all "$tea"
  remember start campaign city east west astronomy tea jiangsu author city_reviewer plan returned
}

# create_society NAME: below Jiangsu; $created.
create_society() {
  create administrator /v1/organizations \
    "{\"code\": \"$(unique society)\", \"kind\": \"society\", \"name\": \"$1\", \"parent_id\": \"$(organization_id jiangsu)\"}"
}

# waive_all ORGANIZATION_ID: whatever it owes.
waive_all() {
  local id
  as administrator GET "/v1/campaigns/$campaign/obligations?organization_id=$1"
  for id in $(value '.items[].id'); do
    act administrator "/v1/obligations/$id" waive '{"reason": "机构调整"}'
  done
}

setup() {
  recall
  reports=/v1/campaigns/$campaign/reports
}

# followed WHO FILTER: the figure that the filter finds in the answer counts what its list has.
followed() {
  local count href
  count=$(value "$2.count")
  href=$(value "$2.href")
  as "$1" GET "$href&count=exact&limit=1"
  status 200
  field .total_count "$count"
}

# entry KIND: the filter of one kind of obligations in the total.
entry() { printf '(.total.obligations[] | select(.kind == "%s"))' "$1"; }

@test "汇总：应报、已报、按时、审核通过，比率注明分子分母" {
  as reviewer GET "$reports/compliance"
  status 200
  header Cache-Control 'private, no-cache'
  field '.campaign_code, .within.code' "$campaign"$'\njiangsu'
  field "$(entry plan) | [.expected, .received, .accepted, .received_on_time | .count] | join(\" \")" '3 1 1 0'
  field "$(entry plan) | .completeness | \"\(.numerator)/\(.denominator) \(.rate)\"" '1/3 0.3333'
  field "$(entry plan) | .effective_completeness.rate, .timeliness.rate" $'0.3333\n0'
  field "$(entry highlights) | [.expected, .received, .accepted | .count] | join(\" \")" '3 1 0'
  field "$(entry highlights) | .highlights | \"\(.submitted)/\(.required) \(.surplus)\"" '4/6 1'
  field "$(entry summary_report) | .expected.count" 4
}

@test "六种判定各不相交，合计为全部应报事项" {
  as reviewer GET "$reports/compliance"
  field "$(entry plan) | .verdicts | map_values(.count) | \"\(.late) \(.overdue) \(.waived) \(.on_time + .extended_on_time + .pending)\"" '1 2 1 0'
  followed reviewer "$(entry plan).verdicts.overdue"
  as reviewer GET "$reports/compliance"
  followed reviewer "$(entry highlights).verdicts.late"
}

@test "逾期几天、退回待改、逾期未改、审核用时" {
  as reviewer GET "$reports/compliance"
  holds "$(entry plan) | .days_late.median > 365 and .days_late.median == .days_late.most"
  field "$(entry plan) | .returned.count, .review_hours.reviewed" $'0\n1'
  field "$(entry highlights) | .returned.count, .corrections_overdue.count, .review_hours.reviewed" $'1\n1\n1'
  holds "$(entry highlights) | .review_hours.median >= 0"
  followed reviewer "$(entry highlights).corrections_overdue"
  field '.items | length' 1
  as reviewer GET "$reports/compliance"
  followed reviewer "$(entry highlights).returned"
}

@test "单位分几类，每一类查得到是哪几家" {
  as reviewer GET "$reports/compliance"
  field '.total.organizations | map_values(.count) | "\(.all) \(.complete) \(.incomplete) \(.nothing_received) \(.all_waived)"' '4 0 3 2 1'
  field '.total.organizations | map_values(.count) | "\(.surplus) \(.phases_short) \(.documents_incomplete) \(.returned_open) \(.correction_overdue)"' '1 3 2 1 1'
  followed reviewer .total.organizations.nothing_received
  as reviewer GET "$reports/compliance/organizations?bucket=nothing_received"
  field '[.items[].organization.name] | sort | join(" ")' '省天文学会 西区科学技术协会'
  as reviewer GET "$reports/compliance/organizations?bucket=surplus,all_waived"
  field '[.items[].organization.name] | sort | join(" ")' '东区科学技术协会 省茶叶学会'
}

@test "按单位类别、按直属下级汇总；下级有自己的汇总" {
  as reviewer GET "$reports/compliance"
  field '[.by_organization_kind[] | "\(.organization_kind) \(.organizations.all.count)"] | join("，")' 'district_association 2，society 2'
  field '[.by_subtree[] | "\(.is_itself) \(.organizations.all.count)"] | sort | join("，")' 'false 1，false 1，false 2'
  followed reviewer ".by_organization_kind[1].obligations[1].expected"
  as reviewer GET "$reports/compliance"
  local href
  href=$(value ".by_subtree[] | select(.organization.id == \"$city\") | .href")
  as reviewer GET "$href"
  field '.within.id, .total.organizations.all.count' "$city"$'\n2'
  followed reviewer ".total.organizations.incomplete"
}

@test "只看某类应报事项、某类单位" {
  as reviewer GET "$reports/compliance?kind=plan"
  field '[.total.obligations[].kind] | join(" ")' plan
  field '.total.organizations | map_values(.count) | "\(.all) \(.complete) \(.incomplete) \(.phases_short) \(.returned_open)"' '4 1 2 0 0'
  followed reviewer .total.organizations.complete
  as reviewer GET "$reports/compliance?organization_kind=society"
  field '.total.organizations.all.count' 2
  field "$(entry plan) | .expected.count" 1
  followed reviewer "$(entry plan).expected"
}

@test "各单位明细：判定、逾期、覆盖阶段、附件、归类" {
  as reviewer GET "$reports/compliance/organizations?within=$city&count=exact"
  status 200
  field '.total_count, [.items[].organization.name] | tostring' $'2\n["东区科学技术协会","西区科学技术协会"]'
  field '.items[0] | "\(.organization_kind) \(.plan.verdict) \(.highlights.verdict) \(.highlights.submitted)/\(.highlights.required) \(.highlights.surplus)"' \
    'district_association late late 3/2 1'
  field '.items[0] | "\(.phases_covered)/\(.phase_count) \(.documents_complete) \(.plan.is_accepted) \(.plan.due_on)"' '2/3 false true 2021-05-12'
  holds '.items[0] | .plan.days_late > 365 and .notice_receipt == null and .summary_reports.expected.count == 3'
  field '.items[1] | "\(.plan.verdict) \(.returned_open) \(.corrections_overdue) \(.buckets | join(","))"' \
    'overdue 1 1 incomplete,nothing_received,overdue,phases_short,documents_incomplete,returned_open,correction_overdue'
  as reviewer GET "$reports/compliance/organizations?organization_id=$astronomy"
  field '.items[0] | "\(.plan.verdict) \(.summary_reports) \(.documents_complete) \(.phases_covered)"' 'overdue null null 0'
  as reviewer GET "$reports/compliance/organizations?verdict=late&kind=plan"
  field '[.items[].organization.id] | join(" ")' "$east"
}

@test "明细按官方次序，可以分页" {
  same_in_pages reviewer "$reports/compliance/organizations?" '.organization.id'
  [ "$(wc -l <<<"$found")" = 4 ]
}

@test "总览：期限还有几天，各类各状态多少，都查得到" {
  as reviewer GET "$reports/overview"
  status 200
  field '[.deadlines[].kind] | sort | join(" ")' 'highlights plan summary_report'
  holds '.deadlines[0].days_left < 0'
  field '.recipients.count, .forwarded, .awards.total.count' $'4\n0\n0'
  field '.activities.by_status | map({(.status): .activities.count}) | add | "\(.submitted) \(.returned) \(.nominated)"' '3 1 0'
  field '[.activities.by_phase[].activities.count] | join(" ")' '3 1 0'
  field '.obligations[] | select(.kind == "plan") | "\(.total.count) \(.verdicts.overdue.count)"' '4 2'
  field '.last_seven_days | "\(.received.count) \(.late.count)"' '2 2'
  followed reviewer .last_seven_days.late
  as reviewer GET "$reports/overview"
  followed reviewer '.plans.by_status[-1].plans'
}

@test "公众：只有数目，查得到的才有链接" {
  as public GET "$reports/headline"
  status 200
  header Cache-Control 'public, max-age=60, stale-while-revalidate=300'
  field '"\(.recipients) \(.organizations_taking_part) \(.plans_received)"' '4 2 1'
  field '.cities_taking_part, .highlights.count' $'1\n0'
  [[ $(<"$response_body") != *区科学技术协会* ]]
  create_activity "$author" "$east" highlight '{"modules": ["unity", "home"]}'
  act "$author" "/v1/activities/$created" submit
  act reviewer "/v1/activities/$created" accept
  as public GET "$reports/headline"
  field '"\(.highlights.count) \([.by_module[].activities.count] | join(" ")) \(.expected_participants)"' '1 1 1 0 0 0 300'
  followed public .highlights
}

@test "没有主送单位、尚未印发的：如实的零和空的比率，并且说明" {
  draft_campaign "$start"
  as administrator GET "/v1/campaigns/$campaign/reports/compliance"
  status 200
  field "$(entry plan) | .expected.count, .completeness.rate, .days_late.median" $'0\nnull\nnull'
  field '[.notes[].code] | join(" ")' 'campaign_not_open no_recipients notice_receipt_not_owed'
  holds 'all(.notes[]; .detail | length > 0)'
  field '.total.organizations.all.count, (.by_subtree | length)' $'0\n0'
}

@test "所查范围内没有应报事项的，也说明" {
  as reviewer GET "$reports/compliance?within=$(organization_id 320300)"
  status 200
  field '[.notes[].code] | join(" ")' 'nothing_owed notice_receipt_not_owed'
}

@test "市里的审核员只看本市；外省的、报送员、公众都不看" {
  as "$city_reviewer" GET "$reports/compliance"
  field '.within.id, .total.organizations.all.count' "$city"$'\n2'
  followed "$city_reviewer" .total.organizations.all
  as "$city_reviewer" GET "$reports/compliance?within=$jiangsu"
  status 403
  field .code role_not_held_here
  local report
  for report in compliance compliance/organizations overview; do
    as zhejiang GET "$reports/$report?within=$city"
    status 403
    as "$author" GET "$reports/$report"
    status 403
    as public GET "$reports/$report"
    status 401
    as reviewer GET "/v1/campaigns/none/reports/$report"
    status 404
    as reviewer GET "$reports/$report?within=0196b1d4-7c00-7000-8000-0000000000ff"
    status 422
    finding within unknown
  done
  as public GET /v1/campaigns/none/reports/headline
  status 404
}

@test "不认识的归类、判定、类别：400 并指出" {
  as reviewer GET "$reports/compliance/organizations?bucket=never"
  status 400
  finding bucket not_allowed_value
  as reviewer GET "$reports/compliance?kind=plans"
  status 400
  finding kind not_allowed_value
  as reviewer GET "$reports/compliance?organization_kind=club"
  status 400
  finding organization_kind not_allowed_value
}
