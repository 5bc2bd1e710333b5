internal import AnnealEvaluation
public import AnnealFiles

/// A comparison by people who do not know which reply came from which model.
///
/// The page shows each request with two replies, left and right by a seeded draw, and saves the votes
/// as a file. Which side was whose is in the key, which the voters do not get.
public struct BlindTest: Sendable {
  /// A request with two replies.
  public struct Item: Sendable, Hashable {
    /// What was asked.
    public var prompt: String
    /// The first model's reply.
    public var first: String
    /// The second model's reply.
    public var second: String
    /// Whether the first model's stands on the left.
    public var firstIsLeft: Bool
  }

  /// What is shown, in this order.
  public let items: [Item]

  /// A test on at most `count` rows that the two models answered differently.
  public init(_ comparison: Comparison, count: Int, seed: UInt64 = 17) {
    var random = SplitMix64(seed: seed)
    var pairs = zip(comparison.base.replies, comparison.tuned.replies).filter {
      $0.0.reply != $0.1.reply
    }
    var items: [Item] = []
    while !pairs.isEmpty, items.count < count {
      let (before, after) = pairs.remove(at: random.below(pairs.count))
      items.append(
        Item(
          prompt: after.prompt, first: before.reply, second: after.reply,
          firstIsLeft: random.below(2) == 0))
    }
    self.items = items
  }

  /// What tells the sides apart, and this test from others.
  public var key: JSON {
    [
      "test": .string(identity),
      "tuned": .array(items.map { .string($0.firstIsLeft ? "right" : "left") }),
    ]
  }

  /// A hash of what is shown: votes belong to one test.
  private var identity: String {
    SHA256Digest.hex(of: items.map { "\($0.prompt)\u{0}\(left($0))\u{0}\(right($0))" }.joined())
  }

  private func left(_ item: Item) -> String { item.firstIsLeft ? item.first : item.second }
  private func right(_ item: Item) -> String { item.firstIsLeft ? item.second : item.first }

  /// The page: votes stay in the browser until they are saved as a file.
  public var page: String {
    let shown = items.map { item -> JSON in
      ["prompt": .string(item.prompt), "left": .string(left(item)), "right": .string(right(item))]
    }
    let data: JSON = ["test": .string(identity), "items": .array(shown)]
    return Page(
      title: "Which reply is better?",
      lead: "\(Amount.count(items.count, of: "request")). Keys: ← left, → right, 0 no difference, "
        + "u to go back. The votes stay in this browser until you save them.",
      body: """
        <div id="progress"></div>
        <section id="item"><h2>Request</h2><pre id="prompt"></pre>
        <div class="pair"><div><h2>Left</h2><pre id="left"></pre></div>
        <div><h2>Right</h2><pre id="right"></pre></div></div>
        <p class="buttons"><button data-vote="left">Left is better</button>
        <button data-vote="tie">No difference</button>
        <button data-vote="right">Right is better</button></p></section>
        <section id="end" hidden><h2>That was all of them. Thank you.</h2></section>
        <p class="buttons"><button id="back">Back</button><button id="save">Save the votes</button></p>
        <script id="data" type="application/json">\(Self.inScript(data))</script>
        <script>\(Self.script)</script>
        """, extraStyle: Self.style
    ).html
  }

  /// JSON that cannot end the element it stands in.
  private static func inScript(_ json: JSON) -> String {
    json.text().replacing("<", with: "\\u003c")
  }

  private static let script = """

    const data = JSON.parse(document.getElementById("data").textContent);
    const byId = (id) => document.getElementById(id);
    const slot = "anneal-votes-" + data.test;
    let votes = [];
    let voter = "";
    try {
      voter = localStorage.getItem("anneal-voter") || Math.random().toString(36).slice(2);
      localStorage.setItem("anneal-voter", voter);
    } catch (error) { voter = Math.random().toString(36).slice(2); }
    try { votes = JSON.parse(localStorage.getItem(slot)) || []; } catch (error) { votes = []; }
    function show() {
      const item = data.items[votes.length];
      byId("item").hidden = !item;
      byId("end").hidden = !!item;
      byId("progress").textContent = votes.length + " of " + data.items.length + " done";
      if (!item) return;
      for (const side of ["prompt", "left", "right"]) byId(side).textContent = item[side];
    }
    function keep() {
      try { localStorage.setItem(slot, JSON.stringify(votes)); } catch (error) { /* this page only */ }
      show();
    }
    function vote(side) { if (votes.length < data.items.length) { votes.push(side); keep(); } }
    function back() { votes.pop(); keep(); }
    document.querySelectorAll("[data-vote]").forEach((button) =>
      button.addEventListener("click", () => vote(button.dataset.vote)));
    byId("back").addEventListener("click", back);
    byId("save").addEventListener("click", () => {
      const file = new Blob([JSON.stringify({ test: data.test, voter: voter, votes: votes }) + "\\n"],
        { type: "application/json" });
      const link = document.createElement("a");
      link.href = URL.createObjectURL(file);
      link.download = "votes.json";
      link.click();
    });
    addEventListener("keydown", (event) => {
      const side = { ArrowLeft: "left", ArrowRight: "right", "0": "tie" }[event.key];
      if (side) { event.preventDefault(); vote(side); }
      if (event.key === "u") back();
    });
    show();

    """

  private static let style = """

    .pair { display: grid; grid-template-columns: 1fr 1fr; gap: 16px; }
    .pair pre, #prompt { white-space: pre-wrap; overflow-wrap: anywhere; }
    .buttons { display: flex; gap: 12px; justify-content: center; margin: 20px 0; }
    button {
      font: inherit; color: var(--ink); background: var(--card); border: 1px solid var(--line);
      border-radius: 8px; padding: 8px 18px; cursor: pointer;
    }
    button:hover { border-color: var(--accent); }
    #progress { color: var(--muted); margin-top: 16px; }
    @media (max-width: 640px) { .pair { grid-template-columns: 1fr; } }

    """
}
