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

@test "契约里写明词表的每个枚举，每个代码都有名称；写明的词表都在" {
  as public GET /v1/labels
  cp "$response_body" "$BATS_TEST_TMPDIR/labels"
  as public GET /openapi.json
  holds '[.. | objects | select(has("x-vocabulary") and has("enum"))] | length > 10'
  local missing
  missing=$(jq --raw-output --slurpfile labels "$BATS_TEST_TMPDIR/labels" '
    .. | objects | select(has("x-vocabulary")) | ."x-vocabulary" as $name
    | select(IN($name; "module", "phase", "audience", "award_category") | not) # of a campaign itself
    | $labels[0][$name] as $words
    | if $words then (.enum // [] | .[] | select(IN($words[].code) | not)) else "*" end | "\($name): \(.)"' "$response_body")
  [ -z "$missing" ] || { echo "$missing"; false; }
}

# all_named FILE VOCABULARY: the file has codes, and each of them is in the vocabulary of the labels kept before.
all_named() {
  local unnamed
  jq --raw-output ".$2[].code" "$BATS_TEST_TMPDIR/labels" | sort >"$BATS_TEST_TMPDIR/named"
  [[ -s $BATS_TEST_TMPDIR/$1 && -s $BATS_TEST_TMPDIR/named ]] || unexpected "expected codes of $1" || return
  unnamed=$(comm -23 "$BATS_TEST_TMPDIR/$1" "$BATS_TEST_TMPDIR/named") || return
  [[ -z $unnamed ]] || unexpected 'expected a name for each, but there is none for:' "$unnamed"
}

@test "流程里的每个操作和状态都有它的名称" {
  as public GET /v1/labels
  cp "$response_body" "$BATS_TEST_TMPDIR/labels"
  as public GET /v1/workflows
  value '.workflows[].transitions[] | .action' | sort -u >"$BATS_TEST_TMPDIR/actions"
  all_named actions action
  value '.workflows[] | select(.resource != "execution") | .transitions[] | .from_status, .to_status' | sort -u >"$BATS_TEST_TMPDIR/statuses"
  diff "$BATS_TEST_TMPDIR/statuses" <(jq --raw-output '.activity_status[].code' "$BATS_TEST_TMPDIR/labels" | sort)
  value '.workflows[] | select(.resource == "execution") | .transitions[] | .from_status, .to_status' | sort -u >"$BATS_TEST_TMPDIR/executions"
  diff "$BATS_TEST_TMPDIR/executions" <(jq --raw-output '.execution[].code' "$BATS_TEST_TMPDIR/labels" | sort)
}

@test "应报事项、延期、奖项、活动届次的操作也在「操作」之中，名称相同" {
  as public GET /v1/labels
  # shellcheck disable=SC2016
  holds '.action as $all | all((.campaign_action, .obligation_action, .extension_action, .award_action)[]; . as $one |
    any($all[]; .code == $one.code and .zh == $one.zh and .en == $one.en))'
  holds '(.workflow_status | map(.code)) == ([.activity_status, .execution | .[].code])'
}

@test "审计记录里出现的每种内容都有它的名称" {
  as public GET /v1/labels
  cp "$response_body" "$BATS_TEST_TMPDIR/labels"
  as administrator GET '/v1/audit?limit=100'
  value '.items[].resource' | sort -u >"$BATS_TEST_TMPDIR/resources"
  all_named resources resource
}

@test "未变时是 304" {
  as public GET /v1/labels
  as public GET /v1/labels -H "If-None-Match: $etag"
  status 304
}
