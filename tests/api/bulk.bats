# 批量导入导出 · Organizations and users from CSV and JSON batches, and what is exported comes back unchanged.

load library
load campaign

setup_file() {
  create_city && city=$created
  city_code=$(value .code)
  create_account city_administrator administrator "$city"
  remember city city_code account
}

setup() {
  recall
  mark=$(unique m)
  file=$BATS_TEST_TMPDIR/import.csv
}

# import WHO KIND [QUERY] [TYPE]: the file.
import() {
  as "$1" POST "/v1/$2/batch${3:+?$3}" -H "Content-Type: ${4:-text/csv}" --data-binary "@$file"
}

# at POINTER CODE LINE [COLUMN]: a finding with its line and column.
at() {
  finding "$1" "$2"
  jq --exit-status --arg pointer "$1" --arg code "$2" --argjson line "$3" --arg column "${4:-}" \
    'any(.errors[]; .pointer == $pointer and .code == $code and .params.line == $line and (.params.column // "") == $column)' "$response_body" >/dev/null ||
    unexpected "expected $2 in line $3, column ${4:-}"
}

# counts CREATED UPDATED UNCHANGED
counts() { field '[.created, .updated, .unchanged] | join(" ")' "$1 $2 $3"; }

# none PREFIX: no organization of a code that begins so.
none() {
  as public GET "/v1/organizations?within=$city&limit=100&q=$1"
  field '.items | length' 0
}

# ---- Organizations --------------------------------------------------------------------------

@test "CSV：上级可在同一文件中，先后不限；再导入一次无变化" {
  cat >"$file" <<CSV
code,kind,name,parent_code,short_name,ordinal
$mark-c,affiliated_institution,某街道科协,$mark-b,,
$mark-a,district_association,东区科协,$city_code,东区,7
$mark-b,district_association,西区科协,$mark-a,,
CSV
  import "$account" organizations
  status 200
  counts 3 0 0
  field '[.items[] | .result + " " + .code] | join(",")' "created $mark-c,created $mark-a,created $mark-b"
  field .dry_run false
  as public GET "/v1/organizations/$(value '.items[0].id')"
  field .parent.code "$mark-b"
  import "$account" organizations mode=upsert
  counts 0 0 3
  import "$account" organizations
  status 422
  at /items/0/code taken 2 code
}

@test "试导入与导入的答复相同，只是不写入" {
  printf 'code,kind,name,parent_code\n%s,district_association,东区科协,%s\n' "$mark" "$city_code" >"$file"
  import "$account" organizations dry_run=true
  status 200
  counts 1 0 0
  field .dry_run true
  none "$mark"
  import "$account" organizations
  counts 1 0 0
}

@test "逐行指出每一处错误，一行也不写入" {
  cat >"$file" <<CSV
code,kind,name,parent_code,ordinal,is_active
$mark-a,district_association,好的,$city_code,,
$mark-b,somewhere,,$city_code,many,perhaps

$mark-c,district_association,列多了,$city_code,1,true,
$mark-d,district_association,列少了
UPPER,district_association,名称,$city_code,-1,
CSV
  local query
  for query in dry_run=true dry_run=false; do
    import "$account" organizations $query
    status 422
    problem validation_failed
    at /items/1/kind not_allowed_value 3 kind
    at /items/1/name required 3 name
    at /items/1/ordinal wrong_type 3 ordinal
    at /items/1/is_active wrong_type 3 is_active
    at /items/2 wrong_column_count 5
    at /items/3 wrong_column_count 6
    at /items/4/code pattern_mismatch 7 code
    at /items/4/ordinal too_small 7 ordinal
    holds '.errors | map(.pointer) | any(startswith("/items/0")) | not'
    field '.errors[0].detail | startswith("第3行，kind：")' true
    none "$mark"
  done
}

