# 表格文本 · Forms as paper knows them: as PDF and as DOCX, what is in them, whose eyes they are for.

load library
load campaign

setup_file() {
  start=$(today)
  draft_campaign "$start"
  create_city && city=$created
  add_recipients "$city"
  open_campaign
  create_account author submitter "$city"
  author=$account
  create_plan "$author" "$city" && plan=$created
  create_activity "$author" "$city" highlight '{"modules": ["unity", "service"]}' && activity=$created
  remember start campaign city author plan activity
}

setup() { recall; }

docx_type=application/vnd.openxmlformats-officedocument.wordprocessingml.document

# form WHO PATH [pdf|docx]: the file is $file, its text, without spaces and newlines, $text.
form() {
  local who=$1 path=$2 format=${3:-pdf}
  as "$who" GET "$path/form?format=$format" || return
  status 200 || return
  file=$BATS_TEST_TMPDIR/form.$format
  cp "$response_body" "$file"
  if [[ $format == docx ]]; then
    header Content-Type "$docx_type" || return
    office_pdf "$file" || return
  else
    header Content-Type application/pdf || return
  fi
  text=$(pdftotext -raw "${file%.*}.pdf" - | tr -d '[:space:]\f' | sed 's/\xc2\xa0//g; s/\xe3\x80\x80//g')
}

# office_pdf FILE: what an office makes of a DOCX, as PDF beside it.
office_pdf() {
  soffice "-env:UserInstallation=file://$BATS_RUN_TMPDIR/office" --headless --convert-to pdf --outdir "${1%/*}" "$1" >/dev/null 2>&1
  [[ -s ${1%.docx}.pdf ]]
}

# says TEXT…: each is in the form, whatever spaces and line ends are in between.
says() {
  local each
  for each in "$@"; do
    [[ $text == *"${each// /}"* ]] || unexpected "expected the form to say: $each" "it says: $text"
  done
}

says_not() {
  [[ $text != *"${1// /}"* ]] || unexpected "expected the form not to say: $1" "it says: $text"
}

# content_digest PATH: of the latest submission there.
submission_digest() {
  as "$author" GET "$1/submissions"
  value '.items[-1].digest'
}

@test "筹备方案：样表的各栏都在，方框按所选勾选，字体全部嵌入子集" {
  form "$author" "/v1/activities/$activity"
  says '江苏省“全国科技工作者日”活动' 特色亮点活动筹备方案 单位盖章： 报送时间： 草稿未报送 第1页共1页 \
    主办单位名称江苏省测试市科学技术协会 主题活动名称科学家精神报告团走进紫金山 主题活动模块 \
    ☑团结引领☐建家办事☑为民服务☐开放合作☐表彰发布 承办单位名称中国科学院紫金山天文台、南京天文学会 上午9时 \
    南京市玄武区紫金山天文台科普园区 ☐科协系统干部☑科技工作者☐海外同行☑其他：中小学生 300人；三场报告会，每场100人 \
    王晓红 025-83700001 13800000000 025-83700002 wang@nanjing.example 南京市玄武区北京东路41号 500字以内 \
    工作思路 以老一辈天文学家的事迹为线索，讲好科学家故事。 实施举措 主要安排 预期成效 不少于3场
  [[ $(pdffonts "$file" | tail -n +3 | awk '{ print $(NF - 4), $(NF - 3), $(NF - 2) }' | sort -u) == "yes yes yes" ]]
  pdfinfo "$file" | grep -q '^Author: *江苏省测试市科学技术协会$'
  (($(stat --format=%s "$file") < 600000))
}

