# 总结报告 · Summary reports, one of each activity, and whether activities take place. Every cell of their
# states is in tests/sql/summary_report.sql.

load library
load campaign

# Four districts with one author; a highlight that is submitted, one that is accepted, and an event.
setup_file() {
  start=$(today)
  draft_campaign "$start"
  create_city && city=$created
  local each
  districts=()
  for each in 东 西; do
    create_district "$city" "${each}区科学技术协会" && districts+=("$created")
  done
  east=${districts[0]} west=${districts[1]}
  jiangsu=$(organization_id jiangsu)
  add_recipients "$east" "$west"
  open_campaign
  create_account author submitter "$east" submitter "$west"
  author=$account
  create_activity "$author" "$east" highlight && submitted=$created && act "$author" "/v1/activities/$submitted" submit
  create_activity "$author" "$west" highlight '{"modules": ["home"]}' && accepted=$created
  act "$author" "/v1/activities/$accepted" submit && act reviewer "/v1/activities/$accepted" accept
  create_activity administrator "$jiangsu" event && event=$created && act administrator "/v1/activities/$event" publish
  remember start campaign city east west jiangsu author submitted accepted event
}

setup() { recall; }

# owed ACTIVITY_ID: the verdict of what is owed for it.
owed() {
  as reviewer GET "/v1/campaigns/$campaign/obligations?kind=summary_report&within=$city&limit=100"
  field ".items[] | select(.activity.id == \"$1\") | .verdict" "$2"
}

