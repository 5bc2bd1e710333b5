#!/usr/bin/env bash
# Speed and memory beside the peers, as ratios within one run, on the Qwen2.5-0.5B shape with random
# weights. Where the peers' environment exists (ANNEAL_PEERS, default ~/.cache/anneal/peers), their
# scripts run right after ours; without it, ours alone are printed.
#
#     scripts/bench.sh [sft] [lora] [qlora] [full] [generate]     (sft, lora and qlora by default)
#
#   sft       one epoch of LoRA (r = 16, all linear layers, bf16) on 80 real Alpaca rows, beside TRL (ROWS)
#   lora      LoRA steps of 2 x 512 random tokens, beside PEFT
#   qlora     the same on an NF4 base with double quantisation, beside PEFT with bitsandbytes
#   full      full fine-tuning with 8-bit AdamW and the optimizer's step in the backward pass
#   generate  one reply of 64 tokens, in bf16 and from NF4 codes
#
# SHAPE is another configuration of the shared data, TOKENS and BATCH are the rows of lora and qlora.
# ROUNDS repeats all of it; the median of the rounds' ratios is printed at the end.
set -euo pipefail
cd "$(dirname "$0")/.."
anneal=${ANNEAL:-.build/release/anneal}
shared=${ANNEAL_SHARED:-../shared}
rows=${ROWS:-80}
shape=${SHAPE:-Qwen2.5-0.5B}
tokens=${TOKENS:-512}
batch=${BATCH:-2}
rounds=${ROUNDS:-1}
peers=${ANNEAL_PEERS:-$HOME/.cache/anneal/peers}
[ -d "$shared/data" ] || { echo "bench: needs the shared data beside the checkout (ANNEAL_SHARED)" >&2; exit 1; }
shared=$(cd "$shared" && pwd)
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
parts=("$@")
[ ${#parts[@]} -gt 0 ] || parts=(sft lora qlora)

# peer NAME SCRIPT ARGUMENTS…: runs a peer's script; its last JSON line goes to NAME.json.
peer() {
  local name=$1 script=$2
  shift 2
  [ -x "$peers/bin/python" ] || return 0
  (cd "$work" && TMPDIR=$work "$peers/bin/python" "$shared/peers/$script" "$@" 2>"$work/$name.log" | grep '"tool"') >"$work/$name.json" ||
    { echo "bench: $script failed:" >&2; tail -n 5 "$work/$name.log" >&2; }
}

# between NAME PEER SCRIPT ARGUMENTS…: the peer's run between two of ours, which the array `ours` holds:
# where a machine's speed drifts, it favours neither. The mean of ours goes to NAME.json.
between() {
  local name=$1
  shift
  "$anneal" bench train "${ours[@]}" --json >"$work/$name.before"
  peer "$@"
  "$anneal" bench train "${ours[@]}" --json >"$work/$name.after"
  python3 - "$work/$name" <<'PY'
import json, sys
before, after = (json.load(open(f"{sys.argv[1]}.{when}")) for when in ("before", "after"))
for key in ("tokens_per_second", "fraction_of_matmul"):
    before[key] = (before[key] + after[key]) / 2
json.dump(before, open(sys.argv[1] + ".json", "w"))
PY
}

# compare TITLE OURS PEER [NOTE]: a line of ours, one of the peer's, and the ratio, kept for the end.
compare() {
  python3 - "$work/ratios" "$@" <<'PY'
import json, os, sys
ratios, title, ours, peer, *note = sys.argv[1:]
ours = json.load(open(ours))
line = "{:<24}{:>8.1f} tokens/s   peak {:.2f} GB".format
# On a GPU the peers count what its allocator gave; only that can be compared.
memory = ours["peak_bytes" if ours.get("device", "cpu").startswith("cuda") else "peak_resident_bytes"]
fraction = f"   {ours['fraction_of_matmul'] * 100:.0f} % of the matrix rate" if "fraction_of_matmul" in ours else ""
print(line(title + " anneal", ours["tokens_per_second"], memory / 1e9) + fraction)
row = {"title": title, "share": ours.get("fraction_of_matmul")}
if os.path.exists(peer) and os.path.getsize(peer):
    theirs = json.load(open(peer))
    if "tokens" in ours and "tokens" in theirs and ours["tokens"] != theirs["tokens"]:
        sys.exit(f"bench: {ours['tokens']} tokens here, {theirs['tokens']} there: not the same work")
    row["speed"] = ours["tokens_per_second"] / theirs["tokens_per_second"]
    row["memory"] = memory / theirs["peak_bytes"]
    print(line("  " + theirs["tool"], theirs["tokens_per_second"], theirs["peak_bytes"] / 1e9) + "".join("   " + n for n in note))
    print("  {:.2f} times the speed, {:.2f} of the memory".format(row["speed"], row["memory"]))
open(ratios, "a").write(json.dumps(row) + "\n")
PY
}

# medians: what the rounds have in common.
medians() {
  python3 - "$work/ratios" <<'PY'
import json, statistics, sys
rows = [json.loads(line) for line in open(sys.argv[1])]
for title in dict.fromkeys(row["title"] for row in rows):
    mine = [row for row in rows if row["title"] == title]
    def median(key):
        values = [row[key] for row in mine if row.get(key) is not None]
        return statistics.median(values) if values else None
    parts = [f"{median('speed'):.2f} times the speed, {median('memory'):.2f} of the memory"] if median("speed") else []
    parts += [f"{median('share') * 100:.0f} % of the matrix rate"] if median("share") else []
    if parts:
        print(f"median of {len(mine)}: {title:<10} " + ", ".join(parts))
PY
}

sft() {
  python3 - "$shared/data/datasets/alpaca_en_demo/alpaca_en_demo.json" "$rows" >"$work/rows.json" <<'PY'
import json, sys
json.dump(json.load(open(sys.argv[1]))[: int(sys.argv[2])], sys.stdout)
PY
  /usr/bin/time -f %M -o "$work/kilobytes" "$anneal" train --model "$work/model" --data "$work/rows.json" --output "$work/run" --json --quiet \
    --set chat_template=chatml --set num_train_epochs=1 --set val_size=0 --set packing=false --set per_device_train_batch_size=4 --set learning_rate=1e-4 \
    --set save_strategy=no --dtype bfloat16 >"$work/summary.json"
  python3 - "$work" >"$work/sft.json" <<'PY'
import csv, json, sys
# All of the time from the first batch on, as the peer counts it: the trial of the longest batch too.
last = list(csv.DictReader(open(sys.argv[1] + "/run/metrics.csv")))[-1]
tokens, seconds = int(last["total_tokens"]), float(last["seconds"])
kilobytes = int(open(sys.argv[1] + "/kilobytes").read().split()[-1])
print(json.dumps({"tokens_per_second": tokens / seconds, "tokens": tokens, "peak_resident_bytes": kilobytes * 1024}))
PY
  peer trl trl_sft.py "$work/model" "$rows" 4
  compare "sft" "$work/sft.json" "$work/trl.json"
}

lora() {
  local ours=(--model "$work/model" --tokens "$tokens" --batch "$batch" --set learning_rate=1e-4 --dtype bfloat16)
  between lora peft peft_step.py "$work/model" bfloat16 "$tokens" "$batch"
  compare "lora" "$work/lora.json" "$work/peft.json"
}

qlora() {
  local ours=(--model "$work/model" --tokens "$tokens" --batch "$batch" --set learning_rate=1e-4 \
    --set quantization_bit=4 --set gradient_checkpointing=selective --dtype bfloat16)
  between qlora bitsandbytes qlora_step.py "$work/model" "$tokens" "$batch"
  compare "qlora" "$work/qlora.json" "$work/bitsandbytes.json" "(activations: selective here, all recomputed there)"
}

full() {
  "$anneal" bench train --model "$work/model" --set finetuning_type=full --set optim=adamw_8bit --set optimizer_in_bwd=true \
    --set max_grad_norm=0 --set gradient_checkpointing=full --dtype bfloat16 --json >"$work/full.json"
  compare "full" "$work/full.json" none
}

generate() {
  "$anneal" bench generate --model "$work/model" --dtype bfloat16
  "$anneal" bench generate --model "$work/model" --dtype bfloat16 --quantization nf4
}

case $shape in
  Qwen*) tokenizer=qwen2/tokenizer.derived.json ;;
  Llama-3*) tokenizer=llama3_2_bpe/tokenizer.derived.json ;;
  *) tokenizer=llama2/tokenizer.model ;;
esac
"$anneal" init --config "$shared/data/configs/$shape.json" --tokenizer "$shared/data/tokenizers/$tokenizer" \
  --output "$work/model" --dtype bfloat16 --quiet >/dev/null
for part in "${parts[@]}"; do
  case $part in
    sft | lora | qlora | full | generate) ;;
    *) echo "bench: no part '$part'; parts: sft lora qlora full generate" >&2; exit 2 ;;
  esac
done
for ((round = 1; round <= rounds; round++)); do
  for part in "${parts[@]}"; do
    rm -rf "$work/run"
    "$part"
  done
done
[ "$rounds" -eq 1 ] || [ ! -s "$work/ratios" ] || medians
