#!/usr/bin/env bash
# Packs src/* in Release into a folder. With --no-build it packs the existing build output.
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

# All files in a package have the commit's time, so that packages are reproducible. Without a commit, 1980: the earliest time of zip.
SOURCE_DATE_EPOCH=$(git log -1 --format=%ct 2>/dev/null || echo 315619200)
export SOURCE_DATE_EPOCH

# CI=true makes paths in the assemblies independent of the clone's folder.
rm -rf "$folder"
CI=true dotnet pack eng/Packages.slnf --configuration Release --output "$folder" --verbosity quiet -warnaserror "${options[@]}"

for project in src/*/*.csproj; do
  name=$(basename "$project" .csproj)
  # A tool has its symbols in its assembly.
  kinds=(nupkg)
  if ! grep -q '<PackAsTool>true' "$project"; then kinds+=(snupkg); fi
  for kind in "${kinds[@]}"; do
    if ! compgen -G "$folder/$name.[0-9]*.$kind" >/dev/null; then
      echo "$folder contains no $name.*.$kind: dotnet pack created none." >&2
      exit 1
    fi
  done
done
(cd "$folder" && ls -- *.nupkg *.snupkg)
