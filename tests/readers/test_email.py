import datetime
from email.message import EmailMessage
from pathlib import Path

import pytest

from index.article import Article
from tests.readers.test_formats import article, read

LEAD = "The council of Norvik took over the harbour on Monday, after a dispute of many years over the old quay."
MORE = "Captain Aune of the ferry said that no one was hurt, and that the ferries would sail again on Friday."
BOTH = f"{LEAD}\n\n{MORE}"


def message(
    subject: str = "Harbour closed", plain: str = "", html: str = "", sender: str = "Desk <a@b.example>"
) -> EmailMessage:
    built = EmailMessage()
    built["Subject"], built["From"], built["Date"] = subject, sender, "Thu, 05 Dec 2024 08:00:00 +0000"
    if plain:
        built.set_content(plain)
    if html:
        (built.add_alternative if plain else built.set_content)(html, subtype="html")
    return built


@pytest.mark.parametrize("stub", ["See the web version.", "", "No HTML is shown. Go to https://desk.example/1"])
def test_the_part_that_holds_the_text_is_read(tmp_path: Path, stub: str) -> None:
    parsed = article(tmp_path / "a.eml", bytes(message(plain=stub, html=f"<h1>Harbour</h1><p>{LEAD}</p><p>{MORE}</p>")))
    assert parsed.text.split("\n\n") == ["Harbour", LEAD, MORE]


def test_the_plain_part_is_read_where_both_say_the_same(tmp_path: Path) -> None:
    parsed = article(tmp_path / "a.eml", bytes(message(plain=BOTH, html=f"<p>{LEAD}</p><p>{MORE}</p><p>Share</p>")))
    assert parsed.text.split("\n\n") == [LEAD, MORE]


def test_layout_tables_are_blocks_and_data_tables_are_rows(tmp_path: Path) -> None:
    body = (
        f"<table><tr><td><table><tr><td><b>Harbour</b></td></tr><tr><td>{LEAD}</td></tr></table></td>"
        f"<td>{MORE}</td></tr></table><div style='display: none'>SECRET</div>"
        "<table><tr><th>Town</th><th>Cost</th></tr><tr><td>Norvik</td><td>4 million</td></tr></table>"
    )
    parsed = article(tmp_path / "a.eml", bytes(message(html=body)))
    assert parsed.text.split("\n\n") == ["Harbour", LEAD, MORE, "Town: Norvik; Cost: 4 million"]


@pytest.mark.parametrize("footer", [
    "-- \nDesk Ltd, 1 Quay\nUnsubscribe: https://desk.example/u",
    "You are receiving this because you signed up.\nDesk Ltd",
    "Unsubscribe | View in browser",
])
def test_a_senders_footer_is_left_out(tmp_path: Path, footer: str) -> None:
    assert article(tmp_path / "a.eml", bytes(message(plain=f"{BOTH}\n\n{footer}"))).text == BOTH


HEADS = "From: Coast Post <n@c.example>\nDate: Mon, 4 Mar 2024 at 8:00 AM\nSubject: Quay sold\nTo: <b@b.example>\n\n"


@pytest.mark.parametrize("note", [
    "---------- Forwarded message ---------\n" + HEADS, "FYI\n\nBegin forwarded message:\n\n" + HEADS,
    "-----Original Message-----\n" + HEADS, "See this.\n\n" + HEADS.replace("Date:", "Sent:"),
    "> ----- Forwarded message -----\n" + "".join(f"> {line}\n" for line in HEADS.splitlines()),
])
def test_a_forwarded_message_is_of_its_first_sender_and_day(tmp_path: Path, note: str) -> None:
    parsed = article(tmp_path / "a.eml", bytes(message("Fwd: Quay sold", note + LEAD)))
    assert (parsed.text, parsed.title, parsed.author) == (LEAD, "Quay sold", "Coast Post")
    assert parsed.date == datetime.date(2024, 3, 4)


def test_a_message_forwarded_as_an_attachment_is_the_article(tmp_path: Path) -> None:
    outer = message("Fwd: Quay", "See below.", sender="Ann <x@y.example>")
    inner = message("Quay sold", f"{LEAD}\n\n{MORE}", sender="Coast Post <n@c.example>")
    inner.replace_header("Date", "Mon, 04 Mar 2024 08:00:00 +0000")
    outer.add_attachment(inner)
    parsed = article(tmp_path / "a.eml", bytes(outer))
    assert (parsed.text, parsed.author, parsed.date) == (f"{LEAD}\n\n{MORE}", "Coast Post", datetime.date(2024, 3, 4))


def test_an_answer_keeps_its_own_text(tmp_path: Path) -> None:
    text = f"{MORE}\n\n-----Original Message-----\n{HEADS}{LEAD}"
    parsed = article(tmp_path / "a.eml", bytes(message("Re: Quay", text)))
    assert MORE in parsed.text and parsed.author == "Desk"


def test_an_attached_text_is_read_where_the_body_says_only_that(tmp_path: Path) -> None:
    mail = message(plain="Please find the article attached.")
    mail.add_attachment(f"{LEAD}\n\n{MORE}", filename="a.txt")
    assert article(tmp_path / "a.eml", bytes(mail)).text == f"{LEAD}\n\n{MORE}"


@pytest.mark.parametrize("parameters, text", [
    ("format=flowed", "The quay is shut \nuntil May.\nIt opens later.\n> Old \n> words.\n-- \nDesk"),
    ("format=flowed; delsp=yes", "The quay is shut  \nuntil May.\nIt opens later.\n> Old  \n> words.\n-- \nDesk"),
])
def test_flowed_lines_are_joined(tmp_path: Path, parameters: str, text: str) -> None:
    raw = f"Subject: S\nContent-Type: text/plain; charset=utf-8; {parameters}\n\n{text}\n"
    assert article(tmp_path / "a.eml", raw).text == "The quay is shut until May.\n\nIt opens later.\n\nOld words."


@pytest.mark.parametrize("charset", ["iso-8859-1", "us-ascii", "x-unknown", "windows-1252"])
def test_a_mail_called_latin_1_is_read_as_mail_programs_do(tmp_path: Path, charset: str) -> None:
    text = "“We have no choice”, said Inés Aune – it costs €14 million."
    raw = f"Subject: S\nContent-Type: text/plain; charset={charset}\nContent-Transfer-Encoding: 8bit\n\n".encode()
    assert article(tmp_path / "a.eml", raw + text.encode("cp1252")).text == text


def test_a_mailbox_holds_an_article_for_each_message(tmp_path: Path) -> None:
    box = b"".join(
        b"From a@b.example Thu Dec  5 08:00 2024\n" + bytes(message(title, f"{body}\n>From here it goes on.")) + b"\n"
        for title, body in (("One", LEAD), ("Two", MORE))
    )
    results = [(a.title, a.text.replace("\n\n", " ")) for a in read(tmp_path / "a.mbox", box) if isinstance(a, Article)]
    assert results == [("One", f"{LEAD} From here it goes on."), ("Two", f"{MORE} From here it goes on.")]
