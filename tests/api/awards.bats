# 审核通过以后 · The story goes on: from the nomination to what is forwarded, to the award and its plaque, and to next
# year's campaign. Each test stands on the one before.

load library
load campaign

# Nanjing-like cities of their own, with one author; two highlights of the first and one of the second are accepted.
setup_file() {
  start=$(today)
  draft_campaign "$start" '{"edition": 5, "festival_date": "2021-05-30", "theme": "众心向党", "document_number": "苏科协发〔2021〕33号",
    "award_categories": [{"code": "excellent_organizer", "name": "全国优秀组织单位"}, {"code": "active_contributor", "name": "全国积极贡献单位"}]}'
  create_city
  city=$created
  create_city
  town=$created
  add_recipients "$city" "$town"
  create_account author submitter "$city" submitter "$town"
  author=$account
  create_account governor administrator "$city" reviewer "$city"
  governor=$account
  open_campaign
  for each in 1 2 3; do
    create_activity "$author" "$([[ $each == 3 ]] && echo "$town" || echo "$city")" highlight "{\"title\": \"特色亮点活动之$each\"}"
    act "$author" "/v1/activities/$created" submit
    act reviewer "/v1/activities/$created" accept
    printf -v "highlight_$each" '%s' "$created"
  done
  remember start campaign city town author governor highlight_1 highlight_2 highlight_3
}

setup() { recall; }

# ---- Nominating and forwarding --------------------------------------------------------------

@test "没有择优报送的活动，无可报送" {
  as reviewer POST "/v1/campaigns/$campaign/forwardings" -d '{"document_number": "苏科协发〔2021〕45号", "forwarded_on": "2021-05-17"}'
  status 409
  problem nothing_to_forward
}

@test "择优报送，可以撤销，也可以再报" {
  act reviewer "/v1/activities/$highlight_1" nominate '{"rank": 2, "reason": "主题突出，受众面广。"}'
  field '.nomination.rank' 2
  act reviewer "/v1/activities/$highlight_1" retract
  field .status accepted
  act reviewer "/v1/activities/$highlight_1" nominate '{"rank": 1, "reason": "主题突出，可复制可推广。"}'
  act reviewer "/v1/activities/$highlight_2" nominate '{"rank": 2, "reason": "受众面广。"}'
  act reviewer "/v1/activities/$highlight_3" nominate '{"rank": 3, "reason": "形式新颖。"}'
}

@test "下级单位的审核员、管理员不能报送，报送员更不能" {
  as "$author" POST "/v1/campaigns/$campaign/forwardings" -d '{"document_number": "1号", "forwarded_on": "2021-05-17"}'
  status 403
  problem forbidden
  as "$governor" POST "/v1/campaigns/$campaign/forwardings" -d '{"document_number": "1号", "forwarded_on": "2021-05-17"}'
  status 403
  problem role_not_held_here
}

@test "报送中国科协：当时择优报送的全部活动，答复丢失后重试只有一批" {
  local key
  key=$(unique key)
  for _ in 1 2; do
    as reviewer POST "/v1/campaigns/$campaign/forwardings" -H "Idempotency-Key: $key" -d '{"document_number": "苏科协发〔2021〕45号", "forwarded_on": "2021-05-17"}'
    status 201
  done
  header Idempotency-Replayed true
  forwarding=$(value .id)
  header Location "/v1/forwardings/$forwarding"
  field '[.document_number, .forwarded_on, .replaces, .replaced_by] | join(",")' '苏科协发〔2021〕45号,2021-05-17,,'
  remember forwarding
  as reviewer GET "/v1/campaigns/$campaign/forwardings"
  field '.items | length' 1
  as reviewer GET "/v1/forwardings/$forwarding/items"
  status 200
  field '[.items[] | [.rank, .content.title, .reason] | join(" ")] | join("; ")' \
    '1 特色亮点活动之1 主题突出，可复制可推广。; 2 特色亮点活动之2 受众面广。; 3 特色亮点活动之3 形式新颖。'
  field '.items[0].content.contact.name' 王晓红
  local digest
  digest=$(value '.items[0].digest')
  as reviewer GET "/v1/activities/$highlight_1/submissions"
  field '.items[-1].digest' "$digest"
}

@test "报送批次分页，按推荐顺序" {
  [[ $(all_pages reviewer "/v1/forwardings/$forwarding/items?limit=1" '.items[].rank' | tr '\n' ' ') == '1 2 3 ' ]]
  as observer GET "/v1/forwardings/$forwarding/items?count=exact"
  field .total_count 3
}

@test "单位只看到本单位的活动，无关的看不到这一批" {
  as "$author" GET "/v1/forwardings/$forwarding/items"
  field '.items | length' 3
  as zhejiang GET "/v1/forwardings/$forwarding"
  status 404
  as zhejiang GET "/v1/forwardings/$forwarding/items"
  status 404
  as public GET "/v1/forwardings/$forwarding"
  status 401
}

