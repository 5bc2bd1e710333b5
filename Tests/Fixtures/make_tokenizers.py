"""Writes Tests/Fixtures/tokenizers, or with --scripts the table of scripts.

Needs the package tokenizers:
    python3 Tests/Fixtures/make_tokenizers.py [--scripts]
"""

import base64
import copy
import json
import random
import sys
from pathlib import Path

from tokenizers import Regex, Tokenizer, decoders, models, normalizers, \
    pre_tokenizers, trainers

ROOT = Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT / "scripts"))

from table_lines import lines  # noqa: E402


def literal(name, summary, entries):
    body = "".join(f"    {line}\\\n" for line in lines(entries)).removesuffix(" \\\n") + "\n"
    return f'  /// {summary}\n  static let {name} = """\n{body}    """\n'


def scripts():
    """Which scalars share a script, found by asking the UnicodeScripts pre-tokenizer."""
    cuts = pre_tokenizers.UnicodeScripts().pre_tokenize_str
    joins = lambda first, second: len(cuts(first + second)) == 1  # noqa: E731
    # What joins both a Latin and a Greek letter has no script.
    scalars = [chr(code) for code in range(0x110000) if not 0xD800 <= code < 0xE000]
    scalars = [scalar for scalar in scalars if not (joins("a", scalar) and joins("α", scalar))]
    examples, ranges = [], []
    for piece, (start, _) in cuts("".join(scalars)):
        number = next((n for n, example in enumerate(examples) if joins(example, piece[0])), None)
        if number is None:
            number = len(examples)
            examples.append(piece[0])
        for scalar in map(ord, piece):
            if ranges and ranges[-1][1] == scalar - 1 and ranges[-1][2] == number:
                ranges[-1][1] = scalar
            else:
                ranges.append([scalar, scalar, number])
    entries = [f"{first:X}{f'-{last:X}' if last > first else ''}={number:X}"
               for first, last, number in ranges]
    target = ROOT / "Sources/Text/Tokenizers/PreTokenizers/ScriptTable.swift"
    target.write_text(
        "/// The scripts of Unicode as the package tokenizers knows them, written by\n"
        "/// Tests/Fixtures/make_tokenizers.py.\n"
        "enum ScriptTable {\n"
        + literal("ranges", "First and last scalar of a script, and its number.", entries) + "}\n")


OUTPUT = ROOT / "Tests/Fixtures/tokenizers"

CORPUS = [
    "The river ran past the old mill, and the miller's boy ran after it.",
    "She said: \"I'll be there by 10:45, don't wait for me!\" They waited 1234 minutes.",
    "Die Äpfel fielen früh; die Kinder lasen sie auf und liefen nach Hause.",
    "Съешь же ещё этих мягких французских булок, да выпей чаю.",
    "for (int i = 0; i < count; i++) {\n    total += values[i];\n}\n",
    "The boy, the mill, the river: three words that the miller's wife wrote down again and again.",
    "\tTabs\tand  spaces   and\n\nlines\r\nof every kind.  ",
]

TEXTS = [
    "",
    " ",
    "the miller's boy",
    "  two  spaces   and three ",
    "They'LL say: don't, I'm, we've, you're, 'tis — it'ſ",
    "12 345 6789 ½ ²³ ٣٤٥",
    "line\n\n\nline\r\n\tend\n",
    " \n \t\u00a0\u3000x",
    "Äpfel früh, A\u0308pfel fru\u0308h, \u212bngström \u2126 \ufb01",
    "Съешь ещё 中文字符 日本語テキスト 한국어 \u1112\u1161\u11ab",
    "עברית العربية ไทย हिन्दी",
    "👩‍👩‍👧 🇩🇪 🙂🙃 \U0001d400",
    "\x00\x01\x1f\x7f\ufeff\ufffd",
    "<s>the</s> <|end|>  <|end|>x <mask> a<mask>b hello helloworld",
    "for(i=0;i<10;i++){x+=y[i];}//!?...",
    "▁the▁boy <0x41> Ġthe",
    "q" * 70 + " " + "the" * 40,
]


def case(tokenizer, text):
    encoding = tokenizer.encode(text)
    return {
        "text": text,
        "ids": encoding.ids,
        "tokens": encoding.tokens,
        "offsets": [list(pair) for pair in encoding.offsets],
        "decoded": tokenizer.decode(encoding.ids, skip_special_tokens=False),
        "skipped": tokenizer.decode(encoding.ids, skip_special_tokens=True),
    }


def added(identifier, content, **flags):
    token = {"id": identifier, "content": content, "single_word": False, "lstrip": False,
             "rstrip": False, "normalized": False, "special": False}
    return token | flags


def write(name, value):
    (OUTPUT / name).parent.mkdir(parents=True, exist_ok=True)
    (OUTPUT / name).write_text(json.dumps(value, ensure_ascii=False, separators=(",", ":")) + "\n")


def conformance(name, description):
    tokenizer = Tokenizer.from_str(json.dumps(description))
    write(f"{name}.tokenizer.json", description)
    write(f"{name}.cases.json", [case(tokenizer, text) for text in TEXTS])


