"""Writes Tests/Fixtures/tokenizers, and with --tables the table of Unicode decompositions.

Needs the package tokenizers:
    python3 Tests/Fixtures/make_tokenizers.py [--tables]
"""

import copy
import json
import sys
import unicodedata
from pathlib import Path

from tokenizers import Tokenizer, models, normalizers, pre_tokenizers, trainers

ROOT = Path(__file__).resolve().parents[2]


def lines(entries, width=92):
    line = ""
    for entry in entries:
        if len(line) + len(entry) + 1 > width:
            yield line
            line = ""
        line += entry + " "
    yield line


def literal(name, summary, entries):
    body = "".join(f"    {line}\\\n" for line in lines(entries)).removesuffix(" \\\n") + "\n"
    return f'  /// {summary}\n  static let {name} = """\n{body}    """\n'


def tables():
    canonical, compatible = [], []
    for code in range(0x110000):
        if 0xAC00 <= code < 0xD7A4:
            continue
        decomposition = unicodedata.decomposition(chr(code))
        if not decomposition:
            continue
        parts = decomposition.split()
        is_compatible = parts[0].startswith("<")
        if is_compatible:
            parts = parts[1:]
        value = ",".join(f"{int(part, 16):X}" for part in parts)
        if is_compatible:
            compatible.append(f"{code:X}={value}")
        else:
            composes = unicodedata.normalize("NFC", chr(code)) == chr(code)
            canonical.append(f"{'' if composes else '!'}{code:X}={value}")
    target = ROOT / "Sources/Text/Tokenizers/Normalizers/NormalizationTable.swift"
    target.write_text(
        f"/// The decompositions of Unicode {unicodedata.unidata_version}, written by\n"
        "/// Tests/Fixtures/make_tokenizers.py.\n"
        "enum NormalizationTable {\n"
        + literal("canonical", "Canonical decompositions; `!` marks those that are not composed.",
                  canonical)
        + "\n" + literal("compatible", "Compatibility decompositions.", compatible) + "}\n")


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
    OUTPUT.mkdir(parents=True, exist_ok=True)
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
    sample = ["", " The boy, the thethe mill 12 x9.  Ägä 한 ﬁ²  ", "a\n\tthe  !?the"]
    cases = []
    for variant in variants:
        description = base | {key: value for key, value in variant.items() if key != "model"}
        description["model"] = base["model"] | variant.get("model", {})
        tokenizer = Tokenizer.from_str(json.dumps(description))
        cases.append({"variant": variant, "cases": [case(tokenizer, text) for text in sample]})
    write("parts.json", {"tokenizer": base, "variants": cases})


if "--tables" in sys.argv:
    tables()
else:
    byte_level()
    parts(sentencepiece())
