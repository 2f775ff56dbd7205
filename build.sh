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
Usage: ./build.sh [--quick | --long | --public-api | --entities | --counts | --help | TARGET…]

  (nothing)     all targets up to docs, in the order below
  --quick       format, build, and the unit and architecture tests: nothing that needs a tool or a server
  --long        as without an option, with the soak tests (SETTLEMENT_TESTS=long), and reproduce
  --public-api  rewrite src/*/PublicAPI.Unshipped.txt from the code; review the diff before you commit it
  --entities    rewrite docs/entities.md and its diagram from the schema
  --counts      rewrite tests/WorkCounts/*.txt: statements, round trips, rows and bytes of each operation
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
  --entities) mode=entities ;;
  --counts) mode=counts ;;
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

# ---- the page of the entities ----

write_entities() {
  SETTLEMENT_WRITE=entities dotnet test --project tests/Settlements.Architecture.Tests --configuration Release \
    -p:PublicApiTexts=false --filter-class '*EntityPageTests'
}

# ---- the counts of work ----

write_counts() {
  local project
  for project in tests/Settlements.Sqlite.Tests tests/Settlements.MySql.Tests tests/Settlement.SampleHost.Tests; do
    SETTLEMENT_WRITE=counts dotnet test --project "$project" --configuration Release -p:PublicApiTexts=false \
      --filter-class '*WorkCountTests' --filter-class '*PlayCountTests'
  done
}

run_target() {
  case "$1" in
    format) stage 'format' check_format ;;
    build) stage 'build' build ;;
    tools) stage 'tools for the tests' eng/tools.sh ;;
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
  entities)
    stage 'entities' write_entities
    exit 0
    ;;
  counts)
    stage 'counts' write_counts
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
