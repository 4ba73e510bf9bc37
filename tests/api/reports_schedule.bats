# 日程、汇总表、待办、待审 · What happens when, what goes forward, what is to be done and what waits for a review.

load library
load campaign

# A campaign that begins today; a city with two districts that owe, and a reviewer of its own.
setup_file() {
  start=$(today)
  draft_campaign "$start" "$(jq --null-input --arg festival "$(later "$start" 20)" --arg receipt "$(later "$start" 1)" \
    '{festival_date: $festival, notice_receipt_due_on: $receipt, minimum_highlights: 2}')"
  create_city && city=$created
  create_district "$city" 东区科学技术协会 && east=$created
  create_district "$city" 西区科学技术协会 && west=$created
  add_recipients "$east" "$west"
  create_account author submitter "$east"
  author=$account
  create_account westerner submitter "$west"
  westerner=$account
  create_account governor reviewer "$city"
  governor=$account
  open_campaign

  create_activity administrator "$(organization_id jiangsu)" programme "{\"title\": \"院士报告会\", \"starts_on\": \"$(later "$start" 5)\"}"
  programme=$created
  act administrator "/v1/activities/$programme" publish
  create_activity administrator "$(organization_id jiangsu)" event '{"title": "启动仪式", "modules": []}'
  event=$created
  act administrator "/v1/activities/$event" publish
  create_activity administrator "$(organization_id jiangsu)" event '{"title": "尚未公布的主场活动", "modules": []}'

  highlight "$author" "$east" 东区第一项 3
  first=$created
  highlight "$author" "$east" 东区第二项 18
  second=$created
  highlight "$westerner" "$west" 西区第一项 30
  third=$created
  act reviewer "/v1/activities/$first" accept
  act reviewer "/v1/activities/$third" accept
  remember start campaign city east west author westerner governor programme event first second third
}

setup() { recall; reports=/v1/campaigns/$campaign/reports; }

# highlight WHO ORGANIZATION TITLE DAY: submitted, so many days after the beginning, for two days.
highlight() {
  create_activity "$1" "$2" highlight "{\"title\": \"$3\", \"starts_on\": \"$(later "$start" "$4")\", \"ends_on\": \"$(later "$start" $(($4 + 1)))\"}" || return
  act "$1" "/v1/activities/$created" submit
}

