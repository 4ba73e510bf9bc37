# 令牌 · Tokens: what is forged, borrowed, ended or worn out opens nothing, and no secret is ever written down.
# What a person meets who signs in is in auth.bats; here is what somebody tries who should not come in.

load library
load sign_in

setup_file() {
  nanjing=$(organization_id 320100)
  jiangsu=$(organization_id jiangsu)
  export nanjing jiangsu
}

# Whatever was a secret, for the last test.
teardown() {
  printf '%s\n' "${access_token:-}" "${refresh_token:-}" "${password:-}" >>"$BATS_FILE_TMPDIR/secrets"
}

# part NUMBER TOKEN: the JSON of its header (1) or its claims (2).
part() { cut -d. -f"$1" <<<"$2" | tr -- '-_' '+/' | jq --raw-input --compact-output '@base64d | fromjson'; }

# own_key: the file of the key that signed $access_token. Only who runs the service has it.
own_key() {
  [[ -n ${SCIDAY_KEY_DIRECTORY:-} ]] || skip 'SCIDAY_KEY_DIRECTORY is not set'
  key=$SCIDAY_KEY_DIRECTORY/$(part 1 "$access_token" | jq --raw-output .kid).pem
  [[ -f $key ]]
}

# forge HEADERS CLAIMS [ARGUMENT…]: tokens, one a line, for every header that the jq filter HEADERS makes of
# that of $access_token, and all the claims that CLAIMS makes of its, signed as forge.py's arguments say.
forge() {
  jq --null-input --raw-output --argjson header "$(part 1 "$access_token")" --argjson claims "$(part 2 "$access_token")" \
    "(\$header | $1) as \$forged | (\$claims | $2) as \$claimed | [\$forged, \$claimed | tojson] | join(\"\t\")" |
    /usr/bin/python3 "$BATS_TEST_DIRNAME/forge.py" "${@:3}" | tee -a "$BATS_FILE_TMPDIR/secrets"
}

