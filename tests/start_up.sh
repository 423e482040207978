#!/usr/bin/env bash
# How long a start takes and what an idle server weighs: start_up.sh PATH_OF_HRDB [STARTS]
set -euo pipefail
hrdb=$1
starts=${2:-15}
folder=$(mktemp -d)
server=
trap '[ -z "$server" ] || { kill "$server" && wait "$server"; } 2>/dev/null || true; rm -rf "$folder"' EXIT

# Starts a server, waits for its first answer, and sets `took` to the microseconds in between.
start() {
  local before port reply
  : > "$folder/out"
  before=${EPOCHREALTIME/./}
  "$hrdb" --listen 127.0.0.1:0 --data-dir "$folder/data" --log off > "$folder/out" &
  server=$!
  until port=$(sed -n 's/.*http:\/\/127.0.0.1:\([0-9]*\).*/\1/p' "$folder/out") && [ -n "$port" ]; do
    kill -0 "$server" # a server that has ended will never print its address
  done
  exec 3<> "/dev/tcp/127.0.0.1/$port"
  printf 'GET /services/security/info HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n' >&3
  IFS= read -r reply <&3
  took=$(( ${EPOCHREALTIME/./} - before ))
  exec 3<&-
  [[ $reply == *200* ]] || { echo "unexpected answer: $reply" >&2; exit 1; }
}

stop() {
  kill "$server"
  wait "$server"
  server=
}

start
first=$took
stop
times=()
for _ in $(seq "$starts"); do
  start
  times+=("$took")
  memory=$(awk '/^VmRSS/ {print $2}' "/proc/$server/status")
  stop
done
median=$(printf '%s\n' "${times[@]}" | sort -n | sed -n "$(( (starts + 1) / 2 ))p")
awk -v first="$first" -v median="$median" -v starts="$starts" -v memory="$memory" 'BEGIN {
  printf "first start, database made and seeded, to first answer: %.0f ms\n", first / 1000
  printf "later start to first answer, median of %d:               %.1f ms\n", starts, median / 1000
  printf "resident memory after one answer:                       %.1f MB\n", memory / 1024
}'
