#!/usr/bin/env bash
# The plans of every list over 100,000 rows, as the service's role and so under row security:
# no sequential scan of a large table. plans/*.sql make the rows, so a new table that grows
# large adds a file there, and values for its lists' parameters in plans.py; the lists are found by themselves.

source "$(dirname "${BASH_SOURCE[0]}")/scratch.bash"
scratch_create plans

{
  # Triggers and foreign keys would take minutes; what they do is written out.
  printf '%s\n' "SET session_replication_role = replica; SET synchronous_commit = off;
    CREATE FUNCTION numbered(letter text, n integer) RETURNS uuid LANGUAGE sql IMMUTABLE
    RETURN ('00000000-0000-7000-' || letter || '000-' || lpad(n::text, 12, '0'))::uuid;"
  cat "$here"/plans/*.sql
} | sql "$scratch_url"
sql "$scratch_url" --command="VACUUM ANALYZE"

/usr/bin/python3 "$here/plans.py" "$source_root" "$scratch_url" "$@"
