# 工作方案 · Work plans: one of each recipient. What may be done in which state is in states.bats.

load library
load campaign

# Four districts of a new city and a society, all with one author.
setup_file() {
  start=$(today)
  draft_campaign "$start"
  create_city && city=$created
  local each
  districts=()
  for each in 东 西 南 北; do
    create_district "$city" "${each}区科学技术协会" && districts+=("$created")
  done
  create administrator /v1/organizations \
    "{\"code\": \"$(unique society)\", \"kind\": \"society\", \"name\": \"市天文学会\", \"parent_id\": \"$city\"}"
  society=$created
  add_recipients "${districts[@]}" "$society"
  open_campaign
  # shellcheck disable=SC2046
  create_account author $(printf 'submitter %s ' "${districts[@]}" "$society")
  author=$account
  east=${districts[0]} west=${districts[1]} south=${districts[2]} north=${districts[3]}
  create_plan "$author" "$east" && plan=$created
  create_plan "$author" "$west" && act "$author" "/v1/plans/$created" submit
  create_plan "$author" "$society" && act "$author" "/v1/plans/$created" submit && act reviewer "/v1/plans/$created" accept
  remember start campaign city east west south north society author plan
}

setup() { recall; }

# ---- Reading --------------------------------------------------------------------------------

@test "列表可以分页，两个方向互为倒序" {
  same_in_pages "$author" "/v1/campaigns/$campaign/plans?" .id
  local upwards=$found
  same_in_pages "$author" "/v1/campaigns/$campaign/plans?sort=-created_at" .id
  [ "$(tac <<<"$found")" = "$upwards" ]
}

@test "按状态、单位、单位类别、所属单位筛选" {
  local plans=/v1/campaigns/$campaign/plans
  as "$author" GET "$plans?status=submitted,accepted"
  field '[.items[].status] | sort | join(" ")' 'accepted submitted'
  as "$author" GET "$plans?organization_id=$east"
  field '[.items[].id] | join(" ")' "$plan"
  as "$author" GET "$plans?organization_kind=society"
  field '[.items[].organization.name] | join(" ")' 市天文学会
  as "$author" GET "$plans?within=$west"
  field '[.items[].organization.id] | join(" ")' "$west"
  as "$author" GET "$plans?within=$city&organization_kind=district_association&status=draft&count=exact"
  field .total_count 1
  as "$author" GET "$plans?correction_overdue=true"
  field '.items | length' 0
  as "$author" GET "$plans?status=nominated"
  status 400
  finding status not_allowed_value
}

@test "审核员看不到草稿，别省的什么也看不到，公众须登录" {
  as reviewer GET "/v1/campaigns/$campaign/plans"
  field '[.items[].status] | sort | join(" ")' 'accepted submitted'
  as observer GET "/v1/campaigns/$campaign/plans?count=exact"
  field .total_count 2
  as zhejiang GET "/v1/campaigns/$campaign/plans"
  field '.items | length' 0
  as public GET "/v1/campaigns/$campaign/plans"
  status 401
  as administrator GET "/v1/plans/$plan"
  status 200
  field .status draft
}

@test "读到的带有截止时刻、可做的操作，私有而可再验" {
  as "$author" GET "/v1/plans/$plan"
  header Cache-Control 'private, no-cache'
  field '.due_on, .time_zone' "$(later "$start" 2)"$'\nAsia/Shanghai'
  field '.organization.name, .allowed_actions[]' $'东区科学技术协会\nsubmit'
  as "$author" GET "/v1/plans/$plan" -H "If-None-Match: $etag"
  status 304
}

# ---- Writing --------------------------------------------------------------------------------

@test "新建：附 Location 和 ETag；重发同一 Idempotency-Key 只建一个" {
  local key body
  key=$(unique key)
  body="{\"organization_id\": \"$south\", \"title\": \"南区的工作方案\"}"
  as "$author" POST "/v1/campaigns/$campaign/plans" -H "Idempotency-Key: $key" -d "$body"
  status 201
  local first
  first=$(value .id)
  header Location "/v1/plans/$first"
  field '.text, .version' $'null\n1'
  as "$author" POST "/v1/campaigns/$campaign/plans" -H "Idempotency-Key: $key" -d "$body"
  status 201
  header Idempotency-Replayed true
  field .id "$first"
}

@test "不合要求之处一次指出" {
  as "$author" POST "/v1/campaigns/$campaign/plans" -d '{"organization_id": "南区", "title": "", "text": 7, "status": "accepted"}'
  status 422
  finding /organization_id invalid_uuid
  finding /title too_short
  finding /text wrong_type
  finding /status unknown_field
  as "$author" POST "/v1/campaigns/$campaign/plans" -d "{\"organization_id\": \"0196b1d4-7c00-7000-8000-00000000dead\", \"title\": \"无\"}"
  status 422
  finding /organization_id unknown
}

