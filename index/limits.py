"""How much one file may ask of this machine. What asks for more is refused, and the message names the limit."""

from dataclasses import dataclass

from index.message import Message

MB = 1_000_000


@dataclass(frozen=True)
class FileLimits:
    """`file_mb` holds for a file and for one inside an archive, `archive_mb` for all that an archive unpacks to.

    `seconds` is how long one article may take to be read, `memory_mb` what the process that reads it may use.
    `archive_ratio` is how many times its packed size a file in an archive may have.
    """

    file_mb: int = 50
    text_mb: int = 5
    pages: int = 2000
    seconds: int = 60
    memory_mb: int = 2000
    archive_mb: int = 1000
    archive_files: int = 10_000
    archive_ratio: int = 200


def over(limit: str, value: int) -> Message:
    """How a message ends that refuses what is over a limit."""
    variable = f"CHATBOT_LIMIT_{limit.upper()}"
    if limit.endswith("_mb"):
        return Message("(limit %(most)s MB; %(variable)s sets another)", most=value, variable=variable)
    return Message("(limit %(most)s; %(variable)s sets another)", most=value, variable=variable)
