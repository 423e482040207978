#!/usr/bin/env bash
# Builds the Dockerfile's image without a registry, runs it hardened and by compose, and asks what the README asks. Then runs
# what is in it under systemd.
# The base image is made here: Debian's packages and this machine's Rust, under the name of the Dockerfile's FROM.
#   tests/image.sh                     nothing is left behind
#   IMAGE_CACHE=folder tests/image.sh  what was downloaded and built stays there for the next time
set -euo pipefail
cd "$(dirname "$0")/.."

work=$(mktemp -d -t hrdb-image.XXXXXX)
store=${IMAGE_CACHE:-$work}
mkdir -p "$store"
store=$(realpath "$store")

# Images, containers and volumes of its own, so that those of the machine are neither seen nor touched. runc, and limits
# as they are, because neither crun nor raised limits work everywhere that this has to.
own=(--root "$store/storage" --runroot "$store/run" --tmpdir "$store/tmp" --network-config-dir "$store/networks" --runtime runc)
podman() { command podman "${own[@]}" "$@"; }

cleanup() {
  [ -z "${engine:-}" ] || { compose down --volumes >/dev/null 2>&1 || true; kill "$engine" 2>/dev/null || true; }
  podman rm --all --force --time 0 >/dev/null 2>&1 || true
  podman volume rm --all --force >/dev/null 2>&1 || true
  [ -n "${IMAGE_CACHE:-}" ] || podman rmi --all --force >/dev/null 2>&1 || true
  umount "$store/storage/overlay" 2>/dev/null || true
  rm -rf "$work"
}
trap cleanup EXIT

say() { printf '%s\n' "$*"; }
fail() { say "FAILED: $*" >&2; for name in $(podman ps --all --format '{{.Names}}'); do podman logs "$name" >&2; done; exit 1; }

