"""Finds whom "he" or "she" in a question stands for: the question is read as the sentence that follows the one quoted
last, as an article would go on."""

from collections.abc import Sequence

from chatbot.question.names import ends_in_common_word, find_names
from index.language.annotations import Annotation
from index.language.coreference import Discourse
from index.language.parser import Sentence, Token
from index.language.persons import PRONOUNS
from index.language.short_forms import short_forms
from index.language.tokens import is_common_word

# "Dr", "Mr", "Gen."
LONGEST_TITLE = 3
# So many of an article are read before and behind the quoted one.
MOST_SENTENCES = 200


def with_person(question: Sentence, asked: str, lines: Sequence[Annotation], start: int) -> str:
    """A question with the name of a person for the first "he" or "she" in it: whom the question before, `asked`, names
    if it names one, else who is meant behind the sentence of an article that starts at this character. `lines` are the
    article's sentences. The question as it is where that is not clear, or where it names somebody before."""
    pronoun = next((token for token in question.tokens if token.text.lower() in PRONOUNS), None)
    if pronoun is None or find_names(question.text[: pronoun.start]):
        return question.text
    person = _meant(question, pronoun, asked, *_read(lines, start))
    return _replaced(question.text, pronoun, _without_title(person)) if person else question.text


def _meant(
    question: Sentence, pronoun: Token, asked: str, discourse: Discourse, before: Sequence[Annotation]
) -> str | None:
    """For whom a pronoun stands: `asked` is the question before, `before` what was read up to its answer."""
    names = [name for name in find_names(asked) if discourse.genders.fits(name, pronoun.text.lower()) is not False]
    for persons in (
        [person for person in discourse.persons if any(_is_of(name, person) for name in names)],
        list(filter(_may_be_person, names)),
        discourse.resolve(len(before), question, pronoun),
        _answering(asked, before, names),
    ):
        if len(persons) == 1:
            return persons[0]
    return None


def _answering(asked: str, before: Sequence[Annotation], names: Sequence[str]) -> list[str]:
    """The names of several words in the answer to a question for a person: that it asks for one is all that tells."""
    if not before or "who" not in asked.lower().split():
        return []
    return [name for name in find_names(before[-1].parsed.text) if " " in name and name not in names]


def _may_be_person(name: str) -> bool:
    return " " in name and not ends_in_common_word(name)


def _read(lines: Sequence[Annotation], start: int) -> tuple[Discourse, list[Annotation]]:
    """An article as it was read up to a sentence, and its sentences up to that: of a book the last ones."""
    before = [line for line in lines if line.start <= start][-MOST_SENTENCES:]
    behind = [line for line in lines if line.start > start][:MOST_SENTENCES]
    discourse = Discourse(short_forms=short_forms(line.parsed for line in [*before, *behind]))
    for number, line in enumerate([*before, *behind]):
        discourse.read(number, line.parsed)
    # Who is a person may be told later, so it is read again.
    discourse.mentions.clear()
    discourse.pairs.clear()
    for number, line in enumerate(before):
        discourse.read(number, line.parsed)
    return discourse, before


def _without_title(name: str) -> str:
    """A name of two words or more without the common words and titles before it: "Health Minister Dr Ada Lund"."""
    parts = name.split()
    while len(parts) > 2 and (is_common_word(parts[0].lower()) or len(parts[0].rstrip(".")) <= LONGEST_TITLE):
        parts.pop(0)
    return " ".join(parts)


def _is_of(name: str, person: str) -> bool:
    """Whether a name is a person's, in full or by the last name."""
    return person.lower() == name.lower() or person.lower().endswith(f" {name.lower()}")


def _replaced(text: str, pronoun: Token, name: str) -> str:
    own = pronoun.dep == "poss" or pronoun.tag == "PRP$"
    return f"{text[: pronoun.start]}{name}{'’s' if own else ''}{text[pronoun.end :]}"
