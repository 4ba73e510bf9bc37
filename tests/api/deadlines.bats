# 签收、延期、免报和代报 · The notice's delivery, deadlines that move, and what came on paper.

load library
load campaign

# A campaign whose deadlines are over: everything was due yesterday, but the receipt, which is due in a month.
setup_file() {
  start=$(later "$(today)" -3)
  yesterday=$(later "$(today)" -1)
  draft_campaign "$start" "{\"plan_due_on\": \"$yesterday\", \"highlight_due_on\": \"$yesterday\", \"notice_receipt_due_on\": \"$(later "$start" 30)\"}"
  create_city
  city=$created
  create_city
  town=$created
  add_recipients "$city" "$town"
  create_account author submitter "$city" submitter "$town"
  author=$account
  create_account governor administrator "$city"
  governor=$account
  open_campaign
  remember start yesterday campaign city town author governor
}

setup() { recall; }

# obligation ORGANIZATION_ID KIND: its address, as $obligation.
obligation() {
  as reviewer GET "/v1/campaigns/$campaign/obligations?organization_id=$1&kind=$2" || return
  obligation=/v1/obligations/$(value '.items[0].id')
}

# verdict ORGANIZATION_ID KIND VERDICT ORIGINAL_VERDICT
verdict() {
  as reviewer GET "/v1/campaigns/$campaign/obligations?organization_id=$1&kind=$2" || return
  field '.items[0] | "\(.verdict) \(.original_verdict)"' "$3 $4"
}

# ---- Receipts -------------------------------------------------------------------------------

@test "签收：由主送单位的报送员办理，一次为止；未签收的可以列出" {
  obligation "$city" notice_receipt
  as reviewer GET "$obligation"
  field '.allowed_actions | length' 0
  as nanjing POST "$obligation/acknowledge" -H "If-Match: $etag"
  status 404
  as reviewer POST "$obligation/acknowledge" -H "If-Match: $etag"
  status 403
  as "$author" GET "$obligation"
  field '.allowed_actions | join(",")' acknowledge
  local known=$etag
  as "$author" POST "$obligation/acknowledge" -H "If-Match: $known"
  status 200
  field '[.verdict, .acknowledged_by.name, (.allowed_actions | length)] | join(",")' on_time,测试用户,0
  as "$author" POST "$obligation/acknowledge" -H "If-Match: $known"
  status 412
  as "$author" POST "$obligation/acknowledge" -H "If-Match: $(header_value ETag)"
  status 409
  problem transition_not_allowed
  as reviewer GET "/v1/campaigns/$campaign/obligations?kind=notice_receipt&verdict=pending,overdue"
  field '[.items[].organization.id] | join(",")' "$town"
}

@test "签收：只有通知可以签收" {
  obligation "$city" plan
  as "$author" GET "$obligation"
  as "$author" POST "$obligation/acknowledge" -H "If-Match: $etag"
  status 409
  problem transition_not_allowed
}

# ---- Extensions -----------------------------------------------------------------------------

@test "延期：填写有误的，逐项指出，一项也不办理" {
  as administrator POST "/v1/campaigns/$campaign/extensions" -d "{\"kinds\": [\"plan\", \"highlights\"], \"due_on\": \"$yesterday\", \"organization_ids\": [\"$(organization_id 320100)\"], \"reason\": \"防汛\"}"
  status 422
  finding /organization_ids/0 not_a_recipient
  finding /kinds/0 not_later
  finding /kinds/1 not_later
  as administrator POST "/v1/campaigns/$campaign/extensions" -d '{"kinds": ["plan"], "reason": "防汛"}'
  status 422
  finding /organization_ids choose_one
  finding /due_at choose_one
  as "$governor" POST "/v1/campaigns/$campaign/extensions" -d "{\"kinds\": [\"plan\"], \"due_on\": \"$(today)\", \"all_recipients\": true, \"reason\": \"自己延期\"}"
  status 403
  problem role_not_held_here
  as administrator GET "/v1/campaigns/$campaign/extensions"
  field '.items | length' 0
}

@test "延期：过期以后补办，立即生效；原来的判定仍然看得到" {
  create_plan "$author" "$city"
  plan=$created
  remember plan
  act "$author" "/v1/plans/$plan" submit
  verdict "$city" plan late late
  verdict "$town" plan overdue overdue
  create administrator "/v1/campaigns/$campaign/extensions" "{\"organization_ids\": [\"$city\"], \"kinds\": [\"plan\"], \"due_on\": \"$(today)\", \"reason\": \"防汛救灾\"}"
  header Location "/v1/extension_batches/$created"
  field '[.extension_count, .organization_count, .revoked_count, .due_on] | join(",")' "1,1,0,$(today)"
  one=$created
  verdict "$city" plan extended_on_time late
  verdict "$town" plan overdue overdue
  obligation "$city" plan
  as "$author" GET "$obligation"
  field '[.due_on, .effective_due_on, .extension.reason] | join(",")' "$yesterday,$(today),防汛救灾"
  as "$author" GET "/v1/plans/$plan/submissions"
  field '.items[0].is_late' false
  remember one
}

