"""Reads the arguments of a verb: who does it, to whom or what, and where, with voice undone."""

from collections.abc import Iterator
from dataclasses import dataclass

from index.language.parser import Sentence, Token

_NOUN_DEPS_LEFT_OUT = ("relcl", "acl", "appos", "punct", "conj", "cc", "parataxis", "advcl", "dep", "prep", "preconj")


@dataclass(frozen=True)
class Argument:
    """A participant of a clause. `role` is agent, patient, complement or the preposition that brings it in; `start`
    and `end` count in the sentence's text; `head` is the head noun's place in the sentence."""

    role: str
    text: str
    head: int
    start: int
    end: int


def arguments_of(sentence: Sentence, verb: Token) -> Iterator[Argument]:
    """The arguments of `verb`: its subject, then its other dependents in order, then what a relative pronoun means."""
    passive = is_passive(sentence, verb)
    subjects = subjects_of(sentence, verb)
    for subject in subjects:
        # "both of which the army holds": what stands first is held.
        fronted = len(subjects) > 1 and any(t.tag == "WDT" for t in sentence.subtree(subject))
        yield from _expand(sentence, "patient" if passive or fronted else "agent", subject)
    for child in sentence.of(verb):
        yield from _dependent(sentence, child)
    yield from _relative(sentence, verb, passive)
    yield from _clefted(sentence, verb)


def _clefted(sentence: Sentence, verb: Token) -> Iterator[Argument]:
    """In "What the army keeps is A and B" these are what it keeps."""
    if verb.dep == "csubj" and any(t.text.lower() == "what" for t in sentence.of(verb, "dobj")):
        for noun in sentence.of(sentence.head(verb), "attr"):
            yield from _expand(sentence, "patient", noun)


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


def is_passive(sentence: Sentence, verb: Token) -> bool:
    """Whether `verb` is passive: its subject then is the patient."""
    if sentence.of(verb, "nsubjpass", "auxpass", "agent"):
        return True
    if verb.dep == "conj" and verb.tag == "VBN" and not sentence.of(verb, "nsubj", "aux", "dobj"):
        return is_passive(sentence, sentence.head(verb))
    return (
        verb.dep == "acl"
        and verb.tag == "VBN"
        and not sentence.of(verb, "nsubj")
        or (
            verb.tag == "VBN"
            and verb.dep in ("advcl", "dep", "ROOT", "acomp", "oprd")
            and not sentence.of(verb, "aux", "dobj", "nsubj")
        )
    )


def subjects_of(sentence: Sentence, verb: Token, depth: int = 0) -> list[Token]:
    """The subject of `verb`, its own or that of the verb it hangs on."""
    own = _own_subjects(sentence, verb)
    if own or depth > 5:
        return own
    above = sentence.head(verb)
    if verb.dep == "acl":
        return _described(sentence, verb, above)
    if verb.dep == "pcomp":
        above = sentence.head(above)
    elif verb.dep not in ("conj", "xcomp", "advcl"):
        return []
    if not above.is_verb:
        return []
    objects = sentence.of(above, "dobj") if verb.dep == "xcomp" else []
    return objects or subjects_of(sentence, above, depth + 1)


def _own_subjects(sentence: Sentence, verb: Token) -> list[Token]:
    """The subject that hangs on `verb` itself; the pronoun that begins a relative clause is none."""
    subjects = sentence.of(verb, "nsubj", "nsubjpass", "csubj", "expl")
    return [child for child in subjects if verb.dep != "relcl" or child.tag not in ("WDT", "WP")]


def _described(sentence: Sentence, participle: Token, noun: Token) -> list[Token]:
    """What a participle behind a noun tells of: the noun, or behind a comma the subject: "X is in ruins, held by Y"."""
    preposition = sentence.head(noun)
    behind_comma = sentence.tokens[participle.i - 1].text == ","
    if behind_comma and noun.dep == "pobj" and sentence.head(preposition).lemma == "be":
        return sentence.of(sentence.head(preposition), "nsubj") or [noun]
    return [noun]


def _dependent(sentence: Sentence, child: Token) -> Iterator[Argument]:
    """The arguments that one dependent of a verb brings in."""
    # "They seized the base and then the whole city": the second object is parsed as joined to the verb.
    if child.dep in ("dobj", "obj") or child.dep == "conj" and child.tag in ("NN", "NNS", "NNP", "NNPS"):
        yield from _expand(sentence, "patient", child)
    elif child.dep == "dative" and child.is_noun:
        yield from _expand(sentence, "to", child)
    elif child.dep in ("attr", "acomp", "oprd"):
        yield from _complement(sentence, child)
    elif child.dep == "agent":
        for noun in sentence.of(child, "pobj"):
            yield from _expand(sentence, "agent", noun)
    elif child.dep in ("prep", "dative"):
        yield from _oblique(sentence, child)
    elif child.dep in ("prt", "advmod"):
        yield from _prepositional(sentence, child)
        if child.text.lower() == "there":
            yield Argument("in", child.text, child.i, child.start, child.end)


