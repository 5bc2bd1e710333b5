#!/usr/bin/env python3
"""Writes Tests/Fixtures/gguf/: a file made by the package gguf, with metadata of every type, blocks
that it quantised, and blocks of random bytes with what it reads from them.

Run with a Python that has gguf and numpy:  python3 Tests/Fixtures/make_gguf.py
"""

import os

import gguf
import numpy as np
from gguf import GGMLQuantizationType as Type
from gguf import GGUFValueType as Value

here = os.path.join(os.path.dirname(os.path.abspath(__file__)), "gguf")
os.makedirs(here, exist_ok=True)
random = np.random.default_rng(17)

encoded = [Type.F16, Type.BF16, Type.Q8_0, Type.Q4_0, Type.Q4_1, Type.Q5_0, Type.Q5_1]
decoded = encoded + [Type.Q2_K, Type.Q3_K, Type.Q4_K, Type.Q5_K, Type.Q6_K]
# Where the 16-bit scales of a block lie, which must be numbers.
scales = {
    Type.Q8_0: [0], Type.Q4_0: [0], Type.Q4_1: [0, 2], Type.Q5_0: [0], Type.Q5_1: [0, 2],
    Type.Q2_K: [80, 82], Type.Q3_K: [108], Type.Q4_K: [0, 2], Type.Q5_K: [0, 2], Type.Q6_K: [208],
}

values = random.standard_normal((8, 256)).astype(np.float32)
values[1] *= 1e-3
values[2] = 0
values[3, 1:] = 0
values[4] = 0.25
values[5] = np.round(values[5] * 8) / 16  # halves, which rounding must treat alike
values[6] = np.abs(values[6]) + 3
values[7, 40] = -100

writer = gguf.GGUFWriter(os.path.join(here, "blocks.gguf"), "test")
writer.add_uint8("a.uint8", 200)
writer.add_int8("a.int8", -100)
writer.add_uint16("a.uint16", 60_000)
writer.add_int16("a.int16", -30_000)
writer.add_uint32("a.uint32", 4_000_000_000)
writer.add_int32("a.int32", -2_000_000_000)
writer.add_uint64("a.uint64", 1 << 40)
writer.add_int64("a.int64", -(1 << 40))
writer.add_float32("a.float32", 0.1)
writer.add_float64("a.float64", 0.1)
writer.add_bool("a.bool", True)
writer.add_string("a.string", "Grüße")
writer.add_array("a.strings", ["a", "", "ü"])
writer.add_array("a.integers", [1, -2, 3])
writer.add_array("a.floats", [0.5, -1.5])

writer.add_tensor("values", values)
for kind in encoded:
    writer.add_tensor(f"encoded.{kind.name}", gguf.quantize(values, kind), raw_dtype=kind)
for kind in decoded:
    block, size = gguf.GGML_QUANT_SIZES[kind]
    count = 512 // block
    raw = random.integers(0, 256, (count, size), dtype=np.uint8)
    if kind in (Type.F16, Type.BF16):
        numbers = random.standard_normal((count, 1)).astype(np.float32)
        numbers[:4] *= 1e-6  # small enough to be subnormal in 16 bits
        raw = gguf.quantize(numbers, kind).view(np.uint8).reshape(count, size)
    for place in scales.get(kind, []):
        scale = random.standard_normal((count, 1)).astype(np.float16)
        raw[:, place : place + 2] = scale.view(np.uint8)
    raw = raw.reshape(2, -1)
    half = raw.view(np.float16) if kind == Type.F16 else raw
    writer.add_tensor(f"random.{kind.name}", half, raw_dtype=kind)
    writer.add_tensor(f"decoded.{kind.name}", gguf.dequantize(half, kind).astype(np.float32))
writer.write_header_to_file()
writer.write_kv_data_to_file()
writer.write_tensors_to_file()
writer.close()
