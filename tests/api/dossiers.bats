# 报送档案 · A forwarding's dossier: one ZIP with its roster, forms and documents, also for readers without an account.

load library
load campaign
load documents
load sign_in

# Two highlights of Nanjing's and one of Suzhou's, the first with documents whose names are awkward.
setup_file() {
  setup_documents
  create_activity suzhou "$suzhou" highlight '{"title": "院士专家校园行"}' && second=$created
  create_activity nanjing "$nanjing" highlight '{"title": "科技工作者之家开放日"}' && third=$created
  attach nanjing "/v1/activities/$activity" stamped_pdf "$SCIDAY_FIXTURES/form.pdf" '盖章:扫描件?.pdf'
  attach nanjing "/v1/activities/$activity" word_copy "$SCIDAY_FIXTURES/form.docx" '筹备方案.'
  attach nanjing "/v1/activities/$activity" other "$SCIDAY_FIXTURES/plain.pdf" 'AUX.pdf'
  attach nanjing "/v1/activities/$activity" photo "$SCIDAY_FIXTURES/dot.png" '照片.png'
  attach nanjing "/v1/activities/$activity" other "$SCIDAY_FIXTURES/dot.png" '照片.PNG'
  local rank=0 each
  for each in "nanjing $activity" "suzhou $second" "nanjing $third"; do
    act "${each% *}" "/v1/activities/${each#* }" submit
    act reviewer "/v1/activities/${each#* }" accept
    act reviewer "/v1/activities/${each#* }" nominate "{\"rank\": $((++rank)), \"reason\": \"主题突出\"}"
  done
  create reviewer "/v1/campaigns/$campaign/forwardings" "{\"document_number\": \"苏科协发〔$(unique n)〕\", \"forwarded_on\": \"$start\"}"
  forwarding=/v1/forwardings/$created
  remember second third forwarding
}

setup() { recall; }

# dossier WHO [CURL ARGUMENT…]: it is unpacked in $folder; $names has its entries, in their order.
dossier() {
  as "$1" GET "$forwarding/dossier" "${@:2}" || return
  status 200 || return
  header Content-Type application/zip || return
  unpack
}

unpack() {
  unzip -tq "$response_body" || return
  folder=$BATS_TEST_TMPDIR/dossier
  rm -rf "$folder"
  /usr/bin/python3 -c 'import sys, zipfile
archive = zipfile.ZipFile(sys.argv[1])
assert archive.testzip() is None
archive.extractall(sys.argv[2])
for entry in archive.infolist():
    assert entry.flag_bits & 0x800 or entry.filename.isascii(), entry
    print(entry.filename)' "$response_body" "$folder" >"$BATS_TEST_TMPDIR/names" || return
  names=$(<"$BATS_TEST_TMPDIR/names")
}

words_of() { pdftotext -raw "$1" - | tr -d '[:space:]\f' | sed 's/\xc2\xa0//g; s/\xe3\x80\x80//g'; }

