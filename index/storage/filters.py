"""What may be searched: articles, sources and dates, as a value and as a condition of a statement."""

import datetime
from dataclasses import dataclass

from index.article import Article


@dataclass(frozen=True)
class Filters:
    """What may be searched: articles, sources, and dates from `since` to `until`, both included. None means all.

    An article without a date passes no date filter.
    """

    articles: tuple[str, ...] | None = None
    sources: tuple[str, ...] | None = None
    since: datetime.date | None = None
    until: datetime.date | None = None

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
        )


EVERYTHING = Filters()


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
    return " ".join(clauses), values