def byte_level():
    tokenizer = Tokenizer(models.BPE())
    tokenizer.pre_tokenizer = pre_tokenizers.ByteLevel(add_prefix_space=False)
    tokenizer.train_from_iterator(CORPUS, trainers.BpeTrainer(
        vocab_size=400, min_frequency=2, show_progress=False, special_tokens=["<s>", "</s>"],
        initial_alphabet=pre_tokenizers.ByteLevel.alphabet()))
    description = json.loads(tokenizer.to_str())
    write("trained.json", {"corpus": CORPUS, "vocabulary": description["model"]["vocab"],
                           "merges": description["model"]["merges"]})
    byte_level = {"type": "ByteLevel", "add_prefix_space": False, "trim_offsets": True,
                  "use_regex": True}
    description["decoder"] = byte_level
    size = len(description["model"]["vocab"])
    description["added_tokens"] += [
        added(size, "<|end|>", special=True, lstrip=True),
        added(size + 1, "<mask>", special=True, rstrip=True),
        added(size + 2, "hello", single_word=True, normalized=True),
    ]
    gpt2 = copy.deepcopy(description)
    gpt2["post_processor"] = byte_level
    conformance("byte_level", gpt2)

    # The same merges behind Llama-3's and Qwen2's patterns, with all that those files hold.
    for name, digits, normalizer in [("llama3", "{1,3}", None), ("qwen2", "", {"type": "NFC"})]:
        family = copy.deepcopy(description)
        family["normalizer"] = normalizer
        family["model"]["ignore_merges"] = name == "llama3"
        pattern = (r"(?i:'s|'t|'re|'ve|'m|'ll|'d)|[^\r\n\p{L}\p{N}]?\p{L}+|\p{N}" + digits
                   + r"| ?[^\s\p{L}\p{N}]+[\r\n]*|\s*[\r\n]+|\s+(?!\S)|\s+")
        family["pre_tokenizer"] = {"type": "Sequence", "pretokenizers": [
            {"type": "Split", "pattern": {"Regex": pattern}, "behavior": "Isolated",
             "invert": False},
            byte_level | {"use_regex": False}]}
        family["post_processor"] = {"type": "Sequence", "processors": [
            byte_level | {"trim_offsets": False},
            template("<s>", family["model"]["vocab"]["<s>"])]}
        conformance(name, family)


def template(token, identifier):
    return {"type": "TemplateProcessing",
            "single": [{"SpecialToken": {"id": token, "type_id": 0}},
                       {"Sequence": {"id": "A", "type_id": 0}}],
            "pair": [{"Sequence": {"id": "A", "type_id": 0}},
                     {"Sequence": {"id": "B", "type_id": 1}}],
            "special_tokens": {token: {"id": token, "ids": [identifier], "tokens": [token]}}}


def sentencepiece():
    tokenizer = Tokenizer(models.BPE())
    tokenizer.normalizer = normalizers.Sequence(
        [normalizers.Prepend("▁"), normalizers.Replace(" ", "▁")])
    tokenizer.pre_tokenizer = pre_tokenizers.Metaspace(prepend_scheme="never")
    tokenizer.train_from_iterator(CORPUS, trainers.BpeTrainer(
        vocab_size=220, min_frequency=2, show_progress=False))
    description = json.loads(tokenizer.to_str())
    tokens = ["<unk>", "<s>", "</s>"] + [f"<0x{byte:02X}>" for byte in range(256)]
    tokens += [token for token in description["model"]["vocab"]]
    # Canonically equivalent tokens, which must stay apart.
    tokens += ["\u212b", "\u00c5", "A\u030a", "\u2126", "\u03a9"]
    tokens = list(dict.fromkeys(tokens))
    model = description["model"]
    model["vocab"] = {token: index for index, token in enumerate(tokens)}
    model |= {"unk_token": "<unk>", "fuse_unk": True, "byte_fallback": True}
    description |= {
        "pre_tokenizer": None,
        "post_processor": template("<s>", 1),
        "decoder": {"type": "Sequence", "decoders": [
            {"type": "Replace", "pattern": {"String": "▁"}, "content": " "},
            {"type": "ByteFallback"}, {"type": "Fuse"},
            {"type": "Strip", "content": " ", "start": 1, "stop": 0}]},
        "added_tokens": [added(index, tokens[index], special=True) for index in range(3)]
        + [added(len(tokens), "<mask>", special=True, lstrip=True),
           added(len(tokens) + 1, "hello", single_word=True, normalized=True)],
    }
    conformance("sentencepiece", description)
    return description


