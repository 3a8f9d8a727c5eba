"""Reads a question's syntax: its predicate, its arguments, and the gap that an answer has to fill."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from enum import StrEnum
from functools import cached_property

from index.language.clauses import Argument, Clause, clauses_of
from index.language.parser import Sentence, Token
from index.language.predicates import is_people, is_place

_QUANTITIES = frozenset(
    "many much long old far often big large tall fast deep high soon late strong wide heavy".split()
)
_TIMES = frozenset("time date day year month week hour century season weekday moment".split())
_REASONS = frozenset("reason cause purpose motive".split())
_NUMBERS = frozenset(
    "number percentage share age toll price cost size amount total figure score rate population".split()
)


class Gap(StrEnum):
    """The kind of thing that answers."""

    PERSON = "person"
    PLACE = "place"
    TIME = "time"
    NUMBER = "number"
    REASON = "reason"
    MANNER = "manner"
    THING = "thing"
    NOTHING = "nothing"


_GAPS = {
    "who": Gap.PERSON,
    "whom": Gap.PERSON,
    "whose": Gap.PERSON,
    "when": Gap.TIME,
    "where": Gap.PLACE,
    "why": Gap.REASON,
}


@dataclass(frozen=True)
class Query:
    """`gap` is what is asked for, `role` the role that it has in the clause (None where the syntax does not say),
    `focus` the noun that names it ("party" in "which party"), `clause` the clause that is asked about."""

    sentence: Sentence
    gap: Gap
    role: str | None
    focus: str | None
    clause: Clause | None

    @cached_property
    def arguments(self) -> list[Argument]:
        """What the question gives: the arguments of its clause without the gap."""
        if self.clause is None:
            return []
        return [a for a in self.clause.arguments if not _asks(self.sentence, a.head)]


def query_of(sentence: Sentence) -> Query:
    """The query that a parsed question makes."""
    sentence = _with_object_first(_with_verb_at_end(sentence))
    word = _question_word(sentence)
    clauses = clauses_of(sentence)
    if word is None:
        return Query(sentence, Gap.NOTHING, None, None, clauses[0] if clauses else None)
    gap, focus = _gap(sentence, word)
    clause, role = _asked_clause(sentence, clauses, word)
    return Query(sentence, gap, role, focus, clause)


def _with_verb_at_end(sentence: Sentence) -> Sentence:
    """The sentence with its last noun as the verb, where the parser took "does" for one: "How much does a ticket
    cost?", "Which towns does the army control?"."""
    worded = [token for token in sentence.tokens if token.dep != "punct"]
    # "In May" may stand behind it.
    nouns = [token for token in worded if token.is_noun and token.dep in ("nsubj", "dobj", "ROOT")]
    if not nouns or not _ends_clause(sentence, nouns[-1], worded):
        return sentence
    noun = nouns[-1]
    asking = sentence.head(noun) if noun.dep != "ROOT" else next(iter(sentence.of(noun, "aux")), noun)
    before = sentence.of(noun, "compound")
    if not before or asking.lemma != "do" or "ROOT" not in (asking.dep, noun.dep):
        return sentence
    return _as_verb(sentence, noun, before[-1], asking)


def _ends_clause(sentence: Sentence, noun: Token, worded: Sequence[Token]) -> bool:
    """Whether nothing but phrases with a preposition stand behind a noun."""
    behind = [token for token in worded if token.i > noun.i]
    phrases = {each.i for token in behind if token.dep == "prep" for each in sentence.subtree(token)}
    return all(token.i in phrases for token in behind)


def _with_object_first(sentence: Sentence) -> Sentence:
    """The sentence with what is asked for as the object of the verb at its end, where the parser took it for the
    subject of what stands behind it: "Which towns have the rebels taken?", "Which towns did the army lose?"."""
    noun = next((token for token in sentence.tokens[1:-1] if _is_asked_noun(sentence, token)), None)
    if noun is None:
        return sentence
    asking = sentence.tokens[noun.i + 1]
    verb = _verb_asked(sentence, noun, asking)
    if verb is None or not sentence.of(verb, "nsubj") or sentence.of(verb, "dobj"):
        return sentence
    tokens = [replace(each, head=verb.i) if each.head == asking.i else each for each in sentence.tokens]
    tokens[noun.i] = replace(noun, dep="dobj", head=verb.i)
    tokens[asking.i] = replace(asking, dep="aux", head=verb.i)
    tokens[verb.i] = replace(verb, dep="ROOT", head=verb.i)
    return Sentence(sentence.text, tokens)


def _verb_asked(sentence: Sentence, noun: Token, asking: Token) -> Token | None:
    """The verb that "do" or "have" helps, where `noun` was taken for the subject of that."""
    if noun.dep != "nsubj" or noun.head != asking.i or asking.lemma not in ("do", "have"):
        return None
    return sentence.head(asking) if asking.dep == "aux" else next(iter(sentence.of(asking, "ccomp")), None)


