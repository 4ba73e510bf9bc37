# 不合规的附件 · Bad documents: each is refused by name, and nothing of it is kept.

load library
load campaign
load documents

setup_file() {
  setup_documents
}

setup() {
  recall
}

# ---- The file -------------------------------------------------------------------------------

@test "空文件" {
  refused_file refused/unsupported_file_type/empty.pdf 422 validation_failed /file empty_file
}

# refused_as CODE FILE…: each is refused by that name.
refused_as() {
  local file
  for file in "${@:2}"; do
    refused_file "refused/$1/$file" 422 validation_failed /file "$1"
  done
}

@test "改名为 .pdf 的程序、文字、短文件，以及不是文档的压缩包" {
  refused_as unsupported_file_type program.pdf text.pdf short.pdf plain.zip other.zip
}

@test "压缩炸弹：过大、过密、过多" {
  refused_as file_too_complex bomb.docx ratio.docx many.docx countless.docx
}

@test "耗尽内存和时间的文件只伤及自己：别人照常，服务照常" {
  local file
  for file in spaces twice arrays; do
    refused_file exhausting/$file.pdf 422 validation_failed /file file_too_complex
  done
}

@test "带宏的 DOCX，图表背后的工作簿带宏也一样" {
  refused_as macros part.docx type.docx behind_chart.docx
}

@test "DDE、控件、打开即取的外部内容、嵌入的对象" {
  refused_as active_content dde_in_runs.docx dde.xlsx dde_link.xlsx control.docx opened.ofd
  refused_as external_reference share_template.docx picture_field_in_runs.docx webservice.xlsx refreshing.xlsx
  refused_as embedded_file object_element.docx workbook_in_workbook.docx page.docx attachment.ofd
}

@test "加了密码的 DOCX 和 XLSX；旧格式的 .doc 和 .xls，请另存" {
  refused_as encrypted_file locked.docx locked.xlsx encrypted.ofd
  refused_as old_office_file old.doc old.xls renamed.docx
  attach nanjing "/v1/plans/$plan" other "$SCIDAY_FIXTURES/refused/old_office_file/old.doc"
  field '.errors[0].detail | test("另存为 .docx 或 .xlsx")' true
}

@test "带脚本、启动动作、控件的文件，藏在对象流里、所有者密码之下也一样" {
  refused_as active_content open_script.pdf chained_packed.pdf launch.pdf form_script.pdf owner_aes_256_packed.pdf late.pdf
}

@test "嵌入其他文件、引用外部内容、加密" {
  refused_as embedded_file attachment.pdf pinned_packed.pdf object.docx document_as_workbook.docx
  refused_as external_reference template.docx
  refused_as encrypted_file rc4_40.pdf aes_256_packed.pdf for_certificates.pdf
}

@test "残缺的、路径越界的、带实体的、说谎的" {
  refused_as damaged_file hello.pdf half.pdf half_linear.pdf no_end.pdf not_packed.pdf half.jpg tiny.jpg half.png bent.png \
    cut.docx outside.docx entities.docx fetch.docx encoding.docx liar.docx overlapping.docx
}

@test "看似有害而无害的照收：链接和标题里的字样、空的附件表、所有者密码、首尾的填充" {
  local file
  for file in link.pdf titled.pdf empty_attachments_packed.pdf owner_rc4_128.pdf late.pdf padded.pdf telephone.jpg zip64.docx \
    chart.docx local_template.docx defaults.docx outside.xlsx windows_chart.docx stamped.ofd; do
    attach nanjing "/v1/plans/$plan" other "$SCIDAY_FIXTURES/taken/$file"
    status 201
  done
  forget_documents "/v1/plans/$plan"
}

@test "命令行也能问：是什么文件，为何不收" {
  [[ -n ${SCIDAY_BINARY:-} ]] || skip 'SCIDAY_BINARY is not set'
  [[ $("$SCIDAY_BINARY" inspect <"$SCIDAY_FIXTURES/taken/stamped.ofd") == 'taken application/ofd' ]]
  [[ $("$SCIDAY_BINARY" inspect <"$SCIDAY_FIXTURES/refused/macros/part.docx") == 'refused macros' ]]
  run "$SCIDAY_BINARY" inspect a.pdf
  ((status == 2))
}

