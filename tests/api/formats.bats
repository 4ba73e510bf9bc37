# Answers in other formats: which one is chosen, and lists as CSV and XLSX.
load library
load campaign

activities=/v1/campaigns/2021/activities
XLSX=application/vnd.openxmlformats-officedocument.spreadsheetml.sheet

# A campaign with one of everything that has a list.
setup_file() {
  start=$(today)
  draft_campaign "$start" '{"document_number": "苏科协发〔2021〕33号"}'
  campaign_code=$campaign
  create_city
  local city=$created
  add_recipients "$city"
  create_account author submitter "$city"
  open_campaign
  create_plan "$account" "$city"
  plan_id=$created
  act "$account" "/v1/plans/$plan_id" submit
  create_activity "$account" "$city" highlight
  activity_id=$created
  act "$account" "/v1/activities/$activity_id" submit
  act reviewer "/v1/activities/$activity_id" accept
  act reviewer "/v1/activities/$activity_id" nominate '{"rank": 1, "reason": "主题突出。"}'
  create "$account" "/v1/activities/$activity_id/summary_report" '{}'
  summary_report_id=$created
  create reviewer "/v1/campaigns/$campaign/forwardings" '{"document_number": "苏科协发〔2021〕45号", "forwarded_on": "2021-05-17"}'
  forwarding_id=$created
  organization_id=$city
  remember organization_id campaign_code plan_id activity_id summary_report_id forwarding_id
}

@test "按 format 或 Accept 选择格式，format 优先，JSON 居首" {
  as public GET "$activities"
  status 200
  header Content-Type application/json
  as public GET "$activities" -H 'Accept: text/csv'
  header Content-Type 'text/csv; charset=utf-8; header=present'
  as public GET "$activities" -H 'Accept: text/csv, application/json'
  header Content-Type application/json
  as public GET "$activities" -H 'Accept: text/csv, application/json;q=0.5'
  header Content-Type 'text/csv; charset=utf-8; header=present'
  as public GET "$activities?format=json" -H 'Accept: text/csv'
  header Content-Type application/json
  as public GET "$activities?format=xlsx" -H 'Accept: text/html'
  header Content-Type "$XLSX"
  [[ $(header_value Vary) == *Accept,* ]]
}

@test "没有的格式为 406，并说明有哪些" {
  as public GET "$activities" -H 'Accept: image/svg+xml'
  status 406
  problem not_acceptable
  field '.formats | join(" ")' 'json csv xlsx'
  [[ $(value .detail) == *json、csv、xlsx* ]]
  [[ $(header_value Vary) == *Accept,* ]]
  as public GET "$activities?format=pdf" -H 'Accept-Language: en' -H 'Accept: */*'
  status 406
  [[ $(value .detail) == *'json, csv'* ]]
  as public GET "$activities" -H 'Accept: text/csv;q=0, application/json;q=0'
  status 406
  as public GET "$activities?format=exe"
  status 400
  finding format not_allowed_value
  as public GET "$activities?format=csv&format=json"
  status 400
  finding format repeated_parameter
  # What is JSON alone has no choice, and takes no parameter for it.
  as public GET /v1/campaigns/2021 -H 'Accept: text/csv'
  status 406
  field '.formats | join(" ")' json
  as public GET '/v1/campaigns/2021?format=csv'
  status 400
  finding format unknown_parameter
  # A problem is a problem, whatever format was asked for.
  as public GET /v1/campaigns/1999/activities?format=xlsx
  status 404
  problem not_found
  as public GET "$activities?format=csv&status=nonsense"
  status 400
  problem invalid_parameter
}

