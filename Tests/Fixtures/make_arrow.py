"""Writes Tests/Fixtures/arrow: the same few rows as JSON lines, Parquet and Arrow, with everything that columns of
data sets hold. Needs pyarrow 26.0.1."""
import datetime
import decimal
import json
import os

import pyarrow as pa
import pyarrow.feather
import pyarrow.ipc
import pyarrow.parquet as pq

out = os.path.join(os.path.dirname(os.path.abspath(__file__)), "arrow")
os.makedirs(out, exist_ok=True)

turn = pa.struct([("role", pa.string()), ("content", pa.large_string())])
schema = pa.schema([
    ("messages", pa.list_(turn)), ("id", pa.int64()), ("score", pa.float64()), ("good", pa.bool_()),
    ("tags", pa.large_list(pa.dictionary(pa.int8(), pa.string()))), ("small", pa.uint8()),
    ("meta", pa.struct([("day", pa.date32()), ("price", pa.decimal128(8, 2)), ("deep", pa.list_(pa.list_(pa.int32())))])),
    ("pairs", pa.map_(pa.string(), pa.int32())), ("two", pa.list_(pa.float32(), 2)), ("none", pa.null()),
])


def row(number):
    return {
        "messages": [{"role": "user", "content": f"Frage \"{number}\"\n\t\\ ü🙂 \u0001"},
                     {"role": "assistant", "content": "Antwort " * (number % 5 + 1)}],
        "id": number * 10**15 - 3, "score": number / 7, "good": None if number % 3 == 0 else number % 2 == 0,
        "tags": None if number % 4 == 0 else ["a", None, "b"][: number % 4], "small": number,
        "meta": {"day": datetime.date(2024, 1, 1 + number), "price": decimal.Decimal(number) / 4,
                 "deep": [[number], [], [1, 2]] if number else []},
        "pairs": [("x", number), ("y\"", None)], "two": [0.5, number], "none": None,
    }


rows = [row(number) for number in range(20)]
table = pa.Table.from_pylist(rows, schema=schema)
pq.write_table(table, out + "/rows.parquet", row_group_size=7, compression="zstd")
pa.feather.write_feather(table, out + "/rows.arrow", compression="lz4", chunksize=6)
with pa.OSFile(out + "/rows.stream.arrow", "wb") as file, pa.ipc.new_stream(file, schema) as writer:
    for batch in table.slice(3).to_batches(max_chunksize=4):
        writer.write_batch(batch)
with open(out + "/rows.jsonl", "w", encoding="utf-8") as file:
    for line in table.to_pylist(maps_as_pydicts="strict"):
        file.write(json.dumps(line, ensure_ascii=False, default=str) + "\n")
pq.write_table(table.slice(0, 0), out + "/empty.parquet")
with open(out + "/rows.parquet", "rb") as whole, open(out + "/cut.parquet", "wb") as cut:
    cut.write(whole.read()[:-200])
