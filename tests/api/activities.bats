# 活动 · Highlights on the preparation form, and the issuer's own programme and events. What may be
# done in which state is in states.bats.

load library
load campaign

# Highlights of two districts, in every state but nominated, and a published event.
setup_file() {
  start=2021-05-10
  draft_campaign "$start"
  create_city && city=$created
  create_district "$city" 东区科学技术协会 && east=$created
  create_district "$city" 西区科学技术协会 && west=$created
  create_district "$city" 南区科学技术协会 && south=$created
  jiangsu=$(organization_id jiangsu)
  add_recipients "$east" "$west" "$south"
  open_campaign
  create_account author submitter "$east" submitter "$west" submitter "$south"
  author=$account
  create_activity "$author" "$east" highlight '{"title": "科学家精神报告会", "modules": ["unity", "service"], "starts_on": "2021-05-12"}'
  draft=$created
  create_activity "$author" "$east" highlight '{"title": "百名专家进社区", "modules": ["service"], "audiences": ["association_staff"], "starts_on": "2021-05-30"}'
  act "$author" "/v1/activities/$created" submit
  submitted=$created
  create_activity "$author" "$west" highlight '{"title": "科技成果展览", "modules": ["home"], "starts_on": "2021-06-10", "location": "南京市规划展览馆"}'
  act "$author" "/v1/activities/$created" submit
  act reviewer "/v1/activities/$created" accept
  accepted=$created
  create_activity "$author" "$west" highlight '{"title": "未定日期的沙龙", "modules": [], "module_other": "学术沙龙", "starts_on": null}'
  undated=$created
  create_activity administrator "$jiangsu" event '{"title": "启动仪式", "modules": [], "starts_on": "2021-05-10"}'
  act administrator "/v1/activities/$created" publish
  event=$created
  remember start campaign city east west south jiangsu author draft submitted accepted undated event
}

setup() { recall; }

# finds PERSON QUERY TITLES: the activities that the query finds for them, in their order.
finds() {
  as "$1" GET "/v1/campaigns/$campaign/activities?$2"
  status 200 && field '[.items[].title] | join(" ")' "$3"
}

# ---- Lists ----------------------------------------------------------------------------------

@test "列表按开始日期，未定日期的总在最后；可以分页" {
  same_in_pages administrator "/v1/campaigns/$campaign/activities?" .title
  [ "$found" = $'启动仪式\n科学家精神报告会\n百名专家进社区\n科技成果展览\n未定日期的沙龙' ]
  same_in_pages administrator "/v1/campaigns/$campaign/activities?sort=-starts_on" .title
  [ "$found" = $'科技成果展览\n百名专家进社区\n科学家精神报告会\n启动仪式\n未定日期的沙龙' ]
}

@test "列表也可按新建的先后" {
  same_in_pages administrator "/v1/campaigns/$campaign/activities?sort=created_at" .title
  [ "$found" = $'科学家精神报告会\n百名专家进社区\n科技成果展览\n未定日期的沙龙\n启动仪式' ]
  local upwards=$found
  same_in_pages administrator "/v1/campaigns/$campaign/activities?sort=-created_at" .title
  [ "$(tac <<<"$found")" = "$upwards" ]
}

@test "按状态、类型、单位、所属单位筛选" {
  finds administrator status=draft,submitted '科学家精神报告会 百名专家进社区 未定日期的沙龙'
  finds administrator kind=event,programme 启动仪式
  finds administrator "organization_id=$west" '科技成果展览 未定日期的沙龙'
  finds administrator "within=$city&kind=highlight&status=accepted" 科技成果展览
  finds administrator "within=$south" ''
}

@test "按模块、面向群体、阶段、日期筛选" {
  finds administrator module=service '科学家精神报告会 百名专家进社区'
  finds administrator audience=association_staff 百名专家进社区
  finds administrator phase=1 '启动仪式 科学家精神报告会'
  finds administrator phase=2 百名专家进社区
  finds administrator phase=9 ''
  finds administrator starts_on_gte=2021-05-30 '百名专家进社区 科技成果展览'
  finds administrator 'starts_on_gte=2021-05-12&starts_on_lte=2021-05-30' '科学家精神报告会 百名专家进社区'
}