@test "表头、代码与时间：给人看的和给程序用的" {
  as administrator GET '/v1/campaigns/2021/obligations?format=csv&kind=plan&limit=1'
  status 200
  header Content-Language zh-CN
  [[ $(head -n 1 "$response_body") == 活动届次,单位代码,单位名称,类别,* ]]
  [[ $(sed -n 2p "$response_body") == 2021,*,工作方案,*'2021-05-13 00:00'*Asia/Shanghai* ]]
  run ! grep -q '[0-9a-f]\{8\}-[0-9a-f]\{4\}-' "$response_body"
  as administrator GET '/v1/campaigns/2021/obligations?format=csv&kind=plan&limit=1' -H 'Accept-Language: en'
  header Content-Language en
  [[ $(head -n 1 "$response_body") == 'Campaign code,Organization code,Organization name,Kind,'* ]]
  [[ $(sed -n 2p "$response_body") == *,'Work plan',* ]]
  as administrator GET '/v1/campaigns/2021/obligations?format=csv&kind=plan&limit=1&headings=names'
  no_header Content-Language
  [[ $(head -n 1 "$response_body") == id,campaign_code,organization.id,organization.code,organization.name,kind,* ]]
  [[ $(sed -n 2p "$response_body") == *,plan,*2021-05-12T16:00:00Z* ]]
  as administrator GET '/v1/campaigns/2021/obligations?headings=rows&format=csv'
  status 400
  finding headings not_allowed_value
}

@test "活动的模块、人群、阶段用本届自己的说法" {
  as administrator GET "$activities?format=csv"
  status 200
  local word
  as administrator GET /v1/campaigns/2021
  local audience
  audience=$(value '.audiences[0].name')
  as administrator GET "$activities?format=csv"
  for word in "$audience" 第一阶段 团结引领 特色亮点活动 已报送 否; do
    grep -q "$word" "$response_body" || unexpected "expected $word"
  done
}

@test "字节顺序标记" {
  as public GET "$activities?format=csv"
  [[ $(head -c 3 "$response_body" | od -An -tx1 | tr -d " ") != efbbbf ]]
  as public GET "$activities?format=csv&bom=true"
  [[ $(head -c 3 "$response_body" | od -An -tx1 | tr -d " ") == efbbbf ]]
}

@test "文件名：列表、届次、日期，中文和英文" {
  local day
  day=$(TZ=Asia/Shanghai date +%F)
  as public GET "$activities?format=csv"
  [[ $(header_value Content-Disposition) == "attachment; filename=\"____-2021-$day.csv\"; filename*=UTF-8''%E6%B4%BB%E5%8A%A8%E5%88%97%E8%A1%A8-2021-$day.csv" ]]
  as public GET "$activities?format=xlsx" -H 'Accept-Language: en'
  header Content-Disposition "attachment; filename=\"activities-2021-$day.xlsx\""
  as public GET '/v1/organizations?format=csv&headings=names'
  header Content-Disposition "attachment; filename=\"organizations-$day.csv\""
  as public GET '/v1/organizations?format=csv' -H 'Accept-Language: en'
  header Content-Disposition "attachment; filename=\"organizations-$day.csv\""
}

@test "公式只是文字" {
  as administrator GET '/v1/organizations?code=320100'
  local nanjing
  nanjing=$(value '.items[0].id')
  create nanjing /v1/campaigns/2021/activities "{\"kind\": \"highlight\", \"organization_id\": \"$nanjing\", \"title\": \"=HYPERLINK(\\\"x\\\",\\\"y\\\")，第一\", \"location\": \"-1\"}"
  as nanjing GET "$activities?format=csv&headings=names&sort=-created_at&limit=1"
  grep -q "\"'=HYPERLINK(\"\"x\"\",\"\"y\"\")，第一\"" "$response_body" || unexpected 'expected the formula defused'
  grep -q ",'-1," "$response_body" || unexpected 'expected the number of a text defused'
  as nanjing GET "$activities?format=xlsx&headings=names&sort=-created_at&limit=1"
  /usr/bin/python3 -m zipfile --extract "$response_body" "$BATS_TEST_TMPDIR/book"
  run ! grep -q '<f>' "$BATS_TEST_TMPDIR/book/xl/worksheets/sheet1.xml"
  grep -q '<t>=HYPERLINK' "$BATS_TEST_TMPDIR/book/xl/worksheets/sheet1.xml"
  as nanjing GET "/v1/activities/$created"
  as nanjing DELETE "/v1/activities/$created" -H "If-Match: $etag"
  status 204
}

