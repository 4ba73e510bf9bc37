# 活动场地 · The venues of activities: an organization's own, for everybody to read of. Each test stands on the one before.

load library

setup_file() {
  city=$(organization_id 320100)
  hall="{\"organization_id\": \"$city\", \"name\": \"市科技馆报告厅\", \"address\": \"江东中路300号\", \"capacity\": 400}"
  remember city hall
}

setup() { recall; }

@test "报送员新建自己单位的场地，公众也能读到" {
  create submitter /v1/venues "$hall"
  venue=$created
  as public GET "/v1/venues/$venue"
  status 200
  field '.organization.code, .name, .capacity, .status' $'320100\n市科技馆报告厅\n400\nopen'
  field '.allowed_actions | length' 0
  as submitter GET "/v1/venues/$venue"
  field '.allowed_actions[]' close
  remember venue
}

@test "每处错误都指明位置：缺名称、人数为零、没有这个单位、名称已有" {
  as submitter POST /v1/venues -d "$(jq 'del(.name) | .capacity = 0' <<<"$hall")"
  status 422
  finding /name required
  finding /capacity too_small
  as submitter POST /v1/venues -d "$(jq '.organization_id = "00000000-0000-7000-8000-000000000000"' <<<"$hall")"
  status 422
  finding /organization_id unknown
  as submitter POST /v1/venues -d "$hall"
  status 409
  problem already_exists
  finding /name taken
}

@test "别的单位的场地不能建，也不能改" {
  as submitter POST /v1/venues -d "$(jq --arg other "$(organization_id 320500)" '.organization_id = $other' <<<"$hall")"
  status 403
  create_account neighbour submitter "$(organization_id 320500)"
  as "$account" GET "/v1/venues/$venue"
  as "$account" PATCH "/v1/venues/$venue" -H "If-Match: $etag" -d '{"capacity": 1}'
  status 403
  problem role_not_held_here
}

@test "凭版本修改" {
  as submitter GET "/v1/venues/$venue"
  local first=$etag
  as submitter PATCH "/v1/venues/$venue" -H "If-Match: $first" -d '{"capacity": null}'
  status 200
  field '.version, .capacity' $'2\nnull'
  as submitter PATCH "/v1/venues/$venue" -H "If-Match: $first" -d '{"capacity": 380}'
  status 412
  problem version_mismatch
}

@test "列表：按单位、按状态，分页，也是表格" {
  for each in 1 2; do
    create submitter /v1/venues "$(jq --arg name "体育馆$each" '.name = $name' <<<"$hall")"
  done
  same_in_pages public "/v1/venues?organization_id=$city&status=open" .name
  [[ $(wc -l <<<"$found") == 3 ]]
  as public GET "/v1/venues?format=csv"
  status 200
  [[ $(head -n 1 "$response_body") == *,名称,地址,可容纳人数,状态,* ]]
  [[ $(grep -c ',可用,' "$response_body") == 3 ]]
}

@test "停用一次；停用以后才能删除" {
  as submitter GET "/v1/venues/$venue"
  as submitter DELETE "/v1/venues/$venue" -H "If-Match: $etag"
  status 409
  problem not_editable
  as submitter GET "/v1/venues/$venue"
  as submitter POST "/v1/venues/$venue/close" -H "If-Match: $etag"
  status 200
  field '.status, (.allowed_actions | length)' $'closed\n0'
  as submitter POST "/v1/venues/$venue/close" -H "If-Match: $etag" -H 'Accept-Language: zh-CN'
  status 409
  problem transition_not_allowed
  field .current_status closed
  as submitter GET "/v1/venues/$venue"
  as submitter DELETE "/v1/venues/$venue" -H "If-Match: $etag"
  status 204
  as public GET "/v1/venues/$venue"
  status 404
}

@test "每次改动都有审计记录" {
  as administrator GET "/v1/audit?resource=venue"
  status 200
  holds 'any(.items[]; .change == "deleted") and any(.items[]; .change == "created")'
}
