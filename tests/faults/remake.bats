# 换版 · The next version beside this one: its tables and its logic are made while people work, and what is not used any
# more goes only then.

load ../api/library
load installation

setup() {
  superuser --dbname="$(database_url postgres postgres)" --command='CREATE DATABASE sciday_remade OWNER sciday_owner TEMPLATE sciday'
  export SCIDAY_OWNER_URL SCIDAY_DATABASE_URL
  SCIDAY_OWNER_URL=$(database_url sciday_owner sciday_remade)
  SCIDAY_DATABASE_URL=$(database_url sciday_service sciday_remade)
  next_binary=${SCIDAY_BINARY%/*}/sciday_next
  addresses=$BATS_TEST_TMPDIR/addresses
  enough=$BATS_TEST_TMPDIR/enough
  old_pid=
}

teardown() {
  : >"$enough"
  [[ -z $old_pid ]] || kill -KILL "$old_pid" 2>/dev/null || true
  leave_well
  superuser --dbname="$(database_url postgres postgres)" --command='DROP DATABASE IF EXISTS sciday_remade WITH (FORCE)'
}

logics() { superuser --dbname="$SCIDAY_OWNER_URL" --command="SELECT nspname FROM pg_namespace WHERE nspname LIKE 'logic\\_%' ORDER BY oid"; }

# migrates STATUS BINARY [WORDS]: and says these, if they are given; $said is all of it.
migrates() {
  local ended=0
  said=
  said=$("$2" migrate 2>&1 3>&-) || ended=$?
  [[ $ended == "$1" && $said == *"${3:-}"* ]] || { printf 'it ended with %d and said:\n%s\n' "$ended" "$said"; return 1; }
}

# word URL: what this service's version calls a plan that is a draft
word() { curl --silent --max-time 20 "$1/v1/labels" | jq --raw-output '.plan_status[] | select(.code == "draft").zh'; }

# worked COUNT: so many changes were acknowledged since the last call of `mark`
mark() { marked=$(superuser --dbname="$SCIDAY_OWNER_URL" --command='SELECT max(number) FROM audit_entry'); }
worked() { (($(superuser --dbname="$SCIDAY_OWNER_URL" --command="SELECT count(*) FROM audit_entry WHERE number > $marked") >= $1)); }

@test "换版时有人在用：一条不丢，一个不拒；旧逻辑在旧进程结束以后才删" {
  local old_url old_logic ledger
  serve
  old_url=$SCIDAY_URL
  old_pid=$service_pid
  old_log=$SCIDAY_LOG
  old_logic=$(logics)
  [[ $(word "$old_url") == 草稿 ]]
  printf '%s\n' "$old_url" >"$addresses"
  mark
  /usr/bin/python3 -B "$BATS_TEST_DIRNAME/ledger.py" "$addresses" "$enough" >"$BATS_TEST_TMPDIR/ledger" 2>&1 3>&- &
  ledger=$!
  within 20 worked 20

  # Its tables and its logic, while this one serves; and nothing of this one's goes.
  mark
  migrates 0 "$next_binary"
  within 20 worked 20
  [[ $(logics | head -n 1) == "$old_logic" && $(logics | wc -l) == 2 ]]
  migrates 0 "$next_binary"
  [[ -z $said && $(logics | wc -l) == 2 ]]

  # Both serve, each with its own words.
  mark
  mkdir "$BATS_TEST_TMPDIR/next"
  BATS_TEST_TMPDIR=$BATS_TEST_TMPDIR/next SCIDAY_BINARY=$next_binary serve
  printf '%s\n' "$old_url" "$SCIDAY_URL" >"$addresses.new"
  mv "$addresses.new" "$addresses"
  within 20 worked 40
  [[ $(word "$old_url") == 草稿 && $(word "$SCIDAY_URL") == 草案 ]]

  # This version does not go back by itself.
  migrates 1 "$SCIDAY_BINARY" '9999_next_version.sql: the database has it and this binary does not: the database is newer'

  # The old one leaves, and its logic with it.
  mark
  printf '%s\n' "$SCIDAY_URL" >"$addresses.new"
  mv "$addresses.new" "$addresses"
  within 20 worked 20
  kill -TERM "$old_pid"
  gone() { ! kill -0 "$old_pid" 2>/dev/null; }
  within 20 gone
  run ! grep -E 'Sanitizer|runtime error:' "$old_log"
  [[ $(logics | wc -l) == 2 ]]
  migrates 0 "$next_binary"
  [[ $(logics | wc -l) == 1 && $(logics) != "$old_logic" ]]
  mark
  within 20 worked 20

  : >"$enough"
  wait "$ledger" || { cat "$BATS_TEST_TMPDIR/ledger"; return 1; }
  "$next_binary" recount
  stop_well
}

@test "第一次发布以前的数据库：拒绝，什么也不动" {
  superuser --dbname="$SCIDAY_OWNER_URL" --command="UPDATE schema_migration SET name = '0001_foundation.sql', version = 1"
  migrates 1 "$SCIDAY_BINARY" 'made by migrations from before the first release, and nothing leads from there to here: begin with an empty one'
}

@test "逻辑做不成：指明哪一行，表也不动" {
  local before
  before=$(logics)
  superuser --dbname="$SCIDAY_OWNER_URL" --command='ALTER TABLE plan RENAME COLUMN text TO words'
  migrates 1 "$next_binary" 'logic/plans.sql:'
  [[ $(logics) == "$before" ]]
  [[ $(superuser --dbname="$SCIDAY_OWNER_URL" --command='SELECT count(*) FROM schema_migration') == 1 ]]
  [[ $(superuser --dbname="$SCIDAY_OWNER_URL" --command="SELECT count(*) FROM pg_attribute WHERE attrelid = 'activity'::regclass AND attname = 'next_version'") == 0 ]]
  superuser --dbname="$SCIDAY_OWNER_URL" --command='ALTER TABLE plan RENAME COLUMN words TO text'
  migrates 0 "$next_binary"
}
