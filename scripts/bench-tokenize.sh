#!/usr/bin/env bash
# Tokenizing and training of tokenizers beside the package `tokenizers`, on the same text, in one run, with
# one thread each: English, code and Chinese, line by line, with the vocabularies of Llama-3 and Qwen2; then a
# byte-level BPE of 4,096 entries. Needs the shared data (ANNEAL_SHARED) and a Python with `tokenizers`
# (ANNEAL_PEERS, default ~/.cache/anneal/peers).
set -euo pipefail
cd "$(dirname "$0")/.."
anneal=${ANNEAL:-.build/release/anneal}
shared=${ANNEAL_SHARED:-../shared}
python=${ANNEAL_PEERS:-$HOME/.cache/anneal/peers}/bin/python
[ -d "$shared/data" ] || { echo "bench-tokenize: needs the shared data beside the checkout (ANNEAL_SHARED)" >&2; exit 1; }
[ -x "$python" ] || { echo "bench-tokenize: needs a Python with the package tokenizers (ANNEAL_PEERS)" >&2; exit 1; }
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

cp "$shared/data/datasets/war_and_peace/war-and-peace.txt" "$work/english.txt"
find Sources Tests -name '*.swift' -print0 | sort -z | xargs -0 cat >"$work/code.txt"
"$python" - "$shared" >"$work/chinese.txt" <<'PY'
import glob, json, sys
han = lambda text: sum("\u4e00" <= letter <= "\u9fff" for letter in text)
lines = []
def walk(value):
    if isinstance(value, str):
        lines.extend(line for line in value.split("\n") if han(line) * 2 > len(line))
    elif isinstance(value, dict):
        for item in value.values(): walk(item)
    elif isinstance(value, list):
        for item in value: walk(item)
for path in sorted(glob.glob(sys.argv[1] + "/data/datasets/**/*.json*", recursive=True)):
    try:
        text = open(path, encoding="utf-8").read()
        walk(json.loads(text))
    except (ValueError, UnicodeDecodeError):
        for line in text.split("\n"):
            try: walk(json.loads(line))
            except ValueError: pass
# There is too little of it for a clock, so halves of its clauses are put together anew, up to a megabyte.
import random, re
random = random.Random(1)
clauses = [c for c in re.split(r"(?<=[，。！？；：、])", "\n".join(dict.fromkeys(lines))) if len(c) > 3]
size = 0
while size < 1_000_000:
    parts = [random.choice(clauses) for _ in range(random.randrange(2, 12))]
    cuts = [random.randrange(1, len(part)) for part in parts]
    line = "".join(part[cut:] + other[:end] for part, cut, other, end in zip(parts, cuts, parts[1:], cuts[1:]))
    size += len(line.encode()) + 1
    print(line.replace("\n", ""))
PY

status=0
for name in llama3_2_bpe qwen2; do
  file=$shared/data/tokenizers/$name/tokenizer.derived.json
  "$anneal" bench tokenize --tokenizer "$file" --threads 1,2 --json "$work/english.txt" "$work/code.txt" "$work/chinese.txt" >"$work/ours.json"
  RAYON_NUM_THREADS=1 TOKENIZERS_PARALLELISM=false "$python" - "$file" "$work" "$name" <<'PY' || status=1
import json, sys, time
from tokenizers import Tokenizer
path, work, name = sys.argv[1:]
runs = json.load(open(work + "/ours.json"))["runs"]
slow = False
for text in ["english", "code", "chinese"]:
    file = f"{work}/{text}.txt"
    lines = [line for line in open(file, encoding="utf-8", newline="").read().split("\n") if line]
    size = sum(len(line.encode()) for line in lines)
    tokenizer, best, first = Tokenizer.from_file(path), float("inf"), None
    for _ in range(3):
        start = time.perf_counter()
        tokens = sum(len(e.ids) for e in tokenizer.encode_batch_fast(lines, add_special_tokens=False))
        seconds = time.perf_counter() - start
        first, best = first or seconds, min(best, seconds)
    ours = {run["threads"]: run for run in runs if run["file"] == file}
    speed, peer = ours[1]["megabytes_per_second"], size / 1e6 / best
    cold = ours[1]["first_round_megabytes_per_second"] / (size / 1e6 / first)
    print(f"{name:13} {text:8} {size / 1e6:6.2f} MB {tokens:8} tokens ({'equal' if tokens == ours[1]['tokens'] else 'DIFFERENT'})"
          f"  anneal {speed:6.1f} MB/s, 2 threads {ours[2]['megabytes_per_second']:6.1f}  tokenizers {peer:5.2f} MB/s"
          f"  ratio {speed / peer:5.1f} (first round {cold:4.1f})")
    slow |= speed < 3 * peer
sys.exit(slow)
PY
done

"$anneal" tokenizer train --vocab-size 4096 --pattern gpt2 --special-tokens '<|endoftext|>' --json --output "$work/tokenizer.json" "$work/english.txt" >"$work/trained.json"
RAYON_NUM_THREADS=1 "$python" - "$work" <<'PY' || status=1
import json, sys, time
from tokenizers import Tokenizer, models, pre_tokenizers, trainers
work = sys.argv[1]
ours = json.load(open(work + "/trained.json"))
start = time.perf_counter()
text = open(work + "/english.txt", encoding="utf-8", newline="").read()
tokenizer = Tokenizer(models.BPE())
tokenizer.pre_tokenizer = pre_tokenizers.ByteLevel(add_prefix_space=False)
tokenizer.train_from_iterator([text], trainers.BpeTrainer(
    vocab_size=4096, min_frequency=2, show_progress=False, special_tokens=["<|endoftext|>"],
    initial_alphabet=pre_tokenizers.ByteLevel.alphabet()))
seconds = time.perf_counter() - start
pairs = lambda model: [tuple(pair) for pair in model["merges"]]
theirs = pairs(json.loads(tokenizer.to_str())["model"])
same = pairs(json.load(open(work + "/tokenizer.json"))["model"]) == theirs
print(f"train 4,096 on english: anneal {ours['seconds']:.2f} s, tokenizers {seconds:.2f} s, ratio {seconds / ours['seconds']:.1f}, "
      f"{len(theirs)} merges {'equal' if same else 'DIFFERENT'}")
sys.exit(not same or ours["seconds"] > seconds)
PY
exit $status
