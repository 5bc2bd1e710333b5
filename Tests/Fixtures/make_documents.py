"""Small documents of every kind that is ingested: python make_documents.py

Needs nothing beyond Python, except pdftoppm (poppler-utils) for the scanned page. All texts were
written for these files.
"""

import hashlib
import io
import pathlib
import subprocess
import zipfile
import zlib

FOLDER = pathlib.Path(__file__).parent / "documents"


def pdf(pages, extra=(), encrypt=None):
    """A PDF of `pages`, each a content stream; `extra` are objects from number 5 + 2 * pages on."""
    count = len(pages)
    objects = {
        1: b"<< /Type /Catalog /Pages 2 0 R >>",
        2: b"<< /Type /Pages /Count %d /Kids [%s] >>"
        % (count, b" ".join(b"%d 0 R" % (5 + 2 * i) for i in range(count))),
        3: b"<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica /Encoding /WinAnsiEncoding >>",
        4: b"<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica-Bold /Encoding /WinAnsiEncoding >>",
    }
    for i, stream in enumerate(pages):
        image = b"/XObject << /Im0 %d 0 R >>" % (5 + 2 * count) if extra else b""
        objects[5 + 2 * i] = (
            b"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 595 842] /Contents %d 0 R"
            b" /Resources << /Font << /F1 3 0 R /F2 4 0 R >> %s >> >>" % (6 + 2 * i, image)
        )
        if encrypt:
            stream = encrypt.stream(6 + 2 * i, stream)
        objects[6 + 2 * i] = b"<< /Length %d >>\nstream\n%s\nendstream" % (len(stream), stream)
    for i, body in enumerate(extra):
        objects[5 + 2 * count + i] = body
    trailer = b"/Root 1 0 R"
    if encrypt:
        number = max(objects) + 1
        objects[number] = encrypt.dictionary()
        trailer += b" /Encrypt %d 0 R /ID [<%s> <%s>]" % (
            number, encrypt.id.hex().encode(), encrypt.id.hex().encode())
    out = io.BytesIO()
    out.write(b"%PDF-1.4\n")
    places = {}
    for number in sorted(objects):
        places[number] = out.tell()
        out.write(b"%d 0 obj\n%s\nendobj\n" % (number, objects[number]))
    start = out.tell()
    out.write(b"xref\n0 %d\n0000000000 65535 f \n" % (len(objects) + 1))
    for number in sorted(objects):
        out.write(b"%010d 00000 n \n" % places[number])
    out.write(b"trailer\n<< /Size %d %s >>\nstartxref\n%d\n%%%%EOF\n" % (len(objects) + 1, trailer, start))
    return out.getvalue()


def show(x, y, size, text, font="F1"):
    text = text.replace("\\", "\\\\").replace("(", "\\(").replace(")", "\\)")
    return b"BT /%s %g Tf %g %g Td (%s) Tj ET\n" % (font.encode(), size, x, y, text.encode("cp1252"))


class Password:
    """The standard security handler, revision 2 (PDF 1.4, 3.5.2): RC4 with 40 bits."""

    PAD = bytes.fromhex("28BF4E5E4E758A4164004E56FFFA01082E2E00B6D0683E802F0CA9FE6453697A")

    def __init__(self, user, owner):
        self.id = hashlib.md5(b"anneal").digest()
        self.permissions = -4
        padded = lambda text: (text + self.PAD)[:32]
        self.owner = self.rc4(hashlib.md5(padded(owner)).digest()[:5], padded(user))
        digest = hashlib.md5(padded(user) + self.owner + (self.permissions & 0xFFFFFFFF).to_bytes(4, "little") + self.id)
        self.key = digest.digest()[:5]
        self.user = self.rc4(self.key, self.PAD)

    @staticmethod
    def rc4(key, data):
        state, j, out = list(range(256)), 0, bytearray()
        for i in range(256):
            j = (j + state[i] + key[i % len(key)]) & 255
            state[i], state[j] = state[j], state[i]
        i = j = 0
        for byte in data:
            i = (i + 1) & 255
            j = (j + state[i]) & 255
            state[i], state[j] = state[j], state[i]
            out.append(byte ^ state[(state[i] + state[j]) & 255])
        return bytes(out)

    def stream(self, number, data):
        return self.rc4(hashlib.md5(self.key + number.to_bytes(3, "little") + b"\0\0").digest()[:10], data)

    def dictionary(self):
        return b"<< /Filter /Standard /V 1 /R 2 /O <%s> /U <%s> /P %d >>" % (
            self.owner.hex().encode(), self.user.hex().encode(), self.permissions)


