# 登录 · Signing in, staying signed in, signing out: OAuth 2.0 as any client library speaks it.
# Failures are counted by address too, so this file fails on purpose no more than it must.

load library
load sign_in

# ---- Signing in -----------------------------------------------------------------------------

@test "以表单登录，得到 15 分钟的访问令牌和续期令牌" {
  post /v1/auth/token grant_type=password username=nanjing "password=$(account_password nanjing)"
  status 200
  header Content-Type application/json
  header Cache-Control no-store
  field .token_type Bearer
  field .expires_in 900
  holds '.refresh_token | length >= 40'
  holds '.access_token | split(".") | length == 3'
}

@test "以 JSON 登录，账号不分大小写" {
  as public POST /v1/auth/token -d "$(jq --null-input --arg password "$(account_password nanjing)" \
    '{grant_type: "password", username: "NanJing", $password}')"
  status 200
  me "$(value .access_token)"
  status 200
  field .username nanjing
}

@test "访问令牌由公布的公钥验签" {
  session nanjing
  local kid
  kid=$(cut -d. -f1 <<<"$access_token" | tr -- '-_' '+/' | base64 --decode --ignore-garbage 2>/dev/null | jq --raw-output .kid)
  as public GET /.well-known/jwks.json
  status 200
  holds "any(.keys[]; .kid == \"$kid\" and .kty == \"EC\" and .crv == \"P-256\" and .alg == \"ES256\")"
  holds 'all(.keys[]; has("d") | not)'
}

@test "我是谁，有哪些角色" {
  as nanjing GET /v1/me
  status 200
  field .kind user
  field .username nanjing
  field '.memberships[0].role' submitter
  field '.memberships[0].organization.code' 320100
  holds 'has("password_hash") or has("password") | not'
  [[ -n $etag ]]
  as public GET /v1/me
  status 401
  problem unauthenticated
}

@test "密码不对和没有这个人，答复一样" {
  post /v1/auth/token grant_type=password username=suzhou password=not-the-password
  refused 400 invalid_grant
  local wrong_password
  wrong_password=$(value 'del(.request_id)')
  post /v1/auth/token grant_type=password "username=$(unique nobody)" password=not-the-password
  refused 400 invalid_grant
  [[ $(value 'del(.request_id)') == "$wrong_password" ]]
}

@test "请求不完整或不认识，按 RFC 6749 说明" {
  post /v1/auth/token username=nanjing
  refused 400 invalid_request
  post /v1/auth/token grant_type=
  refused 400 invalid_request
  post /v1/auth/token grant_type=password username=nanjing password=
  refused 400 invalid_request
  post /v1/auth/token grant_type=refresh_token
  refused 400 invalid_request
  post /v1/auth/token grant_type=authorization_code code=x
  refused 400 unsupported_grant_type
  post /v1/auth/token grant_type=password grant_type=password
  refused 400 invalid_request
  as public POST /v1/auth/token -d '{"grant_type": 1}'
  refused 422 invalid_request
  finding /grant_type wrong_type
  as public POST /v1/auth/token -d '{"grant_type": "password"'
  refused 400 invalid_request
  post /v1/auth/token grant_type=client_credentials
  refused 401 invalid_client
}

@test "旧的访问令牌不妨碍重新登录" {
  as public POST /v1/auth/token -H 'Authorization: Bearer old' -d "$(jq --null-input --arg password "$(account_password nanjing)" \
    '{grant_type: "password", username: "nanjing", $password}')"
  status 200
}

@test "失败五次，须等一会儿再试；别人不受影响" {
  local name
  name=$(unique guessed)
  for _ in 1 2 3 4 5; do
    post /v1/auth/token grant_type=password "username=$name" password=not-the-password
    refused 400 invalid_grant
  done
  post /v1/auth/token grant_type=password "username=${name^^}" password=not-the-password
  status 429
  problem too_many_sign_ins
  local wait
  wait=$(header_value Retry-After)
  ((wait > 0 && wait <= 30))
  session nanjing
}

# ---- One's own password ---------------------------------------------------------------------

# create_person: a user of 南京市科协 of this test's own: $person, with the password $password.
create_person() {
  person=$(unique person)
  password='一个只在测试里用的密码'
  create administrator /v1/users "{\"username\": \"$person\", \"name\": \"测试员\", \"password\": \"$password\",
    \"memberships\": [{\"organization_id\": \"$(organization_id 320100)\", \"role\": \"submitter\"}]}"
}

@test "修改自己的密码：旧密码作废，别处的登录一并结束" {
  create_person
  post /v1/auth/token grant_type=password "username=$person" "password=$password"
  status 200
  local elsewhere here
  elsewhere=$(value .access_token)
  post /v1/auth/token grant_type=password "username=$person" "password=$password"
  here=$(value .access_token)

  as public POST /v1/me/password -H "Authorization: Bearer $here" \
    -d "{\"current_password\": \"$password\", \"new_password\": \"另一个更长的新密码！\"}"
  status 204
  me "$here"
  status 200
  me "$elsewhere"
  status 401
  post /v1/auth/token grant_type=password "username=$person" "password=$password"
  refused 400 invalid_grant
  post /v1/auth/token grant_type=password "username=$person" 'password=另一个更长的新密码！'
  status 200
}

