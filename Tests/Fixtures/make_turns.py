"""Writes what conversations are learned from where a chat template rewrites earlier turns.

    python make_turns.py SHARED

SHARED is a folder of real templates (`**/*.jinja`), of which nothing is kept. For every template and
conversation `templates/turns.json` has the examples that a model is trained on, made by transformers
(`apply_chat_template`) and the tokenizer that `make_templates.py` writes, with the template's control
tokens added: for each example how many ids it has, how many are learned, and a hash of both; "!" where
the template refuses the conversation.

Where each turn's prompt (with the generation prompt) and each turn, written as the last, begin the
whole text, there is one example with all turns; else one for each turn, of the messages up to it. The
answer begins behind the prompt, or, where the template begins it otherwise than it ends the prompt,
behind the tokens that both share, as TRL has it (`common_prefix_length`). It ends with the token that
closes it. Turns that the template marks (`{% generation %}`) are another matter: those templates are
left out.
"""

import json
import pathlib
import re
import sys

import make_templates as base

from transformers import PreTrainedTokenizerFast

CONTROL = re.compile(r"<[|｜][^|｜<>\s]*[|｜]>|</?think>|<(?:start|end)_of_turn>|<\|turn>|<turn\|>|<\|channel>|<channel\|>|\[/?INST\]|<\|?/?[A-Z_]+\|?>")


def conversations():
    user, assistant = base.user, base.assistant
    yield "one", [user(), assistant("A model.")]
    yield "two", base.TURNS
    yield "three", [base.system(), *base.TURNS, user("the little\n"), assistant("\ncan do")]
    yield "think-one", [user(), assistant("<think>\nhm\n</think>\n\nYes.")]
    yield "think", [user(), assistant("<think>\nhm\n</think>\n\nYes."), user("Go"), assistant("<think>a</think>b")]
    yield "reasoning", [
        user(), assistant("42", reasoning_content="Deep\nthought."), user("Sure?"),
        assistant("Yes", reasoning_content="hm"), user("Really?"), assistant("No")]


