# 报送 · What was submitted, frozen: each submitting and resubmitting adds one.

load library
load campaign

# A plan and a highlight of one district, each handed in, withdrawn, handed in, returned, corrected and handed in.
setup_file() {
  start=$(today)
  draft_campaign "$start"
  create_city && city=$created
  add_recipients "$city"
  open_campaign
  create_account author submitter "$city"
  author=$account
  create_plan "$author" "$city" && plan=/v1/plans/$created
  create_activity "$author" "$city" highlight && highlight=/v1/activities/$created
  local each
  for each in "$plan" "$highlight"; do
    act "$author" "$each" submit
    act "$author" "$each" withdraw
    act "$author" "$each" submit
    act reviewer "$each" return '{"comment": "标题请写得具体些。"}'
    as "$author" GET "$each"
    as "$author" PATCH "$each" -H "If-Match: $etag" -d '{"title": "更具体的标题"}'
    act "$author" "$each" submit
  done
  remember start campaign city author plan highlight
}

setup() { recall; }

@test "历次报送按先后，可以分页" {
  local each
  for each in "$plan" "$highlight"; do
    same_in_pages "$author" "$each/submissions?" .number
    [ "$found" = $'1\n2\n3' ]
  done
}

@test "谁、何时报送，何时撤回，是否逾期" {
  as reviewer GET "$plan/submissions"
  status 200
  field '[.items[] | .withdrawn_at != null] | join(" ")' 'true false false'
  field '[.items[].submitted_by.name] | unique | join(" ")' 测试用户
  holds 'all(.items[]; (.is_late | not) and .late_by_seconds == 0)'
  field '.items[0].due_at' "$(later "$start" 2)T16:00:00Z"
  holds '.items[2].due_at == null'
}

@test "内容相同则摘要相同，改了就不同" {
  local each
  for each in "$plan" "$highlight"; do
    as "$author" GET "$each/submissions"
    holds '.items[0].digest == .items[1].digest and .items[1].digest != .items[2].digest'
    holds 'all(.items[]; .digest | test("^[0-9a-f]{64}$"))'
  done
}

@test "报过的内容不再变化：后来改过，先前报的仍是原样" {
  as "$author" GET "$highlight/submissions"
  local first last
  first=$(value '.items[0].id') last=$(value '.items[2].id')
  as "$author" GET "/v1/submissions/$first"
  status 200
  field '.number, .content.title' $'1\n科学家精神报告团走进紫金山'
  field '.content | .contact.mobile, .proposal.theme, .targets[0].planned' $'13800000000\n仰望星空，自立自强\n3'
  field '.organization.id, .campaign_code' "$city"$'\n'"$campaign"
  as "$author" GET "/v1/submissions/$last"
  field '.content.title' 更具体的标题
  as "$author" GET "$plan/submissions"
  as "$author" GET "/v1/submissions/$(value '.items[0].id')"
  field '.content | keys | join(" ")' 'text title'
}

@test "样表的每一项都在报送内容里" {
  as "$author" GET "$highlight/submissions"
  as "$author" GET "/v1/submissions/$(value '.items[0].id')"
  field '.content | keys | join(" ")' \
    'audience_other audiences contact ends_on expected_participants host_name is_online location mailing_address module_other modules online_url organizer_name partner_ids proposal responsible_ids scale_note starts_on targets time_note title'
}

@test "那里没有角色的人看不到" {
  as "$author" GET "$highlight/submissions"
  local one
  one=/v1/submissions/$(value '.items[0].id')
  local who
  for who in suzhou zhejiang; do
    as "$who" GET "$one"
    status 404
    as "$who" GET "$highlight/submissions"
    status 404
    as "$who" GET "$plan/submissions"
    status 404
  done
  for who in observer administrator; do
    as "$who" GET "$one"
    status 200
  done
  as public GET "$one"
  status 401
  as public GET "$plan/submissions"
  status 401
}

@test "报送不能修改，也不能删除" {
  as "$author" GET "$highlight/submissions"
  local one
  one=/v1/submissions/$(value '.items[0].id')
  as "$author" PATCH "$one" -H 'If-Match: "1-0000000000000000"' -d '{"content": {}}'
  status 405
  header Allow 'GET, HEAD, OPTIONS'
  as administrator DELETE "$one" -H 'If-Match: "1-0000000000000000"'
  status 405
}
