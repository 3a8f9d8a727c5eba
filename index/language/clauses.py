"""Turns parsed sentences into clauses: a predicate with its arguments by role, and how the clause is told.

Voice is undone: the agent of "the town was taken by the army" and of "the army took the town" is the army.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from enum import StrEnum

from index.language.parser import Sentence, Token
from index.language.predicates import is_denial, is_speech

# Verbs whose infinitive did happen ("managed to take") or is as true as they are ("seems to hold").
_IMPLICATIVE = frozenset(
    """manage begin start continue cease stop seem appear happen help come go prove remain get force allow have be use
    lead cause see hear make let enable tend""".split()
)
_CONDITIONS = frozenset("if unless whether lest provided should were".split())
_OPEN_MODALS = frozenset("will would could may might shall should can must ca wo 'll 'd".split())
_NEGATIVE_WORDS = frozenset("no not n't never neither nor nobody none nothing hardly without n’t".split())
_NOUN_DEPS_LEFT_OUT = ("relcl", "acl", "appos", "punct", "conj", "cc", "parataxis", "advcl", "dep", "prep", "preconj")


class Modality(StrEnum):
    """How a clause is told: as a fact, or as something that may not be so."""

    FACT = "fact"
    OPEN = "open"
    CONDITION = "condition"
    QUESTION = "question"


class Tense(StrEnum):
    """When the predicate holds, seen from the day of the report. BEFORE is the pluperfect: "had held"."""

    PRESENT = "present"
    PERFECT = "perfect"
    PAST = "past"
    BEFORE = "before"
    FUTURE = "future"


@dataclass(frozen=True)
class Argument:
    """A participant of a clause. `role` is agent, patient, complement or the preposition that brings it in; `start`
    and `end` count in the sentence's text; `head` is the head noun's place in the sentence."""

    role: str
    text: str
    head: int
    start: int
    end: int


@dataclass(frozen=True)
class Clause:
    """One predicate and its arguments. `predicate` is a lemma, with its particle: "pull_out".

    `speaker` is who says so, where that is told ("officials said"), `denied` whether that is a denial. `ended` is
    whether it is told that this is no longer so.
    """

    predicate: str
    verb: int
    start: int
    end: int
    arguments: tuple[Argument, ...]
    negated: bool = False
    ended: bool = False
    modality: Modality = Modality.FACT
    tense: Tense = Tense.PAST
    speaker: str | None = None
    denied: bool = False
    passive: bool = False

    def of(self, *roles: str) -> list[Argument]:
        """The arguments in these roles."""
        return [argument for argument in self.arguments if argument.role in roles]


def clauses_of(sentence: Sentence) -> list[Clause]:
    """The clauses of a sentence, in the order of their predicates."""
    return [clause for token in sentence.tokens if (clause := _clause(sentence, token)) is not None]


def noun_phrase(sentence: Sentence, head: Token) -> tuple[int, int]:
    """The span of the noun phrase of `head`: its determiner, adjectives and compounds, and an "of" behind it."""
    tokens = [head]
    for child in sentence.of(head):
        if child.dep == "prep" and child.text.lower() == "of" and child.i == head.i + 1:
            tokens += sentence.subtree(child)
        elif child.dep not in _NOUN_DEPS_LEFT_OUT:
            tokens += sentence.subtree(child)
    inside = sorted(token.i for token in tokens)
    first = last = head.i
    while first - 1 in inside:
        first -= 1
    while last + 1 in inside:
        last += 1
    # Names with hyphens are split by the tokenizer: al - Sham.
    return sentence.tokens[first].start, sentence.tokens[last].end


def _clause(sentence: Sentence, verb: Token) -> Clause | None:
    if not verb.is_verb or verb.dep in ("aux", "auxpass", "amod", "compound", "prep", "case", "mark", "nmod"):
        return None
    chain = _chain(sentence, verb)
    arguments = tuple(_arguments(sentence, verb))
    modality, tense = _mood(sentence, chain)
    speaker, denied = _attribution(sentence, chain)
    if denied is None:
        modality, denied = Modality.OPEN, False
    return Clause(
        _predicate(sentence, verb),
        verb.i,
        verb.start,
        verb.end,
        arguments,
        _negated(sentence, verb, chain),
        _ended(sentence, verb),
        modality,
        tense,
        speaker,
        denied,
        passive=_is_passive(sentence, verb),
    )


def _chain(sentence: Sentence, verb: Token) -> list[Token]:
    """`verb` and the verbs that it hangs on without a subject of its own between them: "plans to try to take"."""
    chain = [verb]
    while chain[-1].dep in ("xcomp", "conj", "ccomp", "advcl", "pcomp", "acl", "relcl") and len(chain) < 8:
        above = sentence.head(chain[-1])
        if above in chain:
            break
        chain.append(above)
    return chain


def _predicate(sentence: Sentence, verb: Token) -> str:
    particles = [child.text.lower() for child in sentence.of(verb, "prt")]
    # "pulled out of" and "driven back from" are parsed with a plain adverb.
    particles += [
        child.text.lower()
        for child in sentence.of(verb, "advmod")
        if child.i == verb.i + 1 and child.text.lower() in ("back", "out", "off", "away", "over", "up", "down", "in")
    ]
    particles += [
        child.text.lower()
        for child in sentence.of(verb, "prep")
        if child.text.lower() in ("out", "off") and sentence.of(child, "prep", "pcomp")
    ]
    return "_".join([verb.lemma, *particles[:1]])


def _is_passive(sentence: Sentence, verb: Token) -> bool:
    if sentence.of(verb, "nsubjpass", "auxpass", "agent"):
        return True
    if verb.dep == "conj" and verb.tag == "VBN" and not sentence.of(verb, "nsubj", "aux", "dobj"):
        return _is_passive(sentence, sentence.head(verb))
    return (
        verb.dep == "acl"
        and verb.tag == "VBN"
        or (
            verb.tag == "VBN"
            and verb.dep in ("advcl", "dep", "ROOT", "acomp", "oprd")
            and not sentence.of(verb, "aux", "dobj", "nsubj")
        )
    )


def _arguments(sentence: Sentence, verb: Token) -> Iterator[Argument]:  # noqa: C901
    passive = _is_passive(sentence, verb)
    for subject in _subjects(sentence, verb):
        yield from _expand(sentence, "patient" if passive else "agent", subject)
    for child in sentence.of(verb):
        if child.dep in ("dobj", "obj"):
            yield from _expand(sentence, "patient", child)
        elif child.dep == "dative" and child.is_noun:
            yield from _expand(sentence, "to", child)
        elif child.dep in ("attr", "acomp", "oprd"):
            yield from _expand(sentence, "complement", child)
            for state in sentence.conjuncts(child):
                yield from _prepositional(sentence, state)
                if state.tag == "IN":
                    yield from _oblique(sentence, state)
        elif child.dep == "agent":
            for noun in sentence.of(child, "pobj"):
                yield from _expand(sentence, "agent", noun)
        elif child.dep in ("prep", "dative"):
            yield from _oblique(sentence, child)
        elif child.dep in ("prt", "advmod"):
            yield from _prepositional(sentence, child)
            if child.text.lower() == "there":
                yield Argument("in", child.text, child.i, child.start, child.end)
    yield from _relative(sentence, verb, passive)


def _prepositional(sentence: Sentence, token: Token) -> Iterator[Argument]:
    for preposition in sentence.of(token, "prep"):
        yield from _oblique(sentence, preposition)


def _oblique(sentence: Sentence, preposition: Token) -> Iterator[Argument]:
    for noun in sentence.of(preposition, "pobj"):
        yield from _expand(sentence, preposition.text.lower(), noun)
    for deeper in sentence.of(preposition, "prep"):
        yield from _oblique(sentence, deeper)
    for adverb in sentence.of(preposition, "pcomp"):
        if not adverb.is_verb:
            yield Argument(preposition.text.lower(), adverb.text, adverb.i, adverb.start, adverb.end)


def _expand(sentence: Sentence, role: str, head: Token) -> Iterator[Argument]:
    """The argument at `head`, those coordinated with it, and the names that it is said to be or to include: "the
    capital, Kyiv", "three towns: A, B and C", "the east, including A"."""
    for noun in sentence.conjuncts(head):
        start, end = noun_phrase(sentence, noun)
        yield Argument(role, sentence.text[start:end], noun.i, start, end)
        if noun.is_name:
            continue
        beside = [name for first in sentence.of(noun, "appos") for name in sentence.conjuncts(first)]
        for preposition in sentence.subtree(noun):
            if preposition.text.lower() == "including" and preposition.dep == "prep":
                beside += [name for first in sentence.of(preposition, "pobj") for name in sentence.conjuncts(first)]
        for name in beside:
            if name.is_name:
                start, end = noun_phrase(sentence, name)
                yield Argument(role, sentence.text[start:end], name.i, start, end)


