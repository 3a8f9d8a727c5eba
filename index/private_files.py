"""Keeps what lies in the data folder from other users of the machine."""

import os
import stat
from contextlib import suppress
from pathlib import Path

PRIVATE_FOLDER = 0o700
PRIVATE_FILE = 0o600
# What the program keeps in the data folder; other files there may be anybody's.
OWN_FILES = (
    "ledger*", "chroma-*", "copy-*", "accounts.*", "feedback.*", "history", "shared", "records.*", "*lock*", "*seal*",
    "watched.*",
)


def make_private_folder(folder: Path) -> None:
    """Make `folder`, for its owner alone, and those above it, where they are missing. Raises OSError."""
    with suppress(FileExistsError):
        folder.parent.mkdir(parents=True, exist_ok=True)
        folder.mkdir(mode=PRIVATE_FOLDER)
    if not folder.is_dir():
        raise NotADirectoryError(20, "there is a file of this name", str(folder))


def close_to_others(folder: Path) -> None:
    """Take the rights of other users from the data folder and from what the program keeps in it.

    Earlier versions left them readable by everybody. What belongs to another user is left as it is; links are not
    followed.
    """
    own = [path for pattern in OWN_FILES for path in folder.glob(pattern)]
    below = [inner for path in own if path.is_dir() and not path.is_symlink() for inner in path.rglob("*")]
    for path in [folder, *own, *below]:
        # A file may be gone by now: Chroma and SQLite remove theirs while others look.
        with suppress(OSError):
            known = path.lstat()
            if known.st_uid == os.geteuid() and known.st_mode & 0o077 and not stat.S_ISLNK(known.st_mode):
                path.chmod(stat.S_IMODE(known.st_mode) & PRIVATE_FOLDER)