@test "上级不存在、代码重复、互为上级、不归自己管理" {
  cat >"$file" <<CSV
code,kind,name,parent_code
$mark-a,district_association,甲,nowhere
$mark-b,district_association,乙,$city_code
$mark-b,district_association,乙,$city_code
$mark-c,district_association,丙,$mark-d
$mark-d,district_association,丁,$mark-c
$mark-e,district_association,戊,320100
$mark-f,district_association,己,
320100,city_association,南京,$city_code
CSV
  import "$account" organizations mode=upsert
  status 422
  at /items/0/parent_code unknown 2 parent_code
  at /items/2/code repeated 4 code
  at /items/3/parent_code cycle 5 parent_code
  at /items/4/parent_code cycle 6 parent_code
  at /items/5/parent_code not_administered 7 parent_code
  at /items/6/parent_code required 8 parent_code
  at /items/7/code not_administered 9 code
  no_finding /items/1/code
  none "$mark"
}

@test "移到自己的下级之下：指出是哪一行" {
  cat >"$file" <<CSV
code,kind,name,parent_code
$mark-a,district_association,甲,$city_code
$mark-b,district_association,乙,$mark-a
CSV
  import "$account" organizations
  status 200
  printf 'code,kind,name,parent_code\n%s-a,district_association,甲,%s-b\n' "$mark" "$mark" >"$file"
  import "$account" organizations mode=upsert
  status 422
  at /items/0/parent_code cycle 2 parent_code
}

@test "引号有误、引号未闭合、无表头、列名有误，都指明行" {
  printf 'code,kind,name,parent_code\n%s-a,district_association,好的,%s\n%s-b,district_association,东"区,x\n' "$mark" "$city_code" "$mark" >"$file"
  import "$account" organizations
  status 400
  problem malformed_csv
  at '' stray_quote 3
  none "$mark"
  printf 'code,kind,name,parent_code\na,district_association,x,y\n%s,district_association,"东区,x\n' "$mark" >"$file"
  import "$account" organizations
  status 400
  at '' unterminated_quote 3
  : >"$file"
  import "$account" organizations
  status 422
  at '' header_required 1
  printf 'code,kind,name\n' >"$file"
  import "$account" organizations
  status 422
  at '' missing_column 1 parent_code
  printf 'code,kind,name,parent_code,code,colour\n' >"$file"
  import "$account" organizations
  status 422
  at '' unknown_column 1 colour
  at '' repeated_column 1 code
  printf 'code,kind,name,parent_code\n' >"$file"
  import "$account" organizations
  status 422
  finding /items too_few_items
}

@test "GB18030：声明或自动识别；带 BOM 的 UTF-8；编码有误时指明行" {
  printf 'code,kind,name,parent_code\n%s-a,district_association,龘区科协,%s\n' "$mark" "$city_code" | iconv -t GB18030 >"$file"
  import "$account" organizations
  status 200
  as public GET "/v1/organizations/$(value '.items[0].id')"
  field .name 龘区科协
  import "$account" organizations mode=upsert 'text/csv; charset=GBK'
  counts 0 0 1
  import "$account" organizations mode=upsert 'text/csv; charset=utf-8'
  status 400
  problem malformed_csv
  at '' bad_characters 2
  printf '\xEF\xBB\xBFcode,kind,name,parent_code\r\n%s-a,district_association,龘区科协,%s\r\n' "$mark" "$city_code" >"$file"
  import "$account" organizations mode=upsert
  counts 0 0 1
  import "$account" organizations mode=upsert 'text/csv; charset=big5'
  status 415
  printf 'code,kind,name,parent_code\n\xFF\xFF,x,x,x\n' >"$file"
  import "$account" organizations
  status 400
  at '' bad_characters 2
}

