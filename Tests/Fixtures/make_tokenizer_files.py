"""Writes Tests/Fixtures/tokenizers/readers: one small tokenizer for each kind of file.

Needs the packages sentencepiece, protobuf, tiktoken, tokenizers and gguf:
    python3 Tests/Fixtures/make_tokenizer_files.py
"""

import base64
import io
import json
import re
import unicodedata
from pathlib import Path

import gguf
import sentencepiece
import tiktoken
from sentencepiece import sentencepiece_model_pb2
from tokenizers import BertWordPieceTokenizer, Regex, Tokenizer, models, pre_tokenizers, processors, trainers

OUTPUT = Path(__file__).resolve().parent / "tokenizers/readers"

CORPUS = [
    "The river ran past the old mill, and the miller's boy ran after it.",
    "She said: \"I'll be there by 10:45, don't wait for me!\" They waited 1234 minutes.",
    "Die Äpfel fielen früh; die Kinder lasen sie auf und liefen nach Hause.",
    "for (int i = 0; i < count; i++) {\n    total += values[i];\n}\n",
    "The boy, the mill, the river: three words that the miller's wife wrote down again.",
] * 3

TEXTS = [
    "", " ", "the miller's boy", "  two  spaces   and three ", "don't WE'LL 12 345 6789 ½",
    "line\n\n\nline\r\n\tend\n", "Äpfel früh, A\u0308pfel 中文 🙂", "for (i = 0;) { x += y[i]; }",
    "the" * 60,
]

# What SentencePiece's own normalization does otherwise than tokenizers'.
PIECE_TEXTS = TEXTS + [
    "the ▁", "▁", " ▁ mill ▁▁ ", "▁the", "  the  ", "e\u0301\u0308 x\u0327\u0301", "ﬁ\u0301n ½\u0308 ①②",
    "か\u3099き\u309a ｶﾞ ㍿", "\u1112\u1161\u11ab한", "a\u200db\u200b c\u00a0d\u3000e", "ﷺ ‴ ⅞",
    "<user>", "<user>the", " <user> ", "the<user>the", "the  <user>  mill", "<user><user>", "＜user＞",
    "<us", "<0x41>", "A\x07\tB\r\nC", "中文字" * 3, "é" * 40, "the mill ran " * 40,
]


def write(name, value):
    path = OUTPUT / name
    path.parent.mkdir(parents=True, exist_ok=True)
    if isinstance(value, bytes):
        path.write_bytes(value)
    else:
        path.write_text(json.dumps(value, ensure_ascii=False, separators=(",", ":")) + "\n")


def cases(encode):
    return [{"text": text, "ids": encode(text)} for text in TEXTS]


def trained_pieces(kind, **options):
    model = io.BytesIO()
    sentencepiece.SentencePieceTrainer.train(
        sentence_iterator=iter(CORPUS), model_writer=model, model_type=kind,
        **{"normalization_rule_name": "identity", "minloglevel": 2, "num_threads": 1} | options)
    return model.getvalue()


def normalized_pieces():
    """Ids and decodings of models with SentencePiece's settings, whose tables are of a few rules."""
    rules = OUTPUT / "rules.tsv"
    table = {"\u00a0": " ", "\u3000": " ", "\t": " ", "\n": " ", "\r": "", "\u200b": " ", "ﬁ": "fi", "½": "1⁄2",
             "①": "1", "②": "2", "e\u0301": "é", "e\u0301\u0308": "É", "x\u0327": "X", "か\u3099": "が",
             "ﷺ": "the  mill", "‴": "′′′", "＜": "<", "＞": ">", "\u1112\u1161": "하", "\u1112\u1161\u11ab": "한"}
    line = "{}\t{}\n".format
    points = lambda text: " ".join(f"{ord(scalar):X}" for scalar in text)
    rules.parent.mkdir(parents=True, exist_ok=True)
    rules.write_text("".join(line(points(old), points(new)) for old, new in table.items()))
    expected = {}
    for name, kind, options in [
        ("rules_bpe", "bpe", {"vocab_size": 420, "byte_fallback": True}),
        ("rules_unigram", "unigram", {"vocab_size": 90}),
        ("rules_bytes", "unigram", {"vocab_size": 345, "byte_fallback": True, "add_dummy_prefix": False}),
        ("rules_spaces", "unigram", {"vocab_size": 90, "remove_extra_whitespaces": False}),
    ]:
        model = trained_pieces(kind, user_defined_symbols=["<user>"], normalization_rule_name="",
                               normalization_rule_tsv=str(rules), unk_surface=" <?> ", **options)
        proto = sentencepiece_model_pb2.ModelProto.FromString(model)
        # Where the rules lay while the model was trained.
        proto.normalizer_spec.ClearField("normalization_rule_tsv")
        model = proto.SerializeToString()
        write(f"{name}/tokenizer.model", model)
        processor = sentencepiece.SentencePieceProcessor(model_proto=model)
        expected[name] = [
            {"text": text, "ids": (ids := processor.encode(text)), "decoded": processor.decode(ids)}
            for text in PIECE_TEXTS]
    rules.unlink()
    return expected


