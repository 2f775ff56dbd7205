#!/usr/bin/env bash
# Builds the site of docs/ into artifacts/site. Build the packages in Release first: the reference is generated from their assemblies.
# A broken link or an error of the site is a failure. If node or the generators can't be installed, the script prints the reason and exits
# with 0; with DOCS_REQUIRED=1 it exits with 1.
set -euo pipefail

cd "$(dirname "${BASH_SOURCE[0]}")/.."
source eng/apt.sh
rm -rf artifacts/site

readonly node_major_min=18
# Downloading an npm package takes about a second; no response for a minute means that there is no network.
readonly npm_fetch=(--fetch-retries=1 --fetch-timeout=60000)

readonly is_required=${DOCS_REQUIRED:-0}

not_built() {
  echo "The site of docs/ was not built: $1"
  exit "$is_required"
}

has_node() {
  command -v node >/dev/null && command -v npm >/dev/null &&
    (($(node -p 'process.versions.node.split(".")[0]') >= node_major_min))
}

ensure_node() {
  if has_node; then
    return
  fi
  can_install || not_built "node $node_major_min or newer and npm are not on PATH, and installing them requires root and apt-get."
  echo 'Installing nodejs and npm with apt-get: they build the site of docs/.'
  install_packages nodejs npm || not_built 'nodejs and npm could not be installed.'
  has_node || not_built "the node of apt-get is older than $node_major_min."
}

# EUSAGE (the lock file doesn't match package.json) and EINTEGRITY (a package doesn't match the lock file) are not network errors.
fetch_packages() {
  local output
  if output=$(cd docs && npm ci --no-progress "${npm_fetch[@]}" 2>&1); then
    return
  fi
  printf '%s\n' "$output" >&2
  if [[ "$output" == *EUSAGE* || "$output" == *EINTEGRITY* ]]; then
    exit 1
  fi
  not_built 'its npm packages could not be downloaded.'
}

# docfx reads the assemblies, and their references from a test project's folder. Without docfx the site is built without the reference.
write_reference() {
  rm -rf docs/.vitepress/docfx
  if (cd docs && dotnet tool restore --verbosity quiet); then
    (cd docs && dotnet docfx metadata docfx.json --logLevel warning --warningsAsErrors)
  else
    echo 'docfx could not be restored: the site is built without its reference.'
    if ((is_required)); then
      exit 1
    fi
  fi
  node docs/reference.mjs
}

ensure_node
fetch_packages
write_reference
(cd docs && npx --no-install vitepress build --outDir ../artifacts/site)
echo "artifacts/site: $(find artifacts/site -name '*.html' | wc -l) pages"
