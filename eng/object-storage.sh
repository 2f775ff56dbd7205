#!/usr/bin/env bash
# Runs the tests of the DuckDB source with their files in a bucket: starts MinIO in Docker, mounts a bucket with rclone, and ends both.
# Needs docker, rclone and FUSE. Build tests/Settlements.DuckDb.Tests in Release first. Never run: see docs/never-run.md.
set -euo pipefail

cd "$(dirname "${BASH_SOURCE[0]}")/.."

readonly port=${MINIO_PORT:-9000}
readonly image=${MINIO_IMAGE:-quay.io/minio/minio:latest}
readonly starts_within_s=60

for tool in docker rclone fusermount3; do
  if ! command -v "$tool" >/dev/null; then
    printf '%s is not on PATH. Install it, or run the workflow "Object storage".\n' "$tool" >&2
    exit 2
  fi
done

folder=$(mktemp -d)
server=
on_exit() {
  fusermount3 -u "$folder" 2>/dev/null || true
  rmdir "$folder" 2>/dev/null || true
  if [[ -n "$server" ]]; then
    docker rm --force "$server" >/dev/null
  fi
}
trap on_exit EXIT

# The keys are only for this server, on the loopback of this machine.
export RCLONE_CONFIG_BUCKETS_TYPE=s3 RCLONE_CONFIG_BUCKETS_PROVIDER=Minio RCLONE_CONFIG_BUCKETS_ENDPOINT="http://127.0.0.1:$port"
export RCLONE_CONFIG_BUCKETS_ACCESS_KEY_ID=settlement RCLONE_CONFIG_BUCKETS_SECRET_ACCESS_KEY=settlement
server=$(docker run --detach --publish "127.0.0.1:$port:9000" \
  --env MINIO_ROOT_USER=settlement --env MINIO_ROOT_PASSWORD=settlement "$image" server /data)
for ((second = 0; ; second++)); do
  if rclone mkdir buckets:usage 2>/dev/null; then
    break
  fi
  if ((second == starts_within_s)); then
    echo "MinIO did not answer at port $port within $starts_within_s s." >&2
    exit 1
  fi
  sleep 1
done

# Without a cache of attributes: the source compares sizes and times of files.
rclone mount buckets:usage "$folder" --daemon --vfs-cache-mode writes --attr-timeout 0s --dir-cache-time 0s
SETTLEMENT_TEST_FILES="$folder" dotnet test --project tests/Settlements.DuckDb.Tests --configuration Release --no-build
