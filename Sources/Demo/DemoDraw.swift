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
    // As in names with a second capital, which are one word all the same.
    if capitalised, chance(0.06) {
      return pick(words("Mc, Mac, De, La, Le, Di, Van, O', D'")) + madeUpWord(capitalised: true)
    }
    var word = ""
    // Some have no syllables at all, so that no sequence of letters is a surprise.
    if chance(0.12) {
      for _ in 0...(2 + below(5)) { word += pick(Syllables.letters) }
      return capitalised ? word.capitalisedFirst : word
    }
    let syllables = [1, 2, 2, 2, 3][below(5)]
    // Half of the words are put together from pieces of English ones, as most real names are.
    if chance(0.5) {
      for _ in 0..<syllables { word += pick(Syllables.pieces) }
      return capitalised ? word.capitalisedFirst : word
    }
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
  static let pieces = words(
    """
    con, tion, ment, serv, port, ing, er, ly, ness, able, pre, pro, dis, ex, re, un, in, over, under, out,
    form, struct, spect, ject, duct, tract, gen, graph, log, phon, scope, meter, photo, auto, micro, tele,
    ra, na, mi, ko, shi, ta, ri, yo, ka, mo, lo, la, sa, va, do, ma, be, de, fa, ga, ha, jo, ki, lu, ne,
    pa, ro, si, tu, vi, wa, ze, al, an, ar, as, el, en, es, il, is, ol, on, or, um, ur, us, ath, eth, ith,
    ard, berg, burg, dale, field, ford, ham, land, man, mont, stein, ton, ville, wick, wood, worth, er,
    star, stone, sun, moon, rain, snow, sea, sky, rock, sand, gold, lace, silk, spring, night, light, fire,
    hand, head, heart, foot, horn, bird, fish, wolf, bear, fox, bee, ant, oak, elm, ash, rose, leaf, seed,
    cent, cert, chem, cost, cour, crim, cult, cus, dent, dom, dur, fac, fend, fid, fin, flor, flu, fus,
    grat, hum, ism, ist, ive, ize, jun, jur, leg, lib, lum, mag, man, mand, mar, med, mem, min, mis, mob,
    nat, nav, nom, nov, op, ous, pact, par, pat, ped, pend, pet, plan, plex, pos, press, prim, quar, quest,
    rect, rupt, san, scrib, sect, sens, sign, sol, son, stab, stant, sub, sult, super, sur, tain, tem,
    temp, ten, ter, test, text, tex, tor, trans, trib, trop, tur, typ, vac, val, van, vent, ver, vers, vic,
    vis, vol, wheel, work, yard, zoo, ck, tle, ple, ble, dle, gle, mer, ner, ver, ker, bow, ow, ew, aw
    """)
  static let onsets =
    words(
      """
      b, bl, br, c, ch, cl, cr, d, dr, f, fl, fr, g, gl, gr, h, j, k, l, m, n, p, ph, pl, pr, qu, r,
      s, sc, sh, sk, sl, sm, sn, sp, st, str, t, th, tr, v, w, wh, x, y, z, kw, nk, bj, zh
      """) + [""]
  static let letters = words(
    "a, a, b, c, d, e, e, f, g, h, i, i, j, k, l, l, m, n, o, o, p, q, r, s, t, t, u, v, w, x, y, z"
  )
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
