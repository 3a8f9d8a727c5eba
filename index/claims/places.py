"""Names what is held: the place of a relation and the body of an office, with what stands for them resolved."""

import re

from index.claim import Status
from index.claims.office_clause import ROLES
from index.claims.relation import Relation
from index.claims.tenure import Tenure
from index.language.clauses import noun_phrase
from index.language.coreference import (
    NEAR_TOKENS,
    Discourse,
    is_body,
    is_definite_body,
    is_definite_place,
)
from index.language.name_kinds import TOWNS, body_span
from index.language.name_spans import is_date_word, name_span
from index.language.parser import Sentence, Token
from index.language.predicates import (
    is_force,
    is_governing,
    is_office,
    is_people,
    is_place,
    is_stronghold,
    is_structure,
    nation_of,
    post_of,
)
from index.language.words import last_word

_PARTS = frozenset(
    "most all much part rest half some whole remains outskirts entrance centre center heart edge quarter".split()
)
_PRONOUNS = ("PRP", "EX", "RB")
_POINTING = (*_PRONOUNS, "DT", "CD", "PDT")
# The words with capitals that a holder begins with.
_OPENING_NAME = re.compile(r"[^\W\d_a-z][\w’'-]*+(?: [^\W\d_a-z][\w’'-]*+)*+")
_ANY = frozenset("a an any no some another".split())
_OF_TOWNS = frozenset({"mayor", "deputy mayor", "lord mayor"})
# So many nouns deep a place is looked for: the square of the centre of X.
_DEEPEST = 4

Names = list[tuple[str, str]]


def places_of(number: int, sentence: Sentence, relation: Relation, discourse: Discourse) -> Names:
    """The names that the place of a relation has, each with the word that stands for it where it is another."""
    token = sentence.tokens[relation.place.head]
    holder = without_article(relation.holder) or ""
    # "The Lund family, which runs it": it is no Lund.
    own = _OPENING_NAME.match(holder)
    without = frozenset(filter(None, [relation.holder, holder, own and own.group()]))
    if relation.place.role == "implied":
        name = discourse.antecedent(number, token.start, without=without)
        return [(name, "there")] if name else []
    # Soldiers are no place that somebody holds.
    return [] if _is_force(sentence, token) else _named_inside(number, sentence, token, relation, discourse, without)


def _named_inside(
    number: int, sentence: Sentence, token: Token, relation: Relation, discourse: Discourse, without: frozenset[str]
) -> Names:
    """The names of a noun, or of what it is a part of."""
    built = ""
    for _ in range(_DEEPEST):
        names = _named(sentence, token, relation, without)
        if names is None:
            names = _meant(number, sentence, token, relation, discourse, without)
        if names is not None:
            names = [(f"{name}{built}", word) for name, word in names]
            return names + _joined(sentence, token, relation, without) if names and not built else names
        deeper = _inside(sentence, token)
        if deeper is None:
            break
        if _is_apart(sentence, token, relation):
            built = f" {_kind_of(sentence, token)}"
        token = deeper
    return [(relation.place.text, "")] if _stands_alone(sentence, token, relation) else []


def body_of(number: int, sentence: Sentence, tenure: Tenure, discourse: Discourse) -> tuple[str, str]:
    """The name of the body whose office it is, and the word that stands for it where it is another, such as "its"."""
    owner = tenure.owner
    if owner is None:
        return _unnamed_body(number, sentence, tenure, discourse)
    if is_force(owner.text.lower()) and not is_governing(owner.text.lower()) and not _has_own_name(sentence, owner):
        # "Rebel commander Ada Lund": of what rebels is not told.
        return "", ""
    if owner.tag not in ("PRP", "PRP$") and not is_definite_body(sentence, owner):
        return _phrase(sentence, owner), ""
    return _spoken_of(number, sentence, tenure, owner, discourse)


def _spoken_of(
    number: int, sentence: Sentence, tenure: Tenure, owner: Token, discourse: Discourse
) -> tuple[str, str]:
    """The body that "its" or "the club's" points to, with that word. "The army's" chief is the army's where none was
    named; of what company "the company's" head is, is then not told."""
    points = owner.tag in ("PRP", "PRP$")
    name = discourse.body(number, owner.start)
    if name and name not in tenure.holder and (points or name in discourse.bodies | discourse.actors):
        return name, owner.text
    is_known_alone = not points and (is_force(owner.lemma) or is_governing(owner.lemma))
    return (_phrase(sentence, owner), "") if is_known_alone else ("", "")


def _has_own_name(sentence: Sentence, owner: Token) -> bool:
    """Whether words beside a noun make it a name, "the Lunar Guard", or tell which it is, "the army"."""
    return bool(sentence.of(owner, "det", "poss", "compound", "nmod", "amod", "prep"))


