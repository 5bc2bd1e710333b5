#!/usr/bin/env bash
# One epoch of LoRA (r = 16, all linear layers, bf16) on 80 real Alpaca rows and the Qwen2.5-0.5B shape
# with random weights: tokens/s of the training steps and the process's peak memory. Where the peers'
# environment exists (ANNEAL_PEERS, default ~/.cache/anneal/peers), TRL runs beside it, and the ratio is printed.
set -euo pipefail
cd "$(dirname "$0")/.."
anneal=${ANNEAL:-.build/release/anneal}
shared=${ANNEAL_SHARED:-../shared}
rows=${ROWS:-80}
peers=${ANNEAL_PEERS:-$HOME/.cache/anneal/peers}
[ -d "$shared/data" ] || { echo "bench: needs the shared data beside the checkout (ANNEAL_SHARED)" >&2; exit 1; }
shared=$(cd "$shared" && pwd)
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

"$anneal" init --config "$shared/data/configs/Qwen2.5-0.5B.json" --tokenizer "$shared/data/tokenizers/qwen2/tokenizer.derived.json" \
  --output "$work/model" --dtype bfloat16 --quiet >/dev/null
python3 - "$shared/data/datasets/alpaca_en_demo/alpaca_en_demo.json" "$rows" >"$work/rows.json" <<'PY'
import json, sys
json.dump(json.load(open(sys.argv[1]))[: int(sys.argv[2])], sys.stdout)
PY
/usr/bin/time -f %M -o "$work/rss" "$anneal" train --model "$work/model" --data "$work/rows.json" --output "$work/run" --json --quiet \
  --set num_train_epochs=1 --set val_size=0 --set packing=false --set per_device_train_batch_size=4 --set learning_rate=1e-4 \
  --set save_strategy=no --dtype bfloat16 >"$work/ours.json"
if [ -x "$peers/bin/python" ]; then
  (cd "$work" && TMPDIR=$work "$peers/bin/python" "$shared/peers/trl_sft.py" "$work/model" "$rows" 4 2>"$work/trl.log" | grep '"tool"') >"$work/trl.json" ||
    { echo "bench: TRL failed:" >&2; tail -n 5 "$work/trl.log" >&2; }
fi
python3 - "$work" <<'PY'
import json, os, sys
work = sys.argv[1]
ours = json.load(open(f"{work}/ours.json"))
rows = [r.split(",") for r in open(f"{work}/run/metrics.csv").read().split("\n")[1:] if r]
steps = [r for r in rows if r[8]]
tokens, before, seconds = 0, 0, 0.0
for r in steps:
    seconds += (int(r[2]) - before) / float(r[8])
    before = int(r[2])
speed, rss = before / seconds, int(open(f"{work}/rss").read().split()[-1]) * 1024
print(f"anneal  {speed:8.1f} tokens/s   {before} tokens   peak {rss / 1e9:.2f} GB (tensors {ours['peak_bytes'] / 1e9:.2f} GB)")
path = f"{work}/trl.json"
if os.path.exists(path) and os.path.getsize(path):
    trl = json.load(open(path))
    print(f"TRL     {trl['tokens_per_second']:8.1f} tokens/s   {trl['tokens']} tokens   peak {trl['peak_bytes'] / 1e9:.2f} GB")
    print(f"ratio   {speed / trl['tokens_per_second']:8.2f} times the speed, {rss / trl['peak_bytes']:.2f} of the memory")
PY
