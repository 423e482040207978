#!/usr/bin/env bash
# Calls every documented operation with thousands of requests, good and bad, and holds each answer against the OpenAPI
# description: fuzz_api.sh [NAME=PATH …]
#
# The arguments are SQLite files that are served besides the sample, as copies. FUZZ_CASES is how many cases there are to be
# at least, FUZZ_SECONDS when to stop all the same, FUZZ_SERVER the server; FUZZ_OPTIONS goes to schemathesis.
set -euo pipefail
cd "$(dirname "$0")/.."
cases=${FUZZ_CASES:-20000}
seconds=${FUZZ_SECONDS:-900}
target=${CARGO_TARGET_DIR:-target}
venv=$target/fuzz-venv
version=4.32.5

if ! "$venv/bin/st" --version 2>/dev/null | grep -q "$version"; then
  python3 -m venv "$venv"
  "$venv/bin/pip" install --quiet "schemathesis==$version"
fi
hrdb=${FUZZ_SERVER:-}
if [ -z "$hrdb" ]; then
  cargo build --locked
  hrdb=$target/debug/hrdb
fi

folder=$(mktemp -d)
server=
trap '[ -z "$server" ] || { kill "$server" && wait "$server"; } 2>/dev/null || true; rm -rf "$folder"' EXIT
services=()
for service in "$@"; do
  cp "${service#*=}" "$folder/${service%%=*}.db"
  services+=(--service "${service%%=*}=$folder/${service%%=*}.db")
done
"$hrdb" --listen 127.0.0.1:0 --data-dir "$folder/data" --log error --token-validity-seconds 86400 "${services[@]}" > "$folder/out" &
server=$!
until url=$(sed -n 's/.*\(http:[^ ]*\)\/$/\1/p' "$folder/out") && [ -n "$url" ]; do
  kill -0 "$server"
done
token=$(curl -sS --fail -u admin:admin "$url/services/security/token" | python3 -c 'import json, sys; print(json.load(sys.stdin)["wm_auth_token"])')
operations=$(curl -sS --fail -H "wm_auth_token: $token" "$url/openapi.json" |
  python3 -c 'import json, sys; print(sum(len(item) for item in json.load(sys.stdin)["paths"].values()))')

# Each operation gets its share, in the two phases that have one.
share=$(( cases / operations + 1 ))
echo "$operations operations, $share cases each and more"
status=0
"$venv/bin/st" --config-file tests/fuzz_api.toml run "$url/openapi.json" -H "wm_auth_token: $token" \
  --checks all --exclude-checks use_after_free --max-examples "$share" --max-time "$seconds" --continue-on-failure --suppress-health-check all --no-color \
  ${FUZZ_OPTIONS:-} | tee "$folder/report" || status=$?
kill -0 "$server" || { echo "the server has died"; status=1; }
done=$(sed -n 's/.*Test cases:.* \([0-9,]*\) generated.*/\1/p; s/^ *\([0-9,]*\) generated.*/\1/p' "$folder/report" | tr -d , | head -n 1)
echo "cases: ${done:-none}"
if [ "${done:-0}" -lt "$cases" ]; then
  echo "fewer than $cases cases within $seconds seconds"
  [ "$status" -ne 0 ] || status=1
fi
exit "$status"