def charsmap():
    """A table such as SentencePiece compiles, of a few rules: a double array, then the texts."""
    rules = {"ﬁ": "fi", "²": "2", "\t": " ", "\n": " ", "é": "e\u0301", "e\u0301": "ë",
             "\u00ad": "", "x\u0301": "y", "Ä": "AE"}
    tree, texts = {}, b""
    for key, text in sorted(rules.items()):
        node = tree
        for byte in key.encode():
            node = node.setdefault(byte, {})
        node[None] = len(texts)
        texts += text.encode() + b"\0"
    units, used = [0] * 4096, {0}

    def place(node, at, label, base):
        # The children of a node lie at its place, flipped by an offset, flipped by their byte.
        while True:
            base += 1
            spots = [at ^ base ^ (byte or 0) for byte in node]
            if at ^ base not in used and all(0 < spot < 4096 for spot in spots) \
                    and not used & set(spots):
                break
        used.update(spots)
        units[at] = base << 10 | (0x100 if None in node else 0) | label
        for byte, child in node.items():
            if byte is None:
                units[at ^ base] = child | 1 << 31
            else:
                place(child, at ^ base ^ byte, byte, base)

    place(tree, 0, 0, 0)
    size = 4 * (max(used) + 256 & ~255)
    trie = b"".join(unit.to_bytes(4, "little") for unit in units)[:size]
    return base64.b64encode(size.to_bytes(4, "little") + trie + texts).decode()


def mixed(count, seed):
    """Texts of words, signs and characters of many scripts, thrown together."""
    source = random.Random(seed)
    words = " ".join(CORPUS).split(" ")
    pools = [list("abcdefgXYZ"), list("0123456789"), list(" \t\n\r\u00a0\u3000\u2028\u200b\x85"),
             list(".,;:!?'\"()[]<>@#$%&*-_=+/\\|~`"), list("äöüÄÖÜßéñçÅøﬁ½²ǅſİı"),
             list("привет СЪЕШЬ"), list("中文字符日本語かなー한국어"), list("עבריתالعربيةไทยहिन्दी"),
             list("\u0301\u0308\u200d\ufe0f\u1112\u1161\u11ab"), list("👩🇩🇪🙂𝐀"),
             ["▁", "Ġ", "<unk>", "[UNK]", "##", "<0x41>", "'s", "'LL", " n't", "\0", "\ufffd"]]
    texts = []
    for _ in range(count):
        chosen = source.sample(pools, source.randint(1, 3)) + [[" ", ", ", "\n"]]
        texts.append("".join(
            source.choice(words if source.random() < 0.35 else source.choice(chosen))
            for _ in range(source.randint(1, 14))))
    return texts


def of_models():
    """Small tokenizers of every kind of model, and what they make of mixed texts."""
    def trained(tokenizer, trainer):
        tokenizer.train_from_iterator(CORPUS * 4, trainer)
        return json.loads(tokenizer.to_str())

    unigram = Tokenizer(models.Unigram())
    unigram.pre_tokenizer = pre_tokenizers.Metaspace()
    unigram.decoder = decoders.Metaspace()
    unigram = trained(unigram, trainers.UnigramTrainer(
        vocab_size=150, special_tokens=["<unk>", "<s>"], unk_token="<unk>", show_progress=False))
    fallback = copy.deepcopy(unigram)
    fallback["pre_tokenizer"]["split"] = False
    fallback["model"] |= {"byte_fallback": True, "vocab": unigram["model"]["vocab"] + [
        [f"<0x{byte:02X}>", -20.0] for byte in range(256)]}
    fallback["decoder"] = {"type": "Sequence", "decoders": [
        {"type": "ByteFallback"}, {"type": "Metaspace", "replacement": "▁",
                                   "prepend_scheme": "always", "split": True}]}
    wordpiece = Tokenizer(models.WordPiece(unk_token="[UNK]", max_input_chars_per_word=12))
    wordpiece.normalizer = normalizers.BertNormalizer()
    wordpiece.pre_tokenizer = pre_tokenizers.BertPreTokenizer()
    wordpiece.decoder = decoders.WordPiece()
    wordpiece = trained(wordpiece, trainers.WordPieceTrainer(
        vocab_size=200, special_tokens=["[UNK]", "[CLS]", "[SEP]"], show_progress=False))
    wordpiece["post_processor"] = {"type": "BertProcessing", "sep": ["[SEP]", 2],
                                   "cls": ["[CLS]", 1]}
    words = Tokenizer(models.WordLevel(unk_token="<unk>"))
    words.pre_tokenizer = pre_tokenizers.Whitespace()
    words = trained(words, trainers.WordLevelTrainer(
        vocab_size=100, special_tokens=["<unk>"], show_progress=False))
    affixes = Tokenizer(models.BPE(unk_token="<unk>", fuse_unk=True, end_of_word_suffix="</w>",
                                   continuing_subword_prefix="##"))
    affixes.pre_tokenizer = pre_tokenizers.BertPreTokenizer()
    affixes.decoder = decoders.BPEDecoder("</w>")
    affixes = trained(affixes, trainers.BpeTrainer(
        vocab_size=220, special_tokens=["<unk>"], continuing_subword_prefix="##",
        end_of_word_suffix="</w>", show_progress=False))
    spelled = Tokenizer(models.BPE(unk_token="<unk>", end_of_word_suffix="</w>"))
    spelled.pre_tokenizer = pre_tokenizers.Sequence([
        pre_tokenizers.Whitespace(), pre_tokenizers.ByteLevel(add_prefix_space=False)])
    spelled.decoder = decoders.BPEDecoder("</w>")
    spelled = trained(spelled, trainers.BpeTrainer(
        vocab_size=600, special_tokens=["<unk>"], end_of_word_suffix="</w>",
        show_progress=False, initial_alphabet=pre_tokenizers.ByteLevel.alphabet()))
    texts = TEXTS + mixed(100, seed=1)
    for name, description in [("unigram", unigram), ("unigram-bytes", fallback),
                              ("wordpiece", wordpiece), ("wordlevel", words),
                              ("bpe-affixes", affixes), ("bpe-spelled", spelled)]:
        tokenizer = Tokenizer.from_str(json.dumps(description))
        write(f"models/{name}.json", {"tokenizer": description,
                                      "cases": [brief(tokenizer, text) for text in texts]})


