"""Groups articles that tell one story in nearly the same words: a wire report run by several outlets, an update.

By MinHash over runs of five words (Broder 1997, "On the resemblance and containment of documents"): the share of equal
places of two signatures is about the share of runs that two texts have in common.
"""

import re

import numpy as np
from datasketch import MinHash
from numpy.typing import NDArray

from index.storage.ledger import Ledger

PERMUTATIONS = 128
SHINGLE_WORDS = 5
# The share of common runs from which on two texts are one story: `--only duplicates` prints what it finds and mistakes.
ALIKE = 0.35
ARTICLES_AT_A_TIME = 1000

Signature = NDArray[np.uint32]


def signature_of(text: str) -> Signature:
    """The MinHash of the runs of five words of `text`, shape (128,); letter case and marks do not count."""
    words = re.findall(r"\w+", text.lower())
    runs = {" ".join(words[at : at + SHINGLE_WORDS]) for at in range(max(1, len(words) - SHINGLE_WORDS + 1))}
    # Named, for signatures are kept: another scheme's could not be compared with them.
    counted = MinHash(PERMUTATIONS, seed=1, scheme="affine32")
    counted.update_batch([run.encode() for run in sorted(runs)])
    signature: Signature = counted.hashvalues.astype(np.uint32)
    return signature


def likeness(own: Signature, others: NDArray[np.uint32]) -> NDArray[np.float64]:
    """About the share of runs that a text has in common with each of `others`, shape (n, 128): n numbers, 0 to 1."""
    shares: NDArray[np.float64] = (others == own).mean(axis=1)
    return shares


def group_stories(ledger: Ledger) -> None:
    """Compare the articles that were compared with none yet; each joins the story of the one it is most like, if it is
    like enough, or begins one."""
    while ledger.stories.not_compared(1):
        # Another process may be doing the same: what is looked at and what is written are one transaction.
        with ledger.transaction():
            _group(ledger, ledger.stories.not_compared(ARTICLES_AT_A_TIME))


def _group(ledger: Ledger, fresh: list[str]) -> None:
    signatures = ledger.stories.signatures()
    known = np.zeros((len(signatures) + len(fresh), PERMUTATIONS), np.uint32)
    stories = [story for _, story in signatures]
    for row, (signature, _) in enumerate(signatures):
        known[row] = np.frombuffer(signature, np.uint32)
    for ident in fresh:
        own = signature_of(ledger.articles.get(ident).text)
        stories.append(_story(own, known[: len(stories)], stories) or ident)
        known[len(stories) - 1] = own
        ledger.stories.put(ident, own.tobytes(), stories[-1])


def _story(own: Signature, known: NDArray[np.uint32], stories: list[str]) -> str | None:
    if not stories:
        return None
    shares = likeness(own, known)
    nearest = int(shares.argmax())
    return stories[nearest] if shares[nearest] >= ALIKE else None
