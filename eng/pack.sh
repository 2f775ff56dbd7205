#!/usr/bin/env bash
# Packs src/* in Release into a folder. With --no-build what is built already is packed.
set -euo pipefail

usage() {
  echo 'Usage: eng/pack.sh FOLDER [--no-build]' >&2
  exit 2
}

(($# == 1 || ($# == 2))) || usage
[[ "${2:---no-build}" == --no-build ]] || usage
folder=$(realpath -m "$1")
options=("${@:2}")

cd "$(dirname "${BASH_SOURCE[0]}")/.."

# The time of all that is in a package is the commit's: the same bytes whenever and wherever it is packed. Without one, 1980: zip knows none before.
SOURCE_DATE_EPOCH=$(git log -1 --format=%ct 2>/dev/null || echo 315619200)
export SOURCE_DATE_EPOCH

# CI=true makes paths in what is shipped the same wherever the clone lies.
rm -rf "$folder"
CI=true dotnet pack eng/Packages.slnf --configuration Release --output "$folder" --verbosity quiet -warnaserror "${options[@]}"

for project in src/*/*.csproj; do
  name=$(basename "$project" .csproj)
  # A tool has its symbols in its assembly.
  kinds=(nupkg)
  if ! grep -q '<PackAsTool>true' "$project"; then kinds+=(snupkg); fi
  for kind in "${kinds[@]}"; do
    if ! compgen -G "$folder/$name.[0-9]*.$kind" >/dev/null; then
      echo "$folder holds no $name.*.$kind: dotnet pack made none." >&2
      exit 1
    fi
  done
done
(cd "$folder" && ls -- *.nupkg *.snupkg)
