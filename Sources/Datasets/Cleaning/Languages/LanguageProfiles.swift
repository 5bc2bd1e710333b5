/// What tells languages of one script apart: their commonest words, and letters of few languages.
struct LanguageProfiles {
  /// A language.
  struct Profile {
    /// Its ISO 639-1 code.
    var code: String
    var script: LanguageIdentifier.Script
    /// Its commonest words, in lower case.
    var words: String
    /// Letters beyond ASCII that it writes and few others do.
    var letters = ""
  }

  /// The languages, to each a line of words.
  static let all = [
    Profile(
      code: "en", script: .latin,
      words:
        "the of and to in is that it was for with as his be at by this had not are but from or "
        + "have an they which one you were her all she there would their we been has when who will "
        + "more no if out so what up its about into than them can only other how my do your i a am me "
        + "why where could should did does don doesn didn won isn just some any get got need want know "
        + "like then these those our am because after before while many much here being very too may "
        + "might must still there's him us each between under again off own same such through"),
    Profile(
      code: "de", script: .latin,
      words:
        "der die und in den von zu das mit sich des auf für ist im dem nicht ein eine als auch "
        + "es an werden aus er hat dass sie nach wird bei einer um am sind noch wie einem über einen "
        + "so zum war haben nur oder aber vor zur bis mehr durch man sein wurde wir ich du mir",
      letters: "ßäöü"),
    Profile(
      code: "fr", script: .latin,
      words:
        "de la le et les des en un du une que est pour qui dans a par plus pas au sur ne se ce il "
        + "sont avec son elle nous vous mais ou leur été aux cette être ont ces était fait je tout "
        + "comme même sans si peut très où dont ça mes votre", letters: "çœèêàùîéâôûëï"),
    Profile(
      code: "es", script: .latin,
      words:
        "de la que el en y a los del se las por un para con no una su al lo como más pero sus le "
        + "ya o este sí porque esta entre cuando muy sin sobre también me hasta hay donde quien desde "
        + "todo nos durante todos uno les ni contra otros ese eso ante ellos es son está fue",
      letters: "ñóíáú"),
    Profile(
      code: "it", script: .latin,
      words:
        "di e il la che in a per un è del non con si una da le dei i sono al alla come più anche "
        + "lo della nel ha dal ma gli delle su questo o se ci nella degli essere suo questa quando "
        + "molto dopo tutti era loro ho perché mi hanno stato", letters: "èàùòì"),
    Profile(
      code: "pt", script: .latin,
      words:
        "de a o que e do da em um para é com não uma os no se na por mais as dos como mas foi ao "
        + "ele das tem à seu sua ou ser quando muito há nos já está eu também só pelo pela até isso "
        + "ela entre era depois sem mesmo aos ter seus quem nas me esse eles você",
      letters: "ãõçâêô"),
    Profile(
      code: "nl", script: .latin,
      words:
        "de het een en van in is dat op te zijn met voor niet aan er om ook als dan maar bij nog "
        + "uit naar worden door over ze zich hij heeft of wordt tot je mijn deze kan werd dit al had "
        + "geen hebben meer we haar ik zou wat wel onder moet", letters: "ĳëï"),
    Profile(
      code: "sv", script: .latin,
      words:
        "och i att det som en på är av för med till den har de inte om ett han men var jag sig "
        + "från vi så kan man när år under också efter eller nu sin där vid mot ska skulle kommer ut "
        + "får finns vara hade alla andra mycket än här då sedan över bara", letters: "åäö"),
    Profile(
      code: "da", script: .latin,
      words:
        "og i at det er en til på som af for med den de ikke der han et har om var jeg men sig fra "
        + "vi så kan man når år under også efter eller nu sin hvor ved mod skal ville kommer ud blev "
        + "være havde alle andre meget end her da over kun hun af hvad noget", letters: "æøå"),
    Profile(
      code: "no", script: .latin,
      words:
        "og i at det er en til på som av for med den de ikke han et har om var jeg men seg fra vi "
        + "så kan man når år under også etter eller nå sin der ved mot skal ville kommer ut ble være "
        + "hadde alle andre mye enn her da over bare hun hva noe fikk blir", letters: "æøå"),
    Profile(
      code: "fi", script: .latin,
      words:
        "ja on ei se että oli hän mutta ovat kuin myös joka niin sen olla hänen kun tai jo mukaan "
        + "ole vain sitä joka nyt jos vielä minä ne mitä kaikki siitä olen tämä sekä voi ollut oli "
        + "jälkeen sanoo kanssa noin sillä tämän eivät enää hyvin", letters: "äö"),
    Profile(
      code: "pl", script: .latin,
      words:
        "w i na się z do nie to że jest o od za jak po przez dla tym a co jego był są ale tak czy "
        + "już który tylko jej oraz być może przed ich przy które było ma tego pod także ze ten jako "
        + "będzie ponieważ która więc bardzo", letters: "ąęłśćźżńó"),
    Profile(
      code: "cs", script: .latin,
      words:
        "a se v na je že to s z do o i ve k pro za by ale jako po od jsem jeho které který však "
        + "nebo jsou také byl při si co být jen tak už jak bylo až ze než před jejich aby která podle "
        + "není jej kde když mezi protože", letters: "ěřůčšžýáíéúňťďó"),
    Profile(
      code: "hu", script: .latin,
      words:
        "a az és hogy nem is egy van ez volt meg csak de már mint ha el azt még ki kell lesz vagy "
        + "szerint után lehet ezt pedig ami nagyon mert minden majd fel mi ne így sem én két között "
        + "amely", letters: "őűáéöüóúí"),
    Profile(
      code: "ro", script: .latin,
      words:
        "de și în a la cu nu pe o care este că din un pentru se mai sa al să fost ca au ale fi dar "
        + "sunt prin dintre după fie cel lui avea cum această despre acest sau era lor când foarte",
      letters: "șțăîâşţ"),
    Profile(
      code: "tr", script: .latin,
      words: "ve bir bu da de için ile olarak çok daha olan gibi en ne kadar sonra var ama ya mi "
        + "değil her o ki diye ise olduğu şey ben sen biz oldu yok nasıl bana onun içinde",
      letters: "ğışİöüç"),
    Profile(
      code: "id", script: .latin,
      words:
        "yang dan di dari untuk dengan ini itu dalam pada adalah tidak akan ke oleh juga sebagai "
        + "mereka ada kami telah saya bahwa karena atau bisa dapat anda lebih sudah tersebut seperti "
        + "orang hanya saat"),
    Profile(
      code: "vi", script: .latin,
      words:
        "và của là có không được cho các một những trong đã với người này để tôi khi từ đến như "
        + "ra về cũng vào nhiều sự theo lại còn rất bạn",
      letters: "ơưđạảấầẩậắặẹẽếềểệịọỏốồổộớờởợụủứừửựỹ"),
    Profile(
      code: "ru", script: .cyrillic,
      words:
        "и в не на я быть он с что а по это она этот к но они мы весь который из у то за свой от "
        + "так о для ты же все год мочь вы как его только или ещё было если уже когда очень был",
      letters: "ыэъё"),
    Profile(
      code: "uk", script: .cyrillic,
      words:
        "і в не на що з я до це та у він як за але від про його так по для ми є вони й або також "
        + "бути який вона якщо ще вже тільки був було дуже коли", letters: "іїєґ"),
    Profile(
      code: "bg", script: .cyrillic,
      words:
        "на и да се в за е от с не че по са като това ще си до към но или той тя съм които който "
        + "беше бъде има те след при още може само много когато аз"),
    Profile(
      code: "sr", script: .cyrillic,
      words:
        "и у је да се на за су од са не као који то до из али о би што није ће била био само или "
        + "која ово све када врло", letters: "јљњћђџ"),
    Profile(
      code: "ar", script: .arabic,
      words:
        "في من على إلى أن هذا التي الذي عن مع هذه كان كما لا ما هو هي بعد قبل كل بين أو ذلك لم قد "
        + "حيث عند حتى إن ثم أي ليس نحن أنا", letters: "ةىإأ"),
    Profile(
      code: "fa", script: .arabic,
      words:
        "و در به از که این را با است برای آن یک خود تا بر هم نیز می شود کرد شد ها او ما من اما یا "
        + "هر بود دارد اگر چه", letters: "پچژگیک"),
  ]

  /// For each word, the languages that have it.
  static let homes = table(all.map { $0.words.split(separator: " ").map(String.init) })

  /// For each letter, the languages that have it.
  static let letters = table(all.map { Array($0.letters.unicodeScalars) })

  private static func table<Key: Hashable>(_ keys: [[Key]]) -> [Key: [Int]] {
    var homes: [Key: [Int]] = [:]
    for (language, keys) in keys.enumerated() {
      for key in Set(keys) { homes[key, default: []].append(language) }
    }
    return homes
  }
}
