"""Brings a ledger's tables to the format of this program, by the numbered scripts in `migrations/`.

`0001.sql` makes the tables of the first format, and each of the others leads from one format to the next. A new format
is a new script; those that are there are never changed."""

from pathlib import Path

from index.article import text_hash
from index.errors import DataFolderError
from index.storage.connection import Connection
from index.storage.settings import SettingTable

MIGRATIONS = sorted((Path(__file__).parent / "migrations").glob("*.sql"))
FORMAT = len(MIGRATIONS)


def migrate(connection: Connection) -> None:
    """Bring the file to this program's format, all the way or not at all; what a script adds is not known of the
    articles there. Raises DataFolderError for a format that this program does not know."""
    settings = SettingTable(connection)
    if _format_of(connection) != str(FORMAT):
        with connection.transaction():
            # Read again: another process may have come first.
            before = _format_of(connection)
            if before is not None and before not in map(str, range(1, FORMAT + 1)):
                raise DataFolderError(
                    f"{connection.path} has format {before}, this program reads format {FORMAT}. "
                    "Move the data folder away and index the articles again."
                )
            # The first script makes only what is missing: some tables came without a new format.
            for script in [MIGRATIONS[0], *MIGRATIONS[int(before or 1) :]]:
                connection.run_script(script.read_text(encoding="utf-8"), text_hash=text_hash)
            settings.keep(format=str(FORMAT))


def _format_of(connection: Connection) -> str | None:
    """The format of the file, None where it is new."""
    if connection.row("SELECT 1 FROM sqlite_master WHERE name = 'setting'") is None:
        return None
    return SettingTable(connection).get("format")
