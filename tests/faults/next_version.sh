#!/usr/bin/env bash
# next_version.sh FOLDER: there, sql/ as a version after this one might have it: a table with a column more, and other words.
set -euo pipefail
source_root=$(cd "$(dirname "${BASH_SOURCE[0]}")/../.." && pwd)
rm -rf "${1:?}/sql"
mkdir -p "$1"
cp -r "$source_root/sql" "$1/sql"
sed -i "s/('plan_status', 'draft', 1, '草稿'/('plan_status', 'draft', 1, '草案'/" "$1/sql/labels.sql"
printf "ALTER TABLE activity ADD COLUMN next_version text NOT NULL DEFAULT '';\n" >"$1/sql/migrations/9999_next_version.sql"
