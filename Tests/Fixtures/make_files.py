#!/usr/bin/env python3
"""Writes Tests/Fixtures/files/: safetensors made by the reference implementation.

Run with a Python that has torch and safetensors:  python3 Tests/Fixtures/make_files.py
"""

import json
import os

import torch
from safetensors.torch import save, save_file

here = os.path.join(os.path.dirname(os.path.abspath(__file__)), "files")
os.makedirs(here, exist_ok=True)


def ramp(*shape, dtype):
    count = 1
    for extent in shape:
        count *= extent
    return torch.arange(count, dtype=torch.float32).reshape(shape).to(dtype)


dtypes = {
    "F64": torch.float64, "F32": torch.float32, "F16": torch.float16, "BF16": torch.bfloat16,
    "I64": torch.int64, "I32": torch.int32, "I16": torch.int16, "I8": torch.int8,
    "U8": torch.uint8, "U16": torch.uint16, "U32": torch.uint32, "U64": torch.uint64,
    "BOOL": torch.bool, "F8_E4M3": torch.float8_e4m3fn, "F8_E5M2": torch.float8_e5m2,
}

# Every type of the format, an empty tensor and a scalar.
tensors = {f"a.{name}": ramp(2, 3, dtype=dtype) for name, dtype in dtypes.items()}
tensors["scalar"] = torch.tensor(2.5)
tensors["empty"] = torch.zeros(0, 4)
save_file(tensors, os.path.join(here, "types.safetensors"), metadata={"format": "pt"})

# A model in two shards with an index.
shards = {
    "model-00001-of-00002.safetensors": {"x.weight": ramp(2, 2, dtype=torch.float32)},
    "model-00002-of-00002.safetensors": {"y.weight": ramp(3, dtype=torch.float32)},
}
folder = os.path.join(here, "sharded")
os.makedirs(folder, exist_ok=True)
for name, part in shards.items():
    with open(os.path.join(folder, name), "wb") as file:
        file.write(save(part, metadata={"format": "pt"}))
index = {
    "metadata": {"total_size": 28},
    "weight_map": {key: name for name, part in shards.items() for key in part},
}
with open(os.path.join(folder, "model.safetensors.index.json"), "w") as file:
    json.dump(index, file, indent=2)
    file.write("\n")

# The reference writes files only their owner may read; a checkout gives them to all.
for root, _, names in os.walk(here):
    for name in names:
        os.chmod(os.path.join(root, name), 0o644)
