# 活动届次 · Campaigns: drafting, changing, opening and closing by the issuer's administrators; reading by anyone once issued.

load library
load campaign

setup_file() {
  jiangsu=$(organization_id jiangsu)
  remember jiangsu
}

setup() { recall; }

# The fields that a campaign must have; $1 are more, as JSON's members.
campaign_body() {
  printf '{"code": "%s", "title": "江苏省“全国科技工作者日”活动", "issuer_id": "%s", "starts_on": "2021-05-10", "ends_on": "2021-06-30", "plan_due_on": "2021-05-12", "highlight_due_on": "2021-05-12", "summary_due_on": "2021-06-30"%s}' \
    "$(unique c)" "$jiangsu" "${1:+, $1}"
}

# ---- Reading --------------------------------------------------------------------------------

@test "公众看得到印发了的，看不到草稿；列表可按状态、开始日期" {
  draft_campaign 1999-05-10
  local drafted=$campaign
  draft_campaign 1998-05-10
  add_recipients "$(organization_id 320100)"
  open_campaign
  local opened=$campaign
  draft_campaign 1997-05-10
  add_recipients "$(organization_id 320100)"
  open_campaign && close_campaign
  local closed=$campaign

  as public GET "/v1/campaigns/$opened"
  status 200
  header Cache-Control 'public, max-age=60, stale-while-revalidate=300'
  as public GET "/v1/campaigns/$drafted"
  status 404

  local codes
  codes=$(all_pages administrator '/v1/campaigns?limit=100' '.items[].code')
  [[ $codes == *"$drafted"*"$opened"*"$closed"* ]]
  codes=$(all_pages administrator '/v1/campaigns?limit=100&sort=starts_on' '.items[].code')
  [[ $codes == *"$closed"*"$opened"*"$drafted"* ]]
  codes=$(all_pages public '/v1/campaigns?limit=100' '.items[].code')
  [[ $codes == *"$opened"*"$closed"* && $codes != *"$drafted"* ]]

  as administrator GET '/v1/campaigns?status=draft,closed&limit=100&sort=starts_on'
  holds "[.items[].code] | index(\"$drafted\") != null and index(\"$closed\") != null and index(\"$opened\") == null"
  field '[.items[].status] | unique | join(" ")' 'closed draft'

  same_in_pages administrator '/v1/campaigns?sort=starts_on' .code 5
  local upwards=$found
  same_in_pages administrator '/v1/campaigns?sort=-starts_on' .code 5
  [ "$(tac <<<"$found")" = "$upwards" ]
}

@test "没有这样的活动是 404，它的各种列表也是" {
  local list
  as public GET /v1/campaigns/no-such-campaign
  status 404
  for list in phases modules recipients obligations plans activities; do
    as administrator GET "/v1/campaigns/no-such-campaign/$list"
    status 404
    problem not_found
  done
}

@test "草稿的阶段、模块、活动，公众也看不到" {
  draft_campaign 2021-05-10
  local list
  for list in phases modules activities; do
    as public GET "/v1/campaigns/$campaign/$list"
    status 404
  done
}

# ---- Drafting -------------------------------------------------------------------------------

@test "截止时刻按活动所在时区的当日24时" {
  as administrator POST /v1/campaigns -d "$(campaign_body '"time_zone": "Asia/Urumqi", "notice_receipt_due_on": "2021-05-11"')"
  status 201
  field '.plan_due_at, .notice_receipt_due_at' $'2021-05-12T18:00:00Z\n2021-05-11T18:00:00Z'
  field '.plan_due_on, .time_zone' $'2021-05-12\nAsia/Urumqi'
  as administrator PATCH "/v1/campaigns/$(value .code)" -H "If-Match: $etag" -d '{"time_zone": "Asia/Shanghai"}'
  status 200
  field '.plan_due_at' 2021-05-12T16:00:00Z
}

@test "不合情理之处一次指出" {
  as administrator POST /v1/campaigns -d "$(campaign_body \
    '"time_zone": "Asia/Nanjing", "audiences": [{"code": "a", "name": "甲"}, {"code": "a", "name": "乙"}]' |
    sed 's/"ends_on": "2021-06-30"/"ends_on": "2021-05-01"/; s/"summary_due_on": "2021-06-30"/"summary_due_on": "2021-05-11"/')"
  status 422
  problem validation_failed
  finding /time_zone invalid_time_zone
  finding /ends_on before_start
  finding /plan_due_on after_end
  finding /highlight_due_on after_end
  finding /summary_due_on before_highlights
  finding /audiences/1/code duplicate_item
}

@test "字段的格式" {
  as administrator POST /v1/campaigns -d '{"code": "二〇二一", "title": "", "minimum_highlights": 101, "late_submissions": "perhaps", "starts_on": "2021-02-29", "national_platform": {"url": "不是网址"}, "contact": {"email": "不是邮箱"}}'
  status 422
  finding /code pattern_mismatch
  finding /title too_short
  finding /minimum_highlights too_large
  finding /late_submissions not_allowed_value
  finding /starts_on invalid_date
  finding /national_platform/url invalid_uri
  finding /contact/email invalid_email
  finding /issuer_id required
}

