"""Are an LLM's faults caught? Statements on the sample articles and SummHay's insights, as they are and with one fault
planted, are sent by a scripted LLM over HTTP, through the chain's own writer and verifier."""

import json
import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from benchmarks import sets
from benchmarks.measures import share
from benchmarks.support.planted_faults import CONTRARY, KINDS, TargetPassage
from benchmarks.support.scripted_llm import ScriptedLLM
from chatbot.answer import Verdict
from chatbot.llm.client import LanguageModel
from chatbot.llm.generator import LLMAnswerer, Prompt
from chatbot.settings import Settings
from chatbot.verification.verifier import Verified, Verifier
from index.collection import Collection
from index.language.tokens import count_tokens
from index.language.words import STOPWORDS, stems, words
from index.passage import RetrievedPassage

STATEMENTS = Path(__file__).parent / "questions" / "statements.json"
DENIALS = Path(__file__).parent / "questions" / "denials.json"
PASSAGES = 10
FAITHFUL = "faithful"
Plant = Callable[[str, TargetPassage, Sequence[TargetPassage], int], str | None]


@dataclass(frozen=True)
class Claim:
    """A faithful statement; `held_by` says of a passage whether it bears the statement out."""

    says: str
    held_by: Callable[[RetrievedPassage], bool]


@dataclass(frozen=True)
class Outcome:
    """What the verifier made of one text: `kind` is the planted fault or FAITHFUL, `marked` whether a sentence of it is
    marked as not found, `still_cited` whether it still cites the passage that it cited."""

    kind: str
    text: str
    marked: bool
    still_cited: bool
    missing: str

    @property
    def caught(self) -> bool:
        """Whether the fault did no harm: a wrong passage may be put right, any other fault must be marked."""
        return self.marked or (self.kind == "wrong passage" and not self.still_cited)


def sample_claims(*, odd: bool) -> list[Claim]:
    """Statements in other words than the sample articles', half of them; the weights were fitted on the even ones."""
    rows = json.loads(STATEMENTS.read_text(encoding="utf-8"))[1 if odd else 0 :: 2]
    return [Claim(row["says"], _holds_sentence(row["in"], row["rests_on"])) for row in rows]


def denial_claims(*, odd: bool) -> list[Claim]:
    """Statements that deny something, or say who did it to whom, half of them, on articles written for it."""
    rows = json.loads(DENIALS.read_text(encoding="utf-8"))["statements"][1 if odd else 0 :: 2]
    return [Claim(row["says"], _holds_sentence(row["in"], row["rests_on"])) for row in rows]


def denial_documents() -> list[sets.Document]:
    """The articles that those statements rest on."""
    rows = json.loads(DENIALS.read_text(encoding="utf-8"))["articles"]
    keys = ("title", "date", "source")
    return [sets.Document(f"denials {n}", row["text"], {key: row[key] for key in keys}) for n, row in enumerate(rows)]


def summhay_claims(bench: Path, topic: int) -> list[Claim]:
    """SummHay's insights of one topic; held by whatever passage stands first of an article that holds the insight."""
    return [Claim(says, _is_of(names)) for says, names in sets.summhay_insights(bench, topic)]


def measure(
    collection: Collection, claims: Sequence[Claim], *, turns: int = 1, kinds: Mapping[str, Plant] = KINDS
) -> list[Outcome]:
    """Each claim faithful, and `turns` times with each of `kinds` of fault that can be planted in it. A claim of which
    no passage found is a holder is left out, since no faithful LLM could have made it."""
    verifier = Verifier(collection)
    outcomes: list[Outcome] = []
    with ScriptedLLM("fixed") as server:
        writer = LLMAnswerer(
            LanguageModel(Settings(model="openai:scripted", base_url=server.base_url)), count=count_tokens
        )
        for place, claim in enumerate(claims):
            shown = writer.fit(claim.says, collection.search(claim.says, limit=PASSAGES))
            if not any(map(claim.held_by, shown)):
                continue
            for kind, text in _texts(claim, shown, range(place, place + turns), kinds):
                server.text = text
                verified = verifier.verify("".join(writer.chain.stream(Prompt(claim.says, shown))), shown)
                outcomes.append(_outcome(kind, text, verified, shown))
    return outcomes