@test "不知道旧密码，不能修改；新密码太短，也不能" {
  create_person
  post /v1/auth/token grant_type=password "username=$person" "password=$password"
  access_token=$(value .access_token)
  as public POST /v1/me/password -H "Authorization: Bearer $access_token" \
    -d '{"current_password": "not-the-password", "new_password": "another-long-one"}'
  status 422
  problem validation_failed
  finding /current_password wrong_password
  as public POST /v1/me/password -H "Authorization: Bearer $access_token" \
    -d "{\"current_password\": \"$password\", \"new_password\": \"short\"}"
  status 422
  finding /new_password too_short
  as public POST /v1/me/password -d '{"current_password": "x", "new_password": "another-long-one"}'
  status 401
}

# ---- Programs -------------------------------------------------------------------------------

@test "程序以自己的标识和密钥登录，写在正文或 HTTP Basic 里" {
  local client secret=0123456789abcdef0123456789+/=%:x
  client=$(unique statistics)
  create administrator /v1/clients "{\"client_id\": \"$client\", \"name\": \"统计程序\", \"client_secret\": \"$secret\",
    \"memberships\": [{\"organization_id\": \"$(organization_id jiangsu)\", \"role\": \"observer\"}]}"
  post /v1/auth/token grant_type=client_credentials "client_id=$client" "client_secret=$secret"
  status 200
  holds 'has("refresh_token") | not'
  me "$(value .access_token)"
  status 200
  field .kind client
  field .username "$client"

  as public POST /v1/auth/token -u "$client:$(encode "$secret")" -d grant_type=client_credentials \
    -H 'Content-Type: application/x-www-form-urlencoded'
  status 200
  as public POST /v1/auth/token -u "$client:wrong" -d grant_type=client_credentials \
    -H 'Content-Type: application/x-www-form-urlencoded'
  refused 401 invalid_client
  header WWW-Authenticate 'Basic realm="sciday"'
  as public POST /v1/auth/token -u "$client:wrong" -d "grant_type=client_credentials&client_secret=$secret" \
    -H 'Content-Type: application/x-www-form-urlencoded'
  refused 400 invalid_request
  post /v1/auth/token grant_type=password "username=$client" "password=$secret"
  refused 400 invalid_grant
}

# ---- Forged tokens --------------------------------------------------------------------------

# forge HEADER PAYLOAD SIGNATURE
forge() {
  local part token=
  for part in "$1" "$2" "$3"; do
    token+=.$(printf %s "$part" | base64 --wrap=0 | tr '+/' '-_' | tr -d =)
  done
  printf %s "${token#.}"
}

@test "伪造的令牌一律 401" {
  session nanjing
  local header payload kid token
  header=$(cut -d. -f1 <<<"$access_token") payload=$(cut -d. -f2 <<<"$access_token")
  kid=$(base64 --decode 2>/dev/null <<<"$(tr -- '-_' '+/' <<<"$header")==" | jq --raw-output .kid)
  for token in \
    "$header.$payload." \
    "$header.$payload.$(printf %086d 0)" \
    "$(forge '{"alg":"none","typ":"JWT"}' '{"sub":"x"}' '')" \
    "$(forge "{\"alg\":\"HS256\",\"typ\":\"JWT\",\"kid\":\"$kid\"}" '{"sub":"x","exp":9999999999}' signature)" \
    "$(forge '{"alg":"ES256","typ":"JWT","kid":"../../etc/passwd"}' '{"sub":"x","exp":9999999999}' signature)" \
    "${access_token%????}" "x$access_token" "$(printf 'a%.0s' {1..5000})" 'a.b.c' '%s%n'; do
    me "$token"
    status 401
    problem invalid_token
    header WWW-Authenticate 'Bearer error="invalid_token"'
  done
  as public GET /v1/me -H "Authorization: Bearer $access_token" -H "Authorization: Bearer $access_token"
  status 401
}

# ---- Staying signed in ----------------------------------------------------------------------

@test "续期令牌用一次换一对新的，答复丢失时马上再用，得到的是同一个" {
  session nanjing
  local first=$refresh_token
  post /v1/auth/token grant_type=refresh_token "refresh_token=$first"
  status 200
  local second
  second=$(value .refresh_token)
  me "$(value .access_token)"
  status 200
  [[ $second != "$first" ]]
  post /v1/auth/token grant_type=refresh_token "refresh_token=$first"
  status 200
  field .refresh_token "$second"
  me "$(value .access_token)"
  status 200
  post /v1/auth/token grant_type=refresh_token "refresh_token=$second"
  status 200
}

@test "不认识的续期令牌" {
  post /v1/auth/token grant_type=refresh_token refresh_token=nothing-of-ours
  refused 400 invalid_grant
}

# ---- Signing out ----------------------------------------------------------------------------

@test "退出登录：两种令牌都立即失效，重复退出不是错误" {
  session nanjing
  me "$access_token"
  status 200
  post /v1/auth/revoke "token=$refresh_token" token_type_hint=refresh_token
  status 200
  me "$access_token"
  status 401
  post /v1/auth/token grant_type=refresh_token "refresh_token=$refresh_token"
  refused 400 invalid_grant
  post /v1/auth/revoke "token=$refresh_token"
  status 200
}

@test "凭访问令牌也可以退出" {
  session nanjing
  post /v1/auth/revoke "token=$access_token"
  status 200
  me "$access_token"
  status 401
  post /v1/auth/token grant_type=refresh_token "refresh_token=$refresh_token"
  refused 400 invalid_grant
  post /v1/auth/revoke token=nothing-of-ours
  status 200
  post /v1/auth/revoke
  refused 400 invalid_request
}

@test "退出一处，别处照常" {
  session nanjing
  local elsewhere=$access_token
  session nanjing
  post /v1/auth/revoke "token=$access_token"
  status 200
  me "$elsewhere"
  status 200
}
