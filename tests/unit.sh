#!/usr/bin/env bash
# Has systemd check the unit that comes with the server: that it is understood, and that it stays locked up. Given the server
# and a folder with a minimal Debian, also starts systemd in there and runs the unit.
#   tests/unit.sh [SERVER FOLDER]
set -euo pipefail
cd "$(dirname "$0")/.."

# In tenths of systemd's own measure, of which 100 is a service that may do anything.
most_exposed=13

folder=$(mktemp -d -t hrdb-unit.XXXXXX)
cleanup() {
  [ -z "${first:-}" ] || kill -KILL "$first" 2>/dev/null || true
  [ -z "${machine:-}" ] || wait "$machine" || true
  rm -rf "$folder"
}
trap cleanup EXIT
fail() { echo "FAILED: $*" >&2; exit 1; }

# The program need not be installed for the unit to be right.
sed 's,^ExecStart=/usr/local/bin/hrdb$,ExecStart=/bin/true,' dist/hrdb.service >"$folder/hrdb.service"
! cmp -s dist/hrdb.service "$folder/hrdb.service" || fail "the unit does not start /usr/local/bin/hrdb"
complaints=$(systemd-analyze verify --man=no "$folder/hrdb.service" 2>&1 || true)
[ -z "$complaints" ] || fail "$complaints"
systemd-analyze security --offline=yes --no-pager --threshold="$most_exposed" dist/hrdb.service | tail -1
if [ $# -lt 2 ]; then
  echo "the unit is good"
  exit
fi

root=$folder/root
cp -a "$2" "$root"
cp /etc/resolv.conf "$root/etc/resolv.conf"
chroot "$root" sh -c 'apt-get update && apt-get install -y --no-install-recommends systemd systemd-sysv dbus' >"$folder/apt.log" 2>&1 \
  || fail "$(tail -5 "$folder/apt.log")"
install -m 755 "$1" "$root/usr/local/bin/hrdb"
install -m 644 dist/hrdb.service "$root/etc/systemd/system/hrdb.service"
install -d -m 755 "$root/etc/hrdb" "$root/etc/systemd/system/hrdb.service.d"
install -m 600 /dev/null "$root/etc/hrdb/hrdb.env"
echo "HRDB_ADMIN_PASSWORD=of-this-test" >"$root/etc/hrdb/hrdb.env"
# As many files as this machine may open, which need not be as many as the unit asks for.
printf '[Service]\nLimitNOFILE=%s\n' "$(ulimit -Hn)" >"$root/etc/systemd/system/hrdb.service.d/files.conf"

systemd-nspawn --directory="$root" --boot --private-network --register=no --keep-unit --console=read-only --machine=hrdb-unit \
  >"$folder/boot.log" 2>&1 </dev/null &
machine=$!
inside() { nsenter --target "$first" --mount --uts --ipc --net --pid -- "$@"; }
wait_until() {
  for _ in $(seq 300); do
    ! "$@" >/dev/null 2>&1 || return 0
    kill -0 "$machine" 2>/dev/null || fail "the machine ended: $(tail -5 "$folder/boot.log")"
    sleep 0.1
  done
  tail -20 "$folder/boot.log"
  fail "in vain: $*"
}
booted() { first=$(pgrep --parent "$machine" --exact 'systemd|init') && inside systemctl is-active multi-user.target; }
wait_until booted
inside systemctl enable --now hrdb >/dev/null 2>&1 || fail "the unit cannot be enabled"
wait_until inside hrdb health
property() { inside systemctl show --property "$1" --value hrdb; }
server=/proc/$(property MainPID)
status() { inside sed -n "s/^$1:\t//p" "$server/status"; }
[ "$(status Uid | cut -f1)" -ge 61184 ] || fail "its user is not one of the time being: $(status Uid)"
[ "$(status CapEff) $(status NoNewPrivs) $(status Seccomp)" = "0000000000000000 1 2" ] || fail "it may do more than it should"
[ "$(inside stat -c %a /var/lib/hrdb/hrdb.db)" = 600 ] || fail "the database is not its user's own"
# The thread that computes passwords has asked for the lowest priority, and the unit has let it.
inside sh -c "cut -d' ' -f19 $server/task/*/stat" | grep -cx 19 >/dev/null || fail "no thread has the lowest priority"
ask() { nsenter --target "$first" --net curl --fail-with-body --silent --show-error --user admin:of-this-test "http://127.0.0.1:8080$1"; }
count=$(ask /services/hrdb/Employee/count)
[ "$(ask /services/hrdb/Employee/export/CSV | grep -c '')" -gt "$count" ] || fail "an export is not whole"
ask /services/hrdb/Employee/export/EXCEL >"$folder/workbook"
[ "$(head -c 2 "$folder/workbook")" = PK ] || fail "a workbook cannot be made"
# The line of docs/operations.md for commands of the program.
command=$(sed -n '/^systemd-run/,/user list$/p' docs/operations.md)
[ "$(inside bash -c "$command" 2>/dev/null | grep -cE '^USER +1 +admin ')" = 1 ] || fail "a command does not run beside it"
inside systemctl restart hrdb
wait_until inside hrdb health
[ "$(ask /services/hrdb/Employee/count)" = "$count" ] || fail "a restart loses rows"
inside systemctl stop hrdb
[ "$(property Result) $(property ExecMainStatus)" = "success 0" ] || fail "it ends with $(property Result) $(property ExecMainStatus)"
echo "HRDB_NONSENSE=1" >>"$root/etc/hrdb/hrdb.env"
inside systemctl start hrdb 2>/dev/null || true
failed() { [ "$(property ActiveState)" = failed ]; }
wait_until failed
[ "$(property ExecMainStatus) $(property NRestarts)" = "2 0" ] || fail "with settings that cannot be used it starts again and again"
echo "systemd runs it as a user of its own, and ends it with exit code 0"
echo "the unit is good"
