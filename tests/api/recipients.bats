# 主送单位 · The organizations that a notice goes to: chosen by kind, by branch, and one by one.

load library
load campaign

# A city with two districts and a society, all of them new; Nanjing beside them.
setup_file() {
  draft_campaign "$(today)"
  create_city && city=$created
  create_district "$city" 东区科学技术协会 && east=$created
  create_district "$city" 西区科学技术协会 && west=$created
  create administrator /v1/organizations \
    "{\"code\": \"$(unique society)\", \"kind\": \"society\", \"name\": \"市天文学会\", \"parent_id\": \"$city\"}"
  society=$created
  nanjing=$(organization_id 320100)
  add_recipients "$nanjing" "$city" "$east" "$west" "$society"
  open_campaign
  remember campaign city east west society nanjing
}

setup() { recall; }

# recipient ORGANIZATION_ID: its address, and its etag.
recipient() {
  as administrator GET "/v1/campaigns/$campaign/recipients?limit=100"
  address=/v1/recipients/$(value ".items[] | select(.organization.id == \"$1\") | .id")
  as administrator GET "$address"
}

@test "列表按单位的正式顺序，可以分页，可按类别和所属单位" {
  same_in_pages administrator "/v1/campaigns/$campaign/recipients?" .organization.name
  [ "$(wc -l <<<"$found")" = 5 ]
  as reviewer GET "/v1/campaigns/$campaign/recipients?organization_kind=district_association,society"
  field '[.items[].organization_kind] | sort | join(" ")' 'district_association district_association society'
  as observer GET "/v1/campaigns/$campaign/recipients?within=$city&count=exact"
  field .total_count 4
  as observer GET "/v1/campaigns/$campaign/recipients?within=$east"
  field '[.items[].organization.id] | join(" ")' "$east"
}

@test "报送员只看得到自己的单位，公众须登录" {
  as nanjing GET "/v1/campaigns/$campaign/recipients"
  field '[.items[].organization.name] | join(" ")' 南京市科学技术协会
  recipient "$east"
  field .organization.name 东区科学技术协会
  as nanjing GET "$address"
  status 404
  as public GET "$address"
  status 401
  as zhejiang GET "/v1/campaigns/$campaign/recipients"
  field '.items | length' 0
}

@test "按类别选定：只要在用的；可以限于某一单位之下；重复选定不重复" {
  draft_campaign "$(today)"
  create_district "$city" 停用区科学技术协会
  as administrator PATCH "/v1/organizations/$created" -H "If-Match: $etag" -d '{"is_active": false}'
  status 200
  as administrator POST "/v1/campaigns/$campaign/recipients/select" -d "{\"kinds\": [\"district_association\", \"society\"], \"within\": \"$city\"}"
  status 200
  field '.code, .recipient_count' "$campaign"$'\n3'
  add_recipients "$city"
  as administrator POST "/v1/campaigns/$campaign/recipients/select" -d "{\"kinds\": [\"city_association\", \"society\"], \"within\": \"$city\"}"
  status 200
  field .recipient_count 4
  as administrator POST "/v1/campaigns/$campaign/recipients/select" -d '{"kinds": ["society"], "within": "0196b1d4-7c00-7000-8000-00000000dead"}'
  status 422
  finding /within unknown
  as administrator POST /v1/campaigns/no-such/recipients/select -d '{"kinds": ["society"], "within": "0196b1d4-7c00-7000-8000-00000000dead"}'
  status 404
  as administrator POST "/v1/campaigns/$campaign/recipients/select" -d '{"kinds": []}'
  status 422
  finding /kinds too_few_items
  as administrator POST "/v1/campaigns/$campaign/recipients/select" -d '{"kinds": ["club"]}'
  status 422
  finding /kinds/0 not_allowed_value
}

@test "参与单位没有报送任务，不能列入" {
  as administrator POST "/v1/campaigns/$campaign/recipients" -d "{\"organization_id\": \"$(organization_id partner-science)\"}"
  status 422
  finding /organization_id partner_owes_nothing
  as administrator POST "/v1/campaigns/$campaign/recipients/select" -d '{"kinds": ["society", "partner"]}'
  status 422
  finding /kinds/1 not_allowed_value
}

@test "不存在的单位、发文单位自己" {
  as administrator POST "/v1/campaigns/$campaign/recipients" -d '{"organization_id": "0196b1d4-7c00-7000-8000-00000000dead"}'
  status 422
  finding /organization_id unknown
  as administrator POST "/v1/campaigns/$campaign/recipients" -d "{\"organization_id\": \"$(organization_id jiangsu)\"}"
  status 422
  finding /organization_id not_below_issuer
}

@test "没有报送过的可以移除，所欠的一并取消；报送过的不能" {
  recipient "$west"
  as administrator DELETE "$address" -H "If-Match: $etag"
  status 204
  as administrator GET "$address"
  status 404
  as administrator GET "/v1/campaigns/$campaign/obligations?organization_id=$west"
  field '.items | length' 0
  add_recipients "$west"
  as administrator GET "/v1/campaigns/$campaign/obligations?organization_id=$west&count=exact"
  field .total_count 2

  create_account east submitter "$east"
  create_plan "$account" "$east"
  act "$account" "/v1/plans/$created" submit
  recipient "$east"
  as administrator DELETE "$address" -H "If-Match: $etag"
  status 409
  problem recipient_has_submitted
}

@test "只有管理员能定主送单位" {
  recipient "$society"
  local who
  for who in nanjing reviewer observer; do
    as "$who" POST "/v1/campaigns/$campaign/recipients" -d "{\"organization_id\": \"$society\"}"
    status 403
    problem forbidden
    as "$who" POST "/v1/campaigns/$campaign/recipients/select" -d '{"kinds": ["society"]}'
    status 403
    problem forbidden
    as "$who" DELETE "$address" -H 'If-Match: "1-0000000000000000"'
    status 403
    problem forbidden
  done
}