def sentencepieces():
    bpe = trained_pieces("bpe", vocab_size=420, byte_fallback=True, remove_extra_whitespaces=False,
                         user_defined_symbols=["<user>"])
    write("bpe/tokenizer.model", bpe)
    processor = sentencepiece.SentencePieceProcessor(model_proto=bpe)
    expected = {"bpe": cases(processor.encode)}
    trimming = trained_pieces("bpe", vocab_size=420, byte_fallback=True)
    write("trimming/tokenizer.model", trimming)
    expected["trimming"] = cases(
        sentencepiece.SentencePieceProcessor(model_proto=trimming).encode)
    unigram = trained_pieces("unigram", vocab_size=90)
    write("unigram/tokenizer.model", unigram)
    expected["unigram"] = cases(sentencepiece.SentencePieceProcessor(model_proto=unigram).encode)

    # The same pieces as GGUF holds them.
    model = sentencepiece_model_pb2.ModelProto.FromString(bpe)
    writer = gguf.GGUFWriter(None, "llama")
    writer.add_tokenizer_model("llama")
    writer.add_token_list([piece.piece.encode() for piece in model.pieces])
    writer.add_token_scores([piece.score for piece in model.pieces])
    writer.add_token_types([piece.type for piece in model.pieces])
    writer.add_bos_token_id(1)
    writer.add_eos_token_id(2)
    writer.add_unk_token_id(0)
    writer.add_chat_template("{{ messages[0]['content'] }}")
    save(writer, "gguf_pieces/model.gguf")
    expected["gguf_pieces"] = expected["bpe"]
    return expected


def save(writer, name):
    path = OUTPUT / name
    path.parent.mkdir(parents=True, exist_ok=True)
    writer.write_header_to_file(path)
    writer.write_kv_data_to_file()
    writer.close()


def byte_level():
    tokenizer = Tokenizer(models.BPE())
    tokenizer.pre_tokenizer = pre_tokenizers.ByteLevel(add_prefix_space=False)
    tokenizer.train_from_iterator(CORPUS, trainers.BpeTrainer(
        vocab_size=380, min_frequency=2, show_progress=False,
        initial_alphabet=pre_tokenizers.ByteLevel.alphabet()))
    model = json.loads(tokenizer.to_str())["model"]
    merges = [" ".join(pair) for pair in model["merges"]]
    size = len(model["vocab"])
    write("gpt2/vocab.json", model["vocab"])
    write("gpt2/merges.txt", ("#version: 0.2\n" + "\n".join(merges) + "\n").encode())
    write("gpt2/added_tokens.json", {"<|end|>": size, "hello": size + 1})
    write("gpt2/special_tokens_map.json", {"eos_token": {"content": "<|end|>"}})
    expected = {"gpt2": cases(lambda text: tokenizer.encode(text).ids)}

    writer = gguf.GGUFWriter(None, "gpt2")
    writer.add_tokenizer_model("gpt2")
    writer.add_tokenizer_pre("gpt-2")
    tokens = sorted(model["vocab"], key=model["vocab"].get) + ["<|end|>"]
    writer.add_token_list(tokens)
    writer.add_token_types([1] * size + [3])
    writer.add_token_merges(merges)
    writer.add_eos_token_id(size)
    save(writer, "gguf_bytes/model.gguf")
    expected["gguf_bytes"] = expected["gpt2"]

    # tiktoken wants the bytes themselves first, in the order of their ids.
    letters = byte_level_letters()
    ranks = {bytes([byte]): byte for byte in range(256)}
    for left, right in model["merges"]:
        ranks.setdefault(bytes(letters[letter] for letter in left + right), len(ranks))
    lines = [base64.b64encode(token) + b" %d\n" % rank for token, rank in ranks.items()]
    write("ranks/tokenizer.model", b"".join(lines))
    pattern = (r"(?i:'s|'t|'re|'ve|'m|'ll|'d)|[^\r\n\p{L}\p{N}]?\p{L}+|\p{N}{1,3}"
               r"| ?[^\s\p{L}\p{N}]+[\r\n]*|\s*[\r\n]+|\s+(?!\S)|\s+")
    encoding = tiktoken.Encoding("tiny", pat_str=pattern, mergeable_ranks=ranks, special_tokens={})
    expected["ranks"] = cases(encoding.encode_ordinary)
    return expected


