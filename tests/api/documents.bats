# 附件 · Documents: what is attached to a campaign, a plan and an activity, who sees it, and how it is handed out.

load library
load campaign
load documents

setup_file() {
  setup_documents
}

setup() {
  recall
}

# ---- Up and down ----------------------------------------------------------------------------

@test "上传 LibreOffice 制作的 DOCX 和 PDF，原样取回" {
  local file kind digest
  for kind in word_copy stamped_pdf; do
    file=$SCIDAY_FIXTURES/form.docx
    [[ $kind == word_copy ]] || file=$SCIDAY_FIXTURES/form.pdf
    digest=$(sha256sum "$file" | cut -d' ' -f1)
    attach nanjing "/v1/activities/$activity" "$kind" "$file" "筹备方案.${file##*.}"
    status 201
    header Location "/v1/documents/$(value .id)"
    field .kind "$kind"
    field .name "筹备方案.${file##*.}"
    field .sha256 "$digest"
    field .size "$(stat --format=%s "$file")"
    field .status available
    field .is_outdated false
    field .activity_id "$activity"
    field .uploaded_by.name 南京市科协报送员
    download nanjing "$(value .id)"
    status 200
    cmp "$response_body" "$file"
    header ETag "\"$digest\""
    header X-Content-Type-Options nosniff
    header Accept-Ranges bytes
    header Content-Disposition "attachment; filename=\"____.${file##*.}\"; filename*=UTF-8''%E7%AD%B9%E5%A4%87%E6%96%B9%E6%A1%88.${file##*.}"
  done
  as nanjing GET "/v1/activities/$activity"
  field '.documents | map(.kind) | join(",")' word_copy,stamped_pdf
}

@test "文件名：没有字段就用文件自带的，统一为 NFC，不看扩展名而看内容" {
  as nanjing POST "/v1/plans/$plan/documents" -F kind=other -F "file=@$SCIDAY_FIXTURES/dot.png;filename=cafe"$'\u0301'".html"
  status 201
  field .name $'caf\u00e9.html'
  field .media_type image/png
  download nanjing "$(value .id)"
  header Content-Type image/png
  header Content-Disposition "attachment; filename=\"caf_.html.png\"; filename*=UTF-8''caf%C3%A9.html.png"
  forget_documents "/v1/plans/$plan"
}

@test "文件名：filename* 优先，编码词解开，看不见的字符去掉" {
  {
    printf -- '--xYz\r\nContent-Disposition: form-data; name="kind"\r\n\r\nother\r\n'
    printf -- '--xYz\r\nContent-Disposition: form-data; name="file"; filename="_.pdf"; filename*=%s\r\n\r\n' "UTF-8''%E9%80%9A%E7%9F%A5.pdf"
    cat "$SCIDAY_FIXTURES/plain.pdf"
    printf '\r\n--xYz--\r\n'
  } >"$BATS_TEST_TMPDIR/form"
  as nanjing POST "/v1/plans/$plan/documents" -H 'Content-Type: multipart/form-data; boundary=xYz' --data-binary "@$BATS_TEST_TMPDIR/form"
  status 201
  field .name 通知.pdf
  attach nanjing "/v1/plans/$plan" other "$SCIDAY_FIXTURES/plain.pdf" $'\u202e\u200b通知\u2066fdp.exe\ufeff'
  status 201
  field .name 通知fdp.exe
  as nanjing POST "/v1/plans/$plan/documents" -F kind=other -F "file=@$SCIDAY_FIXTURES/dot.png;filename=\"=?UTF-8?B?6YCa55+lLnBuZw==?=\""
  status 201
  field .name 通知.png
  attach nanjing "/v1/plans/$plan" other "$SCIDAY_FIXTURES/plain.pdf" $'\u200b\u202e'
  expect 422 validation_failed /name required
  forget_documents "/v1/plans/$plan"
}

@test "字段可以在文件之后" {
  as nanjing POST "/v1/plans/$plan/documents" -F "file=@$SCIDAY_FIXTURES/form.docx" -F kind=word_copy -F name=方案.docx
  status 201
  field .kind word_copy
  field .name 方案.docx
  forget_documents "/v1/plans/$plan"
}

