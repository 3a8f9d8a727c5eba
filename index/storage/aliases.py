"""The table of aliases: short names that articles introduce for longer ones."""

from collections.abc import Iterable

from index.storage.connection import Connection


class AliasTable:
    """Short and long names, such as ("HTS", "Hayat Tahrir al-Sham")."""

    def __init__(self, connection: Connection) -> None:
        self._db = connection

    def put(self, article_id: str, aliases: Iterable[tuple[str, str]]) -> None:
        """Write the aliases that an article introduces."""
        for short, long in aliases:
            self._db.execute("INSERT INTO alias (article_id, short, long) VALUES (?, ?, ?)", article_id, short, long)

    def all(self) -> frozenset[tuple[str, str]]:
        """Those of all articles. The same set until the ledger changes, so that what is made from it can be kept."""
        return self._db.unchanged("aliases", self._read)

    def _read(self) -> frozenset[tuple[str, str]]:
        return frozenset((str(row[0]), str(row[1])) for row in self._db.rows("SELECT DISTINCT short, long FROM alias"))
