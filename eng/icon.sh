#!/usr/bin/env bash
# Renders src/icon.svg to src/icon.png, 128 by 128, with the Chromium on PATH.
set -euo pipefail

cd "$(dirname "${BASH_SOURCE[0]}")/.."

if ! command -v chromium >/dev/null; then
  echo 'Chromium is not on PATH: install chromium to render the icon.' >&2
  exit 1
fi
page=$(mktemp --suffix .html)
trap 'rm -f "$page"' EXIT
{
  echo '<!doctype html><style>html,body{margin:0;background:transparent}svg{display:block;width:128px;height:128px}</style>'
  cat src/icon.svg
} >"$page"
chromium --headless --no-sandbox --disable-gpu --hide-scrollbars --default-background-color=00000000 \
  --window-size=128,128 --screenshot="$PWD/src/icon.png" "file://$page" 2>/dev/null
echo "src/icon.png: $(wc -c <src/icon.png) bytes"
