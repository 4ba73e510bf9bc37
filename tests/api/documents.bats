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
