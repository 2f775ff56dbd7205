#!/usr/bin/env bash
# Writes a software bill of materials (CycloneDX) for each package: its dependencies with versions and licences.
set -euo pipefail

if (($# != 2)); then
  echo 'Usage: eng/sbom.sh VERSION FOLDER' >&2
  exit 2
fi
readonly version=$1
readonly folder=$(realpath -m "$2")

cd "$(dirname "${BASH_SOURCE[0]}")/.."
dotnet tool restore >/dev/null
dotnet restore eng/Packages.slnf --verbosity quiet
rm -rf "$folder"
mkdir -p "$folder"
for project in src/*/*.csproj; do
  name=$(basename "$project" .csproj)
  file="$folder/$name.$version.cdx.json"
  dotnet tool run dotnet-CycloneDX -- "$project" --output "$folder" --filename "$(basename "$file")" --output-format Json \
    --no-serial-number --set-name "$name" --set-version "$version" --set-type Library --set-nuget-purl \
    --include-project-references --disable-package-restore >/dev/null
  # A reference to another project of this repository is a reference to its package of the same version; the tool writes 1.0.0 for all.
  sed -i -e "s|pkg:nuget/Settlements@1\.0\.0|pkg:nuget/Settlements@$version|g" \
    -e "/\"name\": \"Settlements\",/,/\"version\"/ s|\"version\": \"1\.0\.0\"|\"version\": \"$version\"|" "$file"
  if ! grep -q "\"pkg:nuget/$name@$version\"" "$file" || grep -q 'Settlements[A-Za-z.]*@1\.0\.0' "$file"; then
    echo "$file does not describe $name $version." >&2
    exit 1
  fi
  echo "$(basename "$file"): $(grep -c '"type": "library"' "$file") components"
done
