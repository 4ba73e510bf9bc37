# ./dev check and ./dev format: what must be clean before a commit.
# shellcheck shell=bash

c_files() { find src tests -name node_modules -prune -o \( -name '*.[ch]' -o -name '*.cpp' \) -print0; }

check_format() { c_files | xargs -0 clang-format-14 --dry-run -Werror; }

check_tidy() {
  build debug generated_contract || return
  find src \( -name '*.c' -o -name '*.cpp' \) -print0 | xargs -0 -n 1 -P "$(nproc)" clang-tidy-14 -p build/debug --quiet 2>&1 |
    grep -Ev '^[0-9]+ warnings? (generated|treated)|^Suppressed|^Use -header-filter' && return 1
  return 0
}

# What a test or a part of dev reads, what it is loaded with has set, which shellcheck cannot see (SC2154, SC2034,
# SC2120); and each test is a subshell of its own, on purpose (SC2030, SC2031).
check_shell() {
  local scripts=() parts=()
  mapfile -t scripts < <(find tests docker -name node_modules -prune -o -name '*.sh' -print)
  mapfile -t parts < <(find tools tests -name node_modules -prune -o -name '*.bats' -print -o -name '*.bash' -print)
  shellcheck dev .ci/run "${scripts[@]}" && shellcheck --exclude=SC2154,SC2034,SC2120,SC2030,SC2031 "${parts[@]}"
}

# Which library may be named where, and which module may see which (the design's direction, top to bottom).
check_layers() {
  local header place module allowed found=0
  while read -r header place; do
    grep -rnE "#include [<\"]$header" src | grep -Ev "^$place" && found=1
  done <<'TXT'
(ulfius|microhttpd)\.h src/server/
libpq-fe\.h src/db/
jwt\.h src/auth/token\.[ch]
zip\.h src/(inspect|export)/
libxml/ src/(inspect|export)/
(pango|cairo|fontconfig)[a-z/-]*\.h src/export/
csv\.h src/import/
qpdf/ src/inspect/pdf\.cpp
archive(_entry)?\.h src/export/zip_stream\.c
xlsxwriter\.h src/export/
libical/ src/export/icalendar\.c
TXT
  while read -r module allowed; do
    grep -rnE '#include "(base|http|db|contract|auth|inspect|export|import|operation|document|resources|server)/' "src/$module" |
      grep -Ev "#include \"($allowed)/" && found=1
  done <<'TXT'
base base
http base|http
db base|http|db
contract base|http|contract
auth base|http|auth
inspect base|inspect
export base|http|export
import base|import
operation base|http|db|contract|auth|import|export|operation
document base|http|db|contract|auth|inspect|import|export|operation|document
resources base|http|db|contract|auth|inspect|import|export|operation|document|resources
server base|http|db|contract|auth|operation|server
TXT
  # What is read as its owner, for a row that the caller reads (sql/logic/life_cycle.sql), is the bodies' alone.
  grep -rnE '\bof_(campaign|phase|obligation|summary_report|document|activity|notice_receipt|extension)\b|\b(is_standing|is_forwarded|correction_of|documents_of)\(' sql/queries && found=1
  return "$found"
}

# A name is the same in every folder: the operations of src/resources/plans.c are those of openapi/plans.yaml.
check_names() {
  local file operation found=0
  for file in src/resources/*.c; do
    while read -r operation; do
      grep -q "operationId: $operation\$" "openapi/$(basename "$file" .c).yaml" && continue
      echo "$file: $operation is of another resource"
      found=1
    done < <(sed -nE 's/^struct reply ([a-z_]+)\(.*/\1/p' "$file")
  done
  return "$found"
}

# Redocly CLI needs a newer Node.js than Debian 12 has; then the optional packages bring one.
redocly() {
  local folder=tests/contract optional=--omit=optional path=$PATH
  if ! node -e '
    const [major, minor] = process.versions.node.split(".").map(Number);
    process.exit(major > 22 || (major === 22 && minor >= 12) || (major === 20 && minor >= 19) ? 0 : 1)' 2>/dev/null; then
    optional=--include=optional
    path=$PWD/$folder/node_modules/node-linux-$(uname -m | sed 's/x86_64/x64/; s/aarch64/arm64/')/bin:$PATH
  fi
  if [[ $folder/package-lock.json -nt $folder/node_modules/.package-lock.json ]]; then
    (cd $folder && npm ci "$optional" --loglevel=error)
  fi
  REDOCLY_TELEMETRY=off REDOCLY_SUPPRESS_UPDATE_NOTICE=true PATH=$path $folder/node_modules/.bin/redocly "$@"
}

check_contract() { redocly lint openapi.yaml; }

# That no client is broken: what openapi.yaml ever promised, it still keeps.
promises() { /usr/bin/python3 tools/generate/promises.py openapi.yaml tests/contract/promises.txt "$@"; }

check_promises() { promises; }

check_left_for_later() { ! grep -rnE '\b(TO''DO|FIX''ME)\b' . --exclude-dir={.git,.local,build,node_modules}; }

# Nothing that a client sends ends the process: each abort says on its line why no request reaches it.
check_aborts() { ! grep -rnE '\b(abort|assert|exit|__builtin_unreachable)\(' src --include='*.[ch]' | grep -vE '/\*.*\*/'; }

dev_check() {
  # The debug preset, whose compile commands clang-tidy reads, has the tests in it.
  need "${build_packages[@]}" "${test_packages[@]}" "${check_packages[@]}"
  command -v npm >/dev/null || need nodejs npm
  local check output found=0
  for check in format shell layers names aborts left_for_later contract promises tidy; do
    if output=$("check_$check" 2>&1 </dev/null); then
      printf '%-16s clean\n' "$check"
    else
      printf '%-16s not clean:\n%s\n' "$check" "$output"
      found=1
    fi
  done
  return "$found"
}

dev_format() {
  need clang-format-14 python3-yaml
  c_files | xargs -0 clang-format-14 -i
  promises --record
}
