"""Names an office: its title, whose it is, and who has it without the titles before the name."""

from collections.abc import Iterator
from itertools import takewhile

from index.language.months import MONTHS
from index.language.name_spans import is_date_word, name_span
from index.language.parser import Sentence, Token
from index.language.predicates import Holding, Post, holding_of, is_known, is_office, nation_of, post_of

# Words before an office that tell that it is held no longer, and those that are no part of its name.
_FORMER = frozenset("former formerly ex previous erstwhile hitherto once late late- then onetime".split())
# What somebody is to become, he is not yet.
_COMING = frozenset("incoming designate elect future prospective".split())
_NO_PART = frozenset(
    "new current present outgoing acting interim longtime old sitting own only first last next".split()
)
# Ranks of birth and of soldiers: "Lord Ashcombe", "General Lund" have no office by these words.
_RANKS = frozenset(
    "lord baron baroness viscount earl knight duke duchess marquess sheikh sheik "
    "general colonel major captain brigadier lieutenant admiral commodore sergeant corporal marshal".split()
)
# Offices that are named by what they are in charge of.
DEPARTMENTS = frozenset("minister secretary executive officer commissioner".split())
# Participles that open a title.
_WORKING = frozenset(("managing", "executive", "supervising", "presiding"))
# What the names of states and regions begin with.
_OF_REGIONS = frozenset("new north south east west northern southern eastern western central upper lower".split())
# "In place of Peter Holm", "for six years", "for the time being", "in May": no bodies.
_NO_BODIES = frozenset((*MONTHS, *"place year month week day decade hour term time moment season".split()))
_OWNERS = ("of", "at", "for", "in", "to")


def role_of(sentence: Sentence, office: Token) -> tuple[str, bool]:
    """The office as a phrase in lower case, such as "chief executive", and whether it is said to be a former one."""
    words = [sentence.tokens[i].text.lower() for i in sorted(token.i for token in _words_before(sentence, office))]
    of_staff = ["of staff"] if _is_of_staff(sentence, office) else []
    return " ".join([*words, office.lemma.lower(), *of_staff]), _is_former(sentence, office)


def _words_before(sentence: Sentence, office: Token) -> set[Token]:
    """The words before an office that belong to its name."""
    before = {
        child
        for child in sentence.of(office, "compound", "amod", "nmod", "advmod")
        if child.i < office.i and _is_part(child, office) and not _tells_former(child)
        and child.text.lower() not in _NO_PART | _COMING
    }
    return {word for word in before.union(_title_before(sentence, office)) if word.text.isalpha()}


def _is_former(sentence: Sentence, office: Token) -> bool:
    """Whether "former" or "ousted" stands before an office, or before the name whose title it is; or "ex-"."""
    head = sentence.head(office)
    nouns = [office, head] if office.dep in ("compound", "nmod") and head.is_name else [office]
    before = [child for noun in nouns for child in sentence.of(noun, "amod") if child.i < office.i]
    if office.i > 1 and sentence.tokens[office.i - 1].text == "-":
        before.append(sentence.tokens[office.i - 2])
    before += sentence.of(office, "compound", "nmod", "advmod")
    return any(map(_tells_former, before))


def _tells_former(word: Token) -> bool:
    """ "Former", and participles such as "ousted", which the parser takes for adjectives or names."""
    text = word.text.lower()
    verbs = (text[:-1], text[:-2]) if text.endswith("ed") else ()
    gone = any(post_of(verb) in (Post.LEAVE, Post.DISMISS) or holding_of(verb) is Holding.EXPEL for verb in verbs)
    return gone or text in _FORMER


def is_outgoing(sentence: Sentence, office: Token) -> bool:
    """Whether who has an office is said to be leaving it: "the outgoing mayor"."""
    return any(child.text.lower() == "outgoing" for child in sentence.of(office, "amod"))


def is_yet_to_come(sentence: Sentence, office: Token) -> bool:
    """Whether somebody is only to have an office: "the incoming mayor", "president-elect"."""
    around = [*sentence.of(office, "amod", "compound", "nmod"), *sentence.tokens[office.i + 1 : office.i + 3]]
    return any(word.text.lower() in _COMING for word in around)


def is_rank(office: Token, owner: Token | None) -> bool:
    """Whether what could be an office is only how somebody is addressed: "Lord Ashcombe"."""
    return owner is None and office.text.istitle() and office.lemma.lower() in _RANKS


def _is_of_staff(sentence: Sentence, office: Token) -> bool:
    """ "Chief of staff" is one office."""
    behind = [t.text.lower() for t in sentence.tokens[office.i + 1 : office.i + 3]]
    return office.lemma.lower() == "chief" and behind == ["of", "staff"]


def _is_part(word: Token, office: Token) -> bool:
    """Whether a word before an office belongs to its name: "chief", "Managing", and "Health" of a "Health Minister"."""
    if word.text.lower() in _WORKING:
        return True
    return word.text.islower() or office.lemma.lower() in DEPARTMENTS and is_known(word.text.lower())


