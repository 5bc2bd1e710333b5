import AnnealFiles
import TestSupport
import Testing

@testable import AnnealDatasets

struct CleaningTextTests {
  @Test(arguments: [
    ("cafÃ©", "café"), ("itâ€™s 5 â‚¬", "it’s 5 €"), ("ðŸ˜€ ok", "😀 ok"),
    ("ÃƒÂ©tÃƒÂ©", "été"), ("Ð¿Ñ€Ð¸Ð²ÐµÑ‚", "привет"), ("Â£20", "£20"),
    ("DÃ¼sseldorf", "Düsseldorf"), ("ku\u{C4}\u{87}a", "kuća"), ("æ—¥æœ¬", "日本"),
  ])
  func `UTF-8 that was read as Windows-1252 is mended`(wrong: String, right: String) {
    #expect(Mojibake.repaired(wrong) == right)
  }

  @Test(arguments: [
    "café", "« Où est-ce… thé…» ", "MAÇû", "Ångström", "привет", "日本語", "naïve – “quoted”",
    "SÃO PAULO", "Spaß\u{94}", "Äpfel und Öl", "5 €", "",
  ])
  func `what is meant as it stands is left alone`(text: String) {
    #expect(Mojibake.repaired(text) == nil)
  }

  @Test(arguments: [
    ("email", "Ask jo.doe+x@mail.example.org.", "Ask [EMAIL]."),
    ("card", "card 4111 1111 1111 1111!", "card [CARD]!"),
    ("card", "5500-0000-0000-0004", "[CARD]"),
    ("iban", "IBAN DE89 3704 0044 0532 0130 00", "IBAN [IBAN]"),
    ("iban", "GB82WEST12345698765432", "[IBAN]"),
    ("ip", "from 93.184.216.34 on", "from [IP] on"),
    ("ip", "2001:db8::ff00:42:8329", "[IP]"),
    ("phone", "call +1 (415) 555-0132 now", "call [PHONE] now"),
    ("phone", "030 12345678", "[PHONE]"), ("phone", "(415) 555-0132", "[PHONE]"),
    ("key", "AKIAIOSFODNN7EXAMPLE", "[KEY]"),
    ("key", "hf_abcdefghijklmnopqrstuvwxyzABCDEFGH", "[KEY]"),
    ("key", "api_key = '0123456789abcdef0123456789abcdef'", "api_key = '[KEY]'"),
    ("key", "OPENAI_API_KEY=0123456789abcdefABCDEF", "OPENAI_API_KEY=[KEY]"),
    ("key", "My password: hunter2.", "My password: [KEY]."),
    ("key", #"{"password": "correcthorse"}"#, #"{"password": "[KEY]"}"#),
    ("ssn", "SSN 123-45-6789", "SSN [SSN]"), ("ssn", "SSN 078-05-1120", "SSN [SSN]"),
    ("ssn", "SSN: 123 45 6789", "SSN: [SSN]"),
    ("key", "ghp_0123456789abcdefghijABCDEFGHIJ012345", "[KEY]"),
    ("key", "-----BEGIN RSA PRIVATE KEY-----\nMIIE\n-----END RSA PRIVATE KEY-----\nx", "[KEY]\nx"),
  ])
  func `personal data is found and masked`(kind: String, text: String, masked: String) {
    let wanted = PersonalData.detectors
    #expect(PersonalData.matches(in: ByteText(text), wanted).map(\.kind) == [kind])
    #expect(PersonalData.masked(text, wanted) == masked)
  }

  @Test(arguments: [
    "4111 1111 1111 1112", "DE89 3704 0044 0532 0130 01", "version 1.2.3.4.5", "300.1.1.1",
    "127.0.0.1", "at 12:30:45", "2024-05-17", "1,234,567", "a@b", "sk-learn-is-a-python-library",
    "1234567890", "3.14159265", "355909190063-746", "2566267206918", "@name",
    "0000 0000 0000 0000", "the ratio 10:20:30", "Version 1.2.3.4", "\"version\": \"1.2.3.4\"",
    "666-45-6789", "123-45-67890", "123 45 6789", "password: string",
    "password: 8 characters or more", "password = input()", "api_key = '<your key of 16 digits>'",
    "api_key=your_key_0123456789", "token: next",
  ])
  func `what only resembles personal data is none`(text: String) {
    #expect(PersonalData.matches(in: ByteText(text), PersonalData.detectors).isEmpty)
  }

  @Test(arguments: [
    ("en", "All the people were on their way home when it began to rain."),
    ("de", "Wir haben uns gefreut, dass sie nach der Arbeit noch zu uns gekommen ist."),
    (
      "fr", "Nous sommes partis avec les enfants, mais ils ne voulaient pas rester dans la voiture."
    ),
    ("es", "Cuando llegamos a la casa no había nadie, pero la puerta estaba abierta."),
    ("it", "Quando siamo arrivati alla stazione il treno era già partito e non c'era nessuno."),
    ("pt", "Quando chegamos à casa não havia ninguém, mas a porta estava aberta."),
    ("nl", "Toen we thuis kwamen was er niemand, maar de deur stond nog open."),
    ("sv", "När vi kom hem var det ingen där, men dörren var öppen och det var kallt."),
    ("pl", "Kiedy przyszliśmy do domu, nie było nikogo, ale drzwi były już otwarte."),
    ("tr", "Eve geldiğimizde kimse yoktu ama kapı açık ve içerisi çok soğuk oldu."),
    ("ru", "Когда мы пришли домой, там никого не было, но дверь была открыта."),
    ("uk", "Коли ми прийшли додому, там нікого не було, але двері були вже відчинені."),
    ("ar", "عندما وصلنا إلى البيت لم يكن هناك أحد من الناس"),
    ("ja", "家に着いたとき、誰もいませんでした。"), ("zh", "我们到家的时候没有人在那里。"),
    ("fi", "Kun tulimme kotiin, siellä ei ollut ketään, mutta ovi oli auki."),
    ("cs", "Když jsme přišli domů, nikdo tam nebyl, ale dveře byly otevřené."),
    ("hu", "Amikor hazaértünk, nem volt ott senki, de az ajtó nyitva volt."),
    ("ro", "Când am ajuns acasă nu era nimeni, dar ușa era deschisă."),
    ("id", "Ketika kami tiba di rumah tidak ada orang, tetapi pintu itu sudah terbuka."),
    ("vi", "Khi chúng tôi về đến nhà thì không có ai, nhưng cửa đã mở."),
    ("ko", "집에 도착했을 때 아무도 없었다."), ("el", "Όταν φτάσαμε στο σπίτι δεν ήταν κανείς."),
  ])
  func `the language of a sentence is told`(language: String, text: String) {
    #expect(LanguageIdentifier.language(of: text) == language)
  }

  @Test(arguments: [
    "Am I able to stop a transfer?", "Why do I see an extra fee on my statement?",
    "I dont have a pin", "Can I use an app to pay?", "What is a sad song in a minor key?",
    "No, so do I.",
  ])
  func `plain English is taken for no other language`(text: String) {
    #expect([nil, "en"].contains(LanguageIdentifier.language(of: text)))
  }

  @Test(
    .enabled(if: SharedData.path("datasets") != nil),
    arguments: [
      ("banking77/train.csv", ["text"]), ("banking77/test.csv", ["text"]),
      ("gsm8k/train.jsonl", ["question", "answer"]),
      ("alpaca_en_demo/alpaca_en_demo.json", ["instruction", "input", "output"]),
    ])
  func `of 2000 English rows at most one is taken for another language`(
    path: String, fields: [String]
  ) throws {
    let rows = try RowReader(path: #require(SharedData.path("datasets/" + path))).rows()
    var counts: [String?: Int] = [:]
    for row in rows {
      let text = fields.compactMap { row.fields[$0]?.string }.joined(separator: "\n")
      counts[LanguageIdentifier.language(of: text), default: 0] += 1
    }
    let others = counts.filter { $0.key != nil && $0.key != "en" }
    #expect(2000 * others.values.reduce(0, +) <= rows.count, "\(others)")
    #expect(20 * (counts["en"] ?? 0) >= 19 * rows.count)
  }

  @Test(arguments: [
    "I'm sorry, but I can't help with that.", "I cannot answer.", "I'm unable to do this.",
    "Es tut mir leid, aber dabei kann ich nicht helfen.", "Leider kann ich nicht helfen.",
    "很抱歉，我无法回答这个问题。", "对不起，我不能帮助你。", "Lo siento, pero no puedo ayudarte.",
    "Je suis désolée, mais je ne peux pas répondre.", "Mi dispiace, ma non posso aiutarti.",
    "К сожалению, я не могу ответить на этот вопрос.", "申し訳ありませんが、お答えできません。",
  ])
  func `refusals are known in several languages`(answer: String) {
    #expect(EmptyAnswers.declines(answer))
  }

  @Test(arguments: [
    "The answer is 4.", "She said that I cannot answer the phone.", "对不起是一个词。",
    "Es tut mir leid, dass du krank bist.", "Leider regnet es.", "I'm sorry to hear that.",
  ])
  func `what only sounds like a refusal is none`(answer: String) {
    #expect(!EmptyAnswers.declines(answer))
  }

  @Test(arguments: ["", "12345", "OK", "Anna Schmidt Peter Meyer", "x = foo(bar) + 3"])
  func `of what is too short or no language nothing is said`(text: String) {
    #expect(LanguageIdentifier.language(of: text) == nil)
  }
}