COLUMNS = [
    # Left and right column of each page; a line that ends with a hyphen goes on in the next.
    (
        ["The kiln is heated slowly, so that the", "glass does not crack. Each hour the tem-",
         "perature rises by fifty degrees, and a", "well-known rule says that a thick piece",
         "needs twice the time of a thin one.", "When the point of softening is near, the",
         "door stays shut for a whole night and"],
        ["nobody may look into the fire. In the", "morning the master reads the log of the",
         "night and writes down what it says.", "A well-", "known mistake is to open the door too",
         "early. The draught then breaks what was", "not yet at rest."],
    ),
    (
        ["Cooling takes longer than heating. The", "pieces stay in the kiln for two days, and",
         "the curve of the second day is flat, as", "any haste would leave tension in the",
         "glass. Tension cannot be seen by eye.", "It shows between two crossed filters,",
         "where a piece under tension lights up"],
        ["in colours. A piece without any stays", "dark from edge to edge. Such pieces are",
         "packed first. The others go back into", "the kiln for another round, which costs",
         "a week but saves the work that went", "into them. Nothing is thrown away that",
         "can be made good again."],
    ),
    (
        ["The log of each firing is kept for ten", "years. It names the pieces, the curve, the",
         "weather of the day and who was there.", "From many logs a rule was found that the",
         "oldest masters had known: rain makes the", "first hour longer, since damp bricks take",
         "up heat before the glass does."],
        ["Whoever plans a firing reads the logs of", "the same month in earlier years. That is",
         "quicker than any calculation and has not", "failed so far. New kilns have their own",
         "habits, and their first ten logs are read", "with care. After that they count as all",
         "others do in the book of the house."],
    ),
]
TITLES = ["Heating", "Cooling", "Keeping Logs"]


def two_columns():
    pages = []
    for number, ((left, right), title) in enumerate(zip(COLUMNS, TITLES), 1):
        head = show(70, 800, 9, "The Annealing Kiln") + show(430, 800, 9, "Workshop Notes 7")
        body = show(200, 740, 18, "Firing Glass by Night", "F2") if number == 1 else b""
        body += show(70, 690, 14, title, "F2")
        # The right column first: the order in the file is not the order of reading.
        for x, lines in ((320, right), (70, left)):
            y = 690 if x == 320 else 665
            for line in lines:
                body += show(x, y, 10, line)
                y -= 14
        pages.append(head + body + show(294, 40, 9, str(number)))
    return pdf(pages)


def scanned():
    """A page that is a picture of text."""
    text = b"".join(show(60, 760 - 30 * i, 20, line) for i, line in enumerate([
        "This page went through a scanner.", "Its letters are a picture now.",
        "Only recognition gives them back.",
    ]))
    source = pdf([text])
    picture = subprocess.run(
        ["pdftoppm", "-r", "100", "-gray", "-"], input=source, capture_output=True, check=True).stdout
    _, size, _, pixels = picture.split(b"\n", 3)
    width, height = map(int, size.split())
    packed = zlib.compress(pixels, 9)
    image = (
        b"<< /Type /XObject /Subtype /Image /Width %d /Height %d /ColorSpace /DeviceGray"
        b" /BitsPerComponent 8 /Filter /FlateDecode /Length %d >>\nstream\n%s\nendstream"
        % (width, height, len(packed), packed))
    return pdf([b"q 595 0 0 842 0 0 cm /Im0 Do Q\n"], [image])


def archive(parts):
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as file:
        for name, text in parts:
            info = zipfile.ZipInfo(name, (2026, 1, 1, 0, 0, 0))
            info.compress_type = zipfile.ZIP_STORED if name == "mimetype" else zipfile.ZIP_DEFLATED
            file.writestr(info, text)
    return out.getvalue()


WORD = "http://schemas.openxmlformats.org/wordprocessingml/2006/main"


def docx(body, more=()):
    types = (
        '<Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types">'
        '<Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/>'
        '<Override PartName="/word/document.xml" ContentType="application/vnd.openxmlformats-'
        'officedocument.wordprocessingml.document.main+xml"/></Types>')
    relations = (
        '<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships">'
        '<Relationship Id="r1" Type="http://schemas.openxmlformats.org/officeDocument/2006/'
        'relationships/officeDocument" Target="word/document.xml"/></Relationships>')
    styles = "".join(
        f'<w:style w:type="paragraph" w:styleId="Heading{n}"><w:name w:val="heading {n}"/></w:style>'
        for n in (1, 2))
    document = f'<w:document xmlns:w="{WORD}"><w:body>{body}</w:body></w:document>'
    return archive([
        ("[Content_Types].xml", types), ("_rels/.rels", relations), ("word/document.xml", document),
        ("word/styles.xml", f'<w:styles xmlns:w="{WORD}">{styles}</w:styles>'),
        ("word/_rels/document.xml.rels", relations.replace("officeDocument\" T", "styles\" T").replace(
            "word/document.xml", "styles.xml")),
        *more])


