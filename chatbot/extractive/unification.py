"""Holds the clauses of a sentence against the clause that a question asks about: same predicate, same arguments in the
same roles, and something of the right kind in the gap."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace

from chatbot.question.query import Gap, Query
from index.language.clauses import Argument, Clause, Modality, verb_of
from index.language.lexicon import concept
from index.language.parser import Sentence, Token
from index.language.predicates import (
    are_opposite,
    causes,
    holding_of,
    is_force,
    is_people,
    is_place,
    is_speech,
    likeness,
    nation_of,
    nominalised,
    post_of,
)
from index.language.words import all_stems, stem, telling_stems, words

_BY_ROLE = ("agent", "patient", "complement")


@dataclass(frozen=True)
class Fit:
    """How well the best clause of a sentence fits a question, each from 0 to 1.

    `predicate` is the likeness of the verbs, `arguments` the share of what the question gives that the clause holds,
    `roles` the share that it holds in the same role, `gap` whether something of the right kind fills the gap.
    `denied` and `open` tell whether that clause is negated otherwise than the question, or no fact. `other_name` tells
    how far it says the same of others: the share of the named arguments whose role another name fills.
    """

    predicate: float = 0.0
    arguments: float = 0.0
    roles: float = 0.0
    gap: float = 0.0
    denied: float = 0.0
    open: float = 0.0
    other_name: float = 0.0
    whole: float = 0.0


def best_fit(
    query: Query,
    sentence: Sentence,
    clauses: Sequence[Clause],
    known: Mapping[str, frozenset[str]],
    aliases: Mapping[str, frozenset[str]],
) -> Fit:
    """The fit of the clause that fits best. `known` holds for a word of the sentence what it is resolved to, `aliases`
    for a concept those of the names that mean the same."""
    if query.clause is None:
        return Fit()
    fits = [(_fit(query, query.clause, sentence, clause, known), clause) for clause in clauses]
    best, clause = max(fits, key=lambda fit: fit[0].whole, default=(Fit(), None))
    if clause is None or not best.predicate:
        return best
    return replace(best, other_name=best.predicate * _of_others(query, sentence, clause, known, aliases))


def _fit(query: Query, asked: Clause, sentence: Sentence, clause: Clause, known: Mapping[str, frozenset[str]]) -> Fit:
    predicate = alike(asked.predicate, clause.predicate, sentence, clause)
    wanted = [(a, _heads(a)) for a in query.arguments]
    held = [(a, _heads(a) | _resolved(sentence, a, known)) for a in clause.arguments]
    arguments = _mean([_best_overlap(heads, held) for _, heads in wanted])
    roles = _mean([
        _best_overlap(heads, [(b, other) for b, other in held if _same_role(a.role, b.role)]) for a, heads in wanted
    ])
    gap = _filled(query, sentence, clause, frozenset().union(*(heads for _, heads in wanted)))
    denied = float(clause.negated != asked.negated or clause.denied)
    return Fit(
        predicate,
        arguments,
        roles,
        gap,
        denied,
        float(clause.modality is not Modality.FACT),
        whole=predicate + arguments + roles + 0.5 * gap,
    )


def _of_others(
    query: Query,
    sentence: Sentence,
    clause: Clause,
    known: Mapping[str, frozenset[str]],
    aliases: Mapping[str, frozenset[str]],
) -> float:
    """The share of the question's named arguments that the clause does not hold, and whose role another name fills:
    "The army left Homs" where Hama is asked about, "the mayor of Paris" where that of Rome is."""
    wanted = [(a, names) for a in query.arguments if (names := _names(query.sentence, a, aliases))]
    held = [(a, _names(sentence, a, aliases) | _resolved(sentence, a, known)) for a in clause.arguments]
    others = [
        not any(names & other for _, other in held)
        and any(
            other and _are_beside(clause, a, b) and _may_compare(query.sentence, a, sentence, b) for b, other in held
        )
        for a, names in wanted
    ]
    return sum(others) / len(others) if others else 0.0


def _names(sentence: Sentence, argument: Argument, aliases: Mapping[str, frozenset[str]]) -> frozenset[str]:
    """The stems and concepts of the names in an argument, and of what else they are called."""
    inside = [t.text for t in sentence.tokens if t.is_name and argument.start <= t.start < argument.end]
    concepts = frozenset(concept(word) for name in inside for word in words(name))
    initials = ["".join(name[0] for name in inside).lower()] if len(inside) > 1 else []
    return concepts.union(stems(inside), initials, *(aliases.get(each, ()) for each in concepts))


def _are_beside(clause: Clause, asked: Argument, stated: Argument) -> bool:
    """Whether two arguments may have the same part: both act, or neither ("left Homs", "withdrew from Homs"); with "be"
    both are the same."""
    return clause.predicate == "be" or (asked.role == "agent") == (stated.role == "agent")


def _may_compare(asking: Sentence, asked: Argument, sentence: Sentence, stated: Argument) -> bool:
    """Whether both arguments are names, or both the same thing of a name: mayors, or ways out of a town."""
    first, second = asking.tokens[asked.head], sentence.tokens[stated.head]
    return first.is_name and second.is_name or stem(first.text) == stem(second.text)


def stems(texts: Iterable[str]) -> frozenset[str]:
    """The stems of the words of all texts."""
    return frozenset().union(*map(all_stems, texts))


def _best_overlap(heads: frozenset[str], held: Sequence[tuple[Argument, frozenset[str]]]) -> float:
    return max((_overlap(heads, other) for _, other in held), default=0.0)


def _mean(overlaps: Sequence[float]) -> float:
    """The mean of the overlaps of what is asked with, halfway where nothing is."""
    return sum(overlaps) / len(overlaps) if overlaps else 0.5


def alike(asked: str, stated: str, sentence: Sentence, clause: Clause) -> float:
    """How alike two predicates are: the same verb, verbs of one class of holding or of offices, one that causes the
    other, or such as share meanings."""
    if asked == stated:
        return 1.0
    first, second = verb_of(asked), verb_of(stated)
    if are_opposite(first, second):
        return 0.0
    same_class = holding_of(asked) is not None and holding_of(asked) == holding_of(stated)
    same_class = same_class or post_of(asked) is not None and post_of(asked) == post_of(stated)
    same_class = same_class or causes(first, second) or causes(second, first)
    nouns = [nominalised(sentence.tokens[a.head].lemma) for a in clause.arguments]
    by_noun = 0.8 if first in nouns else 0.0
    return max(0.7 if same_class else 0.0, 0.8 * likeness(first, second), by_noun)


def _same_role(asked: str, stated: str) -> bool:
    return asked == stated or (asked not in _BY_ROLE and stated not in _BY_ROLE)


def _heads(argument: Argument) -> frozenset[str]:
    return telling_stems(argument.text)


def _resolved(sentence: Sentence, argument: Argument, known: Mapping[str, frozenset[str]]) -> frozenset[str]:
    token = sentence.tokens[argument.head]
    return known.get(token.text.lower(), frozenset())


def _overlap(wanted: frozenset[str], held: frozenset[str]) -> float:
    return len(wanted & held) / len(wanted) if wanted else 0.0


def _filled(query: Query, sentence: Sentence, clause: Clause, given: frozenset[str]) -> float:
    """1 where a new argument in the gap's role is of the kind that is asked for, a half where its role is another."""
    if query.gap is Gap.THING and is_speech(clause.predicate) and sentence.of(sentence.tokens[clause.verb], "ccomp"):
        # What somebody said is the clause that hangs on it.
        return 1.0
    best = 0.0
    for argument in clause.arguments:
        heads = _heads(argument)
        if heads and heads <= given:
            continue
        if not of_kind(query.gap, sentence, argument):
            continue
        best = max(best, 1.0 if query.role is None or _same_role(query.role, argument.role) else 0.5)
    return best


def of_kind(gap: Gap, sentence: Sentence, argument: Argument) -> bool:
    """Whether an argument may be what is asked for, as far as its head tells."""
    head = sentence.tokens[argument.head]
    if gap is Gap.PERSON:
        return _may_act(head)
    if gap is Gap.PLACE:
        return argument.role not in _BY_ROLE or is_place(head.lemma) or head.is_name
    if gap is Gap.NUMBER:
        return any(t.tag == "CD" and argument.start <= t.start < argument.end for t in sentence.tokens)
    if gap is Gap.TIME:
        return argument.role not in _BY_ROLE
    return True


def _may_act(head: Token) -> bool:
    if head.is_name or head.tag == "PRP":
        return True
    return is_people(head.lemma) or is_force(head.lemma) or nation_of(head.text) is not None
