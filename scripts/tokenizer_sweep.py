"""Random tokenizers: parts of every kind put together by chance, as descriptions for a `tokenizer.json`.

`check-tokenizers.py --sweep N` compares N of them with the package tokenizers. The same seed gives the same ones.
"""
import json
import random

LETTERS = list("abcxsteABĠ▁éß中12٣.!-'_<>ﬁｱカｶﾞ가ᄀあ🙂\u3000\u200d\u0301\n ")
EXPRESSIONS = [
    r"\s+", r"\p{N}{1,3}", r"[^\s\p{L}]+", "a|b", r"\w+|[^\w\s]+", r"\p{L}+", "(?=a)", r"\d", r"[\r\n]", r" ?\p{L}+",
    r"\p{N}{1,3}+", r"\s+$", "^a", r"\bb", ".", "[a-c]{2}", r"\p{Lu}", "(?i)A", "[[:alpha:]]+", "[[:punct:]]", "[^a]",
    r"\S", r"\p{M}", "(?<=a)b", r"(a)\1", "x*", "a{,2}", r"\h+", r"[\p{Han}]+", "[a-c&&[^b]]+", "é", "{|}", "a{2}?"]
BEHAVIORS = ["Removed", "Isolated", "MergedWithPrevious", "MergedWithNext", "Contiguous"]
SCHEMES = ["always", "first", "never"]
BYTES = [f"<0x{byte:02X}>" for byte in range(256)]


