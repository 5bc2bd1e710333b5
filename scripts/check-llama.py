"""Exported files in llama.cpp: the same ids, and the same greedy text.

    python scripts/check-llama.py MODEL [ADAPTER]      (xllamacpp; ANNEAL names the executable)

Writes GGUF files at F16, Q8_0 and Q4_K_M, with ADAPTER worked in, and ADAPTER alone beside the base at F16,
and serves each by llama.cpp on loopback. Every text must have the same ids there, and the likeliest
continuation must be what `anneal` says of the same file. llama.cpp rounds what goes into a product of rounded
weights too, so where a continuation parts from ours, our own probabilities of both tokens are compared:
up to `near` nats apart (a hundredth of the logits, which reach 20 to 30), either may come first.
"""
import json, os, subprocess, sys, tempfile, urllib.request

anneal = os.environ.get("ANNEAL", ".build/release/anneal")
near = {"f16": 0.02, "q8_0": 0.15, "q4_k_m": 0.3}
length = 24
texts = [
    "Once upon a time, there was a little girl", "One day, a boy named Tim went to the park",
    "The cat sat on the mat. It saw a big", "Table for two at seven, please.", "  spaces  and\nlines\n\n",
    "Zürich, 12.5 € — naïve café", "def f(x):\n    return x ** 2", "今日は天気がいい", "ÀÉ 🙂 end", "a", "1234567890",
]


def ours(*arguments):
    out = subprocess.run([anneal, *arguments], capture_output=True, text=True)
    if out.returncode:
        sys.exit(out.stderr)
    return out.stdout


def serve(path, lora):
    """Serves a file until standard input ends; the first line told is the address."""
    import xllamacpp
    parameters = xllamacpp.CommonParams()
    parameters.model.path, parameters.n_ctx, parameters.n_parallel = path, 512, 1
    parameters.warmup, parameters.cpuparams.n_threads, parameters.port = False, 1, 0
    if lora:
        one = xllamacpp.CommonAdapterLoraInfo()
        one.path, one.scale = lora, 1.0
        parameters.lora_adapters = [one]
    server = xllamacpp.Server(parameters)
    print("\n" + server.listening_address, flush=True)
    sys.stdin.read()
    os._exit(0)


class Llama:
    def __init__(self, path, lora=""):
        self.process = subprocess.Popen([sys.executable, __file__, "--serve", path, lora], text=True,
                                        stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL)
        lines = (line.strip() for line in self.process.stdout)
        self.address = next(line for line in lines if line.startswith("http"))

    def ask(self, route, **body):
        request = urllib.request.Request(self.address + route, json.dumps(body).encode(),
                                         {"Content-Type": "application/json"})
        return json.load(urllib.request.urlopen(request))

    def close(self):
        self.process.stdin.close()
        self.process.wait()


def compare(name, llama, model, adapter, bound):
    chosen = ["--adapter", adapter] if adapter else []
    parted = 0
    for text in texts:
        ids = json.loads(ours("tokenizer", "encode", "--model", model, "--json", "--", text))["ids"]
        theirs = llama.ask("/tokenize", content=text, add_special=True, parse_special=True)["tokens"]
        if ids != theirs:
            sys.exit(f"{name}: {text!r} has ids {ids} here and {theirs} in llama.cpp")
        ours_next = json.loads(ours("generate", "--model", model, *chosen, "--raw", "--prompt", text, "--dtype",
                                    "float32", "--max-new-tokens", str(length), "--json"))["ids"]
        reply = llama.ask("/completion", prompt=ids, n_predict=length, temperature=0, return_tokens=True)
        their_next = reply["tokens"]
        place = next((i for i, (a, b) in enumerate(zip(ours_next, their_next)) if a != b), None)
        if place is None:
            continue
        parted += 1
        gap = 0.0
        for token, sign in ((ours_next[place], 1), (their_next[place], -1)):
            score = json.loads(ours("score", "--model", model, *chosen, "--dtype", "float32", "--json", "--ids",
                                    ",".join(map(str, ids + ours_next[:place] + [token]))))
            gap += sign * score["logprobs"][-1]
        if gap > bound:
            sys.exit(f"{name}: after {text!r} and {place} tokens, ours is {gap:.3f} nats likelier than llama.cpp's")
    rest = f", the others part at tokens at most {bound} nats apart" if parted else ""
    print(f"{name}: ids of {len(texts)} texts the same; {len(texts) - parted} of {len(texts)} continuations of "
          f"{length} tokens the same{rest}", flush=True)


def main(model, adapter=None):
    with tempfile.TemporaryDirectory() as folder:
        for kind, bound in near.items():
            path = f"{folder}/{kind}.gguf"
            chosen = ["--adapter", adapter] if adapter else []
            ours("export", "gguf", "--model", model, *chosen, "--type", kind, "--output", path)
            llama = Llama(path)
            compare(kind, llama, path, None, bound)
            llama.close()
        if adapter:
            base, lora = f"{folder}/base.gguf", f"{folder}/lora.gguf"
            ours("export", "gguf", "--model", model, "--type", "f16", "--output", base)
            ours("export", "lora", "--model", model, "--adapter", adapter, "--output", lora)
            llama = Llama(base, lora)
            compare("f16 with the adapter's file", llama, model, adapter, near["f16"])
            llama.close()


if __name__ == "__main__":
    serve(*sys.argv[2:4]) if sys.argv[1] == "--serve" else main(*sys.argv[1:])