@test "没有模块、群体、阶段、设区市的，也可以筛选出来" {
  finds administrator module=none '启动仪式 未定日期的沙龙'
  finds administrator audience=none ''
  finds administrator phase=none 未定日期的沙龙
  finds administrator 'phase=none&sort=-created_at' 未定日期的沙龙
  finds administrator "city=$city" '科学家精神报告会 百名专家进社区 科技成果展览 未定日期的沙龙'
  finds administrator "city=$east" ''
  finds administrator city=none 启动仪式
  as administrator GET "/v1/campaigns/$campaign/activities?city=nanjing&phase=0&module=None"
  status 400
  finding city pattern_mismatch && finding phase pattern_mismatch && finding module pattern_mismatch
}

@test "按单位类别、是否逾期未改筛选" {
  finds administrator organization_kind=provincial_association,society 启动仪式
  finds administrator correction_overdue=true ''
  finds administrator 'correction_overdue=false&kind=event' 启动仪式
}

@test "两个汉字即可检索标题、地点和方案，结果仍以看得到的为限" {
  finds administrator "q=$(encode 专家)" '启动仪式 科学家精神报告会 百名专家进社区 科技成果展览 未定日期的沙龙'
  finds administrator "q=$(encode 专家进)" 百名专家进社区
  finds administrator "q=$(encode 规划展览馆)" 科技成果展览
  finds administrator "q=$(encode 学术沙龙)" 未定日期的沙龙
  finds public "q=$(encode 专家)" '启动仪式 科技成果展览'
  finds administrator "q=$(encode 火星)" ''
}

@test "各人看到的列表" {
  finds public '' '启动仪式 科技成果展览'
  finds zhejiang '' '启动仪式 科技成果展览'
  finds reviewer '' '启动仪式 百名专家进社区 科技成果展览'
  finds observer kind=highlight '百名专家进社区 科技成果展览'
  finds "$author" '' '启动仪式 科学家精神报告会 百名专家进社区 科技成果展览 未定日期的沙龙'
  finds suzhou '' '启动仪式 科技成果展览'
}

# ---- One ------------------------------------------------------------------------------------

@test "公开的活动：公众可缓存，登录者各看各的" {
  as public GET "/v1/activities/$accepted"
  status 200
  header Cache-Control 'public, max-age=60, stale-while-revalidate=300'
  field '.contact, .mailing_address, (.redacted | join(" "))' $'null\nnull\ncontact mailing_address'
  field '.proposal.theme, .phase' $'仰望星空，自立自强\n3'
  as reviewer GET "/v1/activities/$accepted"
  header Cache-Control 'private, no-cache'
  field '.contact.name, (.redacted | length)' $'王晓红\n0'
  as public GET "/v1/activities/$submitted"
  status 404
}

