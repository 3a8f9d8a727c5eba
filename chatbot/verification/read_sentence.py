"""Reads what a sentence says was done: predicates with who did it, to what, and whether it is denied, in a form in
which a statement and its evidence can be compared."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property

from index.language.annotations import Annotation
from index.language.arguments import noun_phrase
from index.language.clauses import Argument, Clause, Modality, Tense
from index.language.lexicon import HOLDERS, concept
from index.language.months import MONTHS, WEEKDAYS
from index.language.opposites import deed_of
from index.language.parser import Sentence, Token
from index.language.predicates import is_denial, is_speech, nation_of, nominalised
from index.language.words import STOPWORDS, bare, stem

_EMPTY = frozenset(
    "be have do say report not no never also still only just even again then there here now one two so such".split()
)
_NEGATIONS = frozenset(
    "no not n't never nor neither none nobody nothing nowhere without only few little hardly barely scarcely lack fail "
    "refuse stop end cease avoid prevent instead rather than despite although though but yet unable".split()
)
_QUOTES = re.compile(r"[\"“”]|\baccording to\b", re.IGNORECASE)
PRONOUNS = frozenset(map(concept, "he she they it who we you".split()))
CALENDAR = frozenset(stem(day) for day in (*MONTHS, *WEEKDAYS))
_POSSESSIVES = ("poss", "nmod")
_HANGING = ("ccomp", "xcomp", "advcl", "parataxis", "conj")


@dataclass(frozen=True)
class Deed:
    """One predicate of a sentence. `agents` are the keys of who does it, `content` what all its arguments but the agent
    stand for, `about` what the whole sentence stands for. `negated` is whether it is told not to be so, or no longer.

    `names` are those of its arguments but the agent, `named` all names of the sentence. `speakers` are the keys of who
    says so, `speaker` is what the words for that one stand for. `verb` is the lemma of a clause's verb, with its
    particle, or the verb whose deed a noun such as "retreat" names.
    """

    verb: str
    agents: frozenset[str]
    content: frozenset[str]
    about: frozenset[str]
    start: int
    end: int
    negated: bool = False
    is_fact: bool = True
    is_noun: bool = False
    denied: bool = False
    speakers: frozenset[str] = frozenset()
    speaker: frozenset[str] = frozenset()
    tense: Tense = Tense.PAST
    patients: frozenset[str] = frozenset()
    names: frozenset[str] = frozenset()
    is_infinitive: bool = False
    named: frozenset[str] = frozenset()
    is_still: bool = False


class ReadSentence:
    """A sentence with its deeds. `annotation` is its parse, with what its pronouns stand for."""

    def __init__(self, annotation: Annotation) -> None:
        self.annotation = annotation
        self.parsed: Sentence = annotation.parsed
        self._known = {word: names for word, names in annotation.resolved}

    @cached_property
    def about(self) -> frozenset[str]:
        """What the words of the sentence stand for, what its pronouns mean included."""
        return self._concepts(self.parsed.tokens) | concepts(self.annotation.label)

    @cached_property
    def deeds(self) -> tuple[Deed, ...]:
        """What the sentence says was done, in clauses and in nouns."""
        return (*map(self._of_clause, self.annotation.clauses), *self._of_nouns(), *self._of_adjectives())

    @cached_property
    def has_speech(self) -> bool:
        """Whether somebody says something in it."""
        lemmas = {token.lemma for token in self.parsed.tokens if token.is_verb}
        return _QUOTES.search(self.parsed.text) is not None or any(map(is_speech, lemmas))

    @cached_property
    def has_pronoun(self) -> bool:
        """Whether it speaks of "he", "she" or "they"."""
        return any(token.text.lower() in ("he", "she", "they", "who") for token in self.parsed.tokens)

    @cached_property
    def has_denial(self) -> bool:
        """Whether it tells that something is not so, no longer so, or hardly so."""
        forms = {form for token in self.parsed.tokens for form in (token.text.lower(), token.lemma)}
        if forms & _NEGATIONS or any(is_denial(token.lemma) for token in self.parsed.tokens):
            return True
        return any(deed.negated or deed.denied for deed in self.deeds)

    def keys(self, argument: Argument) -> frozenset[str]:
        """By what the party that an argument names is known."""
        return self._party(argument.start, argument.end)

    def _of_clause(self, clause: Clause) -> Deed:
        agents = self._agents(clause)
        others = [argument for argument in clause.arguments if argument.role != "agent"]
        patients = frozenset[str]().union(*map(self.keys, clause.of("patient")))
        content = frozenset[str]().union(*map(self._of_argument, others))
        if not agents or clause.passive or clause.predicate.startswith("be"):
            content |= frozenset[str]().union(*map(self._of_argument, clause.of("agent")))
        speakers = party_keys(clause.speaker) if clause.speaker else frozenset[str]()
        return Deed(
            clause.predicate, agents, content, self.about, clause.start, clause.end,
            negated=clause.negated or clause.ended or self._is_without(clause),
            is_fact=clause.modality is Modality.FACT, names=frozenset[str]().union(*map(self._names, others)),
            denied=clause.denied or self._is_disputed(clause),
            speakers=speakers, speaker=concepts(clause.speaker or ""), tense=clause.tense, patients=patients,
            is_infinitive=self._is_infinitive(clause), named=self._named, is_still=self._is_still(clause),
        )

    @cached_property
    def _named(self) -> frozenset[str]:
        return frozenset(concept(word) for t in self.parsed.tokens if t.is_name for word in t.text.split())

    def _is_still(self, clause: Clause) -> bool:
        verb = self.parsed.tokens[clause.verb]
        return any(child.text.lower() == "still" for child in self.parsed.children[verb.i])

    def _is_without(self, clause: Clause) -> bool:
        """Whether it hangs on "without": "without the defence being told"."""
        return self.parsed.head(self.parsed.tokens[clause.verb]).text.lower() == "without"

    def _is_infinitive(self, clause: Clause) -> bool:
        verb = self.parsed.tokens[clause.verb]
        return any(child.tag == "TO" for child in self.parsed.of(verb, "aux"))

    def _names(self, argument: Argument) -> frozenset[str]:
        """The names of an argument, with what hangs on its noun: "a truce in Lindby", but no clause about it."""
        head = self.parsed.tokens[argument.head]
        below = {t.i for t in self.parsed.subtree(head)}
        for other in self.parsed.subtree(head):
            if other.dep in ("relcl", "acl", "conj") and other.i != head.i:
                below -= {t.i for t in self.parsed.subtree(other)}
        inside = [t for t in self.parsed.tokens if t.i in below and t.is_name]
        return frozenset[str]().union(*(concepts(token.text) for token in inside)) - CALENDAR

    def _is_disputed(self, clause: Clause) -> bool:
        """Whether it hangs on "disputes that", which the parser may take for a noun."""
        above = self.parsed.head(self.parsed.tokens[clause.verb])
        return above.is_noun and is_denial(above.lemma)

    def _agents(self, clause: Clause) -> frozenset[str]:
        """Who does it: named in the clause, or by the clause that it hangs on where it says "it" or nobody."""
        named = frozenset[str]().union(*(self.keys(agent) for agent in clause.of("agent")))
        if named or clause.passive or any(not self._is_pronoun(agent) for agent in clause.of("agent")):
            return named
        verb = self.parsed.tokens[clause.verb]
        above = [other for other in self.annotation.clauses if other.verb == verb.head and other.verb != clause.verb]
        return self._agents(above[0]) if above and verb.dep in _HANGING else frozenset()

    def _is_pronoun(self, argument: Argument) -> bool:
        return self.parsed.tokens[argument.head].tag in ("PRP", "WP", "WDT")

    def _of_nouns(self) -> Iterator[Deed]:
        for token in self.parsed.tokens:
            if not token.is_noun or token.is_name:
                continue
            verb = nominalised(token.lemma) or deed_of(token.lemma)
            if verb is not None:
                agents = frozenset[str]().union(*(self._party(*span) for span in self._owners(token)))
                inside = self._concepts([t for t in self.parsed.subtree(token) if t.i != token.i])
                patients = frozenset[str]().union(*(self._party(*span) for span in self._objects(token)))
                yield Deed(
                    verb, agents, inside, self.about, token.start, token.end, is_noun=True, patients=patients
                )

    def _of_adjectives(self) -> Iterator[Deed]:
        """What is said to be "untrue" or "closed"."""
        for clause in self.annotation.clauses:
            about = frozenset[str]().union(*(self._of_argument(agent) for agent in clause.of("agent")))
            for complement in clause.of("complement"):
                token = self.parsed.tokens[complement.head]
                if token.tag == "JJ":
                    negated = clause.negated or clause.ended
                    yield Deed(token.lemma, frozenset(), about, self.about, token.start, token.end, negated=negated)

    def _objects(self, noun: Token) -> Iterator[tuple[int, int]]:
        for child in self.parsed.of(noun, "prep"):
            if child.text.lower() in ("over", "of", "against"):
                for name in self.parsed.of(child, "pobj"):
                    yield noun_phrase(self.parsed, name)

    def _owners(self, noun: Token) -> Iterator[tuple[int, int]]:
        """Where it stands whose deed it is: "their retreat", "the army's retreat", "the loss by the army"."""
        for child in self.parsed.of(noun, *_POSSESSIVES):
            yield noun_phrase(self.parsed, child)
        for child in self.parsed.of(noun, "prep"):
            if child.text.lower() == "by":
                for name in self.parsed.of(child, "pobj"):
                    yield noun_phrase(self.parsed, name)

    def _of_argument(self, argument: Argument) -> frozenset[str]:
        return self._concepts([t for t in self.parsed.tokens if argument.start <= t.start < argument.end])

    def _concepts(self, tokens: Sequence[Token]) -> frozenset[str]:
        meant: set[str] = set()
        for token in tokens:
            names = self._known.get(token.text.lower(), ())
            for name in names:
                meant |= concepts(name)
            if token.text[:1].isupper() or token.is_noun or token.is_verb or token.tag[:2] in ("JJ", "RB"):
                meant |= concepts(token.text)
        return frozenset(meant)

    def _party(self, start: int, end: int) -> frozenset[str]:
        tokens = [t for t in self.parsed.tokens if start <= t.start < end]
        # A name of several words may be one token.
        words = ((word, token) for token in tokens for word in token.text.split())
        return frozenset(key for word, token in words for key in _keys(word, token.is_name, token.lemma))


def concepts(text: str) -> frozenset[str]:
    """What the telling words of a text stand for: nations by their names, other words by their synonyms' first."""
    meant = set()
    for word in text.replace("-", " ").replace("’s", "").replace("'s", "").split():
        plain = bare(word.strip(".,;:!?()[]\"“”‘’'"))
        if len(plain) < 2 or plain.lower() in STOPWORDS or plain.lower() in _EMPTY:
            continue
        nation = _nation(plain)
        meant.add(f"nation {nation}" if nation else concept(plain))
    return frozenset(meant)


def party_keys(text: str) -> frozenset[str]:
    """By what a party is known that `text` names: nations, names, and words such as army."""
    keys = frozenset(key for word in text.replace("’s", "").replace("'s", "").split() for key in _keys(word))
    return keys


def _keys(word: str, is_name: bool | None = None, lemma: str = "") -> Iterator[str]:
    plain = word.strip(".,;:!?()[]\"“”‘’'")
    # "By mid-February" tells when, not who.
    if len(plain) < 2 or plain.lower() in STOPWORDS or stem(plain.lower().rpartition("-")[2]) in CALENDAR:
        return
    nation = _nation(plain.split("-")[0])
    if nation:
        yield f"nation {nation}"
    elif is_name or (is_name is None and plain[:1].isupper()):
        yield concept(plain)
    elif plain.lower() in HOLDERS or lemma in HOLDERS:
        yield concept(plain.lower())


def _nation(word: str) -> str | None:
    """The country that a name, an adjective or a people stands for, "Ukrainians" included."""
    if not word[:1].isupper():
        return None
    return nation_of(word) or nation_of(word.removesuffix("s"))
