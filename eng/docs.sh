#!/usr/bin/env bash
# Builds the site of docs/ into artifacts/site. The packages have to be built in Release before: the reference comes from their assemblies.
# A broken link or a fault of the site is a failure. That node or the generators can't be had is said, and is none; with DOCS_REQUIRED=1 it is one.
set -euo pipefail

cd "$(dirname "${BASH_SOURCE[0]}")/.."
rm -rf artifacts/site

readonly node_major_min=18
# An npm package is a second's download; a minute without an answer is no network.
readonly npm_fetch=(--fetch-retries=1 --fetch-timeout=60000)

readonly is_required=${DOCS_REQUIRED:-0}

not_built() {
  echo "The site of docs/ was not built: $1"
  exit "$is_required"
}

can_install() { command -v apt-get >/dev/null && { ((EUID == 0)) || sudo -n true 2>/dev/null; }; }

install_node() {
  local root=()
  if ((EUID != 0)); then
    root=(sudo -n)
  fi
  "${root[@]}" apt-get update -qq &&
    "${root[@]}" env DEBIAN_FRONTEND=noninteractive apt-get install -y -qq nodejs npm
}

has_node() {
  command -v node >/dev/null && command -v npm >/dev/null &&
    (($(node -p 'process.versions.node.split(".")[0]') >= node_major_min))
}

ensure_node() {
  if has_node; then
    return
  fi
  can_install || not_built "node $node_major_min or newer and npm are not on PATH, and can't be installed from here."
  echo 'Installing nodejs and npm with apt-get: the site of docs/ is built with them.'
  install_node || not_built 'nodejs and npm could not be installed.'
  has_node || not_built "the node that apt-get has is older than $node_major_min."
}

# A lock file that doesn't fit package.json (EUSAGE), or a package that doesn't fit the lock file (EINTEGRITY), is not for want of a network.
fetch_packages() {
  local said
  if said=$(cd docs && npm ci --no-progress "${npm_fetch[@]}" 2>&1); then
    return
  fi
  printf '%s\n' "$said" >&2
  if [[ "$said" == *EUSAGE* || "$said" == *EINTEGRITY* ]]; then
    exit 1
  fi
  not_built 'its packages could not be fetched.'
}

# docfx reads the assemblies, and their references from a test's folder. Where it can't be had the rest of the site stands.
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