# How llama.cpp cuts the words of vocabularies whose tokenizer.ggml.pre is so (src/llama-vocab.cpp).
GPT2 = r"'s|'t|'re|'ve|'m|'ll|'d| ?\p{L}+| ?\p{N}+| ?[^\s\p{L}\p{N}]+|\s+(?!\S)"
CASED = "".join(chr(low) + "-" + chr(high) if high > low else chr(low) for low, high in [
    (65, 90), (97, 122), (0xB5, 0xB5), (0xC0, 0xD6), (0xD8, 0xF6), (0xF8, 0x1BA), (0x1BC, 0x1BF), (0x1C4, 0x293),
    (0x295, 0x2AF), (0x370, 0x373), (0x376, 0x377), (0x37B, 0x37D), (0x37F, 0x37F), (0x386, 0x386), (0x388, 0x38A),
    (0x38C, 0x38C), (0x38E, 0x3A1), (0x3A3, 0x3F5), (0x3F7, 0x481), (0x48A, 0x52F), (0x531, 0x556), (0x10A0, 0x10C5),
    (0x1D00, 0x1D2B), (0x1E00, 0x1F15), (0x1F5F, 0x1F7D), (0x2C00, 0x2C7B), (0xFF21, 0xFF3A), (0xFF41, 0xFF5A)])
PRE = {
    "default": [r"[\p{P}\$\+<=>\^~\|]+", GPT2, r"\p{N}+", "[0-9][0-9][0-9]"],
    "falcon": [r"[\p{P}\$\+<=>\^~\|`]+", GPT2, "[0-9][0-9][0-9]"],
    "deepseek-llm": [r"[\r\n]", rf"\s?[{CASED}]+", "\\s?[!-/:-~！-／：-～‘-‟\u3000-。]+", r"\s+$",
                     "[一-龥\u0800-一가-\ud7ff]+", r"\p{N}"],
    "deepseek-v3": [r"\p{N}{1,3}", "[一-龥\u3040-ゟ゠-ヿ]+",
                    r"""[!"#$%&'()*+,\-./:;<=>?@\[\\\]^_`{|}~][A-Za-z]+|[^\r\n\p{L}\p{P}\p{S}]?[\p{L}\p{M}]+"""
                    r"| ?[\p{P}\p{S}]+[\r\n]*|\s*[\r\n]+|\s+(?!\S)|\s+"],
    "llama4": [r"[^\r\n\p{L}\p{N}]?[\p{Lu}\p{Lt}\p{Lm}\p{Lo}\p{M}]*[\p{Ll}\p{Lm}\p{Lo}\p{M}]+(?i:'s|'t|'re|'ve|'m|'ll|'d)?"
               r"|[^\r\n\p{L}\p{N}]?[\p{Lu}\p{Lt}\p{Lm}\p{Lo}\p{M}]+[\p{Ll}\p{Lm}\p{Lo}\p{M}]*(?i:'s|'t|'re|'ve|'m|'ll|'d)?"
               r"|\p{N}{1,3}| ?[^\s\p{L}\p{N}]+[\r\n/]*|\s*[\r\n]+|\s+(?!\S)|\s+"],
}
WORDS = TEXTS + [
    "don't WE'LL 12345678 ½³ 1234", "a+b=c <= d^e | f~g `h` $5", "x  \n\n  y\t\tz  ", "中文かなカナ한국어 Привет мир",
    "helloWorld HTTPServer iPhone's", "foo(bar)...baz\n// note\n", "e\u0301a\u0308 \u0f40\u0f72", "!!!???\r\n\r\n;;",
    "Ωmega ǆ Ａｂｃ，。「」", " 🙂🙂 🇩🇪\u200d ", "1.5e10 10:45 2024-01-01", "   ",
]


