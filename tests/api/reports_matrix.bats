# 分布与成效 · How many activities there are, by two dimensions, and what they amounted to. Every figure of a seeded and
# of a generated campaign is computed again in tests/reports.

load library
load campaign

# Two districts of a city with one author: a highlight of two modules whose report is accepted, one whose report waits for
# review, one that owes its report, one that is cancelled and a draft. And the province's event.
setup_file() {
  start=$(today)
  draft_campaign "$start"
  create_city && city=$created
  create_district "$city" 东区科学技术协会 && east=$created
  create_district "$city" 西区科学技术协会 && west=$created
  jiangsu=$(organization_id jiangsu)
  add_recipients "$east" "$west"
  open_campaign
  create_account author submitter "$east" submitter "$west"
  author=$account
  create_account city_reviewer reviewer "$city" && city_reviewer=$account

  highlight "$east" '{"modules": ["unity", "home"]}' && reported=$created
  highlight "$east" "{\"modules\": [\"unity\"], \"starts_on\": \"$(later "$start" 20)\"}" && waiting=$created
  highlight "$west" '{"modules": [], "module_other": "科普", "audiences": ["association_staff", "science_workers"]}'
  highlight "$west" && cancelled=$created && act "$author" "/v1/activities/$cancelled" cancel '{"reason": "防汛"}'
  create_activity "$author" "$west" highlight
  create_activity administrator "$jiangsu" event '{"expected_participants": null}' && act administrator "/v1/activities/$created" publish

  create_report "$author" "$reported" && act "$author" "/v1/summary_reports/$created" submit && act reviewer "/v1/summary_reports/$created" accept
  create_report "$author" "$waiting" && act "$author" "/v1/summary_reports/$created" submit
  remember start campaign city east west jiangsu author city_reviewer
}

# highlight ORGANIZATION_ID [JSON]: submitted; $created.
highlight() {
  create_activity "$author" "$1" highlight "${2:-{\}}"
  local id=$created
  act "$author" "/v1/activities/$id" submit
  created=$id
}

setup() {
  recall
  reports=/v1/campaigns/$campaign/reports
}

# followed FILTER: the figure that the filter finds in the answer counts what its list has.
followed() {
  local count href
  count=$(value "$1.count")
  href=$(value "$1.href")
  as "$who" GET "$href&count=exact&limit=1"
  status 200
  field .total_count "$count"
}

@test "分布：阶段与模块交叉，两个模块各计一次，合计只计一次，并且注明" {
  as reviewer GET "$reports/matrix?within=$city"
  status 200
  field '.rows.dimension, .columns.dimension, .within.id' "phase
module
$city"
  field '[.rows.keys[].name] | join(" ")' '第一阶段 第二阶段 第三阶段'
  field '[.columns.keys[].name] | join(" ")' '团结引领 建家办事 为民服务 开放合作 表彰发布 未定/其他'
  field '.cells[] | "\(.name) \([.cells[].count] | join(" ")) \(.total.count)"' '第一阶段 2 1 0 0 0 1 3
第二阶段 1 0 0 0 0 0 1
第三阶段 0 0 0 0 0 0 0'
  field '[.column_totals[].count] | join(" ")' '3 1 0 0 0 1'
  field .total.count 4
  field '.counted_more_than_once | "\(.rows.is_possible) \(.rows.sum_of_totals) \(.columns.is_possible) \(.columns.activities) \(.columns.sum_of_totals) \(.sum_of_cells)"' \
    'false 4 true 1 5 5'
  header Cache-Control 'private, no-cache'
}

@test "分布：每个数都能点开看到同样多的活动" {
  who=reviewer
  local figure
  for figure in '.cells[0].cells[0]' '.cells[0].cells[5]' '.cells[2].cells[0]' '.cells[0].total' '.column_totals[1]' .total; do
    as "$who" GET "$reports/matrix?within=$city"
    followed "$figure"
  done
  for figure in '.cells[0].cells[0]' '.cells[-1].cells[-1]' .total; do
    as "$who" GET "$reports/matrix?rows=city&columns=status&kind=highlight,event"
    followed "$figure"
    as "$who" GET "$reports/matrix?rows=organization_kind&columns=audience&kind=highlight,event&organization_kind=district_association"
    followed "$figure"
  done
}

