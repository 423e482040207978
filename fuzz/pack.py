"""Makes seeds, fuzz/seeds/TARGET.jsonl, of the files in a folder, as a merge of the fuzzer's corpus leaves them.

    python3 fuzz/pack.py TARGET FOLDER
"""
import json
import pathlib
import sys

from unpack import OF_BYTES, here

target, folder = sys.argv[1:]
inputs = {file.read_bytes() for file in pathlib.Path(folder).iterdir()}
encoding = "latin-1" if target in OF_BYTES else "utf-8"
lines = [json.dumps(one.decode(encoding)) for one in sorted(inputs, key=lambda one: (len(one), one))]
(here / "seeds" / f"{target}.jsonl").write_text("".join(line + "\n" for line in lines))
print(f"{len(lines)} seeds of {target}")
