# 模块 · The modules of a campaign; activities name them by their codes, which therefore stay.

load library
load campaign

setup_file() {
  start=2021-05-10
  draft_campaign "$start"
  add_recipients "$(organization_id 320100)"
  open_campaign
  remember start campaign
}

setup() { recall; }

# module CODE: its address.
module() {
  as administrator GET "/v1/campaigns/$campaign/modules"
  address=/v1/modules/$(value ".items[] | select(.code == \"$1\") | .id")
  as administrator GET "$address"
}

@test "公众按顺序读到各模块，可以分页" {
  same_in_pages public "/v1/campaigns/$campaign/modules?" .code
  [ "$found" = $'unity\nhome\nservice\nopenness\nrecognition' ]
  module home
  as public GET "$address"
  status 200
  field '.ordinal, .name' $'2\n建家办事'
}

@test "修改名称、重点和序号，代码不变" {
  module home
  as administrator PATCH "$address" -H "If-Match: $etag" -d '{"focus": "建设“科技工作者之家”", "ordinal": 9}'
  status 200
  field '.ordinal, .code, .focus' $'9\nhome\n建设“科技工作者之家”'
  as administrator PATCH "$address" -H "If-Match: $etag" -d '{"ordinal": 1}'
  status 409
  problem already_exists
  finding /ordinal taken
  module home
  as administrator PATCH "$address" -H "If-Match: $etag" -d '{"code": "house"}'
  status 422
  finding /code unknown_field
  module home
  as administrator PATCH "$address" -H "If-Match: $etag" -d '{"ordinal": 2}'
  status 200
}

@test "活动用到的模块不能删除，没有用到的可以" {
  create_activity nanjing "$(organization_id 320100)" highlight '{"modules": ["recognition"]}'
  module recognition
  as administrator DELETE "$address" -H "If-Match: $etag"
  status 409
  problem in_use

  add_module 10 festival 节庆
  header Location "/v1/modules/$created"
  as administrator DELETE "/v1/modules/$created" -H "If-Match: $etag"
  status 204
  as public GET "/v1/modules/$created"
  status 404
}

@test "只有管理员能改" {
  module unity
  as public DELETE "$address" -H "If-Match: $etag"
  status 401
  local who
  for who in nanjing reviewer observer; do
    as "$who" POST "/v1/campaigns/$campaign/modules" -d '{"ordinal": 11, "code": "mine", "name": "越权"}'
    status 403
    problem forbidden
    as "$who" PATCH "$address" -H 'If-Match: "1-0000000000000000"' -d '{"name": "越权"}'
    status 403
    problem forbidden
  done
}

@test "结束了的活动，模块和阶段不再改" {
  draft_campaign "$start"
  add_recipients "$(organization_id 320100)"
  open_campaign && close_campaign
  module unity
  local known=$etag
  as administrator PATCH "$address" -H "If-Match: $known" -d '{"name": "改名"}'
  status 409
  problem campaign_closed
  as administrator DELETE "$address" -H "If-Match: $known"
  status 409
  as administrator POST "/v1/campaigns/$campaign/modules" -d '{"ordinal": 6, "code": "late", "name": "迟到"}'
  status 409
  problem campaign_closed
}

@test "none 不是模块代码：筛选时它指没有模块的活动" {
  as administrator POST "/v1/campaigns/$campaign/modules" -d '{"ordinal": 20, "code": "none", "name": "无"}'
  status 422
  finding /code pattern_mismatch
}
