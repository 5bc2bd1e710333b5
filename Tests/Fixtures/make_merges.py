"""What peft's `add_weighted_adapter` and mergekit make of tiny adapters and models.

    python make_merges.py        (torch, transformers, peft, mergekit, safetensors)

merging/{base,a,b,near}: tiny models in Hugging Face's layout, the others each some way from the base.
merging/{first,second,third}: adapters of the base in PEFT's layout.
merging/adapters.safetensors: for each combination of PEFT, the update of two maps (B·A·scale).
merging/models.safetensors: for each recipe of merging/recipes.json, some tensors of mergekit's result.
Where chance decides, torch.bernoulli is replaced by `mask`, which the tests know too.
"""
import json, os, shutil, tempfile
import torch
import yaml
from mergekit.config import MergeConfiguration
from mergekit.merge import MergeOptions, run_merge
from peft import LoraConfig, PeftModel, get_peft_model
from safetensors.torch import load_file, save_file
from transformers import AutoConfig, AutoModelForCausalLM

here = os.path.join(os.path.dirname(os.path.abspath(__file__)), "merging")
shutil.rmtree(here, ignore_errors=True)
os.makedirs(here)
settings = dict(vocab_size=32, hidden_size=16, intermediate_size=24, num_hidden_layers=3, num_attention_heads=4,
                num_key_value_heads=2, max_position_embeddings=64, rms_norm_eps=1e-5, initializer_range=0.4,
                bos_token_id=1, eos_token_id=2, model_type="llama", rope_theta=10000.0, tie_word_embeddings=False)


def mask(p):
    """About the share p of ones: a function of the place alone (Knuth's multiplicative hash)."""
    places = torch.arange(p.numel(), dtype=torch.int64)
    draws = (places * 2654435761 + 12345) % 4294967296
    return (draws.double() / 4294967296 < p.flatten().double()).reshape(p.shape).to(p.dtype)


torch.bernoulli = lambda p, **_: mask(p)

tokens = {f"<{i}>": i for i in range(32)}
tokenizer = {
    "version": "1.0", "truncation": None, "padding": None, "added_tokens": [], "normalizer": None,
    "pre_tokenizer": {"type": "WhitespaceSplit"}, "post_processor": None, "decoder": None,
    "model": {"type": "WordLevel", "vocab": tokens, "unk_token": "<0>"},
}


def save(name, model, dtype="float32"):
    folder = os.path.join(here, name)
    os.makedirs(folder)
    save_file({k: v.clone().contiguous().to(getattr(torch, dtype)) for k, v in model.state_dict().items()},
              os.path.join(folder, "model.safetensors"), metadata={"format": "pt"})
    for file, data in {"config.json": dict(settings, architectures=["LlamaForCausalLM"], torch_dtype=dtype),
                       "tokenizer.json": tokenizer,
                       "tokenizer_config.json": {"tokenizer_class": "PreTrainedTokenizerFast"}}.items():
        with open(os.path.join(folder, file), "w") as f:
            json.dump(data, f)
            f.write("\n")
    return folder


torch.manual_seed(5)
base = AutoModelForCausalLM.from_config(AutoConfig.for_model(**settings), attn_implementation="eager").float().eval()
with torch.no_grad():
    for name, p in base.named_parameters():
        if "norm" in name:
            p.add_(torch.randn_like(p) * 0.2)
folders = {"base": save("base", base)}
for name, deviation in {"a": 0.1, "b": 0.15}.items():
    other = AutoModelForCausalLM.from_config(AutoConfig.for_model(**settings)).float().eval()
    with torch.no_grad():
        for (_, p), (_, q) in zip(other.named_parameters(), base.named_parameters()):
            p.copy_(q + torch.randn_like(q) * deviation)
    folders[name] = save(name, other)

# Adapters: of one rank, and with maps that only one of them has.
shapes = {"first": dict(r=4, lora_alpha=8, target_modules=["q_proj", "down_proj"]),
          "second": dict(r=4, lora_alpha=6, use_rslora=True, target_modules=["q_proj", "v_proj"]),
          "third": dict(r=2, lora_alpha=2, target_modules=["q_proj"])}
for name, shape in shapes.items():
    model = get_peft_model(AutoModelForCausalLM.from_pretrained(folders["base"], dtype=torch.float32),
                           LoraConfig(task_type="CAUSAL_LM", **shape))
    with torch.no_grad():
        for key, p in model.named_parameters():
            if "lora_" in key:
                p.normal_(0, 0.3)
    model.save_pretrained(os.path.join(here, name))
    os.remove(os.path.join(here, name, "README.md"))
    path = os.path.join(here, name, "adapter_config.json")
    written = json.load(open(path))
    with open(path, "w") as f:  # no path of this machine
        json.dump(dict(written, base_model_name_or_path="base"), f, indent=2, sort_keys=True)
        f.write("\n")

combinations = {
    "linear": {}, "linear_negative": dict(combination_type="linear", weights=[1.0, -0.5]), "cat": {}, "svd": {},
    "ties": dict(density=0.4), "ties_frequency": dict(combination_type="ties", density=0.6,
                                                      majority_sign_method="frequency"),
    "ties_svd": dict(density=0.4), "dare_linear": dict(density=0.6), "dare_linear_svd": dict(density=0.6),
    "dare_ties": dict(density=0.6), "dare_ties_svd": dict(density=0.6), "magnitude_prune": dict(density=0.3),
    "magnitude_prune_svd": dict(density=0.3), "svd_ranks": dict(combination_type="svd", adapters=["first", "third"]),
    "cat_ranks": dict(combination_type="cat", adapters=["first", "third"]),
}
sites = ["model.layers.0.self_attn.q_proj", "model.layers.2.mlp.down_proj"]
model = PeftModel.from_pretrained(AutoModelForCausalLM.from_pretrained(folders["base"], dtype=torch.float32),
                                  os.path.join(here, "first"), adapter_name="first")
