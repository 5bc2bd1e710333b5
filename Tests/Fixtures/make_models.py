"""Tiny random models of every family with transformers' logits, and PEFT adapters with PEFT's.

    python make_models.py        (torch, transformers, peft, safetensors)

Each folder under models/ is a model in Hugging Face's layout plus expected.json:
ids, logits of the last position, the mean negative log-likelihood, and greedy continuations.
"""
import json, os, shutil
import torch
from peft import LoraConfig, get_peft_model
from transformers import AutoConfig, AutoModelForCausalLM

from tiny import expected, write

here = os.path.join(os.path.dirname(os.path.abspath(__file__)), "models")
base = dict(vocab_size=64, hidden_size=16, intermediate_size=24, num_hidden_layers=2, num_attention_heads=4,
            num_key_value_heads=2, max_position_embeddings=128, rms_norm_eps=1e-5, initializer_range=0.4,
            bos_token_id=1, eos_token_id=2)
families = {
    "llama": dict(base, model_type="llama", rope_theta=10000.0, tie_word_embeddings=False),
    "llama3-scaled": dict(base, model_type="llama", rope_theta=500000.0, tie_word_embeddings=True,
                          rope_scaling=dict(rope_type="llama3", factor=8.0, low_freq_factor=1.0, high_freq_factor=4.0,
                                            original_max_position_embeddings=32)),
    "llama-linear": dict(base, model_type="llama", attention_bias=True, mlp_bias=True, tie_word_embeddings=False,
                         rope_scaling=dict(rope_type="linear", factor=2.0)),
    "mistral": dict(base, model_type="mistral", sliding_window=None, head_dim=8, tie_word_embeddings=False),
    "qwen2": dict(base, model_type="qwen2", rope_theta=1000000.0, tie_word_embeddings=True),
    "qwen3": dict(base, model_type="qwen3", rope_theta=1000000.0, head_dim=8, tie_word_embeddings=True),
}


def randomize(model, deviation=0.2, words=("bias", "norm")):
    """Biases and norms begin at 0 and 1, LoRA's B at 0: moved, so that a test sees them."""
    with torch.no_grad():
        for name, p in model.named_parameters():
            if any(word in name for word in words):
                p.add_(torch.randn_like(p) * deviation)


shutil.rmtree(here, ignore_errors=True)
for name, settings in families.items():
    torch.manual_seed(3)
    config = AutoConfig.for_model(**settings)
    model = AutoModelForCausalLM.from_config(config, attn_implementation="eager").float().eval()
    randomize(model)
    folder = os.path.join(here, name)
    model.save_pretrained(folder)
    # As the families' published files are written, not as the newest transformers writes them.
    with open(os.path.join(folder, "config.json"), "w") as f:
        json.dump(dict(settings, architectures=[type(model).__name__], torch_dtype="float32"), f, indent=1)
        f.write("\n")
    for extra in ("generation_config.json",):
        if os.path.exists(os.path.join(folder, extra)):
            os.remove(os.path.join(folder, extra))
    write(folder, expected(model))
    for adapter, lora in {
        "lora": LoraConfig(r=4, lora_alpha=8, task_type="CAUSAL_LM", target_modules=["q_proj", "v_proj", "down_proj"]),
        "rslora": LoraConfig(r=3, lora_alpha=6, use_rslora=True, task_type="CAUSAL_LM", target_modules="all-linear"),
        "pattern": LoraConfig(r=2, lora_alpha=4, task_type="CAUSAL_LM", target_modules=r".*layers\.1\..*(gate|up)_proj"),
        "head": LoraConfig(r=2, lora_alpha=4, task_type="CAUSAL_LM", target_modules=["o_proj"], modules_to_save=["lm_head"]),
    }.items():
        if name != "llama":
            break
        fresh = AutoModelForCausalLM.from_pretrained(folder, attn_implementation="eager").float()
        tuned = get_peft_model(fresh, lora).eval()
        randomize(tuned, 0.3, words=("lora_B", "modules_to_save"))
        out = os.path.join(here, f"{name}-{adapter}")
        tuned.save_pretrained(out)
        for extra in ("README.md",):
            if os.path.exists(os.path.join(out, extra)):
                os.remove(os.path.join(out, extra))
        path = os.path.join(out, "adapter_config.json")
        saved = json.load(open(path))
        saved["base_model_name_or_path"] = ""
        json.dump(saved, open(path, "w"), indent=1)
        write(out, expected(tuned))
# One model in two shards, and the same in float16, for loading.
shard = AutoModelForCausalLM.from_pretrained(os.path.join(here, "llama"))
shard.save_pretrained(os.path.join(here, "sharded"), max_shard_size="12KB")
shutil.copy(os.path.join(here, "llama", "config.json"), os.path.join(here, "sharded", "config.json"))
if os.path.exists(os.path.join(here, "sharded", "generation_config.json")):
    os.remove(os.path.join(here, "sharded", "generation_config.json"))
shutil.copy(os.path.join(here, "llama", "expected.json"), os.path.join(here, "sharded", "expected.json"))
