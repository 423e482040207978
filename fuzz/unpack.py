"""Makes of each line of fuzz/seeds/*.jsonl, a JSON string, a file that the fuzzer begins with."""
import json
import pathlib

here = pathlib.Path(__file__).parent
for seeds in sorted((here / "seeds").glob("*.jsonl")):
    corpus = here / "corpus" / seeds.stem
    corpus.mkdir(parents=True, exist_ok=True)
    for number, line in enumerate(seeds.read_text().splitlines()):
        (corpus / f"seed-{number:04}").write_bytes(json.loads(line).encode())
