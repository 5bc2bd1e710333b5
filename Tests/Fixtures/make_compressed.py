"""Writes Tests/Fixtures/compressed: three rows packed in the ways that are read.

Needs the package zstandard:
    python3 Tests/Fixtures/make_compressed.py
"""

import gzip
import json
from pathlib import Path

import zstandard

folder = Path(__file__).parent / "compressed"
folder.mkdir(exist_ok=True)
rows = [{"prompt": f"question {n} é", "completion": "x" * n} for n in range(3)]
jsonl = "".join(json.dumps(row, ensure_ascii=False) + "\n" for row in rows).encode()
csv = ("prompt,completion\n" + "".join(f'"{r["prompt"]}",{r["completion"]}\n' for r in rows)).encode()
array = json.dumps(rows).encode()


def packed(data):
    return gzip.compress(data, mtime=0)


(folder / "rows.jsonl.gz").write_bytes(packed(jsonl))
# Two members one after another, and padding.
half = jsonl.index(b"\n") + 1
(folder / "members.jsonl.gz").write_bytes(packed(jsonl[:half]) + packed(jsonl[half:]) + bytes(16))
(folder / "rows.csv.gz").write_bytes(packed(csv))
(folder / "rows.json.gz").write_bytes(packed(array))
(folder / "text.txt.gz").write_bytes(packed(b"one\ntwo\n"))
pack = zstandard.ZstdCompressor().compress
(folder / "rows.jsonl.zst").write_bytes(pack(jsonl))
(folder / "frames.jsonl.zst").write_bytes(pack(jsonl[:half]) + pack(jsonl[half:]))
(folder / "rows.csv.zst").write_bytes(pack(csv))
# As `gzip -k a.jsonl` after a crash, and one changed byte.
(folder / "cut.jsonl.gz").write_bytes(packed(jsonl)[:-12])
broken = bytearray(packed(jsonl))
broken[20] ^= 0xFF
(folder / "damaged.jsonl.gz").write_bytes(bytes(broken))
(folder / "cut.jsonl.zst").write_bytes(pack(jsonl)[:-5])