def named_words():
    """Vocabularies whose tokens cross words, so that ids show where a text is cut."""
    tokenizer = Tokenizer(models.BPE())
    tokenizer.pre_tokenizer = pre_tokenizers.ByteLevel(add_prefix_space=False, use_regex=False)
    tokenizer.train_from_iterator(WORDS * 2, trainers.BpeTrainer(
        vocab_size=620, min_frequency=2, show_progress=False, max_token_length=12,
        initial_alphabet=pre_tokenizers.ByteLevel.alphabet()))
    model = json.loads(tokenizer.to_str())["model"]
    tokens = sorted(model["vocab"], key=model["vocab"].get)
    expected = {}
    for name, patterns in PRE.items():
        writer = gguf.GGUFWriter(None, "llama")
        writer.add_tokenizer_model("gpt2")
        writer.add_tokenizer_pre(name)
        writer.add_token_list(tokens)
        writer.add_token_types([1] * len(tokens))
        writer.add_token_merges([" ".join(pair) for pair in model["merges"]])
        if name == "default":
            writer.add_chat_template([
                {"name": "default", "template": "{{ messages[0]['content'] }}"},
                {"name": "tool_use", "template": "{{ messages | length }}"}])
        save(writer, f"words/{name}.gguf")
        cuts = [pre_tokenizers.Split(Regex(pattern), "isolated") for pattern in patterns]
        tokenizer.pre_tokenizer = pre_tokenizers.Sequence(
            [*cuts, pre_tokenizers.ByteLevel(add_prefix_space=False, use_regex=False)])
        expected[f"words/{name}.gguf"] = [
            {"text": text, "ids": tokenizer.encode(text).ids} for text in WORDS]

    # Llama-4's ranks: tokens of the same words, told by the folder's configuration.
    letters = byte_level_letters()
    ranks = {bytes([byte]): byte for byte in range(256)}
    for left, right in model["merges"]:
        ranks.setdefault(bytes(letters[letter] for letter in left + right), len(ranks))
    lines = [base64.b64encode(token) + b" %d\n" % rank for token, rank in ranks.items()]
    write("ranks_llama4/tokenizer.model", b"".join(lines))
    write("ranks_llama4/config.json", {"model_type": "llama4"})
    encoding = tiktoken.Encoding("tiny", pat_str=PRE["llama4"][0], mergeable_ranks=ranks, special_tokens={})
    expected["ranks_llama4"] = [{"text": text, "ids": encoding.encode_ordinary(text)} for text in WORDS]
    return expected


def byte_level_letters():
    """The byte that each letter of GPT-2's alphabet stands for."""
    letters, extra = {}, 0
    for byte in range(256):
        printable = 0x21 <= byte <= 0x7E or 0xA1 <= byte <= 0xAC or 0xAE <= byte <= 0xFF
        letters[chr(byte) if printable else chr(256 + extra)] = byte
        extra += not printable
    assert set(letters) == set(pre_tokenizers.ByteLevel.alphabet())
    return letters


