# 单位 · Organizations: reading, searching and paging by anyone; changing by the administrators above them.
# It is also where what every operation shares is tried: conditions, methods, languages, bad input.

load library

setup() {
  jiangsu=$(organization_id jiangsu)
  nanjing=$(organization_id 320100)
}

# A new organization below Jiangsu that nothing refers to: $created, $etag.
create_organization() {
  create administrator /v1/organizations \
    "{\"code\": \"$(unique society)\", \"kind\": \"society\", \"name\": \"${1:-江苏省测试学会}\", \"parent_id\": \"$jiangsu\"}"
}

# ---- Reading --------------------------------------------------------------------------------

@test "公众可以按代码找到单位，并读到它的全文" {
  as public GET '/v1/organizations?code=320100'
  status 200
  field '.items | length' 1
  field '.items[0].name' 南京市科学技术协会
  field .next_cursor null

  as public GET "/v1/organizations/$nanjing"
  status 200
  header Content-Type application/json
  field .code 320100
  field .kind city_association
  field .parent.code jiangsu
  holds '.version >= 1'
  header Cache-Control 'public, max-age=60, stale-while-revalidate=300'
}

@test "邮寄地址对公众隐去，并在 redacted 中列明" {
  as administrator GET "/v1/organizations/$nanjing"
  as administrator PATCH "/v1/organizations/$nanjing" -H "If-Match: $etag" -d '{"mailing_address": "南京市玄武区北京东路41号"}'
  status 200
  field .mailing_address 南京市玄武区北京东路41号
  field '.redacted | length' 0
  header Cache-Control 'private, no-cache'

  as public GET "/v1/organizations/$nanjing"
  field .mailing_address null
  field '.redacted | join(",")' mailing_address
}

@test "两个汉字即可检索" {
  as public GET "/v1/organizations?q=$(encode 南京)"
  status 200
  holds '[.items[].name] | index("南京市科学技术协会") != null'
  holds 'all(.items[]; (.name + (.short_name // "")) | contains("南京"))'
}

@test "一个汉字不足以检索" {
  as public GET "/v1/organizations?q=$(encode 南)"
  status 400
  problem invalid_parameter
  finding q too_short
}

@test "within 列出单位本身及其下级，不列旁支" {
  as public GET "/v1/organizations?within=$jiangsu&limit=100"
  status 200
  holds '[.items[].code] | index("jiangsu") != null and index("320100") != null'
  holds '[.items[].code] | index("zhejiang") == null and index("partner-science") == null'

  as public GET "/v1/organizations?within=$nanjing&limit=100"
  field '.items[0].code' 320100
  holds '[.items[].code] | index("jiangsu") == null and index("320500") == null'
}

@test "kind 可以多选" {
  as public GET '/v1/organizations?kind=department,affiliated_institution&limit=100'
  status 200
  field '[.items[].kind] | unique | join(",")' affiliated_institution,department
}

@test "is_active 区分在用的和停用的" {
  create_organization
  local code
  code=$(value .code)
  as administrator PATCH "/v1/organizations/$created" -H "If-Match: $etag" -d '{"is_active": false}'
  status 200
  as public GET "/v1/organizations?code=$code&is_active=false"
  field '[.items[].id] | join(" ")' "$created"
  as public GET "/v1/organizations?code=$code&is_active=true"
  field '.items | length' 0
}

@test "没有这样的单位是 404" {
  as public GET /v1/organizations/0196b1d4-7c00-7000-8000-00000000dead
  status 404
  problem not_found
  as public GET /v1/organizations/not-an-id
  status 404
  problem not_found
}

# ---- Pages ----------------------------------------------------------------------------------

@test "按页取完的，与一次取完的相同，没有重复也没有遗漏" {
  same_in_pages public "/v1/organizations?within=$jiangsu" .code 3
}

@test "两个方向的排序互为倒序" {
  local up down
  up=$(all_pages public "/v1/organizations?within=$jiangsu&limit=7&sort=code" '.items[].code')
  down=$(all_pages public "/v1/organizations?within=$jiangsu&limit=7&sort=-code" '.items[].code')
  [ "$up" = "$(LC_ALL=C sort <<<"$up")" ]
  [ "$down" = "$(tac <<<"$up")" ]
}

