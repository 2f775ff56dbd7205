#!/usr/bin/env bash
# Makes db2 follow db1, and the sample's user and database. Passwords have no ' and no \ in them.
set -euo pipefail

for password in "$MYSQL_ROOT_PASSWORD" "$SETTLEMENT_PASSWORD" "$REPLICATION_PASSWORD"; do
  if [[ "$password" == *[\'\\]* ]]; then
    echo "A password of .env holds ' or a backslash. Use others." >&2
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
  echo 'db2 follows db1 already.'
  exit 0
fi

# The replica begins from nothing of its own, and takes what the primary has in its log from its first start on.
mysql --host=db2 --user=root <<SQL
RESET BINARY LOGS AND GTIDS;
CHANGE REPLICATION SOURCE TO SOURCE_HOST = 'db1', SOURCE_USER = 'replicator', SOURCE_PASSWORD = '$REPLICATION_PASSWORD',
  SOURCE_AUTO_POSITION = 1, GET_SOURCE_PUBLIC_KEY = 1;
START REPLICA;
SQL
echo 'db2 follows db1.'
