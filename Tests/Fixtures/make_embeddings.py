"""Vectors of texts by transformers from the base model in Resources, float32.

    python make_embeddings.py        (torch, transformers)

embeddings/base.json has the texts, and for each way of pooling the final hidden states (after the
final norm) a vector of each text: mean, last and first, as Sentence Transformers pool them. "cut" is
the mean of each text's first eight tokens.
"""
import json, os
import torch
from transformers import AutoModel, AutoTokenizer

here = os.path.dirname(os.path.abspath(__file__))
base = os.path.join(here, "..", "..", "Resources", "base")
texts = [
    "Set an alarm for seven in the morning.",
    "Wake me up at seven o'clock tomorrow.",
    "What is the weather like in Oslo today, and will it rain later in the afternoon?",
    "ok",
    "Grüße aus Köln: 3 × 4 = 12",
]
tokenizer = AutoTokenizer.from_pretrained(base)
model = AutoModel.from_pretrained(base, dtype=torch.float32, attn_implementation="eager").eval()


def states(text, length=None):
    ids = tokenizer(text, truncation=length is not None, max_length=length, return_tensors="pt").input_ids
    with torch.no_grad():
        return model(ids).last_hidden_state[0]


def rounded(vectors):
    return [[round(float(value), 5) for value in vector] for vector in vectors]


found = [states(text) for text in texts]
data = {
    "texts": texts,
    "mean": rounded(s.mean(0) for s in found),
    "last": rounded(s[-1] for s in found),
    "first": rounded(s[0] for s in found),
    "cut": rounded(states(text, 8).mean(0) for text in texts),
}
os.makedirs(os.path.join(here, "embeddings"), exist_ok=True)
with open(os.path.join(here, "embeddings", "base.json"), "w") as f:
    json.dump(data, f, ensure_ascii=False)
    f.write("\n")
print([len(s) for s in found], [float(s.abs().max()) for s in found])