@test "延期：全部单位一次办理；以最后一次为准；撤销后恢复" {
  create administrator "/v1/campaigns/$campaign/extensions" "{\"all_recipients\": true, \"kinds\": [\"plan\", \"highlights\"], \"due_at\": \"$yesterday"'T18:00:00Z", "reason": "系统维护"}'
  all=$created
  field '[.extension_count, .organization_count] | join(",")' 4,2
  as "$author" GET "/v1/extension_batches/$all"
  field '[.extension_count, (.allowed_actions | length)] | join(",")' 4,0
  act administrator "/v1/extension_batches/$all" revoke '{"reason": "时刻有误"}'
  field '[.revoked_count, (.allowed_actions | length)] | join(",")' 4,0
  as administrator POST "/v1/extension_batches/$all/revoke" -H "If-Match: $etag" -d '{"reason": "再撤销"}'
  status 409
  problem transition_not_allowed
  verdict "$city" plan extended_on_time late
  remember all
}

@test "延期：逐项可查，逐项可撤，不删除" {
  as "$author" GET "/v1/campaigns/$campaign/extensions?is_revoked=false"
  field '.items | length' 1
  local extension
  extension=/v1/extensions/$(value '.items[0].id')
  as reviewer GET "/v1/campaigns/$campaign/extensions?batch_id=$all&kind=plan&organization_id=$town"
  field '.items[0].revoked_reason' 时刻有误
  as zhejiang GET "$extension"
  status 404
  act administrator "$extension" revoke '{"reason": "单位选择有误"}'
  field '[.revoked_reason, .revoked_by.name != null] | join(",")' 单位选择有误,true
  verdict "$city" plan late late
  as administrator GET "/v1/campaigns/$campaign/extensions?count=exact&limit=2"
  field .total_count 5
}

# ---- Waivers --------------------------------------------------------------------------------

@test "免报：由印发单位的管理员办理，说明理由，可以取消" {
  obligation "$town" highlights
  as "$governor" GET "/v1/campaigns/$campaign/obligations?organization_id=$city&kind=highlights"
  local own
  own=/v1/obligations/$(value '.items[0].id')
  as "$governor" GET "$own"
  field '.allowed_actions | length' 0
  as "$governor" POST "$own/waive" -H "If-Match: $etag" -d '{"reason": "自己免报"}'
  status 403
  as administrator GET "$obligation"
  field '.allowed_actions | join(",")' waive
  as administrator POST "$obligation/waive" -H "If-Match: $etag" -d '{}'
  status 422
  finding /reason required
  act administrator "$obligation" waive '{"reason": "机构改革"}'
  field '[.verdict, .original_verdict, .waived_reason, (.allowed_actions | join("+"))] | join(",")' waived,overdue,机构改革,unwaive
  as reviewer GET "/v1/campaigns/$campaign/obligations?verdict=waived"
  field '.items | length' 1
  act administrator "$obligation" unwaive
  field '[.verdict, .waived_reason] | map(. // "-") | join(",")' overdue,-
}

# ---- On behalf ------------------------------------------------------------------------------