@test "特色亮点活动的总结报告：填写、报送、退回、更正、通过，应报事项随之完成" {
  owed "$submitted" pending
  create_report "$author" "$submitted" '{"outcomes": null}'
  header Location "/v1/summary_reports/$created"
  local report=/v1/summary_reports/$created
  field '.status, .kind, .activity.id, .organization.name, .allowed_actions[]' "draft
highlight
$submitted
东区科学技术协会
submit"
  field '.due_on' "$(later "$start" 51)"
  field '.participants_total | "\(.onsite) \(.online) \(.total)"' '320 12000 12320'
  field '.target_actuals[] | "\(.name) \(.unit) \(.planned) \(.at_least) \(.actual)"' '报告会 场 3 true 3'
  as reviewer GET "$report"
  status 404

  as "$author" POST "$report/validate"
  status 200
  finding /outcomes required
  as "$author" POST "$report/submit" -H 'If-Match: "1-0000000000000000"'
  status 422
  problem form_incomplete
  finding /outcomes required
  as "$author" GET "$report"
  as "$author" PATCH "$report" -H "If-Match: $etag" -d '{"outcomes": "反响热烈。"}'
  status 200
  act "$author" "$report" submit
  field '.status, .allowed_actions[]' $'submitted\nwithdraw'
  owed "$submitted" on_time
  as "$author" GET "$report"
  as "$author" PATCH "$report" -H "If-Match: $etag" -d '{"outcomes": "改"}'
  status 409
  problem not_editable

  act reviewer "$report" start_review
  act reviewer "$report" return '{"comment": "请补充媒体报道。", "field_comments": [{"pointer": "/media_coverage", "comment": "至少一条"}]}'
  field '.status, .correction.comment' $'returned\n请补充媒体报道。'
  act "$author" "$report" submit
  act reviewer "$report" accept '{"comment": "同意"}'
  field '.status, .submission_count' $'accepted\n2'
  as "$author" GET "$report/reviews"
  field '[.items[].action] | join(" ")' 'submit start_review return submit accept'
  field '[.items[].summary_report_id] | unique | length' 1
  as "$author" GET "$report/submissions"
  field '[.items[].number] | join(" ")' '1 2'
  as "$author" GET "/v1/submissions/$(value '.items[0].id')"
  field '.content.outcomes, .summary_report_id' "反响热烈。
${report##*/}"

  # 活动本身尚未公开，其总结报告也不公开。
  as public GET "$report"
  status 404
  act reviewer "/v1/activities/$submitted" accept
  as public GET "$report"
  status 200
  field '.outcomes, (.allowed_actions | length)' $'反响热烈。\n0'
  as public GET "$report/reviews"
  status 401
  as suzhou GET "$report/reviews"
  status 403
  problem role_not_held_here
  as public GET "/v1/activities/$submitted"
  field .summary_report_id "${report##*/}"
}

@test "一项活动一份；活动不存在、不是自己的、活动结束的都不能新建" {
  create_report "$author" "$accepted"
  as "$author" POST "/v1/activities/$accepted/summary_report" -d '{}'
  status 409
  problem already_exists
  as "$author" POST /v1/activities/0196b1d4-7c00-7000-8000-00000000dead/summary_report -d '{}'
  status 404
  as suzhou POST "/v1/activities/$event/summary_report" -d '{}'
  status 403
  problem role_not_held_here
  as observer POST "/v1/activities/$accepted/summary_report" -d '{}'
  status 403
  problem forbidden
  as public POST "/v1/activities/$accepted/summary_report" -d '{}'
  status 401
}

@test "重发同一 Idempotency-Key 只建一份" {
  create_activity "$author" "$east" highlight
  local activity=$created key
  key=$(unique key)
  as "$author" POST "/v1/activities/$activity/summary_report" -H "Idempotency-Key: $key" -d '{}'
  status 201
  local first
  first=$(value .id)
  as "$author" POST "/v1/activities/$activity/summary_report" -H "Idempotency-Key: $key" -d '{}'
  status 201
  header Idempotency-Replayed true
  field .id "$first"

  # 活动有总结报告的，不能删除；没有报送过的总结报告可以删除。
  as "$author" GET "/v1/activities/$activity"
  as "$author" DELETE "/v1/activities/$activity" -H "If-Match: $etag"
  status 409
  problem in_use
  as "$author" GET "/v1/summary_reports/$first"
  as "$author" DELETE "/v1/summary_reports/$first" -H "If-Match: $etag"
  status 204
  as "$author" GET "/v1/summary_reports/$first"
  status 404
}

@test "不合要求之处一次指出" {
  create_activity "$author" "$east" highlight
  local activity=$created
  as "$author" POST "/v1/activities/$activity/summary_report" -d '{"participants": [{"audience": "science_workers", "onsite": -1}],
    "target_actuals": [{"actual": 1}], "media_coverage": [{"title": "", "medium": "报", "url": "不是网址"}], "outcomes": "", "status": "accepted"}'
  status 422
  finding /participants/0/onsite too_small
  finding /participants/0/online required
  finding /target_actuals/0/target_id required
  finding /media_coverage/0/title too_short
  finding /media_coverage/0/url invalid_uri
  finding /outcomes too_short
  finding /status unknown_field
  as "$author" POST "/v1/activities/$activity/summary_report" -d '{"participants": [{"audience": "nobody", "onsite": 1, "online": 0}],
    "target_actuals": [{"target_id": "0196b1d4-7c00-7000-8000-00000000dead", "actual": 1}]}'
  status 422
  finding /participants/0/audience unknown_audience
  finding /target_actuals/0/target_id unknown
  as "$author" POST "/v1/activities/$activity/summary_report" -d '{"starts_on": "2021-05-30", "ends_on": "2021-05-29"}'
  status 422
  finding /ends_on before_start

  # 活动本身还是草稿的，不能报送总结报告；草稿为空时，所缺逐项指出。
  create "$author" "/v1/activities/$activity/summary_report" '{}'
  as "$author" POST "/v1/summary_reports/$created/submit" -H "If-Match: $etag"
  status 422
  finding '' activity_not_submitted
  finding /starts_on required
  finding /location location_or_online_required
  finding /participants participants_required
  finding /target_actuals target_actual_required
  finding /outcomes required
}

