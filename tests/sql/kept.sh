#!/usr/bin/env bash
# What is answered from memory rests on what x-cache names, and each of those tables tells of its changes: see kept.py.

source "$(dirname "${BASH_SOURCE[0]}")/scratch.bash"
scratch_create kept

for seed in 10_2021 20_demo; do
  sql "$scratch_url" --file="$source_root/sql/seed/$seed.sql"
done
/usr/bin/python3 "$here/kept.py" "$source_root" "$scratch_url"
