"""AdamW with 8-bit moments as bitsandbytes computes it on the processor, and its maps.

    python make_optimizers.py        (torch, bitsandbytes, safetensors)

optimizers/adamw_8bit.safetensors: the signed and the unsigned map; a tensor, its gradients of three steps, and after
the first and the last step the tensor, both moments' codes and the greatest magnitude of each block.

The maps, the decoding and the arithmetic are those of bitsandbytes. Its processor's kernel for coding is not: bitsandbytes
0.50 finds a code through a table of evenly spaced entries, so that magnitudes below 1.5e-5 of a block's greatest get
wrong codes (a second moment of 0 becomes 1.56e-5 of it). The nearest value of the map is taken here instead, as the
paper has it, and bitsandbytes itself on other devices (`backends/default/ops.py`).
"""
import os
import bitsandbytes as bnb
import bitsandbytes.backends.cpu.ops as cpu
import bitsandbytes.functional as functional
import torch
from safetensors.torch import save_file

here = os.path.dirname(os.path.abspath(__file__))


def encode(x, map, greatest, codes, block):
    flat = x.flatten()
    rows = torch.nn.functional.pad(flat, (0, -len(flat) % block)).view(-1, block)
    most = rows.abs().amax(1)
    scaled = (rows * (1.0 / most.clamp(min=1e-38)).unsqueeze(1)).clamp(-1, 1)
    found = torch.bucketize(scaled, (map[:-1] + map[1:]) / 2).flatten()[:len(flat)]
    codes.copy_(found.view(codes.shape).to(torch.uint8))
    greatest.copy_(most)


cpu._quant_blockwise_fp32_direct = encode

torch.manual_seed(5)
shape = (41, 103)  # 4,223 values: 16 blocks and 127 values more
value = torch.nn.Parameter(torch.randn(shape) * 0.02)
optimizer = bnb.optim.AdamW8bit([value], lr=1e-3, betas=(0.9, 0.99), eps=1e-8, weight_decay=0.1)
tensors = {"map.signed": functional.create_dynamic_map(True), "map.unsigned": functional.create_dynamic_map(False),
           "value.0": value.detach().clone()}
for step in (1, 2, 3):
    # Gradients of many sizes; one block has none at all, and a few values stand out.
    gradient = torch.randn(shape) * torch.exp(2 * torch.randn(shape)) * 1e-3
    gradient.view(-1)[512:768] = 0
    gradient = gradient.bfloat16()
    tensors[f"gradient.{step}"] = gradient
    value.grad = gradient.float()
    optimizer.step()
    if step == 2:
        continue
    state = optimizer.state[value]
    tensors |= {f"value.{step}": value.detach().clone(), f"first.codes.{step}": state["state1"].clone(),
                f"first.scales.{step}": state["absmax1"].clone(), f"second.codes.{step}": state["state2"].clone(),
                f"second.scales.{step}": state["absmax2"].clone()}
folder = os.path.join(here, "optimizers")
os.makedirs(folder, exist_ok=True)
save_file({name: tensor.contiguous() for name, tensor in tensors.items()},
          os.path.join(folder, "adamw_8bit.safetensors"))
