#!/usr/bin/env python3
"""Draws docs/memory-by-length.svg: peak memory of a training step by the length of its one row.

    scripts/memory-by-length.py [LENGTH…]      (1024 to 32768 by default; .build/release/anneal must exist)

The shape is the embedded base's with 32,768 positions and random weights; LoRA in bfloat16. The
figures go to standard output too.
"""
import json
import os
import subprocess
import sys
import tempfile
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
ANNEAL = os.environ.get("ANNEAL", str(ROOT / ".build/release/anneal"))
LENGTHS = [int(word) for word in sys.argv[1:]] or [1024, 2048, 4096, 8192, 16384, 24576, 32768]
MODES = [("none", "#2563eb"), ("selective", "#0d9488"), ("full", "#b45309")]


def measured(model, length, mode):
    command = [ANNEAL, "bench", "train", "--model", model, "--tokens", str(length), "--batch", "1", "--steps", "1",
               "--set", f"gradient_checkpointing={mode}", "--dtype", "bfloat16", "--json", "--quiet"]
    return json.loads(subprocess.run(command, check=True, capture_output=True, text=True).stdout)


def drawing(points):
    """An SVG of peak megabytes over thousands of tokens, one line a mode."""
    width, height, left, bottom, top = 720, 360, 64, 48, 24
    most = max(value for line in points.values() for _, value in line) * 1.08
    longest = max(LENGTHS)
    place = lambda tokens, value: (left + (width - left - 130) * tokens / longest,
                                   height - bottom - (height - bottom - top) * value / most)
    step = next(s for s in (50, 100, 200, 250, 500, 1000, 2000, 5000) if most / s <= 8)
    out = [f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width} {height}" font-family="system-ui, sans-serif" '
           f'font-size="13">', f'<rect width="{width}" height="{height}" fill="#ffffff"/>']
    for value in range(0, int(most) + 1, step):
        x, y = place(0, value)
        out.append(f'<line x1="{x:.1f}" y1="{y:.1f}" x2="{width - 130}" y2="{y:.1f}" stroke="#e5e7eb"/>')
        out.append(f'<text x="{x - 8:.1f}" y="{y + 4:.1f}" text-anchor="end" fill="#4b5563">{value:,}</text>')
    for tokens in LENGTHS:
        if tokens < longest / 8:
            continue
        x, y = place(tokens, 0)
        out.append(f'<text x="{x:.1f}" y="{y + 20:.1f}" text-anchor="middle" fill="#4b5563">{tokens // 1024} k</text>')
    out.append(f'<text x="{left}" y="14" fill="#111827">MB of tensors at the peak of a step</text>')
    out.append(f'<text x="{width - 130}" y="{height - 8}" text-anchor="end" fill="#111827">tokens of one row</text>')
    for (mode, colour), line in zip(MODES, points.values()):
        path = " ".join(f"{x:.1f},{y:.1f}" for x, y in (place(*point) for point in line))
        out.append(f'<polyline points="{path}" fill="none" stroke="{colour}" stroke-width="2"/>')
        for point in line:
            x, y = place(*point)
            out.append(f'<circle cx="{x:.1f}" cy="{y:.1f}" r="3" fill="{colour}"/>')
        x, y = place(*line[-1])
        out.append(f'<text x="{x + 10:.1f}" y="{y + 4:.1f}" fill="{colour}">{mode}</text>')
    return "\n".join(out + ["</svg>"]) + "\n"


with tempfile.TemporaryDirectory() as folder:
    config = json.loads((ROOT / "Resources/base/config.json").read_text()) | {"max_position_embeddings": 32768}
    Path(folder, "config.json").write_text(json.dumps(config))
    model = folder + "/model"
    subprocess.run([ANNEAL, "init", "--config", folder + "/config.json", "--tokenizer", ROOT / "Resources/base/tokenizer.json",
                    "--output", model, "--dtype", "bfloat16", "--quiet"], check=True, stdout=subprocess.DEVNULL)
    points = {}
    for mode, _ in MODES:
        points[mode] = []
        for length in LENGTHS:
            result = measured(model, length, mode)
            points[mode].append((length, result["peak_bytes"] / 1e6))
            print(f"{mode:10} {length:6} tokens   {result['peak_bytes'] / 1e6:8.1f} MB   "
                  f"{result['peak_bytes'] / length / 1e3:6.1f} kB a token   {result['tokens_per_second']:8.1f} tokens/s", flush=True)
(ROOT / "docs/memory-by-length.svg").write_text(drawing(points))
