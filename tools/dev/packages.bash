# What has to be installed, and building. Sourced by ../../dev.
# shellcheck shell=bash disable=SC2034

build_packages=(
  gcc g++ libc6-dev cmake ninja-build pkg-config python3 python3-yaml
  libulfius-dev libmicrohttpd-dev libjansson-dev libpq-dev libjwt-dev libsodium-dev libssl-dev
  libutf8proc-dev libpcre2-dev zlib1g-dev libzip-dev libxml2-dev libqpdf-dev libsystemd-dev libcsv-dev libxlsxwriter-dev libical-dev
  libpango1.0-dev libcairo2-dev libarchive-dev fonts-noto-cjk fonts-dejavu-core
)
run_packages=(postgresql postgresql-client curl jq tzdata)
test_packages=(
  libcmocka-dev libyajl-dev bats nginx-light openssl pgtap json-schema-test-suite python3-jsonschema unzip libxml2-utils
  poppler-utils qpdf libreoffice-writer-nogui libreoffice-calc-nogui fonts-wqy-microhei # documents as an office makes them
)
fuzz_packages=(clang libclang-rt-dev libyajl-dev)
check_packages=(clang-format-14 clang-tidy-14 shellcheck)

# Installs those of the packages named that neither are installed nor provided by one that is.
need() {
  local package installed missing=()
  command -v apt-get >/dev/null || fail "this is neither Debian nor Ubuntu, whose packages are needed: $*"
  installed=$(dpkg-query -W -f '${db:Status-Status} ${Package} ${Provides}\n' | sed -n 's/^installed / /p' | tr ',\n' '  ')
  for package in "$@"; do
    [[ " $installed " == *" $package "* ]] || missing+=("$package")
  done
  ((${#missing[@]})) || return 0

  local apt=(env DEBIAN_FRONTEND=noninteractive apt-get -qq -o DPkg::Lock::Timeout=300 -o Dpkg::Use-Pty=0)
  if ((EUID != 0)); then
    command -v sudo >/dev/null || fail "packages are missing, and only root or sudo can install them: ${missing[*]}"
    apt=(sudo "${apt[@]}")
  fi
  say "Installing ${missing[*]}"
  "${apt[@]}" update >&2
  "${apt[@]}" install -y --no-install-recommends "${missing[@]}" >&2 </dev/null
}

# build PRESET [TARGET]: into build/PRESET.
build() {
  say "Building build/$1"
  cmake --preset "$1" --log-level=WARNING >/dev/null
  cmake --build --preset "$1" --target "${2:-all}" -- --quiet >&2
}