@test "分布：单位类别、设区市、面向群体和状态" {
  as administrator GET "$reports/matrix?rows=city&columns=organization_kind&kind=highlight,event&within=$jiangsu"
  field ".cells[] | select(.key == \"$city\") | .total.count" 4
  field '.cells[-1] | "\(.key) \(.name) \(.total.count)"' 'none 不属设区市 1'
  field '[.columns.keys[] | select(.key == "district_association" or .key == "provincial_association") | .name] | join(" ")' '省级科协 县（市、区）科协'

  as reviewer GET "$reports/matrix?rows=audience&columns=status&within=$city"
  field '.cells[] | "\(.name) \([.cells[].count] | join(" "))"' '科协系统干部 1 0 0 0 0
科技工作者 4 0 0 0 0
海外同行 0 0 0 0 0'
  field '[.columns.keys[].name] | join(" ")' '已报送 审核中 已退回 审核通过 已择优报送'
  field '.counted_more_than_once.rows | "\(.is_possible) \(.activities) \(.sum_of_totals)"' 'true 1 5'
  field '.counted_more_than_once.columns.is_possible' false
  as reviewer GET "$reports/matrix?rows=audience&columns=status&within=$city&status=accepted,returned"
  field '[.columns.keys[].key] | join(" ")' 'returned accepted'
  field .total.count 0
}

@test "分布：没有活动时都是零" {
  draft_campaign "$start"
  as administrator GET "/v1/campaigns/$campaign/reports/matrix?within=$jiangsu"
  status 200
  field '[.cells[].cells[].count] | unique | join(" ")' 0
  field '.total.count, .counted_more_than_once.sum_of_cells' $'0\n0'
  as administrator GET "/v1/campaigns/$campaign/reports/outcomes?within=$jiangsu"
  field '.total | "\(.activities.count) \(.reports.owed.count) \(.participants.expected) \(.participants.total) \(.participants.attendance.ratio) \(.targets.reached) \(.media_items)"' \
    '0 0 null null null null null'
  field '.targets, .media' $'[]\n[]'
  as administrator GET "/v1/campaigns/$campaign/reports/outcomes/organizations?within=$jiangsu"
  field '.items | length' 0
}

@test "成效：只计审核通过的总结报告，没有报告的是 null，取消的另计" {
  as reviewer GET "$reports/outcomes?within=$city"
  status 200
  field '.total | "\(.activities.count) \(.cancelled.count) \(.reports.accepted.count) \(.reports.in_review.count) \(.reports.owed.count)"' '3 1 1 1 1'
  field '.total.participants | "\(.expected) \(.onsite) \(.online) \(.total)"' '900 320 12000 12320'
  field '.total.participants.attendance | "\(.actual) \(.expected) \(.ratio)"' '12320 300 41.0667'
  field '.total | "\(.targets.planned) \(.targets.reported) \(.targets.reached) \(.media_items)"' '3 1 1 1'
  field '.by_module[] | "\(.key) \(.outcome.activities.count) \(.outcome.participants.total)"' 'unity 2 12320
home 1 12320
service 0 null
openness 0 null
recognition 0 null
none 1 null'
  field '.counted_more_than_once | "\(.dimension) \(.activities) \(.sum_of_totals)"' 'module 1 4'
  field '.by_phase[] | "\(.key) \(.outcome.activities.count) \(.outcome.reports.in_review.count) \(.outcome.reports.owed)"' '1 2 0 null
2 1 1 null
3 0 0 null'
  field '.by_organization_kind[] | select(.key == "district_association") | "\(.outcome.activities.count) \(.outcome.reports.owed.count)"' '3 1'
  field '.by_audience[] | "\(.key) \(.onsite) \(.online) \(.total)"' 'association_staff null null null
science_workers 280 12000 12280
overseas_peers null null null
none 40 0 40'
  field '.targets[] | "\(.name) \(.unit) \(.activities) \(.planned) \(.reported) \(.planned_of_reported) \(.actual) \(.reached)"' '报告会 场 3 9 1 3 3 1'
  field '.media[] | "\(.medium) \(.items)"' '新华日报 1'
}

