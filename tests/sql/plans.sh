#!/usr/bin/env bash
# The plans of every list over 100,000 rows, as the service's role and so under row security:
# no sequential scan of a large table. plans/*.sql make the rows, so a new table that grows
# large adds a file there, and values for its lists' parameters in plans.py; the lists are found by themselves. What is
# about one thing is done among a tenth of the rows as well.

source "$(dirname "${BASH_SOURCE[0]}")/scratch.bash"

# load URL LAST: rows numbered from 0 to that one.
load() {
  {
    # Triggers and foreign keys would take minutes; what they do is written out.
    printf '%s\n' "SET session_replication_role = replica; SET synchronous_commit = off; SET maintenance_work_mem = '512MB';
      \i $source_root/tests/indexes_away.psql
      CREATE FUNCTION numbered(letter text, n integer) RETURNS uuid LANGUAGE sql IMMUTABLE
      RETURN ('00000000-0000-7000-' || letter || '000-' || lpad(n::text, 12, '0'))::uuid;"
    cat "$here"/plans/*.sql "$source_root/tests/indexes_back.psql" | sed "s/99999/$2/"
  } | sql "$1"
  sql "$1" --command="VACUUM ANALYZE"
}

scratch_create plans
few_url=${scratch_url/"$scratch_name"/"$scratch_name-few"}
sql "$SCIDAY_SQL_TEST_URL" --command="CREATE DATABASE \"$scratch_name-few\" TEMPLATE \"$scratch_name\""
trap 'sql "$SCIDAY_SQL_TEST_URL" --command="DROP DATABASE \"$scratch_name-few\" WITH (FORCE)"; scratch_drop' EXIT
load "$few_url" 9999 &
load "$scratch_url" 99999
wait

/usr/bin/python3 "$here/plans.py" "$source_root" "$scratch_url" "$few_url" "$@"
