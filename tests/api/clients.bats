# API 客户端 · Programs with credentials, organizations and roles of their own.

load library
load campaign

setup_file() {
  create_city && city=$created
  create_district "$city" 东区科学技术协会 && east=$created
  secret=4jXw0Wq8tQyH2mZr7cVb1nKd5sLf9gPa
  mark=$(unique m)
  client_of "$mark-a" observer "$city" && first=$created
  client_of "$mark-b" observer "$city" && second=$created
  client_of "$mark-c" submitter "$east" && third=$created
  remember city east secret mark first second third
}

setup() { recall; }

# client_of CLIENT_ID ROLE ORGANIZATION_ID: $created, $etag.
client_of() {
  create administrator /v1/clients \
    "{\"client_id\": \"$1\", \"name\": \"市科协门户网站\", \"client_secret\": \"$secret\", \"memberships\": [{\"organization_id\": \"$3\", \"role\": \"$2\"}]}"
}

# opens_to STATUS CLIENT_ID SECRET: what signing in gives; $access_token.
opens_to() {
  as public POST /v1/auth/token -d "{\"grant_type\": \"client_credentials\", \"client_id\": \"$2\", \"client_secret\": \"$3\"}"
  access_token=$(value .access_token)
  status "$1"
}

@test "新建的客户端以自己的密钥取得令牌，密钥不再出现" {
  local client_id
  client_id=$(unique portal)
  client_of "$client_id" observer "$city"
  header Location "/v1/clients/$created"
  field '.memberships[] | .role, .organization.id' $'observer\n'"$city"
  holds 'has("client_secret") | not'
  opens_to 200 "$client_id" "$secret"
  holds 'has("refresh_token") | not'
  as public GET /v1/me -H "Authorization: Bearer $access_token"
  field '.kind, .username' "client"$'\n'"$client_id"
}

@test "列表可以分页，可按所属单位、角色、是否启用和文字筛选；不与用户混在一起" {
  same_in_pages administrator "/v1/clients?within=$city" .client_id
  as administrator GET "/v1/clients?within=$east"
  field '[.items[].id] | join(" ")' "$third"
  as administrator GET "/v1/clients?role=observer&q=$mark"
  field '[.items[].id] | join(" ")' "$first $second"
  as administrator GET "/v1/clients?is_active=false&q=$mark"
  field '.items | length' 0
  as administrator GET "/v1/clients?q=$(encode 门户)&within=$city&limit=100"
  holds "[.items[].id] | index(\"$first\") != null"
  as administrator GET "/v1/users/$first"
  status 404
  as administrator GET "/v1/users?q=$mark"
  field '.items | length' 0
}

@test "换密钥：旧的失效" {
  local client_id
  client_id=$(unique rotated)
  client_of "$client_id" observer "$city"
  as administrator PATCH "/v1/clients/$created" -H "If-Match: $etag" -d '{"client_secret": "8kTq3Zs6vBn1wXe4rYu7iOp0aSd2fGh5", "name": "统计程序"}'
  status 200
  field .name 统计程序
  opens_to 401 "$client_id" "$secret"
  opens_to 200 "$client_id" 8kTq3Zs6vBn1wXe4rYu7iOp0aSd2fGh5
}

@test "停用、调整角色" {
  local client_id
  client_id=$(unique locked)
  client_of "$client_id" observer "$city"
  as administrator PATCH "/v1/clients/$created" -H "If-Match: $etag" -d '{"is_active": false}'
  status 200
  field .is_active false
  opens_to 401 "$client_id" "$secret"
  as administrator GET "/v1/clients/$created"
  as administrator PATCH "/v1/clients/$created" -H "If-Match: $etag" -d "{\"is_active\": true, \"memberships\": [{\"organization_id\": \"$east\", \"role\": \"submitter\"}]}"
  status 200
  field '[.memberships[] | .role] | join(" ")' submitter
  opens_to 200 "$client_id" "$secret"
}

@test "不合要求之处一次指出；标识不能重复，也不能改" {
  as administrator POST /v1/clients -d "{\"client_id\": \"Ä\", \"name\": \"甲\", \"client_secret\": \"has blanks in it, and is long enough\", \"memberships\": [{\"organization_id\": \"$east\", \"role\": \"submitter\"}]}"
  status 422
  finding /client_id pattern_mismatch
  finding /client_secret pattern_mismatch
  as administrator POST /v1/clients \
    -d "{\"client_id\": \"$mark-a\", \"name\": \"重名\", \"client_secret\": \"$secret\", \"memberships\": [{\"organization_id\": \"$east\", \"role\": \"submitter\"}]}"
  status 409
  problem already_exists
  as administrator GET "/v1/clients/$first"
  as administrator PATCH "/v1/clients/$first" -H "If-Match: $etag" -d '{"client_id": "other"}'
  status 422
  finding /client_id unknown_field
}

@test "删除没有做过事的；凭版本" {
  client_of "$(unique deleted)" observer "$city"
  as administrator DELETE "/v1/clients/$created"
  status 428
  as administrator GET "/v1/clients/$created"
  as administrator DELETE "/v1/clients/$created" -H "If-Match: $etag"
  status 204
  as administrator GET "/v1/clients/$created"
  status 404
}

@test "客户端也按它的角色行事：报送员程序可以报送" {
  local client_id
  client_id=$(unique importer)
  client_of "$client_id" submitter "$east"
  draft_campaign "$(today)"
  add_recipients "$east"
  open_campaign
  opens_to 200 "$client_id" "$secret"
  as public POST "/v1/campaigns/$campaign/plans" -H "Authorization: Bearer $access_token" \
    -d "{\"organization_id\": \"$east\", \"title\": \"程序写的工作方案\", \"text\": \"一、活动主题。\"}"
  status 201
  as public POST "/v1/plans/$(value .id)/submit" -H "Authorization: Bearer $access_token" -H "If-Match: $etag"
  status 200
  as public GET /v1/clients -H "Authorization: Bearer $access_token"
  status 403
}

@test "只有管理员能管理客户端" {
  local who
  for who in nanjing reviewer observer; do
    as "$who" GET /v1/clients
    status 403
    as "$who" DELETE "/v1/clients/$first" -H 'If-Match: "1-0000000000000000"'
    status 403
  done
  create_account east_administrator administrator "$east"
  as "$account" GET "/v1/clients/$first"
  status 404
}
