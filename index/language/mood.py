"""Reads how a clause is told: as a fact or not, when, negated or not, and on whose word."""

from collections.abc import Sequence
from enum import StrEnum

from index.language.arguments import noun_phrase, subjects_of
from index.language.parser import Sentence, Token
from index.language.predicates import asserts, is_denial, is_speech

# Verbs whose infinitive did happen ("managed to take") or is as true as they are ("seems to hold").
_IMPLICATIVE = frozenset(
    """manage vote begin start continue cease stop seem appear happen help come go prove remain get force allow have be
    use lead cause see hear make let enable tend""".split()
)
# "Is said to hold it": what an infinitive tells behind these is told as so.
_REPORTING = frozenset("say report believe think know claim allege rumour rumor reckon understand confirm".split())
_CONDITIONS = frozenset("if unless whether lest provided should were".split())
_PRESENT = frozenset({"VBP", "VBZ"})
_OPEN_MODALS = frozenset("will would could may might shall should can must ca wo 'll 'd".split())
# What a paper corrects when it speaks of itself.
_VERSIONS = frozenset("version edition headline caption graphic issue".split())
_NEGATIVE_WORDS = frozenset("no not n't never neither nor nobody none nothing hardly without n’t".split())


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


# Auxiliaries and the tense that they make, the most telling first.
_TENSES = (
    (frozenset({"had"}), Tense.BEFORE),
    (frozenset({"has", "have", "'ve", "’ve"}), Tense.PERFECT),
    (frozenset({"will", "'ll", "shall"}), Tense.FUTURE),
    (frozenset({"is", "are", "am", "'s", "'re", "does", "do"}), Tense.PRESENT),
)


def governors(sentence: Sentence, verb: Token) -> list[Token]:
    """`verb` and the verbs that it hangs on without a subject of its own between them: "plans to try to take"."""
    chain = [verb]
    while chain[-1].dep in ("xcomp", "conj", "ccomp", "advcl", "pcomp", "acl", "relcl") and len(chain) < 8:
        above = sentence.head(chain[-1])
        if above in chain:
            break
        chain.append(above)
    return chain


def mood_of(sentence: Sentence, chain: Sequence[Token]) -> tuple[Modality, Tense]:
    """How the clause of the first verb of `chain` is told, and when it holds; `chain` is what `governors` gives."""
    verb = chain[0]
    tense = _tense(sentence, verb)
    if sentence.text.rstrip(" ”’\"'").endswith("?"):
        return Modality.QUESTION, tense
    alike = _stated_alike(sentence, chain)
    if alike is None:
        return Modality.OPEN, tense
    for token in alike:
        if _is_condition(sentence, token):
            return Modality.CONDITION, tense
        if _has_open_modal(sentence, token, verb):
            return Modality.OPEN, Tense.FUTURE
        if token.dep in ("relcl", "advcl"):
            break
    return Modality.FACT, tense


def _stated_alike(sentence: Sentence, chain: Sequence[Token]) -> Sequence[Token] | None:
    """The verbs of `chain` that are told as its first is; None where one above leaves that open: "plans to take"."""
    for count, (below, above) in enumerate(zip(chain, chain[1:], strict=False), 1):
        if below.dep == "conj" and _mark(sentence, below):
            break
        if _leaves_open(sentence, below, above):
            return None
        if _tells_apart(below, above):
            return chain[:count]
    return chain


def _leaves_open(sentence: Sentence, below: Token, above: Token) -> bool:
    """Whether `below` is an infinitive of which `above` does not tell whether it happened, or was kept from it."""
    if below.dep == "pcomp" and above.text.lower() == "from":
        return True
    if not _has_to(sentence, below):
        return False
    if below.dep in ("xcomp", "ccomp"):
        if above.text.lower() in ("is", "are"):
            # "The army is to leave."
            return True
        return above.is_verb and above.lemma not in _IMPLICATIVE and not _is_reported(sentence, below, above)
    if below.dep in ("acl", "relcl"):
        return "first" not in sentence.text.lower()
    return below.dep == "advcl"


def _is_reported(sentence: Sentence, below: Token, above: Token) -> bool:
    """Whether it is "claim to have taken", "claim to hold", "is said to hold": told as so, by somebody."""
    if above.lemma not in _REPORTING:
        return False
    perfect = any(child.text.lower() == "have" for child in sentence.of(below, "aux"))
    return perfect or above.lemma == "claim" or bool(sentence.of(above, "auxpass"))


def _tells_apart(below: Token, above: Token) -> bool:
    """Whether `below` may be a fact where `above` is none."""
    if above.dep not in ("ROOT", "ccomp", "conj"):
        return False
    return below.dep in ("advcl", "acl", "relcl") or below.dep == "ccomp" and above.is_noun