def _subjects(sentence: Sentence, verb: Token, depth: int = 0) -> list[Token]:
    """The subject of `verb`, its own or that of the verb it hangs on."""
    own = [
        child
        for child in sentence.of(verb, "nsubj", "nsubjpass", "csubj", "expl")
        if child.tag not in ("WDT", "WP") or verb.dep != "relcl"
    ]
    if own or depth > 5:
        return own
    above = sentence.head(verb)
    if verb.dep == "conj" and above.is_verb:
        return _subjects(sentence, above, depth + 1)
    if verb.dep in ("xcomp", "advcl") and above.is_verb:
        objects = sentence.of(above, "dobj") if verb.dep == "xcomp" else []
        return objects or _subjects(sentence, above, depth + 1)
    if verb.dep == "acl":
        return [above]
    if verb.dep == "pcomp":
        governor = sentence.head(above)
        return _subjects(sentence, governor, depth + 1) if governor.is_verb else []
    return []


def _relative(sentence: Sentence, verb: Token, passive: bool) -> Iterator[Argument]:  # noqa: C901
    """In "the town that the army took" the town is what the relative pronoun, said or not, stands for."""
    top = verb
    while top.dep in ("xcomp", "conj", "ccomp") and sentence.head(top).is_verb:
        top = sentence.head(top)
    if top.dep != "relcl":
        return
    noun = sentence.head(top)
    pronouns = [
        token for token in sentence.subtree(top) if token.tag in ("WDT", "WP", "WP$", "WRB") and token.i < verb.i
    ]
    role = None
    for pronoun in pronouns[:1]:
        governor = sentence.head(pronoun)
        if pronoun.dep == "nsubjpass" or (pronoun.dep == "nsubj" and passive and governor == verb):
            role = "patient"
        elif pronoun.dep == "nsubj":
            role = "agent" if governor == verb or verb.dep in ("conj", "xcomp") else None
        elif pronoun.dep in ("dobj", "obj"):
            role = "patient"
        elif pronoun.dep == "pobj":
            role = governor.text.lower()
        elif pronoun.text.lower() == "where":
            role = "in"
    if not pronouns and sentence.of(verb, "nsubj") and not sentence.of(verb, "dobj"):
        role = "patient"
    if role is not None:
        yield from _expand_one(sentence, role, noun)