@test "代报：审核员录入纸质材料，以收到之日判定，过程记录写明" {
  as reviewer POST "/v1/campaigns/$campaign/plans" -d "{\"organization_id\": \"$town\", \"title\": \"纸质工作方案\"}"
  status 403
  problem role_not_held_here
  create reviewer "/v1/campaigns/$campaign/plans" "{\"organization_id\": \"$town\", \"title\": \"纸质工作方案\", \"on_behalf\": true}"
  local paper=/v1/plans/$created
  field '[.on_behalf, (.allowed_actions | join("+"))] | join(",")' true,submit_on_behalf
  as "$author" GET "$paper"
  field .on_behalf true
  as observer GET "$paper"
  status 404
  as reviewer GET "$paper"
  as reviewer POST "$paper/submit_on_behalf" -H "If-Match: $etag" -d "{\"received_on\": \"$yesterday\"}"
  status 422
  problem form_incomplete
  finding /text required
  as reviewer GET "$paper"
  as reviewer PATCH "$paper" -H "If-Match: $etag" -d '{"text": "一、活动主题。二、组织领导。"}'
  status 200
  local known
  known=$(header_value ETag)
  as reviewer POST "$paper/submit_on_behalf" -H "If-Match: $known" -d "{\"received_on\": \"$(later "$(today)" 1)\"}"
  status 422
  finding /received_on in_future
  as reviewer POST "$paper/submit_on_behalf" -H "If-Match: $known" -d '{"received_on": "2000-01-01"}'
  status 422
  finding /received_on before_notice
  act reviewer "$paper" submit_on_behalf "{\"received_on\": \"$yesterday\"}"
  field '[.status, .on_behalf] | join(",")' submitted,false
  verdict "$town" plan on_time on_time
  as "$author" GET "$paper/submissions"
  field '.items[0] | [.is_late, .on_behalf.received_on, .on_behalf.organization.id] | join(",")' "false,$yesterday,$town"
  as "$author" GET "$paper/reviews"
  field '.items[0] | [.action, .on_behalf.received_on] | join(",")' "submit_on_behalf,$yesterday"
  act reviewer "$paper" return '{"comment": "请补充第三阶段的安排。"}'
  field '.allowed_actions | join(",")' submit_on_behalf
  act reviewer "$paper" submit_on_behalf "{\"received_on\": \"$(today)\"}"
  verdict "$town" plan on_time on_time
}

@test "代报：单位自己的草稿不能代报；代起草的，单位可以接手" {
  create_activity "$author" "$city" highlight
  as reviewer GET "/v1/activities/$created"
  status 404
  create_activity reviewer "$city" highlight '{"on_behalf": true, "title": "纸质活动"}'
  local paper=/v1/activities/$created
  as "$author" GET "$paper"
  as "$author" PATCH "$paper" -H "If-Match: $etag" -d '{"title": "我们自己来"}'
  status 200
  field .on_behalf false
  as reviewer GET "$paper"
  status 404
  create_activity reviewer "$city" highlight '{"on_behalf": true, "title": "又一份纸质活动"}'
  as reviewer DELETE "/v1/activities/$created" -H "If-Match: $etag"
  status 204
  create_activity reviewer "$city" highlight '{"on_behalf": true, "title": "第三份纸质活动"}'
  act reviewer "/v1/activities/$created" submit_on_behalf "{\"received_on\": \"$yesterday\"}"
  field .status submitted
  as reviewer GET "/v1/campaigns/$campaign/obligations?organization_id=$city&kind=summary_report"
  field '[.items[].activity.title] | join(",")' 第三份纸质活动
}

@test "代报：特色亮点活动的总结报告" {
  as reviewer GET "/v1/campaigns/$campaign/activities?organization_id=$city&status=submitted"
  local highlight
  highlight=$(value '.items[0].id')
  create reviewer "/v1/activities/$highlight/summary_report" "{\"on_behalf\": true, \"starts_on\": \"$start\", \"location\": \"市民广场\",
    \"participants\": [{\"onsite\": 300, \"online\": 0}], \"outcomes\": \"参与踊跃。\", \"target_actuals\": [{\"target_id\": \"$(as reviewer GET "/v1/activities/$highlight"; value '.targets[0].id')\", \"actual\": 3}]}"
  field .on_behalf true
  local report=/v1/summary_reports/$created
  act reviewer "$report" submit_on_behalf "{\"received_on\": \"$(today)\"}"
  field '[.status, .on_behalf] | join(",")' submitted,false
  as "$author" GET "$report/submissions"
  field '.items[0].on_behalf.received_on' "$(today)"
  as reviewer GET "/v1/campaigns/$campaign/obligations?organization_id=$city&kind=summary_report"
  field '.items[0].verdict' on_time
}

@test "活动结束以后：不再签收、代报，仍可延期、免报" {
  close_campaign
  obligation "$town" notice_receipt
  as "$author" GET "$obligation"
  field '.allowed_actions | length' 0
  as "$author" POST "$obligation/acknowledge" -H "If-Match: $etag"
  status 409
  problem campaign_closed
  as reviewer POST "/v1/campaigns/$campaign/plans" -d "{\"organization_id\": \"$town\", \"title\": \"纸质工作方案\", \"on_behalf\": true}"
  status 409
  problem campaign_closed
  create administrator "/v1/campaigns/$campaign/extensions" "{\"organization_ids\": [\"$city\"], \"kinds\": [\"plan\"], \"due_on\": \"$(today)\", \"reason\": \"补办\"}"
  verdict "$city" plan extended_on_time late
  act administrator "$obligation" waive '{"reason": "机构改革"}'
  field .verdict waived
}
