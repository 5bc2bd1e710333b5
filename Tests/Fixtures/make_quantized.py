"""Weights in the codes of bitsandbytes, and the tiny llama as bitsandbytes stores it.

    python make_quantized.py        (after make_models.py; torch, transformers, bitsandbytes, safetensors)

quantized/weights.safetensors: for each case the weight and, for each data type, its codes, scales and values.
models/llama-{nf4,fp4,int8}: models/llama with its linear weights in codes; expected.json is that of the values which
the codes stand for, in float32.
"""
import json, os, shutil
import bitsandbytes.functional as bnb
import torch
from bitsandbytes.backends.default.ops import _dequantize_4bit_compute as dequantize
from safetensors.torch import load_file, save_file
from transformers import AutoModelForCausalLM

from tiny import expected, write

here = os.path.dirname(os.path.abspath(__file__))


def four_bits(weight, kind, nested):
    codes, state = bnb.quantize_4bit(weight, blocksize=64, quant_type=kind, compress_statistics=nested)
    # The plain reference: the processor's kernels of bitsandbytes 0.50 mix up the scales of rows that are no whole
    # number of blocks.
    absmax = bnb.dequantize_blockwise(state.absmax, state.state2) + state.offset if nested else state.absmax
    return codes, state, dequantize(codes.reshape(-1), absmax, state.code, 64, weight.shape, weight.dtype)


def eight_bits(weight):
    # As Int8Params does it, but from float32: round(w · 127 / greatest of the row).
    scales = weight.abs().amax(1).float()
    factor = torch.where(scales > 0, torch.full_like(scales, 127.0) / scales, 0.0)
    codes = torch.round(weight.float() * factor.unsqueeze(1)).to(torch.int8)
    return codes, scales, codes.float() * (scales / 127.0).unsqueeze(1)


torch.manual_seed(11)
cases = {
    "plain": torch.randn(48, 80).bfloat16(),
    "large": torch.randn(132, 128).bfloat16(),  # more than 256 blocks: nested scales have two blocks of their own
    "short": torch.randn(7, 33),  # an odd number of values, and a last block that is not full
    "zeros": torch.cat([torch.zeros(2, 64), torch.randn(2, 64)]),
    "outlier": torch.randn(8, 64) * torch.where(torch.rand(8, 64) < 0.01, 100.0, 0.01),
}
tensors = {}
for name, weight in cases.items():
    tensors[f"{name}.weight"] = weight
    for kind in ("nf4", "fp4"):
        codes, state, values = four_bits(weight, kind, False)
        tensors |= {f"{name}.{kind}.codes": codes.flatten(), f"{name}.{kind}.scales": state.absmax,
                    f"{name}.{kind}.values": values.clone()}
        codes, state, values = four_bits(weight, kind, True)
        tensors |= {f"{name}.{kind}.nested.codes": state.absmax, f"{name}.{kind}.nested.scales": state.state2.absmax,
                    f"{name}.{kind}.nested.offset": state.offset.reshape(1), f"{name}.{kind}.nested.values": values.clone()}
    codes, scales, values = eight_bits(weight)
    tensors |= {f"{name}.int8.codes": codes, f"{name}.int8.scales": scales, f"{name}.int8.values": values}
folder = os.path.join(here, "quantized")
shutil.rmtree(folder, ignore_errors=True)
os.makedirs(folder)
# The values of the largest are left out: they follow from codes and scales as the others' do.
save_file({name: tensor.contiguous() for name, tensor in tensors.items() if not name.startswith("large.") or not
           name.endswith("values")}, os.path.join(folder, "weights.safetensors"))

source = os.path.join(here, "models", "llama")
for kind in ("nf4", "fp4", "int8"):
    stored = {}
    model = AutoModelForCausalLM.from_pretrained(source, attn_implementation="eager").float().eval()
    parameters = dict(model.named_parameters())
    for name, weight in load_file(os.path.join(source, "model.safetensors")).items():
        if "_proj.weight" not in name:
            stored[name] = weight
            continue
        if kind == "int8":
            codes, scales, values = eight_bits(weight)
            stored[name], stored[name.replace(".weight", ".SCB")] = codes, scales
            stored[name.replace(".weight", ".weight_format")] = torch.tensor(0, dtype=torch.uint8)
        else:
            codes, state, values = four_bits(weight, kind, kind == "nf4")
            stored[name] = codes
            stored |= {f"{name}.{part}": value for part, value in state.as_dict(packed=True).items()}
        with torch.no_grad():
            parameters[name].copy_(values)
    folder = os.path.join(here, "models", f"llama-{kind}")
    shutil.rmtree(folder, ignore_errors=True)
    os.makedirs(folder)
    save_file({name: tensor.contiguous() for name, tensor in stored.items()}, os.path.join(folder, "model.safetensors"),
              metadata={"format": "pt"})
    config = json.load(open(os.path.join(source, "config.json")))
    config["quantization_config"] = {
        "quant_method": "bitsandbytes", "load_in_4bit": kind != "int8", "load_in_8bit": kind == "int8",
        "bnb_4bit_quant_type": "fp4" if kind == "fp4" else "nf4", "bnb_4bit_use_double_quant": kind == "nf4"}
    with open(os.path.join(folder, "config.json"), "w") as f:
        json.dump(config, f, indent=1)
        f.write("\n")
    write(folder, expected(model))
