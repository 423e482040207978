#!/usr/bin/env bash
# Has systemd check the unit that comes with the server: that it is understood, and that it stays locked up.
set -euo pipefail
cd "$(dirname "$0")/.."

# In tenths of systemd's own measure, of which 100 is a service that may do anything.
most_exposed=13

folder=$(mktemp -d -t hrdb-unit.XXXXXX)
trap 'rm -rf "$folder"' EXIT
# The program need not be installed for the unit to be right.
sed 's,^ExecStart=/usr/local/bin/hrdb$,ExecStart=/bin/true,' dist/hrdb.service >"$folder/hrdb.service"
! cmp -s dist/hrdb.service "$folder/hrdb.service" || { echo "FAILED: the unit does not start /usr/local/bin/hrdb"; exit 1; }
complaints=$(systemd-analyze verify --man=no "$folder/hrdb.service" 2>&1 || true)
[ -z "$complaints" ] || { echo "FAILED: $complaints"; exit 1; }
systemd-analyze security --offline=yes --no-pager --threshold="$most_exposed" dist/hrdb.service | tail -1
echo "the unit is good"