# invalid COUNT < TOKENS: there are so many, and every one of them is refused.
invalid() {
  local tokens each
  mapfile -t tokens
  [[ ${#tokens[@]} == "$1" ]] || { printf 'expected %d tokens, not %d\n' "$1" "${#tokens[@]}"; return 1; }
  for each in "${tokens[@]}"; do
    me "$each"
    status 401 || return
    header WWW-Authenticate 'Bearer error="invalid_token"' || return
    problem invalid_token || return
  done
}

# strangers_key: a key that is not ours, in $key.
strangers_key() {
  key=$BATS_TEST_TMPDIR/stranger.pem
  openssl ecparam -name prime256v1 -genkey -noout -out "$key"
}

# ---- Forged ---------------------------------------------------------------------------------

@test "对照：原样重签的令牌有效，可见以下各项只差所改之处" {
  session nanjing
  own_key
  me "$(forge . . --key "$key")"
  status 200
  field .username nanjing
}

@test "没有签名的令牌" {
  session nanjing
  invalid 8 < <(forge '(.alg = ("none", "None", "NONE", "nOnE", "", "ES256", "HS256")), del(.alg)' .)
  invalid 1 < <(cut -d. -f1,2 <<<"$access_token")
}

@test "改过一字的令牌" {
  session nanjing
  local header claims signature other
  IFS=. read -r header claims signature <<<"$access_token"
  other=$(forge . '.sub = "0196b1d4-7c00-7000-8000-000000000001"' | cut -d. -f2)
  invalid 15 <<TXT
$header.$other.$signature
$header.$claims.${signature:1}A
$header.$claims.${signature%?}
$header.$claims
$header..$signature
.$claims.$signature
$header.$claims.$signature.$signature
$header.$claims.$(printf 'A%.0s' {1..86})
$claims.$header.$signature
$signature
${access_token^^}
$access_token%00
$(printf 'a%.0s' {1..5000})
a.b.c
...
TXT
}

@test "伪造的令牌在不需要登录的地方也是 401，不当作公众" {
  as public GET /v1/labels -H 'Authorization: Bearer a.b.c'
  status 401
  problem invalid_token
  header Cache-Control no-store
}

@test "以公钥为密钥的 HMAC" {
  session nanjing
  own_key
  local public=$BATS_TEST_TMPDIR/public.pem digest
  openssl pkey -in "$key" -pubout -out "$public"
  for digest in 256 384 512; do
    invalid 1 < <(forge ".alg = \"HS$digest\"" . --secret "$public" --hash "sha$digest")
  done
  printf %s "$(<"$public")" >"$BATS_TEST_TMPDIR/trimmed.pem"
  invalid 1 < <(forge '.alg = "HS256"' . --secret "$BATS_TEST_TMPDIR/trimmed.pem")
  printf x >"$BATS_TEST_TMPDIR/short"
  invalid 1 < <(forge '.alg = "HS256"' . --secret "$BATS_TEST_TMPDIR/short")
  : >"$BATS_TEST_TMPDIR/empty"
  invalid 1 < <(forge '.alg = "HS256"' . --secret "$BATS_TEST_TMPDIR/empty")
  # Signed as it should be, and said to be something else.
  invalid 5 < <(forge '.alg = ("HS256", "RS256", "ES384", "PS256", "none")' . --key "$key")
}

@test "别人的密钥，附上也不认" {
  session nanjing
  strangers_key
  invalid 4 < <(forge '., (.jwk = {kty: "EC", crv: "P-256", x: "AA", y: "AA"}), (.jku = "http://127.0.0.1:1/"), (.x5c = ["AA"])' . --key "$key")
}

@test "密钥编号：没有的、不认识的、像路径的、像语句的" {
  session nanjing
  own_key
  invalid 15 < <(forge "del(.kid), (.kid = (\"\", \"unknown\", 1, null, [], {}, \"../\" + .kid, .kid + \".pem\", \"$key\", \"/dev/null\",
    \"../../../../etc/passwd\", \"' OR 1=1 --\", \"%s%n\", .kid + \"\\u0000\"))" . --key "$key")
}

@test "期限：已过的、没有的、不是整数的、还没到的" {
  session nanjing
  own_key
  invalid 16 < <(forge . '(.exp = (.iat - 1, 0, -1, (.exp | tostring), .exp + 0.5, null, true, 1e300, [.exp])), del(.exp), del(.iat), del(.nbf),
    (.nbf = .exp), (.iat = .exp), (.nbf |= tostring), (.iat = "now")' --key "$key")
}

@test "受众、签发者、会话：不是给我们的，不是我们发的，不是这个人的" {
  session nanjing
  own_key
  local other
  other=$(part 2 "$(token suzhou)")
  invalid 15 < <(forge . "(.aud = (\"another\", [.aud], \"\")), del(.aud), (.iss = \"another\"), del(.iss),
    (.sub = (\"\", 1, \"not-an-id\", \"0196b1d4-7c00-7000-8000-00000000dead\", ($other | .sub))), del(.sub),
    (.sid = (\"not-an-id\", \"0196b1d4-7c00-7000-8000-00000000dead\", ($other | .sid)))" --key "$key")
  invalid 2 < <(forge . 'del(.sid), del(.jti)' --key "$key")
  invalid 2 < <(printf '%s\tnot json\n%s\t[]\n' "$(part 1 "$access_token")" "$(part 1 "$access_token")" |
    /usr/bin/python3 "$BATS_TEST_DIRNAME/forge.py" --key "$key")
}

# ---- The header -----------------------------------------------------------------------------

@test "Authorization：须是一个 Bearer，续期令牌不是" {
  session nanjing
  local value
  for value in "Basic $(printf 'nanjing:x' | base64)" Bearer 'Bearer ' "$access_token" "Token $access_token" "Bearer=$access_token" \
    "Bearer $access_token $access_token" "Bearer $access_token,Bearer $access_token" "Bearer \"$access_token\"" "Bearer $refresh_token" Negotiate; do
    as public GET /v1/me -H "Authorization: $value"
    status 401
    problem invalid_token
  done
  as public GET /v1/me -H 'Authorization;'
  status 401
  as public GET /v1/me -H "Authorization: Bearer $access_token" -H "Authorization: Bearer $access_token"
  status 401
  problem invalid_token
  as public GET /v1/me -H "Authorization: Bearer $access_token" -H 'authorization: Basic eA=='
  status 401
  as public GET /v1/me -H "Authorization: bearer $access_token"
  status 200
  as public GET "/v1/me?access_token=$access_token"
  status 401
  as public GET "/v1/labels?access_token=$access_token"
  status 400
  finding access_token unknown_parameter
}

@test "同一个令牌只有一种写法：多一个字符、换一个同义的字符都不认，先用过对的也一样" {
  session nanjing
  me "$access_token"
  status 200
  local header claims signature last each
  IFS=. read -r header claims signature <<<"$access_token"
  # The last of 86 characters stands for two bits and four spare ones.
  last=$(tr 'AQgw' 'BRhx' <<<"${signature: -1}")
  invalid 14 <<TXT
$header.$claims.${signature%?}$last
$access_token=
$access_token==
$header=.$claims.$signature
$header.$claims=.$signature
$access_token.
.$access_token
$access_token.$signature
$access_token!
$access_token+/
$header.!$claims.$signature
$header.$claims.~$signature
$access_token%
$header.$claims.é$signature
TXT
  for each in '\t' '\xff' '\x01'; do
    printf 'GET /v1/me HTTP/1.1\r\nHost: x\r\nConnection: close\r\nAuthorization: Bearer %s%b\r\n\r\n' "$access_token" "$each" |
      /usr/bin/python3 "$BATS_TEST_DIRNAME/wire.py" "$SCIDAY_URL" >"$BATS_TEST_TMPDIR/answer"
    grep -q '^HTTP/1.1 40[01] ' "$BATS_TEST_TMPDIR/answer" || { printf '%q: ' "$each"; head -n 1 "$BATS_TEST_TMPDIR/answer"; return 1; }
  done
}

# ---- Ended ----------------------------------------------------------------------------------

# attempt_change TOKEN: asks for something that only an administrator may do; it would change nothing.
attempt_change() {
  as public PATCH "/v1/organizations/$nanjing" -H "Authorization: Bearer $1" -H 'If-Match: "999999999-x"' -d '{"short_name": "改"}'
}

@test "账号锁定：令牌立即失效，不能续期，也不能登录；解锁后旧令牌仍无效" {
  create_account locked administrator "$jiangsu"
  local id=$created
  session "$account"
  me "$access_token"
  status 200
  attempt_change "$access_token"
  status 412

  as administrator GET "/v1/users/$id"
  as administrator PATCH "/v1/users/$id" -H "If-Match: $etag" -d '{"is_active": false}'
  status 200
  local unlocking=$etag
  me "$access_token"
  status 401
  problem invalid_token
  attempt_change "$access_token"
  status 401
  post /v1/auth/token grant_type=refresh_token "refresh_token=$refresh_token"
  refused 400 invalid_grant
  post /v1/auth/token grant_type=password "username=$account" "password=$(account_password "$account")"
  refused 400 invalid_grant

  as administrator PATCH "/v1/users/$id" -H "If-Match: $unlocking" -d '{"is_active": true}'
  status 200
  me "$access_token"
  status 401
  session "$account"
}

@test "角色取消：修改立即不行，读取也立即不行" {
  create_account demoted administrator "$jiangsu" observer "$jiangsu"
  local id=$created
  session "$account"
  as public GET /v1/users -H "Authorization: Bearer $access_token"
  status 200
  as administrator GET "/v1/users/$id"
  as administrator PATCH "/v1/users/$id" -H "If-Match: $etag" -d "{\"memberships\": [{\"role\": \"observer\", \"organization_id\": \"$jiangsu\"}]}"
  status 200
  attempt_change "$access_token"
  status 403
  as public GET /v1/users -H "Authorization: Bearer $access_token"
  status 403
  problem forbidden
  header WWW-Authenticate 'Bearer error="insufficient_scope"'
  me "$access_token"
  status 200
  field '.memberships | length' 1
}

@test "改密码：别处的令牌立即失效" {
  create_account forgetful submitter "$nanjing"
  local id=$created
  session "$account"
  me "$access_token"
  status 200
  as administrator GET "/v1/users/$id"
  as administrator PATCH "/v1/users/$id" -H "If-Match: $etag" -d '{"password": "管理员另设的一个密码"}'
  status 200
  me "$access_token"
  status 401
  post /v1/auth/token grant_type=refresh_token "refresh_token=$refresh_token"
  refused 400 invalid_grant
}

@test "另一个进程取消了角色：修改立即不行，读取在一秒之内" {
  create_account elsewhere administrator "$jiangsu" observer "$jiangsu"
  session "$account"
  as public GET /v1/users -H "Authorization: Bearer $access_token"
  status 200
  database "DELETE FROM membership WHERE account_id = '$created' AND role = 'administrator'"
  attempt_change "$access_token"
  [[ $response_status == 403 || $response_status == 404 ]]
  users_are_refused() {
    as public GET /v1/users -H "Authorization: Bearer $access_token"
    status 403 >&2
  }
  within 1 users_are_refused
}

@test "另一个进程结束了会话：修改立即不行，读取在一秒之内" {
  create_account elsewhere administrator "$jiangsu"
  session "$account"
  me "$access_token"
  status 200
  database "UPDATE session SET ended_at = now() WHERE account_id = '$created'"
  attempt_change "$access_token"
  status 401
  me_is_refused() {
    me "$access_token"
    status 401 >&2
  }
  within 1 me_is_refused
}

@test "别人的令牌退出不了我的会话，一处退出不碍别处" {
  session suzhou
  local theirs=$access_token
  session nanjing
  local elsewhere=$access_token
  session nanjing
  # The same session, but a stranger's signature.
  strangers_key
  post /v1/auth/revoke "token=$(forge . . --key "$key")"
  status 200
  me "$access_token"
  status 200
  post /v1/auth/revoke "token=$access_token" token_type_hint=refresh_token
  status 200
  [[ ! -s $response_body ]]
  me "$access_token"
  status 401
  me "$elsewhere"
  status 200
  me "$theirs"
  status 200
}

# ---- Staying signed in ----------------------------------------------------------------------

# used_ago SECONDS TOKEN: makes the refresh token one that was used so long ago.
used_ago() {
  database "UPDATE refresh_token SET used_at = now() - interval '$1 seconds' WHERE digest = encode(sha256('$2'), 'hex') AND used_at IS NOT NULL RETURNING 'used'" |
    grep -q used
}

@test "续期令牌在三十秒后再用，整个会话结束" {
  session nanjing
  local first=$refresh_token second
  post /v1/auth/token grant_type=refresh_token "refresh_token=$first"
  status 200
  second=$(value .refresh_token)
  access_token=$(value .access_token)

  used_ago 29 "$first"
  post /v1/auth/token grant_type=refresh_token "refresh_token=$first"
  status 200
  me "$access_token"
  status 200

  used_ago 31 "$first"
  post /v1/auth/token grant_type=refresh_token "refresh_token=$first"
  refused 400 invalid_grant
  me "$access_token"
  status 401
  post /v1/auth/token grant_type=refresh_token "refresh_token=$second"
  refused 400 invalid_grant
}

# ten_uses TOKEN: the same refresh token ten times at once; the answers are in pair-1 to pair-10.
ten_uses() {
  rm -f "$BATS_TEST_TMPDIR"/pair-*
  curl --silent --parallel --parallel-immediate --parallel-max 10 -d grant_type=refresh_token -d "refresh_token=$1" \
    -o "$BATS_TEST_TMPDIR/pair-#1" "$SCIDAY_URL/v1/auth/token#[1-10]"
}

@test "续期令牌同时用十次，得到的是同一个新令牌，没有另外的" {
  session nanjing
  local each first=$refresh_token
  ten_uses "$first"
  [[ $(jq --raw-output .refresh_token "$BATS_TEST_TMPDIR"/pair-* | grep -c .) == 10 ]]
  refresh_token=$(jq --raw-output .refresh_token "$BATS_TEST_TMPDIR"/pair-* | sort -u)
  [[ $refresh_token =~ ^[A-Za-z0-9_-]{43}$ && $refresh_token != "$first" ]]
  for each in "$BATS_TEST_TMPDIR"/pair-*; do
    access_token=$(jq --raw-output .access_token "$each")
    me "$access_token"
    status 200
  done
  [[ $(database "SELECT count(*) FROM refresh_token WHERE session_id = '$(part 2 "$access_token" | jq --raw-output .sid)' AND used_at IS NULL") == 1 ]]
  # The next rotation, ten at once, and the one after it.
  ten_uses "$refresh_token"
  refresh_token=$(jq --raw-output .refresh_token "$BATS_TEST_TMPDIR"/pair-* | sort -u)
  post /v1/auth/token grant_type=refresh_token "refresh_token=$refresh_token"
  status 200
}

@test "新的续期令牌用过之后，旧的再用即是被盗，马上结束整个会话" {
  session nanjing
  local first=$refresh_token second
  post /v1/auth/token grant_type=refresh_token "refresh_token=$first"
  second=$(value .refresh_token)
  post /v1/auth/token grant_type=refresh_token "refresh_token=$second"
  status 200
  access_token=$(value .access_token) refresh_token=$(value .refresh_token)
  me "$access_token"
  status 200
  post /v1/auth/token grant_type=refresh_token "refresh_token=$first"
  refused 400 invalid_grant
  me "$access_token"
  status 401
  post /v1/auth/token grant_type=refresh_token "refresh_token=$refresh_token"
  refused 400 invalid_grant
}

@test "数据库里的内容，凑不出任何续期令牌" {
  session nanjing
  post /v1/auth/token grant_type=refresh_token "refresh_token=$refresh_token"
  status 200
  local successor
  successor=$(value .refresh_token)
  database "SELECT row_to_json(t) FROM refresh_token t WHERE t.digest IN (encode(sha256('$refresh_token'), 'hex'), encode(sha256('$successor'), 'hex'))" \
    >"$BATS_TEST_TMPDIR/kept"
  [[ $(wc -l <"$BATS_TEST_TMPDIR/kept") == 2 ]]
  grep -q '"salt":"' "$BATS_TEST_TMPDIR/kept"
  run ! grep -F -e "$refresh_token" -e "$successor" "$BATS_TEST_TMPDIR/kept"
  local each
  for each in $(jq --raw-output '.digest, .salt | strings' "$BATS_TEST_TMPDIR/kept"); do
    post /v1/auth/token grant_type=refresh_token "refresh_token=$each"
    refused 400 invalid_grant
  done
}

@test "会话到期，续期令牌无效" {
  create_account expired administrator "$jiangsu"
  session "$account"
  database "UPDATE session SET expires_at = now() - interval '1 second' WHERE account_id = '$created'"
  post /v1/auth/token grant_type=refresh_token "refresh_token=$refresh_token"
  refused 400 invalid_grant
  attempt_change "$access_token"
  status 401
}

@test "程序没有续期令牌；被锁定后令牌立即失效" {
  local client secret
  client=$(unique program)
  secret=$(head -c 30 /dev/urandom | base64)
  password=$secret
  create administrator /v1/clients "{\"client_id\": \"$client\", \"name\": \"统计程序\", \"client_secret\": \"$secret\",
    \"memberships\": [{\"organization_id\": \"$jiangsu\", \"role\": \"observer\"}]}"
  local id=$created locking=$etag
  post /v1/auth/token grant_type=client_credentials "client_id=$client" "client_secret=$secret"
  status 200
  holds 'has("refresh_token") | not'
  access_token=$(value .access_token)
  me "$access_token"
  status 200
  as administrator PATCH "/v1/clients/$id" -H "If-Match: $locking" -d '{"is_active": false}'
  status 200
  me "$access_token"
  status 401
  post /v1/auth/token grant_type=client_credentials "client_id=$client" "client_secret=$secret"
  refused 401 invalid_client
}

# ---- Guessing -------------------------------------------------------------------------------

# Each test that guesses does so from an address of its own: failures are counted by address too.
guess() {
  post_from "$1" grant_type=password "username=$2" "password=$3"
}

post_from() {
  local address=$1 fields=() pair
  shift
  for pair; do fields+=(--data-urlencode "$pair"); done
  as public POST /v1/auth/token --interface "$address" -H 'Content-Type: application/x-www-form-urlencoded' "${fields[@]}"
}

# needs_loopback: only on one's own machine is any 127.x.y.z an address to come from.
needs_loopback() {
  [[ $SCIDAY_URL == http://127.* ]] || skip 'the service is not on this machine'
}

own_address() { printf '127.%d.%d.%d' $((SRANDOM % 200 + 20)) $((SRANDOM % 256)) $((SRANDOM % 254 + 1)); }

# waits SECONDS: the answer is that one must wait, for so long at most.
waits() {
  refused 429 temporarily_unavailable || return
  problem too_many_sign_ins || return
  local wait
  wait=$(header_value Retry-After)
  ((wait > 0 && wait <= $1))
}

@test "别处的人猜密码：他自己等，本人在登录过的地方不受影响，别人也不受影响" {
  needs_loopback
  create_account guessed submitter "$nanjing"
  local home stranger
  home=$(own_address) stranger=$(own_address)
  password=$(account_password "$account")
  guess "$home" "$account" "$password"
  status 200
  for _ in 1 2 3 4 5; do
    guess "$stranger" "$account" "$(unique wrong)"
    refused 400 invalid_grant
  done
  guess "$stranger" "$account" "$password"
  waits 30
  guess "$home" "$account" "$password"
  status 200
  guess "$(own_address)" "$account" "$password"
  status 200
  guess "$stranger" nanjing "$(account_password nanjing)"
  status 200
  as public POST /v1/auth/token --interface "$stranger" -H 'Accept-Language: en' \
    -d "{\"grant_type\": \"password\", \"username\": \"${account^^}\", \"password\": \"x\"}"
  waits 30
  [[ $(value .detail) == 'Too many attempts to sign in have failed; try again later (in '*' s).' ]]
}

@test "许多地址一起猜一个账号：陌生人都要等，本人凭登录过的地址或设备照常登录" {
  needs_loopback
  create_account besieged submitter "$nanjing"
  local home device each
  home=$(own_address)
  password=$(account_password "$account")
  guess "$home" "$account" "$password"
  status 200
  device=$(value .device_token)
  for each in {1..20}; do
    guess "$(own_address)" "$account" not-the-password
    refused 400 invalid_grant
  done
  guess "$(own_address)" "$account" "$password"
  waits 30
  guess "$home" "$account" "$password"
  status 200
  post_from "$(own_address)" grant_type=password "username=$account" "password=$password" "device_token=$device"
  status 200
  field .device_token "$device"
  # As a device that is not theirs, or none of ours, the same stranger waits.
  guess "$home" nanjing "$(account_password nanjing)"
  for each in "$(value .device_token)" "$(unique made-up)" ''; do
    post_from "$(own_address)" grant_type=password "username=$account" "password=$password" "device_token=$each"
    waits 30
  done
}

@test "同一地址的同事乱猜：带着设备令牌的照常登录，没有的等一会儿" {
  needs_loopback
  create_account neighbour submitter "$nanjing"
  local office device
  office=$(own_address)
  password=$(account_password "$account")
  guess "$office" "$account" "$password"
  device=$(value .device_token)
  [[ $device =~ ^[A-Za-z0-9_-]{43}$ ]]
  for _ in 1 2 3 4 5; do
    guess "$office" "$account" not-the-password
    refused 400 invalid_grant
  done
  guess "$office" "$account" "$password"
  waits 30
  post_from "$office" grant_type=password "username=$account" "password=$password" "device_token=$device"
  status 200
  field .device_token "$device"
  # That was a sign-in from there.
  guess "$office" "$account" "$password"
  status 200
  printf '%s\n' "$device" >>"$BATS_FILE_TMPDIR/secrets"
  [[ $(database "SELECT count(*) FROM sign_in_place p WHERE strpos(p::text, '$device') + strpos(p::text, '$office') > 0") == 0 ]]
}

@test "设备令牌只在以密码登录时给：不认识的换成新的，续期和程序没有" {
  create_account travelling submitter "$nanjing"
  post /v1/auth/token grant_type=password "username=$account" "password=$(account_password "$account")" device_token=of-my-own-making
  status 200
  holds '.device_token != "of-my-own-making"'
  post /v1/auth/token grant_type=refresh_token "refresh_token=$(value .refresh_token)"
  status 200
  holds 'has("device_token") | not'
}

@test "猜不存在的账号，逐次的答复与猜存在的完全一样" {
  needs_loopback
  create_account known submitter "$nanjing"
  local address who attempt answers
  for who in "$account" "$(unique nobody)"; do
    address=$(own_address)
    for attempt in 1 2 3 4 5 6; do
      guess "$address" "$who" not-the-password
      printf '%s %s %s\n' "$attempt" "$response_status" \
        "$(jq --compact-output 'del(.request_id, .detail)' "$response_body")" >>"$BATS_TEST_TMPDIR/answers-${who%%-*}"
    done
  done
  [[ $(wc -l <"$BATS_TEST_TMPDIR/answers-known") == 6 ]]
  diff "$BATS_TEST_TMPDIR/answers-known" "$BATS_TEST_TMPDIR/answers-nobody"
}

@test "一个地址猜许多账号：从那里来的陌生人要等，登录过的人不等；自报的地址不算数" {
  needs_loopback
  create_account newcomer submitter "$nanjing"
  local address each
  address=$(own_address)
  guess "$address" nanjing "$(account_password nanjing)"
  status 200
  for each in {1..10}; do
    curl --silent --output /dev/null --parallel --parallel-immediate --interface "$address" -d grant_type=password \
      -d "username=$(unique nobody)" -d password=not-the-password "$SCIDAY_URL/v1/auth/token#[1-5]"
  done
  guess "$address" "$account" "$(account_password "$account")"
  waits 60
  as public POST /v1/auth/token --interface "$address" -H 'X-Forwarded-For: 192.0.2.7' -H 'Forwarded: for=192.0.2.7' \
    -d "$(jq --null-input --arg username "$account" --arg password "$(account_password "$account")" '{grant_type: "password", $username, $password}')"
  waits 60
  guess "$address" nanjing "$(account_password nanjing)"
  status 200
  guess "$(own_address)" "$account" "$(account_password "$account")"
  status 200
}

@test "同时猜二十次，也只有五次得到答复" {
  needs_loopback
  local name address statuses
  name=$(unique nobody)
  address=$(own_address)
  statuses=$(curl --silent --output /dev/null --write-out '%{http_code}\n' --parallel --parallel-immediate --parallel-max 20 \
    --interface "$address" -d grant_type=password -d "username=$name" -d password=not-the-password "$SCIDAY_URL/v1/auth/token#[1-20]")
  [[ $(grep -c '^400$' <<<"$statuses") == 5 ]]
  [[ $(grep -c '^429$' <<<"$statuses") == 15 ]]
}

@test "猜当前密码的也要等，但不妨碍登录" {
  create_account tempted submitter "$nanjing"
  session "$account"
  for _ in 1 2 3 4 5; do
    as public POST /v1/me/password -H "Authorization: Bearer $access_token" \
      -d '{"current_password": "not-the-password", "new_password": "another-long-one"}'
    status 422
  done
  as public POST /v1/me/password -H "Authorization: Bearer $access_token" \
    -d '{"current_password": "not-the-password", "new_password": "another-long-one"}'
  status 429
  problem too_many_sign_ins
  ((10#$(header_value Retry-After) <= 30))
  me "$access_token"
  status 200
  session "$account"
}

# ---- Written down ---------------------------------------------------------------------------

@test "日志里没有密码，也没有令牌" {
  [[ -n ${SCIDAY_LOG:-} ]] || skip 'SCIDAY_LOG is not set'
  local secrets=$BATS_TEST_TMPDIR/secrets
  {
    jq --raw-output '.[].password' "$SCIDAY_ACCOUNTS" "$BATS_RUN_TMPDIR"/accounts-*
    cut -d' ' -f2 "$BATS_RUN_TMPDIR"/token-*
    cat "$BATS_FILE_TMPDIR/secrets"
    printf '%s\n' not-the-password another-long-one 管理员另设的一个密码
  } | grep -E '.{8}' | sort -u >"$secrets"
  (($(wc -l <"$secrets") > 20))
  grep -q '"operation":"create_token"' "$SCIDAY_LOG"
  run ! grep --fixed-strings --file="$secrets" "$SCIDAY_LOG"
  # Nor what hides them from a plain search: a signature alone, or Basic's base64.
  run ! grep -E 'eyJ[A-Za-z0-9_-]{20}|Bearer |Basic ' "$SCIDAY_LOG"
}

@test "数据库里没有续期令牌，只有它的摘要" {
  session nanjing
  [[ $(database "SELECT count(*) FROM refresh_token WHERE digest = encode(sha256('$refresh_token'), 'hex')") == 1 ]]
  [[ $(database "SELECT count(*) FROM refresh_token WHERE position('$refresh_token' IN digest) > 0") == 0 ]]
}
