# 不合规的输入 · Bad input: whatever comes, the right 4xx problem names the place, and nothing is written.
# What is tried on organizations here goes the same way for every operation.

load library

setup_file() {
  jiangsu=$(organization_id jiangsu)
  export jiangsu
}

setup() {
  rows_before=$(rows)
}

# Nothing of it may have been written.
teardown() {
  local rows_after
  rows_after=$(rows)
  [[ $rows_after == "$rows_before" ]] || printf 'rows before: %s, after: %s\n' "$rows_before" "$rows_after"
  [[ $rows_after == "$rows_before" ]]
}

# How many organizations, campaigns and users there are.
rows() {
  curl --silent --show-error -H "Authorization: Bearer $(token administrator)" \
    "$SCIDAY_URL/v1/"{organizations,campaigns,users}'?count=exact&limit=1' | jq --raw-output .total_count | paste --serial
}

# expect STATUS CODE [PLACE FINDING]…: the last answer is this problem, with these findings among its errors.
expect() {
  status "$1" || return
  header Content-Type application/problem+json || return
  jq --exit-status --arg status "$1" --arg request_id "$(header_value X-Request-Id)" '
    . as $problem | $ARGS.positional as $expected |
    .code == $expected[0] and .status == ($status | tonumber) and .request_id == $request_id and
    (.title | length) > 0 and (.detail | length) > 0 and (.instance | type) == "string" and
    all(range(1; $expected | length; 2); . as $at | any($problem.errors[]?;
      (.pointer // .parameter) == $expected[$at] and .code == $expected[$at + 1] and (.detail | length) > 0))' \
    --args "${@:2}" <"$response_body" >/dev/null || unexpected "expected the problem $2 with the findings ${*:3}"
}

# send BODY [CURL ARGUMENT…]: POSTs the bytes of BODY, as printf's %b writes them, as an organization.
send() {
  printf '%b' "$1" >"$BATS_TEST_TMPDIR/request"
  as administrator POST /v1/organizations --data-binary "@$BATS_TEST_TMPDIR/request" "${@:2}"
}

# refused BODY STATUS CODE [PLACE FINDING]…
refused() {
  send "$1"
  expect "${@:2}"
}

# organization JSON: a whole organization with these fields instead of the usual ones.
organization() {
  jq --null-input --compact-output --arg code "$(unique bad)" --arg parent_id "$jiangsu" --argjson more "$1" \
    '{$code, kind: "society", name: "江苏省测试学会", $parent_id} + $more'
}

# taken JSON FILTER VALUE: an organization with these fields is created, and the filter finds VALUE in it; then it is deleted.
taken() {
  as administrator POST /v1/organizations -d "$(organization "$1")"
  status 201 || return
  field "$2" "$3" || return
  as administrator DELETE "/v1/organizations/$(value .id)" -H "If-Match: $etag"
  status 204
}

# repeated TEXT TIMES
repeated() {
  local blanks
  printf -v blanks '%*s' "$2" ''
  printf '%s' "${blanks// /"$1"}"
}

# wire REQUEST: sends the bytes just as they are; the answer's status and body are the last ones.
wire() {
  request_line=$1
  printf '%b' "$1" | /usr/bin/python3 "$BATS_TEST_DIRNAME/wire.py" "$SCIDAY_URL" >"$BATS_TEST_TMPDIR/answer"
  response_status=$(sed -n '1s/^HTTP[^ ]* \([0-9]*\).*/\1/p' "$BATS_TEST_TMPDIR/answer")
  sed '/^\r$/q' "$BATS_TEST_TMPDIR/answer" >"$response_headers"
  sed '1,/^\r$/d' "$BATS_TEST_TMPDIR/answer" >"$response_body"
}

# ---- Not JSON -------------------------------------------------------------------------------

@test "不是 JSON 的正文是 400，指明行和列" {
  local body
  for body in '{"code": ' '{"code": "x"} {}' '{"code": "x"}]' "{'code': 'x'}" '{"code": "x",}' '{code: "x"}' '/* */ {}' \
    '{"ordinal": NaN}' '{"ordinal": -Infinity}' '{"ordinal": 01}' '{"ordinal": +1}' '{"ordinal": .5}' '{"ordinal": 0x1}' \
    '{"name": "a\nb"}' '{"name": "a\tb"}' '{"name": "\\x41"}' '   ' 'null null' 'code=x'; do
    refused "$body" 400 malformed_json
    holds '(.line | type) == "number" and (.column | type) == "number"'
  done
}

@test "空的正文是 400" {
  refused '' 400 malformed_json '' required
}

@test "字节顺序标记不是 JSON" {
  refused '\xef\xbb\xbf{"code": "x"}' 400 malformed_json
}

@test "重复的键是 400，写法不同也算" {
  refused '{"code": "a", "code": "b"}' 400 malformed_json '' duplicate_key
  refused '{"code": "a", "\\u0063ode": "b"}' 400 malformed_json '' duplicate_key
  refused '{"code": {"a": 1, "a": 1}}' 400 malformed_json '' duplicate_key
}

@test "单个的值和数组不是对象" {
  local body
  for body in 1 -0.5 true null '"text"' '[]' '[{"code": "a"}]'; do
    refused "$body" 422 validation_failed '' wrong_type
  done
}

@test "嵌套：三十二层为止，字符串中的括号不算" {
  refused "$(repeated '[' 32)$(repeated ']' 32)" 422 validation_failed '' wrong_type
  refused "$(repeated '[' 33)$(repeated ']' 33)" 400 malformed_json '' too_deep
  field '.errors[0].params.maximum' 32
  refused "$(repeated '{"a":' 33)1$(repeated '}' 33)" 400 malformed_json '' too_deep
  head -c 200000 /dev/zero | tr '\0' '[' >"$BATS_TEST_TMPDIR/deep"
  as administrator POST /v1/organizations --data-binary "@$BATS_TEST_TMPDIR/deep"
  expect 400 malformed_json '' too_deep
  refused "\"$(repeated '[' 1000)\"" 422 validation_failed '' wrong_type
}

# ---- Encodings ------------------------------------------------------------------------------

@test "NUL：原样的、转义的、键中的、末尾的" {
  refused '{"code": "a\x00b"}' 400 malformed_json
  refused '{"code": "a\\u0000b"}' 400 malformed_json '' control_character
  refused '{"a\\u0000b": 1}' 400 malformed_json
  refused '{"code": "a"}\x00' 400 malformed_json
}

@test "不是 UTF-8 的正文是 400" {
  local octets
  # Stray bytes, overlong forms, a surrogate, beyond the last code point, cut off, GBK.
  for octets in '\xff\xfe' '\x80' '\xc0\xaf' '\xe0\x80\xaf' '\xf0\x80\x80\xaf' '\xed\xa0\x80' '\xf4\x90\x80\x80' '\xe4\xbd' '\xc4\xcf\xbe\xa9'; do
    refused "{\"name\": \"$octets\"}" 400 bad_encoding
    holds '(.line | type) == "number"'
  done
  refused '{"\xff": 1}' 400 bad_encoding
  refused '{"name": "\xe4\xbd' 400 bad_encoding
  refused '{}\xff' 400 bad_encoding
  refused '\xff\xfe{\x00}\x00' 400 bad_encoding
}

@test "单独的代理码元是 400，成对的是一个字" {
  local escape
  for escape in '\\ud800' '\\udc00' '\\udc00\\ud800' '\\ud83dx' '\\ud83d\\u0041'; do
    refused "{\"name\": \"$escape\"}" 400 malformed_json
  done
  taken '{"name": "\ud83d\ude00"}' .name 😀
}

@test "表单：转义、NUL、编码有误，都指明字段" {
  local form='Content-Type: application/x-www-form-urlencoded' pair
  for pair in username=%zz username=% username=%4 username=%00 username=a%00b username=%ff username=%c0%af username=%ed%a0%80; do
    as public POST /v1/auth/token -H "$form" -d "grant_type=password&$pair"
    expect 400 bad_encoding /username malformed
    field .error invalid_request
  done
  as public POST /v1/auth/token -H "$form" -d 'grant_type=password&grant_type=password'
  expect 400 malformed_body '' duplicate_key
  as public POST /v1/auth/token -H "$form" -d "$(repeated 'a=1&' 65)"
  expect 400 malformed_body '' too_many_fields
}

# ---- Sizes ----------------------------------------------------------------------------------

# json_of BYTES FILE: a JSON text of exactly this size.
json_of() {
  { printf '{"name": "' && head -c "$(($1 - 12))" /dev/zero | tr '\0' a && printf '"}'; } >"$2"
}

@test "正文：刚好到上限是可以的，多一字节是 413" {
  local file=$BATS_TEST_TMPDIR/large maximum=262144
  json_of $maximum "$file"
  as administrator POST /v1/organizations --data-binary "@$file"
  expect 422 validation_failed /name too_long
  json_of $((maximum + 1)) "$file"
  as administrator POST /v1/organizations --data-binary "@$file"
  expect 413 body_too_large
  field .maximum $maximum
  json_of 5000000 "$file"
  as administrator POST /v1/organizations --data-binary "@$file" -H 'Transfer-Encoding: chunked'
  expect 413 body_too_large
  as public POST /v1/organizations --data-binary "@$file"
  expect 401 unauthenticated
}

@test "登录的正文有更小的上限" {
  local file=$BATS_TEST_TMPDIR/large
  json_of 8192 "$file"
  as public POST /v1/auth/token --data-binary "@$file"
  expect 400 invalid_request
  json_of 8193 "$file"
  as public POST /v1/auth/token --data-binary "@$file"
  expect 413 body_too_large
  field .maximum 8192
}

# ---- Types ----------------------------------------------------------------------------------

@test "类型不对的字段一次列全" {
  refused '{"code": 1, "kind": [], "name": {}, "short_name": true, "parent_id": null, "ordinal": "1", "mailing_address": 1.5, "is_active": "true"}' \
    422 validation_failed /code wrong_type /kind wrong_type /name wrong_type /short_name wrong_type /parent_id wrong_type \
    /ordinal wrong_type /mailing_address wrong_type /is_active wrong_type
  field '.errors | length' 8
  field '.errors[] | select(.pointer == "/ordinal") | .params.expected[0]' integer
}

@test "整数：超出 64 位、1e400、小数" {
  local number
  for number in 9223372036854775808 -9223372036854775809 1e400 -1e400 "$(repeated 9 5000)"; do
    refused "{\"ordinal\": $number}" 400 malformed_json
  done
  for number in 9223372036854775807 2147483648 100001 1e19; do
    refused "{\"ordinal\": $number}" 422 validation_failed /ordinal too_large
  done
  refused '{"ordinal": -1}' 422 validation_failed /ordinal too_small
  refused '{"ordinal": -9223372036854775808}' 422 validation_failed /ordinal too_small
  refused '{"ordinal": 1.5}' 422 validation_failed /ordinal wrong_type
  refused '{"ordinal": 1e-1}' 422 validation_failed /ordinal wrong_type
}

@test "1.0、1e2、-0 是整数" {
  local pair
  for pair in 1.0=1 1e2=100 -0=0 -0.0=0; do
    send "$(organization '{"ordinal": 777}' | sed "s/:777/:${pair%=*}/")"
    status 201
    field .ordinal "${pair#*=}"
    as administrator DELETE "/v1/organizations/$(value .id)" -H "If-Match: $etag"
    status 204
  done
}

@test "未知的字段逐个列出，也不会写入不归它写的列" {
  refused '{"id": "x", "version": 9, "ancestors": [], "path_ordinal": "", "__proto__": {}, "Code": "x", "code ": "x"}' 422 validation_failed \
    /id unknown_field /version unknown_field /ancestors unknown_field /path_ordinal unknown_field /__proto__ unknown_field \
    /Code unknown_field '/code ' unknown_field
  refused '{"a/b~c": 1, "": 2, "名称": 3}' 422 validation_failed /a~1b~0c unknown_field / unknown_field /名称 unknown_field
}

@test "内层的错误指到内层" {
  as administrator POST /v1/campaigns -d '{"contact": {"email": "not-an-address", "x": 1}, "national_platform": {"url": "javascript:alert(1)"},
    "audiences": [{"code": "a", "name": "甲"}, {"code": "B", "name": ""}, 3], "festival_date": "2021-02-30", "edition": 1001}'
  expect 422 validation_failed /contact/email invalid_email /contact/x unknown_field /national_platform/url invalid_uri \
    /audiences/1/code pattern_mismatch /audiences/1/name too_short /audiences/2 wrong_type /festival_date invalid_date \
    /edition too_large /title required
  as administrator POST /v1/users -d '{"username": "A b", "name": "甲", "password": "Kq7%v",
    "memberships": [{"role": "king"}, {"organization_id": "x", "role": "reviewer", "y": 1}]}'
  expect 422 validation_failed /username pattern_mismatch /password too_short /memberships/0/organization_id required \
    /memberships/0/role not_allowed_value /memberships/1/organization_id invalid_uuid /memberships/1/y unknown_field
  [[ $(<"$response_body") != *Kq7* ]]
}

@test "日期、时区、标识：PostgreSQL 认得的别的写法也不接受" {
  local date zone id
  for date in today infinity epoch 2021-02-29 2021-5-1 20210501 0000-01-01 10000-01-01 '2021-05-01T00:00:00Z' 2021-05-１0 ''; do
    as administrator POST /v1/campaigns -d "{\"festival_date\": \"$date\"}"
    expect 422 validation_failed /festival_date invalid_date
  done
  local campaign
  campaign=$(jq --null-input --arg issuer_id "$jiangsu" --arg code "$(unique c)" '{$code, $issuer_id, title: "甲", starts_on: "2021-05-10",
    ends_on: "2021-06-30", plan_due_on: "2021-05-12", highlight_due_on: "2021-05-12", summary_due_on: "2021-06-30"}')
  for zone in ../../etc/passwd posix/Asia/Shanghai Asia/Nowhere +08 '<+08>-8' asia/shanghai; do
    as administrator POST /v1/campaigns -d "$(jq --arg time_zone "$zone" '. + {$time_zone}' <<<"$campaign")"
    expect 422 validation_failed /time_zone invalid_time_zone
  done
  for id in '' x "{$jiangsu}" "urn:uuid:$jiangsu" "${jiangsu//-/}" "${jiangsu}0" "${jiangsu%?}"; do
    as administrator POST /v1/organizations -d "{\"parent_id\": \"$id\"}"
    expect 422 validation_failed /parent_id invalid_uuid
  done
}

# ---- Text -----------------------------------------------------------------------------------

# name_of TEXT TIMES: JSON with this name.
name_of() { jq --null-input --compact-output --arg name "$(repeated "$1" "$2")" '{$name}'; }

@test "字数按字符计：一百个汉字或表情可以，一百零一个不行" {
  local character
  for character in 科 😀 𠮷 a; do
    taken "$(name_of $character 100)" '.name | length' 100
    as administrator POST /v1/organizations -d "$(organization "$(name_of $character 101)")"
    expect 422 validation_failed /name too_long
    field '.errors[0].params | "\(.maximum) \(.actual)"' '100 101'
  done
}

@test "字数在规范为 NFC、去掉首尾空白之后计" {
  taken "$(name_of $'e\u0301' 100)" '.name | length' 100
  as administrator POST /v1/organizations -d "$(organization "$(name_of $'e\u0301' 101)")"
  expect 422 validation_failed /name too_long
  taken "{\"name\": \"$(repeated '　 ' 500)$(repeated 科 100)$(repeated ' ' 500)\"}" '.name | length' 100
  as administrator POST /v1/organizations -d "$(organization '{"name": " \u3000\u00a0\n\t "}')"
  expect 422 validation_failed /name too_short
}

@test "控制字符：除换行外都不行" {
  local escape
  for escape in '\\u0007' '\\t' '\\b' '\\u001b' '\\u007f' '\\u0085' '\\u009f'; do
    refused "{\"name\": \"科${escape}协\"}" 422 validation_failed /name control_character
  done
  taken '{"mailing_address": "南京市\r\n玄武区\r北京东路\n"}' .mailing_address $'南京市\n玄武区\n北京东路'
}

@test "像命令的文字只是文字" {
  local text
  for text in "'; DROP TABLE organization; --" "\$(reboot)" '%s%s%n' '{"a": 1}' "\\\"\\" '<script>alert(1)</script>' '{NULL,"x"}' ':name --? q'; do
    taken "$(jq --null-input --arg name "$text" '{$name}')" .name "$text"
  done
  as public GET "/v1/organizations?q=$(encode '%%')&count=exact"
  status 200
  field .total_count 0
  as public GET "/v1/organizations?q=$(encode "__")&count=exact"
  field .total_count 0
}

# ---- Media types ----------------------------------------------------------------------------

@test "Content-Type：大小写、参数不拘，别的类型和没有类型是 415" {
  local type
  for type in application/json APPLICATION/JSON 'application/json; charset=utf-8' 'application/json;charset="UTF-8"' 'application/json ; a=b'; do
    send '{}' -H "Content-Type: $type"
    expect 422 validation_failed /code required
  done
  for type in text/plain application/x-json application/json5 application/jsonx application/problem+json application/merge-patch+json \
    application/x-www-form-urlencoded 'text/plain, application/json' 'application/json, text/plain' 'multipart/form-data; boundary=boundary' ';'; do
    send '{}' -H "Content-Type: $type"
    expect 415 unsupported_media_type
    field '.accepted | join(",")' application/json
  done
  send '{}' -H 'Content-Type:'
  expect 415 unsupported_media_type
  send '{}' -H 'Content-Type: application/json' -H 'Content-Type: text/plain'
  expect 415 unsupported_media_type
  send '{}' -H 'Content-Encoding: gzip'
  expect 415 unsupported_media_type
  as administrator PATCH "/v1/organizations/$jiangsu" -H 'If-Match: "1-x"' -H 'Content-Type: application/json-patch+json' -d '[]'
  expect 415 unsupported_media_type
  field '.accepted | join(",")' application/json,application/merge-patch+json
}

@test "分界线不合规的 multipart 得不到答复，但服务照常" {
  curl --silent --output /dev/null -H 'Content-Type: multipart/form-data' -d '{}' "$SCIDAY_URL/v1/auth/token" || true
  as public GET /v1/labels
  status 200
}

@test "Accept：要别的格式是 406" {
  local accept
  for accept in '' '*/*' application/json 'application/*' APPLICATION/JSON 'text/html, */*;q=0.1' 'application/json;version=1' \
    'text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8' application/problem+json; do
    as public GET /v1/labels -H "Accept: $accept"
    status 200
  done
  for accept in text/html image/png 'application/json;q=0' '*/*;q=0' 'text/html;q=1.0, text/*' x; do
    as public GET /v1/labels -H "Accept: $accept"
    expect 406 not_acceptable
    field '.available | join(",")' application/json
  done
}

# ---- Parameters -----------------------------------------------------------------------------

# refused_query QUERY PLACE FINDING…: 400, with these findings.
refused_query() {
  as public GET "/v1/organizations?$1"
  expect 400 invalid_parameter "${@:2}"
}

@test "limit：一到一百的整数" {
  local text
  refused_query limit=0 limit too_small
  refused_query limit=-1 limit too_small
  refused_query limit=101 limit too_large
  for text in abc '' 1e1 10.0 +5 %205 0x10 99999999999999999999 1%3B 1,2 '１'; do
    refused_query "limit=$text" limit wrong_type
  done
  refused_query limit limit wrong_type
}

@test "参数：未知的、重复的、空的、取值有误的，一次列全" {
  refused_query 'colour=red&limit=1&limit=2&q=&sort=size&is_active=TRUE&within=x&kind=club,society&count=all&code=A' \
    colour unknown_parameter limit repeated_parameter q too_short sort not_allowed_value is_active wrong_type \
    within invalid_uuid kind not_allowed_value count not_allowed_value code pattern_mismatch
  refused_query LIMIT=1 LIMIT unknown_parameter
  refused_query 'limit[]=1' 'limit[]' unknown_parameter
  refused_query '=x' '' unknown_parameter
  refused_query kind= kind not_allowed_value
  refused_query kind=society, kind not_allowed_value
  refused_query "kind=$(repeated society, 9)society" kind too_many_items
  refused_query sort=code,-code sort not_allowed_value
  refused_query 'limit=1;cursor=x' limit wrong_type
  refused_query "$(repeated 'limit=1&' 65)" '' too_many_fields
  as public GET '/v1/organizations?&&limit=1&'
  status 200
  as public GET "/v1/organizations/$jiangsu?limit=1"
  expect 400 invalid_parameter limit unknown_parameter
  as administrator POST '/v1/organizations?force=true' -d '{}'
  expect 400 invalid_parameter force unknown_parameter
}

@test "参数的编码有误是 400，指明参数" {
  local text
  for text in % %4 %zz %00 ab%00 %ff%fe %c0%af %ed%a0%80 %e5%8d; do
    as public GET "/v1/organizations?limit=1&q=$text"
    expect 400 bad_encoding q malformed
  done
  as public GET '/v1/organizations?q%00=ab'
  expect 400 bad_encoding
  as public GET '/v1/organizations?q=a%07b'
  expect 400 invalid_parameter q control_character
  as public GET '/v1/organizations?q=e%CC%81'
  expect 400 invalid_parameter q too_short
  as public GET "/v1/organizations?q=$(repeated %E7%A7%91 101)"
  expect 400 invalid_parameter q too_long
}

@test "别人的参数进不了首部" {
  as public GET '/v1/organizations?limit=1&q=ab%0d%0aX-Evil:%201'
  status 200
  no_header X-Evil
  as public GET /v1/labels -H 'X-Request-Id: a%0d%0aX-Evil: 1'
  no_header X-Evil
  as public GET /v1/labels -H "X-Request-Id: $(repeated a 65)"
  [[ $(header_value X-Request-Id) != aaa* ]]
}

# ---- Cursors --------------------------------------------------------------------------------

# page_cursor: a good cursor of the organizations, by pages of one.
page_cursor() {
  curl --silent "$SCIDAY_URL/v1/organizations?limit=1" | jq --raw-output .next_cursor
}

# cursor_of JSON: as it is written.
cursor_of() { printf %s "$1" | base64 --wrap=0 | tr '+/' '-_' | tr -d =; }

# refused_cursor CURSOR [QUERY]
refused_cursor() {
  as public GET "/v1/organizations?limit=1${2:-}&cursor=$1"
  expect 400 invalid_cursor cursor malformed
}

@test "游标：截短的、接长的、自造的、别的列表的" {
  local cursor text digest value id
  cursor=$(page_cursor)
  for text in "${cursor%?}" "${cursor%????}" "${cursor:0:20}" "${cursor:4}" "${cursor}A" "$cursor$cursor" "$cursor==" '*' AAAA %0d%0aX:1; do
    refused_cursor "$text"
  done
  refused_cursor "$cursor" '&sort=code'
  refused_cursor "$cursor" '&is_active=true'
  refused_cursor "$cursor" "&q=$(encode 科协)"
  as public GET "/v1/campaigns?cursor=$cursor"
  expect 400 invalid_cursor cursor malformed

  IFS=$'\t' read -r digest value id < <(tr -- '-_' '+/' <<<"$cursor" | base64 --decode 2>/dev/null | jq --raw-output @tsv)
  for text in '[]' '{}' 1 "[\"$digest\"]" "[\"$digest\", null, null]" "[\"$digest\", 1, 2]" "[\"\", \"$value\", \"$id\"]" \
    "[\"${digest:0:4}\", \"$value\", \"$id\"]" "[\"$digest\", \"$value\", \"$id\", \"x\"]" "[\"$digest\", \"$value\", \"x\"]" \
    "[\"$digest\", \"a\\u0000b\", \"$id\"]" "[\"$digest\", \"$value\", \"' OR 1=1 --\"]" "$(repeated '[' 300)"; do
    refused_cursor "$(cursor_of "$text")"
  done
  refused_query cursor= cursor too_short
  refused_query "cursor=$(repeated A 1025)" cursor too_long
  refused_query "cursor=$cursor&cursor=$cursor" cursor repeated_parameter
  as public GET "/v1/organizations?limit=2&cursor=$cursor"
  status 200
}

# ---- Paths and methods ----------------------------------------------------------------------

@test "路径须一字不差" {
  local path
  for path in / //v1/organizations /v1//organizations /v1/organizations/ /v1/organizations// /V1/organizations /v1/Organizations \
    /v1/./organizations /v1/labels/../organizations /v1/%2e%2e/v1/labels /v1%2Forganizations /v1/organizations%2F /v1/organizations%3F \
    "/v1/organizations/$jiangsu/" "/v1/organizations/$jiangsu%00" "/v1/organizations/$jiangsu;a=b" /v1/organizations/%00 \
    /v1/organizations/%ff /v1/organizations/% /v1/organizations/%zz "/v1/organizations/$(repeated a 5000)" \
    /v1/campaigns/..%2f..%2fetc%2fpasswd /v1/campaigns/%E7%A7%91 /openapi.json%00 /x%25s%25s%25n; do
    as public GET "$path"
    expect 404 not_found
  done
  as public GET "/v1/organizations/${jiangsu^^}"
  status 200
  field .id "$jiangsu"
}

@test "方法：不支持的是 405，附 Allow；冒名只限 POST 冒 PATCH 和 DELETE" {
  local method
  for method in PUT TRACE FOO get "$(repeated A 200)"; do
    as public "$method" /v1/organizations
    expect 405 method_not_allowed
    [[ $(header_value Allow) == 'GET, HEAD, POST, OPTIONS' ]]
  done
  as public PUT /nowhere
  expect 404 not_found
  for method in GET PUT patch POST '' 'PATCH, DELETE' X; do
    as administrator POST "/v1/organizations/$jiangsu" -H "X-HTTP-Method-Override: $method" -d '{"short_name": "冒名"}'
    expect 405 method_not_allowed
  done
  for method in PATCH DELETE; do
    as administrator GET "/v1/organizations/$jiangsu" -H "X-HTTP-Method-Override: $method"
    status 200
    as public POST "/v1/organizations/$jiangsu" -H "X-HTTP-Method-Override: $method" -d '{"short_name": "冒名"}'
    expect 401 unauthenticated
  done
  as administrator POST "/v1/organizations/$jiangsu" -H 'X-HTTP-Method-Override: DELETE'
  expect 428 if_match_required
}

# ---- Headers --------------------------------------------------------------------------------

@test "If-Match：任意、弱的、没有引号的、成串的，都不行" {
  local text version
  as administrator GET "/v1/organizations/$jiangsu"
  version=$(value .version)
  for text in '*' "W/\"$version-x\"" "$version-x" "$version" "\"$version\"" "\"$version-x" "\"$version-x\", \"$version-x\"" \
    "\"$version-x\" y" "'$version-x'" '""' '"-"' '"x"' "\"0$version-x\"" "\"+$version-x\"" "\"-$version-x\"" "\"$version.0-x\"" \
    '"0-x"' '"9999999999-x"' '"99999999999999999999-x"'; do
    as administrator PATCH "/v1/organizations/$jiangsu" -H "If-Match: $text" -d '{"short_name": "改"}'
    expect 400 invalid_if_match If-Match malformed
  done
  as administrator PATCH "/v1/organizations/$jiangsu" -H "If-Match: \"$version-x\"" -H 'If-Match: "1-x"' -d '{"short_name": "改"}'
  expect 400 invalid_if_match If-Match malformed
  as administrator PATCH "/v1/organizations/$jiangsu" -H 'If-Match: "999999999-x"' -d '{"short_name": "改"}'
  expect 412 version_mismatch
  as administrator DELETE "/v1/organizations/$jiangsu"
  expect 428 if_match_required
  as administrator GET "/v1/organizations/$jiangsu"
  field .version "$version"
}

@test "Idempotency-Key：空的、过长的、不可见的，都不行" {
  local key
  # What is wrong with the body would be told first, so this one is right.
  for key in '""' '"' '"a' 'a"' 'a b' '"a b"' 'a\b' 科 "$(repeated a 101)" "\"$(repeated a 101)\""; do
    as administrator POST /v1/organizations -H "Idempotency-Key: $key" -d "$(organization '{}')"
    expect 400 invalid_idempotency_key Idempotency-Key malformed
  done
  as administrator POST /v1/organizations -H 'Idempotency-Key;' -d "$(organization '{}')"
  expect 400 invalid_idempotency_key Idempotency-Key malformed
}

@test "过长的首部和地址：由 HTTP 库拒绝" {
  local url="$SCIDAY_URL/v1/labels" long
  long=$(repeated a 40000)
  [[ $(curl --silent --output /dev/null --write-out '%{http_code}' -H "X-Long: $long" "$url") == 431 ]]
  [[ $(curl --silent --output /dev/null --write-out '%{http_code}' "$url?q=$long") == 414 ]]
  [[ $(seq --format 'X-%g: y' 1500 | curl --silent --output /dev/null --write-out '%{http_code}' -H @- "$url") == 431 ]]
  as public GET /v1/labels -H "X-Long: ${long:0:20000}"
  status 200
}

@test "不成其为 HTTP 的请求：由 HTTP 库拒绝，不会执行" {
  wire 'GET  HTTP/1.1\r\n\r\n'
  status 400
  wire 'GET /v1/labels\r\n\r\n'
  status 400
  wire 'GET /v1/labels HTTP/2.0\r\nHost: x\r\nConnection: close\r\n\r\n'
  status 505
  wire "POST /v1/organizations HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer $(token administrator)\r\nContent-Type: application/json\r\nTransfer-Encoding: chunked\r\nConnection: close\r\n\r\nzz\r\n{}\r\n0\r\n\r\n"
  status 400
}

@test "路径和参数里的任何字节，答复都是问题，或按字面处理" {
  wire 'GET /v1/organizations/\xff\xfe HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n'
  expect 404 not_found
  field .instance /v1/organizations/%FF%FE
  wire 'GET /v1/organizations?q=\xff\xfe HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n'
  expect 400 bad_encoding q malformed
  wire 'GET /v1/organizations?q=a\x01b HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n'
  expect 400 invalid_parameter q control_character
  wire 'GET /"},{"a":"\x1b[31m HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n'
  expect 404 not_found
  wire 'GET /v1/labels HTTP/1.1\r\nHost: x\r\nAccept-Language: \xff\xfe;q=,;;\r\nConnection: close\r\n\r\n'
  status 200
}

# ---- Words and traces -----------------------------------------------------------------------

# told LANGUAGE FILTER TEXT CURL ARGUMENT…: what the problem of the same request says in this language.
told() {
  local language=$1 filter=$2 text=$3
  as administrator POST /v1/organizations -H "Accept-Language: $language" "${@:4}"
  field "$filter" "$text"
}

@test "问题用读者的语言说" {
  local number='.errors[] | select(.pointer == "/ordinal") | .detail' name='.errors[] | select(.pointer == "/name") | .detail'
  told zh-CN .detail '请求正文不是正确的 JSON，错误位于第1行第1列。' -d '{'
  told en .detail 'The body of the request is not well-formed JSON; the error is at line 1, column 1.' -d '{'
  told zh-CN "$number" '数值过大，不得大于100000。' -d '{"ordinal": 100001}'
  told en "$number" 'This is too large; at most 100000.' -d '{"ordinal": 100001}'
  told zh-CN "$name" '超出字数限制，最多100字，现有101字。' -d "$(name_of 科 101)"
  told en "$name" 'This is too long; at most 100 characters, now 101.' -d "$(name_of 科 101)"
  told zh-CN .detail '该地址不接受此类型的内容，可接受的类型为：application/json。' -d x -H 'Content-Type: text/plain'
  told en .detail 'This address does not take content of this type; it takes application/json.' -d x -H 'Content-Type: text/plain'
  json_of 262145 "$BATS_TEST_TMPDIR/large"
  told zh-CN .detail '请求正文超过大小限制，最多262144字节。' --data-binary "@$BATS_TEST_TMPDIR/large"
  told en .detail 'The body of the request is larger than allowed; at most 262144 bytes.' --data-binary "@$BATS_TEST_TMPDIR/large"
}

@test "日志的每一行仍是一个 JSON 对象" {
  [[ -n ${SCIDAY_LOG:-} ]] || skip 'SCIDAY_LOG is not set'
  /usr/bin/python3 -c 'import json, sys; [json.loads(line.decode())["event"] for line in open(sys.argv[1], "rb")]' "$SCIDAY_LOG"
}