@test "标题长度按字计，恰好100字可以，101字不行" {
  as "$author" GET "/v1/plans/$plan"
  as "$author" PATCH "/v1/plans/$plan" -H "If-Match: $etag" -d "{\"title\": \"$(printf '字%.0s' {1..100})\"}"
  status 200
  as "$author" PATCH "/v1/plans/$plan" -H "If-Match: $etag" -d "{\"title\": \"$(printf '字%.0s' {1..101})\"}"
  status 422
  finding /title too_long
}

@test "修改：未写的不变，null 清空，空的修改不接受" {
  as "$author" GET "/v1/plans/$plan"
  as "$author" PATCH "/v1/plans/$plan" -H "If-Match: $etag" -d '{"text": "一、活动主题。"}'
  status 200
  as "$author" PATCH "/v1/plans/$plan" -H "If-Match: $etag" -H 'Content-Type: application/json' -d '{"title": "改过的标题"}'
  status 200
  field '.title, .text' $'改过的标题\n一、活动主题。'
  as "$author" PATCH "/v1/plans/$plan" -H "If-Match: $etag" -d '{"text": null}'
  status 200
  field .text null
  as "$author" PATCH "/v1/plans/$plan" -H "If-Match: $etag" -d '{}'
  status 422
}

@test "没有报送过的草稿可以删除，撤回过的不能" {
  create_plan "$author" "$north"
  as "$author" DELETE "/v1/plans/$created"
  status 428
  as "$author" GET "/v1/plans/$created"
  as "$author" DELETE "/v1/plans/$created" -H "If-Match: $etag"
  status 204
  as "$author" GET "/v1/plans/$created"
  status 404

  create_plan "$author" "$north"
  act "$author" "/v1/plans/$created" submit
  act "$author" "/v1/plans/$created" withdraw
  as "$author" DELETE "/v1/plans/$created" -H "If-Match: $etag"
  status 409
  problem in_use
}

@test "别人的草稿不能删除：看不到的是 404，管理员是 403" {
  as suzhou DELETE "/v1/plans/$plan" -H 'If-Match: "1-0000000000000000"'
  status 404
  as administrator DELETE "/v1/plans/$plan" -H 'If-Match: "1-0000000000000000"'
  status 403
}

@test "检查不改变什么，看得到的人都能检查" {
  as "$author" GET "/v1/plans/$plan"
  local known=$etag
  as "$author" POST "/v1/plans/$plan/validate"
  field '[.errors[] | "\(.pointer) \(.code)"] | join(" ")' '/text required'
  as administrator POST "/v1/plans/$plan/validate"
  status 200
  as reviewer POST "/v1/plans/$plan/validate"
  status 404
  as "$author" GET "/v1/plans/$plan"
  [ "$etag" = "$known" ]
}

@test "更正期限须写明时差" {
  create_plan "$author" "$south" || as "$author" GET "/v1/campaigns/$campaign/plans?organization_id=$south"
  local each
  each=/v1/plans/$(value '.id // .items[0].id')
  as "$author" GET "$each"
  as "$author" PATCH "$each" -H "If-Match: $etag" -d '{"text": "一、活动主题。"}'
  act "$author" "$each" submit
  local known=$etag
  as reviewer POST "$each/return" -H "If-Match: $known" -d '{"comment": "请补充。", "correction_due_at": "2021-05-14T18:00:00"}'
  status 422
  finding /correction_due_at invalid_date_time
  as reviewer POST "$each/return" -H "If-Match: $known" -d '{"comment": "请补充。", "correction_due_at": "2099-05-14T18:00:00+08:00", "field_comments": [{"pointer": "text", "comment": "不是指针"}]}'
  status 422
  finding /field_comments/0/pointer pattern_mismatch
  as reviewer POST "$each/return" -H "If-Match: $known" -d '{"comment": "请补充。", "correction_due_at": "2021-05-14T18:00:00+08:00", "field_comments": [{"pointer": "/text", "comment": "太短。"}, {"pointer": "/texts", "comment": "没有这一项"}]}'
  status 422
  finding /correction_due_at not_in_future
  finding /field_comments/1/pointer unknown
  as reviewer POST "$each/return" -H "If-Match: $known" -d '{"comment": "请补充。", "correction_due_at": "2099-05-14T18:00:00+08:00", "field_comments": [{"pointer": "/text", "comment": "太短。"}, {"pointer": "/documents", "comment": "缺盖章件"}]}'
  status 200
  field .correction_due_at 2099-05-14T10:00:00Z

  # 更正期限已过的，再报时注明逾期，而原来的判定不变。
  database "UPDATE plan SET correction_due_at = now() - interval '1 day' WHERE id = '${each##*/}'"
  act "$author" "$each" submit
  as "$author" GET "$each/submissions"
  field '[.items[].is_late] | join(" ")' 'false true'
  as "$author" GET "/v1/campaigns/$campaign/obligations?organization_id=$south&kind=plan"
  field '.items[0].verdict' on_time
}
