# 启动 · Starting: what is not as it must be is said in one line, and nothing is served.

load ../api/library
load installation

teardown() {
  leave_well
}

# shellcheck disable=SC2053 # the expected line is a pattern
# refuses LINE [VARIABLE=VALUE…]: serve ends with 1, says this one line (a pattern), and has not listened.
refuses() {
  local expected=$1 output status=0
  shift
  output=$(env -u SCIDAY_OWNER_URL SCIDAY_LISTEN=127.0.0.1:0 SCIDAY_ADMIN_LISTEN=127.0.0.1:0 "$@" timeout 10 "$SCIDAY_BINARY" serve 2>&1 </dev/null 3>&-) || status=$?
  if [[ $status != 1 || $output != $expected || $output == *$'\n'* ]]; then
    printf 'with %s\nexpected 1 and: %s\nbut it ended with %d and said:\n%s\n' "$*" "$expected" "$status" "$output"
    return 1
  fi
}

@test "以表的所有者启动：拒绝" {
  refuses 'sciday: SCIDAY_DATABASE_URL*the role sciday_owner owns tables*' "SCIDAY_DATABASE_URL=$(database_url sciday_owner)"
}

@test "以超级用户、能绕过行级安全的角色、所有者的成员启动：拒绝" {
  superuser --dbname="$(database_url postgres)" <<'SQL'
CREATE ROLE sciday_bypasser LOGIN BYPASSRLS;
CREATE ROLE sciday_member LOGIN IN ROLE sciday_owner;
GRANT SELECT ON schema_migration TO sciday_bypasser;
SQL
  refuses 'sciday: SCIDAY_DATABASE_URL*the role postgres is a superuser*' "SCIDAY_DATABASE_URL=$(database_url postgres)"
  refuses 'sciday: SCIDAY_DATABASE_URL*the role sciday_bypasser may bypass row security*' "SCIDAY_DATABASE_URL=$(database_url sciday_bypasser)"
  refuses 'sciday: SCIDAY_DATABASE_URL*the role sciday_member owns tables, or belongs to the role that does*' "SCIDAY_DATABASE_URL=$(database_url sciday_member)"
}

@test "数据库是空的、表不是本版本的、没有本版本的逻辑：拒绝" {
  superuser --dbname="$(database_url postgres postgres)" <<'SQL'
CREATE DATABASE sciday_empty OWNER sciday_owner;
CREATE DATABASE sciday_behind TEMPLATE sciday;
SQL
  refuses 'sciday: SCIDAY_DATABASE_URL*the database is empty: run sciday migrate' "SCIDAY_DATABASE_URL=$(database_url sciday_service sciday_empty)"
  superuser --dbname="$(database_url postgres sciday_behind)" --command="DO 'BEGIN EXECUTE (SELECT format(\$\$ALTER SCHEMA %I RENAME TO another\$\$, nspname) FROM pg_namespace WHERE nspname LIKE \$\$logic%\$\$); END'"
  refuses 'sciday: SCIDAY_DATABASE_URL*the database has no logic_*: run sciday migrate' "SCIDAY_DATABASE_URL=$(database_url sciday_service sciday_behind)"
  superuser --dbname="$(database_url postgres sciday_behind)" --command="UPDATE schema_migration SET digest = 'another'"
  refuses 'sciday: SCIDAY_DATABASE_URL*no migration leads from one to the other' "SCIDAY_DATABASE_URL=$(database_url sciday_service sciday_behind)"
}

@test "缺少设置：一行，指明变量" {
  refuses 'sciday: SCIDAY_DATABASE_URL must be *' SCIDAY_DATABASE_URL=
  refuses 'sciday: SCIDAY_KEY_DIRECTORY must be *' SCIDAY_KEY_DIRECTORY=
}

@test "设置有误：一行，指明变量和应有的值" {
  local setting
  for setting in SCIDAY_READ_CONNECTIONS=0 SCIDAY_READ_CONNECTIONS=257 SCIDAY_CHANGE_CONNECTIONS=-1 SCIDAY_CHANGE_CONNECTIONS=many \
    SCIDAY_DATABASE_WAIT=1.5 SCIDAY_CONNECTION_LIMIT=0x10 SCIDAY_CONNECTION_TIMEOUT=99999999999999999999 SCIDAY_BODY_LIMIT=1 \
    SCIDAY_ADDRESS_RATE_LIMIT=1000/60 'SCIDAY_PRINCIPAL_RATE_LIMIT= 5' SCIDAY_SHUTDOWN_SECONDS=20s; do
    refuses "sciday: ${setting%%=*} must be a number from * to *" "$setting"
  done
  for setting in SCIDAY_LISTEN=8080 SCIDAY_LISTEN=:8080 SCIDAY_LISTEN=127.0.0.1 SCIDAY_LISTEN=127.0.0.1:http SCIDAY_LISTEN=127.0.0.1:65536 \
    SCIDAY_ADMIN_LISTEN=127.0.0.1:; do
    refuses "sciday: ${setting%%=*} must be an address and a port*" "$setting"
  done
  refuses 'sciday: SCIDAY_DATABASE_PREPARE must be on or off' SCIDAY_DATABASE_PREPARE=yes
  refuses 'sciday: SCIDAY_LOG_LEVEL must be debug, info, warning or error' SCIDAY_LOG_LEVEL=loud
}

