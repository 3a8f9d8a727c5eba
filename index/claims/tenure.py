"""The tenure: one reading of who holds, takes or leaves an office, as a sentence says it."""

from dataclasses import dataclass

from index.claim import Status
from index.language.clauses import Clause
from index.language.parser import Token


@dataclass(frozen=True)
class Tenure:
    """One reading: who has which relation to the office `role` of the body `owner`, told by `clause`, None for what
    stands in apposition. `owner` is None where the sentence does not name the body; `whose` is the person whose office
    it is or was where neither that nor the body is named."""

    status: Status
    role: str
    owner: Token | None
    holder: str
    clause: Clause | None
    weight: float
    whose: str = ""
