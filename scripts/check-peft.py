"""Adapters both ways and merged folders against peft and transformers, by the executable itself.

    python scripts/check-peft.py MODEL DATA      (torch, transformers, peft; ANNEAL names the executable)

Trains a LoRA with `anneal train` in float32, loads it in peft, and compares the logarithms of probabilities
of every token; merges it with `anneal merge` and compares again; makes an adapter in peft and loads it here.
"""
import json, os, subprocess, sys, tempfile
import torch
from peft import LoraConfig, PeftModel, get_peft_model
from transformers import AutoModelForCausalLM

anneal = os.environ.get("ANNEAL", ".build/release/anneal")
model, data = sys.argv[1:3]
ids = [1, 403, 407, 261, 378, 432, 383, 286, 261, 376, 298, 315, 421, 395, 317, 426, 338, 401, 396, 267]
tolerance = 1e-4  # float32, sums in another order


def run(*arguments):
    out = subprocess.run([anneal, *arguments], capture_output=True, text=True)
    if out.returncode:
        sys.exit(out.stderr)
    return out.stdout


def ours(folder, adapter=None):
    extra = ["--adapter", adapter] if adapter else []
    out = run("score", "--model", folder, *extra, "--ids", ",".join(map(str, ids)), "--dtype", "float32", "--json")
    return torch.tensor(json.loads(out)["logprobs"][1:])


def theirs(network):
    with torch.no_grad():
        logits = network(torch.tensor([ids])).logits[0].float().log_softmax(-1)
    return logits[:-1].gather(1, torch.tensor(ids[1:])[:, None])[:, 0]


def load(folder):
    return AutoModelForCausalLM.from_pretrained(folder, dtype=torch.float32).eval()


def check(name, a, b):
    difference = (a - b).abs().max().item()
    print(f"{name}: largest difference {difference:.2e}")
    if not difference <= tolerance:
        sys.exit(f"{name} differs by more than {tolerance}")


with tempfile.TemporaryDirectory() as work:
    check("base in transformers", ours(model), theirs(load(model)))
    run("train", "--model", model, "--data", data, "--output", f"{work}/run", "--dtype", "float32", "--quiet",
        "--set", "max_steps=8", "--set", "learning_rate=1e-2", "--set", "max_length=256")
    adapter = f"{work}/run/last"
    tuned = ours(model, adapter)
    assert (tuned - ours(model)).abs().max() > 0.01, "training changed nothing"
    check("our adapter in peft", tuned, theirs(PeftModel.from_pretrained(load(model), adapter).eval()))
    run("merge", "--model", model, "--adapter", adapter, "--output", f"{work}/merged", "--dtype", "float32")
    check("our merged folder here", tuned, ours(f"{work}/merged"))
    check("our merged folder in transformers", tuned, theirs(load(f"{work}/merged")))
    torch.manual_seed(1)
    made = get_peft_model(load(model), LoraConfig(r=8, lora_alpha=16, use_rslora=True, target_modules="all-linear",
                                                  task_type="CAUSAL_LM")).eval()
    with torch.no_grad():
        for name, p in made.named_parameters():
            if "lora_B" in name:
                p.normal_(0, 0.1)
    made.save_pretrained(f"{work}/theirs")
    check("an adapter of peft here", ours(model, f"{work}/theirs"), theirs(made))
