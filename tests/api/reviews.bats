# 审核记录 · The append-only history of a plan and of an activity.

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
  create_plan "$author" "$city" && plan=/v1/plans/$created
  create_activity "$author" "$city" highlight && highlight=/v1/activities/$created
  local each
  for each in "$plan" "$highlight"; do
    act "$author" "$each" submit
    act reviewer "$each" start_review
    act reviewer "$each" return '{"comment": "请补充。", "field_comments": [{"pointer": "/title", "comment": "太短。"}], "correction_due_at": "2099-01-01T00:00:00Z"}'
    act "$author" "$each" submit
    act reviewer "$each" accept '{"comment": "同意。"}'
  done
  act reviewer "$highlight" nominate '{"rank": 7, "reason": "可推广。"}'
  act reviewer "$highlight" retract '{"comment": "名额已满。"}'
  remember campaign city author plan highlight
}

setup() { recall; }

@test "记录按先后，可以分页" {
  same_in_pages "$author" "$plan/reviews?" '"\(.from_status) \(.action) \(.to_status)"'
  [ "$found" = 'draft submit submitted
submitted start_review under_review
under_review return returned
returned submit submitted
submitted accept accepted' ]
}

@test "活动的记录，包括择优报送和撤销" {
  same_in_pages reviewer "$highlight/reviews?" '"\(.from_status) \(.action) \(.to_status)"' 3
  [ "$found" = 'draft submit submitted
submitted start_review under_review
under_review return returned
returned submit submitted
submitted accept accepted
accepted nominate nominated
nominated retract accepted' ]
}

@test "意见、逐项意见、更正期限、顺序和理由都在记录里" {
  as observer GET "$highlight/reviews"
  status 200
  field '.items[2] | .comment, .field_comments[0].pointer, .correction_due_at' $'请补充。\n/title\n2099-01-01T00:00:00Z'
  field '.items[5] | .rank, .reason' $'7\n可推广。'
  field '.items[6].comment' 名额已满。
  holds '.items[0].submission_id == .items[2].submission_id and .items[0].submission_id != .items[3].submission_id'
  field '[.items[].by.name] | unique | length' 2
}

@test "记录带着当时请求的编号" {
  as reviewer GET "$highlight"
  as reviewer POST "$highlight/nominate" -H "If-Match: $etag" -H 'X-Request-Id: nominate-again.1' -d '{"rank": 8, "reason": "递补。"}'
  status 200
  as administrator GET "$highlight/reviews"
  field '.items[-1] | .request_id, .rank' $'nominate-again.1\n8'
  act reviewer "$highlight" retract
  as administrator GET "$highlight/reviews"
  field '.items[-1].action' retract
}

@test "被拒的操作不留记录" {
  as reviewer GET "$plan/reviews?count=exact"
  local before
  before=$(value .total_count)
  as reviewer POST "$plan/start_review" -H 'If-Match: "6-0000000000000000"'
  status 409
  as reviewer POST "$plan/return" -H 'If-Match: "1-0000000000000000"' -d '{"comment": "过时。"}'
  status 412
  as reviewer GET "$plan/reviews?count=exact"
  field .total_count "$before"
}

@test "活动公开以后，它的记录仍只给那里有角色的人" {
  as public GET "$highlight"
  status 200
  as public GET "$highlight/reviews"
  status 401
  as suzhou GET "$highlight/reviews"
  status 403
  problem role_not_held_here
  as suzhou GET "$plan/reviews"
  status 404
}