class Sweep:
    def __init__(self, seed):
        self.random = random.Random(seed)

    def chance(self, share):
        return self.random.random() < share

    def one(self, choices):
        return self.random.choice(choices)

    def texts(self, count=25):
        words = LETTERS + [" ", " ", "a", "b", "c", "<tok>", "[X]"]
        return ["".join(self.one(words) for _ in range(self.random.randint(0, 14))) for _ in range(count)]

    def pattern(self):
        if self.chance(0.7):
            return {"Regex": self.one(EXPRESSIONS)}
        return {"String": self.one(["a", " ", "ab", "é", "▁", "."])}

    def level(self):
        return {"type": "ByteLevel", "add_prefix_space": self.chance(0.5), "trim_offsets": True,
                "use_regex": self.chance(0.5)}

    def metaspace(self):
        return {"type": "Metaspace", "replacement": "▁", "prepend_scheme": self.one(SCHEMES), "split": self.chance(0.6)}

    def sequence(self, member, part, least):
        return {member: [part(True) for _ in range(self.random.randint(least, 3))]}

    def normalizer(self, is_inner=False):
        kind = self.one(["NFC", "NFD", "NFKC", "NFKD", "Lowercase", "Strip", "StripAccents", "Nmt", "Prepend", "Replace",
                         "BertNormalizer", "ByteLevel"] + ["Sequence"] * (0 if is_inner else 3))
        flag = lambda: self.chance(0.5)  # noqa: E731
        return {"type": kind} | {
            "Sequence": lambda: self.sequence("normalizers", self.normalizer, 0),
            "Strip": lambda: {"strip_left": flag(), "strip_right": flag()},
            "Prepend": lambda: {"prepend": self.one(["▁", "ab"])},
            "Replace": lambda: {"pattern": self.pattern(), "content": self.one(["", "▁", "xy", " "])},
            "BertNormalizer": lambda: {"clean_text": flag(), "handle_chinese_chars": flag(),
                                       "strip_accents": self.one([None, True, False]), "lowercase": flag()},
        }.get(kind, dict)()

    def pre_tokenizer(self, is_inner=False):
        kind = self.one(["ByteLevel", "Split", "Split", "Metaspace", "Digits", "Whitespace", "WhitespaceSplit", "Punctuation",
                         "BertPreTokenizer", "UnicodeScripts", "FixedLength", "CharDelimiterSplit"]
                        + ["Sequence"] * (0 if is_inner else 4))
        return {"type": kind} | {
            "Sequence": lambda: self.sequence("pretokenizers", self.pre_tokenizer, 1),
            "ByteLevel": self.level, "Metaspace": self.metaspace,
            "Split": lambda: {"pattern": self.pattern(), "behavior": self.one(BEHAVIORS), "invert": self.chance(0.3)},
            "Digits": lambda: {"individual_digits": self.chance(0.5)},
            "Punctuation": lambda: {"behavior": self.one(BEHAVIORS)},
            "FixedLength": lambda: {"length": self.random.randint(1, 4)},
            "CharDelimiterSplit": lambda: {"delimiter": self.one(["a", " ", "é"])},
        }.get(kind, dict)()

    def decoder(self, is_inner=False):
        kind = self.one(["ByteLevel", "WordPiece", "ByteFallback", "Fuse", "Replace", "Strip", "Metaspace", "CTC", "BPEDecoder"]
                        + ["Sequence"] * (0 if is_inner else 3))
        return {"type": kind} | {
            "Sequence": lambda: self.sequence("decoders", self.decoder, 1),
            "ByteLevel": self.level, "Metaspace": self.metaspace,
            "WordPiece": lambda: {"prefix": "##", "cleanup": self.chance(0.5)},
            "Replace": lambda: {"pattern": self.pattern(), "content": self.one(["", " ", "y"])},
            # The library traps when it strips an empty piece's end.
            "Strip": lambda: {"content": self.one([" ", "a"]), "start": self.random.randint(0, 2), "stop": 0},
            "CTC": lambda: {"pad_token": "<s>", "word_delimiter_token": "b", "cleanup": self.chance(0.5)},
            "BPEDecoder": lambda: {"suffix": "</w>"},
        }.get(kind, dict)()

    def some_bytes(self):
        return BYTES if self.chance(0.6) else self.random.sample(BYTES, 200)

    def model(self):
        kind = self.one(["BPE", "BPE", "Unigram", "WordPiece", "WordLevel"])
        known = [letter for letter in LETTERS if self.chance(0.8)]
        longer = sorted({"".join(self.one(known) for _ in range(self.random.randint(2, 4))) for _ in range(25)})
        tokens = ["<s>", "</s>", "<unk>", *known]
        falls_back = self.chance(0.35)
        if kind == "BPE":
            return self.pairs(tokens, known, falls_back)
        if kind == "WordPiece":
            tokens += ["##" + token for token in known if self.chance(0.8)] + ["##" + token for token in longer]
        tokens = list(dict.fromkeys(tokens + longer + (self.some_bytes() if kind == "Unigram" and falls_back else [])))
        if kind == "Unigram":
            vocab = [[token, -self.random.randint(1, 9) - self.random.random()] for token in tokens]
            return {"type": kind, "unk_id": 2, "vocab": vocab, "byte_fallback": falls_back}, tokens
        more = {"continuing_subword_prefix": "##", "max_input_chars_per_word": self.one([3, 100])}
        vocab = {token: index for index, token in enumerate(tokens)}
        return {"type": kind, "vocab": vocab, "unk_token": "<unk>"} | (more if kind == "WordPiece" else {}), tokens

    def pairs(self, tokens, known, falls_back):
        prefix, suffix = self.one([None, None, "##"]), self.one([None, None, "</w>"])
        if prefix:
            tokens += [prefix + token for token in known if self.chance(0.8)]
        if suffix:
            tokens += [token + suffix for token in tokens[3:] if self.chance(0.8)]
        tokens = list(dict.fromkeys(tokens))
        parts, merges = tokens[3:], []
        for _ in range(60):
            left, right = self.one(parts), self.one(parts)
            new = left + right[len(prefix or ""):]
            fits = not (suffix and left.endswith(suffix)) and (not prefix or right.startswith(prefix))
            if not fits or [left, right] in merges or " " in left + right or len(new) > 12:
                continue
            merges.append([left, right])
            if new not in tokens:
                tokens.append(new)
                parts.append(new)
        tokens = list(dict.fromkeys(tokens + (self.some_bytes() if falls_back else [])))
        return {"type": "BPE", "dropout": None, "unk_token": self.one([None, "<unk>"]), "continuing_subword_prefix": prefix,
                "end_of_word_suffix": suffix, "fuse_unk": self.chance(0.5), "byte_fallback": falls_back,
                "ignore_merges": self.chance(0.3), "vocab": {token: index for index, token in enumerate(tokens)},
                "merges": merges}, tokens

    def tokenizer(self):
        """A description as JSON text."""
        model, tokens = self.model()
        normalizer = self.normalizer() if self.chance(0.6) else None
        added = [{"id": index, "content": name, "single_word": False, "lstrip": False, "rstrip": False, "normalized": False,
                  "special": True} for index, name in enumerate(["<s>", "</s>"])]
        size = len(tokens)
        for content in ["<tok>", "[X]", "ab", "É"]:
            if self.chance(0.4):
                id = tokens.index(content) if content in tokens else size
                size += content not in tokens
                # What a normalizer changes is decoded otherwise on purpose; see `Tokenizer.decode`.
                added.append({"id": id, "content": content, "single_word": self.chance(0.3), "lstrip": self.chance(0.3),
                              "rstrip": self.chance(0.3), "normalized": normalizer is None and self.chance(0.5),
                              "special": self.chance(0.4)})
        added.sort(key=lambda token: token["id"])
        return json.dumps({
            "version": "1.0", "truncation": None, "padding": None, "added_tokens": added, "normalizer": normalizer,
            "pre_tokenizer": self.pre_tokenizer() if self.chance(0.75) else None, "post_processor": None,
            "decoder": self.decoder() if self.chance(0.9) else None, "model": model}, ensure_ascii=False)
