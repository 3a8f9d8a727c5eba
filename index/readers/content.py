"""Reads the bytes of a file that others may be writing: as it was at one moment, or not at all."""

import time
from pathlib import Path

from index.errors import ReadError
from index.limits import MB, FileLimits, over
from index.message import Message

# Who writes a file in several pieces rarely pauses for longer.
SETTLED_SECONDS = 0.2
TRIES = 10

# Which file is at a path, its bytes, and when it was changed last, in nanoseconds.
State = tuple[int, int, int]


def whole_content(path: Path, limits: FileLimits, *, settled: bool) -> bytes:
    """The bytes of the file at `path`. One that changes meanwhile, or is replaced, is read again, some times.

    Unless it is `settled`, a file that was changed just now is looked at again a moment later. Raises ReadError where
    it does not come to rest or is larger than it may be, and OSError.
    """
    for _ in range(TRIES):
        before = state_of(path)
        if before[1] > limits.file_mb * MB:
            raise ReadError(Message(
                "the file has %(count)s MB %(limit)s.", count=before[1] // MB, limit=over("file_mb", limits.file_mb)
            ))
        with path.open("rb") as file:
            content = file.read(limits.file_mb * MB + 1)
        if not settled:
            _wait(before)
        if state_of(path) == before and len(content) == before[1]:
            return content
        time.sleep(SETTLED_SECONDS / TRIES)
    raise ReadError(Message("the file changed while it was read. Index it again when it is complete."))


def state_of(path: Path) -> State:
    """What tells one state of a file from the next."""
    known = path.stat()
    return known.st_ino, known.st_size, known.st_mtime_ns


def _wait(state: State) -> None:
    """Return when the last change is some moments ago; one of the future, of another computer's clock, is none."""
    age = time.time() - state[2] / 1e9
    if 0 <= age < SETTLED_SECONDS:
        time.sleep(SETTLED_SECONDS - age)
