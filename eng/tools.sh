#!/usr/bin/env bash
# Installs what the tests need beside .NET, where it is missing. Without a tool its tests are skipped, or fail, and this says so.
# The tests start their servers from the binaries, on separate ports and in separate folders; they use no system service.
set -euo pipefail

cd "$(dirname "${BASH_SOURCE[0]}")"
source ./apt.sh
export PATH="$PATH:/usr/sbin:/usr/local/sbin"

# ensure NAME CHECK CONSEQUENCE PACKAGE…
ensure() {
  local name=$1 check=$2 consequence=$3
  shift 3
  if "$check"; then
    return
  fi
  if ! can_install; then
    echo "$name is not installed, and installing it requires root and apt-get. $consequence"
    return
  fi
  echo "Installing $name with apt-get: $*"
  install_packages "$@" || echo "$name could not be installed. $consequence"
}

has_chromium() { command -v chromium || command -v chromium-browser; }

has_mariadb() { command -v mariadbd || docker info >/dev/null 2>&1; }

# Only Debian's package is known, beside mariadb-server: elsewhere there is nothing to install.
has_spider() {
  ! command -v dpkg >/dev/null || ! command -v mariadbd >/dev/null ||
    dpkg -L mariadb-plugin-spider 2>/dev/null | grep ha_spider.so
}

has_clickhouse() { command -v clickhouse-server && command -v java && [[ -e /usr/share/java/zookeeper.jar ]]; }

# The engine of a current ClickHouse as a library of 566 MB, in the user's cache, outside of the clone.
ensure_chdb() {
  local cache="${XDG_CACHE_HOME:-$HOME/.cache}/settlement/chdb"
  local library="${SETTLEMENT_TEST_CHDB:-$cache/node_modules/@chdb/lib-linux-x64-gnu/libchdb.so}"
  if [[ -e "$library" ]]; then
    echo "$library"
    return
  fi
  if [[ "$(uname -sm)" != 'Linux x86_64' ]] || ! command -v npm >/dev/null; then
    echo 'The tests on a current ClickHouse (chdb) need Linux on x64 and npm. They are skipped.'
    return
  fi
  echo "Installing @chdb/lib-linux-x64-gnu (566 MB) with npm into $cache"
  mkdir -p "$cache"
  npm install --ignore-scripts --no-save --prefix "$cache" '@chdb/lib-linux-x64-gnu@26.7.3-stable.1' ||
    echo 'It could not be installed. The tests on a current ClickHouse are skipped.'
}

ensure 'Chromium' has_chromium 'Browser tests are skipped.' chromium
ensure 'MariaDB' has_mariadb 'The tests of the MySQL store fail; they can use Docker instead.' mariadb-server
ensure "MariaDB's Spider" has_spider 'The tests of sources on engines that speak MySQL are skipped.' mariadb-plugin-spider
ensure 'ClickHouse with ZooKeeper' has_clickhouse 'The tests of the ClickHouse source are skipped.' \
  --no-install-recommends clickhouse-server clickhouse-client clickhouse-common zookeeper default-jre-headless
if [[ "${SETTLEMENT_TESTS:-}" == long ]]; then
  ensure_chdb
fi
