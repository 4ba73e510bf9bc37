# ./dev fuzz: the fuzzers under libFuzzer; and what of them ./dev test replays.
# shellcheck shell=bash

# What a fuzzer begins with: files that are kept, and those of which a script says what they are.
fuzz_folders() {
  local folder
  for folder in "tests/fuzz/corpus/$1" "build/fuzz_seeds/$1" "tests/fuzz/regressions/$1"; do
    [[ ! -d $folder ]] || printf '%s\n' "$folder"
  done
}

# The script's, made anew only when what they are made from has changed.
fuzz_seeds() {
  local complete=build/fuzz_seeds/complete
  if [[ -n $(find tests/fuzz/seeds.py tests/files openapi.yaml openapi -newer $complete 2>&1) ]]; then
    /usr/bin/python3 -B tests/fuzz/seeds.py build/fuzz_seeds
    touch $complete
  fi
}

# fuzz_one NAME SECONDS: what leads it further is kept in build/fuzz/corpus, what broke it in build/fuzz/found.
fuzz_one() {
  local name=$1 log=build/fuzz/log/$1 folders=(build/fuzz/corpus/"$1") verdict=clean status=0
  mkdir -p "${folders[0]}" build/fuzz/found build/fuzz/log
  mapfile -t -O 1 folders < <(fuzz_folders "$name")
  build/fuzz/fuzz/"fuzz_$name" -max_total_time="$2" -timeout=10 -rss_limit_mb=1024 -print_final_stats=1 \
    -dict="tests/fuzz/$name.dict" -artifact_prefix="build/fuzz/found/$name-" "${folders[@]}" >"$log" 2>&1 || status=$?
  ((status == 0)) || verdict="broken by $(sed -n 's/.*Test unit written to //p' "$log"): see $log"
  printf '%-12s %6d s %10d runs, %s\n' "$name" "$2" "$(awk '/number_of_executed_units/ { print $2 }' "$log")" "$verdict"
  return "$status"
}

dev_fuzz() {
  local filter=${1:-} seconds=${2:-60} program status=0
  need "${build_packages[@]}" "${fuzz_packages[@]}"
  build fuzz fuzzers
  set_sanitizers
  fuzz_seeds
  for program in $(test_files "$filter" build/fuzz/fuzz/fuzz_*); do
    while (($(jobs -rp | wc -l) >= $(nproc))); do
      wait -n || status=1
    done
    fuzz_one "${program##*/fuzz_}" "$seconds" &
  done
  while (($(jobs -rp | wc -l) > 0)); do
    wait -n || status=1
  done
  return "$status"
}