def paragraph(text, style=None):
    look = f'<w:pPr><w:pStyle w:val="{style}"/></w:pPr>' if style else ""
    return f"<w:p>{look}<w:r><w:t>{text}</w:t></w:r></w:p>"


def kiln_docx():
    cell = lambda text: f"<w:tc>{paragraph(text)}</w:tc>"
    row = lambda *cells: "<w:tr>" + "".join(map(cell, cells)) + "</w:tr>"
    return docx(
        paragraph("Care of the Kiln", "Heading1") + paragraph("Sweep it once a week.")
        + paragraph("Bricks", "Heading2") + paragraph("Damp bricks crack. Dry them first.")
        + "<w:tbl><w:tblPr/><w:tblGrid><w:gridCol w:w=\"4000\"/><w:gridCol w:w=\"4000\"/></w:tblGrid>" + row("Part", "Years") + row("Door", "12") + "</w:tbl>")


def epub():
    container = (
        '<container xmlns="urn:oasis:names:tc:opendocument:xmlns:container" version="1.0"><rootfiles>'
        '<rootfile full-path="book.opf" media-type="application/oebps-package+xml"/>'
        "</rootfiles></container>")
    package = (
        '<package xmlns="http://www.idpf.org/2007/opf" version="3.0" unique-identifier="i">'
        '<metadata xmlns:dc="http://purl.org/dc/elements/1.1/"><dc:identifier id="i">kiln</dc:identifier>'
        "<dc:title>The Book of Kilns</dc:title><dc:language>en</dc:language></metadata>"
        '<manifest><item id="c" href="one.xhtml" media-type="application/xhtml+xml"/></manifest>'
        '<spine><itemref idref="c"/></spine></package>')
    chapter = (
        '<html xmlns="http://www.w3.org/1999/xhtml"><head><title>One</title></head><body>'
        "<h1>The First Fire</h1><p>Nobody remembers who lit it.</p></body></html>")
    return archive([
        ("mimetype", "application/epub+zip"), ("META-INF/container.xml", container),
        ("book.opf", package), ("one.xhtml", chapter)])


def odt():
    content = (
        '<office:document-content xmlns:office="urn:oasis:names:tc:opendocument:xmlns:office:1.0"'
        ' xmlns:text="urn:oasis:names:tc:opendocument:xmlns:text:1.0" office:version="1.2">'
        '<office:body><office:text><text:h text:outline-level="1">Wood</text:h>'
        "<text:p>Oak burns long and even.</text:p></office:text></office:body>"
        "</office:document-content>")
    styles = (
        '<office:document-styles xmlns:office="urn:oasis:names:tc:opendocument:xmlns:office:1.0"'
        ' office:version="1.2"><office:styles/></office:document-styles>')
    return archive([
        ("mimetype", "application/vnd.oasis.opendocument.text"), ("content.xml", content),
        ("styles.xml", styles)])


def bomb():
    """A document that says it unpacks to 600 MiB: the sizes in its directory are made up."""
    data = bytearray(docx(paragraph("Small."), [("word/media/large.bin", b"\0" * 1000)]))
    place = data.rfind(b"PK\x01\x02")
    data[place + 24:place + 28] = (600 << 20).to_bytes(4, "little")
    return bytes(data)


FILES = {
    "columns.pdf": two_columns,
    "locked.pdf": lambda: pdf([show(70, 700, 12, "Nobody reads this.")], encrypt=Password(b"kiln", b"fire")),
    "scanned.pdf": scanned,
    "damaged.pdf": lambda: b"%PDF-1.4\n1 0 obj\n<< /Type /Catalog /Pages 2 0 R >>\nendobj\n2 0 obj\n<< /Type /Pa",
    "kiln.docx": kiln_docx,
    "kiln.epub": epub,
    "wood.odt": odt,
    "bomb.docx": bomb,
    "outside.docx": lambda: docx(paragraph("Small."), [("../../outside.txt", "Not here.")]),
    "cut.docx": lambda: kiln_docx()[:700],
}

if __name__ == "__main__":
    FOLDER.mkdir(exist_ok=True)
    for name, make in FILES.items():
        data = make()
        (FOLDER / name).write_bytes(data)
        print(f"{name}: {len(data)} bytes")
