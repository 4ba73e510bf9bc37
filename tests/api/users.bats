# 用户 · People and their roles, by the administrators of the organizations that they have them at.

load library
load campaign

# Three people at two new districts, beside whoever else there is.
setup_file() {
  create_city && city=$created
  create_district "$city" 东区科学技术协会 && east=$created
  create_district "$city" 西区科学技术协会 && west=$created
  mark=$(unique m)
  user_of "$mark.a" submitter "$east" && first=$created
  user_of "$mark.b" reviewer "$city" && second=$created
  user_of "$mark.c" submitter "$west" && third=$created
  remember city east west mark first second third
}

setup() { recall; }

# user_of USERNAME ROLE ORGANIZATION_ID: $created, $etag.
user_of() {
  create administrator /v1/users \
    "{\"username\": \"$1\", \"name\": \"王晓红\", \"password\": \"correct horse battery\", \"memberships\": [{\"organization_id\": \"$3\", \"role\": \"$2\"}]}"
}

# opens_to STATUS USERNAME PASSWORD: what signing in gives.
opens_to() {
  as public POST /v1/auth/token -d "{\"grant_type\": \"password\", \"username\": \"$2\", \"password\": \"$3\"}"
  status "$1"
}

# ---- Reading --------------------------------------------------------------------------------

@test "新建的用户可以登录，密码不再出现" {
  user_of "$(unique newcomer)" submitter "$east"
  header Location "/v1/users/$created"
  field '.memberships[] | .role, .organization.name' $'submitter\n东区科学技术协会'
  holds '.is_active and (has("password") or has("password_hash") | not)'
  opens_to 200 "$(value .username)" 'correct horse battery'
}

@test "列表可以分页，可按所属单位、角色、是否启用和文字筛选" {
  same_in_pages administrator "/v1/users?within=$city" .username
  [ "$(wc -l <<<"$found")" -ge 3 ]
  as administrator GET "/v1/users?within=$east&q=$mark"
  field '[.items[].id] | join(" ")' "$first"
  as administrator GET "/v1/users?within=$city&role=reviewer,observer&q=$mark"
  field '[.items[].id] | join(" ")' "$second"
  as administrator GET "/v1/users?q=$mark.c&is_active=true"
  field '[.items[].id] | join(" ")' "$third"
  as administrator GET "/v1/users?q=$mark.c&is_active=false"
  field '.items | length' 0
  as administrator GET "/v1/users?within=$city&q=$(encode 晓红)&limit=100"
  holds "[.items[].id] | index(\"$first\") != null"
}

@test "管理员看得到自己所辖单位的用户，看不到别处的" {
  create_account city_administrator administrator "$city"
  as "$account" GET "/v1/users/$first"
  status 200
  as "$account" GET "/v1/users?q=administrator&limit=100"
  holds '[.items[].username] | index("administrator") == null'
  create_account west_administrator administrator "$west"
  as "$account" GET "/v1/users/$first"
  status 404
  as "$account" GET "/v1/users?q=$mark"
  field '[.items[].id] | join(" ")' "$third"
}

@test "报送员、审核员、观察员和公众都看不到用户" {
  local who
  for who in nanjing reviewer observer; do
    as "$who" GET /v1/users
    status 403
    as "$who" GET "/v1/users/$first"
    status 403
  done
  as public GET /v1/users
  status 401
}

# ---- Creating -------------------------------------------------------------------------------

@test "不合要求之处一次指出" {
  as administrator POST /v1/users -d "{\"username\": \"王晓红\", \"name\": \"\", \"password\": \"short\", \"memberships\": [{\"organization_id\": \"$east\", \"role\": \"boss\"}]}"
  status 422
  finding /username pattern_mismatch
  finding /name too_short
  finding /password too_short
  finding /memberships/0/role not_allowed_value
  as administrator POST /v1/users -d '{"username": "nobody.here", "name": "无", "password": "correct horse battery", "memberships": []}'
  status 422
  finding /memberships too_few_items
  as administrator POST /v1/users -d '{"username": "nobody.here", "name": "无", "password": "correct horse battery", "memberships": [{"organization_id": "0196b1d4-7c00-7000-8000-00000000dead", "role": "submitter"}]}'
  status 422
  finding /memberships/0/organization_id unknown
}

@test "用户名不能重复；不能给自己管不到的单位安排角色" {
  as administrator POST /v1/users \
    -d "{\"username\": \"$mark.a\", \"name\": \"重名\", \"password\": \"correct horse battery\", \"memberships\": [{\"organization_id\": \"$east\", \"role\": \"submitter\"}]}"
  status 409
  problem already_exists
  finding /username taken
  as administrator POST /v1/users \
    -d "{\"username\": \"$(unique u)\", \"name\": \"越界\", \"password\": \"correct horse battery\", \"memberships\": [{\"organization_id\": \"$(organization_id zhejiang)\", \"role\": \"submitter\"}]}"
  status 403
}

# ---- Changing -------------------------------------------------------------------------------