@test "几个设置有误：各一行，一次说完" {
  local output
  run -1 env SCIDAY_LISTEN=x SCIDAY_BODY_LIMIT=x SCIDAY_LOG_LEVEL=x timeout 20 "$SCIDAY_BINARY" serve
  [[ ${#lines[@]} == 3 ]]
  output=$(printf '%s\n' "${lines[@]}" | sed 's/^sciday: \([A-Z_]*\) must be .*/\1/' | paste --serial --delimiters=' ')
  [[ $output == 'SCIDAY_LISTEN SCIDAY_BODY_LIMIT SCIDAY_LOG_LEVEL' ]]
}

@test "没有密钥、目录不存在、密钥不可读：拒绝" {
  mkdir "$BATS_TEST_TMPDIR/empty" "$BATS_TEST_TMPDIR/broken"
  printf 'not a key\n' >"$BATS_TEST_TMPDIR/broken/key.pem"
  refuses 'sciday: SCIDAY_KEY_DIRECTORY*' "SCIDAY_KEY_DIRECTORY=$BATS_TEST_TMPDIR/empty"
  refuses 'sciday: SCIDAY_KEY_DIRECTORY*' "SCIDAY_KEY_DIRECTORY=$BATS_TEST_TMPDIR/nowhere"
  refuses 'sciday: SCIDAY_KEY_DIRECTORY*' "SCIDAY_KEY_DIRECTORY=$BATS_TEST_TMPDIR/broken"
}

@test "地址已被占用：拒绝，指明地址" {
  serve
  refuses "sciday: *${SCIDAY_URL#http://}: *" "SCIDAY_LISTEN=${SCIDAY_URL#http://}"
  refuses "sciday: *${admin_url#http://}: *" "SCIDAY_ADMIN_LISTEN=${admin_url#http://}"
  refuses 'sciday: *192.0.2.1:0: *' SCIDAY_LISTEN=192.0.2.1:0
  refuses 'sciday: *localhost:0: *' SCIDAY_LISTEN=localhost:0
  # And the one that was first is none the worse.
  as public GET /v1/labels
  status 200
  stop_well
}

@test "叫法有误：2" {
  run -2 timeout 10 "$SCIDAY_BINARY" serve now
  run -2 "$SCIDAY_BINARY" nothing
  run -0 "$SCIDAY_BINARY" --version
  run -0 "$SCIDAY_BINARY" --help
}

@test "缺少表格字体：启动时告警，只有表格不能用" {
  serve SCIDAY_FONT_DIRECTORIES=/nowhere
  [[ $(logged font_missing .cause) == 'Noto Serif CJK SC Regular is missing'* ]]
  local activity
  as public GET /v1/campaigns/2021/activities?limit=1
  status 200
  activity=$(value '.items[0].id')
  as public GET "/v1/activities/$activity/form"
  status 501
  problem font_missing
  as public GET "/v1/activities/$activity/form?format=docx"
  status 501
  as public GET "/v1/activities/$activity"
  status 200
}

@test "HTTP 库作答不经本程序的函数：启动时告警，照常服务" {
  serve
  [[ $(logged listening .event) == listening && -z $(logged library_answers .cause) ]]
  stop_well

  local library
  library=$(ldd "$SCIDAY_BINARY" | awk '$1 ~ /^libmicrohttpd/ { print $3 }')
  /usr/bin/python3 "$BATS_TEST_DIRNAME/symbolic.py" "$library" "$BATS_TEST_TMPDIR/${library##*/}"
  serve LD_LIBRARY_PATH="$BATS_TEST_TMPDIR"
  [[ $(logged library_answers .cause) == 'libmicrohttpd does not call'* ]]
  answers 200 "$SCIDAY_URL/v1/labels"
  stop_well
}

@test "描述符：软限制不够就提高；硬限制也不够，连接数照减，启动时说明；一个连接也容不下：拒绝" {
  ulimit -Sn 256
  serve
  (($(awk '/^Max open files/ { print $4 }' "/proc/$service_pid/limits") > 2000))
  [[ $(logged listening .event) == listening && -z $(logged connection_limit_lowered .setting) ]]
  stop_well

  ulimit -n 500
  serve
  local limit
  limit=$(logged connection_limit_lowered .connections)
  ((limit > 0 && limit < 500))
  [[ $(logged connection_limit_lowered .setting) == SCIDAY_CONNECTION_LIMIT ]]
  answers 200 "$SCIDAY_URL/v1/labels"
  stop_well

  ulimit -n 100
  refuses 'sciday: there are not descriptors enough for one connection*'
}

@test "描述符用尽：不再接受连接，也不空转；有了就接着来" {
  serve SCIDAY_LOG_LEVEL=debug
  local connection connections=() failures
  prlimit --pid "$service_pid" --nofile=$(($(find "/proc/$service_pid/fd" -mindepth 1 | wc -l) + 3)):
  for _ in {1..20}; do
    exec {connection}<>"/dev/tcp/127.0.0.1/${SCIDAY_URL##*:}"
    connections+=("$connection")
  done
  failures() { grep -c 'Error accepting connection' "$SCIDAY_LOG"; }
  within 10 failures
  sleep 1
  # It would be some fifty thousand.
  (($(failures) < 200))
  for connection in "${connections[@]}"; do
    exec {connection}>&-
  done
  within 10 answers 200 "$SCIDAY_URL/v1/labels"
  stop_well
}