@test "代码不能重复，发文单位必须存在并归本人管理" {
  local body
  body=$(campaign_body)
  as administrator POST /v1/campaigns -d "$body"
  status 201
  as administrator POST /v1/campaigns -d "$body"
  status 409
  problem already_exists
  finding /code taken
  as administrator POST /v1/campaigns -d "$(campaign_body | sed "s/$jiangsu/0196b1d4-7c00-7000-8000-00000000dead/")"
  status 422
  finding /issuer_id unknown
  as administrator POST /v1/campaigns -d "$(campaign_body | sed "s/$jiangsu/$(organization_id zhejiang)/")"
  status 403
}

@test "修改：嵌套的对象逐项合并，null 清空，列表整体替换" {
  draft_campaign 2021-05-10 '{"contact": {"name": "李明", "office_phone": "025-83700000"}, "theme": "众心向党，自立自强"}'
  as administrator GET "/v1/campaigns/$campaign"
  as administrator PATCH "/v1/campaigns/$campaign" -H "If-Match: $etag" \
    -d '{"contact": {"mobile": "13900000000", "office_phone": null}, "theme": null, "audiences": [{"code": "students", "name": "学生"}], "edition": 5}'
  status 200
  field '.contact | .name, .office_phone, .mobile' $'李明\nnull\n13900000000'
  field '.theme, .edition, .version' $'null\n5\n2'
  field '[.audiences[].code] | join(" ")' students
  field .title '江苏省“全国科技工作者日”活动'
  as administrator PATCH "/v1/campaigns/$campaign" -H "If-Match: $etag" -d '{"code": "renamed"}'
  status 422
  finding /code unknown_field
}

@test "阶段已定，活动的起止日期不能缩到它们之内" {
  draft_campaign 2021-05-10
  as administrator GET "/v1/campaigns/$campaign"
  as administrator PATCH "/v1/campaigns/$campaign" -H "If-Match: $etag" -d '{"starts_on": "2021-05-11", "ends_on": "2021-06-29"}'
  status 422
  finding /starts_on phases_outside
  finding /ends_on phases_outside
}

@test "草稿可以连同阶段、模块、主送单位一起删除；印发了的不能" {
  draft_campaign 2021-05-10
  add_recipients "$(organization_id 320100)"
  as administrator GET "/v1/campaigns/$campaign"
  as administrator DELETE "/v1/campaigns/$campaign"
  status 428
  as administrator GET "/v1/campaigns/$campaign"
  as administrator DELETE "/v1/campaigns/$campaign" -H "If-Match: $etag"
  status 204
  [ ! -s "$response_body" ]
  as administrator GET "/v1/campaigns/$campaign"
  status 404

  draft_campaign 2021-05-10
  add_recipients "$(organization_id 320100)"
  open_campaign
  as administrator DELETE "/v1/campaigns/$campaign" -H "If-Match: $etag"
  status 409
  problem not_editable
  field .current_status open
}

# ---- Opening and closing --------------------------------------------------------------------

@test "没有印发的不能结束，结束了的不能再印发" {
  draft_campaign 2021-05-10
  add_recipients "$(organization_id 320100)"
  as administrator GET "/v1/campaigns/$campaign"
  local known=$etag
  as administrator POST "/v1/campaigns/$campaign/close" -H "If-Match: $known"
  status 409
  problem transition_not_allowed
  field '.current_status, .allowed_actions[]' $'draft\nopen'
  open_campaign && close_campaign
  holds '.closed_at != null'
  known=$etag
  as administrator POST "/v1/campaigns/$campaign/open" -H "If-Match: $known"
  status 409
  problem transition_not_allowed
  field '.current_status, (.allowed_actions | length)' $'closed\n0'
}

@test "同一 Idempotency-Key 重发的新建和印发，只做一次" {
  local key body
  key=$(unique key)
  body=$(campaign_body)
  as administrator POST /v1/campaigns -H "Idempotency-Key: \"$key\"" -d "$body"
  status 201
  as administrator POST /v1/campaigns -H "Idempotency-Key: $key" -d "$body"
  status 201
  header Idempotency-Replayed true
  header Location "/v1/campaigns/$(jq -r .code <<<"$body")"

  draft_campaign 2021-05-10
  add_recipients "$(organization_id 320100)"
  as administrator GET "/v1/campaigns/$campaign"
  local known=$etag
  as administrator POST "/v1/campaigns/$campaign/open" -H "If-Match: $known" -H "Idempotency-Key: $key-open"
  status 200
  as administrator POST "/v1/campaigns/$campaign/open" -H "If-Match: $known" -H "Idempotency-Key: $key-open"
  status 200
  header Idempotency-Replayed true
  field .status open
}

@test "别省的管理员和本省的审核员都不能改" {
  draft_campaign 2021-05-10
  add_recipients "$(organization_id 320100)"
  open_campaign
  local known=$etag
  create_account local_administrator administrator "$(organization_id 320100)"
  as "$account" PATCH "/v1/campaigns/$campaign" -H "If-Match: $known" -d '{"theme": "越权"}'
  status 403
  problem role_not_held_here
  as "$account" POST "/v1/campaigns/$campaign/close" -H "If-Match: $known"
  status 403
  as reviewer PATCH "/v1/campaigns/$campaign" -H "If-Match: $known" -d '{"theme": "越权"}'
  status 403
  problem forbidden
}