def _expand_one(sentence: Sentence, role: str, noun: Token) -> Iterator[Argument]:
    start, end = noun_phrase(sentence, noun)
    yield Argument(role, sentence.text[start:end], noun.i, start, end)
    # "Sloviansk and Kramatorsk, both of which ..." and "the capital, Kyiv, which ..."
    if noun.dep in ("conj", "appos"):
        first = sentence.head(noun)
        start, end = noun_phrase(sentence, first)
        yield Argument(role, sentence.text[start:end], first.i, start, end)


def _mood(sentence: Sentence, chain: list[Token]) -> tuple[Modality, Tense]:  # noqa: C901
    verb = chain[0]
    if sentence.text.rstrip(" ”’\"'").endswith("?"):
        return Modality.QUESTION, _tense(sentence, verb)
    for below, above in zip(chain, chain[1:], strict=False):
        if below.dep == "conj" and _mark(sentence, below):
            break
        if (
            below.dep in ("xcomp", "ccomp")
            and _has_to(sentence, below)
            and above.is_verb
            and above.lemma not in _IMPLICATIVE
        ):
            return Modality.OPEN, _tense(sentence, verb)
        if below.dep == "advcl" and _has_to(sentence, below):
            return Modality.OPEN, _tense(sentence, verb)
        if below.dep in ("acl", "relcl") and _has_to(sentence, below) and "first" not in sentence.text.lower():
            return Modality.OPEN, _tense(sentence, verb)
        if above.dep in ("ROOT", "ccomp", "conj") and below.dep in ("advcl", "acl", "relcl", "ccomp"):
            if below.dep != "ccomp" or above.is_noun:
                chain = chain[: chain.index(above)]
                break
    for token in chain:
        auxiliaries = sentence.of(token, "aux")
        words = {aux.text.lower() for aux in auxiliaries}
        if _mark(sentence, token) & _CONDITIONS or (
            auxiliaries
            and auxiliaries[0].text in ("Were", "Should", "Had")
            and auxiliaries[0].i == min(t.i for t in sentence.subtree(token))
        ):
            return Modality.CONDITION, _tense(sentence, verb)
        if (
            words & _OPEN_MODALS
            and token == verb
            or words & _OPEN_MODALS
            and token.dep != "ROOT"
            and not is_speech(token.lemma)
        ):
            return Modality.OPEN, Tense.FUTURE
        if token.dep == "relcl" or token.dep == "advcl":
            break
    return Modality.FACT, _tense(sentence, verb)