for name in ("second", "third"):
    model.load_adapter(os.path.join(here, name), adapter_name=name)
goldens = {}
for name, options in combinations.items():
    options = dict(dict(adapters=["first", "second"], weights=[0.7, 0.4], combination_type=name), **options)
    model.add_weighted_adapter(adapter_name=name, **options)
    for site in sites:
        layer = model.get_submodule("base_model.model." + site)
        if name in layer.lora_A:
            goldens[f"{name}.{site}"] = layer.get_delta_weight(name).detach().clone()
    combinations[name] = {k: v for k, v in options.items()}
save_file(goldens, os.path.join(here, "adapters.safetensors"))
with open(os.path.join(here, "combinations.json"), "w") as f:
    json.dump(combinations, f, indent=1)
    f.write("\n")

recipes = {
    "linear": """
merge_method: linear
models:
  - model: base
    parameters: {weight: 0.5}
  - model: a
    parameters: {weight: 0.3}
  - model: b
    parameters: {weight: 0.4}
""", "linear_sum": """
merge_method: linear
models:
  - model: a
    parameters: {weight: [0.2, 1.0]}
  - model: b
    parameters: {weight: 0.4}
parameters: {normalize: false}
""", "slerp": """
merge_method: slerp
base_model: a
slices:
  - sources:
      - {model: a, layer_range: [0, 3]}
      - {model: b, layer_range: [0, 3]}
parameters:
  t:
    - {filter: self_attn, value: [0, 0.5, 1]}
    - {filter: mlp, value: [0.9, 0.1]}
    - value: 0.5
""", "slerp_parallel": """
merge_method: slerp
base_model: base
models: [{model: a}]
parameters: {t: 0.25}
""", "task_arithmetic": """
merge_method: task_arithmetic
base_model: base
models:
  - model: a
    parameters: {weight: 0.8}
  - model: b
    parameters: {weight: [0.1, 0.9]}
parameters: {lambda: 0.7}
""", "ties": """
merge_method: ties
base_model: base
models:
  - model: a
    parameters: {weight: 0.8, density: 0.5}
  - model: b
    parameters: {weight: 0.3, density: [0.2, 0.9]}
parameters: {int8_mask: true}
""", "ties_sum": """
merge_method: ties
base_model: base
models:
  - model: a
    parameters: {weight: 0.8, density: 0.03}
  - model: b
    parameters: {weight: 0.3}
parameters: {normalize: false, rescale: true}
""", "dare_ties": """
merge_method: dare_ties
base_model: base
models:
  - model: a
    parameters: {weight: 0.6, density: 0.53}
  - model: b
    parameters: {weight: 0.4, density: 0.7}
""", "dare_linear": """
merge_method: dare_linear
base_model: base
models:
  - model: a
    parameters: {weight: 0.6, density: 0.53}
  - model: b
    parameters: {weight: 0.4, density: 0.7}
parameters: {rescale: false, normalize: true}
""", "model_stock": """
merge_method: model_stock
base_model: base
models: [{model: a}, {model: b}]
""", "model_stock_rows": """
merge_method: model_stock
base_model: base
models: [{model: a}, {model: b}]
parameters: {filter_wise: true}
""", "passthrough": """
merge_method: passthrough
slices:
  - sources: [{model: a, layer_range: [0, 2]}]
  - sources:
      - model: b
        layer_range: [1, 3]
        parameters:
          scale:
            - {filter: down_proj, value: 0}
            - value: 1
""", "half": """
merge_method: ties
base_model: base
dtype: bfloat16
models:
  - model: a  # all is kept: among equal values, which bfloat16 has many of, torch's choice is no rule
    parameters: {weight: 0.8}
  - model: b
    parameters: {weight: 0.3}
""",
}
kept = ["model.embed_tokens.weight", "model.layers.1.self_attn.q_proj.weight", "model.layers.2.mlp.down_proj.weight",
        "model.layers.0.input_layernorm.weight", "model.norm.weight"]
results = {}
for name, text in recipes.items():
    if name == "slerp_parallel":  # near the base, so that the straight line is taken
        near = {k: v + (torch.randn_like(v) * 1e-3) for k, v in load_file(folders["base"] + "/model.safetensors").items()}
        other = AutoModelForCausalLM.from_pretrained(folders["base"], dtype=torch.float32)
        other.load_state_dict(near)
        folders["near"] = save("near", other)
        text = text.replace("model: a", "model: near")
        recipes[name] = text
    data = yaml.safe_load(text)

    def resolved(value):
        if isinstance(value, dict):
            return {k: folders[v] if k in ("model", "base_model") else resolved(v) for k, v in value.items()}
        return [resolved(v) for v in value] if isinstance(value, list) else value

    with tempfile.TemporaryDirectory() as out:
        run_merge(MergeConfiguration.model_validate(resolved(data)), out,
                  MergeOptions(copy_tokenizer=False, quiet=True, write_model_card=False))
        made = {}
        for file in os.listdir(out):
            if file.endswith(".safetensors"):
                made |= load_file(os.path.join(out, file))
    wanted = kept + (["model.layers.3.mlp.down_proj.weight"] if name == "passthrough" else [])
    results |= {f"{name}.{key}": made[key].clone() for key in wanted}
save_file(results, os.path.join(here, "models.safetensors"))
with open(os.path.join(here, "recipes.json"), "w") as f:
    json.dump(recipes, f, indent=1)
    f.write("\n")