def _unnamed_body(number: int, sentence: Sentence, tenure: Tenure, discourse: Discourse) -> tuple[str, str]:
    """The body that was spoken of before, of a mayor the town. Of "President Ada Lund", "General Holm" it does not
    follow whose he is."""
    start = max(sentence.text.find(tenure.holder), 0)
    title = tenure.role.rpartition(" ")[2] if tenure.clause is None else ""
    if tenure.role in _OF_TOWNS:
        town = discourse.antecedent(number, start, kind="town")
        return (town, "town") if town in discourse.places else ("", "")
    if title and sentence.text[:start].rstrip().lower().endswith(title):
        return "", ""
    name = discourse.body(number, start)
    # "The President" is no body that has a prime minister.
    if name is None or name in tenure.holder or is_office(last_word(name).lower()):
        return "", ""
    return name, "its"


def without_article(holder: str | None) -> str | None:
    """A name without "the", "its" or the like before it."""
    return re.sub(r"^(?:the|a|an|its|their|his|her|whose)\s+", "", holder, flags=re.IGNORECASE) if holder else None


def _phrase(sentence: Sentence, token: Token) -> str:
    start, end = (body_span if token.is_name else noun_phrase)(sentence, token)
    # "Lindby Mayor Ada Holm": the title and what follows is no part of the town's name.
    titles = [t.start for t in sentence.tokens[token.i + 1 :] if t.start < end and is_office(t.lemma.lower())]
    name = without_article(sentence.text[start : min([end, *titles])].strip()) or ""
    return name.removesuffix("'s").removesuffix("’s")


def _is_force(sentence: Sentence, noun: Token) -> bool:
    """Whether it is soldiers without a name, and no council that somebody wins."""
    if noun.is_name or not is_force(noun.lemma) or is_place(noun.lemma) or is_structure(noun.lemma):
        return False
    return not is_governing(noun.lemma) and not any(child.is_name for child in sentence.of(noun, "compound", "nmod"))


def _is_base_of(sentence: Sentence, noun: Token) -> bool:
    """Whether it is "the rebel stronghold of X", which is X itself, unlike "the base at X"."""
    of = any(preposition.text.lower() == "of" for preposition in sentence.of(noun, "prep"))
    holder = any(is_force(child.lemma) or nation_of(child.text) for child in sentence.of(noun, "amod", "compound"))
    return of and (is_stronghold(noun.lemma) or holder)


def _named(sentence: Sentence, token: Token, relation: Relation, without: frozenset[str]) -> Names | None:
    """The place that a noun names, itself or beside it; None where it names none."""
    if token.is_name:
        return _name_itself(sentence, token, relation, without)
    names = [child for child in sentence.of(token, "compound", "nmod") if child.is_name]
    if names and (is_place(token.lemma) or is_governing(token.lemma) or _leads(relation)):
        start, _ = name_span(sentence, names[0])
        # "The northern Velmar town of Lindby" is named behind "of".
        return None if _has_name_behind(sentence, token) else [(sentence.text[start : token.end], "")]
    beside = _names_beside(sentence, token)
    return [(sentence.text[slice(*name_span(sentence, beside[0]))], "")] if beside else None


def _names_beside(sentence: Sentence, noun: Token) -> list[Token]:
    """The names in apposition to a noun, or that it is told to be."""
    beside = [child for child in sentence.of(noun, "appos") if child.is_name and child.i - noun.i < NEAR_TOKENS]
    return beside + _predicate_nouns(sentence, noun)


def _predicate_nouns(sentence: Sentence, place: Token) -> list[Token]:
    """The names in "The last town that they hold is X"."""
    if not is_place(place.lemma) or place.dep != "nsubj" or not sentence.of(place, "acl", "relcl"):
        return []
    verb = sentence.head(place)
    return [child for child in sentence.of(verb, "attr") if child.is_name and verb.lemma == "be"]


def _has_name_behind(sentence: Sentence, place: Token) -> bool:
    """Whether a kind of place is that of a name behind "of"."""
    of = [preposition for preposition in sentence.of(place, "prep") if preposition.text.lower() == "of"]
    return place.lemma in TOWNS and any(noun.is_name for each in of for noun in sentence.of(each, "pobj"))


def _is_apart(sentence: Sentence, token: Token, relation: Relation) -> bool:
    """Whether it is something built that is not its town: the airport of X; not every street of X, nor where a flag
    flies for all of X."""
    if not is_structure(token.lemma) or token.lemma in _PARTS or relation.by_flag or _leads(relation):
        return False
    if _is_base_of(sentence, token):
        return False
    return not any(child.text.lower() in ("every", "each", "all", "any") for child in sentence.of(token, "det"))


def _kind_of(sentence: Sentence, token: Token) -> str:
    """A noun with the nouns joined to it: sugar mill."""
    before = [child.text for child in sentence.of(token, "compound") if child.i < token.i]
    return " ".join([*before, token.text])


def _joined(sentence: Sentence, token: Token, relation: Relation, without: frozenset[str]) -> Names:
    """The names joined to one that lies inside a phrase: the towns of A and B."""
    if token.i == relation.place.head:
        return []
    others = [other for other in sentence.conjuncts(token) if other.i != token.i and other.is_name]
    return [name for other in others for name in _name_itself(sentence, other, relation, without)]