@test "CSV 与 JSON 是同样的内容，一行不多一行不少" {
  local list
  for list in /v1/organizations "$activities" /v1/campaigns/2021/obligations /v1/campaigns/2021/plans /v1/campaigns/2021/awards \
    /v1/campaigns/2021/recipients /v1/campaigns /v1/campaigns/2021/modules /v1/campaigns/2021/phases /v1/users /v1/audit; do
    as administrator GET "$list?limit=100"
    status 200
    cp "$response_body" "$BATS_TEST_TMPDIR/json"
    as administrator GET "$list?format=csv&headings=names&limit=100"
    status 200
    cp "$response_body" "$BATS_TEST_TMPDIR/csv"
    /usr/bin/python3 "$BATS_TEST_DIRNAME/same_table.py" "$BATS_TEST_TMPDIR/json" "$BATS_TEST_TMPDIR/csv" || unexpected "$list differs"
  done
}

@test "每个列表都有 CSV 和 XLSX" {
  recall
  as public GET /openapi.json
  local list paths name
  paths=$(value '.paths | to_entries[] | select(.value.get.operationId // "" | startswith("list_")) | .key')
  [[ $(wc -l <<<"$paths") -gt 20 ]]
  for name in campaign_code plan_id activity_id summary_report_id forwarding_id; do
    paths=${paths//\{$name\}/${!name}}
  done
  for list in $paths; do
    [[ $list != *'{'* ]] || unexpected "no id for $list"
    [[ $list != */deadlines || $list == /v1/me/* ]] || list+="?organization_id=$organization_id"
    [[ $list == *'?'* ]] || list+='?limit=20'
    as administrator GET "$list&format=csv"
    status 200
    [[ $(head -n 1 "$response_body") == *,* ]]
    as administrator GET "$list&format=xlsx" -H 'Accept-Language: en'
    status 200
    header Content-Type "$XLSX"
  done
}

@test "整个列表，或从游标起、至上限止" {
  as public GET '/v1/organizations?count=exact&limit=3'
  local total cursor
  total=$(value .total_count)
  cursor=$(value .next_cursor)
  as public GET '/v1/organizations?format=csv&headings=names'
  [[ $(wc -l <"$response_body") -eq $((total + 1)) ]] || unexpected "expected $total rows"
  as public GET '/v1/organizations?format=csv&limit=7'
  [[ $(wc -l <"$response_body") -eq 8 ]]
  as public GET "/v1/organizations?format=csv&cursor=$cursor"
  [[ $(wc -l <"$response_body") -eq $((total - 2)) ]]
  as public GET "/v1/organizations?format=csv&limit=2&cursor=$cursor"
  [[ $(wc -l <"$response_body") -eq 3 ]]
  as public GET '/v1/organizations?format=csv&cursor=AAAA'
  status 400
  problem invalid_cursor
  as public GET '/v1/organizations?format=csv&limit=101'
  status 400
}

@test "HEAD 与 GET 的首部相同，没有正文" {
  as public HEAD "$activities?format=csv"
  status 200
  header Content-Type 'text/csv; charset=utf-8; header=present'
  [[ -n $(header_value Content-Disposition) ]]
  as public HEAD "$activities?format=xlsx"
  status 200
  header Content-Type "$XLSX"
  [[ $(header_value Content-Length) -gt 1000 ]]
  as public HEAD /v1/campaigns/1999/activities?format=csv
  status 404
}

@test "看不到的，导出里也没有" {
  as public GET "$activities?limit=100"
  local seen
  seen=$(value '.items | length')
  as public GET "$activities?format=csv"
  [[ $(wc -l <"$response_body") -le $((seen + 1)) ]]
  as public GET '/v1/campaigns/2021/plans?format=csv'
  status 401
  as nanjing GET '/v1/users?format=xlsx'
  status 403
  as public GET "$activities?format=csv&headings=names"
  run ! grep -q ',draft,' "$response_body"
}

@test "批量导出仍可原样导入，也能说出格式" {
  as administrator GET '/v1/organizations/export?format=csv&bom=true'
  status 200
  header Content-Type 'text/csv; charset=utf-8; header=present'
  as administrator GET /v1/organizations/export -H 'Accept: application/json'
  status 406
  field '.formats | join(" ")' csv
  as administrator GET '/v1/users/export?format=xlsx'
  status 406
}

# office_sheets: the workbook that came, opened by LibreOffice; each sheet as $BATS_TEST_TMPDIR/office/book-NAME.csv.
office_sheets() {
  local folder=$BATS_TEST_TMPDIR/office
  rm -rf "$folder"
  mkdir "$folder"
  cp "$response_body" "$folder/book.xlsx"
  soffice -env:UserInstallation="file://$BATS_TEST_TMPDIR/profile" --headless \
    --convert-to 'csv:Text - txt - csv (StarCalc):44,34,76,1,,0,false,false,true,false,false,-1' --outdir "$folder" "$folder/book.xlsx" >/dev/null 2>&1
  rm "$folder/book.xlsx"
}

# same_in_office PATH SHEET: the CSV of this address and the sheet of its workbook have the same cells.
same_in_office() {
  as administrator GET "$1&format=csv" || return
  status 200 || return
  cp "$response_body" "$BATS_TEST_TMPDIR/csv"
  as administrator GET "$1&format=xlsx" || return
  status 200 || return
  office_sheets
  /usr/bin/python3 "$BATS_TEST_DIRNAME/same_table.py" "$BATS_TEST_TMPDIR/office/book-$2.csv" "$BATS_TEST_TMPDIR/csv" || unexpected "$1 differs"
}

sheets() { (cd "$BATS_TEST_TMPDIR/office" && for each in book-*.csv; do printf '%s ' "${each:5:-4}"; done); }

@test "XLSX 由 LibreOffice 打开，转回 CSV 后内容相同" {
  same_in_office "$activities?limit=50" 活动列表
  same_in_office '/v1/campaigns/2021/obligations?limit=50' 应报事项列表
}

@test "汇总表：全部一张表，每个模块一张表" {
  recall
  same_in_office "/v1/campaigns/$campaign_code/reports/roster?limit=50" 全部
  [[ $(sheets) == '为民服务 全部 团结引领 建家办事 开放合作 表彰发布 ' ]] || unexpected "the sheets are $(sheets)"
  [[ $(wc -l <"$BATS_TEST_TMPDIR/office/book-全部.csv") -gt 1 ]]
  local module
  as administrator GET "/v1/campaigns/$campaign_code/reports/roster"
  module=$(value '.items[0].modules[0]')
  as administrator GET "/v1/campaigns/$campaign_code/modules"
  module=$(value ".items[] | select(.code == \"$module\").name")
  diff "$BATS_TEST_TMPDIR/office/book-全部.csv" "$BATS_TEST_TMPDIR/office/book-$module.csv"
  [[ $(wc -l <"$BATS_TEST_TMPDIR/office/book-表彰发布.csv") == 1 ]]
}

@test "分布、成效和报送情况：CSV 与 XLSX 相同，每项一张表" {
  same_in_office '/v1/campaigns/2021/reports/matrix?rows=phase&columns=module' '活动分布：阶段 × 主题活动模块'
  grep -q '^合计,' "$BATS_TEST_TMPDIR/csv"
  same_in_office '/v1/campaigns/2021/reports/outcomes?kind=highlight' 按模块
  [[ $(sheets) == *总计* && $(sheets) == *按阶段* && $(sheets) == *媒体* ]] || unexpected "the sheets are $(sheets)"
  same_in_office '/v1/campaigns/2021/reports/compliance?kind=plan' 按单位类别各类应报事项
  [[ $(sheets) == *合计各类单位数* && $(sheets) == *按直属下级各类应报事项* ]] || unexpected "the sheets are $(sheets)"
}