def _is_condition(sentence: Sentence, verb: Token) -> bool:
    """Whether it stands behind "if" or the like, or inverted: "Were they to fall", "Had they held it"."""
    marks, auxiliaries = _mark(sentence, verb), sentence.of(verb, "aux")
    if marks & _CONDITIONS or _opens_inverted(sentence, verb):
        return True
    if "once" in marks and (verb.tag in _PRESENT or any(each.tag in _PRESENT for each in auxiliaries)):
        # "Once they have the town" has still to come; "once they had it" has not.
        return True
    if not auxiliaries or auxiliaries[0].text not in ("Were", "Should", "Had"):
        return False
    return auxiliaries[0].i == sentence.subtree(verb)[0].i


def _opens_inverted(sentence: Sentence, verb: Token) -> bool:
    """Whether the sentence opens with "Were" or "Should" and the verb stands before its first comma."""
    if not sentence.tokens or sentence.tokens[0].text not in ("Were", "Should"):
        return False
    return verb.i < next((token.i for token in sentence.tokens if token.text == ","), 0)


def _has_open_modal(sentence: Sentence, token: Token, verb: Token) -> bool:
    """Whether `token`, a governor of `verb` or itself, has a modal verb that leaves open whether it is so."""
    modals = [a for a in sentence.of(token, "aux") if a.text.lower() in _OPEN_MODALS and not _is_month(sentence, a)]
    if not modals:
        return False
    return token == verb or token.dep != "ROOT" and not is_speech(token.lemma)


def _is_month(sentence: Sentence, token: Token) -> bool:
    """Whether "May" is the month, which the parser may take for the verb: "on 3 May they left"."""
    if token.text != "May" or token.i == 0:
        return False
    before, behind = sentence.tokens[token.i - 1], sentence.tokens[token.i + 1 : token.i + 2]
    return before.tag in ("CD", "IN", "JJ") or any(other.tag == "CD" for other in behind)


def _has_to(sentence: Sentence, verb: Token) -> bool:
    return any(child.tag == "TO" for child in sentence.of(verb, "aux"))


def _mark(sentence: Sentence, verb: Token) -> set[str]:
    return {child.text.lower() for child in sentence.of(verb, "mark", "advmod") if child.i < verb.i}


def _tense(sentence: Sentence, verb: Token) -> Tense:
    auxiliaries = {child.text.lower() for child in sentence.of(verb, "aux", "auxpass")}
    if not auxiliaries and verb.dep in ("conj", "xcomp", "acl") and verb.tag in ("VBN", "VB", "VBG"):
        above = sentence.head(verb)
        if above.is_verb and above != verb:
            return _tense(sentence, above)
    for words, tense in _TENSES:
        if words & auxiliaries:
            return tense
    return Tense.PRESENT if verb.tag in ("VBZ", "VBP") else Tense.PAST


def is_negated(sentence: Sentence, verb: Token, chain: Sequence[Token]) -> bool:
    """Whether the clause of `verb` is told not to be so; two negations undo each other."""
    negations = _own_negations(sentence, verb)
    above = chain[1] if len(chain) > 1 else None
    if above is not None and verb.dep == "xcomp" and not sentence.of(verb, "nsubj", "nsubjpass"):
        negations += len(sentence.of(above, "neg"))
        negations += above.lemma in ("fail", "refuse", "stop", "cease", "decline")
    return negations % 2 == 1


def _own_negations(sentence: Sentence, verb: Token) -> int:
    negations = len(sentence.of(verb, "neg"))
    negations += sum(
        child.text.lower() in _NEGATIVE_WORDS for child in sentence.of(verb, "advmod", "cc", "preconj", "dep")
    )
    for noun in sentence.of(verb, "nsubj", "nsubjpass", "dobj", "attr"):
        negations += noun.text.lower() in _NEGATIVE_WORDS
        negations += any(child.text.lower() in ("no", "neither") for child in sentence.of(noun, "det", "neg"))
    return negations


def has_ended(sentence: Sentence, verb: Token) -> bool:
    """Whether "no longer" or "not anymore" stands near `verb`."""
    words = [token.text.lower() for token in sentence.tokens[max(0, verb.i - 5) : verb.i + 5]]
    return any(
        a == "no" and b == "longer" or a in ("not", "n't") and b == "anymore"
        for a, b in zip(words, words[1:], strict=False)
    )