def _title_before(sentence: Sentence, office: Token) -> list[Token]:
    """The words of a title that hang on the name behind it: "Chief Executive Ada Lund"."""
    head = sentence.head(office)
    if office.dep not in ("compound", "nmod") or not head.is_name:
        return []
    words = [child for child in sentence.of(head, "compound", "nmod") if child.i < office.i]
    return [word for word in words if word.text.istitle() and _is_part(word, office) and not nation_of(word.text)]


def owner_of(sentence: Sentence, office: Token) -> Token | None:
    """The body whose office it is: "Norvik's mayor", "the mayor of Norvik", "the Norvik mayor"."""
    owners = [*sentence.of(office, "poss"), *owners_behind(sentence, office), *_names_before(sentence, office)]
    title = _title_before(sentence, office)
    for owner in owners:
        if not is_date_word(owner.text) and owner not in title and not _is_titled(owner, office):
            return owner
    return None


def _names_before(sentence: Sentence, office: Token) -> list[Token]:
    """The words with a capital before an office, the nearest first. In "Norvik chief executive Ada Lund" all of it
    hangs on the name."""
    names = [child for child in reversed(_nouns_before(sentence, office, office)) if child.text[:1].isupper()]
    head = sentence.head(office)
    if office.dep in ("compound", "nmod") and head.is_name:
        names += [child for child in _nouns_before(sentence, office, head) if child.is_name]
    return names


def _nouns_before(sentence: Sentence, office: Token, head: Token) -> list[Token]:
    """The nouns before an office that hang on it, or on the name behind it."""
    nouns = sentence.of(head, "compound", "nmod")
    return [noun for noun in nouns if noun.i < office.i and not _tells_former(noun)]


def _is_titled(word: Token, office: Token) -> bool:
    """Whether a word with a capital before an office is a part of the title."""
    return word.i < office.i and word.dep != "poss" and word.text.istitle() and _is_part(word, office)


def owners_behind(sentence: Sentence, office: Token) -> Iterator[Token]:
    for preposition in sentence.of(office, "prep"):
        # "Commander-in-chief" is one word.
        if preposition.text.lower() in _OWNERS and sentence.tokens[preposition.i - 1].text != "-":
            nouns = sentence.of(preposition, "pobj")
            if _is_of_staff(sentence, office):
                nouns = [noun for staff in nouns for noun in _behind_of(sentence, staff)]
            yield from (noun for noun in nouns if not _is_no_body(sentence, noun))


def _is_no_body(sentence: Sentence, noun: Token) -> bool:
    """Whether what stands behind an office is a time, or another office: "candidate for mayor"."""
    if noun.lemma.lower() in _NO_BODIES:
        return True
    return is_office(noun.lemma) and not noun.is_name and not sentence.of(noun, "det", "poss")


def _behind_of(sentence: Sentence, noun: Token) -> list[Token]:
    of = [preposition for preposition in sentence.of(noun, "prep") if preposition.text.lower() == "of"]
    return [behind for preposition in of for behind in sentence.of(preposition, "pobj")]


def name_of(sentence: Sentence, token: Token) -> str:
    """The name without the titles before it."""
    if not token.is_name:
        return token.text
    start, end = name_span(sentence, token)
    inside = [t for t in sentence.tokens if start <= t.start < end]
    titles = [t for t in inside if t.i < token.i and is_office(t.lemma.lower())]
    return sentence.text[titles[-1].end : end].strip() if titles else sentence.text[start:end]


def without_titles(name: str) -> str:
    """A person's name without the titles that it opens with: "Mayor Ada Lund"."""
    parts = name.split()
    titles = [*takewhile(lambda part: is_office(part.lower()), parts[:-1])]
    return " ".join(parts[len(titles) :])


def names_beside(sentence: Sentence, office: Token, owner: Token | None) -> list[Token]:
    """The names in apposition to an office, or of which it is the title; `owner` is whose it is."""
    names, head = sentence.of(office, "appos"), sentence.head(office)
    if office.dep == "appos" and not any(name.is_name for name in names):
        names.append(head)
    if office.dep in ("compound", "nmod") and head.is_name and not is_office(head.lemma):
        names.append(head)
    names += _behind_owner(sentence, office, owner)
    return [name for name in names if name.is_name]


def _behind_owner(sentence: Sentence, office: Token, owner: Token | None) -> list[Token]:
    """The name in "The mayor of Norvik, Ada Lund, said": the parser joins it to the town."""
    if owner is None or owner.i < office.i:
        return []
    names = [name for name in sentence.of(owner, "appos") if name.is_name and _may_be_person(name_of(sentence, name))]
    # "The head of the company, Norvik Shipping": its own name ends in a common word.
    return [name for name in names if owner.is_name or not is_known(name.text.rpartition(" ")[2].lower())]


def _may_be_person(name: str) -> bool:
    """Whether a name behind that of a town may be a person's: it is no state's, as in "of Albany, New York"."""
    parts = name.split()
    if len(parts) < 2 or parts[0].lower() in _OF_REGIONS:
        return False
    return not any(nation_of(part) for part in (name, parts[0]))


def body_behind(sentence: Sentence, name: Token) -> Token | None:
    """The body in "Prime Minister Ada Lund of Velmar"."""
    of = [preposition for preposition in sentence.of(name, "prep") if preposition.text.lower() == "of"]
    return next((noun for preposition in of for noun in sentence.of(preposition, "pobj") if noun.is_name), None)
