# 总结报告的附件 · The documents of summary reports: photos, and the report as it was stamped.

load library
load campaign
load documents

setup_file() {
  setup_documents '{"required_documents": ["stamped_pdf"]}'
  attach nanjing "/v1/activities/$activity" stamped_pdf "$SCIDAY_FIXTURES/form.pdf"
  act nanjing "/v1/activities/$activity" submit && act reviewer "/v1/activities/$activity" accept
  create_report nanjing "$activity"
  report=/v1/summary_reports/$created
  remember report
}

setup() {
  recall
}

@test "上传、列出、下载、删除，和活动的附件一样" {
  local id
  attach nanjing "$report" photo "$SCIDAY_FIXTURES/photo.jpg" 报告会现场.jpg
  status 201
  id=$(value .id)
  header Location "/v1/documents/$id"
  field '.summary_report_id, .activity_id, .kind, .name, .is_outdated' "${report##*/}
null
photo
报告会现场.jpg
false"
  attach nanjing "$report" other "$SCIDAY_FIXTURES/plain.pdf"
  status 201
  [[ $(all_pages nanjing "$report/documents?limit=1" '.items[].kind' | paste -sd,) == photo,other ]]
  as nanjing GET "$report/documents?kind=photo&count=exact"
  field '.total_count, .items[].id' "1
$id"
  as nanjing GET "$report"
  field '.documents | map(.kind) | join(",")' photo,other
  download nanjing "$id"
  status 200
  cmp "$response_body" "$SCIDAY_FIXTURES/photo.jpg"
  as nanjing GET "/v1/documents/$id"
  as nanjing DELETE "/v1/documents/$id" -H "If-Match: $etag"
  status 204
  as nanjing GET "$report/documents"
  field '.items | map(.kind) | join(",")' other
  forget_documents "$report"
}

@test "一次 Idempotency-Key 只附一个" {
  local key id
  key=$(unique key)
  attach nanjing "$report" photo "$SCIDAY_FIXTURES/photo.jpg" a.jpg -H "Idempotency-Key: $key"
  status 201
  id=$(value .id)
  attach nanjing "$report" photo "$SCIDAY_FIXTURES/photo.jpg" a.jpg -H "Idempotency-Key: $key"
  header Idempotency-Replayed true
  field .id "$id"
  attach nanjing "$report" other "$SCIDAY_FIXTURES/photo.jpg" a.jpg -H "Idempotency-Key: $key"
  expect 422 idempotency_key_reused
  forget_documents "$report"
}

@test "不合种类的、不合内容的、不是自己的，各按其所见答复" {
  attach nanjing "$report" notice "$SCIDAY_FIXTURES/form.pdf"
  expect 422 validation_failed /kind not_taken_here
  attach nanjing "$report" photo "$SCIDAY_FIXTURES/form.pdf"
  expect 422 validation_failed /file wrong_type_for_kind
  attach suzhou "$report" photo "$SCIDAY_FIXTURES/photo.jpg"
  expect 404 not_found
  attach reviewer "$report" photo "$SCIDAY_FIXTURES/photo.jpg"
  expect 404 not_found
  attach observer "$report" photo "$SCIDAY_FIXTURES/photo.jpg"
  expect 403 forbidden
  attach administrator "$report" photo "$SCIDAY_FIXTURES/photo.jpg"
  expect 403 role_not_held_here
  attach public "$report" photo "$SCIDAY_FIXTURES/photo.jpg"
  expect 401 unauthenticated
  as suzhou GET "$report/documents"
  expect 404 not_found
  as nanjing GET "$report/documents"
  field '.items | length' 0
}

