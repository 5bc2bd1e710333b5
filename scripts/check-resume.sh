#!/usr/bin/env bash
# Kills a training run with SIGKILL at random moments, goes on with --resume each time, and compares the
# final files with those of a run that was left alone. Usage: scripts/check-resume.sh MODEL DATA [KILLS]
set -euo pipefail
anneal=${ANNEAL:-.build/release/anneal}
model=$1
data=$2
kills=${3:-20}
work=$(mktemp -d)
trap '[ -n "${KEEP:-}" ] || rm -rf "$work"' EXIT

compare() { # name, result file, settings...
  local name=$1 result=$2 done=0
  shift 2
  local common=(--model "$model" --data "$data" --threads 1 --quiet --set save_steps=2 --set logging_steps=1 "$@")
  "$anneal" train --output "$work/$name-whole" "${common[@]}" >/dev/null
  local seconds
  seconds=$(awk -F, 'END { print $10 }' "$work/$name-whole/metrics.csv")
  while [ "$done" -lt "$kills" ]; do
    local resume=()
    [ -d "$work/$name-killed" ] && resume=(--resume)
    "$anneal" train --output "$work/$name-killed" "${common[@]}" ${resume[@]+"${resume[@]}"} >/dev/null 2>"$work/log" &
    local process=$!
    # Anywhere in the first sixth of the run, so that all kills fit into it.
    sleep "$(awk -v s="$seconds" -v r=$RANDOM 'BEGIN { printf "%.3f", 0.2 + s / 6 * r / 32768 }')"
    if kill -9 $process 2>/dev/null; then done=$((done + 1)); fi
    wait $process 2>/dev/null || true
  done
  "$anneal" train --output "$work/$name-killed" "${common[@]}" --resume >/dev/null
  cmp "$work/$name-whole/$result" "$work/$name-killed/$result"
  # Seconds, speed and memory differ between runs; everything else must not.
  for run in whole killed; do cut -d, -f1-8,12- "$work/$name-$run/metrics.csv" >"$work/$name-$run.rows"; done
  cmp "$work/$name-whole.rows" "$work/$name-killed.rows"
  echo "$name: killed $done times, $result and the metrics are the same bytes"
}

compare lora last/adapter_model.safetensors --set lora_dropout=0.1 --set max_length=256
compare full last/model.safetensors --set finetuning_type=full --set max_length=256
compare full-8bit last/model.safetensors --set finetuning_type=full --set max_length=256 --set optim=adamw_8bit \
  --set optimizer_in_bwd=true --set max_grad_norm=0