def _complement(sentence: Sentence, head: Token) -> Iterator[Argument]:
    yield from _expand(sentence, "complement", head)
    for state in sentence.conjuncts(head):
        yield from _prepositional(sentence, state)
        if state.tag == "IN":
            yield from _oblique(sentence, state)


def _prepositional(sentence: Sentence, token: Token) -> Iterator[Argument]:
    for preposition in sentence.of(token, "prep"):
        yield from _oblique(sentence, preposition)


def _oblique(sentence: Sentence, preposition: Token) -> Iterator[Argument]:
    for noun in sentence.of(preposition, "pobj"):
        yield from _expand(sentence, preposition.text.lower(), noun)
    for deeper in sentence.of(preposition, "prep"):
        yield from _oblique(sentence, deeper)
    # "with A, where they met, and with B"
    for joined in sentence.of(preposition, "conj"):
        if joined.text.lower() == preposition.text.lower():
            yield from _oblique(sentence, joined)
    for adverb in sentence.of(preposition, "pcomp"):
        if not adverb.is_verb:
            yield Argument(preposition.text.lower(), adverb.text, adverb.i, adverb.start, adverb.end)


def _expand(sentence: Sentence, role: str, head: Token) -> Iterator[Argument]:
    """The argument at `head`, those coordinated with it, and the names that it is said to be or to include: "the
    capital, Kyiv", "three towns: A, B and C", "the east, including A"."""
    for noun in sentence.conjuncts(head):
        yield _argument(sentence, role, noun)
        if not noun.is_name:
            yield from (_argument(sentence, role, name) for name in _named_beside(sentence, noun) if name.is_name)


def _argument(sentence: Sentence, role: str, noun: Token) -> Argument:
    start, end = noun_phrase(sentence, noun)
    return Argument(role, sentence.text[start:end], noun.i, start, end)


def _named_beside(sentence: Sentence, noun: Token) -> list[Token]:
    """What stands in apposition to `noun`, and what it is said to include."""
    firsts = sentence.of(noun, "appos")
    for preposition in sentence.subtree(noun):
        if preposition.text.lower() == "including" and preposition.dep == "prep":
            firsts += sentence.of(preposition, "pobj")
    return [name for first in firsts for name in sentence.conjuncts(first)]


def _relative(sentence: Sentence, verb: Token, passive: bool) -> Iterator[Argument]:
    """In "the town that the army took" the town is what the relative pronoun, said or not, stands for."""
    top = verb
    while top.dep in ("xcomp", "conj", "ccomp") and sentence.head(top).is_verb:
        top = sentence.head(top)
    if top.dep != "relcl":
        return
    role = _relative_role(sentence, verb, top, passive)
    if role is not None:
        noun = sentence.head(top)
        yield _argument(sentence, role, noun)
        # "Sloviansk and Kramatorsk, both of which ..." and "the capital, Kyiv, which ..."
        if noun.dep in ("conj", "appos"):
            yield _argument(sentence, role, sentence.head(noun))


def _relative_role(sentence: Sentence, verb: Token, top: Token, passive: bool) -> str | None:
    """The role that the noun before a relative clause has for `verb` in it; None where the syntax does not say."""
    pronouns = [t for t in sentence.subtree(top) if t.tag in ("WDT", "WP", "WP$", "WRB") and t.i < verb.i]
    if not pronouns:
        return "patient" if sentence.of(verb, "nsubj") and not sentence.of(verb, "dobj") else None
    pronoun = pronouns[0]
    governor = sentence.head(pronoun)
    if pronoun.dep in ("dobj", "obj", "nsubjpass"):
        return "patient"
    if pronoun.dep == "nsubj":
        return _relative_subject(verb, governor, passive)
    if pronoun.dep == "pobj":
        return governor.text.lower()
    return "in" if pronoun.text.lower() == "where" else None


def _relative_subject(verb: Token, governor: Token, passive: bool) -> str | None:
    if governor == verb:
        return "patient" if passive else "agent"
    return "agent" if verb.dep in ("conj", "xcomp") else None
