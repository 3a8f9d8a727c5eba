"""The table of aliases: short names that articles introduce for longer ones, as far as editors let them stand."""

from collections.abc import Iterable

from index.language.predicates import is_force, nation_of
from index.language.words import words
from index.storage.connection import Connection
from index.storage.name_decisions import NameDecisionTable, pair_key


class AliasTable:
    """Short and long names, such as ("HTS", "Hayat Tahrir al-Sham")."""

    def __init__(self, connection: Connection, decisions: NameDecisionTable) -> None:
        self._db = connection
        self._decisions = decisions

    def put(self, article_id: str, aliases: Iterable[tuple[str, str]]) -> None:
        """Write the aliases that an article introduces."""
        for short, long in aliases:
            self._db.execute("INSERT INTO alias (article_id, short, long) VALUES (?, ?, ?)", article_id, short, long)

    def all(self) -> frozenset[tuple[str, str]]:
        """Those of all articles but what editors have undone, and what editors have added for names of one word. The
        same set until the ledger changes, so that what is made from it can be kept."""
        return self._db.unchanged("aliases", self._read)

    def _read(self) -> frozenset[tuple[str, str]]:
        introduced = {(str(row[0]), str(row[1])) for row in self._db.rows("SELECT DISTINCT short, long FROM alias")}
        decisions = self._decisions.standing()
        undone = {pair_key(decision.name, decision.other) for decision in decisions if not decision.same}
        added = {
            (short, long)
            for decision in decisions
            if decision.same
            for short, long in ((decision.name, decision.other), (decision.other, decision.name))
            if _is_short_name(short)
        }
        return frozenset({pair for pair in introduced if pair_key(*pair) not in undone} | added)


def _is_short_name(name: str) -> bool:
    """Whether it is one word that names nothing but a side: "the army" stands for no longer name everywhere."""
    parts = words(name)
    return len(parts) == 1 and not is_force(parts[0].lower()) and nation_of(parts[0]) is None