@test "档案：目录、汇总表，每项活动一个文件夹，文件名 Windows 可用，附件原样" {
  dossier reviewer
  [[ $names == "目录.pdf
汇总表.xlsx
01 南京市科学技术协会/筹备方案.pdf
01 南京市科学技术协会/筹备方案.docx
01 南京市科学技术协会/附件/盖章_扫描件_.pdf
01 南京市科学技术协会/附件/筹备方案.docx
01 南京市科学技术协会/附件/_AUX.pdf
01 南京市科学技术协会/附件/照片.png
01 南京市科学技术协会/附件/照片 (2).PNG
02 苏州市科学技术协会/筹备方案.pdf
02 苏州市科学技术协会/筹备方案.docx
03 南京市科学技术协会/筹备方案.pdf
03 南京市科学技术协会/筹备方案.docx" ]] || unexpected "$names"
  local first="$folder/01 南京市科学技术协会"
  cmp "$first/附件/盖章_扫描件_.pdf" "$SCIDAY_FIXTURES/form.pdf"
  cmp "$first/附件/筹备方案.docx" "$SCIDAY_FIXTURES/form.docx"
  cmp "$first/附件/_AUX.pdf" "$SCIDAY_FIXTURES/plain.pdf"
  cmp "$first/附件/照片.png" "$SCIDAY_FIXTURES/dot.png"
  [[ $(words_of "$first/筹备方案.pdf") == *王晓红*第1次报送* ]]
  [[ $(words_of "$folder/02 苏州市科学技术协会/筹备方案.pdf") == *院士专家校园行* ]]
  unzip -p "$folder/02 苏州市科学技术协会/筹备方案.docx" word/document.xml | grep -q 院士专家校园行
  [[ $(words_of "$folder/目录.pdf") == *择优报送活动目录*苏州市科学技术协会*院士专家校园行* ]]
  header Content-Disposition "$(header_value Content-Disposition | grep "filename\*=UTF-8''%E6%8A%A5%E9%80%81%E6%A1%A3%E6%A1%88")"
}

@test "汇总表：各栏同汇总表报表，一项一行" {
  dossier reviewer
  soffice "-env:UserInstallation=file://$BATS_RUN_TMPDIR/office" --headless --convert-to 'csv:Text - txt - csv (StarCalc):44,34,76' \
    --outdir "$BATS_TEST_TMPDIR" "$folder/汇总表.xlsx" >/dev/null 2>&1
  local rows
  rows=$(/usr/bin/python3 -c 'import csv, sys
rows = list(csv.DictReader(open(sys.argv[1], encoding="utf-8-sig")))
print(len(rows), *(next(v for k, v in row.items() if v in ("科学家精神报告团走进紫金山", "院士专家校园行", "科技工作者之家开放日")) for row in rows))' \
    "$BATS_TEST_TMPDIR/汇总表.csv")
  [[ $rows == "3 科学家精神报告团走进紫金山 院士专家校园行 科技工作者之家开放日" ]] || unexpected "$rows"
}

@test "报送时的样子：报送之后再改，档案不变" {
  dossier reviewer
  local before
  before=$(cd "$folder" && find . -type f ! -name '*.xlsx' -exec sha256sum {} + | sort)
  act reviewer "/v1/activities/$second" retract && unexpected "a forwarded highlight was retracted"
  dossier reviewer
  [[ $(cd "$folder" && find . -type f ! -name '*.xlsx' -exec sha256sum {} + | sort) == "$before" ]]
}

@test "只有自己有权限的：单位只见自己的活动，外省和公众见不到" {
  dossier suzhou
  [[ $names == "目录.pdf
汇总表.xlsx
02 苏州市科学技术协会/筹备方案.pdf
02 苏州市科学技术协会/筹备方案.docx" ]] || unexpected "$names"
  local who
  for who in public zhejiang; do
    as "$who" GET "$forwarding/dossier"
    expect 404 not_found
  done
  as zhejiang POST "$forwarding/dossier/link"
  expect 404 not_found
  as public POST "$forwarding/dossier/link"
  expect 401 unauthenticated
}

@test "链接：没有账号也能下载，只对这一批有效；取得者退出登录、改密码、被取消角色或停用即失效" {
  create_account forwarder reviewer "$(organization_id jiangsu)"
  as "$account" POST "$forwarding/dossier/link"
  status 200
  header Cache-Control no-store
  local url user other
  url=$(value .url)
  (($(date -d "$(value .expires_at)" +%s) > EPOCHSECONDS + 6 * 86400))
  as public GET "$url"
  status 200
  unpack
  [[ $(wc -l <"$BATS_TEST_TMPDIR/names") == 13 ]]
  as public GET "${url/$forwarding//v1/forwardings/$activity}"
  expect 401 invalid_link
  as public GET "${url%?????}AAAAA"
  expect 401 invalid_link
  as public GET "/v1/documents/$activity/content?token=${url#*token=}"
  expect 401 invalid_link
  as public GET /v1/me -H "Authorization: Bearer ${url#*token=}"
  expect 401 invalid_token
  as nanjing GET "/v1/activities/$activity"
  as nanjing POST "/v1/documents/$(value '.documents[0].id')/link"
  other=$(value .url)
  as public GET "$forwarding/dossier?token=${other#*token=}"
  expect 401 invalid_link

  # Signing out elsewhere does not end it; here it does.
  session "$account"
  post /v1/auth/revoke "token=$access_token"
  as public GET "$url"
  status 200
  local way id=$created
  for way in revoke password locked role; do
    session "$account"
    as public POST "$forwarding/dossier/link" -H "Authorization: Bearer $access_token"
    status 200
    url=$(value .url)
    as public GET "$url"
    status 200
    as administrator GET "/v1/users/$id"
    case $way in
      revoke) post /v1/auth/revoke "token=$access_token" ;;
      password) as administrator PATCH "/v1/users/$id" -H "If-Match: $etag" -d "{\"password\": \"$(account_password "$account")\"}" ;;
      locked)
        as administrator PATCH "/v1/users/$id" -H "If-Match: $etag" -d '{"is_active": false}'
        as administrator PATCH "/v1/users/$id" -H "If-Match: $etag" -d '{"is_active": true}'
        ;;
      role)
        as administrator PATCH "/v1/users/$id" -H "If-Match: $etag" \
          -d "{\"memberships\": [{\"organization_id\": \"$(organization_id 320100)\", \"role\": \"observer\"}]}"
        ;;
    esac
    status 200
    as public GET "$url"
    [[ $way == role ]] && expect 404 not_found || expect 401 invalid_link
  done
}

# linked WHO: a new link of theirs to the dossier, in $url, which opens.
linked() {
  as "$1" POST "$forwarding/dossier/link"
  status 200 || return
  url=$(value .url)
  as public GET "$url"
  status 200
}

@test "撤销链接：审核员、管理员撤销所有人的，报送员和观察员只撤销自己的；之后可以再取得" {
  local url theirs mine
  linked nanjing && theirs=$url
  linked observer && mine=$url
  as observer DELETE "$forwarding/dossier/link"
  status 204
  as public GET "$mine"
  expect 401 invalid_link
  as public GET "$theirs"
  status 200
  linked observer && mine=$url
  as reviewer DELETE "$forwarding/dossier/link"
  status 204
  as public GET "$theirs"
  expect 401 invalid_link
  as public GET "$mine"
  expect 401 invalid_link
  linked nanjing
  as administrator DELETE "$forwarding/dossier/link"
  status 204
  as public GET "$url"
  expect 401 invalid_link
  as zhejiang DELETE "$forwarding/dossier/link"
  expect 404 not_found
  as public DELETE "$forwarding/dossier/link"
  expect 401 unauthenticated
}

@test "中途断开：什么也不坏，下一次仍完整" {
  local bytes
  for bytes in 1 5000 150000 400000; do
    (($(curl --silent --no-buffer -H "Authorization: Bearer $(token reviewer)" "$SCIDAY_URL$forwarding/dossier" | head --bytes="$bytes" | wc --bytes) == bytes))
  done
  dossier reviewer
  [[ $(wc -l <"$BATS_TEST_TMPDIR/names") == 13 ]]
}

@test "格式：只有 zip" {
  as reviewer GET "$forwarding/dossier?format=zip"
  status 200
  as reviewer GET "$forwarding/dossier?format=pdf"
  expect 406 not_acceptable
  as reviewer HEAD "$forwarding/dossier"
  status 200
}