@test "成效：每个数都能点开，各单位的合计也是" {
  who=reviewer
  local figure
  for figure in .total.activities .total.cancelled .total.reports.accepted .total.reports.in_review .total.reports.owed \
    '.by_module[0].outcome.reports.accepted' '.by_module[-1].outcome.activities' '.by_module[-1].outcome.reports.in_review' \
    '.by_phase[1].outcome.reports.in_review' '(.by_organization_kind[] | select(.key == "district_association") | .outcome.reports.in_review)'; do
    as "$who" GET "$reports/outcomes?within=$city"
    followed "$figure"
  done
  as "$who" GET "$reports/outcomes/organizations?within=$city"
  field '.items[] | "\(.organization.name) \(.outcome.activities.count) \(.outcome.cancelled.count) \(.outcome.reports.owed.count) \(.outcome.participants.total)"' \
    '东区科学技术协会 2 0 0 12320
西区科学技术协会 1 1 1 null'
  followed '.items[1].outcome.reports.owed'
  all_pages reviewer "$reports/outcomes/organizations?within=$city&limit=1" '.items[].organization.id' >"$BATS_TEST_TMPDIR/pages"
  [[ $(<"$BATS_TEST_TMPDIR/pages") == "$east
$west" ]]

  # 通知安排的活动和启动仪式不欠报告。
  as administrator GET "$reports/outcomes?within=$jiangsu&kind=event"
  field '.total | "\(.activities.count) \(.reports.owed) \(.participants.expected)"' '1 null null'
}

@test "只看自己的下级：审核员不写 within 就是其下级，别处的 403" {
  as "$city_reviewer" GET "$reports/matrix"
  status 200
  field '.within.id, .total.count' "$city
4"
  local report
  for report in matrix outcomes outcomes/organizations; do
    as "$city_reviewer" GET "$reports/$report?within=$jiangsu"
    status 403
    problem role_not_held_here
    as reviewer GET "$reports/$report?within=0196b1d4-7c00-7000-8000-00000000dead"
    status 422
    finding within unknown
    as reviewer GET "/v1/campaigns/nowhere/reports/$report"
    status 404
    as "$author" GET "$reports/$report"
    status 403
    as public GET "$reports/$report"
    status 401
  done
}

@test "未知的维度 400，行列相同 422" {
  as reviewer GET "$reports/matrix?rows=weather"
  status 400
  finding rows not_allowed_value
  as reviewer GET "$reports/matrix?rows=module"
  status 422
  problem validation_failed
  finding columns same_dimension
  as reviewer GET "$reports/matrix?kind=&status=unheard"
  status 400
  finding status not_allowed_value
}

@test "分布图：format=svg 或 Accept，有标题和文字说明，没有的格式 406" {
  as reviewer GET "$reports/matrix?within=$city&format=svg"
  status 200
  header Content-Type image/svg+xml
  grep -q 'role="img" aria-labelledby="title description"' "$response_body"
  grep -q '<title id="title">活动分布：阶段 × 主题活动模块</title>' "$response_body"
  grep -q '第一阶段：团结引领 2，建家办事 1，为民服务 0，开放合作 0，表彰发布 0，未定/其他 1，合计 3。' "$response_body"
  grep -q '1 项活动有不止一个主题活动模块' "$response_body"
  as reviewer GET "$reports/matrix?within=$city" -H 'Accept: image/svg+xml'
  header Content-Type image/svg+xml
  as reviewer GET "$reports/compliance?within=$city&format=svg" -H 'Accept-Language: en'
  status 200
  grep -q '<title id="title">报送情况</title>' "$response_body"
  grep -q '县（市、区）科协' "$response_body"
  as reviewer GET "$reports/matrix?within=$city&format=pdf"
  status 406
  problem not_acceptable
  as reviewer GET "$reports/outcomes?within=$city&format=svg"
  status 406
}

@test "分布和成效的表格：每列一个模块，末行合计" {
  as reviewer GET "$reports/matrix?within=$city&format=csv"
  status 200
  [[ $(tr -d '\r' <"$response_body") == '阶段,团结引领,建家办事,为民服务,开放合作,表彰发布,未定/其他,合计
第一阶段,2,1,0,0,0,1,3
第二阶段,1,0,0,0,0,0,1
第三阶段,0,0,0,0,0,0,0
合计,3,1,0,0,0,1,4' ]]
  as reviewer GET "$reports/matrix?within=$city&format=csv&headings=names&rows=module&columns=phase"
  [[ $(head -n 1 "$response_body" | tr -d '\r') == key,name,phase_1,phase_2,phase_3,total ]]
  as reviewer GET "$reports/outcomes?within=$city&format=csv"
  status 200
  as reviewer GET "$reports/outcomes/organizations?within=$city&format=csv"
  status 200
  (($(wc -l <"$response_body") == 3))
}