@test "JSON 批量：指针指到每一项" {
  as "$account" POST /v1/organizations/batch -d "{\"items\": [
    {\"code\": \"$mark-a\", \"kind\": \"district_association\", \"name\": \"甲\", \"parent_code\": \"$city_code\"},
    {\"code\": \"$mark-b\", \"kind\": \"district_association\", \"name\": \"\", \"parent_code\": \"$city_code\", \"colour\": 1}]}"
  status 422
  finding /items/1/name too_short
  finding /items/1/colour unknown_field
  none "$mark"
  as "$account" POST /v1/organizations/batch -d "{\"items\": [
    {\"code\": \"$mark-a\", \"kind\": \"district_association\", \"name\": \"甲\", \"parent_code\": \"$mark-b\"},
    {\"code\": \"$mark-b\", \"kind\": \"district_association\", \"name\": \"乙\", \"parent_code\": \"$city_code\"}]}"
  status 200
  counts 2 0 0
  as "$account" POST '/v1/organizations/batch?mode=upsert' -d "{\"items\": [
    {\"code\": \"$mark-a\", \"kind\": \"district_association\", \"name\": \"改名\", \"parent_code\": \"$mark-b\"}]}"
  counts 0 1 0
  as "$account" POST /v1/organizations/batch -d '{"items": []}'
  status 422
  finding /items too_few_items
}

@test "导出再导入，无变化；看似公式的内容原样回来" {
  cat >"$file" <<CSV
code,kind,name,parent_code,short_name,mailing_address
$mark-a,district_association,'=1+1,$city_code,'@甲,"北京路1号,
3单元""东"""
$mark-b,district_association,''=乙,$mark-a,,'平常
CSV
  import "$account" organizations
  status 200
  as "$account" GET "/v1/organizations/$(value '.items[0].id')"
  field .name =1+1
  field .short_name @甲
  field .mailing_address $'北京路1号,\n3单元"东"'
  as "$account" GET "/v1/organizations/export?within=$city&bom=true" -H 'Accept: text/csv'
  status 200
  header Content-Type 'text/csv; charset=utf-8; header=present'
  header Content-Disposition 'attachment; filename="organizations.csv"'
  [ "$(head -c 3 "$response_body" | od -An -tx1 | tr -d ' ')" = efbbbf ]
  grep -q "'=1+1" "$response_body"
  [ "$(grep -c ',=1+1' "$response_body")" = 0 ]
  cp "$response_body" "$file"
  import "$account" organizations mode=upsert
  status 200
  holds '.created == 0 and .updated == 0 and .unchanged >= 3'
}

@test "整个安装的导出由总管理员导入，也无变化" {
  as administrator GET /v1/organizations/export
  status 200
  cp "$response_body" "$file"
  import administrator organizations 'mode=upsert&dry_run=true'
  status 200
  holds '.created == 0 and .updated == 0 and .unchanged > 10'
}

@test "只有管理员可以导入导出" {
  printf 'code,kind,name,parent_code\n' >"$file"
  local kind
  for kind in organizations users; do
    import nanjing "$kind"
    status 403
    as reviewer GET "/v1/$kind/export"
    status 403
    as public GET "/v1/$kind/export"
    status 401
  done
  import "$account" organizations '' application/xml
  status 415
}

@test "同一 Idempotency-Key 重放首次的结果" {
  printf 'code,kind,name,parent_code\n%s,district_association,东区科协,%s\n' "$mark" "$city_code" >"$file"
  as "$account" POST /v1/organizations/batch -H 'Content-Type: text/csv' -H "Idempotency-Key: $mark" --data-binary "@$file"
  status 200
  local first
  first=$(value .)
  as "$account" POST /v1/organizations/batch -H 'Content-Type: text/csv' -H "Idempotency-Key: $mark" --data-binary "@$file"
  status 200
  header Idempotency-Replayed true
  [ "$(value .)" = "$first" ]
  as "$account" POST '/v1/organizations/batch?mode=upsert' -H 'Content-Type: text/csv' -H "Idempotency-Key: $mark" --data-binary "@$file"
  status 422
  problem idempotency_key_reused
}

# ---- Users ----------------------------------------------------------------------------------

@test "用户：角色写作角色@单位代码；有密码的可以登录，没有的还不能" {
  cat >"$file" <<CSV
username,name,memberships,password,is_active
$mark.a,王晓红,submitter@$city_code reviewer@$city_code,correct horse battery,TRUE
$mark.b,李明,observer@$city_code,,是
CSV
  import "$account" users
  status 200
  counts 2 0 0
  as "$account" GET "/v1/users/$(value '.items[0].id')"
  field '[.memberships[].role] | join(" ")' 'reviewer submitter'
  as public POST /v1/auth/token -d "{\"grant_type\": \"password\", \"username\": \"$mark.a\", \"password\": \"correct horse battery\"}"
  status 200
  as public POST /v1/auth/token -d "{\"grant_type\": \"password\", \"username\": \"$mark.b\", \"password\": \"correct horse battery\"}"
  status 400
  as "$account" GET "/v1/users/export?within=$city"
  status 200
  [ "$(grep -c 'correct horse' "$response_body")" = 0 ]
  cp "$response_body" "$file"
  import "$account" users mode=upsert
  status 200
  holds '.created == 0 and .updated == 0 and .unchanged >= 2'
}

@test "用户：逐行指出错误，一个也不建" {
  cat >"$file" <<CSV
username,name,memberships,password
$mark.a,好的,submitter@$city_code,
$mark.b,甲,submitter@nowhere boss@$city_code,short
$mark.c,乙,,
CSV
  import "$account" users
  status 422
  at /items/1/memberships/1/role not_allowed_value 3 memberships
  at /items/1/password too_short 3 password
  cat >"$file" <<CSV
username,name,memberships
$mark.a,好的,submitter@$city_code
$mark.b,甲,submitter@nowhere observer@320100
$mark.c,乙,
$mark.a,重名,submitter@$city_code
administrator,别人,submitter@$city_code
CSV
  import "$account" users mode=upsert
  status 422
  at /items/1/memberships/0/organization_code unknown 3 memberships
  at /items/1/memberships/1/organization_code not_administered 3 memberships
  at /items/2/memberships required 4 memberships
  at /items/3/username repeated 5 username
  at /items/4/username taken 6 username
  as "$account" GET "/v1/users?q=$mark"
  field '.items | length' 0
}

@test "用户：更新改名、换角色、锁定，并立即生效" {
  create_account mover submitter "$city"
  local mover=$account id=$created
  recall
  as "$mover" GET /v1/me
  status 200
  printf 'username,name,memberships\n%s,新名,observer@%s\n' "$mover" "$city_code" >"$file"
  import "$account" users mode=upsert
  counts 0 1 0
  as "$mover" GET /v1/me
  field '.name, .memberships[0].role' $'新名\nobserver'
  field .version 2
  printf 'username,name,is_active\n%s,新名,否\n' "$mover" >"$file"
  import "$account" users mode=upsert
  counts 0 1 0
  as "$mover" GET /v1/me
  status 401
  as "$account" GET "/v1/audit?resource=account&resource_id=$id&operation_id=import_users"
  field '.items[0] | .before, .after | tojson' $'{"is_active":true}\n{"is_active":false}'
}

@test "用户：JSON 批量；密码最多一百个" {
  as "$account" POST /v1/users/batch -d "{\"items\": [{\"username\": \"$mark\", \"name\": \"王晓红\", \"password\": \"correct horse battery\",
    \"memberships\": [{\"organization_code\": \"$city_code\", \"role\": \"submitter\"}]}]}"
  status 200
  counts 1 0 0
  {
    printf 'username,name,memberships,password\n'
    local i
    for i in {1..101}; do
      printf '%s.%d,甲,submitter@%s,correct horse battery\n' "$mark" "$i" "$city_code"
    done
  } >"$file"
  import "$account" users
  status 422
  finding /items too_many_passwords
}

@test "行数有上限" {
  {
    printf 'code,kind,name,parent_code\n'
    seq --format "$mark-%.0f,district_association,甲,$city_code" 2001
  } >"$file"
  import "$account" organizations
  status 422
  finding /items too_many_items
  sed -i '$d' "$file"
  import "$account" organizations dry_run=true
  status 200
  counts 2000 0 0
}