def word_pieces():
    """BERT's vocabularies as llama.cpp's converter writes them: `▁` before a word, no `##`."""
    expected = {}
    for name, lowercase in [("bert", True), ("bert_cased", False)]:
        # Not trained: the trainer breaks ties otherwise each time.
        text = " ".join(CORPUS[:5])
        words = re.findall(r"\w+|[^\w\s]", unicodedata.normalize("NFD", text.lower()) if lowercase else text)
        words = sorted({"".join(c for c in word if not unicodedata.combining(c)) if lowercase else word
                        for word in words})
        letters = sorted(set("".join(words)))
        parts = sorted({word[:3] for word in words} | {"##" + word[-2:] for word in words if len(word) > 2})
        tokens = ["[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]", *letters, *("##" + c for c in letters), *parts,
                  *words[::2]]
        vocab = {token: i for i, token in enumerate(dict.fromkeys(tokens))}
        tokenizer = BertWordPieceTokenizer(vocab, lowercase=lowercase)
        ids = {token: vocab[token] for token in ["[CLS]", "[SEP]"]}
        tokenizer.post_processor = processors.BertProcessing(("[SEP]", ids["[SEP]"]), ("[CLS]", ids["[CLS]"]))
        tokens = sorted(vocab, key=vocab.get)
        bracketed = [token.startswith("[") and token.endswith("]") for token in tokens]
        writer = gguf.GGUFWriter(None, "bert")
        writer.add_tokenizer_model("bert")
        writer.add_tokenizer_pre("bert-bge")
        writer.add_token_list([
            token if keeps else token[2:] if token.startswith("##") else "▁" + token
            for token, keeps in zip(tokens, bracketed)])
        writer.add_token_types([3 if keeps else 1 for keeps in bracketed])
        writer.add_bos_token_id(vocab["[CLS]"])
        writer.add_sep_token_id(vocab["[SEP]"])
        writer.add_unk_token_id(vocab["[UNK]"])
        writer.add_pad_token_id(vocab["[PAD]"])
        save(writer, f"{name}/model.gguf")
        expected[name] = [
            {"text": text, "ids": (ids := tokenizer.encode(text, add_special_tokens=False).ids),
             "all": tokenizer.encode(text).ids, "decoded": tokenizer.decode(ids, skip_special_tokens=False)}
            for text in WORDS + ["The [MASK] mill", "THE MILLER'S wife! 中 [UNK]", "a\u0301 Ä\x00\ufffd"]]
    return expected


def piece_corners():
    """Models made by hand: pieces that are not used, equal scores, and a user's pieces beside longer ones."""
    kinds = sentencepiece_model_pb2.ModelProto.SentencePiece
    expected = {}
    letters = [(letter, -10.0 - place, kinds.NORMAL) for place, letter in enumerate("▁abcd")]
    for name, kind, pieces in [
        ("unused_bpe", 2, [("ab", -1, kinds.UNUSED), ("abc", -2, kinds.NORMAL), ("▁a", -3, kinds.NORMAL),
                           ("bcd", -2.5, kinds.UNUSED), ("bc", -2.75, kinds.UNUSED), ("cd", -2.6, kinds.NORMAL)]),
        ("unused_unigram", 1, [("ab", -1, kinds.UNUSED), ("abc", -2, kinds.NORMAL), ("▁a", -3, kinds.NORMAL)]),
        ("ties", 2, [("ba", -1, kinds.NORMAL), ("ab", -1, kinds.NORMAL), ("aba", -2, kinds.NORMAL), ("aa", -1, kinds.NORMAL),
                     ("aaa", -3, kinds.NORMAL), ("▁▁", -4, kinds.NORMAL), ("▁▁▁", -4, kinds.NORMAL)]),
        ("user", 1, [("ab", 0, kinds.USER_DEFINED), ("abc", 0.5, kinds.NORMAL), ("abd", -0.5, kinds.NORMAL),
                     ("da", 0, kinds.USER_DEFINED), ("▁a", -3, kinds.NORMAL)]),
    ]:
        model = sentencepiece_model_pb2.ModelProto()
        every = [("<unk>", 0, kinds.UNKNOWN), ("<s>", 0, kinds.CONTROL), ("</s>", 0, kinds.CONTROL), *pieces, *letters]
        for text, score, what in every:
            model.pieces.add(piece=text, score=score, type=what)
        model.trainer_spec.model_type = kind
        model.trainer_spec.vocab_size = len(every)
        model.normalizer_spec.name = "identity"
        model.normalizer_spec.remove_extra_whitespaces = False
        write(f"{name}/tokenizer.model", model.SerializeToString())
        processor = sentencepiece.SentencePieceProcessor(model_proto=model.SerializeToString())
        texts = ["abd cab abc", "aba bab", "abc ab abcab", "bcd abcd bc", "aaa aaaa  a", "dabc", "a   b", "dab" * 30, "abcd" * 40]
        expected[name] = [{"text": text, "ids": processor.encode(text)} for text in texts]
    write("corners.json", expected)


piece_corners()
write("cases.json", sentencepieces() | named_words() | word_pieces() | normalized_pieces() | byte_level())
