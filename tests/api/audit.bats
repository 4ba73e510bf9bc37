# 审计记录 · Every change, by whom, from where, and what it was before.

load library
load campaign
load service

setup_file() {
  create_city && city=$created
  create_district "$city" 东区科学技术协会 && east=$created
  create_account city_administrator administrator "$city" && above=$account
  create_account east_administrator administrator "$east" && below=$account
  as "$below" PATCH "/v1/organizations/$east" -H "If-Match: \"1-0\"" -H 'X-Request-Id: audit-rename' -d '{"short_name": "东区科协"}'
  status 200
  remember city east above below
}

setup() { recall; }

teardown_file() { serve_no_more; }

@test "修改前后的字段、操作人、操作、来源和请求编号" {
  as "$below" GET "/v1/audit?resource=organization&resource_id=$east&change=updated"
  status 200
  field '.items | length' 1
  field '.items[0] | .before, .after | tojson' $'{"short_name":null}\n{"short_name":"东区科协"}'
  field '.items[0] | .operation, .address_class, .request_id, .change' $'patch_organization\nloopback\naudit-rename\nupdated'
  field '.items[0].changed_by.name' 测试用户
  as "$below" GET '/v1/audit?request=audit-rename'
  holds '[.items[].resource] | index("organization") != null'
}

@test "本单位及上级的管理员可查，旁人不可查" {
  as "$above" GET "/v1/audit?within=$city&resource_id=$east&operation_id=patch_organization"
  field '.items | length' 1
  as "$above" GET "/v1/audit?organization_id=$city&resource_id=$east"
  field '.items | length' 0
  create_city
  create_account stranger administrator "$created"
  as "$account" GET "/v1/audit?resource_id=$east"
  field '.items | length' 0
  local who
  for who in nanjing reviewer observer; do
    as "$who" GET /v1/audit
    status 403
  done
  as public GET /v1/audit
  status 401
}

@test "账号的新建和改密码有记录，密码本身没有" {
  create_account newcomer submitter "$east"
  local id=$created
  as "$below" GET "/v1/audit?resource=account&resource_id=$id"
  field '[.items[] | .change + (.redacted | tojson)] | sort | join(" ")' 'created[] updated["password_hash"]'
  holds '.items | tostring | test("argon2") | not'
  field '.items[] | select(.change == "created") | .after.username' "$account"
  as "$below" GET "/v1/audit?resource=membership&resource_id=$id"
  field '.items[0].after.role' submitter
}

@test "可按操作人和时间筛选，分页不重不漏，最近的在前" {
  local id
  id=$(as "$below" GET /v1/me && value .id)
  as "$below" GET "/v1/audit?changed_by=$id"
  field '.items | length' 1
  as "$above" GET "/v1/audit?within=$city&changed_at_lt=2000-01-01T00:00:00Z"
  field '.items | length' 0
  same_in_pages "$above" "/v1/audit?within=$city&changed_at_gte=2000-01-01T00:00:00Z" '.id'
  as "$above" GET "/v1/audit?within=$city&limit=100"
  holds '[.items[].changed_at] | . == (sort | reverse)'
}

@test "来源是地址段：经可信的代理而来的，是代理所报的，不可信的所报的不算" {
  as administrator POST /v1/organizations -H 'X-Forwarded-For: 203.0.113.77' \
    -d "{\"code\": \"$(unique society)\", \"kind\": \"society\", \"name\": \"江苏省测试学会\", \"parent_id\": \"$city\"}"
  status 201
  as administrator GET "/v1/audit?resource=organization&resource_id=$(value .id)"
  field '.items[0].address_class' loopback
  serve SCIDAY_TRUSTED_PROXIES=127.0.0.1
  local address
  for address in '203.0.113.77 203.0.113.0/24' '10.1.2.3 private' '2001:db8:1:2::3 2001:db8:1::/48'; do
    as administrator POST /v1/organizations -H "X-Forwarded-For: 198.51.100.1, ${address% *}" \
      -d "{\"code\": \"$(unique society)\", \"kind\": \"society\", \"name\": \"江苏省测试学会\", \"parent_id\": \"$city\"}"
    status 201
    as administrator GET "/v1/audit?resource=organization&resource_id=$(value .id)"
    field '.items[0].address_class' "${address#* }"
  done
  serve_no_more
}

@test "没有修改的请求不留记录，被拒绝的修改也不留" {
  as "$below" GET "/v1/organizations/$east"
  as "$below" PATCH "/v1/organizations/$east" -H "If-Match: $etag" -H 'X-Request-Id: audit-same' -d '{"short_name": "东区科协"}'
  as "$below" PATCH "/v1/organizations/$east" -H "If-Match: \"1-0\"" -H 'X-Request-Id: audit-refused' -d '{"short_name": "东"}'
  status 412
  as "$below" GET '/v1/audit?request=audit-same'
  field '.items | length' 0
  as "$below" GET '/v1/audit?request=audit-refused'
  field '.items | length' 0
}

@test "记录不可修改：没有这样的操作" {
  as administrator DELETE /v1/audit
  status 405
  header Allow 'GET, HEAD, OPTIONS'
}