def _is_asked_noun(sentence: Sentence, noun: Token) -> bool:
    """Whether it stands behind the question word that opens the sentence: "which towns"."""
    first = sentence.tokens[0]
    return first.tag in ("WDT", "WP") and first.head == noun.i and noun.is_noun


def _as_verb(sentence: Sentence, noun: Token, subject: Token, asking: Token) -> Sentence:
    governors = {noun.i: subject.i, asking.i: noun.i}
    tokens = [replace(token, head=governors.get(token.head, token.head)) for token in sentence.tokens]
    for token in tokens[: asking.i]:
        # What stands before "does" is what is asked for: done to, not doing.
        if token.head in (noun.i, subject.i) and token.dep in ("nsubj", "dobj"):
            tokens[token.i] = replace(token, dep="dobj", head=noun.i)
    tokens[noun.i] = replace(noun, tag="VB", dep="ROOT", head=noun.i)
    tokens[subject.i] = replace(subject, dep="nsubj", head=noun.i)
    tokens[asking.i] = replace(asking, dep="aux", head=noun.i)
    return Sentence(sentence.text, tokens)


def _question_word(sentence: Sentence) -> Token | None:
    for token in sentence.tokens:
        if token.tag in ("WP", "WP$", "WDT", "WRB") and token.text.lower() != "that":
            # "Who controls it since when?": the first asks; a relative pronoun stands behind a noun.
            if token.i == 0 or not (token.tag in ("WDT", "WP") and sentence.tokens[token.i - 1].is_noun):
                return token
    first = sentence.tokens[0] if sentence.tokens else None
    return (
        first
        if first is not None and first.text.lower() in ("who", "what", "when", "where", "why", "how", "which")
        else None
    )


def _gap(sentence: Sentence, word: Token) -> tuple[Gap, str | None]:
    text = word.text.lower()
    head = sentence.head(word)
    focus = head if head.is_noun and not head.is_name and word.i < head.i else None
    if text == "how":
        return _gap_of_how(sentence, word)
    if text in _GAPS:
        return _GAPS[text], focus.lemma if focus and text == "whose" else None
    noun = focus or _attribute(sentence, word)
    return (_gap_of_noun(noun.lemma, is_focus=focus is not None), noun.lemma) if noun else (Gap.THING, None)


def _gap_of_how(sentence: Sentence, word: Token) -> tuple[Gap, str | None]:
    following = sentence.tokens[word.i + 1] if word.i + 1 < len(sentence.tokens) else None
    if following is not None and following.text.lower() in _QUANTITIES:
        counted = sentence.head(following)
        return Gap.NUMBER, counted.lemma if counted.is_noun else None
    if following is not None and following.text.lower() == "come":
        return Gap.REASON, None
    return Gap.MANNER, None


def _gap_of_noun(lemma: str, *, is_focus: bool) -> Gap:
    """What "which party" or "what was the reason" asks for; `is_focus` where the noun follows the question word."""
    for lemmas, gap in ((_TIMES, Gap.TIME), (_NUMBERS, Gap.NUMBER), (_REASONS, Gap.REASON)):
        if lemma in lemmas:
            return gap
    if is_focus and is_people(lemma):
        return Gap.PERSON
    return Gap.PLACE if is_focus and is_place(lemma) else Gap.THING


def _attribute(sentence: Sentence, word: Token) -> Token | None:
    """In "what was the reason for it" the reason is asked for."""
    head = sentence.head(word)
    if head.lemma == "be":
        for noun in sentence.of(head, "nsubj", "attr"):
            if noun.i != word.i and noun.is_noun and not noun.is_name:
                return noun
    return None


def _asked_clause(sentence: Sentence, clauses: list[Clause], word: Token) -> tuple[Clause | None, str | None]:
    for clause in clauses:
        for argument in clause.arguments:
            inside = {t.i for t in sentence.subtree(sentence.tokens[argument.head])}
            if argument.head == word.i or (word.i in inside and argument.start <= word.start < argument.end):
                return clause, argument.role
    verb = word
    for _ in range(4):
        verb = sentence.head(verb)
        for clause in clauses:
            if clause.verb == verb.i:
                return clause, None
    return (clauses[0] if clauses else None), None


def _asks(sentence: Sentence, head: int) -> bool:
    token = sentence.tokens[head]
    if any(each.tag == "WRB" for word in sentence.of(token, "amod", "nummod") for each in sentence.of(word, "advmod")):
        # "How many people".
        return True
    return token.tag in ("WP", "WDT", "WRB", "WP$") or any(
        child.tag in ("WDT", "WP$", "WRB") or child.text.lower() in ("what", "which", "whose")
        for child in sentence.of(token, "det", "poss", "amod", "advmod")
    )
