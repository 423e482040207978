"""Makes of each line of fuzz/seeds/*.jsonl, a JSON string, a file that the fuzzer begins with."""
import json
import pathlib

here = pathlib.Path(__file__).parent
# Their inputs are bytes: a seed has one character for each, that of its number. All others are text.
OF_BYTES = {"basic", "cookies", "multipart"}

if __name__ == "__main__":
    for seeds in sorted((here / "seeds").glob("*.jsonl")):
        corpus = here / "corpus" / seeds.stem
        corpus.mkdir(parents=True, exist_ok=True)
        encoding = "latin-1" if seeds.stem in OF_BYTES else "utf-8"
        for number, line in enumerate(seeds.read_text().splitlines()):
            (corpus / f"seed-{number:04}").write_bytes(json.loads(line).encode(encoding))