# timeline WHO [QUERY]: its entries in short, "day title" or "day kind of what is due", on one line.
timeline() {
  as "$1" GET "$reports/timeline?limit=100${2:+&$2}" || return
  status 200 || return
  found=$(jq --raw-output --arg start "$start" '
    def days: strptime("%Y-%m-%d") | mktime / 86400;
    [.items[] | "\((.starts_on | days) - ($start | days)) \(if .kind | IN("highlight", "programme", "event", "phase", "deadline") then .title else .kind end)"]
    | sort_by((split(" ")[0] | tonumber), .) | join("，")' "$response_body")
}

is_timeline() { [[ $found == "$1" ]] || unexpected "expected the timeline: $1" "but it is: $found"; }

# at TITLE FILTER VALUE: of the entry with this title.
at() { field ".items[] | select(.title == \"$1\") | $2" "$3"; }

# ---- 日程 -----------------------------------------------------------------------------------

@test "日程：公众看到活动起止、活动日、阶段、截止日期和公开的活动" {
  timeline public "kind=campaign_start,festival,campaign_end"
  is_timeline '0 campaign_start，20 festival，51 campaign_end'
  timeline public kind=phase
  is_timeline '0 第一阶段，16 第二阶段，27 第三阶段'
  at 第一阶段 '.ends_on, .phase' "$(later "$start" 15)"$'\n1'
  timeline public kind=deadline
  is_timeline '1 签收，2 工作方案，2 特色亮点活动，51 总结报告'
  at 工作方案 '.at, .starts_on, .time_zone, .organization.code' "$(later "$start" 2)T16:00:00Z"$'\n'"$(later "$start" 2)"$'\nAsia/Shanghai\njiangsu'
  timeline public kind=highlight,programme,event
  is_timeline '0 启动仪式，3 东区第一项，5 院士报告会，30 西区第一项'
  at 东区第一项 '.ends_on, .location, .execution, .status, .organization.name, .href' \
    "$(later "$start" 4)"$'\n南京市玄武区紫金山天文台科普园区\nplanned\naccepted\n东区科学技术协会\n/v1/activities/'"$first"
  header Cache-Control 'public, max-age=60, stale-while-revalidate=300'
}

@test "日程：报送员还看到本单位未审核的，审核员看到下级报来的，管理员看到未公布的" {
  timeline "$author" kind=highlight
  is_timeline '3 东区第一项，18 东区第二项，30 西区第一项'
  timeline "$westerner" kind=highlight
  is_timeline '3 东区第一项，30 西区第一项'
  timeline "$governor" kind=highlight
  is_timeline '3 东区第一项，18 东区第二项，30 西区第一项'
  timeline administrator kind=event
  is_timeline '0 启动仪式，0 尚未公布的主场活动'
}

@test "日程：按单位、下级、阶段、日期筛选" {
  timeline public "organization_id=$west"
  is_timeline '30 西区第一项'
  timeline public "within=$city"
  is_timeline '3 东区第一项，30 西区第一项'
  timeline public "phase=2"
  is_timeline '16 第二阶段，20 festival'
  timeline public "starts_on_gte=$(later "$start" 3)&starts_on_lte=$(later "$start" 16)"
  is_timeline '3 东区第一项，5 院士报告会，16 第二阶段'
  timeline public "starts_on_gte=$(later "$start" 5)&starts_on_lte=$(later "$start" 5)"
  is_timeline '5 院士报告会'
  timeline public "kind=phase&organization_id=$west"
  is_timeline ''
}

@test "日程：日期倒置、未知的类别、阶段和届次" {
  as public GET "$reports/timeline?starts_on_gte=2021-05-20&starts_on_lte=2021-05-19"
  status 422
  problem validation_failed
  finding starts_on_lte before_start
  as public GET "$reports/timeline?starts_on_gte=2021-05-20&starts_on_lte=2021-05-19&kind=festival&count=exact"
  status 422
  as public GET "$reports/timeline?kind=never"
  status 400
  finding kind not_allowed_value
  as public GET "$reports/timeline?starts_on_gte=today"
  status 400
  as public GET "/v1/campaigns/never/reports/timeline"
  status 404
  timeline public phase=9
  is_timeline ''
}

@test "日程：逐页翻阅，一项不多、一项不少" {
  same_in_pages "$author" "$reports/timeline?" '"\(.starts_on) \(.uid)"'
  [ "$(wc -l <<<"$found")" = 15 ]
  [ "$(cut -d ' ' -f 1 <<<"$found")" = "$(cut -d ' ' -f 1 <<<"$found" | sort)" ]
}

@test "日程：延期的按新日期，取消的注明" {
  as public GET "$reports/timeline?kind=programme"
  local uid
  uid=$(value '.items[0].uid')
  act administrator "/v1/activities/$programme" postpone \
    "{\"reason\": \"暴雨\", \"starts_on\": \"$(later "$start" 28)\", \"ends_on\": \"$(later "$start" 29)\"}"
  timeline public kind=programme
  is_timeline '28 院士报告会'
  at 院士报告会 '.uid, .ends_on, .phase, .execution, .execution_reason' "$uid"$'\n'"$(later "$start" 29)"$'\n3\npostponed\n暴雨'
  act "$westerner" "/v1/activities/$third" cancel '{"reason": "场馆停用"}'
  timeline public kind=highlight
  at 西区第一项 '.execution, .execution_reason' $'cancelled\n场馆停用'
  act "$westerner" "/v1/activities/$third" resume
}

@test "日程：截止日期因本单位的延期而变，免报的不再列出；别人的不变" {
  timeline "$westerner" kind=deadline
  is_timeline '1 签收，2 工作方案，2 特色亮点活动，51 总结报告'
  local uid extension
  uid=$(value '.items[] | select(.obligation_kind == "plan") | .uid')
  as administrator POST "/v1/campaigns/$campaign/extensions" \
    -d "{\"kinds\": [\"plan\"], \"organization_ids\": [\"$west\"], \"due_on\": \"$(later "$start" 6)\", \"reason\": \"防汛\"}"
  status 201
  as administrator GET "/v1/campaigns/$campaign/extensions?organization_id=$west"
  extension=$(value '.items[0].id')
  timeline "$westerner" kind=deadline
  is_timeline '1 签收，2 特色亮点活动，6 工作方案，51 总结报告'
  field '.items[] | select(.obligation_kind == "plan") | .uid, .organization.name, .href' \
    "$uid"$'\n西区科学技术协会\n'"$reports/deadlines?organization_id=$west"
  timeline "$author" kind=deadline
  is_timeline '1 签收，2 工作方案，2 特色亮点活动，51 总结报告'
  timeline public kind=deadline
  is_timeline '1 签收，2 工作方案，2 特色亮点活动，51 总结报告'
  act administrator "/v1/extensions/$extension" revoke '{"reason": "误发"}'
  timeline "$westerner" kind=deadline
  is_timeline '1 签收，2 工作方案，2 特色亮点活动，51 总结报告'

  as administrator GET "/v1/campaigns/$campaign/obligations?organization_id=$west&kind=notice_receipt"
  act administrator "/v1/obligations/$(value '.items[0].id')" waive '{"reason": "当面签收"}'
  timeline "$westerner" kind=deadline
  is_timeline '2 工作方案，2 特色亮点活动，51 总结报告'
}

# ---- iCalendar ------------------------------------------------------------------------------

# calendar WHO [QUERY] [CURL ARGUMENT…]: the timeline as a calendar, in its unfolded lines in $BATS_TEST_TMPDIR/ics.
calendar() {
  as "$1" GET "$reports/timeline?format=ics${2:+&$2}" "${@:3}" || return
  status 200 || return
  sed --null-data 's/\r\n //g; s/\r//g' "$response_body" >"$BATS_TEST_TMPDIR/ics"
}

# has_event LINE…: one of its events has all of these lines.
has_event() {
  local line found
  found=$(sed '/^BEGIN:VEVENT$/,$!d' "$BATS_TEST_TMPDIR/ics" | tr '\n' '\r' | sed 's/BEGIN:VEVENT\r/\n/g')
  for line in "$@"; do
    found=$(grep --fixed-strings -- $'\r'"$line"$'\r' <<<"${found//$'\n'/$'\n\r'}") || unexpected "expected an event with: $*" || return
  done
}

day() { tr -d - <<<"$(later "$start" "$1")"; }

@test "日历：不带令牌即可订阅；整日的、取消的、延期的、截止的" {
  calendar public
  header Content-Type 'text/calendar; charset=utf-8'
  header Content-Language zh-CN
  header Cache-Control 'public, max-age=60, stale-while-revalidate=300'
  [[ $(header_value Content-Disposition) == attachment* ]]
  [ "$(head -n 1 "$BATS_TEST_TMPDIR/ics")" = BEGIN:VCALENDAR ]
  grep -qx 'X-WR-CALNAME:江苏省“全国科技工作者日”活动' "$BATS_TEST_TMPDIR/ics"
  grep -qx 'X-WR-TIMEZONE:Asia/Shanghai' "$BATS_TEST_TMPDIR/ics"
  [ "$(grep -c '^METHOD' "$BATS_TEST_TMPDIR/ics")" = 0 ]
  as public GET "$reports/timeline?limit=100"
  [ "$(grep -c '^BEGIN:VEVENT$' "$BATS_TEST_TMPDIR/ics")" = "$(value '.items | length')" ]
  [ "$(value '.items[].uid')" = "$(sed -n 's/^UID://p' "$BATS_TEST_TMPDIR/ics")" ]
  has_event 'SUMMARY:东区第一项' "DTSTART;VALUE=DATE:$(day 3)" "DTEND;VALUE=DATE:$(day 5)" 'STATUS:CONFIRMED' \
    'LOCATION:南京市玄武区紫金山天文台科普园区' 'DESCRIPTION:东区科学技术协会\n上午9时' 'CATEGORIES:特色亮点活动' 'TRANSP:TRANSPARENT'
  has_event 'SUMMARY:【延期】院士报告会' "DTSTART;VALUE=DATE:$(day 28)" "DTEND;VALUE=DATE:$(day 30)" 'STATUS:CONFIRMED'
  has_event 'SUMMARY:【报送截止】工作方案' "DTSTART;VALUE=DATE:$(day 2)" "DTEND;VALUE=DATE:$(day 3)" 'BEGIN:VALARM' 'TRIGGER:-PT15H'
  has_event 'SUMMARY:【阶段】第三阶段' "DTSTART;VALUE=DATE:$(day 27)" "DTEND;VALUE=DATE:$(day 52)"
  act "$westerner" "/v1/activities/$third" cancel '{"reason": "场馆停用"}'
  calendar public kind=highlight
  has_event 'SUMMARY:【取消】西区第一项' STATUS:CANCELLED
  act "$westerner" "/v1/activities/$third" resume
}

@test "日历：未变时逐字相同；改了以后序号增加，标识不变" {
  calendar public kind=programme
  local before uid sequence
  before=$(sha256sum <"$response_body") uid=$(sed -n 's/^UID://p' "$BATS_TEST_TMPDIR/ics") sequence=$(sed -n 's/^SEQUENCE://p' "$BATS_TEST_TMPDIR/ics")
  sleep 1.1
  calendar public kind=programme
  [ "$(sha256sum <"$response_body")" = "$before" ]
  as public GET "$reports/timeline?format=ics&kind=programme" -H "If-None-Match: $etag"
  status 304
  act administrator "/v1/activities/$programme" postpone "{\"reason\": \"台风\", \"starts_on\": \"$(later "$start" 31)\"}"
  calendar public kind=programme
  has_event "UID:$uid" "DTSTART;VALUE=DATE:$(day 31)" "DTEND;VALUE=DATE:$(day 32)" 'DESCRIPTION:江苏省科学技术协会\n上午9时\n台风'
  (($(sed -n 's/^SEQUENCE://p' "$BATS_TEST_TMPDIR/ics") > sequence))
}

@test "日历：报送员有本单位的截止时刻和未审核的活动" {
  as administrator POST "/v1/campaigns/$campaign/extensions" \
    -d "{\"kinds\": [\"plan\"], \"organization_ids\": [\"$west\"], \"due_at\": \"$(later "$start" 6)T04:00:00Z\", \"reason\": \"防汛\"}"
  status 201
  calendar "$westerner" kind=deadline
  has_event 'SUMMARY:【报送截止】工作方案' "DTSTART:$(day 6)T040000Z" TRIGGER:-P1D
  header Cache-Control 'private, no-cache'
  as administrator GET "/v1/campaigns/$campaign/extensions?organization_id=$west&is_revoked=false"
  act administrator "/v1/extensions/$(value '.items[0].id')" revoke '{"reason": "误发"}'
  calendar "$author" kind=highlight
  has_event 'SUMMARY:东区第二项' STATUS:TENTATIVE
}

@test "日历：按请求的语言；筛选和出错与列表相同" {
  calendar public kind=deadline -H 'Accept-Language: en'
  has_event 'SUMMARY:[Due] Work plan' CATEGORIES:Due
  header Content-Language en
  calendar public "organization_id=$west"
  [ "$(grep -c '^BEGIN:VEVENT$' "$BATS_TEST_TMPDIR/ics")" = 1 ]
  calendar public phase=9
  [ "$(tail -n 1 "$BATS_TEST_TMPDIR/ics")" = END:VCALENDAR ]
  as public GET "$reports/timeline?organization_id=$west" -H 'Accept: text/calendar'
  status 200
  [ "$(head -c 15 "$response_body")" = BEGIN:VCALENDAR ]
  as public GET "$reports/timeline?format=pdf"
  status 406
  field '.available | join(" ")' 'application/json text/csv application/vnd.openxmlformats-officedocument.spreadsheetml.sheet text/calendar'
  as public GET "$reports/timeline?format=ics&starts_on_gte=2021-05-20&starts_on_lte=2021-05-19"
  status 422
  finding starts_on_lte before_start
  as public GET '/v1/campaigns/never/reports/timeline?format=ics'
  status 404
  problem not_found
}

# ---- 待办、待审 -------------------------------------------------------------------------------

# owed WHO PATH: what is to be done, "kind next_action days_left", on one line.
owed() {
  as "$1" GET "$2" || return
  status 200 || return
  field '[.items[] | "\(.kind) \(.next_action) \(.days_left)"] | sort | join("，")' "$3"
}

@test "待办：欠什么、几天内、下一步做什么" {
  owed "$author" "$reports/deadlines?organization_id=$east" \
    'notice_receipt acknowledge 1，plan create 2，summary_report create 51，summary_report create 51'
  field '[.items[].kind][0]' notice_receipt
  as "$author" GET "$reports/deadlines?organization_id=$east&include_done=true&kind=highlights"
  field '.items[] | .is_done, .next_action, .days_left, .submitted, .required, .verdict' $'true\nnull\nnull\n2\n2\non_time'
  field '[.items[].phases_missing[].name] | join(" ")' 第三阶段
  field '[.items[].work[] | "\(.title) \(.status)"] | join("，")' '东区第一项 accepted，东区第二项 submitted'
  owed "$westerner" "$reports/deadlines?organization_id=$west" 'highlights create 2，plan create 2，summary_report create 51'
  field '.items[] | select(.kind == "highlights") | .submitted, .required' $'1\n2'
}

@test "待办：未完成的稿件有什么问题，用哪种语言问就用哪种语言说" {
  as "$author" POST "/v1/campaigns/$campaign/plans" -d "{\"organization_id\": \"$east\", \"title\": \"工作方案\"}"
  status 201
  plan=$(value .id)
  remember plan
  as "$author" GET "$reports/deadlines?organization_id=$east&kind=plan"
  field '.items[] | .next_action, .work[0].status, .work[0].href' $'complete\ndraft\n/v1/plans/'"$plan"
  field '.items[].work[].errors[] | "\(.pointer) \(.code) \(.detail)"' '/text required 此项必填。'
  field '.items[].work[].warnings[] | "\(.pointer) \(.code) \(.params.kind) \(.detail)"' \
    '/documents missing_document stamped_pdf 缺少附件：盖章的 PDF 扫描件。'
  header Content-Language zh-CN
  local told
  told=$(value '.items[].work[].errors, .items[].work[].warnings')
  as "$author" POST "/v1/plans/$plan/validate"
  [ "$(value '.errors, .warnings')" = "$told" ]
  as "$author" GET "$reports/deadlines?organization_id=$east&kind=plan" -H 'Accept-Language: en'
  field '.items[].work[].errors[].detail' 'This is required.'
  header Content-Language en
  as "$author" GET "$reports/deadlines?organization_id=$east&kind=plan" -H 'Accept-Language: en' -H "If-None-Match: $etag"
  status 304
}

@test "待办：草稿是作者自己的，上级只知道还没有报" {
  as "$governor" GET "$reports/deadlines?organization_id=$east&kind=plan"
  status 200
  field '.items[] | .next_action, (.work | length), .verdict' $'submit\n0\npending'
}

@test "待办：退回的有意见和期限，改好再报就没有了" {
  act "$governor" "/v1/activities/$second" return \
    "{\"comment\": \"请写明责任人。\", \"correction_due_at\": \"$(later "$start" 8)T16:00:00Z\"}"
  owed "$author" "$reports/deadlines?organization_id=$east&kind=highlights" 'highlights correct 8'
  field '.items[].work[0] | .title, .correction.comment, .correction_due_at' \
    $'东区第二项\n请写明责任人。\n'"$(later "$start" 8)T16:00:00Z"
  field '.items[] | .next_due_on' "$(later "$start" 8)"
  owed "$governor" "$reports/deadlines?organization_id=$east&kind=highlights" 'highlights correct 8'
  act "$author" "/v1/activities/$second" submit
  owed "$author" "$reports/deadlines?organization_id=$east&kind=highlights" ''
}

@test "待办：写完可以报送，报送、签收以后不再列出" {
  as "$author" GET "/v1/plans/$plan"
  as "$author" PATCH "/v1/plans/$plan" -H "If-Match: $etag" -d '{"text": "一、活动主题。"}'
  status 200
  owed "$author" "$reports/deadlines?organization_id=$east&kind=plan" 'plan submit 2'
  act "$author" "/v1/plans/$plan" submit
  owed "$author" "$reports/deadlines?organization_id=$east&kind=plan" ''
  as "$author" GET "$reports/deadlines?organization_id=$east&kind=notice_receipt"
  act "$author" "$(value '.items[0].href')" acknowledge
  owed "$author" "$reports/deadlines?organization_id=$east&kind=notice_receipt" ''
}

@test "待办：只问得到有角色的单位；不欠什么的单位没有待办" {
  as "$author" GET "$reports/deadlines?organization_id=$west"
  status 403
  problem role_not_held_here
  as zhejiang GET "$reports/deadlines?organization_id=$west"
  status 403
  as "$author" GET "$reports/deadlines?organization_id=0196b1d4-7c00-7000-8000-000000000001"
  status 422
  finding organization_id unknown
  as "$author" GET "$reports/deadlines"
  status 400
  finding organization_id required
  as "$author" GET "/v1/campaigns/never/reports/deadlines?organization_id=$east"
  status 404
  as public GET "$reports/deadlines?organization_id=$east"
  status 401
  owed reviewer "$reports/deadlines?organization_id=$city" ''
}

@test "我的待办：各单位、各届未结束的活动合在一起" {
  owed "$westerner" /v1/me/deadlines 'highlights create 2，plan create 2，summary_report create 51'
  same_in_pages "$westerner" '/v1/me/deadlines?include_done=true' .id
  [ "$(wc -l <<<"$found")" = 4 ]
  create_account nobody reviewer "$city"
  as "$account" GET /v1/me/deadlines
  field '.items | length' 0
  as public GET /v1/me/deadlines
  status 401
}

@test "我的待审：先报的在前，审完就没有了" {
  as "$governor" GET /v1/me/reviews
  status 200
  field '[.items[] | "\(.resource) \(.title) \(.status) \(.days_waiting)"] | join("，")' \
    'activity 东区第二项 submitted 0，plan 工作方案 submitted 0'
  field '.items[0] | .submission_count, .href' $'2\n/v1/activities/'"$second"
  as "$governor" GET '/v1/me/reviews?resource=plan&count=exact'
  field '.total_count, .items[0].organization.name' $'1\n东区科学技术协会'
  same_in_pages "$governor" '/v1/me/reviews?' .id 1
  act "$governor" "/v1/activities/$second" accept
  as "$governor" GET "/v1/me/reviews?campaign_code=$campaign"
  field '[.items[].resource] | join(" ")' plan
  as "$author" GET /v1/me/reviews
  field '.items | length' 0
  as observer GET /v1/me/reviews
  field '.items | length' 0
  as public GET /v1/me/reviews
  status 401
}

# ---- 汇总表 ---------------------------------------------------------------------------------

# roster WHO QUERY ROWS: its rows in short, one after the other.
roster() {
  as "$1" GET "$reports/roster?limit=100${2:+&$2}" || return
  status 200 || return
  field '[.items[] | "\(.rank) \(.title) \(.status)"] | join("，")' "$3"
}

@test "汇总表：择优报送的，按推荐顺序，每一项都有" {
  roster reviewer '' ''
  act reviewer "/v1/activities/$second" nominate '{"rank": 1, "reason": "主题突出。"}'
  act reviewer "/v1/activities/$first" nominate '{"rank": 2, "reason": "受众面广。"}'
  roster reviewer '' '1 东区第二项 nominated，2 东区第一项 nominated'
  field '.items[0] | keys_unsorted | join(" ")' 'rank organization is_stamped submitted_at host_name title modules module_other organizer_name starts_on ends_on time_note phase location is_online online_url audiences audience_other expected_participants scale_note contact mailing_address proposal reason status forwarding activity_id submission_id redacted'
  field '.items[0] | .organization.name, .host_name, .contact.mobile, .mailing_address, .proposal.theme, .reason, .phase, .forwarding, .is_stamped' \
    $'东区科学技术协会\n东区科学技术协会\n13800000000\n南京市玄武区北京东路41号\n仰望星空，自立自强\n主题突出。\n2\nnull\nfalse'
  as reviewer GET "/v1/activities/$second"
  local form
  form=$(value '[.modules, .audiences, .starts_on, .ends_on, .organizer_name, .expected_participants, .scale_note, .contact, .proposal]')
  as reviewer GET "$reports/roster"
  [ "$(value '.items[0] | [.modules, .audiences, .starts_on, .ends_on, .organizer_name, .expected_participants, .scale_note, .contact, .proposal]')" = "$form" ]
  [ "$(value '.items[0].activity_id')" = "$second" ]
}

@test "汇总表：报送以后按报送时的内容，注明文号和日期" {
  as reviewer POST "/v1/campaigns/$campaign/forwardings" -d "{\"document_number\": \"苏科协发〔2021〕45号\", \"forwarded_on\": \"$start\"}"
  status 201
  forwarding=$(value .id)
  act reviewer "/v1/activities/$third" nominate '{"rank": 2, "reason": "形式新颖。"}'
  remember forwarding
  as reviewer GET "$reports/roster"
  field '[.items[] | "\(.rank) \(.status) \(.title) \(.forwarding.document_number) \(.forwarding.forwarded_on)"] | sort | join("，")' \
    "1 forwarded 东区第二项 苏科协发〔2021〕45号 $start，2 forwarded 东区第一项 苏科协发〔2021〕45号 $start，2 nominated 西区第一项 null null"
  roster reviewer status=nominated '2 西区第一项 nominated'
  roster reviewer "status=forwarded&module=unity" '1 东区第二项 forwarded，2 东区第一项 forwarded'
  roster reviewer module=home ''
  roster reviewer phase=1 '2 东区第一项 forwarded'
  roster reviewer "within=$west" '2 西区第一项 nominated'
  roster reviewer "forwarding_id=$forwarding" '1 东区第二项 forwarded，2 东区第一项 forwarded'
  roster observer "forwarding_id=$forwarding&phase=2" '1 东区第二项 forwarded'
  same_in_pages reviewer "$reports/roster?" .activity_id
}

@test "汇总表：被更正的批次只在指明时列出，内容仍是当时的" {
  as reviewer POST "/v1/campaigns/$campaign/forwardings" -d "{\"document_number\": \"苏科协发〔2021〕52号\", \"forwarded_on\": \"$start\",
    \"replaces_id\": \"$forwarding\", \"without_ids\": [\"$second\"]}"
  status 201
  roster reviewer status=forwarded '2 东区第一项 forwarded，2 西区第一项 forwarded'
  roster reviewer status=nominated '1 东区第二项 nominated'
  roster reviewer "forwarding_id=$forwarding" '1 东区第二项 forwarded，2 东区第一项 forwarded'
  field '[.items[].forwarding.document_number] | unique | join(" ")' 苏科协发〔2021〕45号
}

@test "汇总表：下级的审核员只看到下级的；别省的、报送员、公众看不到" {
  roster "$governor" "within=$city&status=forwarded" '2 东区第一项 forwarded，2 西区第一项 forwarded'
  as "$governor" GET "$reports/roster?within=$(organization_id jiangsu)"
  status 403
  problem role_not_held_here
  as zhejiang GET "$reports/roster?within=$city"
  status 403
  roster zhejiang '' ''
  as reviewer GET "$reports/roster?within=0196b1d4-7c00-7000-8000-000000000001"
  status 422
  finding within unknown
  as reviewer GET "$reports/roster?within=0196b1d4-7c00-7000-8000-000000000001&module=home"
  status 422
  as "$author" GET "$reports/roster"
  status 403
  as public GET "$reports/roster"
  status 401
  as reviewer GET /v1/campaigns/never/reports/roster
  status 404
}

# ---- 表格 -----------------------------------------------------------------------------------

@test "表格：日程、汇总表、待办、待审都可以导出" {
  local list format
  for list in "reviewer $reports/roster" "$author $reports/timeline" "$author $reports/deadlines?organization_id=$east&include_done=true" \
    "$author /v1/me/deadlines?include_done=true" "$governor /v1/me/reviews"; do
    for format in csv xlsx; do
      as "${list%% *}" GET "${list#* }$([[ $list == *\?* ]] && echo '&' || echo '?')format=$format"
      status 200
    done
  done
  as reviewer GET "$reports/roster?format=csv&status=nominated"
  [[ $(head -n 1 "$response_body") == 推荐顺序,报送单位代码,报送单位名称,单位盖章,报送时间,主办单位名称,主题活动名称,主题活动模块,* ]]
  [[ $(sed -n 2p "$response_body") == 1,*,东区科学技术协会,否,*,东区第二项,团结引领,* ]]
  as "$author" GET "$reports/deadlines?organization_id=$east&include_done=true&kind=plan&format=csv"
  [[ $(sed -n 2p "$response_body") == *,东区科学技术协会,工作方案,*,按时,是,* ]]
}

@test "汇总表：更正时没有再列的，本单位看到的也不再是已报送" {
  create_account eastern administrator "$east"
  as reviewer GET "$reports/roster?status=forwarded"
  local correction last
  correction=$(value '.items[0].forwarding.id')
  as reviewer POST "/v1/campaigns/$campaign/forwardings" -d "{\"document_number\": \"苏科协发〔2021〕53号\", \"forwarded_on\": \"$start\",
    \"replaces_id\": \"$correction\", \"without_ids\": [\"$first\", \"$second\"]}"
  status 201
  last=$(value .id)
  roster reviewer "within=$east" '1 东区第二项 nominated，2 东区第一项 nominated'
  roster "$account" '' '1 东区第二项 nominated，2 东区第一项 nominated'
  as "$author" GET "/v1/forwardings/$correction"
  field .replaced_by.document_number 苏科协发〔2021〕53号
  as "$author" GET "/v1/forwardings/$last/items"
  field '.items | length' 0
  as "$westerner" GET "/v1/forwardings/$last/items"
  field '[.items[].content.title] | join("，")' 西区第一项
}