@test "Link 给出第一页和下一页" {
  as public GET "/v1/organizations?within=$jiangsu&limit=2"
  [[ $(header_value Link) == *'rel="next"'* && $(header_value Link) == *'rel="first"'* ]]

  local next
  next=$(header_value Link | sed -n 's/^<\([^>]*\)>; rel="next".*/\1/p')
  as public GET "$next"
  status 200
  field '.items | length' 2
}

@test "游标不能用于别的筛选、别的排序，也不能自造" {
  as public GET "/v1/organizations?within=$jiangsu&limit=2"
  local cursor
  cursor=$(value .next_cursor)
  as public GET "/v1/organizations?within=$jiangsu&limit=2&sort=code&cursor=$cursor"
  status 400
  problem invalid_cursor
  as public GET "/v1/organizations?limit=2&cursor=$cursor"
  status 400
  problem invalid_cursor
  as public GET '/v1/organizations?cursor=bm90LW91cnM'
  status 400
  problem invalid_cursor
}

# ---- Conditions -----------------------------------------------------------------------------

@test "内容未变时，If-None-Match 得到 304，没有正文" {
  as public GET "/v1/organizations/$nanjing"
  local before=$etag
  as public GET "/v1/organizations/$nanjing" -H "If-None-Match: $before"
  status 304
  header ETag "$before"
  [ ! -s "$response_body" ]
}

@test "修改须有 If-Match：没有是 428，不成样子是 400，过时是 412 并给出现在的 ETag" {
  create_organization
  local path=/v1/organizations/$created first=$etag

  as administrator PATCH "$path" -d '{"short_name": "甲"}'
  status 428
  problem if_match_required

  as administrator PATCH "$path" -H 'If-Match: 1' -d '{"short_name": "甲"}'
  status 400
  problem invalid_if_match

  as administrator PATCH "$path" -H "If-Match: $first" -d '{"short_name": "甲"}'
  status 200
  field .short_name 甲
  field .version 2
  local second=$etag

  as administrator PATCH "$path" -H "If-Match: $first" -d '{"short_name": "乙"}'
  status 412
  problem version_mismatch
  [ "${etag%-*}" = "${second%-*}" ]

  as public GET "$path"
  field .short_name 甲

  as administrator DELETE "$path" -H "If-Match: $first"
  status 412
  [ "${etag%-*}" = "${second%-*}" ]
  as administrator DELETE "$path" -H "If-Match: $second"
  status 204
  as public GET "$path"
  status 404
}

# ---- Changing -------------------------------------------------------------------------------

@test "新建单位：201，附 Location 和 ETag，读到的与答复相同" {
  create_organization
  header Location "/v1/organizations/$created"
  [[ $etag == '"1-'* ]]
  local answer
  answer=$(value 'del(.redacted)')
  as administrator GET "/v1/organizations/$created"
  [ "$(value 'del(.redacted)')" = "$answer" ]
}

@test "同一 Idempotency-Key 重发，只建一个" {
  local key body first
  key=$(unique key)
  body="{\"code\": \"$(unique society)\", \"kind\": \"society\", \"name\": \"江苏省重发学会\", \"parent_id\": \"$jiangsu\"}"
  as administrator POST /v1/organizations -H "Idempotency-Key: $key" -d "$body"
  status 201
  first=$(value .id)
  no_header Idempotency-Replayed
  as administrator POST /v1/organizations -H "Idempotency-Key: $key" -d "$body"
  status 201
  field .id "$first"
  header Idempotency-Replayed true
  header Location "/v1/organizations/$first"
  as administrator POST /v1/organizations -H "Idempotency-Key: $key" -d "${body/重发/另一}"
  status 422
  problem idempotency_key_reused
}

@test "代码重复是 409，指明字段" {
  as administrator POST /v1/organizations -d "{\"code\": \"320100\", \"kind\": \"society\", \"name\": \"重复\", \"parent_id\": \"$jiangsu\"}"
  status 409
  problem already_exists
  finding /code taken
}

