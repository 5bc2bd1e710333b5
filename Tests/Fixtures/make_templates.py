"""Writes what jinja2, set up as transformers sets it up, makes of chat templates.

    python make_templates.py [SHARED] [FULL]

Writes `templates/language.json`: small templates of our own over the whole language, with their
output or the fact that they raise. With SHARED, a folder of real templates (`**/*.jinja`), it also
writes `templates/real.json`: for each template and each conversation of the matrix a hash of the
output (FNV-1a over UTF-8, its upper 24 bits) or "!" where jinja2 raises, so that no template's text is kept.
With FULL it writes every output to that file as well, to look at differences.
"""

import datetime
import json
import pathlib
import sys

import transformers.utils.chat_template_utils as reference

HERE = pathlib.Path(__file__).parent / "templates"
NOW = 1753959845  # 2025-07-31 11:04:05 UTC


class FixedTime(datetime.datetime):
    @classmethod
    def now(cls, tz=None):
        return datetime.datetime.fromtimestamp(NOW, datetime.timezone.utc).replace(tzinfo=None)


reference.datetime = FixedTime

VARIABLES = {
    "bos_token": "<s>",
    "eos_token": "</s>",
    "pad_token": "<pad>",
    "unk_token": "<unk>",
}

WEATHER = {
    "type": "function",
    "function": {
        "name": "get_weather",
        "description": "Current weather of a place.",
        "parameters": {
            "type": "object",
            "properties": {
                "place": {"type": "string", "description": "A town, \"as written\" <here>"},
                "unit": {"type": "string", "enum": ["°C", "°F"]},
                "days": {"type": "array", "items": {"type": "integer"}},
            },
            "required": ["place"],
        },
        "return": {"type": "string", "description": "A sentence."},
    },
}
NOTE = {
    "type": "function",
    "function": {
        "name": "keep_note",
        "description": "Keeps a note.",
        "parameters": {
            "type": "object",
            "properties": {"text": {"type": "string", "description": "Text"}},
            "required": [],
        },
    },
}


def call(name, arguments, id="call00001"):
    return {"id": id, "type": "function", "function": {"name": name, "arguments": arguments}}


def system(text="You are kind."):
    return {"role": "system", "content": text}


def user(text="Hello, who are you?"):
    return {"role": "user", "content": text}


def assistant(text="A model.", **more):
    return {"role": "assistant", "content": text, **more}


def tool(text, **more):
    return {"role": "tool", "content": text, **more}


TURNS = [user(), assistant(), user("  And what\ncan you do?\n"), assistant("Little, < & > \"much\".")]
PLACE = {"place": "Zürich", "unit": "°C", "days": [1, 2]}
TOOL_TURNS = [
    user("Weather in Zürich?"),
    assistant(None, tool_calls=[call("get_weather", PLACE)]),
    tool("{\"degrees\": 21.5}", name="get_weather", tool_call_id="call00001"),
    assistant("It is 21.5 °C."),
]
PARTS = [{"type": "text", "text": "Describe"}, {"type": "text", "text": " this."}]
IMAGE = [{"type": "image", "url": "x.png"}, {"type": "text", "text": "What is this?"}]


