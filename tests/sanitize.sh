#!/usr/bin/env bash
# Looks for data races, and for what the language forbids, where threads share something.
#
#     tests/sanitize.sh [threads] [miri]      both if none is named
#
# threads  The thread sanitizer, over the unit tests and those of the suite in which many ask at once. Everything is compiled
#          for it: the standard library, all crates, and SQLite's C.
# miri     Rust's interpreter, over the unit tests in which threads share what accounts hold and what is counted. It knows
#          nothing of C, so nothing with a database; but it knows the memory model, and each seed is another order of the threads.
#
# Each of them has to find a race that was made for it first (tests/sanitize/src/main.rs), and none where there is a lock.
# Takes some twenty minutes the first time; SANITIZE_SECONDS (1200) bounds each run of tests, SANITIZE_SEEDS (8) is Miri's.
# Needs rust-src, and a nightly toolchain with Miri; rustup installs what is missing.
set -euo pipefail
cd "$(dirname "$0")/.."

parts=${*:-threads miri}
longest=${SANITIZE_SECONDS:-1200}
seeds=${SANITIZE_SEEDS:-8}
target=$(rustc -vV | sed -n 's/^host: //p')
# Of their own, so that nobody else's build is thrown away; each compiler has its own as well.
folder=$(realpath -m "${CARGO_TARGET_DIR:-target}/sanitize")
folder_of_nightly=$folder/miri
suppressions=$PWD/tests/sanitize/suppressions.txt

need() { # a toolchain, or none for the usual one, and a component
  rustup component list --installed ${1:+--toolchain "$1"} 2>/dev/null | grep -q "^$2" && return
  echo "installing $2 ${1:+of $1}"
  rustup component add "$2" ${1:+--toolchain "$1"}
}

fail() { echo "sanitize: $*" >&2; exit 1; }

# Runs a command that has to find the race and name it, and one that has to find nothing.
prove() { # what the race is called, then the command without the program's argument
  local name=$1 said
  shift
  if said=$("$@" -- raced 2>&1); then fail "the race that was made for it has not been found"; fi
  grep -qi "$name" <<<"$said" || fail "it failed for another reason than the race: $said"
  said=$("$@" -- locked 2>&1) || fail "it complains about what is locked: $said"
  echo "the race that was made for it is found, and none under a lock"
}

threads() {
  need "" rust-src
  # Switches for unstable flags, which stand in for a nightly toolchain. Calls into C are seen too: gcc's sanitizer speaks to
  # the same runtime.
  export RUSTC_BOOTSTRAP=1 RUSTFLAGS="-Zsanitizer=thread" CARGO_PROFILE_DEV_DEBUG=line-tables-only CARGO_TARGET_DIR=$folder
  export "CFLAGS_${target//-/_}=-fsanitize=thread"
  export TSAN_OPTIONS="suppressions=$suppressions:halt_on_error=0:exitcode=66:history_size=4:print_suppressions=1"
  prove "data race" cargo run --quiet --locked -Zbuild-std --target "$target" --manifest-path tests/sanitize/Cargo.toml
  local cargo=(timeout --kill-after=10 "$longest" cargo test --locked -Zbuild-std --target "$target")
  "${cargo[@]}" --no-run --lib --test suite
  "${cargo[@]}" --lib -- --test-threads=2 app:: auth:: figures:: http:: store::
  export HRDB_TEST_SLOW=1
  # One of them is about a limit of one second.
  "${cargo[@]}" --test suite -- --test-threads=2 --skip a_query_that_would_never_end account_changes:: crowd:: kept_answers:: \
    long_reads:: sessions:: token_chains:: tokens:: writers::
}

miri() {
  rustup toolchain list | grep -q '^nightly' || rustup toolchain install nightly --profile minimal
  need nightly miri
  need nightly rust-src
  export CARGO_TARGET_DIR=$folder_of_nightly
  prove "data race" cargo +nightly miri run --quiet --locked --manifest-path tests/sanitize/Cargo.toml
  # The system's clock is asked for.
  export MIRIFLAGS="-Zmiri-disable-isolation -Zmiri-many-seeds=0..$seeds"
  timeout --kill-after=10 "$longest" cargo +nightly miri test --locked --lib -- auth::token::tests::what_many_threads \
    auth::session::tests::a_session_that_is_used_stays figures:: http::counts store::waiting_line
}

for part in $parts; do
  case $part in
    threads | miri) echo "== $part"; (set -e; "$part") ;;
    *) fail "there is no part called $part" ;;
  esac
done
