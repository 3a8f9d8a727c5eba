import io
from pathlib import Path

import pytest
from pypdf import PdfWriter
from pypdf.generic import DecodedStreamObject, DictionaryObject, NameObject

from tests.readers.test_formats import article

LEFT = (
    "The council of Norvik took over the", "harbour on Monday, after a dispute", "of many years over the old quay of",
    "the town and what it is to cost.",
)
RIGHT = (
    "Captain Aune of the ferry said that", "no one was hurt, and the ferries", "would sail again on Friday from the",
    "new pier at the end of the road.",
)


def drawn(*pieces: tuple[int, int, str], meaning: bytes | None = None) -> bytes:
    """A PDF of one page with each text at its place, in points from the left and from the bottom. `meaning` is a CMap
    that tells which letters its codes stand for."""
    writer = PdfWriter()
    page = writer.add_blank_page(600, 800)
    names = {"/Type": "/Font", "/Subtype": "/Type1", "/BaseFont": "/Helvetica"}
    font = DictionaryObject({NameObject(key): NameObject(value) for key, value in names.items()})
    if meaning is not None:
        letters = DecodedStreamObject()
        letters.set_data(meaning)
        font[NameObject("/ToUnicode")] = writer._add_object(letters)
    fonts = DictionaryObject({NameObject("/F1"): font})
    page[NameObject("/Resources")] = DictionaryObject({NameObject("/Font"): fonts})
    stream = DecodedStreamObject()
    stream.set_data("".join(f"BT /F1 10 Tf {x} {y} Td ({text}) Tj ET\n" for x, y, text in pieces).encode())
    page[NameObject("/Contents")] = writer._add_object(stream)
    out = io.BytesIO()
    writer.write(out)
    return out.getvalue()


@pytest.mark.parametrize("gutter", [260, 300, 340])
def test_columns_are_read_one_after_the_other(tmp_path: Path, gutter: int) -> None:
    head = [(60, 740, "Harbour of Norvik changes hands after a dispute that the whole coast has followed.")]
    rows = [piece for at, pair in enumerate(zip(LEFT, RIGHT, strict=True))
            for piece in ((60, 700 - 14 * at, pair[0]), (gutter, 700 - 14 * at, pair[1]))]
    text = article(tmp_path / "a.pdf", drawn(*head, *rows)).text
    assert text.replace("\n\n", " ") == " ".join([head[0][2], *LEFT, *RIGHT])


def test_three_columns_of_which_one_is_short(tmp_path: Path) -> None:
    texts = [[line[:24].strip() for line in LEFT], [line[:24].strip() for line in RIGHT], ["It is shut now until May"]]
    rows = [(40 + 180 * column, 700 - 14 * at, line) for at in range(4) for column, lines in enumerate(texts)
            for line in lines[at : at + 1]]
    text = article(tmp_path / "a.pdf", drawn(*rows, (400, 686, "of the year"), (400, 672, "that is next"))).text
    assert " ".join(text.split()).endswith("It is shut now until May of the year that is next")


@pytest.mark.parametrize("columns", [(60, 200, 300), (60, 160, 420)])
def test_rows_of_a_table_keep_their_heads(tmp_path: Path, columns: tuple[int, ...]) -> None:
    cells = [("Town", "Held by", "Since"), ("Lindby", "the militia", "3 May"), ("Ostra", "the army", "9 June")]
    rows = [(x, 700 - 14 * at, cell) for at, row in enumerate(cells) for x, cell in zip(columns, row, strict=True)]
    below = [(60, 600, "The council of Norvik took over the harbour on Monday, after a dispute of many years")]
    lines = article(tmp_path / "a.pdf", drawn(*rows, *below)).text.split("\n\n")
    assert lines == [
        "Town: Lindby; Held by: the militia; Since: 3 May", "Town: Ostra; Held by: the army; Since: 9 June",
        below[0][2],
    ]


def test_a_plain_page_is_read_as_before(tmp_path: Path) -> None:
    rows = [(60, 700 - 14 * at, line) for at, line in enumerate(LEFT)]
    assert article(tmp_path / "a.pdf", drawn(*rows)).text == " ".join(LEFT)


@pytest.mark.parametrize(
    "text", ["העיר סגרה את הגשר הישן ביום שלישי.", "ראש העיר אמרה כי המעבורת תפליג מהנמל החדש."]
)
def test_a_line_from_right_to_left_is_read_in_its_order(tmp_path: Path, text: str) -> None:
    """Drawn letter by letter from the left, as many programs do."""
    codes = {letter: 0x41 + n for n, letter in enumerate(dict.fromkeys(text))}
    rows = "".join(f"<{code:02x}> <{ord(letter):04x}>\n" for letter, code in codes.items())
    meaning = (
        "/CIDInit /ProcSet findresource begin 12 dict begin begincmap /CMapType 2 def "
        f"1 begincodespacerange <00> <ff> endcodespacerange {len(codes)} beginbfchar\n{rows}endbfchar endcmap end end"
    )
    written = "".join(chr(codes[letter]) for letter in reversed(text)).replace("\\", "\\\\")
    assert text in article(tmp_path / "a.pdf", drawn((50, 700, written), meaning=meaning.encode())).text
