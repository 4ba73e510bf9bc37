# 状态与流程 · The table of states as the API publishes it; states.bats tries each of its rows.

load library

@test "报送的都从草稿开始，举办情况从计划举办开始，写明谁、在活动的什么状态下、可以做什么" {
  as public GET /v1/workflows
  status 200
  header Cache-Control 'public, max-age=60, stale-while-revalidate=300'
  field '[.workflows[] | "\(.resource) \(.kind // "")"] | sort | join(",")' \
    'activity event,activity highlight,activity programme,execution event,execution highlight,execution programme,plan ,summary_report event,summary_report highlight,summary_report programme'
  holds 'all(.workflows[]; .initial_status == if .resource == "execution" then "planned" else "draft" end)'
  field '.workflows[] | select(.resource == "activity" and .kind == "highlight") | .transitions[] | select(.action == "nominate") | "\(.from_status) \(.to_status) \(.role)"' \
    'accepted nominated reviewer'
}

@test "活动结束后只剩审核员的操作" {
  as public GET /v1/workflows
  field '[.workflows[].transitions[] | select(.campaign_statuses | index("closed")) | .role] | unique | join(" ")' reviewer
  field '[.workflows[].transitions[] | select(.role == "submitter") | .campaign_statuses[]] | unique | join(" ")' open
}

@test "未变时是 304" {
  as public GET /v1/workflows
  as public GET /v1/workflows -H "If-None-Match: $etag"
  status 304
}
