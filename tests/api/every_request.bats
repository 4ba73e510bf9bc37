# 每一种请求 · Every request: each path with each method and each kind of content is answered, and nothing that is sent ends the service.

load library

@test "每个路径、每种方法、每种内容，登录与否：都有回答，没有 5xx" {
  as public GET /openapi.json
  status 200
  SCIDAY_TOKENS=$(jq --null-input --arg token "$(token administrator)" '{administrator: $token}') \
    /usr/bin/python3 "$BATS_TEST_DIRNAME/every_request.py" "$response_body"
  as public GET /v1/labels
  status 200
}