@test "所有不合要求的字段一次列出" {
  as administrator POST /v1/organizations -d '{"code": "No Spaces", "kind": "club", "ordinal": -1, "colour": "red"}'
  status 422
  problem validation_failed
  finding /code pattern_mismatch
  finding /kind not_allowed_value
  finding /ordinal too_small
  finding /colour unknown_field
  finding /name required
}

@test "合并修补：null 清空，未写的不变" {
  create_organization
  as administrator PATCH "/v1/organizations/$created" -H "If-Match: $etag" -d '{"short_name": "测试学会", "mailing_address": "南京市"}'
  status 200
  as administrator PATCH "/v1/organizations/$created" -H "If-Match: $etag" -d '{"short_name": null}'
  status 200
  field .short_name null
  field .mailing_address 南京市
}

@test "不能把单位移到它自己的下级之下" {
  create_organization 江苏省上级学会
  local upper=$created upper_etag=$etag
  create administrator /v1/organizations \
    "{\"code\": \"$(unique society)\", \"kind\": \"society\", \"name\": \"江苏省下级学会\", \"parent_id\": \"$upper\"}"
  as administrator PATCH "/v1/organizations/$upper" -H "If-Match: $upper_etag" -d "{\"parent_id\": \"$created\"}"
  status 409
  problem organization_cycle
}

@test "有下级的单位不能删除" {
  as administrator GET "/v1/organizations/$jiangsu"
  as administrator DELETE "/v1/organizations/$jiangsu" -H "If-Match: $etag"
  status 409
  problem in_use
}

@test "没有 PATCH 的客户端用 X-HTTP-Method-Override" {
  create_organization
  as administrator POST "/v1/organizations/$created" -H 'X-HTTP-Method-Override: PATCH' -H "If-Match: $etag" -d '{"short_name": "小程序"}'
  status 200
  field .short_name 小程序
}

# ---- Who may --------------------------------------------------------------------------------

@test "公众须先登录，报送员和审核员无权" {
  local body="{\"code\": \"nowhere\", \"kind\": \"society\", \"name\": \"无权\", \"parent_id\": \"$jiangsu\"}"
  as public POST /v1/organizations -d "$body"
  status 401
  problem unauthenticated
  [[ $(header_value WWW-Authenticate) == Bearer* && $(header_value WWW-Authenticate) != *error* ]]
  local who
  for who in nanjing reviewer observer; do
    as "$who" POST /v1/organizations -d "$body"
    status 403
    problem forbidden
  done
}

@test "管理员管不到别省的单位" {
  local zhejiang
  zhejiang=$(organization_id zhejiang)
  as administrator GET "/v1/organizations/$zhejiang"
  as administrator PATCH "/v1/organizations/$zhejiang" -H "If-Match: $etag" -d '{"short_name": "浙"}'
  status 403
  as administrator POST /v1/organizations -d "{\"code\": \"$(unique city)\", \"kind\": \"city_association\", \"name\": \"越界\", \"parent_id\": \"$zhejiang\"}"
  status 403
}

# ---- Methods --------------------------------------------------------------------------------

@test "HEAD 与 GET 的首部相同，没有正文" {
  as public GET "/v1/organizations/$nanjing"
  local got=$etag
  as public HEAD "/v1/organizations/$nanjing"
  status 200
  header ETag "$got"
  header Content-Type application/json
}

@test "OPTIONS 列出方法，不支持的方法是 405 并附 Allow" {
  as public OPTIONS "/v1/organizations/$nanjing"
  status 204
  [[ $(header_value Allow) == *GET* && $(header_value Allow) == *PATCH* && $(header_value Allow) == *OPTIONS* ]]
  as public PUT "/v1/organizations/$nanjing" -d '{}'
  status 405
  problem method_not_allowed
  [[ $(header_value Allow) == *DELETE* ]]
  as public GET /v1/organisations
  status 404
  problem not_found
}

@test "问题的文字有中文和英文，代码不变" {
  as public GET /v1/organizations/0196b1d4-7c00-7000-8000-00000000dead
  header Content-Language zh-CN
  field .title 未找到
  as public GET /v1/organizations/0196b1d4-7c00-7000-8000-00000000dead -H 'Accept-Language: en-GB, zh;q=0.5'
  header Content-Language en
  field .title 'Not found'
  field .code not_found
  [[ $(header_value Vary) == *Accept-Language* ]]
}

