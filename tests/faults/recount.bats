# 重算 · What obligations keep, compared with what it was counted from, when somebody has written over it.

load ../api/library
load installation

setup_file() {
  superuser --dbname="$(database_url postgres)" --command="UPDATE obligation SET accepted = 7, effective_due_at = due_at - interval '1 day' WHERE kind = 'plan'"
}

# recounts STATUS [ARGUMENT]: what it says is in $output.
recounts() {
  local expected=$1 ended=0
  shift
  output=$("$SCIDAY_BINARY" recount "$@" 2>&1 3>&-) || ended=$?
  [[ $ended == "$expected" ]] || { printf 'it ended with %d and said:\n%s\n' "$ended" "$output"; return 1; }
}

@test "不一致的逐条列出，以 1 退出；改正之后一致" {
  local plans
  plans=$(superuser --dbname="$(database_url postgres)" --command="SELECT count(*) FROM obligation WHERE kind = 'plan'")
  ((plans > 1))
  recounts 1
  [[ $(grep -c $'^2021\t.*\tplan\t.*\taccepted 7 → 0, effective_due_at .* → .*$' <<<"$output") == "$plans" ]]
  grep -qx "sciday: $plans obligations were not what they are counted from" <<<"$output"
  grep -qx 'sciday: 0 sums of obligations were not what they are counted from' <<<"$output"
  grep -q $'^2021\t320100\tplan\t' <<<"$output"
  recounts 0 --repair
  recounts 0
  [[ $(grep -c '^sciday: 0 .* were not what they are counted from$' <<<"$output") == "$(wc -l <<<"$output")" ]]
}

@test "汇总数不符、缺少、多余的同样列出并改正" {
  superuser --dbname="$(database_url postgres)" --command="
    UPDATE obligation_tally SET number = number + 1 WHERE kind = 'plan' AND organization_id = (SELECT id FROM organization WHERE code = '320100');
    DELETE FROM obligation_tally WHERE kind = 'plan' AND organization_id = (SELECT id FROM organization WHERE code = '320200');
    INSERT INTO obligation_tally SELECT campaign_code, organization_id, kind, 'late', effective_due_at, organization_kind, counted_ancestors, ancestors, 1, 0, 1, 0, 0
      FROM obligation_tally WHERE kind = 'highlights' AND organization_id = (SELECT id FROM organization WHERE code = '320500')"
  recounts 1
  grep -q $'^2021\t320100\tplan\t.*\tpending 2/0/1/0/0 → 1/0/1/0/0$' <<<"$output"
  grep -q $'^2021\t320200\tplan\t.*\tpending - → 1/0/1/0/0$' <<<"$output"
  grep -q $'^2021\t320500\thighlights\t.*\tlate 1/0/1/0/0 → -$' <<<"$output"
  grep -qx 'sciday: 3 sums of obligations were not what they are counted from' <<<"$output"
  recounts 0 --repair
  recounts 0
}

@test "主送单位数、检索用的文字不符的同样列出并改正" {
  local count activity
  count=$(superuser --dbname="$(database_url postgres)" --command="SELECT recipient_count FROM campaign WHERE code = '2021'")
  ((count > 0))
  activity=$(superuser --dbname="$(database_url postgres)" --command="SELECT id FROM activity ORDER BY id LIMIT 1")
  superuser --dbname="$(database_url postgres)" --command="
    UPDATE campaign SET recipient_count = recipient_count + 1 WHERE code = '2021';
    UPDATE activity_text SET search_text = '无关' WHERE activity_id <> '$activity';
    DELETE FROM activity_text WHERE activity_id = '$activity'"
  recounts 1
  grep -q $'^2021\tjiangsu\trecipient\t.*\t'"recipient_count $((count + 1)) → $count\$" <<<"$output"
  grep -q $'^2021\t.*\t'"$activity"$'\tsearch_text$' <<<"$output"
  grep -qx 'sciday: 1 counts of recipients were not what they are counted from' <<<"$output"
  grep -qx 'sciday: [1-9][0-9]* texts that are searched were not what they are counted from' <<<"$output"
  recounts 0 --repair
  recounts 0
}

@test "列表所用的位置不符、缺少、多余的同样列出并改正" {
  local places
  places=$(superuser --dbname="$(database_url postgres)" --command="SELECT count(DISTINCT activity_id) FROM activity_listed")
  ((places >= 3))
  superuser --dbname="$(database_url postgres)" --command="
    CREATE TEMP TABLE three AS SELECT activity_id, row_number() OVER (ORDER BY activity_id) AS n FROM (SELECT DISTINCT activity_id FROM activity_listed) l LIMIT 3;
    UPDATE activity_listed SET created_at = created_at + interval '1 day' WHERE activity_id = (SELECT activity_id FROM three WHERE n = 1);
    DELETE FROM activity_listed WHERE activity_id = (SELECT activity_id FROM three WHERE n = 2);
    INSERT INTO activity_listed SELECT * FROM activity_listed WHERE activity_id = (SELECT activity_id FROM three WHERE n = 3)"
  recounts 1
  [[ $(grep -c $'^2021\t.*\tactivity\t.*\tplaces and state$' <<<"$output") == 3 ]]
  grep -qx "sciday: 3 activities' places in lists were not what they are counted from" <<<"$output"
  recounts 0 --repair
  recounts 0
}

@test "参数有误、没有所有者的地址：一行" {
  recounts 2 --mend
  [[ $output == 'sciday: usage: recount [--repair]' ]]
  SCIDAY_OWNER_URL='' recounts 1
  [[ $output == 'sciday: SCIDAY_OWNER_URL must be set to '* ]]
}
