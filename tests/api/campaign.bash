# What the tests of the work itself stand on: campaigns, plans and highlights of their own, beside
# whatever the installation has. A campaign's dates are those of 2021, moved to where it begins.
# shellcheck shell=bash disable=SC2034,SC2154

# later DAY DAYS: the date so many days later; `today` in the campaigns' time zone.
later() { TZ=UTC date -d "$1 $2 days" +%F; }
today() { TZ=Asia/Shanghai date +%F; }

# draft_campaign START [JSON]: a campaign of Jiangsu's with three phases and five modules; the
# fields of JSON instead of the usual ones. $campaign is its code, /v1/campaigns/$campaign its address.
draft_campaign() {
  local start=$1
  campaign=$(unique c)
  as administrator POST /v1/campaigns -d "$(jq --null-input --arg code "$campaign" --arg issuer "$(organization_id jiangsu)" \
    --arg starts_on "$start" --arg due_on "$(later "$start" 2)" --arg ends_on "$(later "$start" 51)" --argjson more "${2:-{\}}" '{
      $code, title: "江苏省“全国科技工作者日”活动", theme: "众心向党，自立自强", issuer_id: $issuer, $starts_on, $ends_on,
      plan_due_on: $due_on, highlight_due_on: $due_on, summary_due_on: $ends_on,
      audiences: [
        {code: "association_staff", name: "科协系统干部"},
        {code: "science_workers", name: "科技工作者"},
        {code: "overseas_peers", name: "海外同行"}]} + $more')" || return
  status 201 || return
  add_phase 1 "$start" 0 15 第一阶段 && add_phase 2 "$start" 16 26 第二阶段 && add_phase 3 "$start" 27 51 第三阶段 || return
  add_module 1 unity 团结引领 && add_module 2 home 建家办事 && add_module 3 service 为民服务 &&
    add_module 4 openness 开放合作 && add_module 5 recognition 表彰发布
}

# add_phase ORDINAL START FIRST_DAY LAST_DAY NAME: of $campaign, its days counted from START.
add_phase() {
  create administrator "/v1/campaigns/$campaign/phases" \
    "{\"ordinal\": $1, \"name\": \"$5\", \"starts_on\": \"$(later "$2" "$3")\", \"ends_on\": \"$(later "$2" "$4")\"}"
}

# add_module ORDINAL CODE NAME: of $campaign.
add_module() {
  create administrator "/v1/campaigns/$campaign/modules" "{\"ordinal\": $1, \"code\": \"$2\", \"name\": \"$3\"}"
}

# add_recipients ORGANIZATION_ID…: of $campaign.
add_recipients() {
  local each
  for each in "$@"; do
    create administrator "/v1/campaigns/$campaign/recipients" "{\"organization_id\": \"$each\"}" || return
  done
}

# open_campaign, close_campaign: as it now is.
open_campaign() { change_campaign open; }
close_campaign() { change_campaign close; }

change_campaign() {
  as administrator GET "/v1/campaigns/$campaign" || return
  as administrator POST "/v1/campaigns/$campaign/$1" -H "If-Match: $etag" || return
  status 200
}

# create_city [PARENT_ID]: a new city association, below Jiangsu if nothing is said; $created.
create_city() {
  create administrator /v1/organizations \
    "{\"code\": \"$(unique city)\", \"kind\": \"city_association\", \"name\": \"江苏省测试市科学技术协会\", \"parent_id\": \"${1:-$(organization_id jiangsu)}\"}"
}

# create_district PARENT_ID NAME: a district association; $created.
create_district() {
  create administrator /v1/organizations \
    "{\"code\": \"$(unique district)\", \"kind\": \"district_association\", \"name\": \"$2\", \"parent_id\": \"$1\"}"
}

# create_plan WHO ORGANIZATION_ID: a plan that is complete, of $campaign; $created and $etag.
create_plan() {
  create "$1" "/v1/campaigns/$campaign/plans" \
    "{\"organization_id\": \"$2\", \"title\": \"“全国科技工作者日”活动工作方案\", \"text\": \"一、活动主题。二、组织领导。三、进度安排。\"}"
}

# create_activity WHO ORGANIZATION_ID KIND [JSON]: one that is complete, on the first day of $campaign,
# which is $start; with the fields of JSON instead of the usual ones; $created and $etag.
create_activity() {
  create "$1" "/v1/campaigns/$campaign/activities" "$(activity_form "$2" "$3" "${4:-{\}}")"
}

# activity_form ORGANIZATION_ID KIND JSON: every field of the preparation form 「特色亮点活动筹备方案」.
activity_form() {
  jq --null-input --arg organization_id "$1" --arg kind "$2" --arg starts_on "$start" --argjson more "$3" '{
    $organization_id, $kind,
    title: "科学家精神报告团走进紫金山",
    modules: ["unity"],
    organizer_name: "中国科学院紫金山天文台、南京天文学会",
    $starts_on, time_note: "上午9时",
    location: "南京市玄武区紫金山天文台科普园区",
    audiences: ["science_workers"], audience_other: "中小学生",
    expected_participants: 300, scale_note: "三场报告会，每场100人",
    contact: {name: "王晓红", office_phone: "025-83700001", mobile: "13800000000", fax: "025-83700002", email: "wang@nanjing.example"},
    mailing_address: "南京市玄武区北京东路41号",
    proposal: {
      approach: "以老一辈天文学家的事迹为线索，讲好科学家故事。",
      measures: "成立报告团，编印宣讲提纲，全程网络直播。",
      people: "院士专家3人，青年科技工作者5人，志愿者20人。",
      theme: "仰望星空，自立自强",
      arrangement: "举办三场报告会，参观天文台旧址，座谈交流。",
      outcomes: "现场听众300人，线上观看1万人次。"},
    targets: [{name: "报告会", unit: "场", planned: 3, at_least: true}]} + $more'
}

# create_report WHO ACTIVITY_ID [JSON]: its summary report, complete if its one target is that of
# activity_form; with the fields of JSON instead of the usual ones; $created and $etag.
create_report() {
  as "$1" GET "/v1/activities/$2" || return
  create "$1" "/v1/activities/$2/summary_report" "$(jq --arg starts_on "$start" --argjson more "${3:-{\}}" '{
    $starts_on, time_note: "上午9时至11时", location: "南京市玄武区紫金山天文台科普园区",
    participants: [{audience: "science_workers", onsite: 280, online: 12000}, {onsite: 40, online: 0}],
    target_actuals: [.targets[] | {target_id: .id, actual: .planned}],
    outcomes: "举办报告会三场，现场听众320人，线上观看1.2万人次，反响热烈。",
    media_coverage: [{title: "科学家精神报告团走进紫金山", medium: "新华日报", url: "https://news.example/1", published_on: $starts_on}]} + $more' \
    "$response_body")"
}

# act WHO PATH ACTION [JSON]: on what is there now, whoever may see it by WHO's eyes.
act() {
  as "$1" GET "$2" || return
  as "$1" POST "$2/$3" -H "If-Match: $etag" -d "${4:-{\}}" || return
  status 200
}
