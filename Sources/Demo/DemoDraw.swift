internal import AnnealFiles

extension SplitMix64 {
  /// True with the given probability.
  mutating func chance(_ probability: Double) -> Bool { unit() < probability }

  /// One of `choices`; the empty string when there is none.
  mutating func pick(_ choices: [String]) -> String {
    choices.isEmpty ? "" : choices[below(choices.count)]
  }

  /// A word that no dictionary holds, of one to three syllables, capitalised when asked.
  ///
  /// Made-up words keep a model from learning the values by heart: what it can still learn is to
  /// copy them.
  mutating func madeUpWord(capitalised: Bool = false) -> String {
    var word = ""
    let syllables = [1, 2, 2, 2, 3][below(5)]
    for place in 0..<syllables {
      word += pick(Syllables.onsets) + pick(Syllables.vowels)
      if place == syllables - 1 || chance(0.3) { word += pick(Syllables.codas) }
    }
    return capitalised ? word.capitalisedFirst : word
  }

  /// The elements in another order (Fisher and Yates).
  mutating func shuffled<Element>(_ elements: [Element]) -> [Element] {
    var result = elements
    for place in result.indices.dropFirst().reversed() {
      result.swapAt(place, below(place + 1))
    }
    return result
  }
}

private enum Syllables {
  static let onsets =
    words(
      """
      b, bl, br, c, ch, cl, cr, d, dr, f, fl, fr, g, gl, gr, h, j, k, l, m, n, p, ph, pl, pr, qu, r,
      s, sc, sh, sk, sl, sm, sn, sp, st, str, t, th, tr, v, w, wh, x, y, z, kw, nk, bj, zh
      """) + [""]
  static let vowels = words("a, e, i, o, u, a, e, i, o, ai, ea, ee, ie, io, oa, oo, ou, ia, ui, y")
  static let codas =
    words(
      """
      b, ck, d, f, g, l, ll, lm, m, n, nd, ng, nt, p, r, rd, rk, rn, rs, s, sh, ss, st, t, th, v, x,
      z, que, ne, tte, son, ton, ley, ski, bert
      """) + ["", "", "", ""]
}

extension String {
  /// The string with its first letter made a capital.
  var capitalisedFirst: String { prefix(1).uppercased() + dropFirst() }
}

/// The entries of a list written with commas, over any number of lines.
func words(_ list: String) -> [String] {
  list.split(separator: ",").map { entry in
    String(entry.drop { $0.isWhitespace }.reversed().drop { $0.isWhitespace }.reversed())
  }
}
