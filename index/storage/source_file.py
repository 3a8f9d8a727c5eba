"""Keeps which feeds and folders editors have chosen to be watched, and what the last look at each came to, in a file of
the data folder."""

import json
import os
from collections.abc import Sequence
from dataclasses import asdict, dataclass, replace
from pathlib import Path

from index.errors import DataFolderError
from index.message import packed, unpacked, with_name
from index.private_files import PRIVATE_FILE


@dataclass(frozen=True)
class Result:
    """What a look came to: when it ended, in UTC, how many articles were added and updated, how many were refused, the
    first of these with their reasons, and what ended the look, if something did."""

    time: str
    added: int = 0
    updated: int = 0
    refused: int = 0
    reasons: tuple[tuple[str, str], ...] = ()
    error: str | None = None

    def renamed(self, path: str, name: str) -> "Result":
        """The same with `name` in place of `path`: how folders of a server are called is nobody's business."""
        reasons = tuple((each.replace(path, name), with_name(reason, path, name)) for each, reason in self.reasons)
        return replace(self, reasons=reasons, error=self.error and with_name(self.error, path, name))


@dataclass(frozen=True)
class WatchedSource:
    """A feed, page or folder that is watched: `place` is its address or whole path, `name` what it is called on the
    page, `by` who added it, and `since` when, in UTC."""

    id: str
    place: str
    name: str
    groups: tuple[str, ...]
    paused: bool
    by: str
    since: str
    last: Result | None = None


class SourceFile:
    """The file. Not safe between threads: its one user holds a lock. Raises DataFolderError."""

    def __init__(self, path: Path) -> None:
        self._path = path

    def read(self) -> list[WatchedSource]:
        """All that is kept, oldest first; none where there is no file yet."""
        try:
            return [_source(row) for row in json.loads(self._path.read_bytes())["sources"]]
        except FileNotFoundError:
            return []
        except OSError as exc:
            raise DataFolderError(f"{self._path} cannot be read: {exc.strerror}.") from exc
        except (ValueError, KeyError, TypeError) as exc:
            raise DataFolderError(
                f"{self._path}, which holds the watched feeds and folders, is broken ({type(exc).__name__}). Bring it "
                "back from a copy, or move it away and add them again."
            ) from exc

    def write(self, sources: Sequence[WatchedSource]) -> None:
        """Keep these, whole or not at all."""
        written = json.dumps({"sources": list(map(_row, sources))}, ensure_ascii=False, indent=1)
        beside = self._path.with_name(f"{self._path.name}.new")
        try:
            with open(beside, "wb", opener=lambda path, flags: os.open(path, flags, PRIVATE_FILE)) as file:
                file.write(written.encode(errors="replace"))
                file.flush()
                os.fsync(file.fileno())
            beside.replace(self._path)
        except OSError as exc:
            raise DataFolderError(f"{self._path} cannot be written: {exc.strerror}.") from exc


def _row(source: WatchedSource) -> dict[str, object]:
    last = source.last
    if last is None:
        return asdict(source)
    reasons = [(name, packed(reason)) for name, reason in last.reasons]
    return {**asdict(source), "last": {**asdict(last), "reasons": reasons, "error": last.error and packed(last.error)}}


def _source(row: dict[str, object]) -> WatchedSource:
    last = row["last"]
    known = {**row, "groups": tuple(row["groups"]), "last": None}  # type: ignore[arg-type]
    if isinstance(last, dict):
        reasons = tuple((name, unpacked(reason)) for name, reason in last["reasons"])
        known["last"] = Result(**{**last, "reasons": reasons, "error": last["error"] and unpacked(last["error"])})
    return WatchedSource(**known)  # type: ignore[arg-type]