@test "已报送的不能撤销择优报送，并说明文号" {
  as reviewer GET "/v1/activities/$highlight_3"
  field '.allowed_actions | length' 0
  as reviewer POST "/v1/activities/$highlight_3/retract" -H "If-Match: $etag"
  status 409
  problem transition_not_allowed
  finding '' forwarded
  holds '.errors[0].detail | contains("苏科协发〔2021〕45号") and contains("2021年5月17日")'
}

@test "更正：另报一批，注明所替换的批次；两批都一直可读" {
  as reviewer POST "/v1/campaigns/$campaign/forwardings" \
    -d "{\"document_number\": \"苏科协发〔2021〕52号\", \"forwarded_on\": \"2021-05-20\", \"replaces_id\": \"$forwarding\", \"without_ids\": [\"0196b1d4-7c00-7000-8000-000000000001\"]}"
  status 422
  finding /without_ids/0 unknown
  as reviewer POST "/v1/campaigns/$campaign/forwardings" \
    -d "{\"document_number\": \"苏科协发〔2021〕52号\", \"forwarded_on\": \"2021-05-20\", \"replaces_id\": \"$forwarding\", \"without_ids\": [\"$highlight_3\"]}"
  status 201
  field .replaces.document_number '苏科协发〔2021〕45号'
  local correction
  correction=$(value .id)
  as observer GET "/v1/forwardings/$correction/items"
  field '[.items[].rank] | join(",")' 1,2
  as observer GET "/v1/forwardings/$forwarding/items"
  field '[.items[].rank] | join(",")' 1,2,3
  as observer GET "/v1/forwardings/$forwarding"
  field .replaced_by.id "$correction"
  as observer GET "/v1/campaigns/$campaign/forwardings?is_current=true"
  field '[.items[].id] | join(",")' "$correction"
  as reviewer POST "/v1/campaigns/$campaign/forwardings" -d "{\"document_number\": \"又一号\", \"forwarded_on\": \"2021-05-21\", \"replaces_id\": \"$forwarding\"}"
  status 409
  finding /replaces_id taken
}

@test "不再报送的，可以撤销择优报送" {
  act reviewer "/v1/activities/$highlight_3" retract
  field .status accepted
}

# ---- Awards ---------------------------------------------------------------------------------

@test "登记奖项：联系人和邮寄地址取自筹备方案" {
  close_campaign
  create administrator "/v1/campaigns/$campaign/awards" "{\"organization_id\": \"$city\", \"category\": \"excellent_organizer\"}"
  award=$created
  remember award
  header Location "/v1/awards/$award"
  field '[.category_name, .status, .plaque_status, .contact.name, .mailing_address] | join(",")' '全国优秀组织单位,given,not_sent,王晓红,南京市玄武区北京东路41号'
}