CONTRACTIONS = "(?i:'s|'t|'re|'ve|'m|'ll|'d)"
TAIL = r"|\s*[\r\n]+|\s+(?!\S)|\s+"
UPPER, LOWER = r"[\p{Lu}\p{Lt}\p{Lm}\p{Lo}\p{M}]", r"[\p{Ll}\p{Lm}\p{Lo}\p{M}]"


def o200k(contractions, digits):
    lead = r"[^\r\n\p{L}\p{N}]?"
    return (f"{lead}{UPPER}*{LOWER}+{contractions}|{lead}{UPPER}+{LOWER}*{contractions}|{digits}"
            r"| ?[^\s\p{L}\p{N}]+[\r\n/]*" + TAIL)


# Those of the well-known families, then some for which there is no scanner.
PATTERNS = [
    r"'s|'t|'re|'ve|'m|'ll|'d| ?\p{L}+| ?\p{N}+| ?[^\s\p{L}\p{N}]+|\s+(?!\S)|\s+",
    CONTRACTIONS + r"|[^\r\n\p{L}\p{N}]?\p{L}+|\p{N}{1,3}| ?[^\s\p{L}\p{N}]+[\r\n]*" + TAIL,
    r"'(?i:[sdmt]|ll|ve|re)|[^\r\n\p{L}\p{N}]?+\p{L}+|\p{N}{1,3}| ?[^\s\p{L}\p{N}]++[\r\n]*"
    r"|\s*[\r\n]|\s+(?!\S)|\s+",
    CONTRACTIONS + r"|[^\r\n\p{L}\p{N}]?[\p{L}\p{M}]+|\p{N}| ?[^\s\p{L}\p{M}\p{N}]+[\r\n]*" + TAIL,
    o200k(CONTRACTIONS + "?", r"\p{N}{1,3}"), o200k("", r"\p{N}"),
    r"""[!"#$%&'()*+,\-./:;<=>?@\[\\\]^_`{|}~][A-Za-z]+|[^\r\n\p{L}\p{P}\p{S}]?[\p{L}\p{M}]+"""
    r"| ?[\p{P}\p{S}]+[\r\n]*" + TAIL,
    r"\p{N}{1,3}", "[一-龥\u3040-ゟ゠-ヿ]+", r"[\r\n]", r"\s?\p{L}+", r"\s?\p{P}+", r"\s+$",
    "[一-龥ࠀ-一가-\ud7ff]+", "\\s?[A-Za-zµÀ-ÖØ-öø-ƺƼ-ƿǄ-ʓͰ-ͳͶͷͻ-ͽΈ-ΊΌΎ-ΡΣ-ϵϷ-ҁҊ-ԯＡ-Ｚａ-ｚ𐐀-𐑏]+",
    "\\s?[!-/:-~！-／：-～‘-‟\u3000-。]+", r"[^\s\p{L}]+",
    " ?[^(\\s|[.,!?…。，、।۔،])]+", "[0-9][0-9][0-9]", r"(?=(\d{3})+(?!\d))", r"(?<=[a-z])(?=[A-Z])",
    r"(?<!\s)\s", r"\p{Han}+|[\p{L}&&[^\p{Han}]]+", r"\w+|\W", r"^\s*\S+", r"(?m)t.", r"\h+",
    r"\p{^L}+", r"(?i:ß|'S)", r"\d{1,3}(?=(?:\d{3})*\b)", r"\b[\w\b]\B",
]


def of_patterns():
    """Where regular expressions cut mixed texts, in characters."""
    texts = TEXTS + mixed(60, seed=2) + [
        "HelloWORLD camelCase XMLHttpRequest's IT'S we'VE A中b中C Ǆx ǅX", "１２３ 1234567 x12345678y", "a  \n  b \r\n\n",
        "$var_name @user #tag /path/to//\n<div>", "\u0301a \u0301A ab\u0301C",
        "123\u200b4567 89\u0301 1a 22²"]
    cuts = {}
    for pattern in PATTERNS:
        cut = pre_tokenizers.Split(Regex(pattern), "isolated").pre_tokenize_str
        cuts[pattern] = [[start for _, (start, _) in cut(text)] for text in texts]
    write("patterns.json", {"texts": texts, "cuts": cuts})


