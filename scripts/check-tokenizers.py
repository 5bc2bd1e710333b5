"""Ids and decodings of every tokenizer of a data folder against the libraries that they come from.

    python scripts/check-tokenizers.py DATA [--cap 200] [--only NAME] [--sweep 300]
        (tokenizers, sentencepiece, tiktoken; ANNEAL names the executable)

Texts: the llama.cpp vectors, lines of every file under DATA/datasets (of each, `--cap` lines taken evenly, 0 for
all of them, cut at 4,000 characters), and 10,000 generated strings. Encoded without special tokens added.
SentencePiece and tiktoken take no special token out of a text, so texts that spell one are left out there, and
counted. The vocabularies in GGUF files are compared with llama.cpp's own ids too, and so are those of tokenizers
for which there are such ids and no GGUF file.

With `--sweep N`, N tokenizers put together by chance (tokenizer_sweep.py) take the place of the folder's.
"""
import argparse, base64, json, os, pathlib, random, shutil, subprocess, sys, tempfile
import sentencepiece, tiktoken, tokenizers
from tokenizer_sweep import Sweep

parser = argparse.ArgumentParser()
parser.add_argument("data", type=pathlib.Path)
parser.add_argument("--cap", type=int, default=200)
parser.add_argument("--only", default="")
parser.add_argument("--sweep", type=int, default=0)
options = parser.parse_args()
anneal = os.environ.get("ANNEAL", ".build/release/anneal")
folder = options.data / "tokenizers"
# Tokenizers whose ids llama.cpp's vectors hold, without a GGUF file.
TWINS = {"llama3_2_bpe/tokenizer.derived.json": "llama-bpe", "qwen2/vocab.json": "qwen2",
         "qwen2/tokenizer.derived.json": "qwen2", "llama3/tokenizer.model": "llama-bpe"}
LLAMA3 = (r"(?i:'s|'t|'re|'ve|'m|'ll|'d)|[^\r\n\p{L}\p{N}]?\p{L}+|\p{N}{1,3}"
          r"| ?[^\s\p{L}\p{N}]+[\r\n]*|\s*[\r\n]+|\s+(?!\S)|\s+")
UPPER, LOWER = r"[\p{Lu}\p{Lt}\p{Lm}\p{Lo}\p{M}]", r"[\p{Ll}\p{Lm}\p{Lo}\p{M}]"
SHORT, LEAD = r"(?i:'s|'t|'re|'ve|'m|'ll|'d)?", r"[^\r\n\p{L}\p{N}]?"
LLAMA4 = (rf"{LEAD}{UPPER}*{LOWER}+{SHORT}|{LEAD}{UPPER}+{LOWER}*{SHORT}|\p{{N}}{{1,3}}"
          r"| ?[^\s\p{L}\p{N}]+[\r\n/]*|\s*[\r\n]+|\s+(?!\S)|\s+")


def vectors(path):
    return path.read_text("utf8").split("\n__ggml_vocab_test__\n")