def matrix():
    """Conversations by name: messages, tools, generation prompt, further variables."""
    plain = {
        "one": [user()],
        "one-system": [system(), user()],
        "turns": TURNS,
        "turns-system": [system(), *TURNS],
        "turns-open": [system(), *TURNS, user("多谢 🙂")],
        "empty": [user(""), assistant("")],
        "empty-system": [system(""), user("x")],
        "only-system": [system()],
        "assistant-first": [assistant("Hi."), user()],
        "two-users": [user("a"), user("b")],
        "late-system": [user("a"), assistant("b"), system("c"), user("d")],
        "unknown-role": [user("a"), {"role": "critic", "content": "b"}],
        "developer": [{"role": "developer", "content": "Be brief."}, user()],
        "parts": [system(), {"role": "user", "content": PARTS}],
        "parts-turns": [{"role": "user", "content": PARTS}, assistant("A text."), user("Why?")],
        "parts-answer": [user(), {"role": "assistant", "content": PARTS}],
        "image": [{"role": "user", "content": IMAGE}],
        "null": [user(), assistant(None)],
        "reasoning": [user(), assistant("42", reasoning_content="Deep\nthought."), user("Sure?")],
        "reasoning-last": [user(), assistant("42", reasoning_content="Deep\nthought.")],
        "think-tags": [user(), assistant("<think>\nhm\n</think>\n\nYes."), user("Go"), assistant("<think>a</think>b")],
        "no-messages": [],
        "name": [{"role": "user", "name": "Ada", "content": "Hi"}],
        "tool-turns": TOOL_TURNS,
        "tool-turns-text": [
            user("Do it"),
            assistant("Doing.", tool_calls=[call("keep_note", "{\"text\": \"a\"}", "abcdefghi")]),
            tool("done", tool_call_id="abcdefghi"),
        ],
        "two-calls": [
            user("Both"),
            assistant("", tool_calls=[call("get_weather", {"place": "A"}, "aaaaaaaa1"), call("keep_note", {"text": "é\n\"q\"", "n": 1.0, "b": True, "z": None}, "aaaaaaaa2")]),
            tool("1", name="get_weather", tool_call_id="aaaaaaaa1"),
            tool("2", name="keep_note", tool_call_id="aaaaaaaa2"),
            user("Thanks"),
        ],
    }
    for name, messages in plain.items():
        for prompt in (False, True):
            yield f"{name}{'+' if prompt else ''}", {"messages": messages, "generate": prompt}
    for name in ("one-system", "turns-open", "tool-turns", "tool-turns-text", "two-calls"):
        yield f"{name}/tools+", {
            "messages": plain[name], "generate": True, "tools": [WEATHER, NOTE]}
    for name in ("one", "turns-system", "reasoning", "tool-turns"):
        for thinking in (False, True):
            yield f"{name}/thinking={thinking}+", {
                "messages": plain[name], "generate": True,
                "variables": {"enable_thinking": thinking, "thinking": thinking}}
    yield "one/effort+", {
        "messages": plain["one"], "generate": True,
        "variables": {"reasoning_effort": "high", "date_string": "01 Jan 2025", "model_identity": "You are X."}}
    yield "one/documents+", {
        "messages": plain["one"], "generate": True,
        "variables": {"documents": [{"title": "T", "text": "Some text.", "doc_id": 1}]}}
    yield "one/builtin+", {
        "messages": plain["one"], "generate": True, "tools": [NOTE],
        "variables": {"builtin_tools": ["browser", "python"], "tools_in_user_message": False}}


def render(source, conversation, variables=VARIABLES):
    more = dict(variables, **conversation.get("variables", {}))
    documents = more.pop("documents", None)
    rendered, _ = reference.render_jinja_template(
        [json.loads(json.dumps(conversation["messages"]))],
        tools=conversation.get("tools"),
        documents=documents,
        chat_template=source,
        add_generation_prompt=conversation["generate"],
        **more,
    )
    return rendered[0]


def attempt(source, conversation, variables=VARIABLES):
    try:
        return render(source, conversation, variables), None
    except Exception as error:  # Every fault of a template counts as "raises".
        return None, f"{type(error).__name__}: {error}"


def fnv(text):
    value = 0x811C9DC5
    for byte in text.encode("utf-8", "surrogatepass"):
        value = ((value ^ byte) * 0x01000193) & 0xFFFFFFFF
    return f"{value >> 8:06x}"


def write_language():
    cases = []
    for line in (HERE / "language.txt").read_text(encoding="utf-8").split("\n---\n"):
        source = line.replace("\\r", "\r") if line.startswith("{# carriage") else line
        conversation = {"messages": TURNS, "generate": True, "tools": [NOTE], "variables": SAMPLE}
        output, _ = attempt(source, conversation)
        cases.append({"source": source, "output": output})
    table = {
        "now": NOW, "messages": TURNS, "tools": [NOTE], "variables": {**VARIABLES, **SAMPLE},
        "cases": cases,
    }
    text = json.dumps(table, ensure_ascii=False, indent=0)
    (HERE / "language.json").write_text(text + "\n", encoding="utf-8")
    print(len(cases), "templates,", sum(c["output"] is None for c in cases), "raise")


SAMPLE = {
    "numbers": [3, 1, 2, 3],
    "words": ["pear", "Apple", "fig", "apple"],
    "table": {"b": 2, "A": 1, "c": [1, {"d": None}], "items": "mine"},
    "tree": [{"n": "a", "kids": [{"n": "b", "kids": []}, {"n": "c", "kids": []}]}, {"n": "d", "kids": []}],
    "people": [{"name": "Ada", "age": 36, "home": {"town": "X"}}, {"name": "Bob", "age": 20, "home": {"town": "Y"}}, {"name": "Cy", "age": 36, "home": {"town": "X"}}],
    "text": "The quick  brown\tfox\njumps — naïve café 🙂",
    "half": 2.5,
    "big": 1e16,
    "tiny": 1.5e-7,
    "wide": 12345678901234567890,
    "yes": True,
    "nothing": None,
    "blank": "",
    "html": "<b>\"it's\" & more</b>",
}