@test "同样的内容只存一份，各归各的，删到最后一个为止" {
  local file=$BATS_TEST_TMPDIR/same.pdf first second digest
  { cat "$SCIDAY_FIXTURES/plain.pdf"; printf '%s\n%%%%EOF\n' "$(unique same)"; } >"$file"
  digest=$(sha256sum "$file" | cut -d' ' -f1)
  attach nanjing "/v1/plans/$plan" other "$file"
  status 201
  first=$(value .id)
  attach nanjing "/v1/activities/$activity" other "$file" 另一份.pdf
  status 201
  second=$(value .id)
  [[ $(database "SELECT count(*) FROM document_content WHERE sha256 = '$digest'") == 1 ]]
  as nanjing GET "/v1/documents/$first"
  as nanjing DELETE "/v1/documents/$first" -H "If-Match: $etag"
  status 204
  download nanjing "$first"
  expect 404 not_found
  download nanjing "$second"
  cmp "$response_body" "$file"
  as nanjing GET "/v1/documents/$second"
  as nanjing DELETE "/v1/documents/$second" -H "If-Match: $etag"
  status 204
  [[ $(database "SELECT count(*) FROM document_content WHERE sha256 = '$digest'") == 0 ]]
}

@test "列表按种类筛选、分页" {
  local kind
  for kind in other attachment other; do
    attach nanjing "/v1/plans/$plan" $kind "$SCIDAY_FIXTURES/plain.pdf"
    status 201
  done
  as nanjing GET "/v1/plans/$plan/documents?kind=other&count=exact"
  field .total_count 2
  [[ $(all_pages nanjing "/v1/plans/$plan/documents?limit=1" '.items[].kind' | paste -sd,) == other,attachment,other ]]
  forget_documents "/v1/plans/$plan"
}

@test "一次 Idempotency-Key 只附一个，内容不同则拒绝" {
  local key id
  key=$(unique key)
  attach nanjing "/v1/plans/$plan" other "$SCIDAY_FIXTURES/plain.pdf" a.pdf -H "Idempotency-Key: $key"
  status 201
  id=$(value .id)
  attach nanjing "/v1/plans/$plan" other "$SCIDAY_FIXTURES/plain.pdf" a.pdf -H "Idempotency-Key: $key"
  status 201
  header Idempotency-Replayed true
  header Location "/v1/documents/$id"
  field .id "$id"
  attach nanjing "/v1/plans/$plan" other "$SCIDAY_FIXTURES/packed.pdf" a.pdf -H "Idempotency-Key: $key"
  expect 422 idempotency_key_reused
  attach nanjing "/v1/plans/$plan" attachment "$SCIDAY_FIXTURES/plain.pdf" a.pdf -H "Idempotency-Key: $key"
  expect 422 idempotency_key_reused
  as nanjing GET "/v1/plans/$plan/documents"
  field '.items | length' 1
  forget_documents "/v1/plans/$plan"
  nothing_left
}

# ---- Ranges and conditions ------------------------------------------------------------------

