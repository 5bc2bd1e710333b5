#!/usr/bin/env python3
"""Writes Sources/Text/Tokenizers/Unicode/UnicodeTables.swift: the Unicode data of all tokenizers.

The version is pinned to 16.0.0, which is Oniguruma's in the package tokenizers 0.23: on all code points
its regular expressions and these tables agree. What that package takes from elsewhere is of other
versions: normalization (the crate unicode-normalization-alignments) and punctuation
(unicode_categories) of older ones, lower case and numbers (Rust's standard library) of a newer one.

    pip install unicodedata2==16.0.0 tokenizers==0.23.3
    scripts/make-unicode-tables.py              # the tables
    scripts/make-unicode-tables.py --reference  # Tests/Fixtures/unicode/reference.json

The second asks the package tokenizers about every code point, writes checksums of its answers, and
lists each answer that differs from the tables.
"""

import json
import sys
import unicodedata
from pathlib import Path

import unicodedata2

from table_lines import lines

ROOT = Path(__file__).resolve().parents[1]
VERSION = "16.0.0"
assert unicodedata2.unidata_version == VERSION, f"needs unicodedata2=={VERSION}"

# In the order of GeneralCategories.order; each is written as a letter, from A on.
CATEGORIES = ("Lu Ll Lt Lm Lo Mn Mc Me Nd Nl No Pc Pd Ps Pe Pi Pf Po Sm Sc Sk So Zs Zl Zp "
              "Cc Cf Co Cs Cn").split()
LETTERS = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcd"
SCALARS = [code for code in range(0x110000) if not 0xD800 <= code < 0xE000]
HANGUL = range(0xAC00, 0xD7A4)


def category(code):
    return unicodedata2.category(chr(code))


def lowered(code):
    """The full lower case of a scalar by itself, without regard to its neighbours."""
    scalar = chr(code)
    if category(code) == "Cn":
        return scalar
    if unicodedata.category(scalar) != "Cn":
        return scalar.lower()
    # This Python's Unicode is older; what came later is paired by name.
    try:
        return unicodedata2.lookup(unicodedata2.name(scalar, "").replace(" CAPITAL ", " SMALL "))
    except KeyError:
        return scalar


def is_space(code):
    """White_Space: the separators, and six control characters."""
    return category(code)[0] == "Z" or code in (0x9, 0xA, 0xB, 0xC, 0xD, 0x85)


def is_word_in_set(code):
    """Oniguruma's `[\\w]`: Alphabetic (which has four rows of symbols), marks, decimals, connectors."""
    return category(code)[0] in "LM" or category(code) in ("Nl", "Nd", "Pc") or any(
        first <= code <= last for first, last in
        [(0x24B6, 0x24E9), (0x1F130, 0x1F149), (0x1F150, 0x1F169), (0x1F170, 0x1F189)])


def runs(value_of, codes=range(0x110000)):
    """First and last code point and the value of each run of equal values."""
    found = []
    for code in codes:
        value = value_of(code)
        if found and found[-1][2] == value and found[-1][1] == code - 1:
            found[-1][1] = code
        else:
            found.append([code, code, value])
    return found


def categories():
    text = ""
    for first, last, name in runs(category):
        text += LETTERS[CATEGORIES.index(name)] + (str(last - first + 1) if last > first else "")
    return [text[start:start + 92] for start in range(0, len(text), 92)]


def decompositions():
    canonical, compatible = [], []
    for code in SCALARS:
        parts = unicodedata2.decomposition(chr(code)).split()
        if not parts or code in HANGUL:
            continue
        is_compatible = parts[0].startswith("<")
        value = ",".join(f"{int(part, 16):X}" for part in parts[is_compatible:])
        if is_compatible:
            compatible.append(f"{code:X}={value}")
        else:
            composes = unicodedata2.normalize("NFC", chr(code)) == chr(code)
            canonical.append(f"{'' if composes else '!'}{code:X}={value}")
    return canonical, compatible


def spelled(first, last, value):
    return f"{first:X}{f'-{last:X}' if last > first else ''}={value}"


