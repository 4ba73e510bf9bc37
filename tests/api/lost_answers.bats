# 答复丢失 · Nothing twice, nothing lost: every creating POST and every action, whose answer does not arrive and that is
# asked for again with its Idempotency-Key, while others ask too, and after the service was killed.

load library
load campaign
load service

: "${SCIDAY_FIXTURES:=$BATS_TEST_DIRNAME/../../build/fixtures}"

setup_file() {
  [[ -n ${SCIDAY_OWNER_URL:-} ]] || skip 'SCIDAY_OWNER_URL is not set'
  create_city && city=$created
  local number districts=() memberships=()
  for number in {1..24}; do
    create_district "$city" "第${number}区科学技术协会" && districts+=("$created") && memberships+=(submitter "$created")
  done
  create_account author "${memberships[@]}"
  SCIDAY_CITY=$city SCIDAY_PROVINCE=$(organization_id jiangsu)
  SCIDAY_DISTRICTS=$(printf '%s\n' "${districts[@]}" | jq --raw-input --null-input --compact-output '[inputs]')
  SCIDAY_TOKENS=$(jq --null-input --compact-output --arg administrator "$(token administrator)" --arg reviewer "$(token reviewer)" \
    --arg author "$(token "$account")" '{$administrator, $reviewer, $author}')
  export SCIDAY_FIXTURES SCIDAY_CITY SCIDAY_PROVINCE SCIDAY_DISTRICTS SCIDAY_TOKENS
  rows=$BATS_FILE_TMPDIR/rows cases=$BATS_FILE_TMPDIR/cases
  remember rows cases
}

setup() { recall; }

teardown_file() { serve_no_more; }

lost_answers() { /usr/bin/python3 "$BATS_TEST_DIRNAME/lost_answers.py" "$@"; }

@test "每个新建和操作，只要接受 Idempotency-Key，这里都试到" {
  local untried
  untried=$(lost_answers kinds)
  [[ -z $untried ]] || { echo "$untried"; false; }
}

@test "做一次、再要一次：答复相同，没有多出一行" {
  lost_answers plain "$rows"
}

@test "两人没有等到答复，三人同时再要：只做一次，得到的答复相同，不多也不少" {
  lost_answers lose "$rows"
}

@test "都已做完而没有一个答复被读到，服务被杀死，重启以后再要：都是重放" {
  serve
  lost_answers ask "$cases" --kill "$(<"$BATS_FILE_TMPDIR/service.pid")"
  serve
  lost_answers again "$rows" "$cases" --replayed
  serve_no_more
}

@test "做了一部分时服务被杀死，重启以后再要：每一项恰好一次，没有做了一半的" {
  serve
  lost_answers ask "$cases" --kill "$(<"$BATS_FILE_TMPDIR/service.pid")" --after 20
  serve
  lost_answers again "$rows" "$cases"
  # What uploads had brought that were killed is swept when it is an hour old, by those that come then.
  database "UPDATE document_content SET created_at = created_at - interval '1 hour' WHERE sha256 IS NULL"
  lost_answers plain "$rows"
  serve_no_more
  [[ $(database "SELECT count(*) FROM document_content WHERE sha256 IS NULL") == 0 ]]
}