def report(name: str, outcomes: Sequence[Outcome], *, verbose: bool = False) -> None:
    """Prints the shares, and with `verbose` each fault missed and each faithful sentence marked."""
    faithful = [item for item in outcomes if item.kind == FAITHFUL]
    planted = [item for item in outcomes if item.kind != FAITHFUL]
    _report_faithful(name, faithful)
    for kind in KINDS:
        _report_caught(f"{kind:<20}", [item for item in outcomes if item.kind == kind])
    earlier = [item for item in planted if item.kind not in CONTRARY]
    _report_caught(f"{'but for ' + ' and '.join(CONTRARY):<36}", earlier)
    _report_caught(f"{'all faults':<36}", planted)
    if verbose:
        _report_wrong(outcomes)


def _report_wrong(outcomes: Sequence[Outcome]) -> None:
    for outcome in outcomes:
        if outcome.marked if outcome.kind == FAITHFUL else not outcome.caught:
            print(f"  ! {outcome.kind}: {outcome.text} ({outcome.missing})")


def _report_faithful(name: str, faithful: Sequence[Outcome]) -> None:
    marked = [item.marked for item in faithful]
    moved = sum(not item.still_cited for item in faithful)
    print(f"{name}: {sum(marked)} of {len(marked)} faithful sentences marked"
          f" ({share(marked):.3f}), {moved} cite another passage")


def _report_caught(name: str, planted: Sequence[Outcome]) -> None:
    caught = [outcome.caught for outcome in planted]
    if caught:
        print(f"  {name}{sum(caught):>4} of {len(caught):>3} caught ({share(caught):.3f})")


def _texts(
    claim: Claim, shown: Sequence[RetrievedPassage], turns: Sequence[int], kinds: Mapping[str, Plant]
) -> Iterator[tuple[str, str]]:
    holders, others = _targets(claim, shown)
    yield FAITHFUL, f"{claim.says} [{holders[0].number}]"
    for kind, plant in kinds.items():
        for turn in turns:
            text = plant(claim.says, holders[0], others, turn)
            if text is not None:
                yield kind, text


def _targets(claim: Claim, shown: Sequence[RetrievedPassage]) -> tuple[list[TargetPassage], list[TargetPassage]]:
    """The passages that hold the claim, and those that do not."""
    passages = [TargetPassage(number, passage.passage.text) for number, passage in enumerate(shown, 1)]
    holders = [passage for passage, retrieved in zip(passages, shown, strict=True) if claim.held_by(retrieved)]
    # The reports of one story repeat one another: a passage that lacks a name or number of the claim does not hold it.
    telling = {stem for stem, word in zip(stems(claim.says), _telling(claim.says), strict=True) if not word.islower()}
    others = [each for each in passages if each not in holders and not telling <= set(stems(each.text))]
    return holders, others


def _telling(text: str) -> list[str]:
    return [word for word in words(text) if word.lower() not in STOPWORDS]


def _outcome(kind: str, text: str, verified: Verified, shown: Sequence[RetrievedPassage]) -> Outcome:
    unfound = [statement for statement in verified.statements if statement.verdict is Verdict.UNFOUND]
    cited = shown[int(re.findall(r"\[(\d+)\]$", text)[0]) - 1]
    is_cited = any(citation.passage == cited.passage.text for citation in verified.citations)
    missing = "; ".join(", ".join(statement.missing) or "no passage" for statement in unfound)
    return Outcome(kind, text, bool(unfound), is_cited, missing)


def _holds_sentence(title: str, sentence: str) -> Callable[[RetrievedPassage], bool]:
    return lambda retrieved: retrieved.article.title == title and sentence in retrieved.passage.text


def _is_of(names: frozenset[str]) -> Callable[[RetrievedPassage], bool]:
    return lambda retrieved: retrieved.article.title in names