@test "阶段由开始日期而定" {
  as "$author" GET "/v1/activities/$undated"
  field .phase null
  local day phase
  for day in 2021-05-25:1 2021-05-26:2 2021-06-05:2 2021-06-06:3 2021-06-30:3 2021-07-01:null; do
    phase=${day#*:}
    as "$author" PATCH "/v1/activities/$undated" -H "If-Match: $etag" -d "{\"starts_on\": \"${day%:*}\"}"
    status 200
    field .phase "$phase"
  done
  as "$author" PATCH "/v1/activities/$undated" -H "If-Match: $etag" -d '{"starts_on": null}'
}

# ---- The issuer's own -----------------------------------------------------------------------

@test "通知安排的活动：责任单位、合作单位、可计数的目标" {
  local office partner
  office=$(organization_id jiangsu-office) partner=$(organization_id partner-science)
  create administrator "/v1/campaigns/$campaign/activities" "{
    \"organization_id\": \"$jiangsu\", \"kind\": \"programme\", \"ordinal\": 3, \"title\": \"科技工作者座谈会\", \"modules\": [\"home\"],
    \"responsible_ids\": [\"$office\"], \"partner_ids\": [\"$partner\"],
    \"targets\": [{\"name\": \"座谈会\", \"unit\": \"场\", \"planned\": 10, \"at_least\": true}, {\"name\": \"参加人数\", \"unit\": \"人\", \"planned\": 200}]}"
  field '.ordinal, .host_name' $'3\n江苏省科学技术协会'
  field '.responsible[0].code, .partners[0].code' $'jiangsu-office\npartner-science'
  field '.targets[1].at_least' false
  holds '.due_at == null and .due_on == null'
  local programme=/v1/activities/$created kept
  kept=$(value '.targets[0].id')

  # 目标整体替换，仍写着标识的还是那一个。
  as administrator PATCH "$programme" -H "If-Match: $etag" \
    -d "{\"targets\": [{\"id\": \"$kept\", \"name\": \"座谈会\", \"unit\": \"场\", \"planned\": 12}, {\"name\": \"直播\", \"unit\": \"次\", \"planned\": 1}], \"partner_ids\": []}"
  status 200
  field '.targets[0] | .id, .planned' "$kept"$'\n12'
  field '[.targets[].name] | join(" ")' '座谈会 直播'
  field '.partners | length' 0

  as public GET "$programme"
  status 404
  act administrator "$programme" publish
  as public GET "$programme"
  status 200
  field .status published
  as administrator GET "$programme/reviews"
  field '[.items[] | "\(.action) \(.submission_id)"] | join(" ")' 'publish null'
  act administrator "$programme" unpublish
}

@test "通知安排的活动要有模块才能发布；检查时说明" {
  create_activity administrator "$jiangsu" programme '{"modules": [], "starts_on": "2021-07-02"}'
  as administrator POST "/v1/activities/$created/validate"
  field '[.errors[] | "\(.pointer) \(.code)"] | join(" ")' '/modules module_required /starts_on outside_campaign'
  as administrator GET "/v1/activities/$created"
  as administrator POST "/v1/activities/$created/publish" -H "If-Match: $etag"
  status 422
  problem form_incomplete
  finding /modules module_required
}

@test "只有发文单位的管理员能安排通知里的活动，只有主送单位的报送员能报亮点活动" {
  as administrator POST "/v1/campaigns/$campaign/activities" -d "{\"organization_id\": \"$east\", \"kind\": \"programme\", \"title\": \"不是发文单位\"}"
  status 422
  finding /organization_id not_the_issuer
  as "$author" POST "/v1/campaigns/$campaign/activities" -d "{\"organization_id\": \"$jiangsu\", \"kind\": \"event\", \"title\": \"越权\"}"
  status 403
  as administrator POST "/v1/campaigns/$campaign/activities" -d "{\"organization_id\": \"$east\", \"kind\": \"highlight\", \"title\": \"替人报\"}"
  status 403
  as suzhou POST "/v1/campaigns/$campaign/activities" -d "{\"organization_id\": \"$(organization_id 320500)\", \"kind\": \"highlight\", \"title\": \"没有收到通知\"}"
  status 409
  problem not_a_recipient
  as reviewer POST "/v1/campaigns/$campaign/activities" -d "{\"organization_id\": \"$east\", \"kind\": \"highlight\", \"title\": \"审核员\"}"
  status 403
  as public POST "/v1/campaigns/$campaign/activities" -d '{}'
  status 401
}

# ---- The form -------------------------------------------------------------------------------

@test "填写：嵌套的逐项合并，null 清空，主办单位默认为本单位" {
  create_activity "$author" "$south" highlight '{"host_name": "南区科协与紫金山天文台"}'
  local each=/v1/activities/$created
  field .host_name 南区科协与紫金山天文台
  as "$author" PATCH "$each" -H "If-Match: $etag" \
    -d '{"host_name": null, "contact": {"fax": null, "name": "李明"}, "proposal": null, "audiences": [], "is_online": true, "online_url": "https://live.example/1"}'
  status 200
  field .host_name 南区科学技术协会
  field '.contact | .name, .fax, .mobile' $'李明\nnull\n13800000000'
  field '.proposal_length, (.audiences | length), .is_online' $'0\n0\ntrue'
  as "$author" PATCH "$each" -H "If-Match: $etag" -d '{"contact": null}'
  status 200
  field '.contact | type == "null" or all(.[]; . == null)' true
}

@test "字数按字计：全角、标点、空白、扩展区汉字各计一字，组合字符先合成" {
  create_activity "$author" "$south" highlight '{"proposal": {"theme": "科技𠮷，e\u0301 1"}}'
  field .proposal_length 7
  as "$author" PATCH "/v1/activities/$created" -H "If-Match: $etag" -d '{"proposal": {"approach": "一\n二"}}'
  field .proposal_length 10
}

@test "开始、结束日期不能倒置；列表项不能重复；长度有限" {
  as "$author" POST "/v1/campaigns/$campaign/activities" -d "{\"organization_id\": \"$south\", \"kind\": \"highlight\", \"title\": \"倒置\", \"starts_on\": \"2021-05-30\", \"ends_on\": \"2021-05-29\"}"
  status 422
  finding /ends_on before_start
  as "$author" POST "/v1/campaigns/$campaign/activities" -d "{\"organization_id\": \"$south\", \"kind\": \"meeting\", \"title\": \"$(printf '字%.0s' {1..101})\", \"modules\": [\"unity\", \"unity\"], \"targets\": [{\"name\": \"甲\", \"unit\": \"个\", \"planned\": -1}, {\"name\": \"乙\"}]}"
  status 422
  finding /kind not_allowed_value
  finding /title too_long
  finding /modules/1 duplicate_item
  finding /targets/0/planned too_small
  finding /targets/1/unit required
  finding /targets/1/planned required
}

@test "责任单位和合作单位必须存在" {
  as administrator POST "/v1/campaigns/$campaign/activities" -d "{\"organization_id\": \"$jiangsu\", \"kind\": \"programme\", \"title\": \"合作\", \"partner_ids\": [\"$east\", \"0196b1d4-7c00-7000-8000-00000000dead\"], \"responsible_ids\": [\"0196b1d4-7c00-7000-8000-00000000dead\"]}"
  status 422
  finding /partner_ids/1 unknown
  finding /responsible_ids/0 unknown
}

@test "日期在活动之外、只有网上而没有网址：报送时指出" {
  create_activity "$author" "$south" highlight '{"starts_on": "2021-07-01", "ends_on": "2021-07-02", "location": null, "is_online": true, "contact": {"name": "王晓红"}}'
  as "$author" POST "/v1/activities/$created/submit" -H "If-Match: $etag"
  status 422
  problem form_incomplete
  finding /starts_on outside_campaign
  finding /ends_on outside_campaign
  finding /online_url required
  finding /contact/mobile phone_required
}

@test "没有报送过的草稿可以删除；通知安排的活动由管理员删除" {
  create_activity "$author" "$south" highlight
  as "$author" DELETE "/v1/activities/$created"
  status 428
  as administrator DELETE "/v1/activities/$created" -H 'If-Match: "1-0000000000000000"'
  status 403
  as "$author" GET "/v1/activities/$created"
  as "$author" DELETE "/v1/activities/$created" -H "If-Match: $etag"
  status 204
  as "$author" GET "/v1/activities/$created"
  status 404
  create_activity administrator "$jiangsu" event
  as administrator DELETE "/v1/activities/$created" -H "If-Match: $etag"
  status 204
  as administrator GET "/v1/activities/$event"
  as administrator DELETE "/v1/activities/$event" -H "If-Match: $etag"
  status 409
  problem not_editable
}

@test "检查公开活动的草稿问题，要在那里有角色" {
  as suzhou POST "/v1/activities/$accepted/validate"
  status 403
  problem role_not_held_here
  as reviewer POST "/v1/activities/$accepted/validate"
  status 200
  as reviewer POST "/v1/activities/$draft/validate"
  status 404
  as public POST "/v1/activities/$accepted/validate"
  status 401
}
