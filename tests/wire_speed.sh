#!/usr/bin/env bash
# What the convenience costs over the HTTP itself: wire_speed.sh PATH_OF_HRDB PATH_OF_YARDSTICK [ROUNDS]
# Each case is driven in turn with the yardstick, 32 connections that are kept, the server on one core and wrk on another.
# What counts is the median over the rounds of hrdb's requests per second as a part of the yardstick's in the same round.
set -euo pipefail
hrdb=$1 yardstick=$2 rounds=${3:-5} seconds=3
folder=$(mktemp -d)
servers=()
stop() {
  for server in "${servers[@]}"; do kill "$server" 2> /dev/null || true; done
  wait || true
  rm -rf "$folder"
}
trap stop EXIT

# wait_for FILE PATTERN: the first match that a server prints.
wait_for() {
  local found
  until found=$(grep -o "$2" "$1" | head -1) && [ -n "$found" ]; do
    kill -0 "${servers[-1]}"
  done
  printf '%s' "$found"
}

"$hrdb" --data-dir "$folder/bare.data" --log off generate --employees 10 > /dev/null
taskset -c 0 "$yardstick" "$folder/bare.data/hrdb.db" > "$folder/yardstick" &
servers+=($!)
bare=$(wait_for "$folder/yardstick" 'http://[0-9.:]*')

# serve NAME OPTIONS: sets url and token of a server of its own.
serve() {
  local name=$1
  shift
  taskset -c 0 "$hrdb" --listen 127.0.0.1:0 --workers 1 --data-dir "$folder/$name.data" --log off "$@" > "$folder/$name" &
  servers+=($!)
  url=$(wait_for "$folder/$name" 'http://[0-9.:]*')
  token=$(curl -sS --fail -u admin:admin "$url/services/security/token" | sed 's/.*"wm_auth_token":"\([0-9a-f]*\)".*/\1/')
}
# One that keeps answers until something is changed, as it does by default, and one that reads each of them.
serve reading --answer-cache-bytes 0
reading=$url reading_token=$token
serve keeping

cat > "$folder/create.lua" <<'LUA'
wrk.method = "POST"
wrk.body = '{"name":"Dept","budget":1,"q1":1,"q2":2,"q3":3,"q4":4,"location":"Boston","tenantId":1}'
wrk.headers["Content-Type"] = "application/json"
LUA

# drive URL TOKEN [LUA]: requests per second, 99th percentile of their times in ms, and answers that were none of the good ones.
drive() {
  taskset -c 1 wrk -t1 -c32 -d"${seconds}s" --latency -H "wm_auth_token: $2" ${3:+-s "$3"} "$1" | awk '
    /99%/ { time = $2; unit = time; sub(/[0-9.]+/, "", unit); time += 0
            latency = unit == "us" ? time / 1000 : unit == "s" ? time * 1000 : time }
    /Non-2xx/ { bad = $NF }
    /Requests\/sec/ { rate = $2 }
    END { printf "%s %.2f %d\n", rate, latency, bad }'
}

echo "load before: $(cut -d' ' -f1 /proc/loadavg)"
for ((round = 1; round <= rounds; round++)); do
  base=$(drive "$bare/" "$token")
  for case in \
    "get User by key|/services/hrdb/User/1" \
    "get Employee with its relations|/services/hrdb/Employee/2" \
    "page of Users with total|/services/hrdb/User?size=20" \
    "page of Employees with relations and total|/services/hrdb/Employee?size=20"; do
    echo "${case%%|*}|$base|$(drive "$url${case#*|}" "$token")"
    echo "  read each time|$base|$(drive "$reading${case#*|}" "$reading_token")|${case%%|*}"
  done
  echo_rate=$(drive "$bare/" "$token" "$folder/create.lua")
  echo "durable create|$echo_rate|$(drive "$url/services/hrdb/Department" "$token" "$folder/create.lua")"
  echo "  the yardstick's own, with nothing around it|$echo_rate|$(drive "$bare/rows" "$token" "$folder/create.lua")|durable create"
done > "$folder/rounds"

python3 - "$folder/rounds" <<'PYTHON'
import statistics, sys
cases = {}
for line in open(sys.argv[1]):
    name, base, own, *of = line.rstrip("\n").split("|")
    base, own = base.split(), own.split()
    case = cases.setdefault((name, *of), {"ratio": [], "p99": [], "rate": [], "bad": 0})
    case["ratio"].append(float(own[0]) / float(base[0]))
    case["rate"].append(float(own[0]))
    case["p99"].append(float(own[1]))
    case["bad"] += int(own[2])
print(f"{'case':<44}{'of the yardstick':>18}{'range':>16}{'req/s':>9}{'p99 ms':>8}")
for (name, *_), case in cases.items():
    ratio, spread = statistics.median(case["ratio"]), f"{min(case['ratio']):.2f}..{max(case['ratio']):.2f}"
    rate, p99 = statistics.median(case["rate"]), statistics.median(case["p99"])
    print(f"{name:<44}{ratio:>18.2f}{spread:>16}{rate:>9.0f}{p99:>8.2f}" + (f"  {case['bad']} bad answers" if case["bad"] else ""))
PYTHON
echo "load after: $(cut -d' ' -f1 /proc/loadavg)"