@test "启动仪式和主场活动的总结报告：发文单位报送即通过，可以撤回" {
  create_report administrator "$event"
  local report=/v1/summary_reports/$created
  as "$author" GET "$report"
  status 404
  act administrator "$report" submit
  field '.status, .allowed_actions[]' $'accepted\nwithdraw'
  as public GET "$report"
  status 200
  field '.kind, .participants_total.total' $'event\n12320'
  act administrator "$report" withdraw
  field .status draft
  as public GET "$report"
  status 404
  act administrator "$report" submit
  as administrator GET "$report/submissions"
  field '[.items[] | .withdrawn_at != null] | map(tostring) | join(" ")' 'true false'
}

@test "列表可以分页、筛选，公众只见公开的" {
  local reports=/v1/campaigns/$campaign/summary_reports
  same_in_pages "$author" "$reports?" .id 1
  local upwards=$found
  same_in_pages "$author" "$reports?sort=-created_at" .id 1
  [ "$(tac <<<"$found")" = "$upwards" ]
  as "$author" GET "$reports?status=draft&kind=highlight&organization_id=$west"
  field '[.items[].activity.id] | join(" ")' "$accepted"
  as "$author" GET "$reports?module=home"
  field '[.items[].activity.id] | join(" ")' "$accepted"
  as "$author" GET "$reports?phase=1&within=$west"
  field '[.items[].activity.id] | join(" ")' "$accepted"
  as "$author" GET "$reports?phase=2"
  field '.items | length' 0
  as "$author" GET "$reports?organization_kind=district_association&module=home"
  field '[.items[].activity.id] | join(" ")' "$accepted"
  as "$author" GET "$reports?organization_kind=society"
  field '.items | length' 0
  as "$author" GET "$reports?correction_overdue=true"
  field '.items | length' 0
  as public GET "$reports"
  status 200
  field '[.items[].status] | unique | join(" ")' accepted
  field '[.items[].kind] | sort | join(" ")' 'event highlight'
  as public GET /v1/campaigns/no-such/summary_reports
  status 404
}

# ---- Execution ------------------------------------------------------------------------------

@test "延期、已举办、取消、恢复：与审核无关，公众看得到原因和新日期" {
  local activity=/v1/activities/$accepted
  as "$author" GET "$activity"
  field '.execution, (.execution_actions | join(" "))' $'planned\npostpone cancel hold'
  as "$author" POST "$activity/postpone" -H "If-Match: $etag" -d "{\"reason\": \"防汛\", \"starts_on\": \"$(later "$start" 52)\", \"ends_on\": \"$(later "$start" 51)\"}"
  status 422
  finding /starts_on outside_campaign
  finding /ends_on before_start
  act "$author" "$activity" postpone "{\"reason\": \"防汛\", \"starts_on\": \"$(later "$start" 20)\"}"
  field '.execution, .execution_reason, .postponed_to.starts_on, .status, .starts_on' "postponed
防汛
$(later "$start" 20)
accepted
$start"
  as public GET "$activity"
  field '.execution, .execution_reason, .postponed_to.starts_on, (.execution_actions | length)' "postponed
防汛
$(later "$start" 20)
0"
  as public GET "/v1/campaigns/$campaign/activities?execution=postponed"
  field '.items[] | "\(.id) \(.execution_reason) \(.postponed_to.starts_on)"' "$accepted 防汛 $(later "$start" 20)"
  as public GET "/v1/campaigns/$campaign/activities?execution=held,cancelled"
  field '.items | length' 0

  act reviewer "$activity" cancel '{"reason": "疫情防控"}'
  field '.execution, .execution_reason, .postponed_to' $'cancelled\n疫情防控\nnull'
  as "$author" POST "$activity/hold" -H "If-Match: $etag" -d '{}'
  status 409
  problem transition_not_allowed
  field '.current_status, .allowed_actions[]' $'cancelled\nresume'
  as "$author" GET "/v1/campaigns/$campaign/summary_reports?organization_id=$west"
  as "$author" POST "/v1/summary_reports/$(value '.items[0].id')/validate"
  finding '' activity_cancelled
  act "$author" "$activity" resume
  act "$author" "$activity" hold '{"comment": "如期举办"}'
  field '.execution, .execution_reason' $'held\nnull'

  as "$author" GET "$activity/reviews"
  field '[.items[] | select(.action | IN("postpone", "cancel", "resume", "hold")) | "\(.action) \(.to_status)"] | join(",")' \
    'postpone postponed,cancel cancelled,resume planned,hold held'
  field '.items[] | select(.action == "postpone") | .reason, .starts_on' "防汛
$(later "$start" 20)"
}

