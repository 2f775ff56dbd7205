#!/usr/bin/env bash
# Uses the packages in new programs, as a user would: with the code and the packages of the READMEs, and compares the output with theirs.
# On SQLite, and on MariaDB or MySQL if a binary is installed.
set -euo pipefail

# The output of the command line is parsed.
export DOTNET_CLI_UI_LANGUAGE=en

readonly packages=$(realpath "${1:?Usage: eng/consume.sh FOLDER}")
readonly starts_within_s=60

cd "$(dirname "${BASH_SOURCE[0]}")/.."
readonly root=$PWD
readonly work=$(mktemp -d)
server_pid= web_pid=

on_exit() {
  local pid
  for pid in $server_pid $web_pid; do
    kill -TERM "$pid" 2>/dev/null || true
    wait "$pid" 2>/dev/null || true
  done
  rm -rf "$work"
}
trap on_exit EXIT

fail() {
  printf '%s\n' "$@" >&2
  exit 1
}

# ---- package sources and cache ----

version_of_packages() {
  local file
  file=$(compgen -G "$packages/Settlements.Sqlite.[0-9]*.nupkg") || fail "$packages contains no packages: run eng/pack.sh first."
  file=$(basename "$file" .nupkg)
  echo "${file#Settlements.Sqlite.}"
}

# Settlement's packages come only from the folder, all others from the configured sources of this machine.
write_nuget_config() {
  local names name mapped=
  names=$(dotnet nuget list source | sed -n 's/^ *[0-9]*\. *\(.*\) \[Enabled\]$/\1/p')
  while IFS= read -r name; do
    mapped+="<packageSource key=\"$name\"><package pattern=\"*\" /></packageSource>"
  done <<<"$names"
  cat >"$work/nuget.config" <<CONFIG
<configuration>
  <packageSources><add key="settlement-local" value="$packages" /></packageSources>
  <packageSourceMapping>
    <packageSource key="settlement-local"><package pattern="Settlements" /><package pattern="Settlements.*" /></packageSource>
    $mapped
  </packageSourceMapping>
</configuration>
CONFIG
}

# A separate cache, from which Settlement's packages are removed: an earlier build may have the same version. Other packages remain cached.
empty_cache() {
  export NUGET_PACKAGES=$root/artifacts/consumer-packages
  mkdir -p "$NUGET_PACKAGES"
  rm -rf "$NUGET_PACKAGES"/settlements "$NUGET_PACKAGES"/settlements.*
}

# ---- programs of the READMEs ----

# block LANGUAGE README: the first block of a language.
block() { awk -v open="\`\`\`$1" '$0 == "```" && inside { exit } inside { print } $0 == open { inside = 1 }' "$2"; }

added_packages() { sed -n 's/^dotnet add package \([A-Za-z.]*\).*/\1/p' "$1"; }

# new_program NAME TEMPLATE PACKAGE…: reads the code from standard input.
new_program() {
  local name=$1 template=$2 package version output project references=
  shift 2
  output=$(cd "$work" && dotnet new "$template" --name "$name" --no-restore 2>&1 </dev/null) ||
    fail "dotnet new $template failed:" "$output"
  cat >"$work/$name/Program.cs"
  [[ -s "$work/$name/Program.cs" ]] || fail "The README of '$name' has no block of C#."
  for package in "$@"; do
    version='10.0.*'
    if [[ $package == Settlements* ]]; then version=$settlement; fi
    references+="<PackageReference Include=\"$package\" Version=\"$version\" />"
  done
  # Same as dotnet add package, which would take seconds for each.
  project=$(<"$work/$name/$name.csproj")
  echo "${project/<\/Project>/<ItemGroup>$references</ItemGroup></Project>}" >"$work/$name/$name.csproj"
  programs+=("$name")
}

build_programs() {
  local name
  cat >"$work/Directory.Build.props" <<'PROPS'
<Project>
  <PropertyGroup>
    <TreatWarningsAsErrors>true</TreatWarningsAsErrors>
    <WarningsNotAsErrors>NU1900;NU1905</WarningsNotAsErrors>
  </PropertyGroup>
</Project>
PROPS
  {
    echo '<Solution>'
    for name in "${programs[@]}"; do echo "<Project Path=\"$name/$name.csproj\" />"; done
    echo '</Solution>'
  } >"$work/Consumer.slnx"
  (cd "$work" && dotnet build Consumer.slnx --configuration Release --verbosity quiet) ||
    fail 'A program of the READMEs does not build with the packages: see above.'
}

run() { (cd "$work/$1" && dotnet "bin/Release/net10.0/$1.dll"); }

# expect_twice NAME EXPECTED: runs the program twice; the second run uses the data of the first.
expect_twice() {
  local printed number
  for number in first second; do
    printed=$(run "$1") || fail "The program '$1' failed in its $number run."
    [[ "$printed" == "$2" ]] || fail "The program '$1' printed in its $number run:" "$printed" 'Expected output:' "$2"
  done
  echo "$1: ${2//$'\n'/ | }"
}