@test "改名、改密码：旧密码失效" {
  local username
  username=$(unique renamed)
  user_of "$username" submitter "$east"
  as administrator PATCH "/v1/users/$created" -H "If-Match: $etag" -d '{"name": "李明", "password": "另一个足够长的密码啊"}'
  status 200
  field '.name, .username' "李明"$'\n'"$username"
  opens_to 400 "$username" 'correct horse battery'
  opens_to 200 "$username" 另一个足够长的密码啊
}

@test "调整角色：整体替换，立即生效" {
  create_account mover submitter "$east"
  local id=$created
  as "$account" GET /v1/me
  field '[.memberships[] | .role] | join(" ")' submitter
  as administrator GET "/v1/users/$id"
  as administrator PATCH "/v1/users/$id" -H "If-Match: $etag" \
    -d "{\"memberships\": [{\"organization_id\": \"$west\", \"role\": \"submitter\"}, {\"organization_id\": \"$city\", \"role\": \"observer\"}]}"
  status 200
  as "$account" GET /v1/me
  field '[.memberships[] | "\(.organization.id) \(.role)"] | sort | join(",")' "$(printf '%s\n' "$west submitter" "$city observer" | sort | paste -sd ,)"
}

@test "停用即退出登录，也不能再登录；启用后可以" {
  create_account leaver submitter "$east"
  local id=$created
  as "$account" GET /v1/me
  status 200
  as administrator GET "/v1/users/$id"
  as administrator PATCH "/v1/users/$id" -H "If-Match: $etag" -d '{"is_active": false}'
  status 200
  local known=$etag
  as "$account" GET /v1/me
  status 401
  problem invalid_token
  opens_to 400 "$account" "$(account_password "$account")"
  as administrator PATCH "/v1/users/$id" -H "If-Match: $known" -d '{"is_active": true}'
  status 200
  opens_to 200 "$account" "$(account_password "$account")"
}

@test "凭版本修改和删除；没有做过事的可以删除，不能删除自己" {
  user_of "$(unique deleted)" submitter "$east"
  local first_etag=$etag
  as administrator PATCH "/v1/users/$created" -d '{"name": "甲"}'
  status 428
  as administrator PATCH "/v1/users/$created" -H "If-Match: $first_etag" -d '{"name": "甲"}'
  status 200
  as administrator DELETE "/v1/users/$created" -H "If-Match: $first_etag"
  status 412
  as administrator DELETE "/v1/users/$created" -H "If-Match: $etag"
  status 204
  as administrator GET "/v1/users/$created"
  status 404

  as administrator GET /v1/me
  as administrator GET "/v1/users/$(value .id)"
  as administrator DELETE "/v1/users/$(value .id)" -H "If-Match: $etag"
  status 409
  problem own_account
}

@test "做过事的用户不能删除" {
  draft_campaign "$(today)"
  add_recipients "$east"
  open_campaign
  create_account doer submitter "$east"
  local id=$created
  create_plan "$account" "$east"
  act "$account" "/v1/plans/$created" submit
  as administrator GET "/v1/users/$id"
  as administrator DELETE "/v1/users/$id" -H "If-Match: $etag"
  status 409
  problem in_use
}

@test "只管得到一部分单位的管理员，只能调整这一部分的角色" {
  create_account shared submitter "$east" submitter "$west"
  local shared=$created name=$account
  create_account west_administrator administrator "$west"
  as "$account" GET "/v1/users/$shared"
  field '[.memberships[].organization.id] | join(" ")' "$west"
  local known=$etag
  as "$account" PATCH "/v1/users/$shared" -H "If-Match: $known" -d '{"name": "改名"}'
  status 403
  as "$account" DELETE "/v1/users/$shared" -H "If-Match: $known"
  status 403
  as "$account" PATCH "/v1/users/$shared" -H "If-Match: $known" -d "{\"memberships\": [{\"organization_id\": \"$west\", \"role\": \"observer\"}]}"
  status 200
  as "$name" GET /v1/me
  field '[.memberships[] | "\(.organization.id) \(.role)"] | sort | join(",")' "$(printf '%s\n' "$east submitter" "$west observer" | sort | paste -sd ,)"
}

# ---- Without a role -------------------------------------------------------------------------

@test "取消全部角色：退出登录，不能续期和登录；原来的管理员仍看得到，可以再安排角色" {
  create_account former submitter "$east"
  local id=$created former=$account access refresh
  opens_to 200 "$account" "$(account_password "$account")"
  access=$(value .access_token) refresh=$(value .refresh_token)
  as public GET /v1/me -H "Authorization: Bearer $access"
  status 200
  as administrator GET "/v1/users/$id"
  as administrator PATCH "/v1/users/$id" -H "If-Match: $etag" -d '{"memberships": []}'
  status 200
  field '.memberships | length' 0
  local known=$etag
  as public GET /v1/me -H "Authorization: Bearer $access"
  status 401
  problem invalid_token
  as public POST /v1/auth/token -d "{\"grant_type\": \"refresh_token\", \"refresh_token\": \"$refresh\"}"
  status 400
  opens_to 400 "$former" "$(account_password "$former")"

  as administrator GET "/v1/users?within=$east&q=$former"
  field '[.items[].id] | join(" ")' "$id"
  create_account east_administrator administrator "$east"
  as "$account" GET "/v1/users/$id"
  status 200
  create_account west_administrator administrator "$west"
  as "$account" GET "/v1/users/$id"
  status 404
  as administrator PATCH "/v1/users/$id" -H "If-Match: $known" -d "{\"memberships\": [{\"organization_id\": \"$east\", \"role\": \"observer\"}]}"
  status 200
  opens_to 200 "$former" "$(account_password "$former")"
  as public GET /v1/me -H "Authorization: Bearer $access"
  status 401
}

