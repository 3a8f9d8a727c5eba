"""Reads who followed whom in an office, and whom he followed, from the nouns for them: "her successor, Ada Lund", "His
predecessor was Peter Holm", "His deputy, Ada Lund, takes over"."""

from collections.abc import Iterator

from index.claim import Status
from index.claims.office_clause import office_of
from index.claims.office_names import name_of, names_beside, owners_behind
from index.claims.tenure import Tenure
from index.language.parser import Sentence, Token
from index.language.predicates import is_people

_STATUS = {"successor": Status.TOOK, "predecessor": Status.HELD_BEFORE}
_WEIGHT = 0.9
_TAKING_OVER = frozenset("take_over step_in fill_in".split())


def heirs_of(sentence: Sentence) -> Iterator[Tenure]:
    """The tenures of successors and predecessors, without an office: it is that of the person who is named as `whose`.
    A sentence that tells what may or will be tells of none."""
    if any(token.tag == "MD" for token in sentence.tokens):
        return
    for noun in sentence.tokens:
        status = _STATUS.get(noun.lemma) or (Status.TOOK if _takes_over(sentence, noun) else None)
        if status is None:
            continue
        for person in [*sentence.of(noun, "poss"), *owners_behind(sentence, noun)]:
            # "Her successor as mayor" has another office than she may have now.
            for name in _named(sentence, noun) if office_of(sentence, noun) is None else []:
                yield Tenure(status, "", None, name_of(sentence, name), None, _WEIGHT, person.text)


def _takes_over(sentence: Sentence, noun: Token) -> bool:
    """Whether somebody's assistant or deputy takes his place: "His assistant, Ada Lund, takes charge"."""
    verb = sentence.head(noun)
    if noun.dep != "nsubj" or not is_people(noun.lemma) or not sentence.of(noun, "poss"):
        return False
    particles = [particle.lemma for particle in sentence.of(verb, "prt")]
    charge = verb.lemma == "take" and any(thing.lemma == "charge" for thing in sentence.of(verb, "dobj"))
    return (charge or "_".join([verb.lemma, *particles]) in _TAKING_OVER) and not sentence.of(verb, "neg")


def _named(sentence: Sentence, noun: Token) -> list[Token]:
    """The names of who is said to be a successor: beside the noun, or by "is", "was named as"."""
    head = sentence.head(noun)
    names = names_beside(sentence, noun, None)
    if head.lemma == "be" and noun.dep in ("nsubj", "attr"):
        names += sentence.of(head, "attr" if noun.dep == "nsubj" else "nsubj")
    elif noun.dep == "pobj" and head.text.lower() == "as":
        names += sentence.of(sentence.head(head), "dobj", "oprd", "nsubjpass")
    return [name for name in names if name.is_name]