def of_truncation():
    """Texts cut at either end, with what was cut off."""
    cases = []
    for name in ["byte_level", "sentencepiece"]:
        for length, stride, direction in [(6, 0, "right"), (6, 2, "right"), (6, 0, "left"),
                                          (5, 3, "left"), (2, 0, "right"), (4000, 0, "left")]:
            tokenizer = Tokenizer.from_file(str(OUTPUT / f"{name}.tokenizer.json"))
            tokenizer.enable_truncation(length, stride=stride, direction=direction)
            settings = json.loads(tokenizer.to_str())["truncation"]
            for text in TEXTS[:9]:
                first = tokenizer.encode(text)
                cases.append([name, settings, text, [
                    [part.ids, [place for pair in part.offsets for place in pair]]
                    for part in [first] + first.overflowing]])
    write("truncation.json", cases)


def of_truncated_pairs():
    """Pairs cut by every strategy; null where the library refuses."""
    pairs = [("the miller's boy went to the river", " and the river "), ("the", "the river and the mill by the hill"),
             ("", "the river and the mill"), ("the mill and", "the river by"), ("one two three four five six", "")]
    cases = []
    for strategy in ["longest_first", "only_first", "only_second"]:
        for length, direction in [(4, "right"), (7, "right"), (8, "left"), (9, "right"), (12, "left"), (14, "right"),
                                  (3, "right"), (4000, "left")]:
            base = json.loads((OUTPUT / "byte_level.tokenizer.json").read_text())
            base["post_processor"] = {"type": "BertProcessing", "sep": ["</s>", 1], "cls": ["<s>", 0]}
            tokenizer = Tokenizer.from_str(json.dumps(base))
            tokenizer.enable_truncation(length, strategy=strategy, direction=direction)
            settings = json.loads(tokenizer.to_str())["truncation"]
            for first, second in pairs:
                try:
                    encoding = tokenizer.encode(first, second)
                    kept = [encoding.ids, [place for pair in encoding.offsets for place in pair]]
                except Exception:
                    kept = None
                cases.append([settings, first, second, kept])
    write("truncated_pairs.json", cases)


def of_pairs():
    """Two texts put together, and batches filled to one length."""
    def special(name, kind):
        return {"SpecialToken": {"id": name, "type_id": kind}}

    def text(name, kind):
        return {"Sequence": {"id": name, "type_id": kind}}

    def processors_of(begin, end):
        names = {name: {"id": name, "ids": ids, "tokens": [{begin: "<s>", end: "</s>"}[id] for id in ids]}
                 for name, ids in [("<s>", [begin]), ("</s>", [end]), ("<two>", [end, begin])]}
        template = {"type": "TemplateProcessing", "special_tokens": names}
        level = {"type": "ByteLevel", "add_prefix_space": True, "trim_offsets": True, "use_regex": True}
        bert = template | {
            "single": [special("<s>", 0), text("A", 0), special("</s>", 0)],
            "pair": [special("<s>", 0), text("A", 0), special("</s>", 0), text("B", 1), special("</s>", 1)]}
        return [
            None, level, bert,
            template | {"single": [text("A", 3), special("<two>", 2)],
                        "pair": [special("<two>", 4), text("B", 1), special("</s>", 5), text("A", 0)]},
            {"type": "BertProcessing", "sep": ["</s>", end], "cls": ["<s>", begin]},
            {"type": "RobertaProcessing", "sep": ["</s>", end], "cls": ["<s>", begin], "trim_offsets": True,
             "add_prefix_space": False},
            {"type": "Sequence", "processors": [level, bert]},
        ]

    paddings = [
        {"strategy": strategy, "direction": direction, "pad_to_multiple_of": multiple, "pad_id": 1,
         "pad_type_id": kind, "pad_token": "</s>"}
        for strategy, direction, multiple, kind in [
            ("BatchLongest", "Right", None, 0), ("BatchLongest", "Left", 8, 1), ({"Fixed": 12}, "Right", None, 3),
            ({"Fixed": 12}, "Left", 5, 0), ({"Fixed": 2}, "Right", None, 0), ("BatchLongest", "Right", 0, 0)]]
    texts = [("the miller's boy", " and the river "), ("", "the"), ("the <s> mill", ""), (" Äpfel ", "  two  spaces")]

    def brief(encoding):
        return {"ids": encoding.ids, "tokens": encoding.tokens, "types": encoding.type_ids,
                "offsets": [place for pair in encoding.offsets for place in pair],
                "mask": encoding.attention_mask, "sequences": encoding.sequence_ids}

    cases = []
    for name in ["byte_level", "sentencepiece"]:
        base = json.loads((OUTPUT / f"{name}.tokenizer.json").read_text())
        begin, end = (0, 1) if name == "byte_level" else (1, 2)
        for processor in processors_of(begin, end):
            tokenizer = Tokenizer.from_str(json.dumps(base | {"post_processor": processor}))
            cases.append({
                "tokenizer": name, "processor": processor,
                "singles": [brief(tokenizer.encode(first, add_special_tokens=adds))
                            for first, _ in texts for adds in [True, False]],
                "pairs": [brief(tokenizer.encode(first, second, add_special_tokens=adds))
                          for first, second in texts for adds in [True, False]]})
    bert = processors_of(0, 1)[2]
    batches = []
    for padding in paddings:
        base = json.loads((OUTPUT / "byte_level.tokenizer.json").read_text())
        tokenizer = Tokenizer.from_str(json.dumps(base | {"post_processor": bert, "padding": padding}))
        batches.append({"padding": padding, "rows": [brief(row) for row in tokenizer.encode_batch(texts)],
                        "alone": brief(tokenizer.encode(texts[0][0]))})
    write("pairs.json", {"texts": texts, "template": bert, "cases": cases, "batches": batches})