@test "超过 20 MiB 是 413，正好 20 MiB 可以" {
  local file=$BATS_TEST_TMPDIR/large.pdf
  { head -c -6 "$SCIDAY_FIXTURES/plain.pdf"; head -c 20971520 /dev/zero; } | head -c $((20971520 - 6)) >"$file"
  printf '%%%%EOF\n' >>"$file"
  attach nanjing "/v1/plans/$plan" other "$file"
  status 201
  field .size 20971520
  forget_documents "/v1/plans/$plan"
  printf '%%%%EOF\n' >>"$file"
  attach nanjing "/v1/plans/$plan" other "$file"
  expect 413 body_too_large
  field .maximum 20971520
  nothing_left
}

@test "种类与文件类型不符" {
  attach nanjing "/v1/plans/$plan" stamped_pdf "$SCIDAY_FIXTURES/form.docx"
  expect 422 validation_failed /file wrong_type_for_kind
  attach nanjing "/v1/plans/$plan" word_copy "$SCIDAY_FIXTURES/form.pdf"
  expect 422 validation_failed /file wrong_type_for_kind
  attach nanjing "/v1/activities/$activity" photo "$SCIDAY_FIXTURES/form.pdf"
  expect 422 validation_failed /file wrong_type_for_kind
  attach nanjing "/v1/plans/$plan" photo "$SCIDAY_FIXTURES/dot.png"
  expect 422 validation_failed /kind not_taken_here
  nothing_left
}

# ---- The fields -----------------------------------------------------------------------------

@test "文件名不是路径：../../etc/passwd 等" {
  local name
  for name in ../../etc/passwd /etc/passwd a/b.pdf 'C:\dir\a.pdf' .. .; do
    attach nanjing "/v1/plans/$plan" other "$SCIDAY_FIXTURES/plain.pdf" "$name"
    expect 422 validation_failed /name not_a_file_name
    as nanjing POST "/v1/plans/$plan/documents" -F kind=other -F "file=@$SCIDAY_FIXTURES/plain.pdf;filename=\"$name\""
    expect 422 validation_failed /name not_a_file_name
  done
  nothing_left
}

@test "文件名 300 个字太长，200 个字可以；不能为空、换行" {
  local name
  name=$(printf '长%.0s' {1..300})
  attach nanjing "/v1/plans/$plan" other "$SCIDAY_FIXTURES/plain.pdf" "$name"
  expect 422 validation_failed /name too_long
  field '.errors[0].params.maximum' 200
  attach nanjing "/v1/plans/$plan" other "$SCIDAY_FIXTURES/plain.pdf" $'a\nb.pdf'
  expect 422 validation_failed /name control_character
  attach nanjing "/v1/plans/$plan" other "$SCIDAY_FIXTURES/plain.pdf" ' 　 '
  expect 422 validation_failed /name required
  attach nanjing "/v1/plans/$plan" other "$SCIDAY_FIXTURES/plain.pdf" $'\xff.pdf'
  expect 422 validation_failed /name malformed
  nothing_left
  attach nanjing "/v1/plans/$plan" other "$SCIDAY_FIXTURES/plain.pdf" "${name:0:200}"
  status 201
  forget_documents "/v1/plans/$plan"
}

@test "种类必填，只能是规定的；没有的字段不收；所有错误一次说完" {
  as nanjing POST "/v1/plans/$plan/documents" -F "file=@$SCIDAY_FIXTURES/plain.pdf"
  expect 422 validation_failed /kind required
  as nanjing POST "/v1/plans/$plan/documents" -F kind=contract -F name=a/b -F colour=red -F "file=@$SCIDAY_FIXTURES/refused/active_content/open_script.pdf"
  expect 422 validation_failed /kind not_allowed_value
  finding /name not_a_file_name
  finding /colour unknown_field
  finding /file active_content
  as nanjing POST "/v1/plans/$plan/documents" -F kind=other
  expect 422 validation_failed /file required
  as nanjing POST "/v1/plans/$plan/documents" -F kind=other -F kind=other -F "file=@$SCIDAY_FIXTURES/plain.pdf"
  expect 400 malformed_body /kind duplicate_key
  as nanjing POST "/v1/plans/$plan/documents" -F kind=other -F "picture=@$SCIDAY_FIXTURES/plain.pdf"
  expect 422 validation_failed /picture unknown_field
  nothing_left
}

# ---- The body -------------------------------------------------------------------------------