def dataset_lines():
    for path in sorted((options.data / "datasets").rglob("*")):
        try:
            lines = path.read_text("utf8").splitlines() if path.is_file() else []
        except UnicodeDecodeError:
            continue
        step = -(-len(lines) // options.cap) if options.cap else 1
        yield from (line[:4000] for line in lines[::max(1, step)])


def generated(count=10_000):
    random.seed(3)
    ranges = [(0x20, 0x7E)] * 4 + [(0, 0x1F), (0x30, 0x39), (0x80, 0x24F), (0x300, 0x36F), (0x370, 0x52F),
              (0x590, 0x6FF), (0x900, 0xDFF), (0xE00, 0xEFF), (0x1100, 0x11FF), (0x1E00, 0x218F), (0x2190, 0x27BF),
              (0x3000, 0x30FF), (0x4E00, 0x9FFF), (0xAC00, 0xD7A3), (0xFB00, 0xFDFF), (0xFE00, 0xFFEF),
              (0x1D400, 0x1D7FF), (0x1F300, 0x1FAFF), (0x20000, 0x2A6DF)]
    words = [" ", "  ", "   ", "\n", "\n\n", "\r\n", "\t", "'s", "'LL", "the", "Hello", " world", "123", "45678",
             "\u200d", "\ufe0f", "\u00a0", "\u3000", "\u2581", "\ufeff", "👩‍👩‍👧", "e\u0301", "ﬁ", "()", "==", "/*"]
    found = {}
    while len(found) < count:
        parts = []
        for _ in range(random.randint(1, 12)):
            low, high = random.choice(ranges)
            size = random.randint(1, 6)
            parts.append(random.choice(words) if random.random() < 0.35 else
                         "".join(chr(random.randint(low, high)) for _ in range(size)))
        found["".join(parts)] = None
    return list(found)


class Tokenizers:
    def __init__(self, tokenizer):
        self.tokenizer, self.specials = tokenizer, []

    def encode(self, text):
        return self.tokenizer.encode(text, add_special_tokens=False).ids

    def decode(self, ids):
        return self.tokenizer.decode(ids, skip_special_tokens=False)


class SentencePiece:
    def __init__(self, path):
        self.model = sentencepiece.SentencePieceProcessor(model_file=str(path))
        ids = range(self.model.get_piece_size())
        self.specials = [self.model.id_to_piece(i) for i in ids if self.model.is_control(i) or self.model.is_unknown(i)]
        self.encode, self.decode = self.model.encode, self.model.decode


class Ranks:
    def __init__(self, path):
        ranks = {base64.b64decode(token): int(rank) for token, rank in map(str.split, path.read_text().splitlines())}
        pattern = LLAMA4 if "llama4" in path.name else LLAMA3
        self.encoding = tiktoken.Encoding("ranks", pat_str=pattern, mergeable_ranks=ranks, special_tokens={})
        self.specials = ["<|"]
        self.encode, self.decode = self.encoding.encode_ordinary, self.encoding.decode


def pair(vocab, merges):
    tokenizer = tokenizers.ByteLevelBPETokenizer(str(vocab), str(merges))._tokenizer
    # GPT-2's only special token, which its two files do not mark as one.
    if tokenizer.token_to_id("<|endoftext|>") is not None:
        tokenizer.add_special_tokens(["<|endoftext|>"])
    return tokenizer


def reference(path):
    """What `path` is compared with: an object with encode, decode and specials; nothing for no tokenizer."""
    name = path.relative_to(folder).as_posix()
    if path.suffix == ".gguf":
        twin = {"gpt-2": "gpt2/vocab.json", "llama-spm": "llama2/tokenizer.model",
                "phi-3": "phi3/tokenizer.derived.json"}.get(path.stem.removeprefix("ggml-vocab-"))
        return reference(folder / twin) if twin else None
    if name == "qwen2/vocab.json":
        return Tokenizers(tokenizers.Tokenizer.from_file(str(path.with_name("tokenizer.derived.json"))))
    if path.name == "vocab.json":
        return Tokenizers(pair(path, path.with_name("merges.txt")))
    if path.suffix == ".json" and "tokenizer" in path.name and "model" in json.loads(path.read_text("utf8")):
        return Tokenizers(tokenizers.Tokenizer.from_file(str(path)))
    if ".model" in path.name:
        return SentencePiece(path) if path.read_bytes()[:1] == b"\n" else Ranks(path)
    return None


def ours(path, texts):
    with tempfile.TemporaryDirectory() as place, tempfile.NamedTemporaryFile("w", suffix=".jsonl") as file:
        if "llama4" in path.name:
            # The folder tells the family of ranks that are not as many as the model's.
            shutil.copy(path, f"{place}/tokenizer.model")
            pathlib.Path(f"{place}/config.json").write_text('{"model_type": "llama4"}')
            path = place
        file.writelines(json.dumps(text) + "\n" for text in texts)
        file.flush()
        out = subprocess.run([anneal, "tokenizer", "encode", "--tokenizer", str(path), "--file", file.name,
                              "--lines", "--no-special"], capture_output=True, text=True)
    rows = [json.loads(row) for row in out.stdout.split("\n") if row]
    if out.returncode or len(rows) != len(texts):
        raise RuntimeError(out.stderr.strip()[-300:] or "it printed too few lines")
    return rows


def sweep(count, seed=1):
    """Compares random tokenizers with the library; the number of those that differ."""
    generator, wrong, left_out = Sweep(seed), 0, 0
    with tempfile.TemporaryDirectory() as place:
        path = pathlib.Path(place) / "tokenizer.json"
        for number in range(count):
            description, texts = generator.tokenizer(), generator.texts()
            path.write_text(description, "utf8")
            try:
                other = Tokenizers(tokenizers.Tokenizer.from_str(description))
                expected = [(text, ids := other.encode(text), other.decode(ids)) for text in texts]
            except BaseException:  # The library refuses, or panics.
                left_out += 1
                continue
            try:
                rows = ours(path, texts)
            except RuntimeError as error:
                rows, fault = [], str(error)
            differ = [(row, theirs) for row, theirs in zip(rows, expected) if (row["ids"], row["text"]) != theirs[1:]]
            if differ or not rows:
                wrong += 1
                steps = {key: value for key, value in json.loads(description).items() if key != "model"}
                print(f"tokenizer {number} differs: {json.dumps(steps, ensure_ascii=False)}")
                print(f"    {differ[0]}" if differ else f"    {fault}", flush=True)
    print(f"{count} random tokenizers, {left_out} left out, {wrong} differ")
    return wrong


if options.sweep:
    sys.exit(sweep(options.sweep) > 0)

texts = [text for path in sorted(folder.glob("ggml_vocab/*.inp")) for text in vectors(path)]
texts = list(dict.fromkeys([*texts, *dataset_lines(), *generated()]))
print(f"{len(texts)} texts; at most {options.cap} lines of a file\n")
print(f"{'tokenizer':58} {'texts':>7} {'left out':>8} {'ids differ':>10} {'decodings differ':>16}")
failed = False


def compare(name, path, used, expected, other=None):
    """Prints a line of the table, and the first differences."""
    global failed
    rows = ours(path, used)
    wrong = [i for i, row in enumerate(rows) if row["ids"] != expected[i]]
    texts_differ = [i for i, row in enumerate(rows) if other and row["text"] != other.decode(row["ids"])]
    left_out = len(texts) - len(used) if other else 0
    print(f"{name:58} {len(used):7} {left_out:8} {len(wrong):10} {len(texts_differ) if other else '-':>16}", flush=True)
    for i in wrong[:3]:
        print(f"    ids of {used[i][:80]!r}\n      ours   {rows[i]['ids'][:24]}\n      theirs {expected[i][:24]}")
    for i in texts_differ[:3]:
        print(f"    text of {rows[i]['ids'][:16]}\n      ours   {rows[i]['text'][:80]!r}\n"
              f"      theirs {other.decode(rows[i]['ids'])[:80]!r}")
    failed = failed or bool(wrong or texts_differ)


for path in sorted(folder.rglob("*")):
    name = path.relative_to(folder).as_posix()
    if options.only not in name or not path.is_file():
        continue
    try:
        if other := reference(path):
            used = [text for text in texts if not any(special in text for special in other.specials)]
            compare(name, path, used, [other.encode(text) for text in used], other)
        if path.suffix == ".gguf" or name in TWINS:
            stem = path if path.suffix == ".gguf" else folder / f"ggml_vocab/ggml-vocab-{TWINS[name]}.gguf"
            used = vectors(stem.with_name(stem.name + ".inp"))
            lines = stem.with_name(stem.name + ".out").read_text().split("\n")
            compare(f"{name} (llama.cpp)", path, used, [[int(id) for id in line.split()] for line in lines][:len(used)])
    except Exception as error:
        print(f"{name:58} not compared: {str(error)[:150]}", flush=True)
        failed = True
sys.exit(failed)