# ---- the web program ----

# request METHOD PATH [BODY]: prints the complete response.
request() {
  local body=${3:-}
  exec 3<>"/dev/tcp/127.0.0.1/$port"
  printf '%s %s HTTP/1.0\r\nHost: localhost\r\nContent-Type: application/json\r\nContent-Length: %d\r\n\r\n%s' \
    "$1" "$2" "${#body}" "$body" >&3
  cat <&3
  exec 3>&-
}

expect_answer() {
  local answer
  answer=$(request "$1" "$2" "${4:-}")
  [[ "$answer" == *' 200 '* && "$answer" == *"$3"* ]] || fail "$1 $2 does not answer 200 with '$3':" "$answer" "$(<"$work/web/log")"
}

try_web() {
  local deadline=$((SECONDS + starts_within_s)) port=
  (cd "$work/web" && exec dotnet bin/Release/net10.0/web.dll --urls http://127.0.0.1:0) >"$work/web/log" 2>&1 </dev/null &
  web_pid=$!
  until port=$(sed -n 's|.*Now listening on: http://127.0.0.1:\([0-9]*\).*|\1|p' "$work/web/log") && [[ -n "$port" ]]; do
    if ! kill -0 "$web_pid" 2>/dev/null || ((SECONDS > deadline)); then
      fail "The web program does not listen after $starts_within_s s. Its log:" "$(<"$work/web/log")"
    fi
    sleep 0.2
  done
  expect_answer GET /health Healthy
  local event='{"eventId":"01906d5e-8a00-7000-8000-000000000001","occurredAt":"2024-07-01T12:00:00+09:00"'
  expect_answer POST /views 0 "$event,\"meter\":\"video.view\",\"itemId\":\"video-1\",\"payeeId\":\"ann\",\"quantity\":550000}"
  expect_answer POST /days/2024-07-01/close 2024-07-01
  expect_answer GET /months/2024-07-01 'ann is owed 605000 KRW'
  expect_answer GET /shop $'\r\n\r\n3.' # SQLite's version
  echo 'web: ann is owed 605000 KRW, over HTTP'
  kill -TERM "$web_pid" # bash lets what it starts in the background ignore SIGINT
  wait "$web_pid" || fail "The web program ended with exit code $? after SIGTERM. Its log:" "$(<"$work/web/log")"
  web_pid=
}

# ---- a server of MariaDB or MySQL ----

find_server() {
  local name
  for name in mariadbd mysqld; do
    PATH="$PATH:/usr/sbin:/usr/local/sbin" command -v "$name" && return
  done
}

free_port() {
  local free
  while :; do
    free=$((20000 + RANDOM % 12000))
    if ! (exec 3<>"/dev/tcp/127.0.0.1/$free") 2>/dev/null; then
      echo "$free"
      return
    fi
  done
}

start_server() {
  local binary=$1 port folder=$work/server deadline=$((SECONDS + starts_within_s))
  local common=(--no-defaults "--datadir=$folder/data" "--user=$(id -un)")
  mkdir -p "$folder/tmp"
  export TMPDIR=$folder/tmp
  if [[ $binary == *mariadbd ]]; then
    mariadb-install-db "${common[@]}" --auth-root-authentication-method=normal --skip-test-db >"$folder/install" 2>&1 ||
      fail "$(<"$folder/install")"
  else
    "$binary" "${common[@]}" --initialize-insecure >"$folder/install" 2>&1 || fail "$(<"$folder/install")"
  fi
  unset TMPDIR
  printf '%s;\n' 'CREATE DATABASE settlement' 'CREATE DATABASE readme' "CREATE USER settlement@'%' IDENTIFIED BY 'secret'" \
    "GRANT ALL ON *.* TO settlement@'%'" >"$folder/init.sql"
  port=$(free_port)
  "$binary" "${common[@]}" "--port=$port" --bind-address=127.0.0.1 "--socket=$folder/s" "--pid-file=$folder/pid" "--tmpdir=$folder/tmp" \
    "--log-error=$folder/log.err" --local-infile=1 --skip-name-resolve "--init-file=$folder/init.sql" >/dev/null 2>&1 </dev/null &
  server_pid=$!
  until grep -q "port: $port" "$folder/log.err" 2>/dev/null; do
    if ! kill -0 "$server_pid" 2>/dev/null || ((SECONDS > deadline)); then
      fail "$binary does not answer after $starts_within_s s. Its log:" "$(cat "$folder/log.err")"
    fi
    sleep 0.2
  done
  export SETTLEMENT_CONNECTION="Server=127.0.0.1;Port=$port;User ID=settlement;Password=secret;Database=settlement"
}

try_server() {
  local binary
  binary=$(find_server || true)
  if [[ -z "$binary" ]]; then
    echo 'Neither mariadbd nor mysqld is on PATH: the programs that need a server are skipped. Install mariadb-server to run them.'
    return
  fi
  start_server "$binary"
  expect_twice mysql "$(block text src/Settlements.MySql/README.md)"
  SETTLEMENT_CONNECTION=${SETTLEMENT_CONNECTION/%Database=settlement/Database=readme} expect_twice readme-mysql "$promised"
}

# ---- the tool ----

# Installs the tool from its package, and uses the file of its README.
try_tool() {
  local folder=$work/tool printed
  mkdir -p "$folder"
  printed=$(cd "$work" && dotnet tool install Settlements.Cli --tool-path "$folder/bin" --version "$settlement" 2>&1) ||
    fail 'The tool of Settlements.Cli does not install:' "$printed"
  block json src/Settlements.Cli/README.md >"$folder/settlement.json"
  printf '%s\n' 'event_id,occurred_at,meter,item_id,payee_id,quantity' \
    '01906d5e-8a00-7000-8000-000000000001,2024-07-01T12:00:00+09:00,video.view,video-1,ann,550000' >"$folder/events.csv"
  printed=$(
    cd "$folder" && bin/settlement import events.csv --json && bin/settlement close --through 2024-07-01 --json &&
      bin/settlement statement --period month --date 2024-07-01 --payee ann
  ) || fail 'A command of the tool failed. It printed:' "$printed"
  [[ "$printed" == *'605,000 KRW'* ]] || fail 'The tool printed:' "$printed" 'Expected is a statement of 605,000 KRW.'
  echo 'tool: 605,000 KRW'
}

# ---- all of it ----

settlement=$(version_of_packages)
programs=()
promised=$(sed -n 's/.*It prints `\(.*KRW\)`.*/\1/p' README.md | head -1)
[[ -n "$promised" ]] || fail 'README.md has no sentence "It prints `… KRW`" with the output of its program.'

cp global.json "$work/"
write_nuget_config
empty_cache
declare -A readmes=([core]=src/Settlements/README.md [sqlite]=src/Settlements.Sqlite/README.md [mysql]=src/Settlements.MySql/README.md
  [duckdb]=src/Settlements.DuckDb/README.md [clickhouse]=src/Settlements.ClickHouse/README.md
  [testing]=src/Settlements.Testing/README.md [web]=src/Settlements.AspNetCore/README.md)
for name in core sqlite mysql duckdb clickhouse testing web; do
  readme=${readmes[$name]}
  template=console
  if [[ $name == web ]]; then template=web; fi
  mapfile -t added < <(added_packages "$readme")
  new_program "$name" "$template" "${added[@]}" < <(block csharp "$readme")
done
# An application of this field has types of these names: none is hidden by the packages' namespaces, and none is ambiguous.
new_program names console Settlements.Sqlite Microsoft.Extensions.DependencyInjection <<'CSHARP'
using Acme.Settlement;
using Microsoft.Extensions.DependencyInjection;
using Settlements;
using Settlements.Pipelines;
using Settlements.Routing;

await using var services = new ServiceCollection()
    .AddSettlement(settlement => settlement.UseSqlite("Data Source=names.db").Calendar("Asia/Seoul").Meter("video.seconds"))
    .BuildServiceProvider();
await services.GetRequiredService<SettlementEngine>().Schema.ApplyAsync();
var entity = new Settlement([new Line(new Meter("video.view"), 3)], new Run(1), new Statement("ann"), new Access(true), new Claim("role"), new Event(1));
Console.WriteLine($"{entity.Statement.Payee}: {entity.Lines.Sum(line => line.Quantity)}");

namespace Acme.Settlement
{
    internal sealed record Settlement(Line[] Lines, Run Run, Statement Statement, Access Access, Claim Claim, Event Event);
    internal sealed record Line(Meter Meter, long Quantity);
    internal sealed record Meter(string Name);
    internal sealed record Run(long Id);
    internal sealed record Statement(string Payee);
    internal sealed record Access(bool IsGranted);
    internal sealed record Claim(string Type);
    internal sealed record Event(long Id);
}
CSHARP
new_program readme console Settlements.Sqlite Microsoft.Extensions.DependencyInjection < <(block csharp README.md)
# With UseMySql(connectionString) in place of UseSqlite, as README.md describes.
new_program readme-mysql console Settlements.MySql Microsoft.Extensions.DependencyInjection < <(
  block csharp README.md | sed 's/\.UseSqlite("[^"]*")/.UseMySql(Environment.GetEnvironmentVariable("SETTLEMENT_CONNECTION")!)/'
)
if ! grep -q UseMySql "$work/readme-mysql/Program.cs"; then
  fail "README.md's program has no UseSqlite(\"…\") to replace with UseMySql."
fi
build_programs
for name in core sqlite duckdb testing; do
  expect_twice "$name" "$(block text "${readmes[$name]}")"
done
expect_twice readme "$promised"
expect_twice names 'ann: 3'
try_tool
try_web
try_server
