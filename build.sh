#!/usr/bin/env bash
# Runs what the CI runs. See usage below.
set -euo pipefail

cd "$(dirname "${BASH_SOURCE[0]}")"

readonly artifacts="$PWD/artifacts"
readonly results="$artifacts/test-results"
readonly packages="$artifacts/packages"

# Scripts parse the output of the command line.
export DOTNET_CLI_TELEMETRY_OPTOUT=1 DOTNET_NOLOGO=1 DOTNET_CLI_UI_LANGUAGE=en

# No process here runs long enough to benefit from tiered PGO; with it, compilers and tests take a fifth longer.
export DOTNET_TieredPGO=0

# One compiler server for all projects, which is warm after the first one; it is stopped at the end by this unique name.
export UseSharedCompilation=true SharedCompilationId="settlement-$$"

usage() {
  cat <<'USAGE'
Usage: ./build.sh [--quick | --long | --public-api | --help | TARGET…]

  (nothing)     all targets up to docs, in the order below
  --quick       format, build, and the unit and architecture tests: nothing that needs a tool or a server
  --long        as without an option, with the soak tests (SETTLEMENT_TESTS=long), and reproduce
  --public-api  rewrite src/*/PublicAPI.Unshipped.txt from the code; review the diff before you commit it
  --help        this text

Targets, run in the order in which they are named:

  format        check white space; style and analysers are errors of the build
  build         build Settlement.sln in Release
  tools         install what the tests need beside .NET: chromium, mariadb-server, mariadb-plugin-spider,
                clickhouse-server with zookeeper
  test          run all test projects
  pack          pack src/* into artifacts/packages
  inspect       compare the packages' files, dependencies and symbols with the expected ones
  consume       build and run the programs of the READMEs with the packages, and the tool
  docs          build the site of docs/ into artifacts/site
  reproduce     pack the commit twice, in two folders, and compare the bytes
USAGE
}

mode=all
targets=()
if (($# > 1)) && [[ "$1" == -* ]]; then
  usage >&2
  exit 2
fi
case "${1:-}" in
  '') ;;
  --quick) mode=quick ;;
  --long) mode=long ;;
  --public-api) mode=public-api ;;
  --help | -h)
    usage
    exit 0
    ;;
  -*)
    printf 'Unknown option: %s\n\n' "$1" >&2
    usage >&2
    exit 2
    ;;
  *)
    mode=targets
    targets=("$@")
    for target in "${targets[@]}"; do
      if ! grep -q "^  $target  " <<<"$(usage)"; then
        printf 'Unknown target: %s\n\n' "$target" >&2
        usage >&2
        exit 2
      fi
    done
    ;;
esac

current=start
docs_pid=
on_exit() {
  local code=$?
  if [[ -n "$docs_pid" ]]; then
    kill "$docs_pid" 2>/dev/null || true
    wait "$docs_pid" 2>/dev/null || true
  fi
  if ((code != 0)); then
    printf '\nFAILED in: %s\n' "$current" >&2
  fi
  if [[ -f "$results/sums.txt" ]]; then
    printf 'Tests: %s\n' "$(<"$results/sums.txt")"
  fi
  stop_compiler >/dev/null 2>&1 || true
}

stop_compiler() {
  local version folder
  version=$(dotnet --version)
  folder=$(dotnet --list-sdks | sed -n "s|^$version \[\(.*\)\]\$|\1|p")
  dotnet exec "$folder/$version/Roslyn/bincore/VBCSCompiler.dll" -shutdown "-pipename:$SharedCompilationId"
}

stage() {
  current=$1
  shift
  printf '\n== %s\n' "$current"
  local start=$SECONDS
  "$@"
  printf -- '-- %s: %d s\n' "$current" "$((SECONDS - start))"
}

check_sdk() {
  if ! command -v dotnet >/dev/null; then
    echo 'The .NET SDK is not on PATH. Install version 10: https://dotnet.microsoft.com/download' >&2
    return 1
  fi
  local version
  if ! version=$(dotnet --version 2>/dev/null); then
    echo 'No installed .NET SDK matches global.json. Install version 10; installed are:' >&2
    dotnet --list-sdks >&2
    return 1
  fi
  echo ".NET SDK $version"
}

restore() { dotnet restore Settlement.sln --verbosity quiet; }

# Style and analysers are errors of the build.
check_format() {
  dotnet format whitespace . --folder --include src/ tests/ samples/ benchmarks/ eng/ --verify-no-changes --verbosity quiet
}

# CI=true makes paths in the assemblies independent of the clone's folder.
build() { CI=true dotnet build Settlement.sln --configuration Release --no-restore --verbosity quiet -warnaserror; }

# ---- tools of the tests ----

ensure_tools() {
  ensure_chromium
  ensure_mariadb
  ensure_spider
  ensure_clickhouse
  if [[ "${SETTLEMENT_TESTS:-}" == long ]]; then
    ensure_chdb
  fi
}

ensure_chromium() {
  local name
  for name in chromium chromium-browser; do
    if command -v "$name"; then
      return
    fi
  done

  if ! can_install; then
    echo 'Chromium is not on PATH, and installing it requires root and apt-get. Browser tests are skipped: install chromium to run them.'
    return
  fi
  echo 'Installing chromium with apt-get: the browser tests need it.'
  if ! install_package chromium; then
    echo 'Chromium could not be installed. Browser tests are skipped.'
  fi
}

# The tests start their servers from the binary, on separate ports and in separate folders, or in containers.
ensure_mariadb() {
  if PATH="$PATH:/usr/sbin:/usr/local/sbin" command -v mariadbd; then
    return
  fi
  if docker info >/dev/null 2>&1; then
    echo 'mariadbd is not installed: the tests of the MySQL store use Docker.'
    return
  fi
  if ! can_install; then
    echo 'Neither mariadbd nor Docker is available, and installing mariadb-server requires root and apt-get.'
    echo 'The tests of the MySQL store fail.'
    return
  fi
  echo 'Installing mariadb-server with apt-get: the tests of the MySQL store need its binary. They do not use its system service.'
  if ! install_package mariadb-server; then
    echo 'mariadb-server could not be installed. The tests of the MySQL store fail.'
  fi
}

# The test of the portable plan, with servers that are started with --no-defaults: the package's own configuration is not read.
ensure_spider() {
  if ! command -v dpkg >/dev/null || ! PATH="$PATH:/usr/sbin:/usr/local/sbin" command -v mariadbd >/dev/null; then
    echo "MariaDB's Spider is only installed on Debian, beside mariadb-server. Its tests are skipped elsewhere."
    return
  fi
  if dpkg -L mariadb-plugin-spider 2>/dev/null | grep 'ha_spider.so'; then
    return
  fi
  if ! can_install; then
    echo 'mariadb-plugin-spider is not installed, and installing it requires root and apt-get. Its tests are skipped.'
    return
  fi
  echo 'Installing mariadb-plugin-spider with apt-get: the tests of sources on engines that speak MySQL need it.'
  if ! install_package mariadb-plugin-spider; then
    echo 'mariadb-plugin-spider could not be installed. Its tests are skipped.'
  fi
}

# The tests start a cluster of two servers and ZooKeeper from the binaries, on separate ports and in separate folders.
ensure_clickhouse() {
  if PATH="$PATH:/usr/sbin" command -v clickhouse-server && command -v java && [[ -e /usr/share/java/zookeeper.jar ]]; then
    return
  fi
  if ! can_install; then
    echo 'clickhouse-server, zookeeper or java is not installed, and installing them requires root and apt-get.'
    echo 'The tests of the ClickHouse source are skipped.'
    return
  fi
  echo 'Installing clickhouse-server, zookeeper and a Java runtime with apt-get: the tests of the ClickHouse source need their binaries.'
  echo 'They do not use their system services.'
  if ! install_package --no-install-recommends clickhouse-server clickhouse-client clickhouse-common zookeeper default-jre-headless; then
    echo 'They could not be installed. The tests of the ClickHouse source are skipped.'
  fi
}

# The engine of a current ClickHouse as a library of 566 MB, for the long tests: in the user's cache, outside of the clone.
ensure_chdb() {
  local cache="${XDG_CACHE_HOME:-$HOME/.cache}/settlement/chdb"
  local library="$cache/node_modules/@chdb/lib-linux-x64-gnu/libchdb.so"
  if [[ -n "${SETTLEMENT_TEST_CHDB:-}" || -e "$library" ]]; then
    echo "${SETTLEMENT_TEST_CHDB:-$library}"
    return
  fi
  if [[ "$(uname -sm)" != 'Linux x86_64' ]] || ! command -v npm >/dev/null; then
    echo 'The tests on a current ClickHouse (chdb) need Linux on x64 and npm. They are skipped.'
    return
  fi
  echo "Installing @chdb/lib-linux-x64-gnu (566 MB) with npm into $cache: the tests on a current ClickHouse need it."
  mkdir -p "$cache"
  if ! npm install --ignore-scripts --no-save --prefix "$cache" '@chdb/lib-linux-x64-gnu@26.7.3-stable.1'; then
    echo 'It could not be installed. The tests on a current ClickHouse are skipped.'
  fi
}

can_install() { command -v apt-get >/dev/null && { ((EUID == 0)) || sudo -n true 2>/dev/null; }; }

# With RUNLEVEL=1 most packages don't start their services.
install_package() {
  local root=()
  if ((EUID != 0)); then
    root=(sudo -n)
  fi
  "${root[@]}" apt-get update -qq &&
    "${root[@]}" env DEBIAN_FRONTEND=noninteractive RUNLEVEL=1 apt-get install -y -qq "$@"
}

# ---- tests ----

# Several projects at a time, with one database server; failed tests are listed at the end, and the totals are in sums.txt.
run_tests() { dotnet run --project eng/Settlements.TestRun --configuration Release --no-build -- "$results" "$@"; }

# ---- packages ----

pack() { eng/pack.sh "$packages" --no-build; }

# Concurrently with the packages: each uses one processor for most of its time.
begin_docs() {
  eng/docs.sh >"$artifacts/docs.log" 2>&1 &
  docs_pid=$!
}

finish_docs() {
  local code=0
  wait "$docs_pid" || code=$?
  docs_pid=
  cat "$artifacts/docs.log"
  return "$code"
}

# Files, dependencies, symbols.
inspect_packages() { dotnet run eng/inspect-packages.cs -- "$packages"; }

# In new programs with the code of the READMEs.
consume_packages() { dotnet run --project eng/Settlements.PackageConsumer --configuration Release --no-build -- "$packages"; }

# Packs the commit in two folders and compares.
reproduce_packages() { eng/reproducible.sh; }

# ---- the texts of the public API ----

write_public_api() { dotnet run eng/public-api.cs; }

run_target() {
  case "$1" in
    format) stage 'format' check_format ;;
    build) stage 'build' build ;;
    tools) stage 'tools for the tests' ensure_tools ;;
    test) stage 'tests' run_tests tests/*.Tests ;;
    pack) stage 'packages' pack ;;
    inspect) stage "packages' contents" inspect_packages ;;
    consume) stage 'packages in use' consume_packages ;;
    docs) stage 'docs' eng/docs.sh ;;
    reproduce) stage 'packages made twice' reproduce_packages ;;
  esac
}

trap on_exit EXIT
rm -rf "$results"

stage 'SDK' check_sdk
stage 'restore' restore

case "$mode" in
  public-api)
    stage 'public API' write_public_api
    exit 0
    ;;
  targets)
    for target in "${targets[@]}"; do
      run_target "$target"
    done
    exit 0
    ;;
esac

run_target format
run_target build

if [[ $mode == quick ]]; then
  stage 'unit and architecture tests' run_tests tests/Settlements.Tests tests/Settlements.Architecture.Tests
  exit 0
fi

if [[ $mode == long ]]; then
  export SETTLEMENT_TESTS=long
fi
run_target tools
run_target test
run_target pack
begin_docs
run_target inspect
run_target consume
stage 'docs' finish_docs
if [[ $mode == long ]]; then
  run_target reproduce
fi