@test "要求盖章件的：缺少、过期都指名拒绝；随报送冻结；公众只见照片" {
  local photo stamped who
  attach nanjing "$report" photo "$SCIDAY_FIXTURES/photo.jpg"
  photo=$(value .id)
  try_act nanjing "$report" submit
  expect 422 form_incomplete
  field '.errors | map("\(.pointer) \(.code) \(.params.kind)") | join(",")' '/documents missing_document stamped_pdf'
  attach nanjing "$report" stamped_pdf "$SCIDAY_FIXTURES/form.pdf"
  status 201
  stamped=$(value .id)
  field .is_outdated false

  # 盖章之后又改了内容 · changed after it was stamped
  as nanjing GET "$report"
  as nanjing PATCH "$report" -H "If-Match: $etag" -d '{"outcomes": "另有三家媒体报道。"}'
  status 200
  field '.documents | map("\(.kind) \(.is_outdated)") | join(",")' 'photo false,stamped_pdf true'
  try_act nanjing "$report" submit
  expect 422 form_incomplete
  field '.errors | map("\(.pointer) \(.code) \(.params.kind)") | join(",")' '/documents outdated_document stamped_pdf'
  as nanjing GET "/v1/documents/$stamped"
  as nanjing DELETE "/v1/documents/$stamped" -H "If-Match: $etag"
  status 204
  attach nanjing "$report" stamped_pdf "$SCIDAY_FIXTURES/form.pdf"
  stamped=$(value .id)
  act nanjing "$report" submit

  as nanjing GET "$report/submissions"
  as nanjing GET "/v1/submissions/$(value '.items[0].id')"
  field '.documents | map("\(.kind) \(.id)") | join(",")' "photo $photo,stamped_pdf $stamped"
  attach nanjing "$report" photo "$SCIDAY_FIXTURES/dot.png"
  expect 409 not_editable
  as nanjing GET "/v1/documents/$photo"
  as nanjing DELETE "/v1/documents/$photo" -H "If-Match: $etag"
  expect 409 not_editable

  download public "$photo"
  expect 404 not_found
  for who in reviewer observer; do
    download $who "$stamped"
    status 200
  done
  act reviewer "$report" accept
  for who in public suzhou zhejiang; do
    download $who "$photo"
    status 200
    download $who "$stamped"
    expect 404 not_found
    as $who GET "$report"
    field '.documents | map(.kind) | join(",")' photo
    as $who GET "$report/documents"
    field '.items | map(.kind) | join(",")' photo
  done
  as public GET "/v1/documents/$photo"
  field '.uploaded_by, (.redacted | join(","))' $'null\nuploaded_by'

  as administrator GET "/v1/audit?resource=document&resource_id=$photo"
  field '.items[0] | .operation, .change, .after.summary_report_id' "create_summary_report_document
created
${report##*/}"
}

@test "代报的总结报告，审核员附上纸质材料的扫描件" {
  create_activity nanjing "$nanjing" highlight
  local id=$created paper scan
  attach nanjing "/v1/activities/$id" stamped_pdf "$SCIDAY_FIXTURES/form.pdf"
  act nanjing "/v1/activities/$id" submit
  create_report reviewer "$id" '{"on_behalf": true}'
  paper=/v1/summary_reports/$created
  attach reviewer "$paper" stamped_pdf "$SCIDAY_FIXTURES/form.pdf"
  status 201
  scan=$(value .id)
  as nanjing GET "/v1/documents/$scan"
  status 200
  act reviewer "$paper" submit_on_behalf "{\"received_on\": \"$(today)\"}"
  attach reviewer "$paper" photo "$SCIDAY_FIXTURES/photo.jpg"
  expect 409 not_editable
  as nanjing GET "$paper/submissions"
  as nanjing GET "/v1/submissions/$(value '.items[0].id')"
  field '.documents[0].id' "$scan"
}

@test "删除草稿，其附件随之删除" {
  create_activity nanjing "$nanjing" highlight
  create_report nanjing "$created"
  local draft=/v1/summary_reports/$created photo
  attach nanjing "$draft" photo "$SCIDAY_FIXTURES/photo.jpg"
  photo=$(value .id)
  as nanjing GET "$draft"
  as nanjing DELETE "$draft" -H "If-Match: $etag"
  status 204
  as nanjing GET "/v1/documents/$photo"
  expect 404 not_found
}
