"""Finds a word of a statement of which the evidence has the contrary, said of the same: "a lower rating" where that has
"a higher rating"."""

from collections.abc import Iterator, Sequence

from chatbot.verification.read_sentence import ReadSentence
from index.language.lexicon import concept
from index.language.opposites import are_contrary
from index.language.parser import Sentence, Token
from index.language.words import STOPWORDS

# So much of what the statement is about must be in the sentence that has the contrary.
LEAST_ABOUT = 0.3
REACH_TOKENS = 3
_BESIDE = ("nsubj", "nsubjpass", "attr", "acomp", "dobj")


def contrary_words(statement: ReadSentence, evidence: Sequence[ReadSentence]) -> Iterator[Token]:
    """The words of a statement, verbs and names aside, that the evidence has the contrary of, and does not have."""
    near = [other.parsed for other in evidence if _about(statement, other) >= LEAST_ABOUT]
    for token in statement.parsed.tokens:
        is_quality = not token.is_verb and not token.is_name and not _is_rank_since(statement.parsed, token)
        if is_quality and _is_contrary(statement.parsed, token, near):
            yield token


def _is_rank_since(sentence: Sentence, token: Token) -> bool:
    """Whether it is "the first since 1994": what was "the last" then is told so."""
    return token.lemma in ("first", "last") and any(other.text.lower() == "since" for other in sentence.tokens)


def _is_contrary(sentence: Sentence, token: Token, near: Sequence[Sentence]) -> bool:
    """Whether the sentences that are near say the contrary of a word beside the same, and do not say the word there."""
    words = [(other, parsed) for parsed in near for other in parsed.tokens]
    contrary = [(other, parsed) for other, parsed in words if are_contrary(token.lemma.lower(), other.lemma.lower())]
    if not any(_says_contrary(sentence, token, parsed, other) for other, parsed in contrary):
        return False
    beside = _beside(sentence, token)
    same = [(other, parsed) for other, parsed in words if concept(other.lemma) == concept(token.lemma)]
    return not any(beside & _beside(parsed, other) for other, parsed in same)


def _says_contrary(sentence: Sentence, token: Token, other_sentence: Sentence, other: Token) -> bool:
    """Whether a contrary word is said of the same, and neither of the two is denied."""
    if other.is_verb or _beside(sentence, token).isdisjoint(_beside(other_sentence, other)):
        return False
    return _is_negated(sentence, token) == _is_negated(other_sentence, other)


def _is_negated(sentence: Sentence, token: Token) -> bool:
    above = sentence.head(token)
    around = (token, above, sentence.head(above))
    return any(child.dep == "neg" or child.text.lower() == "no" for t in around for child in sentence.children[t.i])


def _about(statement: ReadSentence, other: ReadSentence) -> float:
    return len(statement.about & other.about) / len(statement.about) if statement.about else 0.0


def _beside(sentence: Sentence, token: Token) -> frozenset[str]:
    """What the words stand for of which it is said: those on which the word hangs and that hang on it, what is told of
    what ("the rating is"), and the next ones: "a higher octane rating"."""
    above = sentence.head(token)
    around = [above, *sentence.children[token.i], *sentence.of(above, *_BESIDE)]
    around += sentence.tokens[token.i + 1 : token.i + 1 + REACH_TOKENS]
    if above.dep in ("prep", "pobj"):
        around.append(sentence.head(above))
    telling = (other for other in around if other.i != token.i and other.text.lower() not in STOPWORDS)
    return frozenset(concept(other.lemma) for other in telling if _tells(other))


def _tells(token: Token) -> bool:
    return token.is_noun or token.is_verb or token.tag in ("JJ", "CD")