@test "请求编号：合规的沿用，否则另编" {
  as public GET /v1/organizations/0196b1d4-7c00-7000-8000-00000000dead -H 'X-Request-Id: tour-2021.05'
  header X-Request-Id tour-2021.05
  field .request_id tour-2021.05
  as public GET "/v1/organizations/$nanjing" -H 'X-Request-Id: a b"c'
  [[ $(header_value X-Request-Id) != *'"'* && -n $(header_value X-Request-Id) ]]
}

# ---- Bad input ------------------------------------------------------------------------------

@test "参数：未知、重复、取值有误、编码有误，都是 400" {
  as public GET '/v1/organizations?colour=red'
  status 400
  problem invalid_parameter
  finding colour unknown_parameter

  as public GET '/v1/organizations?limit=1&limit=2'
  status 400
  problem invalid_parameter
  finding limit repeated_parameter

  as public GET '/v1/organizations?limit=0&sort=size&is_active=perhaps'
  status 400
  problem invalid_parameter
  finding limit too_small
  finding sort not_allowed_value
  finding is_active wrong_type

  as public GET '/v1/organizations?q=%ff%fe'
  status 400
  problem bad_encoding
  as public GET '/v1/organizations?q=a%00b'
  status 400
  problem bad_encoding
}

# refused_body STATUS CODE BODY: POSTs the bytes of BODY (as printf's %b writes them).
refused_body() {
  printf '%b' "$3" >"$BATS_TEST_TMPDIR/request"
  as administrator POST /v1/organizations --data-binary "@$BATS_TEST_TMPDIR/request"
  status "$1" || return
  problem "$2"
}

@test "正文：不是 JSON、重复的键、NUL、不是 UTF-8、嵌套过深、过大" {
  refused_body 400 malformed_json '{"code": '
  refused_body 400 malformed_json '{"code": "x"} and more'
  refused_body 400 malformed_json '\xef\xbb\xbf{"code": "x"}'
  refused_body 400 malformed_json ''
  refused_body 422 validation_failed '[]'
  refused_body 422 validation_failed '"text"'

  refused_body 400 malformed_json '{"code": "a-1", "code": "a-2", "kind": "society", "name": "甲"}'
  refused_body 400 malformed_json '{"code": "a-1", "kind": "society", "name": "\\u0000"}'
  refused_body 400 malformed_json '{"code": "a-1", "kind": "society", "name": "\x00"}'
  refused_body 400 bad_encoding '{"code": "a-1", "kind": "society", "name": "\xff\xfe"}'

  refused_body 400 malformed_json "$(printf '[%.0s' {1..2000})"
  refused_body 413 body_too_large "{\"name\": \"$(head -c 300000 /dev/zero | tr '\0' a)\"}"

  as public GET '/v1/organizations?code=a-1'
  field '.items | length' 0

  as administrator POST /v1/organizations -H 'Content-Type: text/plain' -d '{}'
  status 415
  problem unsupported_media_type
  as public GET "/v1/organizations/$nanjing" -H 'Accept: image/png'
  status 406
  problem not_acceptable
}

@test "文字：去掉首尾空白，规范为 NFC；不能只有空白，不能有控制字符" {
  as administrator POST /v1/organizations \
    -d "{\"code\": \"$(unique society)\", \"kind\": \"society\", \"name\": \"  Cafe\\u0301 学会 \", \"parent_id\": \"$jiangsu\"}"
  status 201
  field .name 'Café 学会'
  as administrator POST /v1/organizations -d '{"code": "blank", "kind": "society", "name": "   "}'
  status 422
  finding /name too_short
  as administrator POST /v1/organizations -d '{"code": "bell", "kind": "society", "name": "铃\u0007"}'
  status 422
  finding /name control_character
}

@test "列表可以压缩，单个资源不压缩" {
  as public GET '/v1/organizations?limit=100' -H 'Accept-Encoding: gzip'
  status 200
  header Content-Encoding gzip
  [[ $etag == W/* ]]
  gzip -dc "$response_body" | jq -e '.items | length > 10'
  as public GET "/v1/organizations/$nanjing" -H 'Accept-Encoding: gzip'
  no_header Content-Encoding
}