def combining():
    found = runs(lambda code: unicodedata2.combining(chr(code)))
    return [spelled(first, last, f"{value:X}") for first, last, value in found if value]


def lower():
    """`41-5A=61`: a run and the first's small letter; `100-12E/2=101`: every second of a run."""
    entries, found = [], []
    for code in SCALARS:
        small = lowered(code)
        if small == chr(code):
            continue
        target = [ord(scalar) for scalar in small]
        if len(target) > 1:
            entries.append((code, f"{code:X}={','.join(f'{value:X}' for value in target)}"))
            continue
        change = target[0] - code
        run = found[-1] if found else None
        step = code - run[1] if run else 0
        if run and run[3] == change and step in ((run[2],) if run[2] else (1, 2)):
            run[1], run[2] = code, step
        else:
            found.append([code, code, 0, change])
    for first, last, step, change in found:
        end = f"-{last:X}" if last > first else ""
        entries.append((first, f"{first:X}{end}{'/2' if step == 2 else ''}={first + change:X}"))
    return [entry for _, entry in sorted(entries)]


def literal(name, summary, rows):
    body = "\\\n".join(f"    {row}" for row in rows).removesuffix(" ") + "\n"
    return f'  /// {summary}\n  static let {name} = """\n{body}    """\n'


def write_tables():
    canonical, compatible = decompositions()
    members = [
        literal("categories", "General categories: a letter of `GeneralCategories.order`, and for how many.",
                categories()),
        literal("canonical", "Canonical decompositions; `!` marks those that are not composed.",
                lines(canonical)),
        literal("compatible", "Compatibility decompositions.", lines(compatible)),
        literal("combining", "Canonical combining classes other than 0.", lines(combining())),
        literal("lowercase", "Lower case: `41-5A=61` is a run, `100-12E/2=101` every second of one.",
                lines(lower()))]
    (ROOT / "Sources/Text/Tokenizers/Unicode/UnicodeTables.swift").write_text(
        f"/// The data of Unicode {VERSION} that tokenizers use, written by\n"
        "/// scripts/make-unicode-tables.py.\nenum UnicodeTables {\n" + "\n".join(members) + "}\n")


# What is asked about each scalar. An answer is a text.


def by_patterns(patterns, all_scalars):
    """Which of the patterns matches each scalar."""
    from tokenizers import Regex, pre_tokenizers
    answers = dict.fromkeys(SCALARS, "")
    for name, pattern in patterns:
        rest, kept = 0, pre_tokenizers.Split(Regex(pattern), "removed").pre_tokenize_str(all_scalars)
        for _, (start, end) in kept + [("", (len(SCALARS), len(SCALARS)))]:
            for index in range(rest, start):
                answers[SCALARS[index]] += name
            rest = end
    return answers


def by_cuts(part):
    """Whether each scalar, between two letters, is cut off (|), taken out (-) or joined (+)."""
    answers = {}
    for start in range(0, len(SCALARS), 0x4000):
        block = SCALARS[start:start + 0x4000]
        pieces = part.pre_tokenize_str("a" + "".join(chr(code) + "a" for code in block))
        starts = {first for _, (first, _) in pieces}
        covered = {place for _, (first, last) in pieces for place in range(first, last)}
        for index, code in enumerate(block):
            place = 2 * index + 1
            answers[code] = ("-" if place not in covered else "+" if place not in starts else "|")
    return answers


def normal(part, text_of=chr):
    return {code: part.normalize_str(text_of(code)) for code in SCALARS}


def order_probe(code):
    """Marks of known classes (233, 220, 202), among which another takes its place."""
    return "a\u035c\u0316\u0321" + chr(code)