def write_real(shared, full):
    conversations = dict(matrix())
    templates = {}
    outputs = []
    sources = {}
    for path in sorted(pathlib.Path(shared).glob("**/*.jinja")):
        name = str(path.relative_to(shared))
        source = path.read_text(encoding="utf-8")
        sources[name] = source
        hashes = []
        for key, conversation in conversations.items():
            output, error = attempt(source, conversation)
            hashes.append("!" if output is None else fnv(output))
            outputs.append({"template": name, "conversation": key, "output": output, "error": error})
        templates[name] = " ".join(hashes)
    golden = {
        "now": NOW, "variables": VARIABLES, "conversations": conversations, "templates": templates,
    }
    text = json.dumps(golden, ensure_ascii=False, separators=(",", ":"))
    (HERE / "real.json").write_text(text.replace("\"},\"", "\"},\n\"") + "\n", encoding="utf-8")
    print(len(outputs), "pairs,", sum(o["output"] is None for o in outputs), "raise")
    if full:
        everything = {
            "variables": VARIABLES, "conversations": conversations, "sources": sources,
            "pairs": outputs,
        }
        pathlib.Path(full).write_text(json.dumps(everything, ensure_ascii=False), encoding="utf-8")


CHATML = (
    "{{ bos_token }}{% for m in messages %}{{ '<|im_start|>' + m.role + '\\n' }}"
    "{% if m.role == 'assistant' %}{% generation %}{{ m.content + '<|im_end|>' }}{% endgeneration %}"
    "{{ '\\n' }}{% else %}{{ m.content + '<|im_end|>\\n' }}{% endif %}{% endfor %}"
    "{% if add_generation_prompt %}{{ '<|im_start|>assistant\\n' }}{% endif %}"
)


def write_encodings():
    """A tokenizer of our own, and what transformers makes of conversations with it."""
    from tokenizers import Tokenizer, decoders, models, pre_tokenizers, processors, trainers
    from transformers import PreTrainedTokenizerFast

    tokenizer = Tokenizer(models.BPE())
    tokenizer.pre_tokenizer = pre_tokenizers.ByteLevel(add_prefix_space=False)
    tokenizer.decoder = decoders.ByteLevel()
    trainer = trainers.BpeTrainer(
        vocab_size=330, special_tokens=["<s>", "</s>", "<|im_start|>", "<|im_end|>"],
        initial_alphabet=pre_tokenizers.ByteLevel.alphabet(), show_progress=False)
    corpus = ["user assistant system the model can say hello and do a little \n\n"] * 20
    tokenizer.train_from_iterator(corpus, trainer)
    tokenizer.post_processor = processors.TemplateProcessing(
        single="<s> $A", pair="<s> $A $B", special_tokens=[("<s>", tokenizer.token_to_id("<s>"))])
    tokenizer.save(str(HERE / "tokenizer.json"), pretty=False)
    (HERE / "tokenizer_config.json").write_text(
        json.dumps({"bos_token": "<s>", "eos_token": "</s>", "chat_template": CHATML}) + "\n")
    fast = PreTrainedTokenizerFast(
        tokenizer_object=tokenizer, bos_token="<s>", eos_token="</s>", chat_template=CHATML)
    cases = []
    for name, conversation in matrix():
        messages = conversation["messages"]
        if not messages or "tools" in conversation or not all(isinstance(m["content"], str) for m in messages):
            continue
        encoded = fast.apply_chat_template(
            messages, add_generation_prompt=conversation["generate"], tokenize=True,
            return_dict=True, return_assistant_tokens_mask=True)
        cases.append({
            "name": name, "messages": messages, "generate": conversation["generate"],
            "ids": encoded["input_ids"], "mask": encoded["assistant_masks"]})
    text = json.dumps({"cases": cases}, ensure_ascii=False, separators=(",", ":"))
    (HERE / "encodings.json").write_text(text.replace("{\"name\"", "\n{\"name\"") + "\n", encoding="utf-8")
    print(len(cases), "encodings")


if __name__ == "__main__":
    write_language()
    write_encodings()
    if len(sys.argv) > 1:
        write_real(sys.argv[1], sys.argv[2] if len(sys.argv) > 2 else None)
