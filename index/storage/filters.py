"""What may be searched: articles, sources and dates, as a value and as a condition of a statement."""

import datetime
import json
from dataclasses import dataclass

from index.article import Article


@dataclass(frozen=True)
class Filters:
    """What may be searched: articles, sources, dates from `since` to `until`, both included, and what these `groups` of
    readers may read: what has one of them, or none at all. None means all.

    An article without a date passes no date filter.
    """

    articles: tuple[str, ...] | None = None
    sources: tuple[str, ...] | None = None
    since: datetime.date | None = None
    until: datetime.date | None = None
    groups: frozenset[str] | None = None

    @property
    def admit_nothing(self) -> bool:
        """Whether they name an empty set of articles or sources, so that no search is needed."""
        return self.articles == () or self.sources == ()

    def admit(self, article: Article) -> bool:
        """Whether `article` is among them."""
        return (
            (self.articles is None or article.id in self.articles)
            and (self.sources is None or article.source in self.sources)
            and (self.since is None or (article.date is not None and article.date >= self.since))
            and (self.until is None or (article.date is not None and article.date <= self.until))
            and self._open_to_readers(article)
        )

    def _open_to_readers(self, article: Article) -> bool:
        return self.groups is None or not article.groups or not self.groups.isdisjoint(article.groups)


EVERYTHING = Filters()
_GRANTED = "SELECT 1 FROM article_group AS granted WHERE granted.article_id = article.id"


def condition(filters: Filters) -> tuple[str, list[object]]:
    """The filters as what follows the first condition of a WHERE on articles, and the values of its parameters."""
    clauses: list[str] = []
    values: list[object] = []
    for column, chosen in (("article.id", filters.articles), ("source", filters.sources)):
        if chosen is not None:
            clauses.append(f"AND {column} IN ({', '.join('?' * len(chosen))})")
            values += chosen
    for comparison, day in ((">=", filters.since), ("<=", filters.until)):
        if day is not None:
            clauses.append(f"AND date {comparison} ?")
            values.append(day.isoformat())
    if filters.groups is not None:
        clauses.append(f"AND (NOT EXISTS ({_GRANTED}) OR EXISTS ({_GRANTED} AND granted.name IN "
                       "(SELECT value FROM json_each(?))))")
        values.append(json.dumps(sorted(filters.groups)))
    return " ".join(clauses), values