class Reference:
    def __init__(self, source):
        self.source = source
        texts = []
        for _, messages in conversations():
            for count in range(1, len(messages) + 1):
                for generate in (False, True):
                    texts.append(self.text(messages[:count], generate) or "")
        self.control = sorted(set(CONTROL.findall("".join(texts))) - {"<s>", "</s>", "<|im_start|>", "<|im_end|>"})
        self.fast = PreTrainedTokenizerFast(
            tokenizer_file=str(base.HERE / "tokenizer.json"), bos_token="<s>", eos_token="</s>",
            chat_template=source)
        self.fast.add_special_tokens({"additional_special_tokens": self.control})
        probe = self.text([base.user("QUESTION"), base.assistant("ANSWER")], False) or ""
        rest = probe.partition("ANSWER")[2]
        self.special = {i for i, token in self.fast.added_tokens_decoder.items() if token.special}
        closing = next((i for i in self.ids(rest) if i in self.special), None)
        self.ends = {self.fast.eos_token_id, closing} - {None}

    def text(self, messages, generate):
        return base.attempt(self.source, {"messages": messages, "generate": generate})[0]

    def ids(self, text):
        return self.fast(text, add_special_tokens=False)["input_ids"]

    def takeover(self, messages, index, whole):
        prompt = self.text(messages[:index], True)
        if prompt is None:
            return None
        if whole.startswith(prompt):
            return len(prompt)
        plain = self.text(messages[:index], False) if index else None
        if plain is None or not prompt.startswith(plain) or not whole.startswith(plain):
            return None
        ending = self.ids(prompt[len(plain):])
        answer = self.fast(whole[len(plain):], add_special_tokens=False, return_offsets_mapping=True)
        shared = 0
        for one, other, place in zip(ending, answer["input_ids"], answer["offset_mapping"]):
            if one != other:
                break
            shared = place[1]
        return len(plain) + shared if shared else None

    def place(self, messages, index):
        """A turn in the text of all messages; None where the template writes it otherwise."""
        whole = self.text(messages, False)
        start = self.takeover(messages, index, whole)
        if index == len(messages) - 1:
            end = len(whole)
        else:
            through = self.text(messages[:index + 1], False)
            end = len(through) if through is not None and whole.startswith(through) else None
        return None if start is None or end is None else (start, end)

    def encoding(self, text, boundaries):
        """Ids and their places: as of the whole where they agree with those of each beginning."""
        encoded = self.fast(text, add_special_tokens=False, return_offsets_mapping=True)
        ids, places = encoded["input_ids"], [p[0] for p in encoded["offset_mapping"]]
        for boundary in boundaries:
            before = self.ids(text[:boundary])
            if ids[:len(before)] != before:
                left, starts = self.encoding(text[:boundary], [b for b in boundaries if b < boundary])
                right, more = self.encoding(text[boundary:], [b - boundary for b in boundaries if b > boundary])
                return left + right, starts + [p + boundary for p in more]
        return ids, places

    def example(self, messages, turns):
        text = self.text(messages, False)
        answers = [i for i, m in enumerate(messages) if m["role"] == "assistant"]
        found = (self.takeover(messages, i, text) for i in answers)
        ids, places = self.encoding(text, sorted({b for b in found if b}))
        mask = [0] * len(ids)
        for start, end in turns:
            inside = [i for i, place in enumerate(places) if start <= place < end]
            last = max((i for i in inside if ids[i] in self.special), default=None)
            if last is None or ids[last] not in self.ends:
                raise LookupError("nothing closes the turn")
            for i in inside:
                mask[i] = int(i <= last)
        if ids[0] == self.fast.bos_token_id:
            mask[0] = 0
        return ids, mask

    def examples(self, messages):
        if self.text(messages, False) is None:
            return None
        answers = [i for i, m in enumerate(messages) if m["role"] == "assistant"]
        turns = [self.place(messages, i) for i in answers]
        if None not in turns:
            return [self.example(messages, turns)]
        parts = [(messages[:i + 1], self.place(messages[:i + 1], i)) for i in answers]
        if any(turn is None for _, turn in parts):
            return None
        return [self.example(part, [turn]) for part, turn in parts]


def told(examples):
    if examples is None:
        return "!"
    facts = []
    for ids, mask in examples:
        text = ",".join(map(str, ids)) + "|" + "".join(map(str, mask))
        facts.append(f"{len(ids)} {sum(mask)} {base.fnv(text)}")
    return "; ".join(facts)


def main(shared):
    table = {}
    for path in sorted(pathlib.Path(shared).glob("**/*.jinja")):
        source = path.read_text(encoding="utf-8")
        if "generation %}" in source or "generation -%}" in source:
            continue
        reference = Reference(source)
        try:
            results = {name: told(reference.examples(messages)) for name, messages in conversations()}
        except LookupError:
            print(path.name, "leaves turns open")
            continue  # The end token that follows then is no matter of the template.
        if set(results.values()) != {"!"}:
            table[str(path.relative_to(shared))] = {"control": reference.control, "examples": results}
    golden = {
        "now": base.NOW, "variables": base.VARIABLES,
        "conversations": {name: {"messages": messages} for name, messages in conversations()},
        "templates": table,
    }
    text = json.dumps(golden, ensure_ascii=False, separators=(",", ":"))
    (base.HERE / "turns.json").write_text(text.replace("\"},\"", "\"},\n\"").replace("}},\"", "}},\n\"") + "\n", encoding="utf-8")
    split = sum("; " in e for t in table.values() for e in t["examples"].values())
    print(len(table), "templates,", split, "conversations turn by turn,",
          sum(e == "!" for t in table.values() for e in t["examples"].values()), "refused")


if __name__ == "__main__":
    main(sys.argv[1])
