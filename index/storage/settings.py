"""The table of settings: what holds for the whole ledger, such as its format and the embedding model's name."""

from index.storage.connection import Connection


class SettingTable:
    """Settings by their names."""

    def __init__(self, connection: Connection) -> None:
        self._db = connection

    def get(self, name: str) -> str | None:
        """The value kept under `name`, such as the embedding model's name, or None."""
        row = self._db.row("SELECT value FROM setting WHERE name = ?", name)
        return None if row is None else str(row[0])

    def keep(self, **settings: str) -> None:
        """Keep settings, all or none of them."""
        with self._db.transaction():
            for name, value in settings.items():
                self._db.execute(
                    "INSERT INTO setting (name, value) VALUES (?, ?) ON CONFLICT (name) DO UPDATE SET value = ?",
                    name, value, value,
                )
