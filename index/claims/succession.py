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
    """The offices that an article has told of so far, by the last names of those who have or had them."""

    known: dict[str, Office] = field(default_factory=dict)

    def note(self, holder: str, office: Office) -> None:
        """Take in who has or had an office."""
        if office.role and holder:
            self.known[last_word(holder)] = office

    def inherited(
        self, number: int, sentence: Sentence, tenures: Sequence[Tenure], discourse: Discourse
    ) -> list[tuple[Tenure, Office | None]]:
        """The tenures of a sentence, those of heirs with the office of him whose place they take. An heir of nobody
        whose office is known is left out."""
        read: list[tuple[Tenure, Office | None]] = []
        for tenure in tenures:
            if tenure.role or tenure.owner is not None or tenure.status is not Status.TOOK:
                read.append((tenure, None))
                continue
            lost = [each.holder for each in tenures if each.clause is tenure.clause and each.status is Status.LOST]
            names = [name for holder in lost for name in _named(number, sentence, holder, discourse)]
            if (office := self._office_of(names, tenure.holder)) is not None:
                read.append((replace(tenure, role=office.role, weight=FOLLOWING), office))
        return read

    def _office_of(self, names: Sequence[str], heir: str) -> Office | None:
        offices = (self.known.get(last_word(name)) for name in names if last_word(name) != last_word(heir))
        return next(filter(None, offices), None)


def _named(number: int, sentence: Sentence, name: str, discourse: Discourse) -> list[str]:
    """A name, or those that a pronoun may stand for wherever it stands in the sentence."""
    if name.lower() not in PRONOUNS:
        return [name]
    tokens = [token for token in sentence.tokens if token.text.lower() == name.lower()]
    return [each for token in tokens for each in discourse.resolve(number, sentence, token)]