base=$(sed -n 's/^FROM \([^ ]*\) AS build$/\1/p' Dockerfile)
release=${base##*-}
tree=$store/$release
if [ ! -d "$tree" ]; then
  say "installing Debian's packages in a folder"
  rm -rf "$tree.part"
  debootstrap --variant=minbase --include=ca-certificates,gcc,libc6-dev "$release" "$tree.part" >"$work/debootstrap.log" \
    || { tail -5 "$work/debootstrap.log"; exit 1; }
  mv "$tree.part" "$tree"
fi
if ! podman image exists "localhost/$base"; then
  say "making $base of it"
  tar -c --transform='flags=rhS;s,^\([^.]\),opt/rust/\1,' -C "$tree" . -C "$(rustc --print sysroot)" bin lib libexec \
    | podman import --quiet --change ENV=PATH=/opt/rust/bin:/usr/sbin:/usr/bin - "localhost/$base" >/dev/null
fi

# The build reaches crates as this machine does: by its certificates and, where there is one, its cargo configuration.
mounts=(--volume /etc/ssl/certs:/etc/ssl/certs:ro)
configuration=${CARGO_HOME:-$HOME/.cargo}/config.toml
[ ! -f "$configuration" ] || mounts+=(--volume "$configuration:/root/.cargo/config.toml:ro")
version=$(sed -n 's/^version = "\(.*\)"/\1/p' Cargo.toml | head -1)
say "building; that takes some minutes"
podman build --isolation=chroot --network=host --pull=never --format docker --layers "${mounts[@]}" \
  --build-arg VERSION="$version" --tag localhost/hrdb . >"$work/build.log" 2>&1 || { tail -40 "$work/build.log"; exit 1; }

size=$(podman image inspect --format '{{.Size}}' localhost/hrdb)
say "size of the image: $((size / 1000)) kB"
[ "$size" -lt 30000000 ] || fail "the image has 30 MB or more"
label=$(podman image inspect --format '{{index .Labels "org.opencontainers.image.version"}}' localhost/hrdb)
[ "$label" = "$version" ] || fail "the image's label says version '$label'"

# As hardened as can be, with every default of the image. In a network of its own its port is always free.
run() {
  local name=$1
  shift
  podman run --detach --name "$name" --network=none --read-only --read-only-tmpfs=false --cap-drop=all \
    --security-opt=no-new-privileges --ulimit nofile=1024:1024 --ulimit nproc=1024:1024 --no-healthcheck "$@"
}
pid() { podman inspect --format '{{.State.Pid}}' "$1"; }
inside() { nsenter --net="/proc/$(pid "$name")/ns/net" "$@"; }
# The image's own command, as an engine calls it.
read -ra check < <(podman image inspect localhost/hrdb | jq -r '.[0].Healthcheck.Test[1:] | join(" ")')
healthy() { podman exec "$name" "${check[@]}"; }
wait_until_healthy() {
  local tries
  for tries in $(seq 300); do
    healthy >/dev/null 2>&1 && return
    [ "$(podman inspect --format '{{.State.Running}}' "$name")" = true ] || fail "the container ended"
    sleep 0.1
  done
  fail "it is not healthy after $tries tries"
}

name=served
run "$name" --volume data:/data localhost/hrdb >/dev/null
wait_until_healthy
say "health: $(healthy)"

process=/proc/$(pid "$name")
status() { sed -n "s/^$1:\t//p" "$process/status"; }
[ "$(status Uid | tr -s '\t' ' ')" = "65532 65532 65532 65532" ] || fail "it runs as $(status Uid)"
[ "$(status CapEff)" = 0000000000000000 ] || fail "it has capabilities: $(status CapEff)"
[ "$(sed -n 's/^NSpid:.*\t//p' "$process/status")" = 1 ] || fail "it is not process 1 of its container"
awk '$5 == "/" && $6 ~ /(^|,)ro(,|$)/ { found = 1 } END { exit !found }' "$process/mountinfo" || fail "the root file system can be written"
! touch "$process/root/probe" 2>/dev/null || fail "a file can be made in the root file system"
[ "$(stat -c %u:%a "$process/root/data/hrdb.db")" = 65532:600 ] || fail "the database is not its user's own"
say "not root, no capabilities, read-only root file system"

# Every line of the README that curls, as it stands there, with the shell variables that the lines before it set.
lines=$(awk '/^```sh/ { block = 1; text = ""; next }
             /^```/   { if (block && text ~ /curl/) printf "%s", text; block = 0; next }
             block    { text = text $0 "\n" }' README.md)
calls=$(grep -c curl <<<"$lines")
[ "$calls" -ge 4 ] || fail "the lines of the README are not found"
inside bash -euo pipefail -c "curl() { command curl --fail-with-body --silent --show-error \"\$@\" && echo >&3; }; $lines" \
  3>"$work/called" >"$work/answers" || { cat "$work/answers"; fail "a line of the README does not work"; }
[ "$(wc -l <"$work/called")" = "$calls" ] || fail "only $(wc -l <"$work/called") of $calls lines were called"
say "the README's $calls calls are answered"

ask() { inside curl --fail-with-body --silent --show-error --user admin:admin "$@"; }
departments=http://127.0.0.1:8080/services/hrdb/Department
key=$(ask --json '{"name":"Shipping","deptCode":"Ship"}' "$departments" | jq .deptId)
podman restart --time 30 "$name" >/dev/null
wait_until_healthy
[ "$(ask "$departments/$key" | jq -r .name)" = Shipping ] || fail "a restart loses what was stored"
[ "$(podman exec "$name" /hrdb user list | grep -c admin)" -ge 1 ] || fail "a command of the program does not work inside"
say "a restart loses nothing"

began=$(date +%s%N)
podman stop --time 30 "$name" >/dev/null
took=$((($(date +%s%N) - began) / 1000000))
code=$(podman inspect --format '{{.State.ExitCode}}' "$name")
[ "$code" = 0 ] || fail "SIGTERM ends it with exit code $code"
[ "$took" -lt 15000 ] || fail "SIGTERM takes $took ms to end it"
say "SIGTERM ends it with exit code 0 after $took ms"
podman rm "$name" >/dev/null

# Another container over the same volume, with settings from a file and from a variable; and one that is not there.
name=upgraded
printf 'context_path = "/Demo"\n' >"$work/hrdb.toml"
chmod 644 "$work/hrdb.toml"
mkdir "$work/shelf"
python3 - "$work/shelf/shelf.db" <<'PYTHON'
import random, sqlite3, sys
shelf = sqlite3.connect(sys.argv[1])
shelf.execute("create table Book (id integer primary key, title text, text text)")
rows = ((id, "%030x" % random.getrandbits(120), "x" * 100) for id in range(200_000))
shelf.executemany("insert into Book values (?, ?, ?)", rows)
shelf.commit()
PYTHON
chown -R 65532:65532 "$work/shelf"
run "$name" --volume data:/data --volume "$work/hrdb.toml:/etc/hrdb/hrdb.toml:ro" --volume "$work/shelf:/shelf" \
  --env HRDB_SERVICE=shelf=/shelf/shelf.db --env HRDB_LISTEN=127.0.0.1:8081 localhost/hrdb >/dev/null
wait_until_healthy
[ "$(ask "http://127.0.0.1:8081/Demo/services/hrdb/Department/$key" | jq -r .name)" = Shipping ] || fail "a new container loses what was stored"
say "a new container over the same volume has everything"
# More than SQLite sorts in memory: it must find a place for the rest.
sorted=$(ask "http://127.0.0.1:8081/Demo/services/shelf/Book?sort=text,title&page=1000&size=100" | jq '[.content[].title] | . == sort and length == 100') || true
[ "$sorted" = true ] || fail "what is too large for the memory cannot be sorted: $sorted"
say "it sorts what is too large for the memory"
if podman exec --env HRDB_LISTEN=127.0.0.1:8082 "$name" "${check[@]}" 2>/dev/null; then fail "a server that is not there is healthy"; fi
podman rm --force --time 30 "$name" >/dev/null

# compose.yaml as compose itself understands it, over podman's stand-in for an engine, which has a network of its own, ports
# and packet filter with it. Only the limits are others.
unshare --net sh -c 'ip link set lo up && exec "$@"' engine \
  podman "${own[@]}" system service --time=0 "unix://$work/engine" 2>"$work/engine.log" &
engine=$!
printf 'services: {hrdb: {ulimits: {nofile: 1024, nproc: 1024}}}\n' >"$work/limits.yaml"
compose() {
  DOCKER_HOST="unix://$work/engine" HRDB_ADMIN_PASSWORD=of-this-test HTTP_PORT=8080 \
    docker-compose --project-name hrdb-image-test --file compose.yaml --file "$work/limits.yaml" "$@"
}
for _ in $(seq 100); do [ ! -S "$work/engine" ] || break; sleep 0.1; done
compose up --detach --no-build >"$work/compose.log" 2>&1 || { cat "$work/compose.log" "$work/engine.log"; fail "compose does not start it"; }
name=$(podman ps --format '{{.Names}}')
wait_until_healthy
[ "$(podman inspect --format '{{.HostConfig.ReadonlyRootfs}} {{.HostConfig.Memory}} {{.HostConfig.PidsLimit}}' "$name")" = "true 1073741824 256" ] \
  || fail "compose leaves it open"
counted=$(nsenter --target "$engine" --net curl --fail-with-body --silent --show-error --user admin:of-this-test \
  http://127.0.0.1:8080/services/hrdb/Department/count) || true
[ "${counted:-0}" -gt 0 ] || fail "what compose has started does not answer: $counted"
compose stop >"$work/compose.log" 2>&1 || { cat "$work/compose.log"; fail "compose does not stop it"; }
code=$(podman inspect --format '{{.State.ExitCode}}' "$name")
[ "$code" = 0 ] || fail "compose ends it with exit code $code"
say "compose starts it closed up, with its password, and ends it with exit code 0"
say "the image is good"

# The same program without a container, under the systemd of the same Debian.
program=$(podman create --no-healthcheck localhost/hrdb)
podman cp "$program:/hrdb" "$work/hrdb"
tests/unit.sh "$work/hrdb" "$tree"
