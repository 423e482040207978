#!/usr/bin/env bash
# Runs WaveMaker's own clients against this server. Their harness is not part of this project: it is looked for beside
# the checkout, or where WAVEMAKER_CLIENT says. Without it, or without Node, this says so and is content.
set -euo pipefail
cd "$(dirname "$0")/.."
harness=${WAVEMAKER_CLIENT:-../shared/wavemaker-client}
if [ ! -x "$harness/run.sh" ] || ! command -v node >/dev/null; then
  echo "WaveMaker's clients are not at hand: skipped"
  exit 0
fi
cargo build --locked
folder=$(mktemp -d)
server=
trap '[ -z "$server" ] || { kill "$server" && wait "$server"; } 2>/dev/null || true; rm -rf "$folder"' EXIT
# The harness installs its packages beside itself, and its folder may be read-only.
cp -r "$harness" "$folder/client"
chmod -R u+w "$folder/client"
target/debug/hrdb --listen 127.0.0.1:0 --data-dir "$folder/data" --log warn > "$folder/out" &
server=$!
until url=$(sed -n 's/.*\(http:[^ ]*\)\/$/\1/p' "$folder/out") && [ -n "$url" ]; do
  kill -0 "$server"
done
export SERVICEDEFS=${SERVICEDEFS:-server} SEED_DIR=${SEED_DIR:-$(realpath "$harness/../spec/seed")}
"$folder/client/run.sh" "$url" > "$folder/report" 2>&1 || { cat "$folder/report"; exit 1; }
tail -n 1 "$folder/report"
