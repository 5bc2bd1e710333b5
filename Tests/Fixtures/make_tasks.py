#!/usr/bin/env python3
"""Writes Tests/Fixtures/tasks/expected.json and texts.json: what lm-evaluation-harness makes of the
tasks in that folder with the embedded base, and what sacrebleu and rouge-score make of replies.

Run with a Python that has lm_eval, torch, transformers and rouge_score, from anywhere:
    python3 Tests/Fixtures/make_tasks.py
Run it again when Resources/base changes.
"""

import glob
import json
import os
import random

os.environ["HF_HUB_OFFLINE"] = "1"
os.environ["DISABLE_MULTIPROC"] = "1"

import sacrebleu
import torch
from lm_eval import simple_evaluate
from lm_eval.models.huggingface import HFLM
from lm_eval.tasks import TaskManager
from rouge_score.rouge_scorer import RougeScorer

here = os.path.join(os.path.dirname(os.path.abspath(__file__)), "tasks")
base = os.path.join(here, "..", "..", "..", "Resources", "base")
resamples = 200


def number(value):
    return round(float(value), 6)


def metrics(results):
    """Values and standard errors by task, filter and metric."""
    found = {}
    for task, values in results["results"].items():
        entries = []
        for key, value in values.items():
            name, _, rest = key.partition(",")
            if not rest or name.endswith("_stderr") or name == "alias":
                continue
            error = values.get(f"{name}_stderr,{rest}")
            entries.append({
                "metric": name, "filter": rest, "value": number(value),
                "standard_error": None if error in (None, "N/A") else number(error),
            })
        found[task] = entries
    return found


def samples(results):
    """What was asked in the first rows, and how likely each answer was."""
    found = {}
    for task, rows in results["samples"].items():
        seen = {}
        for row in rows:
            if row["doc_id"] in seen:
                continue
            arguments = [a["arg_0"] for a in row["arguments"].values()] if isinstance(row["arguments"], dict) else [
                a[0] for a in row["arguments"]]
            answers = [r[0] for r in row["resps"]]
            seen[row["doc_id"]] = {
                "row": row["doc_id"], "prompt": arguments[0] if len(arguments[0]) < 2000 else None,
                "answers": [
                    answer if isinstance(answer, str) else number(answer[0] if isinstance(answer, (list, tuple)) else answer)
                    for answer in answers],
            }
        found[task] = [seen[row] for row in sorted(seen)]
    return found


def run(model, tasks, **settings):
    results = simple_evaluate(
        model=model, tasks=tasks, task_manager=manager, bootstrap_iters=resamples, log_samples=True,
        random_seed=0, numpy_random_seed=1234, torch_random_seed=1234, fewshot_random_seed=1234, **settings)
    return {"metrics": metrics(results), "samples": samples(results)}


os.chdir(here)
torch.set_num_threads(1)
manager = TaskManager(include_path=here, include_defaults=False)
names = sorted(os.path.basename(name)[:-5] for name in glob.glob("tiny_*.yaml"))
model = HFLM(pretrained=base, dtype="float32", device="cpu", batch_size=1)
chat = ["tiny_choices", "tiny_sums", "tiny_sentences"]
expected = {
    "plain": run(model, names),
    "chat": run(model, chat, apply_chat_template=True, fewshot_as_multiturn=True, system_instruction="Be brief."),
    "single_turn": run(model, ["tiny_choices"], apply_chat_template=True, fewshot_as_multiturn=False),
}
with open("expected.json", "w") as f:
    json.dump(expected, f, ensure_ascii=False, indent=1)
    f.write("\n")

pairs = [
    ("The cat sat on the mat.", ["The cat sat on the mat."]),
    ("the cat is sitting on a mat", ["The cat sat on the mat, quietly.", "A cat is on the mat."]),
    ("It costs $1,500.00 - or 3.5% more; isn't it?", ["It costs $1,500 or 3.5 % more, isn't it?"]),
    ("He said: \"No way!\" (twice)", ["He said \"no way\" twice."]),
    ("Grüße aus Köln, 天気がいいですね。", ["Grüße aus Köln! 天気はいい。"]),
    ("", ["nothing was said"]),
    ("a", ["b"]),
    ("running runners ran happily generalizations", ["the runner runs happy general relations"]),
    ("state-of-the-art x-rays at 5-10 and A&amp;B", ["State of the art x-rays at 5 to 10 and A&B"]),
    ("one two three four five six seven", ["one two three four six five seven eight"]),
]
width = max(len(references) for _, references in pairs)
streams = [[references[min(i, len(references) - 1)] for _, references in pairs] for i in range(width)]
said = [reply for reply, _ in pairs]
kinds = ["rouge1", "rouge2", "rougeL"]
plain, stemmed = RougeScorer(kinds), RougeScorer(kinds, use_stemmer=True)


def rouge(scorer, reply, references):
    scores = [scorer.score(reference, reply) for reference in references]
    return {kind: max(score[kind].fmeasure for score in scores) for kind in kinds}


words = sorted(set("""caresses ponies ties caress cats feed agreed plastered bled motoring sing conflated troubled
sized hopping tanned falling hissing fizzed failing filing happy sky relational conditional rational valenci digitizer
operator feudalism decisiveness hopefulness callousness formality sensitivity sensibility triplicate formative formalize
electricity electrical hopeful goodness revival allowance inference airliner gyroscopic adjustable defensible irritant
replacement adjustment dependent adoption communism activate angularity homologous effective bowdlerize probate rate
cease controlling rolling dying lying tying news inning innings skies died spied studies flies say saying possibly
generally archaeology apologize analogical fully carefully byte bytes 4 4th eed proceed exceed""".split()))
from rouge_score.tokenizers import DefaultTokenizer

stem = DefaultTokenizer(use_stemmer=True)
random.seed(1234)
texts = {
    "pairs": [{"reply": reply, "references": references} for reply, references in pairs],
    "bleu": sacrebleu.corpus_bleu(said, streams).score,
    "chrf": sacrebleu.corpus_chrf(said, streams).score,
    "bleu_of_three": sacrebleu.corpus_bleu(said[1:4], [[s[i] for i in range(1, 4)] for s in streams]).score,
    "rouge": [rouge(plain, reply, references) for reply, references in pairs],
    "rouge_stemmed": [rouge(stemmed, reply, references) for reply, references in pairs],
    "stems": {word: stem.tokenize(word)[0] for word in words},
    "random": {
        "sample_5_of_100": random.sample(range(100), 5), "sample_3_of_8": random.sample(range(8), 3),
        "sample_6_of_90": random.sample(range(90), 6), "choices_8_of_7": random.choices(range(7), k=8),
        "unit": random.random(), "sample_1_of_1": random.sample(range(1), 1), "unit_after": random.random(),
    },
}
with open("texts.json", "w") as f:
    json.dump(texts, f, ensure_ascii=False, indent=1)
    f.write("\n")