def brief(tokenizer, text):
    """A text, its ids, their offsets one after another, and the ids' text."""
    encoding = tokenizer.encode(text)
    return [text, encoding.ids, [place for pair in encoding.offsets for place in pair],
            tokenizer.decode(encoding.ids, skip_special_tokens=False)]


def parts(base):
    """Every other step of a file, each in a case of its own over one small vocabulary."""
    base = copy.deepcopy(base)
    base |= {"normalizer": None, "pre_tokenizer": None, "post_processor": None, "decoder": None}
    base["model"] |= {"byte_fallback": False}
    # Only what the trained merges need, without the byte tokens.
    kept = [token for token in base["model"]["vocab"] if not token.startswith("<0x")]
    base["model"]["vocab"] = {token: index for index, token in enumerate(kept)}
    base["added_tokens"] = base["added_tokens"][:3]
    text = {"String": "the"}
    variants = [
        {"model": {"fuse_unk": False}},
        {"model": {"fuse_unk": True, "ignore_merges": True}},
        {"normalizer": {"type": "Sequence", "normalizers": [
            {"type": "Strip", "strip_left": True, "strip_right": False}, {"type": "Lowercase"}]}},
        {"normalizer": {"type": "Strip", "strip_left": False, "strip_right": True}},
        {"normalizer": {"type": "NFD"}}, {"normalizer": {"type": "NFKC"}},
        {"normalizer": {"type": "NFKD"}},
        {"normalizer": {"type": "Replace", "pattern": {"Regex": " {2,}"}, "content": "▁"}},
        {"pre_tokenizer": {"type": "Whitespace"}},
        {"pre_tokenizer": {"type": "WhitespaceSplit"}},
        {"pre_tokenizer": {"type": "Punctuation", "behavior": "MergedWithPrevious"}},
        {"pre_tokenizer": {"type": "Digits", "individual_digits": True}},
        {"pre_tokenizer": {"type": "Digits", "individual_digits": False}},
        {"pre_tokenizer": {"type": "BertPreTokenizer"}},
        {"pre_tokenizer": {"type": "CharDelimiterSplit", "delimiter": ","}},
        {"pre_tokenizer": {"type": "Sequence", "pretokenizers": [
            {"type": "Digits", "individual_digits": True},
            {"type": "Metaspace", "replacement": "▁", "prepend_scheme": "first", "split": True}]},
         "decoder": {"type": "Metaspace", "replacement": "▁", "prepend_scheme": "first",
                     "split": True}},
        {"pre_tokenizer": {"type": "Metaspace", "replacement": "▁", "prepend_scheme": "always",
                           "split": False},
         "decoder": {"type": "Metaspace", "replacement": "▁", "prepend_scheme": "never",
                     "split": False}},
        {"post_processor": {"type": "BertProcessing", "sep": ["</s>", 2], "cls": ["<s>", 1]},
         "decoder": {"type": "BPEDecoder", "suffix": "e"}},
        {"pre_tokenizer": {"type": "ByteLevel", "add_prefix_space": True, "trim_offsets": True,
                           "use_regex": True},
         "post_processor": {"type": "RobertaProcessing", "sep": ["</s>", 2], "cls": ["<s>", 1],
                            "trim_offsets": True, "add_prefix_space": True},
         "decoder": {"type": "ByteLevel", "add_prefix_space": True, "trim_offsets": True,
                     "use_regex": True}},
    ]
    for behavior in ["Removed", "Isolated", "MergedWithPrevious", "MergedWithNext", "Contiguous"]:
        for invert in [False, True]:
            variants.append({"pre_tokenizer": {"type": "Split", "pattern": text,
                                               "behavior": behavior, "invert": invert}})
    variants += [{"normalizer": normalizer} for normalizer in [
        {"type": "BertNormalizer", "clean_text": True, "handle_chinese_chars": True,
         "strip_accents": None, "lowercase": True},
        {"type": "BertNormalizer", "clean_text": False, "handle_chinese_chars": True,
         "strip_accents": None, "lowercase": False},
        {"type": "BertNormalizer", "clean_text": True, "handle_chinese_chars": False,
         "strip_accents": False, "lowercase": True},
        {"type": "Precompiled", "precompiled_charsmap": charsmap()},
        {"type": "StripAccents"}, {"type": "Nmt"}, {"type": "ByteLevel"}]]
    variants += [{"pre_tokenizer": cut} for cut in [
        {"type": "UnicodeScripts"}, {"type": "FixedLength", "length": 3},
        {"type": "Sequence", "pretokenizers": [
            {"type": "ByteLevel", "add_prefix_space": True, "trim_offsets": True,
             "use_regex": True},
            {"type": "Digits", "individual_digits": True}]}]]
    variants += [{"decoder": decoder} for decoder in [
        {"type": "WordPiece", "prefix": "th", "cleanup": True},
        {"type": "WordPiece", "prefix": "th", "cleanup": False},
        {"type": "CTC", "pad_token": "e", "word_delimiter_token": "▁", "cleanup": True},
        {"type": "CTC", "pad_token": "<unk>", "word_delimiter_token": "h", "cleanup": False}]]
    sample = ["", " The boy, the thethe mill 12 x9.  Ägä 한 ﬁ²  ", "a\n\tthe  !?the",
              "1é2e\u0301 x\u0301Äﬁ\u00ad!中文、かなー аб\u200b\x07\t", " the th it 's . do not"]
    cases = []
    for variant in variants:
        description = base | {key: value for key, value in variant.items() if key != "model"}
        description["model"] = base["model"] | variant.get("model", {})
        tokenizer = Tokenizer.from_str(json.dumps(description))
        cases.append({"variant": variant, "cases": [case(tokenizer, text) for text in sample]})
    write("parts.json", {"tokenizer": base, "variants": cases})


