"""Finds what stands in quotation marks, and whether a text holds a quotation word for word."""

import re
import unicodedata

_QUOTATION = re.compile(
    r"“((?:[^“”]|“[^“”]*”)+)”|(?<!\d)\"([^\"]+)\"|«([^«»]+)»|„([^„“”]+)[“”]|「([^「」]+)」|『([^『』]+)』"
    r"|(?<!\w)‘([^‘’]+(?:’\w[^‘’]*)*)’(?!\w)|(?<!\w)'(?=[^\W\d])([^'\n]{1,2000}+(?:'\w[^'\n]{0,2000}+){0,20})'(?!\w)"
)
# A quotation of several sentences is cut where one of them ends.
_CUT_QUOTATION = re.compile(r"(?:[“„«]|(?<!\w)\")([^“”„«»\"]+)$|^([^“”„«»\"]+)(?:[”»]|(?<=[^\W\d])\"|(?<=[.,!?…])\")")
PUNCTUATION = str.maketrans("’‘‚‹›“”„«»–—‑‐−", "'" * 5 + '"' * 5 + "-" * 5)


def quotations(statement: str) -> list[str]:
    """The texts that `statement` puts in quotation marks, without a closing point or comma of its own."""
    matches = [*_QUOTATION.finditer(statement), *_CUT_QUOTATION.finditer(_QUOTATION.sub(" ", statement))]
    inside = ("".join(filter(None, match.groups())) for match in matches)
    return [text for quoted in inside if (text := quoted.strip().rstrip(".,;:!?…").strip())]


def quotes(text: str, quoted: str) -> bool:
    """Whether `quoted` stands in `text`, word for word; case and typographic variants aside."""
    wanted = re.escape(_plain(quoted))
    return re.search(rf"(?<![a-z\d]){wanted}(?![a-z\d])", _plain(text)) is not None


def _plain(text: str) -> str:
    """`text` with typographic variants of quotation marks, dashes and spaces made one, and without case."""
    plain = unicodedata.normalize("NFKC", text).translate(PUNCTUATION).replace('"', "'").casefold()
    return re.sub(r" ?-++ ?", "-", " ".join(plain.split()))