@test "DOCX：各 XML 文件合法，LibreOffice 打开后文字与 PDF 一致" {
  local name pdf_text names
  form "$author" "/v1/activities/$activity"
  pdf_text=$text
  form "$author" "/v1/activities/$activity" docx
  mapfile -t names < <(unzip -Z1 "$BATS_TEST_TMPDIR/form.docx")
  ((${#names[@]} == 9))
  for name in "${names[@]}"; do
    unzip -p "$BATS_TEST_TMPDIR/form.docx" "${name/\[/\\[}" | xmllint --noout -
  done
  unzip -p "$BATS_TEST_TMPDIR/form.docx" docProps/core.xml | grep -q '<dc:creator>江苏省测试市科学技术协会</dc:creator>'
  [[ $(fold_text "$text") == "$(fold_text "$pdf_text")" ]] || unexpected "$text" "$pdf_text"
}

# fold_text TEXT: its characters, sorted: lines break elsewhere, and a label in the middle of a row stands elsewhere.
fold_text() { printf '%s' "$1" | grep -o . | sort | tr -d '\n'; }

@test "报送之后：页脚是第几次报送和内容摘要，同样的内容得到同样的文件" {
  act "$author" "/v1/activities/$activity" submit
  local digest
  digest=$(submission_digest "/v1/activities/$activity")
  form "$author" "/v1/activities/$activity"
  says "第1次报送$(today)" "内容摘要${digest:0:16}" "内容摘要（SHA-256）：$digest"
  local first=$etag
  cp "$file" "$BATS_TEST_TMPDIR/first.pdf"
  form reviewer "/v1/activities/$activity"
  cmp "$file" "$BATS_TEST_TMPDIR/first.pdf"
  as "$author" GET "/v1/activities/$activity/form" -H "If-None-Match: $first"
  status 304
  as "$author" HEAD "/v1/activities/$activity/form"
  status 200
  header ETag "$first"
}

@test "退回修改后是草稿，第一次报送的那份仍在" {
  act reviewer "/v1/activities/$activity" return '{"comment": "请补充"}'
  form "$author" "/v1/activities/$activity"
  says 第1次报送
  as "$author" GET "/v1/activities/$activity"
  as "$author" PATCH "/v1/activities/$activity" -H "If-Match: $etag" -d '{"scale_note": "改为四场"}'
  status 200
  form "$author" "/v1/activities/$activity"
  says 草稿未报送 300人；改为四场
  as "$author" GET "/v1/activities/$activity/submissions"
  local submission
  submission=/v1/submissions/$(value '.items[0].id')
  form reviewer "$submission"
  says 第1次报送 每场100人
  form reviewer "$submission" docx
  says 第1次报送 每场100人
}

@test "未公开的内容不印出来：通过后公众可看，联系方式印作「（未公开）」，也没有摘要" {
  as public GET "/v1/activities/$activity/form"
  status 404
  problem not_found
  act "$author" "/v1/activities/$activity" submit
  act reviewer "/v1/activities/$activity" accept
  local format digest
  digest=$(submission_digest "/v1/activities/$activity")
  for format in pdf docx; do
    form public "/v1/activities/$activity" $format
    says （未公开） 第2次报送 科学家精神报告团走进紫金山
    for each in 王晓红 83700001 13800000000 nanjing.example 北京东路 "${digest:0:16}"; do
      says_not "$each"
    done
  done
  header Cache-Control 'public, max-age=60, stale-while-revalidate=300'
}

@test "总结报告：人数、目标和媒体报道" {
  create_report "$author" "$activity" && act "$author" "/v1/summary_reports/$created" submit
  form "$author" "/v1/summary_reports/$created"
  says 特色亮点活动总结报告 科技工作者现场280人线上12000人 合计12320人现场320人 报告会不少于3场3场 反响热烈。 新华日报 https://news.example/1 第1次报送
  form "$author" "/v1/summary_reports/$created" docx
  says 特色亮点活动总结报告 合计12320人
  as public GET "/v1/summary_reports/$created/form"
  status 404
}

@test "工作方案和单位的全部材料：封面、目录和页码" {
  local format
  for format in docx pdf; do
    form "$author" "/v1/plans/$plan" $format
    says 工作方案 '“全国科技工作者日”活动工作方案' 一、活动主题。
  done
  as reviewer GET "/v1/plans/$plan/form"
  status 404
  local whole=/v1/campaigns/$campaign/organizations/$city
  form "$author" "$whole"
  says 报送材料 众心向党，自立自强 工作方案1份，活动方案1份，总结报告1份 第1页共4页 第4页共4页
  [[ $(pdfinfo "$file" | awk '/^Pages/ { print $2 }') == 4 ]]
  [[ $text =~ 特色亮点活动筹备方案科学家精神报告团走进紫金山[.…]*3 ]]
  form "$author" "$whole" docx
  [[ $text =~ 特色亮点活动筹备方案科学家精神报告团走进紫金山[.…]*3 ]]
  says 第4页共4页
  form reviewer "$whole"
  says 工作方案0份，活动方案1份，总结报告1份
  as nanjing GET "$whole/form"
  status 403
  problem role_not_held_here
  as public GET "$whole/form"
  status 401
  as "$author" GET "/v1/campaigns/none/organizations/$city/form"
  status 404
}

@test "格式：参数先于 Accept，没有的格式不接受；文件名是中文" {
  as "$author" GET "/v1/activities/$activity/form" -H "Accept: $docx_type"
  status 200
  header Content-Type "$docx_type"
  as "$author" GET "/v1/activities/$activity/form?format=pdf" -H "Accept: $docx_type"
  status 200
  header Content-Type application/pdf
  header Content-Disposition "attachment; filename=\"__________ _____________.pdf\"; filename*=UTF-8''$(printf %s 特色亮点活动筹备方案\ 科学家精神报告团走进紫金山.pdf | jq -sRr @uri)"
  as "$author" GET "/v1/activities/$activity/form?format=xlsx"
  status 406
  problem not_acceptable
}
