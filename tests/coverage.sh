#!/usr/bin/env bash
# Runs the tests with counters in the code and says which lines of src they have reached.
#
#     tests/coverage.sh [arguments of cargo test]
#
# Needs llvm-profdata and llvm-cov of the LLVM that rustc is made with, in the PATH or in LLVM_BIN. Only our own crate is
# compiled anew, into the usual target folder. What a killed server has counted is lost, so the figure is rather too low.
set -euo pipefail
cd "$(dirname "$0")/.."

major=$(rustc -vV | sed -n 's/^LLVM version: \([0-9]*\).*/\1/p')
llvm=${LLVM_BIN:-/usr/lib/llvm-$major/bin}
[ -x "$llvm/llvm-cov" ] || llvm=$(dirname "$(command -v llvm-cov)")
target=${CARGO_TARGET_DIR:-target}
work=$target/coverage
rm -rf "$work"
mkdir -p "$work/profiles"
work=$(realpath "$work")

cat >"$work/rustc" <<'EOF'
#!/bin/sh
compiler=$1
shift
exec "$compiler" "$@" -C instrument-coverage
EOF
chmod +x "$work/rustc"
export RUSTC_WORKSPACE_WRAPPER="$work/rustc"
# One file for each of some processes at a time, into which the others add what they count.
export LLVM_PROFILE_FILE="$work/profiles/%4m.profraw"

cargo test --locked --no-run --message-format=json "$@" 2>"$work/build.txt" |
  sed -n 's/.*"executable":"\([^"]*\)".*/\1/p' | sort -u >"$work/programs.txt" || { cat "$work/build.txt"; exit 1; }
cargo test --locked --no-fail-fast "$@" || echo "some tests have failed; what they reached counts all the same" >&2

"$llvm/llvm-profdata" merge --sparse --failure-mode=warn "$work"/profiles/*.profraw -o "$work/all.profdata"
objects=()
while read -r program; do objects+=(--object "$program"); done <"$work/programs.txt"
"$llvm/llvm-cov" export --format=lcov "${objects[@]}" --instr-profile "$work/all.profdata" \
  --sources "$PWD"/src >"$work/lines.lcov"
python3 - "$work/lines.lcov" "$PWD/src" <<'EOF'
import collections, sys
hits, file = collections.defaultdict(dict), None
for line in open(sys.argv[1]):
    if line.startswith("SF:"):
        file = line[3:].strip()
    elif line.startswith("DA:") and file.startswith(sys.argv[2]):
        number, count = line[3:].split(",")[:2]
        hits[file][int(number)] = max(hits[file].get(int(number), 0), int(count))
rows = []
for file, lines in hits.items():
    # What a file's own tests consist of is no part of the library.
    text = open(file).read().split("\n")
    tests = next((number for number, line in enumerate(text, 1) if line == "#[cfg(test)]" and text[number].startswith("mod tests {")), len(text) + 1)
    lines = {number: count for number, count in lines.items() if number < tests}
    if "/tests" not in file and lines:
        rows.append((file[len(sys.argv[2]) + 1:], len(lines), sorted(number for number, count in lines.items() if not count)))
for file, count, missed in sorted(rows, key=lambda row: -len(row[2])):
    if missed:
        ranges, start = [], None
        for number, after in zip(missed, missed[1:] + [None]):
            start = start or number
            if after is None or after > number + 1:
                ranges.append(f"{start}" if start == number else f"{start}-{number}")
                start = None
        print(f"{100 - 100 * len(missed) / count:5.1f} %  {file}: {' '.join(ranges)}")
total, missed = sum(row[1] for row in rows), sum(len(row[2]) for row in rows)
print(f"{100 - 100 * missed / total:.1f} % of {total} lines of {len(rows)} files")
EOF
