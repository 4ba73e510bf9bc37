# 应报事项 · What each recipient owes, by when, and how it is judged.

load library
load campaign

# A campaign of 2021, taken late: one district has handed in everything, one a highlight, a society nothing.
setup_file() {
  start=2021-05-10
  draft_campaign "$start" '{"minimum_highlights": 2, "notice_receipt_due_on": "2021-05-11"}'
  create_city && city=$created
  create_district "$city" 东区科学技术协会 && east=$created
  create_district "$city" 西区科学技术协会 && west=$created
  create administrator /v1/organizations \
    "{\"code\": \"$(unique society)\", \"kind\": \"society\", \"name\": \"省天文学会\", \"parent_id\": \"$(organization_id jiangsu)\"}"
  society=$created
  add_recipients "$east" "$west" "$society"
  open_campaign
  create_account author submitter "$east" submitter "$west"
  author=$account
  local each
  create_plan "$author" "$east"
  act "$author" "/v1/plans/$created" submit
  for each in 1 2 3; do
    create_activity "$author" "$east" highlight "{\"title\": \"东区第${each}项\"}"
    act "$author" "/v1/activities/$created" submit
  done
  create_activity "$author" "$west" highlight '{"title": "西区的一项"}'
  act "$author" "/v1/activities/$created" submit
  remember start campaign city east west society author
}

setup() { recall; }

@test "列表按截止时刻，可以分页" {
  same_in_pages reviewer "/v1/campaigns/$campaign/obligations?" '"\(.due_at) \(.id)"'
  [ "$(wc -l <<<"$found")" = 13 ]
  [ "$found" = "$(LC_ALL=C sort <<<"$found")" ]
}

@test "按单位、类别、判定、单位类别、所属单位筛选" {
  as reviewer GET "/v1/campaigns/$campaign/obligations?organization_id=$society"
  field '[.items[] | "\(.kind) \(.verdict)"] | sort | join("，")' 'highlights overdue，notice_receipt overdue，plan overdue'
  as reviewer GET "/v1/campaigns/$campaign/obligations?kind=plan,highlights&count=exact"
  field '.total_count, ([.items[].kind] | unique | join(" "))' $'6\nhighlights plan'
  as reviewer GET "/v1/campaigns/$campaign/obligations?verdict=late"
  field '[.items[] | "\(.organization.name) \(.kind)"] | sort | join("，")' '东区科学技术协会 highlights，东区科学技术协会 plan'
  as reviewer GET "/v1/campaigns/$campaign/obligations?verdict=overdue&kind=highlights"
  field '[.items[].organization.id] | sort == (["'"$west"'", "'"$society"'"] | sort)' true
  as reviewer GET "/v1/campaigns/$campaign/obligations?organization_kind=society&count=exact"
  field .total_count 3
  as reviewer GET "/v1/campaigns/$campaign/obligations?within=$city&kind=plan"
  field '[.items[].organization.name] | sort | join(" ")' '东区科学技术协会 西区科学技术协会'
  as reviewer GET "/v1/campaigns/$campaign/obligations?is_accepted=true&count=exact"
  field '.total_count, [.items[] | select(.is_accepted | not)] == []' $'0\ntrue'
  as reviewer GET "/v1/campaigns/$campaign/obligations?is_accepted=false&kind=plan&count=exact"
  field .total_count 3
  as reviewer GET "/v1/campaigns/$campaign/obligations?verdict=never"
  status 400
  finding verdict not_allowed_value
}

@test "亮点活动：已报几项、应报几项、多报几项；各欠一份总结报告" {
  as reviewer GET "/v1/campaigns/$campaign/obligations?organization_id=$east&kind=highlights"
  field '.items[0] | "\(.submitted)/\(.required) \(.surplus) \(.verdict)"' '3/2 1 late'
  as reviewer GET "/v1/campaigns/$campaign/obligations?organization_id=$west&kind=highlights,summary_report"
  field '.items[] | select(.kind == "highlights") | "\(.submitted)/\(.required) \(.surplus) \(.verdict) \(.received_at)"' '1/2 0 overdue null'
  field '.items[] | select(.kind == "summary_report") | .activity.title, .due_on' $'西区的一项\n2021-06-30'
}

@test "一项应报事项：原定和实际的截止时刻、当地日期和时区" {
  as "$author" GET "/v1/campaigns/$campaign/obligations?organization_id=$east&kind=plan"
  as "$author" GET "/v1/obligations/$(value '.items[0].id')"
  status 200
  field '.due_at, .due_on, .effective_due_at, .effective_due_on, .time_zone' \
    $'2021-05-12T16:00:00Z\n2021-05-12\n2021-05-12T16:00:00Z\n2021-05-12\nAsia/Shanghai'
  field '.required, .submitted, .waived_at, .original_verdict' $'1\nnull\nnull\nlate'
}

@test "撤回亮点活动，总结报告不再欠；再报又欠" {
  create_activity "$author" "$west" highlight '{"title": "先报后撤"}'
  act "$author" "/v1/activities/$created" submit
  local owed="/v1/campaigns/$campaign/obligations?organization_id=$west&kind=summary_report&count=exact"
  as reviewer GET "$owed"
  field .total_count 2
  act "$author" "/v1/activities/$created" withdraw
  as reviewer GET "$owed"
  field .total_count 1
}

@test "只是报送员的，列表里就是自己的；兼为审核员的，还有下属单位的" {
  as "$author" GET "/v1/campaigns/$campaign/obligations?kind=plan&count=exact"
  field '.total_count, ([.items[].organization.id] | sort == (["'"$east"'", "'"$west"'"] | sort))' $'2\ntrue'
  as "$author" GET "/v1/campaigns/$campaign/recipients?count=exact"
  field .total_count 2
  as "$author" GET "/v1/campaigns/$campaign/plans?count=exact"
  field .total_count 1
  create_account both submitter "$society" reviewer "$city"
  as "$account" GET "/v1/campaigns/$campaign/obligations?kind=plan&count=exact"
  field .total_count 3
  as "$account" GET "/v1/campaigns/$campaign/recipients?count=exact"
  field .total_count 3
}

@test "各人只看得到自己的；公众须登录" {
  as nanjing GET "/v1/campaigns/$campaign/obligations"
  field '.items | length' 0
  as reviewer GET "/v1/campaigns/$campaign/obligations?organization_id=$society"
  local one
  one=/v1/obligations/$(value '.items[0].id')
  as "$author" GET "$one"
  status 404
  as observer GET "$one"
  status 200
  as zhejiang GET "$one"
  status 404
  as public GET "$one"
  status 401
  as public GET "/v1/campaigns/$campaign/obligations"
  status 401
}
