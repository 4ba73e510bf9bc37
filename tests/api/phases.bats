# 阶段 · The phases of a campaign: dates of their own, within the campaign, never overlapping.

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

# phase ORDINAL: its address.
phase() {
  as administrator GET "/v1/campaigns/$campaign/phases"
  address=/v1/phases/$(value ".items[$1 - 1].id")
  as administrator GET "$address"
}

@test "公众按顺序读到各阶段，可以分页" {
  same_in_pages public "/v1/campaigns/$campaign/phases?" .name
  [ "$found" = $'第一阶段\n第二阶段\n第三阶段' ]
  phase 2
  as public GET "$address"
  status 200
  field '.ordinal, .starts_on, .ends_on, .focus' $'2\n2021-05-26\n2021-06-05\nnull'
  header Cache-Control 'public, max-age=60, stale-while-revalidate=300'
}

@test "修改名称和重点；凭版本" {
  phase 1
  local first=$etag
  as administrator PATCH "$address" -H "If-Match: $first" -d '{"focus": "迎接中国科协十大"}'
  status 200
  field '.name, .focus' $'第一阶段\n迎接中国科协十大'
  as administrator PATCH "$address" -H "If-Match: $first" -d '{"focus": null}'
  status 412
  problem version_mismatch
  as administrator PATCH "$address" -H "If-Match: $etag" -d '{"focus": null}'
  status 200
  field .focus null
}

@test "修改日期：不能与别的阶段重叠，不能倒置，不能超出活动" {
  phase 1
  local known=$etag
  as administrator PATCH "$address" -H "If-Match: $known" -d '{"ends_on": "2021-05-26"}'
  status 409
  problem phases_overlap
  as administrator PATCH "$address" -H "If-Match: $known" -d '{"starts_on": "2021-05-26"}'
  status 422
  finding /ends_on before_start
  as administrator PATCH "$address" -H "If-Match: $known" -d '{"starts_on": "2021-05-09"}'
  status 422
  finding /starts_on outside_campaign
  as administrator PATCH "$address" -H "If-Match: $known" -d '{"ends_on": "2021-05-20"}'
  status 200
  as administrator PATCH "$address" -H "If-Match: $etag" -d '{"ends_on": "2021-05-25"}'
  status 200
}

@test "序号不能重复" {
  as administrator POST "/v1/campaigns/$campaign/phases" -d '{"ordinal": 1, "name": "又一个第一", "starts_on": "2021-05-10", "ends_on": "2021-05-10"}'
  status 409
}

@test "删除一个阶段，再建一个" {
  phase 3
  as administrator DELETE "$address"
  status 428
  as administrator GET "$address"
  as administrator DELETE "$address" -H "If-Match: $etag"
  status 204
  as public GET "$address"
  status 404
  add_phase 3 "$start" 27 51 第三阶段
  header Location "/v1/phases/$created"
}

@test "只有管理员能改；未登录是 401" {
  phase 1
  as public PATCH "$address" -H "If-Match: $etag" -d '{"focus": "越权"}'
  status 401
  local who
  for who in nanjing reviewer observer; do
    as "$who" PATCH "$address" -H 'If-Match: "1-0000000000000000"' -d '{"focus": "越权"}'
    status 403
    problem forbidden
    as "$who" DELETE "$address" -H 'If-Match: "1-0000000000000000"'
    status 403
  done
}

@test "不存在的活动和阶段" {
  as administrator POST /v1/campaigns/no-such-campaign/phases -d '{"ordinal": 1, "name": "无", "starts_on": "2021-05-10", "ends_on": "2021-05-10"}'
  status 404
  as administrator PATCH /v1/phases/0196b1d4-7c00-7000-8000-00000000dead -H 'If-Match: "1-0000000000000000"' -d '{"name": "无"}'
  status 404
}
