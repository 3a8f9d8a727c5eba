"""Tells which office somebody gets who takes another's place where it is not named: the one that the other had, by what
an article told before."""

from collections.abc import Sequence
from dataclasses import dataclass, field, replace

from index.claim import Status
from index.claims.tenure import Tenure
from index.language.coreference import Discourse
from index.language.parser import Sentence
from index.language.persons import PRONOUNS
from index.language.words import last_word

# Of a claim whose office and body follow from what was told before.
FOLLOWING = 0.86


@dataclass(frozen=True)
class Office:
    """An office as it was told of: its role, its body, and the word that stood for the body, "" where it was named."""

    role: str
    body: str
    word: str


@dataclass
class Offices:
    """The offices that an article has told of so far, by the last names of those who have or had them, the newest
    last."""

    known: dict[str, Office] = field(default_factory=dict)

    def note(self, holder: str, office: Office) -> None:
        """Take in who has or had an office."""
        if office.role and holder:
            self.known.pop(last_word(holder), None)
            self.known[last_word(holder)] = office

    def inherited(
        self, number: int, sentence: Sentence, tenures: Sequence[Tenure], discourse: Discourse
    ) -> list[tuple[Tenure, Office | None]]:
        """The tenures of a sentence, those of heirs with the office of him whose place they take, and those who had it
        before with that of their heir. An heir of nobody whose office is known is left out."""
        read: list[tuple[Tenure, Office | None]] = []
        for tenure in tenures:
            if tenure.role or tenure.owner is not None:
                read.append((tenure, None))
                continue
            names = [name for each in _others(tenure, tenures) for name in _named(number, sentence, each, discourse)]
            office = self._office_of(names, tenure.holder)
            if office is not None:
                read.append((replace(tenure, role=office.role, weight=FOLLOWING), office))
            elif tenure.status is not Status.TOOK and not tenure.whose:
                read.append((tenure, None))
        return read

    def _office_of(self, names: Sequence[str], heir: str) -> Office | None:
        others = [last_word(name) for name in names if last_word(name) != last_word(heir)]
        if names and not others:
            # "Peter Holm was named as her successor": she is not he, but whose office was told of last.
            others = [name for name in self.known if name != last_word(heir)][-1:]
        return next(filter(None, map(self.known.get, others)), None)


def _others(tenure: Tenure, tenures: Sequence[Tenure]) -> list[str]:
    """Whose office it is that somebody gets or loses by a sentence: that of those who lose one there, or get it."""
    if tenure.whose:
        return [tenure.whose]
    other = {Status.TOOK: Status.LOST, Status.LOST: Status.TOOK}.get(tenure.status)
    return [each.holder for each in tenures if each.clause is tenure.clause and each.status is other]


def _named(number: int, sentence: Sentence, name: str, discourse: Discourse) -> list[str]:
    """A name, or those that a pronoun may stand for wherever it stands in the sentence."""
    if name.lower() not in PRONOUNS:
        return [name]
    tokens = [token for token in sentence.tokens if token.text.lower() == name.lower()]
    return [each for token in tokens for each in discourse.resolve(number, sentence, token)]