def plain(model, **steps):
    """A tokenizer of a model and of the steps that matter."""
    return {"version": "1.0", "truncation": None, "padding": None, "added_tokens": [], "normalizer": None,
            "pre_tokenizer": None, "post_processor": None, "decoder": None, "model": model} | steps


def letters(text, **settings):
    """BPE without merges, whose tokens are the characters of a text and what `settings` adds."""
    tokens = list(dict.fromkeys(text)) + settings.pop("tokens", [])
    return {"type": "BPE", "dropout": None, "unk_token": None, "continuing_subword_prefix": None,
            "end_of_word_suffix": None, "fuse_unk": False, "byte_fallback": False, "ignore_merges": False,
            "vocab": {token: index for index, token in enumerate(tokens)}, "merges": []} | settings


BYTES = [f"<0x{byte:02X}>" for byte in range(256)]


def corners():
    """What seldom comes up: expressions that other engines read otherwise, places of spaces, unknown bytes."""
    def split(regex):
        return {"type": "Split", "pattern": {"Regex": regex}, "behavior": "Isolated", "invert": False}

    level = {"type": "ByteLevel", "add_prefix_space": False, "trim_offsets": True, "use_regex": False}
    first = {"type": "Metaspace", "replacement": "▁", "prepend_scheme": "first", "split": True}
    text = "1234567 aaaaab{|} <a>+=$^`~|!ababab (m\nm a{} x²y .²x می\u200cخواهم"
    cases = []
    for regex in [r"\w+|[^\w\s]+", r"\p{N}{1,3}+", r"\p{N}{1,3}?", "a{2}?", "a{,2}", "{|}", "a{}", "a{1,2}+b", "(ab){2}+",
                  "[[:punct:]]+", "[[:^punct:]]+", "[a[:punct:]]+", "[{}]+", "[a{2}]", r"\(?m", r"(?m:m.)", "a{2,}+"]:
        # A token for each character tells nothing of pieces, and a token for each piece all.
        pieces = pre_tokenizers.Split(Regex(regex), "isolated").pre_tokenize_str(text)
        vocab = {"<unk>": 0} | {piece: index + 1 for index, piece in enumerate(dict.fromkeys(piece for piece, _ in pieces))}
        model = {"type": "WordLevel", "vocab": vocab, "unk_token": "<unk>"}
        cases.append((plain(model, pre_tokenizer=split(regex)), [text]))
    spaced = [" hi hi", "hi hi", "  hi", " ", "", "x hi", "<a> hi", "é hi", "ﬁ hi"]
    ends = {"type": "Strip", "strip_left": True, "strip_right": True}
    swap = {"type": "Replace", "pattern": {"Regex": "^x"}, "content": ""}
    model = letters("▁hi xéfﬁ<a>")
    for normalizer, cut in [
        (None, {"type": "Sequence", "pretokenizers": [{"type": "WhitespaceSplit"}, first]}), (ends, first),
        (swap, first), ({"type": "NFKC"}, first), ({"type": "Prepend", "prepend": "x"}, first), (None, first),
        (None, {"type": "Sequence", "pretokenizers": [split("x"), first]}),
    ]:
        cases.append((plain(model, normalizer=normalizer, pre_tokenizer=cut), spaced))
    words = ["ab", "a?b", "??a", "a🙂??", "🙂", "?🙂?b", "b", "ab é"]
    met = [BYTES[byte] for byte in sorted(set("?🙂é</w>##".encode()))]
    for settings in [
        {"end_of_word_suffix": "</w>", "tokens": ["b</w>", *met]},
        {"continuing_subword_prefix": "##", "tokens": ["##b", *met]},
        {"tokens": [token for token in met if token >= "<0x80>"]}, {"tokens": met},
    ]:
        for unknown, fuses in [(None, False), ("<unk>", False), ("<unk>", True)]:
            tokens = ["<unk>", *settings["tokens"]]
            model = letters("ab", **settings | {"tokens": tokens}, unk_token=unknown, fuse_unk=fuses, byte_fallback=True)
            cases.append((plain(model), words))
    for unknown in [None, "<unk>"]:
        model = letters("ab_", tokens=["<unk>", *BYTES[0x80:]], byte_fallback=True, unk_token=unknown)
        cases.append((plain(model, pre_tokenizer=level), ["_🙂", "a b", "é_"]))
    twice = {"type": "TemplateProcessing", "special_tokens": {"a": {"id": "a", "ids": [0], "tokens": ["a"]}},
             "single": [{"Sequence": {"id": "A", "type_id": 0}}, {"SpecialToken": {"id": "a", "type_id": 0}},
                        {"Sequence": {"id": "A", "type_id": 1}}],
             "pair": [{"Sequence": {"id": "A", "type_id": 0}}, {"Sequence": {"id": "B", "type_id": 1}}]}
    cases.append((plain(letters("ab"), post_processor=twice), ["", "ab"]))
    cases.append((plain(letters("ab", tokens=["<s>"]), added_tokens=[added(7, "<s>", special=True)]), ["a<s>b"]))
    rows = []
    for description, texts in cases:
        tokenizer = Tokenizer.from_str(json.dumps(description))
        found = [case(tokenizer, text) for text in texts]
        # Bytes of affixes are counted as if the text had them; what then lies behind it covers nothing here.
        for row in found:
            row["offsets"] = [pair if pair[1] <= len(row["text"]) else [0, 0] for pair in row["offsets"]]
        rows.append({"tokenizer": description, "cases": found})
    write("corners.json", rows)


