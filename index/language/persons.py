"""Tells who a personal pronoun may stand for: somebody of its gender, and nobody whom its own verb acts for.

In "The judge ordered her to pay" she is not the judge: a pronoun never stands for the subject of its own clause
(principle B of Chomsky, Lectures on Government and Binding, 1981).
"""

from collections.abc import Sequence

from index.language.arguments import subjects_of
from index.language.parser import Sentence, Token
from index.language.predicates import is_people
from index.language.words import last_word

_SHE = frozenset("she her hers".split())
_HE = frozenset("he him his".split())
PRONOUNS = _SHE | _HE
_TITLES = {
    "mr": "he", "sir": "he", "lord": "he", "king": "he", "mrs": "she", "ms": "she", "miss": "she", "lady": "she",
    "queen": "she", "dame": "she",
}  # fmt: skip


class Genders:
    """Of which gender persons are, "he" or "she", by the last words of their names, so far as a text has told it."""

    def __init__(self) -> None:
        self._known: dict[str, str] = {}

    def note(self, name: str, gender: str) -> None:
        """Take in the gender of a person, unless it is known."""
        self._known.setdefault(last_word(name), gender)

    def read(self, name: str, beside: Sequence[str]) -> None:
        """Take in what a name with a title, or the nouns beside it, tell: "Mrs Lund", "the chairwoman, Ada Lund"."""
        title = _TITLES.get(name.split()[0].lower().rstrip(".")) if " " in name else None
        ends = [noun[-5:] for noun in beside if noun.endswith("man") and is_people(noun)]
        gender = title or ("she" if "woman" in ends else "he" if ends else None)
        if gender:
            self.note(name, gender)

    def fits(self, name: str, pronoun: str) -> bool | None:
        """Whether a person is of the gender of a pronoun; None where that has not been told."""
        known = self._known.get(last_word(name))
        return None if known is None else known == gender_of(pronoun)


def gender_of(pronoun: str) -> str:
    """ "he" or "she"."""
    return "she" if pronoun in _SHE else "he"


def is_subject(token: Token) -> bool:
    """Whether a pronoun opens what is told: whom it stands for was then spoken of last."""
    return token.dep in ("nsubj", "nsubjpass", "poss")


def acts_on(sentence: Sentence, pronoun: Token, name: str, start: int) -> bool:
    """Whether a name is that of the subject whose verb has the pronoun for its object: by where in the sentence it
    `start`s (-1 in another one), or as "the judge" for Judge Ada Lund."""
    subjects = _subjects(sentence, pronoun)
    inside = {token.start for subject in subjects for token in sentence.subtree(subject) if token.i != pronoun.i}
    named = set(name.lower().split())
    return start in inside or any(subject.lemma.lower() in named for subject in subjects)


def _subjects(sentence: Sentence, pronoun: Token) -> list[Token]:
    """The subjects of the verb that a pronoun is an object of, its own or behind a preposition."""
    if pronoun.dep == "poss":
        return []
    above = sentence.head(pronoun)
    if pronoun.dep == "nsubj":
        # "ordered her to pay": she is the object of the verb above.
        infinitive = above.dep in ("ccomp", "xcomp") and any(t.tag == "TO" for t in sentence.of(above, "aux"))
        return subjects_of(sentence, sentence.head(above)) if infinitive else []
    while above.dep in ("prep", "pobj", "dative") and not above.is_verb and above.head != above.i:
        above = sentence.head(above)
    return subjects_of(sentence, above) if above.is_verb else []
