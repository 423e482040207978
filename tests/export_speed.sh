#!/usr/bin/env bash
# How fast a million rows leave the server, and what it weighs meanwhile: export_speed.sh PATH_OF_HRDB [ROWS]
# Each time is the median of three. The yardstick is a bare scan of the same rows by SQLite, which is what python3 brings along.
set -euo pipefail
hrdb=$1
rows=${2:-1000000}
folder=$(mktemp -d)
server=
trap '[ -z "$server" ] || { kill "$server" && wait "$server"; } 2>/dev/null || true; rm -rf "$folder"' EXIT

python3 - "$folder/big.db" "$rows" <<'PYTHON'
import sqlite3, sys, time
path, rows = sys.argv[1], int(sys.argv[2])
base = sqlite3.connect(path)
base.executescript(f"""
CREATE TABLE PERSON (ID INTEGER PRIMARY KEY, FIRSTNAME VARCHAR(40), LASTNAME VARCHAR(40), CITY VARCHAR(40), ZIP VARCHAR(10),
  BIRTHDATE DATE, SALARY INTEGER, RATING REAL, ACTIVE BOOLEAN, STATE VARCHAR(2), NOTE TEXT);
WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < {rows})
INSERT INTO PERSON SELECT i, 'First' || (i % 997), 'Last' || (i % 7919), 'City' || (i % 331), printf('%05d', i % 100000),
  date('1950-01-01', '+' || (i % 18000) || ' days'), i % 200000, (i % 1000) / 7.0, i % 2, 'NY',
  CASE i % 5 WHEN 0 THEN NULL WHEN 1 THEN 'plain, with a comma' ELSE 'note ' || i END FROM n;
""")
base.commit()
begin = time.monotonic()
for _ in base.execute("SELECT * FROM PERSON"):
    pass
print(f"yardstick, a scan of {rows} rows by python3: {time.monotonic() - begin:.2f} s")
PYTHON

"$hrdb" --listen 127.0.0.1:0 --data-dir "$folder/data" --log off --service "big=$folder/big.db" > "$folder/out" &
server=$!
until url=$(sed -n 's/.*\(http:[^ ]*\)\/$/\1/p' "$folder/out") && [ -n "$url" ]; do
  kill -0 "$server"
done
token=$(curl -sS --fail -u admin:admin "$url/services/security/token" | sed 's/.*"wm_auth_token":"\([0-9a-f]*\)".*/\1/')
for format in CSV JSON EXCEL; do
  seconds=$(for _ in 1 2 3; do
    curl -sS --fail -o /dev/null -w '%{time_total}\n' -H "wm_auth_token: $token" "$url/services/big/Person/export/$format"
  done | sort -n | sed -n 2p)
  peak=$(awk '/^VmHWM/ {print $2}' "/proc/$server/status")
  awk -v format="$format" -v rows="$rows" -v seconds="$seconds" -v peak="$peak" 'BEGIN {
    printf "%-5s %6.2f s, %8.0f rows/s, at most %.0f MB so far\n", format, seconds, rows / seconds, peak / 1024
  }'
done
