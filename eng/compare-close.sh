#!/usr/bin/env bash
# Closes the same events with this checkout and with another revision, alternately, on one server or in files of the same settings; prints
# elapsed time, processor time of client and server, written rows and the ratios. Other options are passed to the program:
#   eng/compare-close.sh REVISION [--folder FOLDER] [--rounds 3] [--divide-by 1] [--only mysql-many|mysql|sqlite]
# --folder keeps the other revision's checkout there for further runs; by default it is temporary. --divide-by 100 divides all sizes by 100.
set -euo pipefail

if [[ $# -eq 0 || $1 == -* ]]; then
  sed -n '2,5s/^# \{0,1\}//p' "${BASH_SOURCE[0]}" >&2
  exit 2
fi
cd "$(dirname "${BASH_SOURCE[0]}")/.."
sha=$(git rev-parse --verify --quiet "$1^{commit}") || {
  echo "The commit $1 does not exist." >&2
  exit 2
}
shift
folder=
options=()
while [[ $# -gt 0 ]]; do
  if [[ $1 == --folder ]]; then
    folder=${2:?"--folder takes the path of a folder."}
    shift 2
  else
    options+=("$1")
    shift
  fi
done

if [[ -z $folder ]]; then
  work=$(mktemp -d)
  folder=$work/settlement
  trap 'git worktree remove --force "$folder" 2>/dev/null || true; rm -rf "$work"' EXIT
fi
if [[ ! -e $folder ]]; then
  git worktree add --quiet --detach "$folder" "$sha"
elif [[ $(git -C "$folder" rev-parse HEAD) != "$sha" || -n $(git -C "$folder" status --porcelain) ]]; then
  echo "$folder isn't an unchanged checkout of $sha: name another folder, or remove it by git worktree remove." >&2
  exit 2
fi

# The project was named Settlement.Benchmarks before the packages were named Settlements.
project_of() { basename "$(compgen -G "$1/benchmarks/Settlement*.Benchmarks")"; }

# program_of FOLDER: the path of its benchmark program.
program_of() { echo "$1/benchmarks/$(project_of "$1")/bin/Release/net10.0/$(project_of "$1").dll"; }

# build FOLDER: builds its benchmark program.
build() {
  (cd "$1" && dotnet build "benchmarks/$(project_of "$1")" -c Release -p:PublicApiTexts=false -v quiet --nologo)
}
build "$folder"
build "$PWD"
own=$(git rev-parse --short HEAD)
[[ -z $(git status --porcelain --untracked-files=no) ]] || own+=+changes
dotnet "$(program_of "$PWD")" compare-close --program "$(program_of "$folder")" --revision "$(git rev-parse --short "$sha")" --own "$own" "${options[@]}"
