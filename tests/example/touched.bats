# 增加一种资源 · What the example touches is what the README says, no more and no less.

# listed FILE HEADING: the paths in the first column of the section's table, as they are for venues.
listed() {
  sed -n "/^## $2\$/,/^## /s/^| \`\([^\`]*\)\`.*/\1/p" "$1" | sed 's/<number>/620/; s/<resource>/venue/; s/<resources>/venues/' | sort
}

touched() {
  local path
  (cd "$EXAMPLE" && find openapi.yaml openapi sql src tests -type f | sort) | while read -r path; do
    cmp --silent "$path" "$EXAMPLE/$path" || printf '%s\n' "$path"
  done
}

setup() { cd "$BATS_TEST_DIRNAME/../.." || return; }

@test "所动的文件，正是 README 所列" {
  diff <(listed README.md 'To add a resource') <(touched)
  diff <(listed README.zh-CN.md '增加一种资源') <(touched)
}
