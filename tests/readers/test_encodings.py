import pytest

from index.characters import text_of
from index.readers.encodings import decoded_text

WESTERN = "Mayor Inés Calder said: “We have no choice” – the repairs cost €14 million. It’s the city’s oldest bridge."
RUSSIAN = "Городской совет решил закрыть старый мост на ремонт с марта по сентябрь, сообщил мэр города в понедельник."


@pytest.mark.parametrize("text, encoding", [
    (WESTERN, "utf-8"), (WESTERN, "utf-8-sig"), (WESTERN, "cp1252"), (WESTERN, "utf-16"), (WESTERN, "utf-16-le"),
    (WESTERN, "utf-16-be"), (WESTERN, "utf-32"), (RUSSIAN, "utf-8"), (RUSSIAN, "cp1251"),
    ("Žofie met Šimon.", "cp1252"), ("", "utf-8"),
])
def test_a_text_is_read_in_its_encoding(text: str, encoding: str) -> None:
    assert decoded_text(text.encode(encoding))[0] == text


@pytest.mark.parametrize("raw", [
    b"The mayor In\x81\x8ds was \x00 here", bytes(range(128, 256)) * 3, b"\x7fELF\x02\x01\x01\x00\xff\xfe\x80",
    b"a\xffb\xfec\x00",
    "Łódź".encode("cp1250"),
])
def test_bytes_that_no_encoding_explains_are_refused(raw: bytes) -> None:
    with pytest.raises(ValueError, match="no encoding"):
        decoded_text(raw)


@pytest.mark.parametrize("label", ["iso-8859-1", "latin1", "us-ascii", "windows-1252", "ISO_8859-1"])
def test_labels_mean_what_browsers_read_them_as(label: str) -> None:
    assert text_of(WESTERN.encode("cp1252"), label) == WESTERN
    assert text_of(WESTERN.encode(), label) == WESTERN
    assert text_of("朱镕基".encode("gb18030"), "gb2312") == "朱镕基"
