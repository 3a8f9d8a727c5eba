"""Finds how an article shortens the names in it: a person's to the last word ("Lund" for Ada Lund), a company's or
club's most often to the first ("Orvane" for Orvane Foods)."""

from collections.abc import Iterable
from dataclasses import dataclass

from index.language.name_spans import name_span
from index.language.parser import Sentence
from index.language.predicates import is_known
from index.language.words import last_word


@dataclass(frozen=True)
class ShortForms:
    """The names of several words whose first, and whose last word stands alone elsewhere in the article."""

    by_first: frozenset[str] = frozenset()
    by_last: frozenset[str] = frozenset()

    def may_be_person(self, name: str) -> bool:
        """Whether nothing in how a name is written speaks against a person: it is not shortened to its first word
        alone, and ends in no common word in the plural, as "Foods", unless that stands for it."""
        last = last_word(name)
        is_plural = last.endswith("s") and is_known(last[:-1])
        return name in self.by_last or not (name in self.by_first or is_plural)


def short_forms(sentences: Iterable[Sentence]) -> ShortForms:
    """The short forms in the sentences of an article."""
    names = {
        sentence.text[slice(*name_span(sentence, token))]
        for sentence in sentences
        for token in sentence.tokens
        if token.is_name
    }
    alone = {name for name in names if " " not in name}
    full = {name: name.split() for name in names - alone}
    by_last = frozenset(name for name, words in full.items() if words[-1] in alone)
    return ShortForms(frozenset(name for name, words in full.items() if words[0] in alone) - by_last, by_last)