def _name_itself(sentence: Sentence, token: Token, relation: Relation, without: frozenset[str]) -> Names:
    name = sentence.text[slice(*name_span(sentence, token))]
    fits = name not in without and not is_date_word(name) and (_leads(relation) or not is_body(name))
    return [(name, "")] if fits else []


def _meant(
    number: int, sentence: Sentence, token: Token, relation: Relation, discourse: Discourse, without: frozenset[str]
) -> Names | None:
    """The names that a pronoun, "the town" or "the club" stands for; None where `token` is none of these."""
    if _means_body(sentence, token, relation):
        name = discourse.body(number, token.start)
        return [(name, token.text)] if name and name not in without else _alone(token, relation)
    if is_definite_place(sentence, token) or _points(sentence, token):
        return _pointed_at(number, sentence, token, relation, discourse, without)
    return None


def _pointed_at(
    number: int, sentence: Sentence, token: Token, relation: Relation, discourse: Discourse, without: frozenset[str]
) -> Names | None:
    """The names that a pronoun or "the town" stands for; None where another word is not known to stand for one."""
    names = _built(token, discourse.resolve(number, sentence, token, without=without), discourse)
    names = names or [name for name in _belonging(number, token, relation, discourse) if name not in without]
    if not (names or is_definite_place(sentence, token) or token.tag in _PRONOUNS):
        return None
    return [(name, token.text) for name in names if not is_body(name)]


def _belonging(number: int, token: Token, relation: Relation, discourse: Discourse) -> list[str]:
    """What "it" stands for where it belongs to somebody: that may be a company."""
    if token.tag != "PRP" or relation.clause is None or relation.clause.lemma != "belong":
        return []
    body = discourse.body(number, token.start)
    return [body] if body else []


def _built(noun: Token, towns: list[str], discourse: Discourse) -> list[str]:
    """ "The airport" is none of the towns that were spoken of, but one that was named before, or lies in the town."""
    if not is_structure(noun.lemma):
        return towns
    known = [place for place in discourse.places if place.lower().endswith(f" {noun.lemma}")]
    return known if len(known) == 1 else [f"{town} {noun.lemma}" for town in towns]


def _means_body(sentence: Sentence, token: Token, relation: Relation) -> bool:
    """Whether it is "the club", or "it" where somebody leads it."""
    return is_definite_body(sentence, token) or _leads(relation) and token.tag == "PRP"


def _alone(token: Token, relation: Relation) -> Names:
    """ "The board" that somebody chairs, where no name of it is known."""
    return [(token.text, "")] if token.is_noun and _leads(relation) else []


def _points(sentence: Sentence, token: Token) -> bool:
    """Whether a word is a pronoun or the like, or has "both" before it."""
    both = (child.text.lower() == "both" for child in sentence.of(token, "det", "predet"))
    return token.tag in _POINTING or any(both)


def _leads(relation: Relation) -> bool:
    """Whether the holder is said to lead, chair or own what is held."""
    return relation.clause is not None and post_of(relation.clause.predicate) in ROLES


def _stands_alone(sentence: Sentence, token: Token, relation: Relation) -> bool:
    """Whether a noun without a name may be what is held: "the airport", and "the council" that somebody runs."""
    if any(child.tag == "PRP$" for child in sentence.of(token)):
        return False
    if not is_place(token.lemma):
        return relation.status is Status.HOLDS and _is_known_body(sentence, token)
    # "An army base", "two villages", "checkpoints": nobody can tell which.
    beside = sentence.of(token, "det", "poss", "compound", "nmod", "amod")
    return any(child.is_name or child.dep == "poss" or child.tag == "DT" and _points_out(child) for child in beside)


def _is_known_body(sentence: Sentence, noun: Token) -> bool:
    """Whether it is a certain body: not the rally that is held, nor the two nuns, nor the president who is deposed."""
    known = any(t.text.lower() not in _ANY for t in sentence.of(noun, "det", "poss", "amod"))
    return known and noun.tag == "NN" and is_people(noun.lemma) and not is_office(noun.lemma)


def _points_out(determiner: Token) -> bool:
    return determiner.text.lower() not in ("a", "an", "some", "another", "no", "any", "each", "every")


def _inside(sentence: Sentence, token: Token) -> Token | None:
    """What a part or kind of place belongs to: the square of X, most of X, the entrance to X, X's square."""
    if not (is_place(token.lemma) or token.lemma in _PARTS or token.tag in ("JJS", "CD", "DT", "PDT")):
        return None
    for owner in sentence.of(token, "poss"):
        if owner.is_name:
            return owner
    for preposition in sentence.of(token, "prep"):
        if preposition.text.lower() in ("of", "to", "at", "in"):
            for noun in sentence.of(preposition, "pobj"):
                # Who holds the towns of X does not hold X; the towns of X and Y are these.
                several = len(sentence.conjuncts(noun)) > 1
                return noun if several or token.tag != "NNS" or token.lemma not in TOWNS else None
    return None
