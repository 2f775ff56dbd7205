#!/usr/bin/env bash
# Packs one commit twice, in two clones whose paths have different names and lengths, and compares all packages byte by byte.
set -euo pipefail

readonly commit=${1:-HEAD}

cd "$(dirname "${BASH_SOURCE[0]}")/.."
for tool in cmp unzip; do
  if ! command -v "$tool" >/dev/null; then
    echo "$tool is not on PATH: install it to compare packages." >&2
    exit 1
  fi
done
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

# pack_clone FOLDER: packs a separate clone, with branches and tags, at the commit.
pack_clone() {
  git clone --quiet --no-checkout "file://$PWD" "$1/settlement"
  git -C "$1/settlement" checkout --quiet --detach "$sha"
  (cd "$1/settlement" && DOTNET_CLI_USE_MSBUILD_SERVER=0 eng/pack.sh "$1/packages" >/dev/null)
}

# Prints the entries of two packages that differ.
explain() {
  local left=$work/left right=$work/right
  rm -rf "$left" "$right"
  mkdir "$left" "$right"
  unzip -q -o "$1" -d "$left"
  unzip -q -o "$2" -d "$right"
  local entries
  entries=$(diff --recursive --brief "$left" "$right" | sed "s|$left/||; s|$right/||; s|^|    |" || true)
  echo "${entries:-    The entries have the same content; their order, times or compression differ.}"
}

sha=$(git rev-parse --verify --quiet "$commit^{commit}") || {
  echo "The commit $commit does not exist." >&2
  exit 2
}
if [[ $commit == HEAD && -n $(git status --porcelain) ]]; then
  echo "Comparing builds of commit ${sha::10}; uncommitted changes are ignored."
fi
first=$work/a second=$work/another-folder-with-a-longer-name
mkdir "$first" "$second"
pack_clone "$first"
pack_clone "$second"

failed=0
compared=0
for package in "$first"/packages/*nupkg; do
  name=$(basename "$package")
  compared=$((compared + 1))
  if cmp --silent "$package" "$second/packages/$name"; then
    echo "$(sha256sum "$package" | cut -c1-16)  $name"
  else
    failed=1
    echo "$name differs between the two folders:" >&2
    explain "$package" "$second/packages/$name" >&2
  fi
done
if ((failed)); then
  echo 'The packages of one commit differ: they depend on the folder, the time or the machine.' >&2
  exit 1
fi
echo "$compared packages are byte-identical."
