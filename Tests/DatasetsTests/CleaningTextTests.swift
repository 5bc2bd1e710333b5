import AnnealFiles
import Testing

@testable import AnnealDatasets

struct CleaningTextTests {
  @Test(arguments: [
    ("cafÃ©", "café"), ("itâ€™s 5 â‚¬", "it’s 5 €"), ("ðŸ˜€ ok", "😀 ok"),
    ("ÃƒÂ©tÃƒÂ©", "été"), ("Ð¿Ñ€Ð¸Ð²ÐµÑ‚", "привет"), ("Â£20", "£20"),
    ("DÃ¼sseldorf", "Düsseldorf"),
  ])
  func `UTF-8 that was read as Windows-1252 is mended`(wrong: String, right: String) {
    #expect(Mojibake.repaired(wrong) == right)
  }

  @Test(arguments: [
    "café", "« Où est-ce… thé…» ", "MAÇû", "Ångström", "привет", "日本語", "naïve – “quoted”",
    "SÃO PAULO", "Äpfel und Öl", "5 €", "",
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
    "1234567890", "3.14159265", "@name", "0000 0000 0000 0000", "the ratio 10:20:30",
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
    ("ko", "집에 도착했을 때 아무도 없었다."), ("el", "Όταν φτάσαμε στο σπίτι δεν ήταν κανείς."),
  ])
  func `the language of a sentence is told`(language: String, text: String) {
    #expect(LanguageIdentifier.language(of: text) == language)
  }

  @Test(arguments: ["", "12345", "OK", "Anna Schmidt Peter Meyer", "x = foo(bar) + 3"])
  func `of what is too short or no language nothing is said`(text: String) {
    #expect(LanguageIdentifier.language(of: text) == nil)
  }
}