def decodings():
    """What decoders make of ids in any order."""
    random.seed(17)
    replace = {"type": "Replace", "pattern": {"String": "▁"}, "content": " "}
    level = {"type": "ByteLevel", "add_prefix_space": True, "trim_offsets": True, "use_regex": True}
    strip = lambda start, stop: {"type": "Strip", "content": " ", "start": start, "stop": stop}  # noqa: E731
    bytes_of = [BYTES[byte] for byte in (0x41, 0x80, 0xE2, 0x82, 0xAC, 0xC3, 0xA9, 0xF0, 0x9F)]
    some = ["a", "b", "ab", "▁", "▁a", " ", "é", "c</w>", "##b", "|", "<pad>", ".", "Ġ", "Ã", "©", "Ģ", *bytes_of]
    fused = {"type": "Fuse"}
    rows = []
    for decoder in [
        None, [replace, {"type": "ByteFallback"}, fused, strip(1, 0)], [{"type": "ByteFallback"}], [fused, replace],
        [fused, {"type": "Replace", "pattern": {"String": "ab"}, "content": "X"}],
        [fused, {"type": "Replace", "pattern": {"Regex": "a+b"}, "content": "X"}], [fused, strip(2, 0)], [strip(1, 0)],
        level, [level, replace], {"type": "WordPiece", "prefix": "##", "cleanup": True}, [fused, level],
        {"type": "CTC", "pad_token": "<pad>", "word_delimiter_token": "|", "cleanup": True},
        {"type": "BPEDecoder", "suffix": "</w>"}, [replace, {"type": "BPEDecoder", "suffix": "</w>"}],
        {"type": "Metaspace", "replacement": "▁", "prepend_scheme": "always", "split": True},
        [{"type": "ByteFallback"}, {"type": "Metaspace", "replacement": "▁", "prepend_scheme": "first", "split": True}],
    ]:
        if isinstance(decoder, list):
            decoder = {"type": "Sequence", "decoders": decoder}
        description = plain(letters("", tokens=some), decoder=decoder)
        tokenizer = Tokenizer.from_str(json.dumps(description))
        lists = [[random.randrange(len(some)) for _ in range(random.randint(0, 12))] for _ in range(30)]
        rows.append({"decoder": decoder, "cases": [[ids, tokenizer.decode(ids)] for ids in lists]})
    write("decodings.json", {"tokens": some, "decoders": rows})


def of_overflowing_pairs():
    """Pairs with all parts that are cut off."""
    pairs = [("the miller's boy went to the river", " and the river "), ("the", "the river and the mill by the hill")]
    base = json.loads((OUTPUT / "byte_level.tokenizer.json").read_text())
    base["post_processor"] = {"type": "BertProcessing", "sep": ["</s>", 1], "cls": ["<s>", 0]}
    cases = []
    for length, stride, direction in [(11, 0, "right"), (11, 2, "left"), (13, 1, "right")]:
        tokenizer = Tokenizer.from_str(json.dumps(base))
        tokenizer.enable_truncation(length, stride=stride, direction=direction)
        settings = json.loads(tokenizer.to_str())["truncation"]
        for first, second in pairs:
            encoding = tokenizer.encode(first, second)
            cases.append([settings, first, second, [part.ids for part in [encoding, *encoding.overflowing]]])
    write("overflowing_pairs.json", cases)


if "--scripts" in sys.argv:
    scripts()
else:
    byte_level()
    parts(sentencepiece())
    of_models()
    of_patterns()
    of_truncation()
    of_truncated_pairs()
    of_pairs()
    corners()
    decodings()
    of_overflowing_pairs()
