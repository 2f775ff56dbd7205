#!/usr/bin/env bash
# Creates the sample's user and database, and makes db2 a replica of db1. Passwords must not contain ' or a backslash.
set -euo pipefail

for password in "$MYSQL_ROOT_PASSWORD" "$SETTLEMENT_PASSWORD" "$REPLICATION_PASSWORD"; do
  if [[ "$password" == *[\'\\]* ]]; then
    echo "A password in .env contains ' or a backslash. Use another password." >&2
    exit 2
  fi
done

export MYSQL_PWD="$MYSQL_ROOT_PASSWORD"

mysql --host=db1 --user=root <<SQL
CREATE DATABASE IF NOT EXISTS settlement;
CREATE USER IF NOT EXISTS 'settlement'@'%' IDENTIFIED BY '$SETTLEMENT_PASSWORD';
GRANT ALL PRIVILEGES ON settlement.* TO 'settlement'@'%';
GRANT REPLICATION CLIENT ON *.* TO 'settlement'@'%';
CREATE USER IF NOT EXISTS 'replicator'@'%' IDENTIFIED BY '$REPLICATION_PASSWORD';
GRANT REPLICATION SLAVE ON *.* TO 'replicator'@'%';
SQL

if [[ -n "$(mysql --host=db2 --user=root --batch --skip-column-names --execute='SHOW REPLICA STATUS')" ]]; then
  echo 'db2 is already a replica of db1.'
  exit 0
fi

# The replica discards its own binary log and replicates the log of the primary from its first start.
mysql --host=db2 --user=root <<SQL
RESET BINARY LOGS AND GTIDS;
CHANGE REPLICATION SOURCE TO SOURCE_HOST = 'db1', SOURCE_USER = 'replicator', SOURCE_PASSWORD = '$REPLICATION_PASSWORD',
  SOURCE_AUTO_POSITION = 1, GET_SOURCE_PUBLIC_KEY = 1;
START REPLICA;
SQL
echo 'db2 is a replica of db1.'