@test "取消的活动免报总结报告，理由就是取消的理由；恢复后仍须报；管理员免的不动" {
  create_activity "$author" "$west" highlight && local id=$created activity=/v1/activities/$created obligation
  act "$author" "$activity" submit
  owed "$id" pending
  obligation=/v1/obligations/$(value ".items[] | select(.activity.id == \"$id\") | .id")
  act "$author" "$activity" cancel '{"reason": "台风"}'
  owed "$id" waived
  as "$author" GET "$obligation"
  field '.waived_reason, .original_verdict, .version' $'台风\npending\n2'
  local waived_by
  waived_by=$(value .waived_by.id)
  as "$author" GET /v1/me
  field .id "$waived_by"
  as administrator GET "/v1/audit?resource=obligation&resource_id=${obligation##*/}&change=updated"
  field '.items[0] | .operation, .after.waived_reason' $'cancel_execution\n台风'

  # 撤回即不再应报；再报送时仍是免报 · withdrawn, nothing is owed; submitted again, it is waived still
  act "$author" "$activity" withdraw
  as "$author" GET "$obligation"
  status 404
  act "$author" "$activity" submit
  owed "$id" waived
  obligation=/v1/obligations/$(value ".items[] | select(.activity.id == \"$id\") | .id")
  act reviewer "$activity" resume
  owed "$id" pending

  act administrator "$obligation" waive '{"reason": "机构改革"}'
  act "$author" "$activity" cancel '{"reason": "台风"}'
  act "$author" "$activity" resume
  as "$author" GET "$obligation"
  field '.verdict, .waived_reason' $'waived\n机构改革'
}

@test "举办情况：无关的人不能改，须写明原因，须依据最新版本" {
  local activity=/v1/activities/$accepted
  as "$author" GET "$activity"
  local known=$etag
  as suzhou POST "$activity/resume" -H "If-Match: $known" -d '{}'
  status 403
  problem role_not_held_here
  as administrator POST "$activity/resume" -H "If-Match: $known" -d '{}'
  status 403
  as public POST "$activity/resume" -H "If-Match: $known" -d '{}'
  status 401
  as observer POST "$activity/resume" -H "If-Match: $known" -d '{}'
  status 403
  as "$author" POST "$activity/cancel" -H "If-Match: $known" -d '{}'
  status 422
  finding /reason required
  as "$author" POST "$activity/resume" -d '{}'
  status 428
  as "$author" POST "$activity/resume" -H 'If-Match: "1-0000000000000000"' -d '{}'
  status 412
  act administrator "/v1/activities/$event" hold
  field .execution held
}

@test "活动结束后：作者的不再受理，审核员照常" {
  create_activity "$author" "$west" highlight && local activity=/v1/activities/$created
  act "$author" "$activity" submit
  create_report "$author" "$created" && local report=/v1/summary_reports/$created
  act "$author" "$report" submit
  close_campaign
  as "$author" GET "$report"
  as "$author" POST "$report/withdraw" -H "If-Match: $etag"
  status 409
  problem campaign_closed
  act reviewer "$report" accept
  as "$author" GET "$activity"
  as "$author" POST "$activity/hold" -H "If-Match: $etag" -d '{}'
  status 409
  problem campaign_closed
  act reviewer "$activity" hold
  field .execution held
}
