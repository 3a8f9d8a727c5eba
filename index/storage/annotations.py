"""The tables of annotations and claims: what the parser found in the articles, and the claims drawn from it."""

import json
from collections.abc import Mapping, Sequence
from typing import Any, TypeAlias

from index.claim import Certainty, Claim, Origin, ReportedClaim, Status
from index.language.words import place_key
from index.storage.articles import date_of
from index.storage.connection import Connection, Row
from index.storage.filters import Filters, condition

_COLUMNS = (
    "place, holder, status, certainty, start_at, end_at, since, until, dated, said_by, resolved_from, weight, role, "
    "holder_from, origin"
)

# By office and by body.
Offices: TypeAlias = Mapping[str, Mapping[str, Sequence[tuple[str, Claim]]]]
_STATUSES = {status.value: status for status in Status}
_CERTAINTIES = {certainty.value: certainty for certainty in Certainty}
_ORIGINS = {origin.value: origin for origin in Origin}


class AnnotationTable:
    """Annotations by the ids of their articles, claims by their places too."""

    def __init__(self, connection: Connection) -> None:
        self._db = connection

    def put(self, article_id: str, version: str, annotations: bytes, claims: Sequence[Claim]) -> None:
        """Keep what the parser found in an article and the claims drawn from it, in place of what was kept."""
        with self._db.transaction():
            self.remove(article_id)
            if self._db.row("SELECT 1 FROM article WHERE id = ?", article_id) is None:
                return
            self._db.execute(
                "INSERT INTO annotation (article_id, version, sentences) VALUES (?, ?, ?)",
                article_id, version, annotations,
            )
            for number, claim in enumerate(claims):
                self._put_claim(article_id, number, claim)

    def get(self, article_id: str, version: str) -> bytes | None:
        """What `put` kept of an article, None where that is missing or of another version."""
        row = self._db.row(
            "SELECT sentences FROM annotation WHERE article_id = ? AND version = ?", article_id, version
        )
        return None if row is None else bytes(row[0])

    def missing(self, version: str, most: int) -> list[str]:
        """Ids of the articles whose annotations are missing or of another version, at most so many."""
        rows = self._db.rows(
            "SELECT id FROM article WHERE id NOT IN (SELECT article_id FROM annotation WHERE version = ?) LIMIT ?",
            version, most,
        )
        return [str(row[0]) for row in rows]

    def claims(self, place: str | None = None) -> list[tuple[str, Claim]]:
        """All claims, or those about a place, each with its article's id, in the order of articles."""
        return self._claims("") if place is None else self._claims("WHERE place_key = ?", place_key(place))

    def claims_naming(self, name: str) -> list[tuple[str, Claim]]:
        """The claims about what holds this name within its own, such as a port of that town; of no office."""
        every = "SELECT DISTINCT place, place_key FROM claim WHERE role = ''"
        known: list[Row] = self._db.unchanged("places of claims", lambda: self._db.rows(every))
        places = [(place, key) for place, key in known if name in place]
        if not places:
            return []
        where = "WHERE role = '' AND place_key IN (SELECT value FROM json_each(?))"
        named = {place for place, _ in places}
        return [row for row in self._claims(where, json.dumps([key for _, key in places])) if row[1].place in named]

    def _claims(self, where: str, *values: object) -> list[tuple[str, Claim]]:
        rows = self._db.rows(f"SELECT article_id, {_COLUMNS} FROM claim {where} ORDER BY article_id, number", *values)
        return [(str(row[0]), _claim(row[1:])) for row in rows]

    def claims_of(self, article_id: str) -> list[Claim]:
        """The claims of one article, those of the rules first."""
        rows = self._db.rows(f"SELECT {_COLUMNS} FROM claim WHERE article_id = ? ORDER BY number", article_id)
        return [_claim(row) for row in rows]

    def add_claims(self, article_id: str, claims: Sequence[Claim]) -> None:
        """Keep more claims of an article, behind those that it has."""
        with self._db.transaction():
            first = self._db.number("SELECT max(number) + 1 FROM claim WHERE article_id = ?", article_id)
            for number, claim in enumerate(claims, first):
                self._put_claim(article_id, number, claim)

    def remove(self, article_id: str) -> None:
        """Forget what the parser found in an article, and its claims."""
        with self._db.transaction():
            self._db.execute("DELETE FROM annotation WHERE article_id = ?", article_id)
            self._db.execute("DELETE FROM claim WHERE article_id = ?", article_id)

    def reported(self) -> tuple[ReportedClaim, ...]:
        """All claims with their articles, the oldest article's first, those without a date before all. The same tuple
        until the ledger changes, so that what is made from it can be kept."""
        return self._db.unchanged("claims", self._read_reported)

    def _read_reported(self) -> tuple[ReportedClaim, ...]:
        rows = self._db.rows(
            "SELECT article_id, title, source, url, date, substr(text, start_at + 1, end_at - start_at), "
            f"{_COLUMNS} FROM claim JOIN article ON article.id = claim.article_id "
            "ORDER BY coalesce(date, ''), article_id, number"
        )
        return tuple(
            ReportedClaim(_claim(claim), str(ident), str(title), source, url, date_of(date), str(sentence))
            for ident, title, source, url, date, sentence, *claim in rows
        )

    def by_sentence(self) -> Mapping[tuple[str, int], Sequence[Claim]]:
        """The claims of each sentence that makes some, by its article's id and its start. The same object until the
        ledger changes."""
        return self._db.unchanged("claims by sentence", self._read_by_sentence)

    def _read_by_sentence(self) -> dict[tuple[str, int], list[Claim]]:
        made: dict[tuple[str, int], list[Claim]] = {}
        for ident, *row in self._db.rows(f"SELECT article_id, {_COLUMNS} FROM claim ORDER BY article_id, number"):
            claim = _claim(row)
            made.setdefault((str(ident), claim.start), []).append(claim)
        return made

    def of_offices(self) -> Offices:
        """The claims about offices, by office and then by body, each with its article's id; "" where the sentence names
        no body: "Mayor Ada Lund". The same object until the ledger changes."""
        return self._db.unchanged("claims of offices", self._read_of_offices)

    def _read_of_offices(self) -> Offices:
        made: dict[str, dict[str, list[tuple[str, Claim]]]] = {}
        for (ident, _), claims in self.by_sentence().items():
            for claim in claims:
                if claim.role:
                    made.setdefault(claim.role, {}).setdefault(claim.place, []).append((ident, claim))
        return dict(sorted(made.items()))

    def claiming(self, place: str, filters: Filters, limit: int) -> list[str]:
        """Ids of the passages with claims about a place, the newest article's first."""
        clause, values = condition(filters)
        rows = self._db.rows(
            "SELECT DISTINCT passage.article_id, passage.number, date FROM claim "
            "JOIN passage ON passage.article_id = claim.article_id AND passage.start_at <= claim.start_at "
            "AND passage.end_at >= claim.end_at JOIN article ON article.id = claim.article_id "
            f"WHERE place_key = ? {clause} "
            "ORDER BY coalesce(date, '') DESC, passage.article_id, passage.number LIMIT ?",
            place_key(place), *values, limit,
        )
        return [f"{row[0]}:{row[1]}" for row in rows]

    def held_places(self, most: int) -> list[str]:
        """The places that most sentences give to a holder, at most so many."""
        rows = self._db.rows(
            "SELECT place FROM claim WHERE status IN ('holds', 'took') AND resolved_from = '' AND weight >= 0.9 "
            "AND role = '' "
            "GROUP BY place_key HAVING count(*) > 1 ORDER BY count(*) DESC, place LIMIT ?", most,
        )
        return [str(row[0]) for row in rows]

    def _put_claim(self, article_id: str, number: int, claim: Claim) -> None:
        self._db.execute(
            "INSERT INTO claim (article_id, number, place, place_key, holder, status, certainty, start_at, "
            "end_at, since, until, dated, said_by, resolved_from, weight, role, holder_from, origin) "
            "VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
            article_id, number, claim.place, place_key(claim.place), claim.holder, claim.status.value,
            claim.certainty.value, claim.start, claim.end, claim.since.isoformat() if claim.since else None,
            claim.until.isoformat() if claim.until else None, claim.dated, claim.said_by, claim.resolved_from,
            claim.weight, claim.role, claim.holder_from, claim.origin.value,
        )


def _claim(row: Sequence[Any]) -> Claim:
    place, holder, status, certainty, start, end, since, until, dated, said_by, resolved, weight, role, *rest = row
    source, origin = rest
    return Claim(
        place, holder, _STATUSES[status], _CERTAINTIES[certainty], start, end, date_of(since), date_of(until), dated,
        said_by, resolved, weight, role, source, _ORIGINS[origin],
    )