def _has_to(sentence: Sentence, verb: Token) -> bool:
    return any(child.tag == "TO" for child in sentence.of(verb, "aux"))


def _mark(sentence: Sentence, verb: Token) -> set[str]:
    return {child.text.lower() for child in sentence.of(verb, "mark", "advmod") if child.i < verb.i}


def _tense(sentence: Sentence, verb: Token) -> Tense:
    auxiliaries = [child.text.lower() for child in sentence.of(verb, "aux", "auxpass")]
    if not auxiliaries and verb.dep in ("conj", "xcomp", "acl") and verb.tag in ("VBN", "VB", "VBG"):
        above = sentence.head(verb)
        if above.is_verb and above != verb:
            return _tense(sentence, above)
    if "had" in auxiliaries:
        return Tense.BEFORE
    if "has" in auxiliaries or "have" in auxiliaries or "'ve" in auxiliaries or "’ve" in auxiliaries:
        return Tense.PERFECT
    if {"will", "'ll", "shall"} & set(auxiliaries):
        return Tense.FUTURE
    if {"is", "are", "am", "'s", "'re", "does", "do"} & set(auxiliaries):
        return Tense.PRESENT
    return Tense.PRESENT if verb.tag in ("VBZ", "VBP") else Tense.PAST


def _negated(sentence: Sentence, verb: Token, chain: list[Token]) -> bool:
    negations = len(sentence.of(verb, "neg"))
    negations += sum(
        child.text.lower() in _NEGATIVE_WORDS for child in sentence.of(verb, "advmod", "cc", "preconj", "dep")
    )
    for noun in sentence.of(verb, "nsubj", "nsubjpass", "dobj", "attr"):
        negations += noun.text.lower() in _NEGATIVE_WORDS
        negations += any(child.text.lower() in ("no", "neither") for child in sentence.of(noun, "det", "neg"))
    above = chain[1] if len(chain) > 1 else None
    if above is not None and verb.dep in ("xcomp", "conj") and not _has_own_subject(sentence, verb):
        negations += len(sentence.of(above, "neg")) if verb.dep == "xcomp" else 0
        negations += verb.dep == "xcomp" and above.lemma in ("fail", "refuse", "stop", "cease", "decline")
    return negations % 2 == 1


def _has_own_subject(sentence: Sentence, verb: Token) -> bool:
    return bool(sentence.of(verb, "nsubj", "nsubjpass"))


def _ended(sentence: Sentence, verb: Token) -> bool:
    words = [token.text.lower() for token in sentence.tokens[max(0, verb.i - 5) : verb.i + 5]]
    return any(
        a == "no" and b == "longer" or a in ("not", "n't") and b == "anymore"
        for a, b in zip(words, words[1:], strict=False)
    )


def _attribution(sentence: Sentence, chain: Iterable[Token]) -> tuple[str | None, bool | None]:  # noqa: C901
    """Who says so, and whether it is denied; None for the latter where the speaker's verb leaves it open."""
    for token in chain:
        if token.dep == "ccomp" or (token.dep == "ROOT" and sentence.of(token, "parataxis")):
            above = sentence.head(token) if token.dep == "ccomp" else sentence.of(token, "parataxis")[0]
            if not above.is_verb and token.dep == "ccomp":
                continue
            if is_denial(above.lemma):
                return _speaker(sentence, above), not sentence.of(above, "neg")
            if is_speech(above.lemma):
                return _speaker(sentence, above), None if sentence.of(above, "neg") else False
        if token.dep in ("advcl", "relcl"):
            break
        if token.dep == "acl" and is_speech(sentence.head(token).lemma):
            return sentence.head(token).text, None
    for child in sentence.tokens:
        if child.dep == "prep" and child.text.lower() == "according":
            nouns = [noun for to in sentence.of(child, "prep") for noun in sentence.of(to, "pobj")]
            if nouns:
                start, end = noun_phrase(sentence, nouns[0])
                return sentence.text[start:end], False
    return None, False


def _speaker(sentence: Sentence, verb: Token) -> str | None:
    subjects = _subjects(sentence, verb)
    if not subjects:
        return None
    start, end = noun_phrase(sentence, subjects[0])
    return sentence.text[start:end]
