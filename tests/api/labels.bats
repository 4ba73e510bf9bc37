# 代码名称 · A Chinese and an English label for every code that answers carry.

load library

@test "每个代码都有中文和英文名称，没有重复" {
  as public GET /v1/labels
  status 200
  header Cache-Control 'public, max-age=60, stale-while-revalidate=300'
  holds 'all(.[][]; (.code | length) > 0 and (.zh | length) > 0 and (.en | length) > 0)'
  holds 'all(.[]; (map(.code) | unique | length) == length)'
  field '[.plan_status[].code] | join(" ")' 'draft submitted under_review returned accepted'
  field '.role[] | select(.code == "reviewer") | .zh, .en' $'审核员\nReviewer'
}

@test "契约里的每个枚举都有它的名称" {
  as public GET /v1/labels
  cp "$response_body" "$BATS_TEST_TMPDIR/labels"
  as public GET /openapi.json
  local vocabulary missing=
  for vocabulary in organization_kind role campaign_status late_submissions obligation_kind verdict plan_status activity_status activity_kind; do
    missing+=$(comm -23 <(value ".components.schemas.$vocabulary.enum[]" | sort) \
      <(jq --raw-output ".${vocabulary}[].code" "$BATS_TEST_TMPDIR/labels" | sort))
  done
  [ -z "$missing" ]
}

@test "流程里的每个操作和状态都有它的名称" {
  as public GET /v1/labels
  cp "$response_body" "$BATS_TEST_TMPDIR/labels"
  as public GET /v1/workflows
  value '.workflows[].transitions[] | .action' | sort -u >"$BATS_TEST_TMPDIR/actions"
  diff "$BATS_TEST_TMPDIR/actions" <(jq --raw-output '.action[].code' "$BATS_TEST_TMPDIR/labels" | sort)
  value '.workflows[] | select(.resource != "execution") | .transitions[] | .from_status, .to_status' | sort -u >"$BATS_TEST_TMPDIR/statuses"
  diff "$BATS_TEST_TMPDIR/statuses" <(jq --raw-output '.activity_status[].code' "$BATS_TEST_TMPDIR/labels" | sort)
  value '.workflows[] | select(.resource == "execution") | .transitions[] | .from_status, .to_status' | sort -u >"$BATS_TEST_TMPDIR/executions"
  diff "$BATS_TEST_TMPDIR/executions" <(jq --raw-output '.execution[].code' "$BATS_TEST_TMPDIR/labels" | sort)
}

@test "未变时是 304" {
  as public GET /v1/labels
  as public GET /v1/labels -H "If-None-Match: $etag"
  status 304
}