@test "范围：一段 206，超出 416，If-Range 不符则给全部，HEAD 只有头" {
  local file=$BATS_TEST_TMPDIR/long.pdf id size tag
  { head -c -6 "$SCIDAY_FIXTURES/plain.pdf"; head -c 300000 /dev/urandom | base64; printf '%%%%EOF\n'; } >"$file"
  size=$(stat --format=%s "$file")
  attach nanjing "/v1/activities/$activity" other "$file"
  status 201
  id=$(value .id)
  download nanjing "$id"
  status 200
  cmp "$response_body" "$file"
  tag=$(header_value ETag)

  local range from to
  for range in 0-0 0-99 131071-131072 131072-131072 100000-300000 "$((size - 1))-" 5-"$((size + 5))"; do
    from=${range%-*} to=${range#*-}
    ((${to:-$size} < size)) || to=$((size - 1))
    download nanjing "$id" -H "Range: bytes=$range"
    status 206
    header Content-Range "bytes $from-${to:-$((size - 1))}/$size"
    header Content-Length $((to - from + 1))
    cmp "$response_body" <(tail -c +$((from + 1)) "$file" | head -c $((to - from + 1)))
  done
  download nanjing "$id" -H 'Range: bytes=-10'
  status 206
  cmp "$response_body" <(tail -c 10 "$file")
  download nanjing "$id" -H "Range: bytes=$size-"
  expect 416 range_not_satisfiable
  header Content-Range "bytes */$size"
  download nanjing "$id" -H 'Range: bytes=0-1,5-6'
  status 200
  download nanjing "$id" -H 'Range: bytes=0-1' -H "If-Range: $tag"
  status 206
  download nanjing "$id" -H 'Range: bytes=0-1' -H 'If-Range: "other"'
  status 200
  cmp "$response_body" "$file"
  download nanjing "$id" -H "If-None-Match: $tag" -H 'Range: bytes=0-1'
  status 304
  [[ ! -s $response_body ]]
  as nanjing HEAD "/v1/documents/$id/content"
  status 200
  header Content-Length "$size"
  header ETag "$tag"
}

@test "下载不看 Accept，也不压缩" {
  attach nanjing "/v1/activities/$activity" photo "$SCIDAY_FIXTURES/photo.jpg"
  status 201
  download nanjing "$(value .id)" -H 'Accept: image/*' -H 'Accept-Encoding: gzip'
  status 200
  header Content-Type image/jpeg
  no_header Content-Encoding
  header Cache-Control 'private, no-cache'
}

# ---- Links ----------------------------------------------------------------------------------

@test "下载链接：不用请求头，只对这一个附件，只在有效期内，只凭取得者的权限" {
  local id other url
  attach nanjing "/v1/activities/$activity" other "$SCIDAY_FIXTURES/form.pdf"
  id=$(value .id)
  attach nanjing "/v1/activities/$activity" other "$SCIDAY_FIXTURES/plain.pdf"
  other=$(value .id)
  as nanjing POST "/v1/documents/$id/link"
  status 200
  header Cache-Control no-store
  url=$(value .url)
  holds '(.expires_at | fromdate) - now | . > 240 and . <= 301'
  as public GET "$url"
  status 200
  cmp "$response_body" "$SCIDAY_FIXTURES/form.pdf"
  as public GET "$url" -H 'Range: bytes=0-4'
  status 206
  as public GET "${url/$id/$other}"
  expect 401 invalid_link
  as public GET "${url}x"
  expect 401 invalid_link
  as public GET "/v1/documents/$id/content?token=$(token nanjing)"
  expect 401 invalid_link
  as public GET /v1/me -H "Authorization: Bearer ${url#*token=}"
  expect 401 invalid_token
  as suzhou POST "/v1/documents/$id/link"
  expect 404 not_found
  as public POST "/v1/documents/$id/link"
  expect 401 unauthenticated
}

# signed_again TOKEN FILTER: the same token, with what the jq filter makes of its claims, signed by the service's own key.
signed_again() {
  local halves
  [[ -n ${SCIDAY_KEY_DIRECTORY:-} ]] || skip 'SCIDAY_KEY_DIRECTORY is not set'
  halves=$(tr -- '-_' '+/' <<<"$1" | jq --raw-input --raw-output "split(\".\") | map(@base64d) | .[0], (.[1] | fromjson | $2 | tojson)")
  paste --serial <<<"$halves" |
    /usr/bin/python3 "$BATS_TEST_DIRNAME/forge.py" --key "$SCIDAY_KEY_DIRECTORY/$(head -n 1 <<<"$halves" | jq --raw-output .kid).pem"
}

@test "五分钟以后，链接失效" {
  as nanjing GET "/v1/activities/$activity/documents?kind=other"
  as nanjing POST "/v1/documents/$(value '.items[0].id')/link"
  status 200
  local url
  url=$(value .url)
  as public GET "${url%token=*}token=$(signed_again "${url#*token=}" .)"
  status 200
  as public GET "${url%token=*}token=$(signed_again "${url#*token=}" '.iat -= 301 | .exp -= 301')"
  expect 401 invalid_link
}

@test "退出登录，链接随之失效" {
  create_account leaving submitter "$nanjing"
  as nanjing GET "/v1/activities/$activity/documents"
  local id access
  id=$(value '.items[0].id')
  access=$(token "$account")
  as "$account" POST "/v1/documents/$id/link"
  status 200
  local url
  url=$(value .url)
  as public GET "$url"
  status 200
  as public POST /v1/auth/revoke -H 'Content-Type: application/x-www-form-urlencoded' --data-urlencode "token=$access"
  status 200
  as public GET "$url"
  expect 401 invalid_link
}

@test "撤销下载链接：自己的，或者作为管理员撤销所有人的" {
  create_account colleague submitter "$nanjing"
  as nanjing GET "/v1/activities/$activity/documents"
  local link theirs mine
  link=/v1/documents/$(value '.items[0].id')/link
  as nanjing POST "$link"
  theirs=$(value .url)
  as "$account" POST "$link"
  mine=$(value .url)
  as "$account" DELETE "$link"
  status 204
  as public GET "$mine"
  expect 401 invalid_link
  as public GET "$theirs"
  status 200
  as administrator DELETE "$link"
  status 204
  as public GET "$theirs"
  expect 401 invalid_link
  as nanjing POST "$link"
  as public GET "$(value .url)"
  status 200
  as suzhou DELETE "$link"
  expect 404 not_found
  as public DELETE "$link"
  expect 401 unauthenticated
}

# ---- Who sees what --------------------------------------------------------------------------

@test "草稿的附件是作者和管理员的；报送后审核员、观察员可见；他人不可见" {
  local id who
  attach nanjing "/v1/plans/$plan" other "$SCIDAY_FIXTURES/form.pdf"
  status 201
  id=$(value .id)
  for who in suzhou zhejiang reviewer observer public; do
    as $who GET "/v1/documents/$id"
    expect 404 not_found
    download $who "$id"
    expect 404 not_found
  done
  as administrator GET "/v1/documents/$id"
  status 200
  act nanjing "/v1/plans/$plan" submit
  for who in reviewer observer; do
    download $who "$id"
    status 200
  done
  for who in suzhou zhejiang public; do
    download $who "$id"
    expect 404 not_found
  done
  act nanjing "/v1/plans/$plan" withdraw
}

@test "谁能附：作者，在可以修改时；其他人按各自所见答复" {
  attach suzhou "/v1/plans/$plan" other "$SCIDAY_FIXTURES/form.pdf"
  expect 404 not_found
  attach public "/v1/plans/$plan" other "$SCIDAY_FIXTURES/form.pdf"
  expect 401 unauthenticated
  attach reviewer "/v1/plans/$plan" other "$SCIDAY_FIXTURES/form.pdf"
  expect 403 role_not_held_here
  attach nanjing "/v1/campaigns/$campaign" notice "$SCIDAY_FIXTURES/form.pdf"
  expect 403 forbidden
  attach administrator "/v1/activities/$activity" other "$SCIDAY_FIXTURES/form.pdf"
  expect 403 role_not_held_here
  act nanjing "/v1/plans/$plan" submit
  attach nanjing "/v1/plans/$plan" other "$SCIDAY_FIXTURES/form.pdf"
  expect 409 not_editable
  field .current_status submitted
  act nanjing "/v1/plans/$plan" withdraw
}

@test "代报的，审核员附上纸质材料的扫描件" {
  create_activity reviewer "$suzhou" highlight '{"on_behalf": true, "title": "纸质活动"}'
  local paper=/v1/activities/$created
  attach reviewer "$paper" stamped_pdf "$SCIDAY_FIXTURES/form.pdf"
  status 201
  local scan
  scan=$(value .id)
  as suzhou GET "/v1/documents/$scan"
  status 200
  act reviewer "$paper" submit_on_behalf "{\"received_on\": \"$(today)\"}"
  attach reviewer "$paper" other "$SCIDAY_FIXTURES/form.pdf"
  expect 409 not_editable
  as suzhou GET "$paper/submissions"
  as suzhou GET "/v1/submissions/$(value '.items[0].id')"
  field '.documents[0].id' "$scan"
}

@test "通知和附件公众可见，其他的登录后可见；草稿届次的都不可见" {
  draft_campaign "$start"
  local notice other
  attach administrator "/v1/campaigns/$campaign" notice "$SCIDAY_FIXTURES/form.pdf" 关于开展活动的通知.pdf
  status 201
  notice=$(value .id)
  attach administrator "/v1/campaigns/$campaign" other "$SCIDAY_FIXTURES/form.docx"
  status 201
  other=$(value .id)
  download public "$notice"
  expect 404 not_found
  as public GET "/v1/campaigns/$campaign/documents"
  expect 404 not_found
  add_recipients "$nanjing"
  open_campaign
  download public "$notice"
  status 200
  header Cache-Control 'public, max-age=60, stale-while-revalidate=300'
  as public GET "/v1/documents/$notice"
  field .uploaded_by null
  field '.redacted | join(",")' uploaded_by
  as public GET "/v1/campaigns/$campaign/documents"
  field '.items | map(.kind) | join(",")' notice
  download public "$other"
  expect 404 not_found
  download suzhou "$other"
  status 200
  attach administrator "/v1/campaigns/$campaign" stamped_pdf "$SCIDAY_FIXTURES/form.pdf"
  expect 422 validation_failed /kind not_taken_here
  close_campaign
  attach administrator "/v1/campaigns/$campaign" attachment "$SCIDAY_FIXTURES/form.pdf"
  expect 409 campaign_closed
  download public "$notice"
  status 200
}

@test "通过审核的活动，公众只看到照片" {
  create_activity nanjing "$nanjing" highlight
  local shown=$created photo stamped
  attach nanjing "/v1/activities/$shown" photo "$SCIDAY_FIXTURES/photo.jpg"
  photo=$(value .id)
  attach nanjing "/v1/activities/$shown" stamped_pdf "$SCIDAY_FIXTURES/form.pdf"
  stamped=$(value .id)
  download public "$photo"
  expect 404 not_found
  act nanjing "/v1/activities/$shown" submit
  act reviewer "/v1/activities/$shown" accept
  local who
  for who in public suzhou zhejiang; do
    download $who "$photo"
    status 200
    download $who "$stamped"
    expect 404 not_found
    as $who GET "/v1/activities/$shown"
    field '.documents | map(.kind) | join(",")' photo
    as $who GET "/v1/activities/$shown/documents"
    field '.items | map(.kind) | join(",")' photo
  done
  download reviewer "$stamped"
  status 200
}

# ---- Required documents, and stamped copies ---------------------------------------------------

@test "要求的附件：缺少、过期都指名拒绝；没有要求时只是提醒" {
  draft_campaign "$start" '{"required_documents": ["word_copy", "stamped_pdf"]}'
  field '.id | length > 0' true
  add_recipients "$nanjing"
  open_campaign
  as public GET "/v1/campaigns/$campaign"
  field '.required_documents | join(",")' word_copy,stamped_pdf
  create_activity nanjing "$nanjing" highlight
  local form="/v1/activities/$created"
  try_act nanjing "$form" submit
  expect 422 form_incomplete
  field '.errors | map("\(.pointer) \(.code) \(.params.kind)") | join(",")' \
    '/documents missing_document word_copy,/documents missing_document stamped_pdf'
  attach nanjing "$form" word_copy "$SCIDAY_FIXTURES/form.docx"
  status 201
  attach nanjing "$form" stamped_pdf "$SCIDAY_FIXTURES/form.pdf"
  status 201
  field .is_outdated false
  local stamped
  stamped=$(value .id)

  # 盖章之后又改了内容 · changed after it was stamped
  as nanjing GET "$form"
  as nanjing PATCH "$form" -H "If-Match: $etag" -d '{"title": "科学家精神报告团走进玄武湖"}'
  status 200
  as nanjing GET "/v1/documents/$stamped"
  field .is_outdated true
  try_act nanjing "$form" submit
  expect 422 form_incomplete
  field '.errors | map("\(.code) \(.params.kind)") | join(",")' 'outdated_document stamped_pdf'

  # 改回来就又一致了 · and back again
  as nanjing GET "$form"
  as nanjing PATCH "$form" -H "If-Match: $etag" -d '{"title": "科学家精神报告团走进紫金山"}'
  as nanjing GET "/v1/documents/$stamped"
  field .is_outdated false
  act nanjing "$form" submit

  # 报送的是这两个，不能再删 · the submission has them, and they stay
  as nanjing GET "$form/submissions"
  as nanjing GET "/v1/submissions/$(value '.items[0].id')"
  field '.documents | map(.kind) | join(",")' word_copy,stamped_pdf
  field ".documents[1].sha256" "$(sha256sum "$SCIDAY_FIXTURES/form.pdf" | cut -d' ' -f1)"
  as nanjing GET "/v1/documents/$stamped"
  as nanjing DELETE "/v1/documents/$stamped" -H "If-Match: $etag"
  expect 409 not_editable
  act reviewer "$form" return '{"comment": "请重新盖章。"}'
  as nanjing GET "/v1/documents/$stamped"
  as nanjing DELETE "/v1/documents/$stamped" -H "If-Match: $etag"
  expect 409 in_use
}

@test "要求的附件：工作方案也要有，代报的也要有" {
  draft_campaign "$start" '{"required_documents": ["stamped_pdf"]}'
  add_recipients "$nanjing"
  open_campaign
  create_plan nanjing "$nanjing"
  try_act nanjing "/v1/plans/$created" submit
  expect 422 form_incomplete /documents missing_document
  attach nanjing "/v1/plans/$created" stamped_pdf "$SCIDAY_FIXTURES/plan.pdf"
  act nanjing "/v1/plans/$created" submit
  create_activity reviewer "$nanjing" highlight '{"on_behalf": true}'
  as reviewer POST "/v1/activities/$created/submit_on_behalf" -H "If-Match: $etag" -d "{\"received_on\": \"$start\"}"
  expect 422 form_incomplete /documents missing_document
  attach reviewer "/v1/activities/$created" stamped_pdf "$SCIDAY_FIXTURES/form.pdf"
  act reviewer "/v1/activities/$created" submit_on_behalf "{\"received_on\": \"$start\"}"
}

@test "盖章件可以是 OFD（GB/T 33190）" {
  create_activity nanjing "$nanjing" highlight
  attach nanjing "/v1/activities/$created" stamped_pdf "$SCIDAY_FIXTURES/taken/stamped.ofd" 盖章件
  status 201
  field .media_type application/ofd
  local id
  id=$(value .id)
  download nanjing "$id"
  cmp "$response_body" "$SCIDAY_FIXTURES/taken/stamped.ofd"
  header Content-Type application/ofd
  header Content-Disposition "attachment; filename=\"___.ofd\"; filename*=UTF-8''%E7%9B%96%E7%AB%A0%E4%BB%B6.ofd"
  attach nanjing "/v1/activities/$created" word_copy "$SCIDAY_FIXTURES/taken/stamped.ofd"
  expect 422 validation_failed /file wrong_type_for_kind
  attach nanjing "/v1/activities/$created" photo "$SCIDAY_FIXTURES/taken/stamped.ofd"
  expect 422 validation_failed /file wrong_type_for_kind
}

@test "没有要求时，缺少盖章件只是提醒" {
  as nanjing POST "/v1/plans/$plan/validate"
  field '.errors | length' 0
  field '.warnings | map("\(.code) \(.params.kind)") | join(",")' 'missing_document stamped_pdf'
}

@test "删除要 If-Match，别人的删不了" {
  create_activity nanjing "$nanjing" highlight
  attach nanjing "/v1/activities/$created" other "$SCIDAY_FIXTURES/form.pdf"
  local id tag
  id=$(value .id)
  tag=$etag
  as nanjing DELETE "/v1/documents/$id"
  expect 428 if_match_required
  as nanjing DELETE "/v1/documents/$id" -H 'If-Match: "7-0123456789abcdef"'
  expect 412 version_mismatch
  as suzhou DELETE "/v1/documents/$id" -H "If-Match: $tag"
  expect 404 not_found
  as administrator DELETE "/v1/documents/$id" -H "If-Match: $tag"
  expect 403 role_not_held_here
  as nanjing DELETE "/v1/documents/$id" -H "If-Match: $tag"
  status 204
  as nanjing GET "/v1/documents/$id"
  expect 404 not_found
}

@test "删除草稿，附件随之删除" {
  create_activity nanjing "$nanjing" highlight
  local form="/v1/activities/$created" id
  attach nanjing "$form" other "$SCIDAY_FIXTURES/form.pdf"
  id=$(value .id)
  as nanjing GET "$form"
  as nanjing DELETE "$form" -H "If-Match: $etag"
  status 204
  as nanjing GET "/v1/documents/$id"
  expect 404 not_found
}