@test "成批登记，有一项不对，全部不登记" {
  as administrator POST "/v1/campaigns/$campaign/awards/batch" -d "{\"items\": [
    {\"organization_id\": \"$town\", \"category\": \"active_contributor\"},
    {\"organization_id\": \"$city\", \"category\": \"best\"},
    {\"organization_id\": \"$town\", \"category\": \"active_contributor\"}]}"
  status 422
  problem validation_failed
  finding /items/1/category unknown_category
  finding /items/2/organization_id duplicate_item
  no_finding /items/0/organization_id
  as administrator POST "/v1/campaigns/$campaign/awards/batch" -d "{\"items\": [{\"organization_id\": \"$city\", \"category\": \"excellent_organizer\"}]}"
  status 409
  finding /items/0/organization_id taken
  as administrator POST "/v1/campaigns/$campaign/awards/batch" -d '{"items": [{"organization_id": "x"}]}'
  status 422
  finding /items/0/organization_id invalid_uuid
  finding /items/0/category required
  as public GET "/v1/campaigns/$campaign/awards"
  field '.items | length' 1
}

@test "成批登记，每项各有结果" {
  as administrator POST "/v1/campaigns/$campaign/awards/batch" -d "{\"items\": [
    {\"organization_id\": \"$town\", \"category\": \"active_contributor\", \"contact\": {\"name\": \"李四\"}, \"mailing_address\": \"另一地址\"},
    {\"organization_id\": \"$(organization_id jiangsu)\", \"category\": \"excellent_organizer\"}]}"
  status 201
  field '[.results[] | "\(.index) \(.award.category)"] | join(",")' '0 active_contributor,1 excellent_organizer'
  as administrator GET "$(header_value Location)"
  status 200
  field '.results[0].award.organization.id' "$town"
  local given
  given=$(value '.results[0].award.id')
  as administrator GET "/v1/awards/$given"
  field '[.contact.name, .mailing_address] | join(",")' '李四,另一地址'
}

@test "公众看到奖项和单位，看不到联系人、地址和奖牌去向" {
  as public GET "/v1/campaigns/$campaign/awards?category=excellent_organizer&sort=-created_at"
  status 200
  field '.items | length' 2
  as public GET "/v1/campaigns/$campaign/awards?plaque_status=arrived,sent"
  field '.items | length' 0
  as public GET "/v1/awards/$award"
  status 200
  field '[.category_name, .organization.id, .contact, .mailing_address, .plaque, (.redacted | join("+"))] | map(. // "-") | join(",")' \
    "全国优秀组织单位,$city,-,-,-,contact+mailing_address+plaque+given_by+revoked_by"
  as "$author" GET "/v1/awards/$award"
  field .contact.name 王晓红
  as "$governor" GET "/v1/awards/$award"
  field '.allowed_actions | length' 0
}

@test "奖牌寄出，签收" {
  as administrator GET "/v1/awards/$award"
  local old=$etag
  as administrator PATCH "/v1/awards/$award" -H "If-Match: $old" -d '{"plaque": {"carrier": "中国邮政", "number": "EA123456789CN", "sent_on": "2021-07-05"}}'
  status 200
  field .plaque_status sent
  as administrator PATCH "/v1/awards/$award" -H "If-Match: $old" -d '{"plaque": {"arrived_on": "2021-07-08"}}'
  status 412
  problem version_mismatch
  as administrator PATCH "/v1/awards/$award" -H "If-Match: $(header_value ETag)" -d '{"plaque": {"arrived_on": "2021-07-01"}}'
  status 422
  finding /plaque/arrived_on before_sent
  as administrator GET "/v1/awards/$award"
  as administrator PATCH "/v1/awards/$award" -H "If-Match: $etag" -d '{"plaque": {"arrived_on": "2021-07-08"}, "contact": {"mobile": "13900000000"}}'
  status 200
  field '[.plaque_status, .plaque.carrier, .plaque.number, .plaque.sent_on, .plaque.arrived_on, .contact.name, .contact.mobile] | join(",")' \
    'arrived,中国邮政,EA123456789CN,2021-07-05,2021-07-08,王晓红,13900000000'
  as "$governor" PATCH "/v1/awards/$award" -H "If-Match: $etag" -d '{"mailing_address": "别处"}'
  status 403
  problem role_not_held_here
}

@test "登记有误的撤销而不删除，有关单位仍看得到" {
  act administrator "/v1/awards/$award" revoke '{"reason": "登记有误"}'
  field '[.status, .revoked_reason, (.allowed_actions | length)] | join(",")' 'revoked,登记有误,0'
  as administrator POST "/v1/awards/$award/revoke" -H "If-Match: $etag" -d '{"reason": "再撤销"}'
  status 409
  problem transition_not_allowed
  as administrator GET "/v1/awards/$award"
  as administrator PATCH "/v1/awards/$award" -H "If-Match: $etag" -d '{"mailing_address": "别处"}'
  status 409
  problem not_editable
  as public GET "/v1/awards/$award"
  status 404
  as "$author" GET "/v1/awards/$award"
  field .status revoked
  as administrator GET "/v1/campaigns/$campaign/awards?status=revoked"
  field '[.items[].id] | join(",")' "$award"
  create administrator "/v1/campaigns/$campaign/awards" "{\"organization_id\": \"$city\", \"category\": \"active_contributor\"}"
}

# ---- The next year --------------------------------------------------------------------------

@test "复制到下一届：各日期按整天数顺延，不带任何报送内容" {
  local next
  next=$(unique c)
  as "$governor" POST "/v1/campaigns/$campaign/copy" -d "{\"code\": \"$next\", \"shift_days\": 364}"
  status 403
  problem role_not_held_here
  as administrator POST "/v1/campaigns/$campaign/copy" -d "{\"code\": \"$next\"}"
  status 422
  finding /shift_days choose_one
  as administrator POST "/v1/campaigns/$campaign/copy" -d "{\"code\": \"$campaign\", \"shift_days\": 364}"
  status 409
  finding /code taken
  as administrator POST "/v1/campaigns/$campaign/copy" -d "{\"code\": \"$next\", \"title\": \"下一届活动\", \"starts_on\": \"$(later "$start" 364)\"}"
  status 201
  header Location "/v1/campaigns/$next"
  field '[.status, .title, .theme, .document_number, .edition, .festival_date, .starts_on, .plan_due_on, .recipient_count] | map(. // "-") | join(",")' \
    "draft,下一届活动,-,-,6,2022-05-30,$(later "$start" 364),$(later "$start" 366),2"
  field '[.award_categories[].code] | join(",")' excellent_organizer,active_contributor
  as administrator GET "/v1/campaigns/$next/phases"
  field '[.items[] | "\(.starts_on) \(.ends_on)"] | join(",")' \
    "$(later "$start" 364) $(later "$start" 379),$(later "$start" 380) $(later "$start" 390),$(later "$start" 391) $(later "$start" 415)"
  as administrator GET "/v1/campaigns/$next/modules"
  field '[.items[].code] | join(",")' unity,home,service,openness,recognition
  as administrator GET "/v1/campaigns/$next/activities"
  field '.items | length' 0
  campaign=$next
  open_campaign
  as "$author" GET "/v1/campaigns/$next/obligations?kind=plan"
  field '[.items[] | .verdict] | join(",")' pending,pending
}