def attribution_of(sentence: Sentence, chain: Sequence[Token]) -> tuple[str | None, bool | None]:
    """Who says so, and whether it is denied; None for the latter where the speaker's verb leaves it open."""
    for token in chain:
        saying = _saying_verb(sentence, token)
        if saying is not None:
            return _speaker(sentence, saying), _denies(sentence, saying)
        if _is_own(sentence, token) and is_denial(sentence.head(token).lemma):
            return _speaker(sentence, sentence.head(token)), True
        if token.dep == "xcomp" and _has_to(sentence, token) and _is_reported(sentence, token, sentence.head(token)):
            # "They are said to hold it": nobody knows by whom.
            above = sentence.head(token)
            return above.text if sentence.of(above, "auxpass") else _speaker(sentence, above), False
        if _is_content(sentence, token) and _is_report(sentence.head(token)):
            return _of_report(sentence, sentence.head(token))
        if token.dep in ("advcl", "relcl"):
            break
    return _according_to(sentence), False


def _of_report(sentence: Sentence, noun: Token) -> tuple[str | None, bool | None]:
    """ "Rumours that it fell": what somebody says, perhaps nobody who knows. "They rejected reports that it fell"."""
    above = sentence.head(noun)
    if noun.dep == "dobj" and is_denial(above.lemma) and not sentence.of(above, "neg"):
        return _speaker(sentence, above), True
    if noun.dep == "dobj" and asserts(above.lemma) and not is_speech(above.lemma):
        return _speaker(sentence, above), False
    return noun.text, None


def _is_content(sentence: Sentence, verb: Token) -> bool:
    """Whether a clause tells what the noun before it says: "the rumour that it fell"."""
    if verb.dep not in ("acl", "relcl", "ccomp") or not sentence.head(verb).is_noun:
        return False
    # The parser may take "that" for what is fallen.
    behind = sentence.tokens[sentence.head(verb).i + 1 :][:1]
    own = bool(sentence.of(verb, "nsubj", "nsubjpass")) and any(token.text == "that" for token in behind)
    return own or verb.dep == "acl" or any(child.text.lower() == "that" for child in sentence.of(verb, "mark"))


def _is_report(noun: Token) -> bool:
    """Whether it is a rumour or the like; one that opens a sentence is taken for a name."""
    return is_speech(noun.lemma) or noun.i == 0 and is_speech(noun.text.lower().removesuffix("s"))


def _saying_verb(sentence: Sentence, verb: Token) -> Token | None:
    """The verb of saying or denying that `verb` is the content of."""
    if verb.dep == "ccomp":
        above = [sentence.head(verb)] if sentence.head(verb).is_verb else []
    else:
        above = sentence.of(verb, "parataxis") if verb.dep == "ROOT" else []
    saying = next((token for token in above[:1] if _says(sentence, token)), None)
    if saying is None or any(t.text.lower().startswith("what") for t in sentence.of(saying, "dobj")):
        # "It fell, whatever they say."
        return None
    return saying


def _says(sentence: Sentence, verb: Token) -> bool:
    return is_denial(verb.lemma) or is_speech(verb.lemma) or has_it(sentence, verb)


def has_it(sentence: Sentence, verb: Token) -> bool:
    """Whether it is "rumour has it that"."""
    return verb.lemma == "have" and any(t.text.lower() == "it" for t in sentence.of(verb, "dobj"))


def _is_own(sentence: Sentence, verb: Token) -> bool:
    """Whether it is what the subject of the verb above says of itself: "denies having lost it"."""
    return verb.dep in ("xcomp", "pcomp") and not sentence.of(verb, "nsubj", "nsubjpass")


def _denies(sentence: Sentence, saying: Token) -> bool | None:
    negated = bool(sentence.of(saying, "neg"))
    if is_denial(saying.lemma):
        return not negated
    return None if negated or has_it(sentence, saying) or _corrects(sentence, saying) else False


def _corrects(sentence: Sentence, saying: Token) -> bool:
    """Whether a paper speaks of what it said before: "an earlier version said", "I wrote last week"."""
    for subject in sentence.of(saying, "nsubj"):
        if subject.text.lower() in ("i", "we"):
            return saying.tag == "VBD" or bool(sentence.of(saying, "aux"))
        if subject.lemma in _VERSIONS or sentence.text.startswith("Correction"):
            return True
    return False


def _according_to(sentence: Sentence) -> str | None:
    for token in sentence.tokens:
        if token.dep == "prep" and token.text.lower() == "according":
            nouns = [noun for to in sentence.of(token, "prep") for noun in sentence.of(to, "pobj")]
            if nouns:
                return sentence.text[slice(*noun_phrase(sentence, nouns[0]))]
    return None


def _speaker(sentence: Sentence, verb: Token) -> str | None:
    subjects = subjects_of(sentence, verb)
    if not subjects:
        return None
    start, end = noun_phrase(sentence, subjects[0])
    return sentence.text[start:end]
