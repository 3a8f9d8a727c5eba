"""Puts right what the parser splits though it is one word: verbs such as "re-elected"."""

from collections.abc import Sequence
from dataclasses import replace
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from index.language.parser import Token


def with_whole_prefixes(tokens: Sequence["Token"]) -> list["Token"]:
    """The tokens of a sentence in which no "re-" before a verb counts as a verb; its subject may have been joined to
    the auxiliary."""
    mended = list(tokens)
    for prefix, hyphen, verb in zip(tokens, tokens[1:], tokens[2:], strict=False):
        if prefix.text.lower() == "re" and hyphen.text == "-" and hyphen.start == prefix.end and verb.is_verb:
            for part in (prefix, hyphen):
                mended[part.i] = replace(part, tag="HYPH", dep="punct", head=verb.i)
            for child in tokens:
                auxiliary = tokens[child.head]
                if child.dep == "nsubj" and auxiliary.dep == "auxpass" and auxiliary.head == verb.i:
                    mended[child.i] = replace(child, dep="nsubjpass", head=verb.i)
    return mended
