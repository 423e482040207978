# make run      build and serve the sample
# make test     everything that must hold before a change lands; installs what is missing
# make bench    start-up time, memory, the sweeping of tokens, reading while others sign in, and exports, printed
# make speed    requests per second as parts of a bare server's, printed
# make growth   what a million rows feel like, as parts of what a thousand do, printed
# make fuzz     a million inputs for each parser of outside text, and for the server's own ears; FUZZ_RUNS is the number
# make fuzz-api thousands of requests held against the OpenAPI description; SERVICES="name=file.db …" adds databases
# make torture  kills a server at two hundred bad moments and looks for what is lost; HRDB_TORTURE_SEED repeats a run
# make fixtures keeps a database of the newest schema for the tests of upgrades, if there is none yet
# make hostile  slow, idle, broken and guessing clients against a server of its own, while a healthy one is timed
# make overload four times as much as it can do, and ten thousand connections, against a server of its own; its times and refusals, printed
# make coverage which lines of src the tests reach, printed
# make sanitize data races and undefined behaviour in what threads share, looked for by the thread sanitizer and by Miri
# make image-test builds the container's image without a registry, runs it, by compose too, and the unit under systemd

SHELL := /bin/bash
.SHELLFLAGS := -euo pipefail -c

.PHONY: run test tools check doc clients ui screenshots bench fuzz-api

run:
	cargo run --release

test: tools check doc
	cargo test --locked
	$(MAKE) clients ui

# SQLite is compiled from source, which takes a C compiler; everything else comes with Rust.
tools:
	@command -v cargo >/dev/null || { echo "Rust is missing: install it from your distribution or with rustup, 1.89 or later"; exit 1; }
	@command -v cc >/dev/null || { echo "installing a C compiler"; apt-get update && apt-get install -y --no-install-recommends gcc libc6-dev; }

check:
	cargo fmt --check
	cargo clippy --locked --all-targets -- -D warnings

doc:
	RUSTDOCFLAGS="-D warnings" cargo doc --locked --no-deps --document-private-items

# WaveMaker's own clients against this server, where a copy of their harness is at hand.
clients:
	tests/clients.sh

# The front-end: its modules by themselves, then people's stories in Debian's Chromium against the real server.
ui: tools ui-tools
	cargo build --locked
	node --test tests/ui/*.test.mjs tests/ui/browser/*.test.mjs

.PHONY: ui-tools
ui-tools:
	@command -v node >/dev/null && command -v npm >/dev/null || { echo "installing Node.js"; apt-get update && apt-get install -y --no-install-recommends nodejs npm; }
	@command -v chromium >/dev/null || { echo "installing Chromium"; apt-get update && apt-get install -y --no-install-recommends chromium; }
	cd tests/ui && npm ci --ignore-scripts --no-audit --no-fund --loglevel=error

# The pictures of the README.
screenshots: ui-tools
	cargo build --locked
	node tests/ui/browser/screenshots.mjs

# Ratios to a bare actix-web server in the same run; wrk drives both.
.PHONY: speed
speed:
	@command -v wrk >/dev/null && command -v taskset >/dev/null || { echo "installing wrk"; apt-get update && apt-get install -y --no-install-recommends wrk util-linux; }
	cargo build --release --locked
	cargo build --release --locked --example yardstick
	tests/wire_speed.sh target/release/hrdb target/release/examples/yardstick

# Three servers with 1,000, 100,000 and 1,000,000 employees, driven in turn by wrk.
.PHONY: growth
growth:
	@command -v wrk >/dev/null && command -v taskset >/dev/null && command -v curl >/dev/null || { echo "installing wrk"; apt-get update && apt-get install -y --no-install-recommends wrk util-linux curl; }
	cargo build --release --locked
	cargo build --release --locked --example scan
	tests/growth.py target/release/hrdb target/release/examples/scan

bench:
	cargo build --release --locked
	tests/start_up.sh target/release/hrdb
	cargo bench --locked --bench parts
	cargo bench --locked --bench tokens
	cargo bench --locked --bench sign_in_load
	tests/export_speed.sh target/release/hrdb

# Throws a million inputs at each parser of outside text. Installs cargo-fuzz if it is missing; the compiler's own switch
# for unstable flags stands in for a nightly toolchain.
FUZZ_RUNS ?= 1000000
.PHONY: fuzz
fuzz: tools
	@command -v cargo-fuzz >/dev/null || cargo install --locked cargo-fuzz
	python3 fuzz/unpack.py
	for target in q sort search basic cookies multipart; do \
	  RUSTC_BOOTSTRAP=1 cargo fuzz run --sanitizer none "$$target" -- -runs=$(FUZZ_RUNS) -max_len=512 -timeout=10; \
	done

fuzz-api:
	tests/fuzz_api.sh $(SERVICES)

.PHONY: hostile
hostile: tools
	cargo build --release --locked
	tests/hostile.py target/release/hrdb

.PHONY: overload
overload: tools
	cargo build --release --locked
	tests/overload.py target/release/hrdb

# The compiler's own counters, read by Debian's package of the same LLVM (apt.llvm.org has those that it lacks).
.PHONY: coverage
coverage: tools
	@llvm=llvm-$$(rustc -vV | sed -n 's/^LLVM version: \([0-9]*\).*/\1/p'); \
	  command -v llvm-cov >/dev/null || [ -x /usr/lib/$$llvm/bin/llvm-cov ] || { echo "installing $$llvm"; apt-get update && apt-get install -y --no-install-recommends $$llvm; }
	tests/coverage.sh

# The thread sanitizer with a standard library of its own, and Miri of a nightly toolchain; rustup gets what is missing.
.PHONY: sanitize
sanitize: tools
	tests/sanitize.sh

.PHONY: torture
torture: tools
	HRDB_TORTURE_KILLS=$${HRDB_TORTURE_KILLS:-200} cargo test --release --locked --test torture -- --nocapture

.PHONY: fixtures
fixtures: tools
	HRDB_WRITE_FIXTURES=1 cargo test --locked --test suite -- upgrades::the_newest_schema --nocapture

# The container's image, built by podman over a base made of Debian's packages, compose.yaml, and the unit for systemd. As root.
# IMAGE_CACHE=folder keeps what was downloaded and built for the next time.
.PHONY: image-test
image-test: tools
	@for tool in podman runc iptables ip docker-compose debootstrap jq curl nsenter systemd-analyze systemd-nspawn; do \
	  command -v "$$tool" >/dev/null || { echo "installing $$tool"; apt-get update; \
	    apt-get install -y --no-install-recommends podman buildah runc containernetworking-plugins iptables iproute2 docker-compose \
	      debootstrap jq curl util-linux systemd systemd-container; break; }; \
	done
	tests/image.sh
