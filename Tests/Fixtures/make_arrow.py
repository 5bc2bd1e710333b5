"""Writes Tests/Fixtures/arrow: the same few rows as JSON lines, Parquet and Arrow, with everything that columns of
data sets hold. Needs pyarrow 26.0.1."""
import base64
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

# Kinds of columns that are rarer, and what they say as JSON: bytes are in base64 where one value of the column is no
# text, and where all are of one length.
def coded(*values):
    return [None if value is None else base64.b64encode(value).decode() for value in values]


png = b"\x89PNG\r\n\x1a\n" + bytes(range(7))
halves = pa.array([0.5, -2.0, None], pa.float64()).cast(pa.float16())
types, mixed = pa.array([0, 1, 0], pa.int8()), [pa.array([7, 0, None], pa.int64()), pa.array(["", "text", ""])]
kinds = {
    "half": (halves, [0.5, -2.0, None]),
    "halves": (pa.FixedSizeListArray.from_arrays(pa.array([1, 2, 3, 4, 5, 6], pa.int8()).cast(pa.float16()), 2),
               [[1.0, 2.0], [3.0, 4.0], [5.0, 6.0]]),
    "view": (pa.array([["a"], [], None], pa.list_view(pa.string())), [["a"], [], None]),
    "large_view": (pa.array([[1, 2], None, [3]], pa.large_list_view(pa.int32())), [[1, 2], None, [3]]),
    "sparse": (pa.UnionArray.from_sparse(types, mixed), [7, "text", None]),
    "dense": (pa.UnionArray.from_dense(types, pa.array([0, 0, 1], pa.int32()),
                                       [pa.array([7, None], pa.int64()), pa.array(["text"])]), [7, "text", None]),
    "runs": (pa.RunEndEncodedArray.from_arrays(pa.array([2, 3], pa.int32()), pa.array(["x", "y"])), ["x", "x", "y"]),
    "text_view": (pa.array(["ü", None, "z"], pa.string_view()), ["ü", None, "z"]),
    "bytes": (pa.array([png, "schön".encode(), None], pa.binary()), coded(png, "schön".encode(), None)),
    "words": (pa.array([b"Glut", "schön".encode(), None], pa.binary()), ["Glut", "schön", None]),
    "hash": (pa.array([b"text", None, b"\xff\x00"], pa.large_binary()), coded(b"text", None, b"\xff\x00")),
    "hashes": (pa.array([[b"a", b"b"], [b"\xff"], [b"c"]], pa.list_(pa.binary())),
               [coded(b"a", b"b"), coded(b"\xff"), coded(b"c")]),
    "coded": (pa.array([b"a", b"\xfe", b"a"], pa.binary()).dictionary_encode(), coded(b"a", b"\xfe", b"a")),
    "fixed": (pa.array([b"abcd", b"efgh", None], pa.binary(4)), coded(b"abcd", b"efgh", None)),
    "image": (pa.array([{"bytes": png, "path": "a.png"}] * 3, pa.struct([("bytes", pa.large_binary()), ("path", pa.string())])),
              [{"bytes": coded(png)[0], "path": "a.png"}] * 3),
}
table = pa.table({name: column for name, (column, _) in kinds.items()})
with pa.OSFile(out + "/kinds.arrow", "wb") as file, pa.ipc.new_file(file, table.schema) as writer:
    # In parts, whose first row is none of what they are cut from.
    for part in (table.slice(0, 1), table.slice(1)):
        writer.write_table(part)
with open(out + "/kinds.jsonl", "w", encoding="utf-8") as file:
    for number in range(3):
        line = {name: values[number] for name, (_, values) in kinds.items()}
        file.write(json.dumps(line, ensure_ascii=False) + "\n")

# Long documents: 12 million bytes in few rows, alike so that the file is small, once by their own bytes and once as
# numbers of a dictionary.
texts = [f"{number} " + "word " * 6000 for number in range(400)]
for name, column in (("long", texts), ("alike", [texts[number % 4] for number in range(400)])):
    pq.write_table(pa.table({"text": column}), f"{out}/{name}.parquet", compression="zstd", compression_level=19,
                   use_dictionary=name == "alike")

# Bytes that are text for two thousand rows, and then once are none; and a column that has no value for as many.
bytes_of_text = [f"word {number}".encode() for number in range(2500)]
bytes_of_text[2100] = b"caf\xe9"
late = [None] * 2300 + [b"text", png] * 100
pq.write_table(pa.table({"text": pa.array(bytes_of_text, pa.binary()), "late": pa.array(late, pa.binary())}),
               out + "/bytes.parquet", compression="zstd")