def questions():
    """For each question the reference's answers and those of the tables."""
    from tokenizers import normalizers, pre_tokenizers
    text = "".join(map(chr, SCALARS))
    named = [(name, rf"\p{{{name}}}") for name in CATEGORIES if name != "Cs"]
    yield "category", by_patterns(named, text), category
    yield "space", by_patterns([("s", r"\s")], text), lambda code: "s" if is_space(code) else ""
    yield ("word", by_patterns([("w", r"[\w]")], text),
           lambda code: "w" if is_word_in_set(code) else "")
    yield ("decimal", by_patterns([("d", r"\d")], text),
           lambda code: "d" if category(code) == "Nd" else "")
    for form in ["NFC", "NFD", "NFKC", "NFKD"]:
        yield (form, normal(getattr(normalizers, form)()),
               lambda code, form=form: unicodedata2.normalize(form, chr(code)))
    composed = lambda code: unicodedata2.normalize("NFD", chr(code))  # noqa: E731
    yield ("composition", normal(normalizers.NFC(), composed),
           lambda code: unicodedata2.normalize("NFC", chr(code)))
    yield ("order", normal(normalizers.NFD(), order_probe),
           lambda code: unicodedata2.normalize("NFD", order_probe(code)))
    yield "Lowercase", normal(normalizers.Lowercase()), lowered
    yield ("StripAccents", normal(normalizers.StripAccents()),
           lambda code: "" if category(code)[0] == "M" else chr(code))
    yield "Strip", normal(normalizers.Strip()), lambda code: "" if is_space(code) else chr(code)

    def clean(code):
        if code in (0, 0xFFFD):
            return ""
        if code not in (0x9, 0xA, 0xD) and category(code) in ("Cc", "Cf", "Co"):
            return ""
        return " " if is_space(code) else chr(code)

    flags = dict(clean_text=False, handle_chinese_chars=False, strip_accents=False, lowercase=False)
    yield "BertNormalizer clean_text", normal(
        normalizers.BertNormalizer(**flags | {"clean_text": True})), clean
    yield "BertNormalizer strip_accents", normal(
        normalizers.BertNormalizer(**flags | {"strip_accents": True})), lambda code: "".join(
            scalar for scalar in unicodedata2.normalize("NFD", chr(code))
            if unicodedata2.category(scalar) != "Mn")

    def punctuation(code):
        signs = "PS" if code < 0x80 else "P"
        return category(code)[0] in signs

    cut = lambda test: lambda code: "|" if test(code) else "+"  # noqa: E731
    yield "Punctuation", by_cuts(pre_tokenizers.Punctuation()), cut(punctuation)
    yield "BertPreTokenizer", by_cuts(pre_tokenizers.BertPreTokenizer()), lambda code: (
        "-" if is_space(code) else cut(punctuation)(code))
    yield ("Digits", by_cuts(pre_tokenizers.Digits(individual_digits=True)),
           cut(lambda code: category(code)[0] == "N"))
    yield ("Whitespace", by_cuts(pre_tokenizers.Whitespace()), lambda code: (
        "-" if is_space(code)
        else cut(lambda code: not is_word_in_set(code) and code not in (0x200C, 0x200D))(code)))


def checksum(texts):
    """FNV-1a of 32 bits over the answers, each ended by a zero."""
    value = 0x811C9DC5
    for text in texts:
        for byte in text.encode() + b"\0":
            value = (value ^ byte) * 0x01000193 & 0xFFFFFFFF
    return f"{value:08x}"


def write_reference():
    import tokenizers
    found = {}
    for name, answers, ours in questions():
        blocks = [checksum(answers[code] for code in SCALARS[start:start + 0x4000])
                  for start in range(0, len(SCALARS), 0x4000)]
        differences = {f"{code:04X}": answers[code] for code in SCALARS if answers[code] != ours(code)}
        found[name] = {"checksums": " ".join(blocks), "differences": differences}
        print(f"{name:30} {len(differences):4} of {len(SCALARS)} differ")
    target = ROOT / "Tests/Fixtures/unicode/reference.json"
    target.parent.mkdir(exist_ok=True)
    target.write_text(json.dumps(
        {"tokenizers": tokenizers.__version__, "unicode": VERSION, "questions": found},
        ensure_ascii=True, indent=0, separators=(",", ":")) + "\n")


if "--reference" in sys.argv:
    write_reference()
else:
    write_tables()
