#!/usr/bin/env bash
# sql/tables is what the database is. It needs nothing of sql/logic; and an older database becomes the same by migrations.

source "$(dirname "${BASH_SOURCE[0]}")/scratch.bash"
scratch_create tables

# run_files URL FILE…: as `sciday migrate` does.
run_files() {
  {
    printf 'BEGIN; SET LOCAL ROLE sciday_owner; SET LOCAL check_function_bodies = off; SET LOCAL search_path = public, pg_temp;\n'
    cat "${@:2}"
    printf 'COMMIT;\n'
  } | sql "$1" >/dev/null
}

# url_of NAME: of an empty database that was made for this test
made=(alone migrated today)
url_of() { printf '%s' "${scratch_url/"/$scratch_name"/"/$scratch_name-$1"}"; }

drop_made() {
  local name
  for name in "${made[@]}"; do
    sql "$SCIDAY_SQL_TEST_URL" --command="DROP DATABASE IF EXISTS \"$scratch_name-$name\" WITH (FORCE)"
  done
  scratch_drop
}
trap drop_made EXIT
for name in "${made[@]}"; do
  sql "$SCIDAY_SQL_TEST_URL" --command="CREATE DATABASE \"$scratch_name-$name\" OWNER sciday_owner"
done

# What the database is, a line for each thing in whatever order: columns may stand in another.
described() {
  pg_dump --no-owner --schema=public --schema-only --exclude-table=schema_migration --dbname="$1" | sed -E 's/,$//; /^--|^$|^\\/d' | LC_ALL=C sort
  sql "$1" --command='SELECT to_jsonb(t) FROM transition t ORDER BY t.ordinal'
}

# Alone: without the logic, and with nothing on the path but what the tables' files made.
run_files "$(url_of alone)" "$source_root"/sql/tables/*.sql
sql "$(url_of alone)" --command="ALTER ROLE postgres IN DATABASE \"$scratch_name-alone\" SET search_path = public"
is "$(sql "$(url_of alone)" --command="SELECT count(*) FROM pg_namespace WHERE nspname LIKE 'logic\_%'")" 0 'the tables are there without the logic'
is "$(sql "$(url_of alone)" <"$source_root/sql/seed/10_2021.sql" 2>&1 | grep -c ERROR)" 0 'and take a campaign'
is "$(sql "$(url_of alone)" <"$source_root/sql/seed/20_demo.sql" 2>&1 | grep ERROR)" '' 'and the work of a year'

# By name: what a body in quotes calls is looked for only when it runs.
is "$(sql "$scratch_url" <<'SQL'
SELECT string_agg(t.proname || ' → ' || l.name, ', ' ORDER BY t.proname)
  FROM pg_proc t
 CROSS JOIN LATERAL (SELECT regexp_replace(t.prosrc, '--[^\n]*|''[^'']*''', '', 'g') AS text) body
  JOIN (SELECT p.proname AS name, '\m' || p.proname || '\s*\(' AS pattern FROM pg_proc p WHERE p.pronamespace::regnamespace::text LIKE 'logic\_%'
         UNION ALL
        SELECT c.relname, '\m(from|join)\s+' || c.relname || '\M' FROM pg_class c WHERE c.relnamespace::regnamespace::text LIKE 'logic\_%') l
    ON body.text ~* l.pattern
 WHERE t.pronamespace = 'public'::regnamespace AND NOT EXISTS (SELECT FROM pg_depend d WHERE d.objid = t.oid AND d.deptype = 'e')
SQL
)" '' 'no function of the tables calls one of the logic'

# The two truths. From the first release on, its tables and the migrations since make what sql/tables says.
release=$(git -C "$source_root" describe --tags --abbrev=0 --match 'v[0-9]*' 2>/dev/null || true)
mkdir -p "$scratch_folder/sql/migrations"
if [[ -n $release ]]; then
  git -C "$source_root" archive "$release" sql/tables sql/migrations | tar --extract --directory="$scratch_folder"
else
  cp -r "$source_root/sql/tables" "$scratch_folder/sql/tables"
fi
run_files "$(url_of migrated)" "$scratch_folder"/sql/tables/*.sql
for migration in "$source_root"/sql/migrations/*.sql; do
  if [[ -e $migration && ! -e $scratch_folder/sql/migrations/${migration##*/} ]]; then
    run_files "$(url_of migrated)" "$migration"
  fi
done
run_files "$(url_of today)" "$source_root"/sql/tables/*.sql
is "$(diff <(described "$(url_of migrated)") <(described "$(url_of today)"))" '' "the tables of ${release:-today} with the migrations since are the tables"
is "$(diff <(described "$scratch_url") <(described "$(url_of today)"))" '' 'and so is what sciday migrate has made'

finish