@test "没有角色的账号可以改名、删除；其用户名空出来" {
  create_account former submitter "$east"
  local id=$created former=$account
  as administrator GET "/v1/users/$id"
  as administrator PATCH "/v1/users/$id" -H "If-Match: $etag" -d '{"memberships": []}'
  as administrator PATCH "/v1/users/$id" -H "If-Match: $etag" -d '{"name": "已调离"}'
  status 200
  field .name 已调离
  as administrator DELETE "/v1/users/$id" -H "If-Match: $etag"
  status 204
  user_of "$former" submitter "$east"
}

# ---- The last administrator -----------------------------------------------------------------

# alone: a tree of its own whose only administrator is $account, with the id $sole and the tag $etag; $tree is its root.
alone() {
  tree=$(database "INSERT INTO organization (id, code, kind, name) VALUES (uuid_v7(), '$(unique t)', 'provincial_association', '独立省科协') RETURNING id")
  create_account sole observer "$east"
  sole=$created
  database "INSERT INTO membership (account_id, organization_id, role) VALUES ('$sole', '$tree', 'administrator')"
  as "$account" GET "/v1/users/$sole"
}

# stays: the last administrator still is one, and can act.
stays() {
  status 409 || return
  problem last_administrator || return
  as "$account" GET "/v1/users?within=$tree"
  status 200 || return
  field '.items[].id' "$sole"
}

@test "最后一名管理员须保留：不能停用自己、放弃角色、经导入失去角色；先安排另一名就可以" {
  alone
  local change changes=("{\"memberships\": []}" "{\"memberships\": [{\"organization_id\": \"$tree\", \"role\": \"observer\"}]}")
  for change in "${changes[@]}"; do
    as "$account" GET "/v1/users/$sole"
    as "$account" PATCH "/v1/users/$sole" -H "If-Match: $etag" -d "$change"
    stays
  done
  local code
  code=$(database "SELECT code FROM organization WHERE id = '$tree'")
  as "$account" POST '/v1/users/batch?mode=upsert' \
    -d "{\"items\": [{\"username\": \"$account\", \"name\": \"测试用户\", \"memberships\": [{\"organization_code\": \"$code\", \"role\": \"observer\"}]}]}"
  stays
  # Whose other role has gone may lock themselves otherwise.
  database "DELETE FROM membership WHERE account_id = '$sole' AND organization_id = '$east'"
  as "$account" GET "/v1/users/$sole"
  as "$account" PATCH "/v1/users/$sole" -H "If-Match: $etag" -d '{"is_active": false}'
  stays
  as "$account" POST '/v1/users/batch?mode=upsert' -d "{\"items\": [{\"username\": \"$account\", \"name\": \"测试用户\", \"is_active\": false}]}"
  stays
  as "$account" GET "/v1/users/$sole"
  as "$account" DELETE "/v1/users/$sole" -H "If-Match: $etag"
  status 409
  problem own_account

  # A program is no person, and a locked one no administrator.
  create "$account" /v1/clients "{\"client_id\": \"$(unique program)\", \"name\": \"程序\", \"client_secret\": \"0123456789abcdef0123456789abcdef\",
    \"memberships\": [{\"organization_id\": \"$tree\", \"role\": \"administrator\"}]}"
  create "$account" /v1/users "{\"username\": \"$(unique second)\", \"name\": \"第二人\", \"password\": \"correct horse battery\", \"is_active\": false,
    \"memberships\": [{\"organization_id\": \"$tree\", \"role\": \"administrator\"}]}"
  local second=$created second_etag=$etag
  as "$account" GET "/v1/users/$sole"
  local sole_etag=$etag
  as "$account" PATCH "/v1/users/$sole" -H "If-Match: $sole_etag" -d '{"is_active": false}'
  status 409
  problem last_administrator
  as "$account" PATCH "/v1/users/$second" -H "If-Match: $second_etag" -d '{"is_active": true}'
  status 200
  as "$account" PATCH "/v1/users/$sole" -H "If-Match: $sole_etag" -d '{"is_active": false}'
  status 200
  as "$account" GET /v1/me
  status 401
}

@test "上级另有管理员的，下级的最后一名可以离任" {
  create_account city_administrator administrator "$city"
  as administrator GET "/v1/users/$created"
  as administrator PATCH "/v1/users/$created" -H "If-Match: $etag" -d '{"is_active": false}'
  status 200
}
