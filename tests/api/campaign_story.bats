# 一届活动的故事 · One campaign from the notice to the plaque and to the next year's copy, with four people: the
# province's administrator and reviewer, and the submitters of 南京 and 苏州. What they attach was made by
# LibreOffice. The chapters build on each other.

load library
load campaign
load documents

setup_file() {
  start=$(today)
  campaign=$(unique c)
  jiangsu=$(organization_id jiangsu)
  nanjing=$(organization_id 320100)
  suzhou=$(organization_id 320500)
  remember start campaign jiangsu nanjing suzhou
}

setup() { recall; }

# refused STATUS CODE: what came is this problem.
refused() {
  status "$1" && problem "$2"
}

# errors: where the problem, or the check, finds something wrong.
pointers() { field '[.errors[].pointer] | join(" ")' "$1"; }
warnings() { field '[.warnings[].code] | join(" ")' "$1"; }

# ---- 第一章 通知 ----------------------------------------------------------------------------

@test "管理员起草通知：本人看得到，公众和其他单位看不到" {
  as administrator POST /v1/campaigns -d "{
    \"code\": \"$campaign\",
    \"title\": \"江苏省“全国科技工作者日”活动\",
    \"theme\": \"众心向党，自立自强\",
    \"edition\": 5,
    \"festival_date\": \"$(later "$start" 20)\",
    \"document_number\": \"苏科协发〔2021〕55号\",
    \"issuer_id\": \"$jiangsu\",
    \"issued_on\": \"$(later "$start" -2)\",
    \"printed_on\": \"$start\",
    \"contact\": {\"name\": \"李明\", \"office_phone\": \"025-83700000\", \"email\": \"liming@jiangsu.example\"},
    \"time_zone\": \"Asia/Shanghai\",
    \"starts_on\": \"$start\",
    \"ends_on\": \"$(later "$start" 51)\",
    \"notice_receipt_due_on\": \"$(later "$start" 1)\",
    \"plan_due_on\": \"$(later "$start" 2)\",
    \"highlight_due_on\": \"$(later "$start" 2)\",
    \"summary_due_on\": \"$(later "$start" 51)\",
    \"national_platform\": {\"name\": \"科技工作者之家\", \"url\": \"https://www.scimall.org.cn/\"},
    \"audiences\": [
      {\"code\": \"association_staff\", \"name\": \"科协系统干部\"},
      {\"code\": \"science_workers\", \"name\": \"科技工作者\"},
      {\"code\": \"overseas_peers\", \"name\": \"海外同行\"}],
    \"award_categories\": [
      {\"code\": \"excellent_organizer\", \"name\": \"全国优秀组织单位\"},
      {\"code\": \"active_contributor\", \"name\": \"积极贡献单位\"}]}"
  status 201
  header Location "/v1/campaigns/$campaign"
  field .status draft
  field '.allowed_actions | join(" ")' open
  field '.minimum_highlights, .highlight_text_limit' $'3\n500'
  holds '.late_submissions == "accepted" and .modules_open and (.highlight_text_limit_strict | not)'

  local who
  for who in public nanjing reviewer; do
    as "$who" GET "/v1/campaigns/$campaign"
    refused 404 not_found
  done
}

@test "只有管理员能起草通知" {
  local body="{\"code\": \"nobody\", \"title\": \"越权\", \"issuer_id\": \"$jiangsu\"}"
  as public POST /v1/campaigns -d "$body"
  refused 401 unauthenticated
  as reviewer POST /v1/campaigns -d "$body"
  refused 403 forbidden
}

@test "还没有阶段、模块和主送单位，不能印发" {
  as administrator GET "/v1/campaigns/$campaign"
  as administrator POST "/v1/campaigns/$campaign/open" -H "If-Match: $etag"
  refused 422 form_incomplete
  pointers '/phases /modules /recipients'
}

@test "三个阶段：日期不能重叠，不能超出活动" {
  local phases=/v1/campaigns/$campaign/phases
  create administrator "$phases" "{\"ordinal\": 1, \"name\": \"第一阶段\", \"starts_on\": \"$start\", \"ends_on\": \"$(later "$start" 15)\", \"focus\": \"迎接中国科协十大、宣传省科协十大\"}"
  create administrator "$phases" "{\"ordinal\": 2, \"name\": \"第二阶段\", \"starts_on\": \"$(later "$start" 16)\", \"ends_on\": \"$(later "$start" 26)\", \"focus\": \"中国科协十大召开\"}"
  as administrator POST "$phases" -d "{\"ordinal\": 3, \"name\": \"第三阶段\", \"starts_on\": \"$(later "$start" 26)\", \"ends_on\": \"$(later "$start" 51)\"}"
  refused 409 phases_overlap
  as administrator POST "$phases" -d "{\"ordinal\": 3, \"name\": \"第三阶段\", \"starts_on\": \"$(later "$start" 27)\", \"ends_on\": \"$(later "$start" 52)\"}"
  refused 422 validation_failed
  finding /ends_on outside_campaign
  create administrator "$phases" "{\"ordinal\": 3, \"name\": \"第三阶段\", \"starts_on\": \"$(later "$start" 27)\", \"ends_on\": \"$(later "$start" 51)\", \"focus\": \"迎接建党百年\"}"

  as administrator GET "$phases"
  field '[.items[].name] | join(" ")' '第一阶段 第二阶段 第三阶段'
}

@test "五个模块" {
  local modules=/v1/campaigns/$campaign/modules
  create administrator "$modules" '{"ordinal": 1, "code": "unity", "name": "团结引领", "focus": "庆祝建党百年，弘扬科学家精神"}'
  create administrator "$modules" '{"ordinal": 2, "code": "home", "name": "建家办事", "focus": "建设“科技工作者之家”"}'
  create administrator "$modules" '{"ordinal": 3, "code": "service", "name": "为民服务", "focus": "科技志愿服务，面向基层"}'
  create administrator "$modules" '{"ordinal": 4, "code": "openness", "name": "开放合作", "focus": "人才交流，国际合作"}'
  create administrator "$modules" '{"ordinal": 5, "code": "recognition", "name": "表彰发布", "focus": "奖项表彰，托举工程，典型宣传"}'
  as administrator POST "$modules" -d '{"ordinal": 6, "code": "unity", "name": "重复"}'
  refused 409 already_exists
  finding /code taken
}

@test "主送单位：按类别选定，按下级选定，逐个增加" {
  local recipients=/v1/campaigns/$campaign/recipients cities
  as public GET "/v1/organizations?within=$jiangsu&kind=city_association&is_active=true&limit=1&count=exact"
  cities=$(value .total_count)
  as administrator POST "$recipients/select" -d '{"kinds": ["city_association"]}'
  status 200
  field .recipient_count "$cities"
  as administrator POST "$recipients/select" -d '{"kinds": ["city_association"]}'
  status 200
  field .recipient_count "$cities"

  # 区科协只要南京的。
  create_district "$nanjing" 南京市玄武区科学技术协会
  xuanwu=$created
  create_district "$suzhou" 苏州市姑苏区科学技术协会
  gusu=$created
  as administrator POST "$recipients/select" -d "{\"kinds\": [\"district_association\"], \"within\": \"$nanjing\"}"
  status 200
  as administrator GET "$recipients?organization_kind=district_association&limit=100"
  holds "[.items[].organization.id] | index(\"$xuanwu\") != null and index(\"$gusu\") == null"

  # 相关高校科协，逐个增加。
  create administrator /v1/organizations \
    "{\"code\": \"$(unique university)\", \"kind\": \"university_association\", \"name\": \"东南大学科学技术协会\", \"mailing_address\": \"南京市四牌楼2号\", \"parent_id\": \"$jiangsu\"}"
  university=$created
  create administrator "$recipients" "{\"organization_id\": \"$university\"}"
  field .organization.name 东南大学科学技术协会
  as administrator POST "$recipients" -d "{\"organization_id\": \"$university\"}"
  refused 409 already_exists
  remember xuanwu gusu university
}

@test "参与单位不报送，别省的单位不归本通知，都不能列为主送单位" {
  as administrator POST "/v1/campaigns/$campaign/recipients" -d "{\"organization_id\": \"$(organization_id partner-science)\"}"
  refused 422 validation_failed
  pointers /organization_id
  as administrator POST "/v1/campaigns/$campaign/recipients" -d "{\"organization_id\": \"$(organization_id zhejiang)\"}"
  refused 422 validation_failed
  finding /organization_id not_below_issuer
}

@test "附上通知的 PDF 和样表的 Word：印发之前，公众看不到" {
  attach administrator "/v1/campaigns/$campaign" notice "$SCIDAY_FIXTURES/notice.pdf" 关于组织开展活动的通知.pdf
  status 201
  field '.media_type, .status' $'application/pdf\navailable'
  notice=$(value .id)
  attach administrator "/v1/campaigns/$campaign" attachment "$SCIDAY_FIXTURES/form.docx" 特色亮点活动筹备方案样表.docx
  status 201
  remember notice
  download public "$notice"
  refused 404 not_found
}

@test "通知印发之前，谁也不欠什么，报送员也不能报送" {
  as administrator GET "/v1/campaigns/$campaign/obligations"
  field '.items | length' 0
  as nanjing POST "/v1/campaigns/$campaign/plans" -d "{\"organization_id\": \"$nanjing\", \"title\": \"工作方案\"}"
  refused 404 not_found
}

@test "印发通知：应报事项随之产生，公众看到通知而看不到联系人" {
  open_campaign
  field .status open
  field '.allowed_actions | join(" ")' close
  holds '.opened_at != null'
  field .plan_due_at "$(later "$start" 2)T16:00:00Z"
  local owed=$(($(value .recipient_count) * 3))
  as administrator GET "/v1/campaigns/$campaign/obligations?count=exact&limit=1"
  field .total_count "$owed"

  as public GET "/v1/campaigns/$campaign"
  status 200
  field .theme 众心向党，自立自强
  field .contact null
  field '.redacted | join(" ")' contact
  as nanjing GET "/v1/campaigns/$campaign"
  field .contact.name 李明
}

@test "印发之后，公众可以下载通知和样表" {
  as public GET "/v1/campaigns/$campaign/documents"
  field '[.items[] | "\(.kind) \(.name)"] | join("，")' 'notice 关于组织开展活动的通知.pdf，attachment 特色亮点活动筹备方案样表.docx'
  download public "$notice"
  status 200
  header Content-Type application/pdf
  cmp "$response_body" "$SCIDAY_FIXTURES/notice.pdf"
}

@test "通知不能印发两次" {
  as administrator GET "/v1/campaigns/$campaign"
  as administrator POST "/v1/campaigns/$campaign/open" -H "If-Match: $etag"
  refused 409 transition_not_allowed
  field .current_status open
  field '.allowed_actions | join(" ")' close
}

@test "印发之后，截止日期不能再改，其他内容仍可更正" {
  as administrator GET "/v1/campaigns/$campaign"
  local known=$etag
  as administrator PATCH "/v1/campaigns/$campaign" -H "If-Match: $known" -d "{\"plan_due_on\": \"$(later "$start" 9)\", \"minimum_highlights\": 1}"
  refused 409 not_editable
  finding /plan_due_on fixed_since_opening
  finding /minimum_highlights fixed_since_opening
  as administrator PATCH "/v1/campaigns/$campaign" -H "If-Match: $known" -d '{"contact": {"mobile": "13900000000"}}'
  status 200
  field '.contact | .name, .mobile' $'李明\n13900000000'
}

@test "印发之后增加的主送单位，立即有应报事项" {
  create administrator /v1/organizations \
    "{\"code\": \"$(unique university)\", \"kind\": \"university_association\", \"name\": \"河海大学科学技术协会\", \"parent_id\": \"$jiangsu\"}"
  hohai=$created
  remember hohai
  create administrator "/v1/campaigns/$campaign/recipients" "{\"organization_id\": \"$hohai\"}"
  as administrator GET "/v1/campaigns/$campaign/obligations?organization_id=$hohai"
  field '[.items[].kind] | sort | join(" ")' 'highlights notice_receipt plan'
}

# ---- 第二章 工作方案 ------------------------------------------------------------------------

@test "南京看到自己的应报事项，看不到苏州的" {
  as nanjing GET "/v1/campaigns/$campaign/obligations"
  status 200
  field '[.items[] | "\(.kind) \(.required) \(.verdict)"] | sort | join("，")' 'highlights 3 pending，notice_receipt 1 pending，plan 1 pending'
  field '[.items[].organization.name] | unique | join(" ")' 南京市科学技术协会
  field '.items[] | select(.kind == "plan") | .due_on, .due_at, .time_zone' "$(later "$start" 2)"$'\n'"$(later "$start" 2)T16:00:00Z"$'\nAsia/Shanghai'
  as nanjing GET "/v1/campaigns/$campaign/obligations?organization_id=$suzhou"
  field '.items | length' 0
}

@test "南京签收通知；还没有签收的，是一份名单" {
  as nanjing GET "/v1/campaigns/$campaign/obligations?kind=notice_receipt"
  act nanjing "/v1/obligations/$(value '.items[0].id')" acknowledge
  field '.verdict, .acknowledged_by.name' $'on_time\n南京市科协报送员'
  as reviewer GET "/v1/campaigns/$campaign"
  local recipients
  recipients=$(value .recipient_count)
  as reviewer GET "/v1/campaigns/$campaign/obligations?kind=notice_receipt&verdict=pending,overdue&limit=100&count=exact"
  field .total_count $((recipients - 1))
  holds "[.items[].organization.id] | index(\"$suzhou\") != null and index(\"$nanjing\") == null"
}

@test "南京起草工作方案：自己的草稿，苏州和审核员都看不到" {
  create nanjing "/v1/campaigns/$campaign/plans" "{\"organization_id\": \"$nanjing\", \"title\": \"南京市“全国科技工作者日”活动工作方案\"}"
  field .status draft
  field '.allowed_actions | join(" ")' submit
  plan=/v1/plans/$created
  remember plan
  local who
  for who in suzhou reviewer observer zhejiang; do
    as "$who" GET "$plan"
    refused 404 not_found
  done
  as public GET "$plan"
  refused 401 unauthenticated
}

@test "每个单位只有一份工作方案；不能替别的单位写；不是主送单位的不用写" {
  as nanjing POST "/v1/campaigns/$campaign/plans" -d "{\"organization_id\": \"$nanjing\", \"title\": \"又一份\"}"
  refused 409 already_exists
  finding /organization_id taken
  as nanjing POST "/v1/campaigns/$campaign/plans" -d "{\"organization_id\": \"$suzhou\", \"title\": \"替苏州写\"}"
  refused 403 role_not_held_here
  create_account gusu submitter "$gusu"
  as "$account" POST "/v1/campaigns/$campaign/plans" -d "{\"organization_id\": \"$gusu\", \"title\": \"姑苏区的工作方案\"}"
  refused 409 not_a_recipient
}

@test "正文还没写，检查和报送都指出来，什么也没有改变" {
  as nanjing POST "$plan/validate"
  status 200
  pointers /text
  as nanjing GET "$plan"
  as nanjing POST "$plan/submit" -H "If-Match: $etag"
  refused 422 form_incomplete
  finding /text required
  as nanjing GET "$plan"
  field '.status, .version' $'draft\n1'
}

@test "修改须凭所读的版本：没有是 428，过时是 412 并告知现在的版本" {
  as nanjing PATCH "$plan" -d '{"text": "一"}'
  refused 428 if_match_required
  as nanjing GET "$plan"
  local first=$etag
  as nanjing PATCH "$plan" -H "If-Match: $first" -d '{"text": "一、活动主题：众心向党，自立自强。二、组织领导：成立由市科协党组书记任组长的活动领导小组。三、进度安排：分三个阶段推进，每个阶段举办一项特色亮点活动。"}'
  status 200
  field .version 2
  local second=$etag
  as nanjing PATCH "$plan" -H "If-Match: $first" -d '{"text": "后来的人不知道已经改过"}'
  refused 412 version_mismatch
  [ "${etag%-*}" = "${second%-*}" ]
  as nanjing POST "$plan/submit"
  refused 428 if_match_required
  as nanjing POST "$plan/submit" -H "If-Match: $first"
  refused 412 version_mismatch
  as nanjing GET "$plan"
  holds '.text | startswith("一、活动主题")'
}

@test "附上方案的 Word 版和盖章的扫描件，原样取回" {
  attach nanjing "$plan" word_copy "$SCIDAY_FIXTURES/plan.docx" 工作方案.docx
  status 201
  field .sha256 "$(sha256sum "$SCIDAY_FIXTURES/plan.docx" | cut -d' ' -f1)"
  download nanjing "$(value .id)"
  cmp "$response_body" "$SCIDAY_FIXTURES/plan.docx"
  attach nanjing "$plan" stamped_pdf "$SCIDAY_FIXTURES/plan.pdf" 工作方案（盖章）.pdf
  status 201
  field .is_outdated false
  stamped=$(value .id)
  remember stamped
  as nanjing POST "$plan/validate"
  holds '.errors == [] and .warnings == []'
}

@test "南京按时报送工作方案" {
  act nanjing "$plan" submit
  field .status submitted
  field '.allowed_actions | join(" ")' withdraw
  holds '.submitted_at != null and .submission_count == 1'
  as nanjing GET "/v1/campaigns/$campaign/obligations?kind=plan"
  field '.items[0] | .verdict, .original_verdict' $'on_time\non_time'
  holds '.items[0].received_at != null'
}

@test "报送以后，作者不能再改，也不能再报送" {
  as nanjing GET "$plan"
  local known=$etag
  as nanjing PATCH "$plan" -H "If-Match: $known" -d '{"title": "还想改"}'
  refused 409 not_editable
  field .current_status submitted
  as nanjing DELETE "$plan" -H "If-Match: $known"
  refused 409 not_editable
  as nanjing POST "$plan/submit" -H "If-Match: $known"
  refused 409 transition_not_allowed
  field '.current_status, .allowed_actions[]' $'submitted\nwithdraw'
}

@test "撤回再报：撤回的那次不算，审核员此后一直看得到" {
  act nanjing "$plan" withdraw
  field '.status, .submitted_at' $'draft\nnull'
  as nanjing GET "/v1/campaigns/$campaign/obligations?kind=plan"
  field '.items[0].verdict' pending
  as reviewer GET "$plan"
  field .status draft
  as suzhou GET "$plan"
  refused 404 not_found
  act nanjing "$plan" submit
  field .submission_count 2
  as nanjing GET "/v1/campaigns/$campaign/obligations?kind=plan"
  field '.items[0].verdict' on_time
}

@test "审核开始以后不能撤回；别省的审核员看不到，观察员只能看" {
  act reviewer "$plan" start_review
  field .status under_review
  as nanjing GET "$plan"
  as nanjing POST "$plan/withdraw" -H "If-Match: $etag"
  refused 409 transition_not_allowed
  field '.allowed_actions | length' 0
  as zhejiang POST "$plan/accept" -H 'If-Match: "4-0000000000000000"'
  refused 404 not_found
  as observer GET "$plan"
  status 200
  as observer POST "$plan/accept" -H "If-Match: $etag"
  refused 403 forbidden
}

@test "退回要写意见" {
  as reviewer GET "$plan"
  local known=$etag
  as reviewer POST "$plan/return" -H "If-Match: $known" -d '{}'
  refused 422 validation_failed
  finding /comment required
  as reviewer POST "$plan/return" -H "If-Match: $known" -d '{"comment": "  "}'
  refused 422 validation_failed
  as reviewer POST "$plan/return" -H "If-Match: $known" -d "{
    \"comment\": \"请补充第三阶段的安排。\",
    \"field_comments\": [{\"pointer\": \"/text\", \"comment\": \"第三部分只有一句，请写明场次和地点。\"}],
    \"correction_due_at\": \"$(later "$start" 4)T18:00:00+08:00\"}"
  status 200
  field .status returned
}

@test "作者看到退回意见和更正期限，改正后再次报送" {
  as nanjing GET "$plan"
  field '.status, .allowed_actions[]' $'returned\nsubmit'
  field .correction.comment 请补充第三阶段的安排。
  field '.correction.field_comments[0].pointer' /text
  field .correction.due_at "$(later "$start" 4)T10:00:00Z"
  field .due_at "$(later "$start" 4)T10:00:00Z"
  as nanjing PATCH "$plan" -H "If-Match: $etag" -d '{"text": "一、活动主题。二、组织领导。三、进度安排：第三阶段在玄武湖畔举办两场“百名专家进社区”活动。"}'
  status 200
  # 章盖在改正之前的方案上，要重新盖。
  as nanjing GET "/v1/documents/$stamped"
  field .is_outdated true
  as nanjing POST "$plan/validate"
  warnings outdated_document
  attach nanjing "$plan" stamped_pdf "$SCIDAY_FIXTURES/plan.pdf" 工作方案（改正，盖章）.pdf
  status 201
  as nanjing POST "$plan/validate"
  holds '.errors == [] and .warnings == []'
  act nanjing "$plan" submit
  field .correction null
  as nanjing GET "/v1/campaigns/$campaign/obligations?kind=plan"
  field '.items[0].verdict' on_time
}

@test "审核通过；历次报送和审核记录都在，报过的内容不再变化" {
  act reviewer "$plan" accept '{"comment": "材料齐全，同意。"}'
  field .status accepted
  as nanjing GET "$plan/submissions"
  field '[.items[].number] | join(" ")' '1 2 3'
  field '[.items[] | .withdrawn_at != null] | join(" ")' 'true false false'
  field '[.items[].is_late] | unique | join(" ")' false
  local second third
  second=$(value '.items[1].id') third=$(value '.items[2].id')
  as reviewer GET "/v1/submissions/$second"
  holds '.content.text | contains("每个阶段举办一项特色亮点活动")'
  field '[.documents[].name] | join("，")' 工作方案.docx，工作方案（盖章）.pdf
  as nanjing GET "/v1/submissions/$third"
  holds '.content.text | contains("百名专家进社区")'
  field '[.documents[].name] | join("，")' 工作方案.docx，工作方案（盖章）.pdf，工作方案（改正，盖章）.pdf
  as suzhou GET "/v1/submissions/$third"
  refused 404 not_found

  as nanjing GET "$plan/reviews"
  field '[.items[].action] | join(" ")' 'submit withdraw submit start_review return submit accept'
  field '[.items[] | "\(.from_status)→\(.to_status)"] | last' 'submitted→accepted'
  holds '.items[4].comment == "请补充第三阶段的安排。" and .items[6].comment == "材料齐全，同意。"'
  holds ".items[4].submission_id == \"$second\" and .items[6].submission_id == \"$third\""
  holds 'all(.items[]; .by.name | length > 0)'
}

# ---- 第三章 延期、免报和代报 ----------------------------------------------------------------

@test "苏州因防汛延期：批错的撤销而不删除，重批的立即生效，原定的截止时刻还在" {
  local extensions=/v1/campaigns/$campaign/extensions
  create administrator "$extensions" "{\"organization_ids\": [\"$nanjing\", \"$suzhou\"], \"kinds\": [\"plan\", \"highlights\"],
    \"due_on\": \"$(later "$start" 9)\", \"reason\": \"防汛\"}"
  field '.extension_count, .organization_count' $'4\n2'
  act administrator "/v1/extension_batches/$created" revoke '{"reason": "南京没有申请延期"}'
  field .revoked_count 4
  create administrator "$extensions" "{\"organization_ids\": [\"$suzhou\"], \"kinds\": [\"plan\", \"highlights\"],
    \"due_on\": \"$(later "$start" 6)\", \"reason\": \"防汛\"}"

  as suzhou GET "/v1/campaigns/$campaign/obligations?kind=plan,highlights"
  field '.items[] | "\(.due_on) \(.effective_due_on) \(.verdict)"' \
    "$(later "$start" 2) $(later "$start" 6) pending"$'\n'"$(later "$start" 2) $(later "$start" 6) pending"
  as suzhou GET "/v1/obligations/$(value '.items[0].id')"
  field .extension.reason 防汛
  as nanjing GET "/v1/campaigns/$campaign/obligations?kind=plan"
  field '.items[0].effective_due_on' "$(later "$start" 2)"
  as reviewer GET "$extensions?is_revoked=true"
  field '[.items[] | "\(.kind) \(.revoked_reason)"] | sort | join("，")' \
    'highlights 南京没有申请延期，highlights 南京没有申请延期，plan 南京没有申请延期，plan 南京没有申请延期'
}

@test "河海大学科协刚刚成立：免报特色亮点活动，说明理由" {
  as administrator GET "/v1/campaigns/$campaign/obligations?organization_id=$hohai&kind=highlights"
  act administrator "/v1/obligations/$(value '.items[0].id')" waive '{"reason": "科协刚刚成立"}'
  field '.verdict, .original_verdict, .waived_reason' $'waived\npending\n科协刚刚成立'
}

@test "东南大学寄来盖了章的方案：审核员代报，何人、为谁、何日收到，都写明" {
  create reviewer "/v1/campaigns/$campaign/plans" \
    "{\"organization_id\": \"$university\", \"title\": \"东南大学工作方案\", \"text\": \"一、活动主题。二、组织领导。\", \"on_behalf\": true}"
  local paper=/v1/plans/$created
  attach reviewer "$paper" stamped_pdf "$SCIDAY_FIXTURES/plan.pdf" 东南大学工作方案（扫描）.pdf
  status 201
  act reviewer "$paper" submit_on_behalf "{\"received_on\": \"$start\"}"
  field .status submitted
  act reviewer "$paper" accept

  create_account university submitter "$university"
  as "$account" GET "$paper/reviews"
  field '.items[0] | .action, .by.name, .on_behalf.received_on' "submit_on_behalf"$'\n省科协审核员\n'"$start"
  as "$account" GET "$paper/submissions"
  field '.items[0].on_behalf.organization.name' 东南大学科学技术协会
  as "$account" GET "/v1/campaigns/$campaign/obligations?kind=plan"
  field '.items[0].verdict' on_time
}

# ---- 第四章 特色亮点活动 --------------------------------------------------------------------

@test "刚起草的亮点活动不完整：报送被拒，缺什么一次说清" {
  create nanjing "/v1/campaigns/$campaign/activities" \
    "{\"organization_id\": \"$nanjing\", \"kind\": \"highlight\", \"title\": \"科学家精神报告团走进紫金山\"}"
  highlight=/v1/activities/$created
  remember highlight
  field .host_name 南京市科学技术协会
  field '.proposal_length, .proposal_limit' $'0\n500'
  as nanjing POST "$highlight/submit" -H "If-Match: $etag"
  refused 422 form_incomplete
  pointers '/modules /starts_on /location /audiences /expected_participants /contact/name /contact/mobile /mailing_address /proposal'
  as nanjing POST "$highlight/validate"
  pointers '/modules /starts_on /location /audiences /expected_participants /contact/name /contact/mobile /mailing_address /proposal'
  warnings 'phases_not_covered too_few_highlights missing_document'
}

@test "填写时就指出没有的模块、面向群体和不成样子的内容" {
  as nanjing GET "$highlight"
  as nanjing PATCH "$highlight" -H "If-Match: $etag" -d '{"modules": ["unity", "carnival"], "audiences": ["martians"]}'
  refused 422 validation_failed
  pointers '/modules/1 /audiences/0'
  as nanjing GET "$highlight"
  as nanjing PATCH "$highlight" -H "If-Match: $etag" \
    -d '{"contact": {"email": "不是邮箱"}, "expected_participants": -1, "starts_on": "2021-02-30", "online_url": "不是网址", "stamp": true}'
  refused 422 validation_failed
  finding /contact/email invalid_email
  finding /expected_participants too_small
  finding /starts_on invalid_date
  finding /stamp unknown_field
}

@test "按样表逐项填写，先填的不会被后填的抹去" {
  as nanjing GET "$highlight"
  as nanjing PATCH "$highlight" -H "If-Match: $etag" -d "{
    \"modules\": [\"unity\", \"service\"],
    \"organizer_name\": \"中国科学院紫金山天文台、南京天文学会\",
    \"starts_on\": \"$(later "$start" 3)\", \"ends_on\": \"$(later "$start" 5)\", \"time_note\": \"每日上午9时\",
    \"location\": \"南京市玄武区紫金山天文台科普园区\",
    \"audiences\": [\"science_workers\"], \"audience_other\": \"中小学生\",
    \"expected_participants\": 300, \"scale_note\": \"三场报告会，每场100人\",
    \"contact\": {\"name\": \"王晓红\", \"office_phone\": \"025-83700001\"},
    \"mailing_address\": \"南京市玄武区北京东路41号\"}"
  status 200
  field .phase 1
  as nanjing PATCH "$highlight" -H "If-Match: $etag" -d '{
    "contact": {"mobile": "13800000000", "fax": "025-83700002", "email": "wang@nanjing.example"},
    "proposal": {
      "approach": "以老一辈天文学家的事迹为线索，讲好科学家故事。",
      "measures": "成立报告团，编印宣讲提纲，全程网络直播。",
      "people": "院士专家3人，青年科技工作者5人，志愿者20人。",
      "theme": "仰望星空，自立自强",
      "arrangement": "举办三场报告会，参观天文台旧址，座谈交流。",
      "outcomes": "现场听众300人，线上观看1万人次。"},
    "targets": [{"name": "报告会", "unit": "场", "planned": 3, "at_least": true}, {"name": "线上观看", "unit": "人次", "planned": 10000}]}'
  status 200
  field '.contact | .name, .office_phone, .mobile' $'王晓红\n025-83700001\n13800000000'
  field .proposal_length "$(jq '[.proposal[] | length] | add' "$response_body")"
  field '[.targets[] | "\(.planned)\(.unit)"] | join(" ")' '3场 10000人次'
  as nanjing POST "$highlight/validate"
  field '.errors | length' 0
}

@test "附上 Word 版和盖章的扫描件：附上之前提醒，附上之后不再提醒" {
  as nanjing POST "$highlight/validate"
  field '.warnings[] | select(.code == "missing_document") | .params.kind' stamped_pdf
  attach nanjing "$highlight" word_copy "$SCIDAY_FIXTURES/form.docx" 筹备方案.docx
  status 201
  attach nanjing "$highlight" stamped_pdf "$SCIDAY_FIXTURES/form.pdf" 筹备方案（盖章）.pdf
  status 201
  as nanjing GET "$highlight/documents"
  field '[.items[] | "\(.kind) \(.name)"] | join("，")' 'word_copy 筹备方案.docx，stamped_pdf 筹备方案（盖章）.pdf'
  as suzhou GET "$highlight/documents"
  refused 404 not_found
}

@test "第一项报送：还差两项、差两个阶段，提醒而不阻止" {
  as nanjing POST "$highlight/validate"
  warnings 'phases_not_covered too_few_highlights'
  field '.warnings[0].params.missing | join(" ")' '第二阶段 第三阶段'
  field '.warnings[1].params | "\(.submitted)/\(.required)"' 1/3
  act nanjing "$highlight" submit
  field .status submitted
  as nanjing GET "/v1/campaigns/$campaign/obligations?kind=highlights"
  field '.items[0] | "\(.submitted)/\(.required) \(.verdict)"' '1/3 pending'
}

@test "第二项超过500字：原则上的限制，只提醒" {
  create_activity nanjing "$nanjing" highlight "{
    \"title\": \"“百名专家进社区”科技志愿服务\", \"modules\": [\"service\"], \"starts_on\": \"$(later "$start" 20)\", \"ends_on\": \"$(later "$start" 20)\",
    \"location\": null, \"is_online\": true, \"online_url\": \"https://live.nanjing.example/experts\",
    \"proposal\": {\"approach\": \"$(printf '科技为民%.0s' {1..125})\", \"outcomes\": \"。\"}}"
  second=/v1/activities/$created
  remember second
  field '.proposal_length, .phase' $'501\n2'
  as nanjing POST "$second/validate"
  field '.errors | length' 0
  warnings 'too_long_for_form phases_not_covered too_few_highlights missing_document'
  field '.warnings[0].params | "\(.actual)/\(.maximum)"' 501/500
  act nanjing "$second" submit
}

@test "第三项报送：三个阶段都有了，数量也够了，每项各欠一份总结报告" {
  create_activity nanjing "$nanjing" highlight "{
    \"title\": \"建党百年科技成就展\", \"modules\": [], \"module_other\": \"科技成就展示\", \"starts_on\": \"$(later "$start" 40)\", \"ends_on\": \"$(later "$start" 51)\"}"
  third=/v1/activities/$created
  remember third
  as nanjing POST "$third/validate"
  holds '.errors == [] and [.warnings[].code] == ["missing_document"]'
  attach nanjing "$third" stamped_pdf "$SCIDAY_FIXTURES/form.pdf"
  status 201
  as nanjing POST "$third/validate"
  holds '.errors == [] and .warnings == []'
  act nanjing "$third" submit
  as nanjing GET "/v1/campaigns/$campaign/obligations?kind=highlights,summary_report"
  field '.items[] | select(.kind == "highlights") | "\(.submitted)/\(.required) \(.surplus) \(.verdict)"' '3/3 0 on_time'
  field '[.items[] | select(.kind == "summary_report") | .activity.title] | length' 3
  holds 'all(.items[] | select(.kind == "summary_report"); .verdict == "pending")'
}

@test "苏州的草稿和南京的报送，互相看不到、动不了" {
  create_activity suzhou "$suzhou" highlight '{"title": "古城里的科学课"}'
  draft=/v1/activities/$created
  remember draft
  as nanjing GET "$draft"
  refused 404 not_found
  as nanjing PATCH "$draft" -H 'If-Match: "1-0000000000000000"' -d '{"title": "改苏州的"}'
  refused 404 not_found
  as reviewer GET "$draft"
  refused 404 not_found
  as suzhou GET "$highlight"
  refused 404 not_found
  as suzhou POST "$highlight/withdraw" -H 'If-Match: "1-0000000000000000"'
  refused 404 not_found
  as suzhou GET "/v1/campaigns/$campaign/activities?limit=100"
  field '[.items[].organization.name] | unique | join(" ")' 苏州市科学技术协会
}

@test "审核员看到报上来的，看不到草稿，也不能替人报送" {
  as reviewer GET "/v1/campaigns/$campaign/activities?limit=100"
  field '[.items[].title] | sort | length' 3
  holds 'all(.items[]; .status == "submitted")'
  as reviewer GET "$highlight"
  field .contact.mobile 13800000000
  local known=$etag
  as reviewer POST "$highlight/withdraw" -H "If-Match: $known"
  refused 403 forbidden
  as reviewer PATCH "$highlight" -H "If-Match: $known" -d '{"title": "替你改"}'
  refused 409 not_editable
}

@test "两个人同时审核：后一个得知已经变了，什么也没有覆盖" {
  as reviewer GET "$highlight"
  local known=$etag
  as reviewer POST "$highlight/start_review" -H "If-Match: $known"
  status 200
  local present=$etag
  as reviewer POST "$highlight/accept" -H "If-Match: $known" -d '{"comment": "我先通过了"}'
  refused 412 version_mismatch
  [ "${etag%-*}" = "${present%-*}" ]
  as reviewer GET "$highlight"
  field .status under_review
  as reviewer GET "$highlight/reviews"
  field '[.items[].action] | join(" ")' 'submit start_review'
}

@test "退回亮点活动，指明哪几项要改；作者只改这几项，再次报送" {
  act reviewer "$highlight" return '{"comment": "请写明每场报告会的主讲人。", "field_comments": [
    {"pointer": "/proposal/arrangement", "comment": "请写明场次和主讲人。"}, {"pointer": "/contact/mobile", "comment": "手机号码少一位？"}]}'
  as nanjing GET "$highlight"
  field '[.correction.field_comments[].pointer] | join(" ")' '/proposal/arrangement /contact/mobile'
  as nanjing PATCH "$highlight" -H "If-Match: $etag" \
    -d '{"proposal": {"arrangement": "三场报告会分别由甲、乙、丙三位院士主讲。"}, "contact": {"mobile": "13811111111"}}'
  status 200
  field '.proposal.theme, .contact.name' $'仰望星空，自立自强\n王晓红'
  as nanjing POST "$highlight/validate"
  warnings outdated_document
  attach nanjing "$highlight" stamped_pdf "$SCIDAY_FIXTURES/form.pdf" 筹备方案（改正，盖章）.pdf
  status 201
  act nanjing "$highlight" submit
  field .submission_count 2

  as nanjing GET "$highlight/submissions"
  local first second
  first=$(value '.items[0].id') second=$(value '.items[1].id')
  holds '.items[0].digest != .items[1].digest'
  as nanjing GET "/v1/submissions/$first"
  field '.content | .contact.mobile, .proposal.arrangement' $'13800000000\n举办三场报告会，参观天文台旧址，座谈交流。'
  as nanjing GET "/v1/submissions/$second"
  field .content.contact.mobile 13811111111
}

# ---- 第五章 审核通过与择优报送 --------------------------------------------------------------

@test "审核通过的亮点活动公开，联系人和邮寄地址不公开" {
  as public GET "$highlight"
  refused 404 not_found
  act reviewer "$highlight" accept
  field '.status, .allowed_actions[]' $'accepted\nreturn\nnominate'
  as public GET "$highlight"
  status 200
  field .title 科学家精神报告团走进紫金山
  field '.contact, .mailing_address' $'null\nnull'
  field '.redacted | join(" ")' 'contact mailing_address'
  field '.allowed_actions | length' 0
  as suzhou GET "$highlight"
  field .contact null
  as public GET "/v1/campaigns/$campaign/activities"
  field '[.items[].title] | join(" ")' 科学家精神报告团走进紫金山
  as public GET "$highlight/reviews"
  refused 401 unauthenticated
  as suzhou GET "$highlight/reviews"
  refused 403 role_not_held_here
  as suzhou GET "$highlight/submissions"
  refused 403 role_not_held_here
}

@test "择优报送要有顺序和理由" {
  as reviewer GET "$highlight"
  local known=$etag
  as reviewer POST "$highlight/nominate" -H "If-Match: $known" -d '{"rank": 0}'
  refused 422 validation_failed
  finding /rank too_small
  finding /reason required
  as reviewer POST "$highlight/nominate" -H "If-Match: $known" -d '{"rank": 1, "reason": "主题突出，受众面广，可复制可推广。"}'
  status 200
  field '.status, .nomination.rank, .nomination.reason' $'nominated\n1\n主题突出，受众面广，可复制可推广。'
  field '.allowed_actions | join(" ")' retract

  as nanjing GET "$highlight"
  field .nomination.rank 1
  as public GET "$highlight"
  field .nomination null
  field '.redacted | join(" ")' 'contact mailing_address nomination'
}

@test "已择优报送的不能退回；撤销之后又是审核通过" {
  as reviewer GET "$highlight"
  as reviewer POST "$highlight/return" -H "If-Match: $etag" -d '{"comment": "再想想。"}'
  refused 409 transition_not_allowed
  field '.current_status, .allowed_actions[]' $'nominated\nretract'
  act reviewer "$highlight" retract '{"comment": "名额已满。"}'
  field '.status, .nomination' $'accepted\nnull'
  as reviewer GET "$highlight/reviews"
  field '[.items[].action] | join(" ")' 'submit start_review return submit accept nominate retract'
  field '.items[5] | .rank, .reason' $'1\n主题突出，受众面广，可复制可推广。'
  act reviewer "$highlight" nominate '{"rank": 2, "reason": "递补。"}'
}

@test "在别处的角色不算数：南京的审核员同时是苏州的报送员" {
  create_account both reviewer "$nanjing" submitter "$suzhou"
  act suzhou "$draft" submit
  as "$account" GET "$draft"
  field '.allowed_actions | join(" ")' withdraw
  as "$account" POST "$draft/accept" -H "If-Match: $etag"
  refused 403 role_not_held_here
  as "$account" GET "$draft"
  field .status submitted

  # 南京市的审核员审核玄武区，而不是南京市科协自己。
  as "$account" GET "$plan"
  refused 404 not_found
  create_account xuanwu submitter "$xuanwu"
  local xuanwu_submitter=$account
  create_plan "$xuanwu_submitter" "$xuanwu"
  local district_plan=/v1/plans/$created
  act "$xuanwu_submitter" "$district_plan" submit
  create_account nanjing_reviewer reviewer "$nanjing"
  act "$account" "$district_plan" accept
  field .status accepted
}

@test "同一操作因答复丢失而重发，只做一次" {
  local key
  key=$(unique key)
  as reviewer GET "$draft"
  local known=$etag
  as reviewer POST "$draft/start_review" -H "If-Match: $known" -H "Idempotency-Key: $key"
  status 200
  no_header Idempotency-Replayed
  local answer
  answer=$(<"$response_body")
  as reviewer POST "$draft/start_review" -H "If-Match: $known" -H "Idempotency-Key: $key"
  status 200
  header Idempotency-Replayed true
  [ "$(<"$response_body")" = "$answer" ]
  as reviewer GET "$draft/reviews"
  field '[.items[] | select(.action == "start_review")] | length' 1
}

# ---- 第六章 报送中国科协 --------------------------------------------------------------------

# items FORWARDING: what is in the batch, one a line.
items() {
  as observer GET "$1/items"
  status 200 && value '.items[] | "\(.rank) \(.content.title)"'
}

@test "报送中国科协：择优报送的三项，文号、日期和当时的内容" {
  act reviewer "$second" accept
  act reviewer "$second" nominate '{"rank": 1, "reason": "面向基层，参与面广。"}'
  act reviewer "$third" accept
  act reviewer "$third" nominate '{"rank": 4, "reason": "展品丰富。"}'
  create reviewer "/v1/campaigns/$campaign/forwardings" "{\"document_number\": \"苏科协发〔2021〕62号\", \"forwarded_on\": \"$start\"}"
  forwarding=/v1/forwardings/$created
  remember forwarding
  field '.document_number, .forwarded_on, .forwarded_by.name' $'苏科协发〔2021〕62号\n'"$start"$'\n省科协审核员'
  [ "$(items "$forwarding")" = $'1 “百名专家进社区”科技志愿服务\n2 科学家精神报告团走进紫金山\n4 建党百年科技成就展' ]
  field '.items[1] | .content.contact.mobile, .reason' $'13811111111\n递补。'

  # 已报送的，不能撤销择优报送，并说明文号。
  as reviewer GET "$highlight"
  as reviewer POST "$highlight/retract" -H "If-Match: $etag"
  refused 409 transition_not_allowed
  finding '' forwarded
  holds '.errors[0].detail | contains("苏科协发〔2021〕62号")'
}

@test "第三项因故取消：更正的一批替换前一批，前一批仍是原样" {
  act nanjing "$third" cancel '{"reason": "展厅漏水维修。"}'
  field '.execution, .execution_reason, .status' $'cancelled\n展厅漏水维修。\nnominated'
  create reviewer "/v1/campaigns/$campaign/forwardings" "{\"document_number\": \"苏科协发〔2021〕66号\", \"forwarded_on\": \"$(later "$start" 1)\",
    \"replaces_id\": \"${forwarding##*/}\", \"without_ids\": [\"${third##*/}\"]}"
  correction=/v1/forwardings/$created
  remember correction
  field .replaces.document_number 苏科协发〔2021〕62号
  [ "$(items "$correction")" = $'1 “百名专家进社区”科技志愿服务\n2 科学家精神报告团走进紫金山' ]
  [ "$(items "$forwarding" | wc -l)" = 3 ]
  as observer GET "$forwarding"
  field .replaced_by.document_number 苏科协发〔2021〕66号
  act reviewer "$third" retract
  field .status accepted
}

# ---- 第七章 逾期 ----------------------------------------------------------------------------

# A campaign of 2021, whose deadlines have long passed, and Suzhou its recipient.
campaign_of_2021() {
  start=2021-05-10
  draft_campaign "$start" "$1"
  add_recipients "$suzhou"
  open_campaign
}

@test "逾期报送：照常受理，注明逾期多久" {
  campaign_of_2021 '{}'
  as suzhou GET "/v1/campaigns/$campaign/obligations"
  field '[.items[].verdict] | unique | join(" ")' overdue
  create_plan suzhou "$suzhou"
  local late=/v1/plans/$created
  field '.due_at, .due_on' $'2021-05-12T16:00:00Z\n2021-05-12'
  act suzhou "$late" submit
  as suzhou GET "$late/submissions"
  field '.items[0] | .due_at, .is_late' $'2021-05-12T16:00:00Z\ntrue'
  holds '.items[0] | (.submitted_at | sub("\\.[0-9]+"; "") | fromdate) - (.due_at | fromdate) - .late_by_seconds | fabs <= 1'
  as suzhou GET "/v1/campaigns/$campaign/obligations?verdict=late"
  field '[.items[].kind] | join(" ")' plan
  # 审核照常。
  act reviewer "$late" accept
}

@test "逾期以后补办延期，给全部单位：判定随之更正，原来的判定仍看得到" {
  campaign_of_2021 '{}'
  create_plan suzhou "$suzhou"
  act suzhou "/v1/plans/$created" submit
  create administrator "/v1/campaigns/$campaign/extensions" \
    "{\"all_recipients\": true, \"kinds\": [\"plan\"], \"due_on\": \"$(today)\", \"reason\": \"全省系统维护\"}"
  as suzhou GET "/v1/campaigns/$campaign/obligations?kind=plan"
  field '.items[0] | .verdict, .original_verdict' $'extended_on_time\nlate'
}

@test "逾期不再受理的活动：报送被拒，说明截止日期，草稿还在" {
  campaign_of_2021 '{"late_submissions": "refused"}'
  create_plan suzhou "$suzhou"
  local late=/v1/plans/$created
  as suzhou POST "$late/submit" -H "If-Match: $etag"
  refused 409 deadline_passed
  field .due_on 2021-05-12
  holds '.detail | contains("5月12日")'
  as suzhou GET "$late"
  field '.status, .submission_count' $'draft\n0'
  create_activity suzhou "$suzhou" highlight
  as suzhou POST "/v1/activities/$created/submit" -H "If-Match: $etag"
  refused 409 deadline_passed
  as suzhou GET "/v1/campaigns/$campaign/obligations"
  field '[.items[].verdict] | unique | join(" ")' overdue
}

@test "字数限制严格的活动：超过即不能报送" {
  draft_campaign "$start" '{"highlight_text_limit_strict": true, "highlight_text_limit": 50, "modules_open": false}'
  add_recipients "$suzhou"
  open_campaign
  create_activity suzhou "$suzhou" highlight '{"module_other": "其他"}'
  as suzhou POST "/v1/activities/$created/submit" -H "If-Match: $etag"
  refused 422 form_incomplete
  finding /proposal too_long_for_form
  finding /module_other modules_closed
  pointers '/module_other /proposal'
}

# ---- 第八章 举办与总结 ----------------------------------------------------------------------

@test "第一项如期举办；第二项推迟，公众看得到新的日期，后来也举办了" {
  act nanjing "$highlight" hold '{"comment": "三场都已举办。"}'
  field .execution held
  act nanjing "$second" postpone "{\"reason\": \"雷雨\", \"starts_on\": \"$(later "$start" 25)\"}"
  as public GET "$second"
  field '.execution, .execution_reason, .starts_on, .postponed_to.starts_on' $'postponed\n雷雨\n'"$(later "$start" 20)"$'\n'"$(later "$start" 25)"
  act nanjing "$second" hold
  as nanjing GET "$second/reviews"
  field '[.items[] | select(.action | IN("postpone", "hold")) | .action] | join(" ")' 'postpone hold'
}

@test "第一项的总结报告：实到人数、目标完成情况、成效和媒体报道；退回补充，再报，通过" {
  create_report nanjing "${highlight##*/}"
  local report=/v1/summary_reports/$created
  field '.participants_total | "\(.onsite)+\(.online)=\(.total)"' '320+12000=12320'
  field '[.target_actuals[] | "\(.name) \(.actual)/\(.planned)\(.unit)"] | join("，")' '报告会 3/3场，线上观看 10000/10000人次'
  act nanjing "$report" submit
  act reviewer "$report" return '{"comment": "请补充报道。", "field_comments": [{"pointer": "/media_coverage", "comment": "省级媒体的报道有两篇。"}]}'
  as nanjing GET "$report"
  as nanjing PATCH "$report" -H "If-Match: $etag" -d "{\"media_coverage\": [
    {\"title\": \"科学家精神报告团走进紫金山\", \"medium\": \"新华日报\", \"url\": \"https://news.example/1\", \"published_on\": \"$start\"},
    {\"title\": \"仰望星空\", \"medium\": \"江苏卫视\"}]}"
  status 200
  act nanjing "$report" submit
  act reviewer "$report" accept
  as public GET "$report"
  field '.status, (.media_coverage | length)' $'accepted\n2'
}

@test "第二项的总结报告是寄来的，审核员代报；第三项既已取消，不欠总结" {
  create_report reviewer "${second##*/}" '{"on_behalf": true}'
  act reviewer "/v1/summary_reports/$created" submit_on_behalf "{\"received_on\": \"$start\"}"
  as nanjing GET "/v1/campaigns/$campaign/obligations?kind=summary_report"
  field '[.items[].verdict] | sort | join(" ")' 'on_time on_time waived'
  as nanjing GET "/v1/obligations/$(value ".items[] | select(.activity.id == \"${third##*/}\") | .id")"
  field '.verdict, .waived_reason, .waived_by.name' $'waived\n展厅漏水维修。\n南京市科协报送员'
}

# ---- 第九章 结束 ----------------------------------------------------------------------------

@test "活动结束：不再受理报送和修改，审核照常" {
  create_activity suzhou "$suzhou" highlight '{"title": "来不及报的"}'
  local unsubmitted=/v1/activities/$created
  as reviewer POST "/v1/campaigns/$campaign/close" -H 'If-Match: "1-0000000000000000"'
  refused 403 forbidden
  close_campaign
  field .status closed
  field '.allowed_actions | length' 0

  as suzhou GET "$unsubmitted"
  local known=$etag
  field '.allowed_actions | length' 0
  as suzhou POST "$unsubmitted/submit" -H "If-Match: $known"
  refused 409 campaign_closed
  as suzhou PATCH "$unsubmitted" -H "If-Match: $known" -d '{"title": "改一改"}'
  refused 409 campaign_closed
  as suzhou POST "/v1/campaigns/$campaign/plans" -d "{\"organization_id\": \"$suzhou\", \"title\": \"补一份\"}"
  refused 409 campaign_closed
  as administrator POST "/v1/campaigns/$campaign/phases" -d "{\"ordinal\": 4, \"name\": \"加一段\", \"starts_on\": \"$start\", \"ends_on\": \"$start\"}"
  refused 409 campaign_closed
  as administrator GET "/v1/campaigns/$campaign"
  as administrator PATCH "/v1/campaigns/$campaign" -H "If-Match: $etag" -d '{"theme": "改主题"}'
  refused 409 campaign_closed

  act reviewer "$draft" accept
  act reviewer "$draft" nominate '{"rank": 3, "reason": "有特色。"}'
  field .status nominated
  as public GET "$draft"
  field .title 古城里的科学课
}

@test "结束以后又报送一批：只有还没有报送过的" {
  create reviewer "/v1/campaigns/$campaign/forwardings" "{\"document_number\": \"苏科协发〔2021〕81号\", \"forwarded_on\": \"$(later "$start" 52)\"}"
  [ "$(items "/v1/forwardings/$created")" = '3 古城里的科学课' ]
  as observer GET "/v1/campaigns/$campaign/forwardings?is_current=true"
  field '[.items[].document_number] | join(" ")' '苏科协发〔2021〕66号 苏科协发〔2021〕81号'
}

# ---- 第十章 表彰 ----------------------------------------------------------------------------

@test "表彰一次登记，有一项不对，全都不登记" {
  as administrator POST "/v1/campaigns/$campaign/awards/batch" -d "{\"items\": [
    {\"organization_id\": \"$nanjing\", \"category\": \"excellent_organizer\"},
    {\"organization_id\": \"$suzhou\", \"category\": \"first_prize\"}]}"
  refused 422 validation_failed
  finding /items/1/category unknown_category
  as public GET "/v1/campaigns/$campaign/awards"
  field '.items | length' 0
}

@test "表彰一次登记：联系人和邮寄地址是当时的，后来搬家也不变" {
  as administrator POST "/v1/campaigns/$campaign/awards/batch" -d "{\"items\": [
    {\"organization_id\": \"$nanjing\", \"category\": \"excellent_organizer\"},
    {\"organization_id\": \"$suzhou\", \"category\": \"active_contributor\", \"contact\": {\"name\": \"沈园\", \"mobile\": \"13822222222\"}},
    {\"organization_id\": \"$university\", \"category\": \"active_contributor\"}]}"
  status 201
  field '[.results[].award | "\(.organization.name) \(.category_name)"] | join("，")' \
    '南京市科学技术协会 全国优秀组织单位，苏州市科学技术协会 积极贡献单位，东南大学科学技术协会 积极贡献单位'
  local university_award
  award=/v1/awards/$(value '.results[0].award.id') university_award=/v1/awards/$(value '.results[2].award.id')
  remember award

  as administrator GET "$award"
  field '.contact.name, .contact.mobile, .mailing_address' $'王晓红\n13811111111\n南京市玄武区北京东路41号'
  as administrator GET "/v1/organizations/$university"
  as administrator PATCH "/v1/organizations/$university" -H "If-Match: $etag" -d '{"mailing_address": "南京市江宁区东南大学路2号"}'
  status 200
  as administrator GET "$university_award"
  field .mailing_address 南京市四牌楼2号

  as public GET "/v1/campaigns/$campaign/awards"
  field '[.items[].organization.name] | sort | join(" ")' '东南大学科学技术协会 南京市科学技术协会 苏州市科学技术协会'
  as public GET "$award"
  field '.contact, .mailing_address' $'null\nnull'
}

@test "奖牌寄出，寄到；何人、何时、改了什么，都有记录" {
  as administrator GET "$award"
  as administrator PATCH "$award" -H "If-Match: $etag" -d "{\"plaque\": {\"carrier\": \"中国邮政\", \"number\": \"EA123456789CN\", \"sent_on\": \"$start\"}}"
  status 200
  field .plaque_status sent
  as nanjing GET "$award"
  field '.plaque | .carrier, .number, .sent_on' $'中国邮政\nEA123456789CN\n'"$start"
  as administrator PATCH "$award" -H "If-Match: $etag" -d "{\"plaque\": {\"arrived_on\": \"$(later "$start" 3)\"}}"
  status 200
  field '.plaque_status, .plaque.carrier' $'arrived\n中国邮政'
  as administrator GET "/v1/audit?resource=award&resource_id=${award##*/}"
  field '[.items[] | "\(.operation) \(.changed_by.name)"] | join("，")' \
    'patch_award 省科协管理员，patch_award 省科协管理员，create_award_batch 省科协管理员'
  field '.items[0] | .before.plaque.arrived_on, .after.plaque.arrived_on' $'null\n'"$(later "$start" 3)"
}

# ---- 第十一章 下一届 ------------------------------------------------------------------------

@test "复制到下一届：日期顺延整五十二周，主送单位照旧，没有任何报送内容" {
  as administrator GET "/v1/campaigns/$campaign"
  local recipients
  recipients=$(value .recipient_count)
  next=$(unique c)
  remember next
  as administrator POST "/v1/campaigns/$campaign/copy" -d "{\"code\": \"$next\", \"shift_days\": 364}"
  status 201
  field '.status, .edition, .document_number, .recipient_count' $'draft\n6\nnull\n'"$recipients"
  field '.starts_on, .notice_receipt_due_on, .plan_due_on, .summary_due_on' \
    "$(later "$start" 364)"$'\n'"$(later "$start" 365)"$'\n'"$(later "$start" 366)"$'\n'"$(later "$start" 415)"
  as administrator GET "/v1/campaigns/$next/phases"
  field '[.items[].starts_on] | join(" ")' "$(later "$start" 364) $(later "$start" 380) $(later "$start" 391)"
  as administrator GET "/v1/campaigns/$next/modules"
  field '[.items[].name] | join(" ")' '团结引领 建家办事 为民服务 开放合作 表彰发布'
  local empty
  for empty in plans activities summary_reports documents forwardings awards extensions obligations; do
    as administrator GET "/v1/campaigns/$next/$empty"
    field '.items | length' 0
  done
}

@test "下一届印发，各单位又有应报事项；这一届仍是原样" {
  local last=$campaign
  campaign=$next
  open_campaign
  as nanjing GET "/v1/campaigns/$next/obligations"
  field '[.items[] | "\(.kind) \(.verdict) \(.due_on)"] | sort | join("，")' \
    "highlights pending $(later "$start" 366)，notice_receipt pending $(later "$start" 365)，plan pending $(later "$start" 366)"
  create_plan nanjing "$nanjing"

  as nanjing GET "$plan"
  field '.status, .campaign_code' "accepted"$'\n'"$last"
  as nanjing GET "/v1/campaigns/$last/obligations?kind=plan"
  field '.items[0] | .verdict, .due_on' $'on_time\n'"$(later "$start" 2)"
  [ "$(items "$forwarding" | wc -l)" = 3 ]
  [ "$(items "$correction" | wc -l)" = 2 ]
}
