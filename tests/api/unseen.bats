# 看不到的 · What one may not see is in no answer: every operation of the contract, in every format, by everybody.

load library

: "${SCIDAY_FIXTURES:=$BATS_TEST_DIRNAME/../../build/fixtures}"

setup_file() {
  local place role each
  declare -A places=([administrator]=$(organization_id jiangsu)) tokens=()
  create administrator /v1/organizations \
    "{\"code\": \"$(unique city)\", \"kind\": \"city_association\", \"name\": \"江苏省测试市科学技术协会\", \"parent_id\": \"${places[administrator]}\"}"
  places[city]=$created
  create administrator /v1/organizations \
    "{\"code\": \"$(unique district)\", \"kind\": \"district_association\", \"name\": \"测试区科学技术协会\", \"parent_id\": \"${places[city]}\"}"
  places[district]=$created
  for each in administrator reviewer observer suzhou zhejiang; do
    tokens[$each]=$(token "$each")
  done
  for place in city district; do
    for role in administrator submitter reviewer observer; do
      create_account "$place-$role" "$role" "${places[$place]}"
      tokens[${place}_$role]=$(token "$account")
    done
  done
  SCIDAY_TOKENS=$(for each in "${!tokens[@]}"; do jq --null-input --arg k "$each" --arg v "${tokens[$each]}" '{($k): $v}'; done | jq --slurp --compact-output add)
  SCIDAY_PLACES=$(for each in "${!places[@]}"; do jq --null-input --arg k "$each" --arg v "${places[$each]}" '{($k): $v}'; done | jq --slurp --compact-output add)
  SCIDAY_CONTRACT=$BATS_FILE_TMPDIR/openapi.json
  curl --silent --show-error --fail "$SCIDAY_URL/openapi.json" >"$SCIDAY_CONTRACT"
  export SCIDAY_TOKENS SCIDAY_PLACES SCIDAY_CONTRACT SCIDAY_FIXTURES
}

unseen() { /usr/bin/python3 "$BATS_TEST_DIRNAME/unseen.py" "$@"; }

@test "还没有印发的一届：除了管理员，谁也看不到，也动不了其中的任何东西" {
  unseen draft
}

@test "别人的草稿看不到，也动不了" {
  unseen others
}

@test "电话和地址，除了那里的人，谁也读不到" {
  unseen contacts
}
