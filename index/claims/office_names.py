"""Names an office: its title, whose it is, and who has it without the titles before the name."""

from collections.abc import Iterator

from index.language.months import MONTHS
from index.language.name_spans import is_date_word, name_span
from index.language.parser import Sentence, Token
from index.language.predicates import is_known, is_office, nation_of

# Words before an office that tell that it is held no longer, and those that are no part of its name.
_FORMER = frozenset("former ex previous erstwhile late late- then onetime".split())
_NO_PART = frozenset("new current present incoming outgoing acting interim longtime own only first last next".split())
# Offices that are named by what they are in charge of.
DEPARTMENTS = frozenset("minister secretary executive officer commissioner".split())
_OWNERS = ("of", "at", "for", "in", "to")


def role_of(sentence: Sentence, office: Token) -> tuple[str, bool]:
    """The office as a phrase in lower case, such as "chief executive", and whether it is said to be a former one."""
    before = []
    for child in sentence.of(office, "compound", "amod", "nmod", "advmod"):
        if child.i < office.i and child.text.lower() not in _NO_PART and _is_part(child, office):
            before.append(child)
    before += [token for token in _title_before(sentence, office) if token not in before]
    before.sort(key=lambda token: token.i)
    former = any(child.text.lower() in _FORMER for child in before)
    words = [child.text.lower() for child in before if child.text.lower() not in _FORMER and child.text.isalpha()]
    return " ".join([*words, office.lemma.lower()]), former


def _is_part(word: Token, office: Token) -> bool:
    """Whether a word before an office belongs to its name: "chief", and "Health" of a "Health Minister"."""
    return word.text.islower() or office.lemma.lower() in DEPARTMENTS and is_known(word.text.lower())


def _title_before(sentence: Sentence, office: Token) -> list[Token]:
    """The words of a title that hang on the name behind it: "Chief Executive Ada Lund"."""
    head = sentence.head(office)
    if office.dep not in ("compound", "nmod") or not head.is_name:
        return []
    words = [child for child in sentence.of(head, "compound", "nmod") if child.i < office.i]
    return [word for word in words if word.text.istitle() and _is_part(word, office) and not nation_of(word.text)]


def owner_of(sentence: Sentence, office: Token) -> Token | None:
    """The body whose office it is: "Norvik's mayor", "the mayor of Norvik", "the Norvik mayor"."""
    owners = [*sentence.of(office, "poss"), *owners_behind(sentence, office), *_names_before(sentence, office)]
    title = _title_before(sentence, office)
    for owner in owners:
        if not is_date_word(owner.text) and owner not in title and not _is_titled(owner, office):
            return owner
    return None


def _names_before(sentence: Sentence, office: Token) -> list[Token]:
    """The words with a capital before an office, the nearest first. In "Norvik chief executive Ada Lund" all of it
    hangs on the name."""
    before = [child for child in sentence.of(office, "compound", "nmod") if child.i < office.i]
    names = [child for child in reversed(before) if child.text[:1].isupper()]
    head = sentence.head(office)
    if office.dep in ("compound", "nmod") and head.is_name:
        names += [child for child in sentence.of(head, "compound", "nmod") if child.is_name and child.i < office.i]
    return names


def _is_titled(word: Token, office: Token) -> bool:
    """Whether a word with a capital before an office is a part of the title."""
    return word.i < office.i and word.dep != "poss" and word.text.istitle() and _is_part(word, office)


def owners_behind(sentence: Sentence, office: Token) -> Iterator[Token]:
    for preposition in sentence.of(office, "prep"):
        # "Commander-in-chief" is one word.
        if preposition.text.lower() in _OWNERS and sentence.tokens[preposition.i - 1].text != "-":
            nouns = sentence.of(preposition, "pobj")
            # "In place of Peter Holm" is no body.
            yield from (noun for noun in nouns if noun.text.lower() not in MONTHS and noun.text.lower() != "place")


def name_of(sentence: Sentence, token: Token) -> str:
    """The name without the titles before it."""
    if not token.is_name:
        return token.text
    start, end = name_span(sentence, token)
    inside = [t for t in sentence.tokens if start <= t.start < end]
    titles = [t for t in inside if t.i < token.i and is_office(t.lemma.lower())]
    return sentence.text[titles[-1].end : end].strip() if titles else sentence.text[start:end]