@test "两个文件" {
  as nanjing POST "/v1/plans/$plan/documents" -F kind=other -F "file=@$SCIDAY_FIXTURES/plain.pdf" -F "file=@$SCIDAY_FIXTURES/form.pdf"
  expect 400 malformed_body /file one_file_only
  as nanjing POST "/v1/plans/$plan/documents" -F kind=other -F "file=@$SCIDAY_FIXTURES/plain.pdf" -F "file2=@$SCIDAY_FIXTURES/form.pdf"
  expect 400 malformed_body /file one_file_only
  nothing_left
}

@test "字段太多，字段名太长或不是 UTF-8" {
  local fields
  mapfile -t fields < <(printf -- '-F\nx%d=1\n' {1..65})
  as nanjing POST "/v1/plans/$plan/documents" "${fields[@]}"
  expect 400 malformed_body - too_many_fields
  as nanjing POST "/v1/plans/$plan/documents" -F kind=other -F "$(printf 'x%.0s' {1..99})中=1"
  expect 422 validation_failed - unknown_field
  wire_upload 'multipart/form-data; boundary=xYz' "$(part kind other)$(part $'\xff' 1)--xYz--"
  expect 422 validation_failed - unknown_field
  nothing_left
}

@test "没有 boundary" {
  wire_upload multipart/form-data "$(part kind other)$(part file "%PDF-" a.pdf)--xYz--\r\n"
  expect 400 malformed_body - boundary_missing
  nothing_left
}

@test "在中间截断：正文没有结束分隔符" {
  wire_upload 'multipart/form-data; boundary=xYz' "$(part kind other)--xYz\r\nContent-Disposition: form-data; name=\"file\"; filename=\"a.pdf\"\r\n\r\n%PDF-1.5\n%%EOF\n"
  expect 400 malformed_body - body_cut
  wire_upload 'multipart/form-data; boundary=xYz' "$(part kind other)$(part file '%PDF-1.5\n%%EOF\n' a.pdf)--xYz-"
  expect 400 malformed_body - body_cut
  wire_upload 'multipart/form-data; boundary=xYz' ''
  expect 400 malformed_body - body_cut
  nothing_left
}

@test "在中间断开：什么也不留下" {
  length=5000000 wire_upload 'multipart/form-data; boundary=xYz' \
    "$(part kind other)--xYz\r\nContent-Disposition: form-data; name=\"file\"; filename=\"a.pdf\"\r\n\r\n%PDF-1.5\n$(head -c 400000 /dev/zero | tr '\0' x)" --reset 0.3
  nothing_left
}

@test "不是表单的部分，和不是 multipart 的正文" {
  wire_upload 'multipart/form-data; boundary=xYz' '--xYz\r\nContent-Type: application/pdf\r\n\r\n%PDF-\r\n--xYz--'
  expect 400 malformed_body - malformed
  as nanjing POST "/v1/plans/$plan/documents" -d '{"kind": "other"}'
  expect 415 unsupported_media_type
  as nanjing POST "/v1/plans/$plan/documents"
  expect 400 malformed_body - required
  as nanjing POST "/v1/campaigns/$campaign/plans" -F title=x
  expect 415 unsupported_media_type
  nothing_left
}

@test "大小写不同的 Content-Type 也是 multipart" {
  local pdf='%PDF-1.4\n1 0 obj\n<</Pages 2 0 R>>\nendobj\n2 0 obj\n<</Kids[<</Type/Page>>]/Count 1>>\nendobj\ntrailer\n<</Root 1 0 R>>\n%%EOF\n'
  wire_upload 'Multipart/Form-Data; boundary=xYz' "$(part kind other)$(part file "$pdf" a.pdf)--xYz--\r\n"
  status 201
  forget_documents "/v1/plans/$plan"
}

@test "不该来的，第一个字节之前就拒绝，其余的不再保存" {
  local file=$BATS_TEST_TMPDIR/large.pdf
  { cat "$SCIDAY_FIXTURES/plain.pdf"; head -c 8000000 /dev/zero; } >"$file"
  attach public "/v1/plans/$plan" other "$file"
  expect 401 unauthenticated
  attach suzhou "/v1/plans/$plan" other "$file"
  expect 404 not_found
  nothing_left
}

@test "没完没了的正文会被挂断" {
  run curl --silent --max-time 300 -H "Authorization: Bearer $(token nanjing)" -F kind=other -F "file=@-;filename=a.pdf" \
    "$SCIDAY_URL/v1/plans/$plan/documents" < <(head -c 200000000 /dev/zero)
  ((status != 0 && status != 28))
  nothing_left
}
