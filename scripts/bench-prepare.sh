#!/usr/bin/env bash
# Preparing a million short rows beside the packages `datasets` and `tokenizers` (with Jinja2 for the chat
# template), which do the same in the same run on as many processes as there are threads: rows as JSON lines are
# read, written by the template, turned into ids and masks, and put on the disk. Rows/s, peak memory, and whether
# the ids and masks are equal. Needs the shared data (ANNEAL_SHARED) and a Python with datasets, tokenizers, jinja2
# and numpy (PYTHON). ROWS, THREADS and WORK (a folder that is kept) may be set.
set -euo pipefail
cd "$(dirname "$0")/.."
anneal=${ANNEAL:-.build/release/anneal}
shared=${ANNEAL_SHARED:-../shared}
python=${PYTHON:-python3}
rows=${ROWS:-1000000}
threads=${THREADS:-2}
[ -d "$shared/data" ] || { echo "bench-prepare: needs the shared data beside the checkout (ANNEAL_SHARED)" >&2; exit 1; }
"$python" -c 'import datasets, tokenizers, jinja2, numpy' || { echo "bench-prepare: needs a Python with datasets, tokenizers, jinja2 and numpy (PYTHON)" >&2; exit 1; }
if [ -n "${WORK:-}" ]; then
  work=$WORK
  mkdir -p "$work"
else
  work=$(mktemp -d)
  trap 'rm -rf "$work"' EXIT
fi

mkdir -p "$work/model"
cp "$shared"/data/tokenizers/qwen2/{config,generation_config,tokenizer_config}.json "$work/model/"
cp "$shared/data/tokenizers/qwen2/tokenizer.derived.json" "$work/model/tokenizer.json"
data=$work/rows-$rows.jsonl
[ -e "$data" ] || "$python" - "$shared/data/datasets/war_and_peace/war-and-peace.txt" "$rows" "$data" <<'PY'
import json, random, sys
text, rows, out = sys.argv[1:]
words, random = open(text, encoding="utf-8").read().split(), random.Random(3)
with open(out + ".new", "w", encoding="utf-8") as file:
    for _ in range(int(rows)):
        start, question, answer = random.randrange(len(words) - 50), random.randrange(5, 20), random.randrange(5, 25)
        turns = [("user", words[start:start + question]), ("assistant", words[start + question:start + question + answer])]
        file.write(json.dumps({"messages": [{"role": r, "content": " ".join(w)} for r, w in turns]}, ensure_ascii=False) + "\n")
import os; os.rename(out + ".new", out)
PY
cat >"$work/recipe.yaml" <<YAML
model_name_or_path: $work/model
datasets: $data
output_dir: $work/run
val_size: 0
max_length: 1024
dataset_num_proc: $threads
dataset_prepared_path: $work/prepared
YAML

rm -rf "$work/prepared" "$work/arrow"
"$anneal" data prepare "$work/recipe.yaml" --no-cache --json --quiet >"$work/ours.json"
TOKENIZERS_PARALLELISM=false HF_HOME="$work/hf" HF_DATASETS_OFFLINE=1 HF_HUB_OFFLINE=1 "$python" - "$work" "$data" "$threads" <<'PY'
import glob, json, os, resource, struct, sys, time
import datasets, numpy
from jinja2.ext import loopcontrols
from jinja2.sandbox import ImmutableSandboxedEnvironment
from tokenizers import Tokenizer
work, data, processes = sys.argv[1], sys.argv[2], int(sys.argv[3])
datasets.disable_progress_bars()
environment = ImmutableSandboxedEnvironment(trim_blocks=True, lstrip_blocks=True, extensions=[loopcontrols])
template = environment.from_string(json.load(open(work + "/model/tokenizer_config.json"))["chat_template"])
tokenizer, end = Tokenizer.from_file(work + "/model/tokenizer.json"), "<|im_end|>"

def prepare(batch):
    texts = [template.render(messages=messages) for messages in batch["messages"]]
    starts = [len(template.render(messages=messages[:-1])) for messages in batch["messages"]]
    ids, masks = [], []
    for encoding, text, start in zip(tokenizer.encode_batch(texts, add_special_tokens=False), texts, starts):
        stop = text.rindex(end) + len(end)
        ids.append(encoding.ids[:1024])
        masks.append([int(start <= first < stop) for first, _ in encoding.offsets[:1024]])
    return {"input_ids": ids, "assistant_masks": masks}

begin = time.perf_counter()
rows = datasets.load_dataset("json", data_files=data, split="train", cache_dir=work + "/arrow")
rows = rows.map(prepare, batched=True, num_proc=processes, remove_columns=["messages"])
seconds = time.perf_counter() - begin
peak = max(resource.getrusage(who).ru_maxrss for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)) * 1024

ours, different, checked, row = json.load(open(work + "/ours.json")), 0, 0, 0
for path in sorted(glob.glob(ours["folders"][0] + "/shard-*.safetensors")):
    with open(path, "rb") as file:
        size, = struct.unpack("<Q", file.read(8))
        header = json.loads(file.read(size))
        def tensor(name, kind):
            start, stop = header[name]["data_offsets"]
            file.seek(8 + size + start)
            return numpy.frombuffer(file.read(stop - start), kind).reshape(header[name]["shape"])
        examples, ids, mask = tensor("examples", "<i4"), tensor("ids", "<i4"), tensor("loss_mask", "u1")
    for place in range(0, len(examples), 97):
        start, count = examples[place][:2]
        theirs = rows[row + place]
        same = ids[start:start + count].tolist() == theirs["input_ids"] and mask[start:start + count].tolist() == theirs["assistant_masks"]
        different, checked = different + (not same), checked + 1
    row += len(examples)
speed, peer = ours["rows_per_second"], len(rows) / seconds
print(f"{len(rows)} rows, {processes} threads or processes")
print(f"anneal                 {ours['seconds']:7.1f} s  {speed:8.0f} rows/s  peak {ours['peak_bytes'] / 1e6:6.0f} MB")
print(f"datasets + tokenizers  {seconds:7.1f} s  {peer:8.0f} rows/s  peak {peak / 1e6:6.0f} MB (of one process)")
print(f"ratio {speed / peer:.1f}; ids and masks of {checked} rows: {different} differ")
sys.exit(row != len(rows) or different > 0 or speed < 2 * peer)
PY
